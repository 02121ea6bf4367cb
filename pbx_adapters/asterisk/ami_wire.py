"""Asterisk's Manager Interface as bytes: a parser and a writer without I/O.

Rules:
- Bytes are split on CR LF CR LF before anything is decoded, so that a letter cut by the edge of a
  packet is never lost; any chunking gives the same frames.
- A whole message is decoded at once, as UTF-8. What is no UTF-8 becomes U+FFFD: the text goes to
  people, JSON and databases, and none of them bears a lone surrogate.
- Only messages that somebody wants cost a dict: wanted event names, every response, and every event
  that answers an action of ours (its second line is the ActionID; so do lists).
- A message has a size limit. A longer one is dropped up to its end and reported as damage; reading
  goes on behind it. Garbage is damage as well; nothing that a peer sends raises out of `feed`.
- Nothing is written that could be read as a second header: CR, LF and NUL are refused, not escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from operator import contains, methodcaller

from pbx_adapters.asterisk.frames import ALWAYS_REPEATED, Frame
from pbx_adapters.errors import CommandRejected, PbxProtocolError, UnsafeText

MESSAGE_LIMIT = 256 * 1024
"""Bytes. The longest real message is a Command's answer of some tens of kB; events stay below 8."""

DAMAGE_KEPT = 20
"""How many damages are kept with their text until somebody takes them; beyond, they are counted."""

_END = b"\r\n\r\n"
_LINE = b"\r\n"
_GREETING = b"Asterisk Call Manager"
_EVENT = b"Event: "
_RESPONSE = b"Response: "
_ACTION_ID = b"ActionID:"
_SPLIT = methodcaller("split", ": ", 1)
_REFUSED = ("\r", "\n", "\x00")


class AmiReader:
    """Takes bytes in any pieces and gives frames.

    `wanted` are the event names worth a frame (None: all). Responses and events that carry the
    ActionID right behind their name are always given. `greeting` is the line that Asterisk says
    first, for instance `Asterisk Call Manager/11.0.0`; it is known as soon as the line is whole.
    """

    __slots__ = (
        "_damage",
        "_dropping",
        "_fresh",
        "_limit",
        "_tail",
        "_wanted",
        "damaged",
        "greeting",
        "skipped",
    )

    def __init__(self, wanted: Iterable[str] | None = None, *, limit: int = MESSAGE_LIMIT) -> None:
        self._wanted = None if wanted is None else frozenset(n.encode() for n in wanted)
        self._limit = limit
        self._tail = b""
        self._dropping = False
        self._fresh = True
        self._damage: list[PbxProtocolError] = []
        self.greeting = ""
        self.damaged = 0
        self.skipped = 0

    def feed(self, data: bytes) -> list[Frame]:
        """Frames that are whole now. Damage is not raised here: see `take_damage`."""
        data = self._tail + data
        if self._fresh:
            data = self._greeted(data)
        messages = data.split(_END)
        tail = messages.pop()
        frames: list[Frame] = []
        if messages and self._dropping:
            self._dropping = False
            del messages[0]
        for message in messages:
            frame = self._read(message)
            if frame is not None:
                frames.append(frame)
        self._keep(tail)
        return frames

    def take_damage(self) -> list[PbxProtocolError]:
        """What could not be read since the last call, oldest first (at most `DAMAGE_KEPT`)."""
        damage, self._damage = self._damage, []
        return damage

    @property
    def pending(self) -> int:
        """Bytes of a message that is not whole yet; line ends alone are none."""
        return len(self._tail.strip(_LINE))

    def _greeted(self, data: bytes) -> bytes:
        """`data` without the greeting that a stream begins with, once its line is whole."""
        if not data.startswith(_GREETING[: len(data)]):
            self._fresh = False
            return data
        line, end, rest = data.partition(_LINE)
        if not end or len(line) > self._limit:
            return data
        self._fresh = False
        self.greeting = line.decode("utf-8", "replace")
        return rest

    def _keep(self, tail: bytes) -> None:
        # Three bytes are enough to see an end that is cut by the edge of a piece.
        if self._dropping:
            self._tail = tail[-3:]
        elif len(tail) > self._limit + 3:
            self._hurt(f"a message is longer than {self._limit} bytes; dropped up to its end")
            self._dropping = True
            self._tail = tail[-3:]
        else:
            self._tail = tail

    def _read(self, message: bytes) -> Frame | None:
        self._fresh = False
        if len(message) > self._limit:
            self._hurt(f"a message is longer than {self._limit} bytes; dropped up to its end")
            return None
        if not message.startswith(_EVENT):
            message = self._cleared(message)
            if not message:
                return None
        if self._wanted is not None and message.startswith(_EVENT):
            end = message.find(_LINE)
            name = message[7:] if end < 0 else message[7:end]
            if name not in self._wanted and not message.startswith(_ACTION_ID, end + 2):
                self.skipped += 1
                return None
        return self._build(message)

    def _cleared(self, message: bytes) -> bytes:
        """`message` without what stands before its first line: line ends, a second greeting."""
        message = message.lstrip(_LINE)
        if message.startswith(_GREETING):
            line, _, message = message.partition(_LINE)
            self.greeting = line.decode("utf-8", "replace")
        return message

    def _build(self, message: bytes) -> Frame | None:
        lines = message.decode("utf-8", "replace").split("\r\n")
        fields = _fields(lines)
        if len(fields) == len(lines) and ALWAYS_REPEATED.isdisjoint(fields):
            return self._frame(fields, {})
        return self._frame(*_fields_slowly(lines))

    def _frame(self, fields: dict[str, str], repeated: dict[str, tuple[str, ...]]) -> Frame | None:
        name = fields.get("Event")
        if name is not None:
            return Frame("event", name, fields, repeated)
        name = fields.get("Response")
        if name is not None:
            return Frame("response", name, fields, repeated)
        first = next(iter(fields), "")
        self._hurt(f"a message is neither an event nor a response; it begins with {first[:60]!r}")
        return None

    def _hurt(self, sentence: str) -> None:
        self.damaged += 1
        if len(self._damage) < DAMAGE_KEPT:
            self._damage.append(PbxProtocolError(sentence))


