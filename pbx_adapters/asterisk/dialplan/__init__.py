"""What an administrator pastes into Asterisk, generated for his version and switch.

`extensions.conf`, `control.conf` and `recording.conf` beside this file are the dialplan itself,
with a few blanks: a reader of Asterisk configuration should find Asterisk configuration, not Python
strings.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from importlib import resources

from config.settings_values import EVERYWHERE, is_loopback

VERSION = "3"
"""The dialplan's version. `dozvon check` compares it with what the PBX runs."""


PARTS = ("extensions.conf", "control.conf", "recording.conf")
"""The calls of clients, what the service asks for while they live, and how they are recorded."""

RECORDINGS = "${ASTSPOOLDIR}/recording/dozvon"
"""Where sound is written unless somebody says otherwise: Asterisk serves this folder over ARI."""


class Flavour(StrEnum):
    """Whose dialplan ours is pasted into."""

    PLAIN = "plain"
    FREEPBX = "freepbx"


_FREEPBX_CHECKS = """\
 same => n,Set(DZ_WHYNOT=do_not_disturb)
 same => n,GotoIf($["${DB(DND/${DZ_NUM})}" != ""]?skip)
 same => n,Set(DZ_CF=${FILTER(+*#0-9,${DB(CF/${DZ_NUM})})})
 same => n,ExecIf($["${DZ_CF}" != ""]?Set(DZ_D=Local/${DZ_CF}@from-internal/n))
 same => n,Set(DZ_WHYNOT=unreachable)
"""
_FREEPBX_ENTRY = """
[dozvon-freepbx]
; Admin > Custom Destinations: target "dozvon-freepbx,s,1". Point the inbound routes there.
exten => s,1,Set(CHANNEL(hangup_handler_push)=dozvon-bye,s,1(${FILTER(+*#0-9A-Za-z,${FROM_DID})}))
 same => n,Set(DZ_LINE=${FROM_DID})
 same => n,Goto(dozvon-in,s,1)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DialplanBlanks:
    """What fills the dialplan.

    `agi` is the service's address as Asterisk sees it (`agi://127.0.0.1:4573`), `phones_context`
    where an extension can be dialled, `fail_open` the step that rings when neither the service nor
    AstDB says whom (see `plan_variables.fail_open_step`). `way_back` is a FreePBX destination
    (`ext-group,600,1`) that takes calls nobody answered, instead of our announcement. `recordings`
    is the folder in which sound is written.
    """

    agi: str
    phones_context: str
    fail_open: str
    flavour: Flavour = Flavour.PLAIN
    way_back: str = ""
    recordings: str = RECORDINGS


def agi_url(host: str, port: int) -> str:
    """The service's address as the dialplan writes it; IPv6 in brackets."""
    return f"agi://[{host}]:{port}" if ":" in host else f"agi://{host}:{port}"


def our_address(pbx_host: str, listens: str) -> str | None:
    """The host at which a PBX reaches us; None where the one on which we listen does not tell it.

    A PBX elsewhere never reaches us at an address that means its own machine.
    """
    if not is_loopback(pbx_host):
        return None if listens in EVERYWHERE or is_loopback(listens) else listens
    if listens not in EVERYWHERE:
        return listens
    return "::1" if ":" in listens else "127.0.0.1"  # `::` is bound for IPv6 alone


def extensions(blanks: DialplanBlanks) -> str:
    """The dialplan's text."""
    freepbx = blanks.flavour is Flavour.FREEPBX
    back = f" same => n,Goto({blanks.way_back})\n" if blanks.way_back else ""
    filled = {
        "VERSION": VERSION,
        "AGI": blanks.agi,
        "PHONES": blanks.phones_context,
        "FAILOPEN": blanks.fail_open,
        "DEVICE_CHECKS": _FREEPBX_CHECKS if freepbx else "",
        "WAY_BACK": back,
        "RECORDINGS": blanks.recordings,
    }
    folder = resources.files(__package__)
    text = "".join(folder.joinpath(name).read_text("utf-8") for name in PARTS)
    for blank, value in filled.items():
        text = text.replace(f"@{blank}@", value)
    return text + (_FREEPBX_ENTRY if freepbx else "")
