"""Commands of the house as actions of the Manager Interface. Pure.

Whatever becomes part of an action is checked by a pattern first (invariant *no_injection*): a text
with syntax in it raises `CommandRejected` and nothing is sent. Names are shown, not executed: of
them only plain text is kept. The rights needed are `originate` (Originate) and `call` (Hangup,
Redirect, Setvar, BlindTransfer).
"""

from __future__ import annotations

import re

from pbx_adapters.asterisk.plan_variables import plain_text, reject_unplain
from pbx_adapters.errors import CommandRejected
from pbx_adapters.port import HangUp, OwnPhone, PlaceCall, TakeCall, TransferCall

Action = dict[str, str | list[str]]

_ID = re.compile(r"(take|place)-[0-9A-Za-z.]{1,40}\Z")
_CHANNEL = re.compile(r"[0-9A-Za-z_][0-9A-Za-z_.-]{0,148}\Z")
_DIGITS = re.compile(r"\+?[0-9]{2,15}\Z")


def new_channel(command_id: str) -> str:
    """The Uniqueid that a phone's channel gets: chosen by us, so every event of it is known.

    Raises `CommandRejected` for anything but an id of ours.
    """
    if not _ID.match(command_id):
        raise CommandRejected(f"{command_id[:40]!r} is no id of a command")
    return command_id


def known_channel(uniqueid: str) -> str:
    """The Uniqueid of a channel that exists (a leading slash would make it a pattern for many).

    Raises `CommandRejected`.
    """
    if not _CHANNEL.match(uniqueid):
        raise CommandRejected(f"{uniqueid[:40]!r} is no name of a channel")
    return uniqueid


def digits(number: str) -> str:
    """A number to be dialled: digits, perhaps with a plus before them; raises `CommandRejected`."""
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
            new_channel(command.id),
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
    by = reject_unplain("number", command.phone.extension)
    variables = [f"DZ_OUT={'~'.join(fields)}", f"DZ_BY={by}"]
    return {
        **_originate(
            new_channel(command.id),
            phone_dial(command.phone),
            _shown(command.name, digits(command.number)),
            command.ring_seconds,
        ),
        "Context": "dozvon-place",
        "Exten": digits(command.number),
        "Variable": [*variables, *(["DZ_REC=1"] if command.record else [])],
    }


def hang_up(command: HangUp) -> Action:
    """Hang up one channel in the normal way."""
    return {"Action": "Hangup", "Channel": known_channel(command.channel_id), "Cause": "16"}


def stop_ringing(channel: str) -> Action:
    """End what was originated; the phone's own list says "completed elsewhere", not "missed"."""
    return {"Action": "Hangup", "Channel": channel, "Cause": "26"}


def transfer(command: TransferCall) -> list[Action]:
    """Hand on; [dozvon-transfer] knows the way back. The last action does it."""
    leg, to = known_channel(command.leg_id), reject_unplain("number", command.to)
    if command.ask:
        return _ask(command, leg, to)
    where = {"Context": "dozvon-transfer", "Exten": to}
    return [{"Action": "BlindTransfer", "Channel": leg, **where}]


def _ask(command: TransferCall, leg: str, to: str) -> list[Action]:
    """Part the two who talk: one asks in [dozvon-ask], the other waits in [dozvon-held]."""
    client, by = known_channel(command.call_id), reject_unplain("number", command.by)
    redirect: Action = {
        "Action": "Redirect",
        "Channel": leg,
        "Context": "dozvon-ask",
        "Exten": to,
        "Priority": "1",
        "ExtraChannel": client,
        "ExtraContext": "dozvon-held",
        "ExtraExten": "s",
        "ExtraPriority": "1",
    }
    variables = (
        (leg, "DZ_ASK", client),
        (leg, "DZ_BY", by),
        (client, "DZ_ASKER", leg),
        (client, "DZ_BY", by),
        (client, "DZ_TO", to),
    )
    return [*(_set(*each) for each in variables), redirect]


def _set(channel: str, name: str, value: str) -> Action:
    return {"Action": "Setvar", "Channel": channel, "Variable": name, "Value": value}


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
