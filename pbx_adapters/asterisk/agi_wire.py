"""The FastAGI protocol without I/O: bytes in, a question or answers out; variables in, bytes out.

Rules
- Bytes are split before they are decoded, so that a letter cut by a packet's edge is not lost.
- The first occurrence of a header key wins: what Asterisk writes first (channel, Uniqueid) cannot
  be replaced by what a caller puts into his name.
- An answer is one line, except ``520-…``, which ends with ``520 End of proper usage.``. A line
  ``HANGUP`` may stand between any two lines and is nobody's answer. Words inside an answer, such as
  a value "hangup", mean nothing.
- CR, LF and NUL are refused in names and values; quotes and backslashes are escaped. The rest is
  literal: Asterisk does not evaluate ``${…}`` in ``SET VARIABLE``.
- Asterisk reads a command into 2,048 bytes (older ones) and takes the rest of a longer one for
  another command: a longer line is refused before anything is sent.
- One command at a time. Sent together they are not sound: Asterisk 22 waits for readable bytes
  while lines lie in its own buffer, so four lines at once stood still after the first (tried).
- So plain variables go together into one ``EXEC MSet``, which sets them in their order: a command
  costs both sides a turn of their loops. MSet splits at commas outside of quotes, brackets and
  backslashes; a value that holds any of these is set by a command of its own, in its turn.

Source of the line format: Asterisk's res_agi.c (run_agi, parse_args, agi_handle_command).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from pbx_adapters.errors import PbxProtocolError, UnsafeText

COMMAND_LIMIT_BYTES = 2046
"""Longest command line, its LF included, that every Asterisk from 16 on reads in one piece.

Asterisk 22 reads more (9,000 bytes, tried), but its dialplan substitutes only 4,095 of them.
"""

ANSWER_LIMIT_BYTES = 16 * 1024
"""More than the longest usage text; beyond it the far side is not an Asterisk."""

_VARIABLE_NAME = re.compile(r"_{0,2}[A-Za-z][A-Za-z0-9_]{0,78}")
_PLAIN_VALUE = re.compile(r"[^\x00-\x1f,\"\\()\[\]{}]*")
"""What neither AGI nor MSet reads as anything but itself."""
_MSET = b'EXEC MSet "'
_MOST_TOGETHER = 20
"""MSet of Asterisk 16 takes 24 pairs."""
_BREAKS_A_LINE = re.compile(r"[\r\n\0]")
_END_OF_USAGE = "520 End of proper usage"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgiRequest:
    """One question of Asterisk: a channel asks what to do.

    `extension` is the number that was dialled in `context` (the line, for an incoming call).
    Caller number and name are empty where Asterisk says "unknown". `path` is the script's path, as
    in ``/dozvon/route``; `args` the arguments of the dialplan's AGI() in their order; `env` all
    keys as they came, without the prefix ``agi_``.
    """

    uniqueid: str
    channel: str
    caller_number: str
    caller_name: str
    extension: str
    context: str
    path: str
    args: tuple[str, ...] = ()
    language: str = ""
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def verb(self) -> str:
        """The last word of ``/dozvon/<verb>``, or nothing when the path is none of ours."""
        house, _, verb = self.path.strip("/").partition("/")
        return verb if house == "dozvon" and "/" not in verb else ""


class AnswerKind(StrEnum):
    """What a line from Asterisk means for the command that waits for its answer."""

    DONE = "done"
    UNKNOWN_COMMAND = "unknown command"
    CHANNEL_GONE = "channel gone"
    WRONG_USE = "wrong use"


_KIND_BY_CODE = {
    "200": AnswerKind.DONE,
    "510": AnswerKind.UNKNOWN_COMMAND,
    "511": AnswerKind.CHANNEL_GONE,
    "520": AnswerKind.WRONG_USE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AgiAnswer:
    """Asterisk's answer to one command; `text` is what it said, without the code."""

    kind: AnswerKind
    text: str

    @property
    def succeeded(self) -> bool:
        """True when the command was carried out.

        ``200 result=1`` for SET VARIABLE, ``result=0`` for EXEC; ``-1`` where the channel has gone,
        ``-2`` where Asterisk has no such application.
        """
        return self.kind is AnswerKind.DONE and not self.text.startswith("result=-")


@dataclass(frozen=True, slots=True)
class HangupNotice:
    """The caller has gone; Asterisk says so between two answers."""


def parse_request(header: bytes) -> AgiRequest:
    """Reads the header that Asterisk sends first, without its closing empty line.

    Raises PbxProtocolError when it is not the header of an AGI question.
    """
    env: dict[str, str] = {}
    for line in header.split(b"\n"):
        key, colon, value = line.partition(b":")
        if colon and key.startswith(b"agi_"):
            env.setdefault(_text(key[4:]), _text(value).strip())
    missing = [key for key in ("channel", "uniqueid", "request") if not env.get(key)]
    if missing:
        raise PbxProtocolError(f"not an AGI question: no agi_{missing[0]} in its header")
    return AgiRequest(
        uniqueid=env["uniqueid"],
        channel=env["channel"],
        caller_number=_known(env.get("callerid", "")),
        caller_name=_known(env.get("calleridname", "")),
        extension=env.get("extension", ""),
        context=env.get("context", ""),
        path=_path(env["request"]),
        args=tuple(_arguments(env)),
        language=env.get("language", ""),
        env=env,
    )


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _known(value: str) -> str:
    return "" if value.lower() in {"unknown", "<unknown>"} else value