def _fields(lines: Sequence[str]) -> dict[str, str]:
    """Fields of lines that have one colon and one blank each; fewer than lines for any others.

    One split of the whole is twice as fast as one for each line. It is believed only where it gave
    two parts for each line and no line lacks its colon: then each has exactly one.
    """
    parts = ": ".join(lines).split(": ")
    if len(parts) == 2 * len(lines) and all(map(contains, lines, repeat(": "))):
        return dict(zip(parts[::2], parts[1::2], strict=True))
    try:
        return dict(map(_SPLIT, lines))
    except ValueError:
        return {}


def _fields_slowly(lines: Sequence[str]) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Fields of a message with repeated keys, keys without a value or lines without a colon."""
    values: dict[str, list[str]] = {}
    for line in lines:
        key, colon, value = line.partition(":")
        if colon:
            values.setdefault(key.strip(), []).append(value.removeprefix(" "))
    fields = {key: many[0] for key, many in values.items()}
    repeated = {
        key: tuple(many) for key, many in values.items() if len(many) > 1 or key in ALWAYS_REPEATED
    }
    return fields, repeated


def encode_action(fields: Mapping[str, str | Sequence[str]]) -> bytes:
    """The bytes of an action, its lines in the order of `fields`.

    A sequence of strings repeats its key (`Variable`). Raises before anything is sent: `UnsafeText`
    when a key or value holds CR, LF or NUL; its parent `CommandRejected` when a key is empty or
    holds a colon, and when the first key is not `Action`.
    """
    if next(iter(fields), "") != "Action":
        raise CommandRejected("an action begins with the key Action; nothing was sent to the PBX")
    lines = [
        _line(key, value)
        for key, values in fields.items()
        for value in ((values,) if isinstance(values, str) else values)
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "replace")


def _line(key: str, value: str) -> str:
    if any(bad in key or bad in value for bad in _REFUSED):
        raise UnsafeText(
            f"a line break or NUL in the field {key!r} would be a second command to the PBX; "
            "nothing was sent"
        )
    if not key or ":" in key:
        raise CommandRejected(f"{key!r} cannot be a key of an action; nothing was sent to the PBX")
    return f"{key}: {value}"
