"""What an administrator pastes into Asterisk, generated for his version and switch.

`extensions.conf` beside this file is the dialplan itself, with four blanks: a reader of Asterisk
configuration should find Asterisk configuration, not Python strings.
"""

from __future__ import annotations

from importlib import resources

VERSION = "1"
"""The dialplan's version. `dozvon check` compares it with what the PBX runs."""


def extensions(*, agi: str, phones_context: str, fail_open: str) -> str:
    """The dialplan's text.

    `agi` is the service's address as Asterisk sees it (`agi://127.0.0.1:4573`), `phones_context`
    where an extension can be dialled, `fail_open` the step that rings when neither the service nor AstDB
    says whom (see `plan_variables.fail_open_step`).
    """
    text = resources.files(__package__).joinpath("extensions.conf").read_text("utf-8")
    blanks = {"VERSION": VERSION, "AGI": agi, "PHONES": phones_context, "FAILOPEN": fail_open}
    for blank, value in blanks.items():
        text = text.replace(f"@{blank}@", value)
    return text