def _path(request: str) -> str:
    """The path of ``agi://host:port/path``; the query, if any, is not ours."""
    try:
        path = urlsplit(request).path if "://" in request else request.partition("?")[0]
    except ValueError:  # such as an IPv6 host without its closing bracket
        return ""
    return unquote(path)


def _arguments(env: Mapping[str, str]) -> Iterator[str]:
    number = 1
    while (argument := env.get(f"arg_{number}")) is not None:
        yield argument
        number += 1


def set_variable(name: str, value: str) -> bytes:
    """The command that sets one channel variable, ready to be sent.

    Raises UnsafeText when the name is not a plain variable name, the value would break the line, or
    the line is longer than Asterisk reads.
    """
    if not _VARIABLE_NAME.fullmatch(name):
        raise UnsafeText(f"{name!r} is not a name of a channel variable")
    if _BREAKS_A_LINE.search(value):
        raise UnsafeText(f"the value of {name} holds a line break or NUL")
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    try:
        line = f'SET VARIABLE "{name}" "{quoted}"\n'.encode()
    except UnicodeEncodeError:
        raise UnsafeText(f"the value of {name} is not text (a lone surrogate)") from None
    if len(line) > COMMAND_LIMIT_BYTES:
        raise UnsafeText(
            f"the value of {name} makes a command of {len(line)} bytes; "
            f"Asterisk reads at most {COMMAND_LIMIT_BYTES}"
        )
    return line


def set_variables(variables: Iterable[tuple[str, str]]) -> list[bytes]:
    """The fewest commands that set these variables in their order; raises as `set_variable`."""
    commands: list[bytes] = []
    run: list[tuple[bytes, bytes]] = []
    for name, value in variables:
        alone, pair = set_variable(name, value), f"{name}={value}".encode()
        plain = _PLAIN_VALUE.fullmatch(value) is not None
        if run and not (plain and _fits(run, pair)):
            commands.append(_joined(run))
            run = []
        if plain:
            run.append((pair, alone))
        else:
            commands.append(alone)
    return [*commands, _joined(run)] if run else commands


def _fits(run: Sequence[tuple[bytes, bytes]], pair: bytes) -> bool:
    size = len(_MSET) + sum(len(before) + 1 for before, _ in run) + len(pair) + 2
    return len(run) < _MOST_TOGETHER and size <= COMMAND_LIMIT_BYTES


def _joined(run: Sequence[tuple[bytes, bytes]]) -> bytes:
    """The command that sets a run of pairs; one that stays alone has a command of its own."""
    if len(run) == 1:
        return run[0][1]
    return _MSET + b",".join(pair for pair, _ in run) + b'"\n'


class AnswerReader:
    """Turns the bytes of the dialogue into answers and hang-up notices, in their order."""

    __slots__ = ("_in_usage", "_rest", "_usage_bytes")

    def __init__(self) -> None:
        self._rest = b""
        self._in_usage = False
        self._usage_bytes = 0

    def feed(self, data: bytes) -> Iterator[AgiAnswer | HangupNotice]:
        """Yields what is complete; the rest waits for more bytes.

        Raises PbxProtocolError at a line that is no answer or grows beyond 16 KiB.
        """
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            said = self._line(_text(line.rstrip(b"\r")), len(line))
            if said is not None:
                yield said
        if len(self._rest) > ANSWER_LIMIT_BYTES:
            raise PbxProtocolError(f"an AGI answer of more than {ANSWER_LIMIT_BYTES} bytes")

    def _line(self, line: str, size: int) -> AgiAnswer | HangupNotice | None:
        if line == "HANGUP":
            return HangupNotice()
        if self._in_usage:
            return self._usage(line, size)
        code, mark, text = line[:3], line[3:4], line[4:]
        if code == "520" and mark == "-":
            self._in_usage, self._usage_bytes = True, size
            return None
        if code == "100" or not line:  # "100 result=0 Trying…": the answer is still to come
            return None
        kind = _KIND_BY_CODE.get(code)
        if kind is None or mark not in {" ", ""}:
            raise PbxProtocolError(f"not an AGI answer: {line[:80]!r}")
        return AgiAnswer(kind=kind, text=text)

    def _usage(self, line: str, size: int) -> AgiAnswer | None:
        if line.startswith(_END_OF_USAGE):
            self._in_usage = False
            return AgiAnswer(kind=AnswerKind.WRONG_USE, text="Invalid command syntax")
        self._usage_bytes += size
        if self._usage_bytes > ANSWER_LIMIT_BYTES:
            raise PbxProtocolError(f"an AGI usage text of more than {ANSWER_LIMIT_BYTES} bytes")
        return None
