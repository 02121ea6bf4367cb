"""A PBX on paper, for what `dozvon check` finds of it: its settings, and what it says of itself."""

from __future__ import annotations

from config.settings import PbxSettings
from dozvon.setup.exchange import ExchangeFacts, Login, UserFacts
from pbx_adapters.asterisk.dialplan import VERSION


def pbx_at(host: str, listens: str = "127.0.0.1", *allow: str) -> PbxSettings:
    """A PBX at `host` that may ask us at `listens`; `allow`: also from these networks."""
    written = {
        "key": "main",
        "host": host,
        "ami_user": "dozvon",
        "ami_secret": "a",
        "journal_user": "dozvon-journal",
        "journal_secret": "b",
        "systemname": "pbx1",
        "agi_host": listens,
    }
    return PbxSettings.model_validate(written | ({"agi_allow": list(allow)} if allow else {}))


def lets_in(**more: object) -> ExchangeFacts:
    """It lets both users in."""
    calls = UserFacts(name="dozvon", login=Login.CONNECTED)
    journal = UserFacts(name="dozvon-journal", login=Login.CONNECTED)
    return ExchangeFacts(calls=calls, journal=journal, **more)  # type: ignore[arg-type]


def asks(address: str) -> ExchangeFacts:
    """It lets both users in, and its dialplan asks there."""
    return lets_in(agi=(f"agi://{address}/dozvon/route,{VERSION},${{EXTEN}}",))
