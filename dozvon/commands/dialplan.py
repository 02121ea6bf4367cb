"""`dozvon dialplan`: what an administrator pastes into his Asterisk."""

from __future__ import annotations

import re
import secrets

import click

from dozvon.commands.facts.offices import office_if_any
from dozvon.commands.terminal.speaking import SpeakingCommand, language_of, option
from dozvon.commands.terminal.texts import say
from dozvon.context import Context
from pbx_adapters.asterisk.dialplan import DialplanBlanks, Flavour, extensions
from pbx_adapters.asterisk.manager_conf import SUPPORTED, manager_conf
from pbx_adapters.asterisk.mirror import FAIL_OPEN_RING_SECONDS
from pbx_adapters.asterisk.plan_variables import fail_open_step
from router.candidates import phone_of
from router.office import Office

_PLAIN = """\
; ===== {what} =====
; Paste into {file}, then: asterisk -rx "{reload}"
"""


def default_fail_open(office: Office | None) -> str:
    """The department that rings before the service has ever written one."""
    members = office.members(office.default_department) if office else ()
    return fail_open_step(tuple(phone_of(m) for m in members), FAIL_OPEN_RING_SECONDS)


def snippets(
    blanks: DialplanBlanks, *, asterisk: int, calls_secret: str, journal_secret: str
) -> dict[str, str]:
    """File name → text, in the order in which they are pasted."""
    freepbx = blanks.flavour is Flavour.FREEPBX
    dialplan_file = "extensions_custom.conf" if freepbx else "extensions.conf"
    manager_file = "manager_custom.conf" if freepbx else "manager.conf"
    users = manager_conf(
        asterisk=asterisk,
        calls_user="dozvon",
        calls_secret=calls_secret,
        journal_user="dozvon-journal",
        journal_secret=journal_secret,
    )
    untested = (
        "; UNTESTED on FreePBX: nobody has reported a run yet; begin with one inbound route.\n"
        if freepbx
        else "; In the trunk's context: include => dozvon (one line: Goto(dozvon,<line>,1)).\n"
    )
    plan = _PLAIN.format(what="the dialplan", file=dialplan_file, reload="dialplan reload")
    ami = _PLAIN.format(what="the two AMI users", file=manager_file, reload="manager reload")
    return {dialplan_file: plan + untested + extensions(blanks), manager_file: ami + users}


class _Plain(click.ParamType[str]):
    """A text that cannot be read as dialplan syntax."""

    def __init__(self, name: str, pattern: str) -> None:
        self.name = name
        self._pattern = re.compile(pattern)

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuse what is not of the form."""
        if value and not self._pattern.match(value):
            language = language_of(ctx)
            self.fail(say(language, "dialplan-not-so", value=value, form=self.name), param, ctx)
        return value


_ADDRESS = _Plain("host:port", r"[A-Za-z0-9.:\[\]-]+:\d{1,5}\Z")
_CONTEXT = _Plain("context", r"[A-Za-z0-9_-]+\Z")
_DESTINATION = _Plain("context,extension,priority", r"[A-Za-z0-9_-]+,[A-Za-z0-9_+*#-]+,\d+\Z")


@click.command(cls=SpeakingCommand, help="command-dialplan")
@option("--freepbx", is_flag=True, help="help-dialplan-freepbx")
@option(
    "--asterisk",
    type=click.Choice([str(v) for v in SUPPORTED]),
    default=str(SUPPORTED[-1]),
    help="help-dialplan-asterisk",
)
@option("--agi", default="127.0.0.1:4573", type=_ADDRESS, help="help-dialplan-agi")
@option("--phones-context", default="", type=_CONTEXT, help="help-dialplan-phones-context")
@option("--way-back", default="", type=_DESTINATION, help="help-dialplan-way-back")
@click.pass_obj
def dialplan(  # noqa: PLR0913 - one per option
    context: Context,
    *,
    freepbx: bool,
    asterisk: str,
    agi: str,
    phones_context: str,
    way_back: str,
) -> None:
    """Prints what to paste into Asterisk: the dialplan and two AMI users with new passwords."""
    blanks = DialplanBlanks(
        agi=f"agi://{agi}",
        phones_context=phones_context or ("from-internal" if freepbx else "from-phones"),
        fail_open=default_fail_open(office_if_any(context)),
        flavour=Flavour.FREEPBX if freepbx else Flavour.PLAIN,
        way_back=way_back,
    )
    texts = snippets(
        blanks,
        asterisk=int(asterisk),
        calls_secret=secrets.token_urlsafe(24),
        journal_secret=secrets.token_urlsafe(24),
    )
    for text in texts.values():
        click.echo(text)
