"""SIP messages as values: bytes in, `Request` or `Response` out, and back again.

Rules: no I/O and no clock here; everything is bounded by the size of one datagram; names of header
fields are compared without case and compact forms (RFC 3261, 7.3.3) are widened on the way in; what
we send can never hold a line break inside a header field, whatever display name a test thinks of.
"""

from dataclasses import dataclass, replace

from dozvon.lab.errors import SipSyntaxError

MAX_MESSAGE = 65_535
MAX_FIELDS = 200
_COMPACT = {
    "i": "call-id",
    "m": "contact",
    "e": "content-encoding",
    "l": "content-length",
    "c": "content-type",
    "f": "from",
    "s": "subject",
    "k": "supported",
    "t": "to",
    "v": "via",
    "r": "refer-to",
    "o": "event",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A name-addr as in From, To, Contact (RFC 3261, 25.1).

    `name` is the display name without quotes, `uri` stands without its angle brackets, `params` are
    the header's own parameters (never those of the uri).
    """

    uri: str
    name: str = ""
    params: tuple[tuple[str, str], ...] = ()

    @property
    def user(self) -> str:
        """The user part of the uri, without parameters of its own; empty if there is none."""
        rest = self.uri.partition(":")[2]
        user, at, _ = rest.partition("@")
        return user.partition(";")[0] if at else ""

    @property
    def tag(self) -> str:
        """The tag parameter, or an empty string."""
        return dict(self.params).get("tag", "")

    def tagged(self, tag: str) -> "Address":
        """Returns the same address with this tag."""
        others = tuple(p for p in self.params if p[0] != "tag")
        return replace(self, params=(*others, ("tag", tag)))

    def __str__(self) -> str:
        name = f"{quote(self.name)} " if self.name else ""
        params = "".join(f";{key}={value}" if value else f";{key}" for key, value in self.params)
        return f"{name}<{self.uri}>{params}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What requests and responses share: header fields in their order, and a body."""

    fields: tuple[tuple[str, str], ...]
    body: bytes = b""

    def get(self, name: str) -> str:
        """Returns the first field of this name, or an empty string."""
        wanted = name.lower()
        return next((value for key, value in self.fields if key.lower() == wanted), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Returns every field of this name in its order."""
        wanted = name.lower()
        return tuple(value for key, value in self.fields if key.lower() == wanted)

    def address(self, name: str) -> Address:
        """Returns the field as an address; an unreadable one is an address with an empty uri."""
        return parse_address(self.get(name))

    @property
    def call_id(self) -> str:
        """The Call-ID."""
        return self.get("Call-ID")

    @property
    def branch(self) -> str:
        """The branch of the topmost Via: what a transaction is known by."""
        return _parameter(self.get("Via"), "branch")

    @property
    def cseq(self) -> int:
        """The number in CSeq; 0 if unreadable."""
        number = self.get("CSeq").partition(" ")[0]
        return int(number) if number.isascii() and number.isdigit() else 0

    @property
    def cseq_method(self) -> str:
        """The method in CSeq: which request a response belongs to."""
        return self.get("CSeq").partition(" ")[2].strip().upper()

    def _tail(self) -> bytes:
        lines = [f"{key}: {_one_line(value)}" for key, value in self.fields]
        lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join(lines).encode("utf-8", "replace") + b"\r\n\r\n" + self.body


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Message):
    """A SIP request."""

    method: str
    uri: str

    def encode(self) -> bytes:
        """Returns the bytes of one datagram."""
        return f"{self.method} {_one_line(self.uri)} SIP/2.0\r\n".encode() + self._tail()


@dataclass(frozen=True, slots=True, kw_only=True)
class Response(Message):
    """A SIP response."""

    status: int
    reason: str

    def encode(self) -> bytes:
        """Returns the bytes of one datagram."""
        return f"SIP/2.0 {self.status} {_one_line(self.reason)}\r\n".encode() + self._tail()


def parse(data: bytes) -> Request | Response:
    """Reads one datagram.

    Raises `SipSyntaxError` for anything that is no SIP message, and for more than `MAX_FIELDS`
    fields.
    """
    head, _, body = data[:MAX_MESSAGE].partition(b"\r\n\r\n")
    first, *lines = head.decode("utf-8", "replace").split("\r\n")
    fields = _fields(lines)
    length = next((value for key, value in fields if key == "content-length"), "")
    if length.isascii() and length.isdigit():
        body = body[: int(length)]
    kept = tuple(field for field in fields if field[0] != "content-length")
    parts = first.split(" ", 2)
    if len(parts) < 3:
        raise SipSyntaxError("no start line")
    if parts[0] == "SIP/2.0":
        if not (parts[1].isascii() and parts[1].isdigit() and len(parts[1]) == 3):
            raise SipSyntaxError("a status that is no number")
        return Response(status=int(parts[1]), reason=parts[2], fields=kept, body=body)
    if parts[2] != "SIP/2.0":
        raise SipSyntaxError("not SIP/2.0")
    return Request(method=parts[0].upper(), uri=parts[1], fields=kept, body=body)


def _fields(lines: list[str]) -> list[tuple[str, str]]:
    fields: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in {" ", "\t"} and fields:
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {line.strip()}")
            continue
        name, colon, value = line.partition(":")
        if not colon or len(fields) >= MAX_FIELDS:
            raise SipSyntaxError("a header line without a colon, or too many of them")
        key = name.strip().lower()
        fields.append((_COMPACT.get(key, key), value.strip()))
    return fields


def parse_address(text: str) -> Address:
    """Reads a name-addr or a bare uri; what cannot be read gives an empty uri."""
    text = text.strip()
    name = ""
    if text.startswith('"'):
        name, text = _unquote(text)
    before, bracket, rest = text.partition("<")
    if not bracket:
        uri, _, tail = text.partition(";")
        return Address(uri=uri.strip(), name=name, params=_parameters(tail))
    uri, _, tail = rest.partition(">")
    return Address(uri=uri, name=name or before.strip(), params=_parameters(tail))


def quote(name: str) -> str:
    """Returns a display name as a quoted-string (RFC 3261, 25.1)."""
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def reason_text(value: str) -> str:
    """Returns the text parameter of a Reason field (RFC 3326), or an empty string."""
    _, found, rest = value.partition("text=")
    if not found:
        return ""
    return _unquote(rest)[0] if rest.startswith('"') else rest.partition(";")[0].strip()


def _unquote(text: str) -> tuple[str, str]:
    """Splits a text that begins with a quote into the quoted part, unescaped, and what follows."""
    said: list[str] = []
    position = 1
    while position < len(text):
        letter = text[position]
        if letter == '"':
            return "".join(said), text[position + 1 :]
        if letter == "\\" and position + 1 < len(text):
            position += 1
            letter = text[position]
        said.append(letter)
        position += 1
    return "".join(said), ""


def _parameters(tail: str) -> tuple[tuple[str, str], ...]:
    pairs = (item.partition("=") for item in tail.split(";") if item.strip())
    return tuple((key.strip().lower(), value.strip()) for key, _, value in pairs)


def _parameter(value: str, name: str) -> str:
    return dict(_parameters(value.partition(";")[2])).get(name, "")


def _one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ").replace("\0", " ")
