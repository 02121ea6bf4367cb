"""Who stands behind a channel: a phone of ours, the outside world, or Asterisk itself.

The default reads it from the channel's name, which is `technology/endpoint-hex`:
- an endpoint of two to six digits is a phone, and the digits are its extension;
- so is an endpoint that a hint of the dialplan names (the hint's extension is then his), and one
  that is dialled by its bare name (`Dial(PJSIP/anna)`; a trunk is dialled with a number);
- so is one that calls with a short number from a context in which phones begin (learnt from phones
  that are known, and `from-internal`);
- `Local/…` is a pair of halves that leads on to somebody else;
- a few technologies are Asterisk's own voices (announcers, recorders) and nobody at all;
- everything else is a trunk: an outside party.

What the default gets wrong is said in the settings: `trunks` and `phones` name endpoints and win.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, auto

_PHONE = re.compile(r"[0-9]{2,6}")
_NOBODY = frozenset(
    {"Announcer", "AsyncGoto", "Bridge", "CBAnn", "CBRec", "ConfBridgeRecorder", "Message"}
    | {"MulticastRTP", "OutgoingSpoolFailed", "Recorder", "Snoop", "Substitution", "Surrogate"}
    | {"UnicastRTP"}
)
_NUMBER = re.compile(r"\+?[0-9]{7,}")
_MOST_LEARNT = 10_000
_MOST_CONTEXTS = 100


class Kind(Enum):
    """What a channel leads to."""

    PHONE = auto()
    TRUNK = auto()
    LOCAL = auto()
    NOBODY = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyRules:
    """What an administrator says of endpoints; both win over the default.

    `trunks` lead outside, `phones` are ours. `take_prefix` begins the ChannelId of a phone that we
    call only to pick up what rings elsewhere: such a channel makes no call of its own.
    """

    trunks: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    take_prefix: str = "take-"


@dataclass(slots=True)
class Parties:
    """The rules with what was learnt while watching: phones whose names are no numbers."""

    rules: PartyRules = field(default_factory=PartyRules)
    extensions: dict[str, str] = field(default_factory=dict)
    outside: set[str] = field(default_factory=set)
    phone_contexts: set[str] = field(default_factory=lambda: {"from-internal"})

    def kind(self, channel: str) -> Kind:
        """What the channel of that name leads to."""
        technology, _, _ = channel.partition("/")
        if technology == "Local":
            return Kind.LOCAL
        if technology in _NOBODY or not channel:
            return Kind.NOBODY
        name = endpoint(channel)
        if name in self.rules.trunks:
            return Kind.TRUNK
        if name in self.rules.phones or name in self.extensions or _PHONE.fullmatch(name):
            return Kind.PHONE
        return Kind.TRUNK

    def extension(self, channel: str) -> str:
        """The extension of a phone's channel."""
        name = endpoint(channel)
        return self.extensions.get(name, name)

    def learn_hint(self, exten: str, hint: str) -> None:
        """A hint tells which device belongs to an extension."""
        device = hint.partition("&")[0].partition("/")[2]
        if _PHONE.fullmatch(exten) and device and device not in self.rules.trunks:
            self._learn(device, exten)

    def learn_dial(self, channel: str, dialled: str) -> None:
        """Whoever is dialled by his bare name is a phone."""
        name = endpoint(channel)
        if dialled == name and name not in self.rules.trunks and self.kind(channel) is Kind.TRUNK:
            self._learn(name, name)

    def learn_context(self, channel: str, context: str, caller: str) -> None:
        """A new channel: a phone tells its context, and a known context tells a phone."""
        kind, name = self.kind(channel), endpoint(channel)
        if kind is Kind.PHONE and context and len(self.phone_contexts) < _MOST_CONTEXTS:
            self.phone_contexts.add(context)
        elif kind is Kind.TRUNK and name not in self.rules.trunks and name not in self.outside:
            if context in self.phone_contexts and _PHONE.fullmatch(caller):
                self._learn(name, caller)
            elif len(self.outside) < _MOST_LEARNT:
                self.outside.add(name)

    def _learn(self, name: str, exten: str) -> None:
        if len(self.extensions) < _MOST_LEARNT:
            self.extensions[name] = exten


def endpoint(channel: str) -> str:
    """`101` of `PJSIP/101-0000005d` and of `PJSIP/101`: from the first slash to the last dash."""
    rest = channel.partition("/")[2]
    name, dash, _ = rest.rpartition("-")
    return name if dash else rest


def dialled_local(channel: str) -> str:
    """`102` of `Local/102@from-phones-00000008;1`."""
    return channel.partition("/")[2].partition("@")[0]


def dialled_number(dial_string: str) -> str:
    """The number in a dial string (`7916…@trunk`, `trunk/7916…`, `trunk/sip:7916…@host`)."""
    if looks_outside(dial_string):
        return dial_string
    number = dial_string.rpartition("/")[2].removeprefix("sip:").partition("@")[0]
    return number if number and number != dial_string else ""


def looks_outside(number: str) -> bool:
    """True of a number too long for an extension."""
    return _NUMBER.fullmatch(number) is not None


def same_number(one: str, other: str) -> bool:
    """True of one number written with different prefixes."""
    return one.endswith(other[-7:]) or other.endswith(one[-7:])


def looks_like_extension(number: str) -> bool:
    """True of two to six digits."""
    return _PHONE.fullmatch(number) is not None
