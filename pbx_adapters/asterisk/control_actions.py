"""Commands of the house as actions of the Manager Interface. Pure.

Whatever becomes part of an action is checked by a pattern first (invariant *no_injection*): a text
with syntax in it raises `CommandRejected` and nothing is sent. Names are shown, not executed: of
them only plain text is kept. The rights needed are `originate` (Originate) and `call` (Hangup,
Redirect, BlindTransfer).
"""

from __future__ import annotations

import re

from pbx_adapters.asterisk.plan_variables import plain_text, reject_unplain
from pbx_adapters.errors import CommandRejected
from pbx_adapters.port import HangUp, OwnPhone, PlaceCall, TakeCall

Action = dict[str, str | list[str]]

TAKE_PREFIX = "take-"
"""Begins the id of a phone's channel that only picks up: tracking makes no call of it."""
PLACE_PREFIX = "place-"

_TOKEN = re.compile(r"[0-9A-Za-z.]{1,40}\Z")
_CHANNEL = re.compile(r"[0-9A-Za-z_][0-9A-Za-z_.-]{0,148}\Z")
_DIGITS = re.compile(r"\+?[0-9]{2,15}\Z")


def channel_id(prefix: str, token: str) -> str:
    """The Uniqueid that a phone's channel gets: chosen by us, so every event of it is known."""
    if not _TOKEN.match(token):
        raise CommandRejected(f"{token[:40]!r} is no token of a command")
    return f"{prefix}{token}"


def known_channel(uniqueid: str) -> str:
    """The Uniqueid of a channel that exists (a leading slash would make it a pattern for many)."""
    if not _CHANNEL.match(uniqueid):
        raise CommandRejected(f"{uniqueid[:40]!r} is no name of a channel")
    return uniqueid


def digits(number: str) -> str:
    """A number to be dialled: digits, perhaps with a plus before them."""
    if not _DIGITS.match(number):
        raise CommandRejected(f"{number[:40]!r} is no number that can be dialled")
    return number


def phone_dial(phone: OwnPhone) -> str:
    """The dial string of a phone of ours."""
    if phone.dial:
        return reject_unplain("dial", phone.dial)
    return f"PJSIP/{reject_unplain('number', phone.extension)}"


def take(command: TakeCall) -> Action:
    """Ring the taker's phone and go on in [dozvon-take]."""
    return {
        **_originate(
            channel_id(TAKE_PREFIX, command.token),
            phone_dial(command.phone),
            _shown(command.caller_name, command.caller),
            command.ring_seconds,
        ),
        "Context": "dozvon-take",
        "Exten": "s",
        "Variable": [f"DZ_TAKE={known_channel(command.call_id)}"],
    }


def place(command: PlaceCall) -> Action:
    """Ring the manager's phone and go on in [dozvon-place] with the client's number."""
    fields = (
        reject_unplain("key", command.outgoing),
        str(command.channels),
        reject_unplain("number", command.caller_id) if command.caller_id else "",
        str(command.client_seconds),
        reject_unplain("dial", command.dial),
    )
    return {
        **_originate(
            channel_id(PLACE_PREFIX, command.token),
            phone_dial(command.phone),
            _shown(command.name, digits(command.number)),
            command.ring_seconds,
        ),
        "Context": "dozvon-place",
        "Exten": digits(command.number),
        "Variable": [f"DZ_OUT={'~'.join(fields)}"],
    }


def hang_up(command: HangUp) -> Action:
    """Hang up one channel in the normal way."""
    return {"Action": "Hangup", "Channel": known_channel(command.channel_id), "Cause": "16"}


def stop_ringing(channel: str) -> Action:
    """End what was originated; the phone's own list says "completed elsewhere", not "missed"."""
    return {"Action": "Hangup", "Channel": channel, "Cause": "26"}


def blind_transfer(leg_id: str, to: str) -> Action:
    """Hand on without asking; [dozvon-transfer] knows the way back."""
    return {
        "Action": "BlindTransfer",
        "Channel": known_channel(leg_id),
        "Context": "dozvon-transfer",
        "Exten": reject_unplain("number", to),
    }


def _originate(channel: str, dial: str, shown: str, seconds: int) -> Action:
    return {
        "Action": "Originate",
        "ActionID": channel,
        "Channel": dial,
        "ChannelId": channel,
        "CallerID": shown,
        "Priority": "1",
        "Timeout": str(seconds * 1000),
        "Async": "true",
    }


def _shown(name: str, number: str) -> str:
    """What the phone's display shows; a hidden or hostile number shows as none."""
    shown = number if _DIGITS.match(number) else ""
    return f'"{plain_text(name)}" <{shown}>'
