"""Session descriptions: one PCMA stream with telephone events, and where the other side listens.

Rules: pure. The lab speaks PCMA only (both sides of the lab's Asterisk allow it), so there is
nothing to negotiate but the address, the direction and the number of the event payload.
"""

from dataclasses import dataclass
from enum import StrEnum

PCMA = 8
EVENTS = 101


class Direction(StrEnum):
    """Who sends sound, seen from the describing side (RFC 4566, 6)."""

    BOTH = "sendrecv"
    SEND = "sendonly"
    RECEIVE = "recvonly"
    NONE = "inactive"


_ANSWERS = {Direction.SEND: Direction.RECEIVE, Direction.RECEIVE: Direction.SEND}
_DIRECTIONS = frozenset(str(direction) for direction in Direction)


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What one side says about its stream; `port` 0 means that it has none."""

    host: str
    port: int
    direction: Direction = Direction.BOTH
    events: int = EVENTS

    def answered(self) -> Direction:
        """Returns the direction that an answer to this offer has to say."""
        return _ANSWERS.get(self.direction, self.direction)


def build(description: Description, *, version: int) -> bytes:
    """Returns the body of an offer or an answer; `version` must grow with every change."""
    lines = (
        "v=0",
        f"o=lab 1 {version} IN IP4 {description.host}",
        "s=lab",
        f"c=IN IP4 {description.host}",
        "t=0 0",
        f"m=audio {description.port} RTP/AVP {PCMA} {description.events}",
        f"a=rtpmap:{PCMA} PCMA/8000",
        f"a=rtpmap:{description.events} telephone-event/8000",
        f"a=fmtp:{description.events} 0-16",
        "a=ptime:20",
        f"a={description.direction}",
    )
    return "".join(f"{line}\r\n" for line in lines).encode()


def parse(body: bytes) -> Description | None:
    """Reads a description; None for a body without an audio stream."""
    host, port, direction, events = "", -1, Direction.BOTH, EVENTS
    for raw in body.decode("utf-8", "replace").splitlines():
        line = raw.strip()
        if line.startswith("c="):
            host = line.rpartition(" ")[2]
        elif line.startswith("m=audio ") and port < 0:
            number = line.split(" ")[1].partition("/")[0]
            port = int(number) if number.isascii() and number.isdigit() else 0
        elif line.startswith("a=rtpmap:") and "telephone-event/8000" in line:
            number = line[len("a=rtpmap:") :].partition(" ")[0]
            events = int(number) if number.isascii() and number.isdigit() else EVENTS
        elif line.startswith("a=") and line[2:] in _DIRECTIONS:
            direction = Direction(line[2:])
    if port < 0:
        return None
    return Description(host=host, port=min(port, 65_535), direction=direction, events=events)
