"""Sound and keys over RTP (RFC 3550, RFC 4733): packets as values, and a stream of them.

Rules: `Packet` and `Sender` are pure. A `Stream` that only has to exist (`Media.NONE`) costs
nothing: all of them share one bound socket that nobody reads, from which keys can still be sent.
Received sound is kept only when asked for, and never more than `MAX_RECORDED` bytes.
"""

import asyncio
import math
import secrets
import socket
import struct
from dataclasses import dataclass
from enum import StrEnum

from dozvon.lab.sip import sdp
from dozvon.lab.sip.watched import Watched

FRAME = 160  # samples of 20 ms at 8 kHz
FRAME_SECONDS = 0.02
MAX_RECORDED = 8_000 * 600
KEYS = "0123456789*#ABCD"
_KEY_FRAMES = 5  # 100 ms of key
_KEY_ENDS = 3  # the end is said three times (RFC 4733, 2.5.1.4)
_PAUSE_FRAMES = 4  # 80 ms between keys
_READS_PER_WAKE = 50


class Media(StrEnum):
    """What a side of a call sends: nothing at all, silence, or a tone."""

    NONE = "none"
    SILENCE = "silence"
    TONE = "tone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """One RTP packet as far as the lab looks at it."""

    payload_type: int
    marker: bool
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes

    def encode(self) -> bytes:
        """Returns the bytes of one datagram."""
        second = self.payload_type | (0x80 if self.marker else 0)
        head = struct.pack("!BBHII", 0x80, second, self.sequence, self.timestamp, self.ssrc)
        return head + self.payload


def parse(data: bytes) -> Packet | None:
    """Reads one datagram; None for anything that is not RTP version 2."""
    if len(data) < 12 or data[0] >> 6 != 2:
        return None
    first, second, sequence, timestamp, ssrc = struct.unpack_from("!BBHII", data)
    start = 12 + 4 * (first & 0x0F)
    return Packet(
        payload_type=second & 0x7F,
        marker=bool(second & 0x80),
        sequence=sequence,
        timestamp=timestamp,
        ssrc=ssrc,
        payload=data[start:],
    )


class Sender:
    """Numbers the packets of one outgoing stream."""

    def __init__(self, *, ssrc: int, sequence: int = 0, timestamp: int = 0) -> None:
        self._ssrc, self._sequence, self._timestamp = ssrc, sequence, timestamp

    def sound(self, frame: bytes) -> bytes:
        """Returns the next 20 ms of PCMA sound."""
        return self._next(sdp.PCMA, frame, marker=False, timestamp=self._skip())

    def skip(self) -> None:
        """Lets 20 ms pass without a packet."""
        self._skip()

    def key(self, digit: str, payload_type: int) -> list[bytes]:
        """Returns the packets of one key press, 20 ms apart, the end three times."""
        code = KEYS.index(digit.upper())
        start = self._timestamp
        packets = []
        for number in range(1, _KEY_FRAMES + _KEY_ENDS + 1):
            ended = number > _KEY_FRAMES
            length = FRAME * min(number, _KEY_FRAMES)
            payload = struct.pack("!BBH", code, (0x80 if ended else 0) | 10, length)
            packets.append(self._next(payload_type, payload, marker=number == 1, timestamp=start))
            self._skip()
        return packets

    def _skip(self) -> int:
        before = self._timestamp
        self._timestamp = (before + FRAME) & 0xFFFFFFFF
        return before

    def _next(self, kind: int, payload: bytes, *, marker: bool, timestamp: int) -> bytes:
        packet = Packet(
            payload_type=kind,
            marker=marker,
            sequence=self._sequence,
            timestamp=timestamp,
            ssrc=self._ssrc,
            payload=payload,
        )
        self._sequence = (self._sequence + 1) & 0xFFFF
        return packet.encode()


def tone_frame(hertz: int) -> bytes:
    """Returns 20 ms of a tone in PCMA; a multiple of 50 Hz joins itself without a click."""
    step = 2 * math.pi * hertz / 8_000
    return bytes(_alaw(round(8_000 * math.sin(step * number))) for number in range(FRAME))


SILENT_FRAME = b"\xd5" * FRAME


def tone_share(sound: bytes, hertz: int) -> float:
    """Returns the share of PCMA sound's power in this tone, 1 if there is no other (Goertzel)."""
    samples = [_LINEAR[byte] for byte in sound]
    power = sum(sample * sample for sample in samples)
    if not power:
        return 0.0
    factor = 2 * math.cos(2 * math.pi * hertz / 8_000)
    before = last = 0.0
    for sample in samples:
        before, last = last, sample + factor * last - before
    found = last * last + before * before - factor * last * before
    return 2 * found / (len(samples) * power)


def _alaw(sample: int) -> int:
    """Encodes 16-bit linear as A-law (G.711)."""
    sign, size = (0x80, sample) if sample >= 0 else (0, -sample)
    size = min(size, 32_635)
    segment = max(size.bit_length() - 8, 0)
    mantissa = (size >> (segment + 3 if segment else 4)) & 0x0F
    return (sign | segment << 4 | mantissa) ^ 0x55


def _linear(byte: int) -> int:
    """Decodes one A-law byte to 16-bit linear (G.711)."""
    byte ^= 0x55
    segment, mantissa = (byte >> 4) & 7, byte & 0x0F
    size = (mantissa << 4) + 8
    if segment:
        size = (size + 0x100) << (segment - 1)
    return size if byte & 0x80 else -size


_LINEAR = tuple(_linear(byte) for byte in range(256))


def bound_socket(host: str, port: int = 0) -> socket.socket:
    """Returns a non-blocking UDP socket bound to this address."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    return sock


class Stream(Watched):
    """One side's sound in one call.

    `received_packets` and `received_keys` count and spell what came in; both stay empty with
    `Media.NONE`, where nobody listens.
    """

    def __init__(self, media: Media, *, host: str, shared: socket.socket, hertz: int) -> None:
        super().__init__()
        self.received_packets = 0
        self.received_keys = ""
        self.sent_packets = 0
        self._media = media
        self._shared = media is Media.NONE
        self._socket = shared if self._shared else bound_socket(host)
        self._frame = tone_frame(hertz) if media is Media.TONE else SILENT_FRAME
        self._sender = Sender(ssrc=secrets.randbits(32), sequence=secrets.randbits(15))
        self._waiting: list[bytes | None] = []  # key packets to send next; None is a pause
        self._pressed: list[asyncio.Future[None]] = []
        self._remote: tuple[str, int] | None = None
        self._events = sdp.EVENTS
        self._recorded: bytearray | None = None
        self._last_key_at = -1
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._closed = False
        if not self._shared:
            asyncio.get_running_loop().add_reader(self._socket, self._read)

    @property
    def port(self) -> int:
        """The port that the other side is told to send to."""
        return int(self._socket.getsockname()[1])

    def aim(self, remote: sdp.Description | None) -> None:
        """Sends to what the other side described; to nobody while it does not want to hear."""
        deaf = remote is None or not remote.port or remote.direction in _DEAF
        self._remote = None if deaf or remote is None else (remote.host, remote.port)
        if remote is not None:
            self._events = remote.events
        if self._remote is not None and not self._shared:
            self._wake()

    def greet(self) -> None:
        """Sends one packet of silence, as every real phone does when a talk begins.

        Without any, Asterisk's Answer() and Pickup() wait 500 ms for sound before they go on.
        """
        if self._shared and not self._closed:
            self._emit(self._sender.sound(SILENT_FRAME))

    def press(self, digits: str) -> asyncio.Future[None]:
        """Presses keys one after another; the future is done when the last one is sent."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self._closed:
            done.cancel()
            return done
        for digit in digits:
            self._waiting += [*self._sender.key(digit, self._events), *[None] * _PAUSE_FRAMES]
        self._pressed.append(done)
        self._wake()
        return done

    def record(self) -> None:
        """Keeps the sound that comes in from now on."""
        self._recorded = bytearray()

    @property
    def recorded(self) -> bytes:
        """The PCMA sound kept since `record()`."""
        return bytes(self._recorded or b"")

    def close(self) -> None:
        """Stops sending and lets the port go; closing twice does no harm."""
        if self._closed:
            return
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        for waiter in self._pressed:
            waiter.cancel()
        if not self._shared:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()

    def _wake(self) -> None:
        if self._timer is None and not self._closed:
            loop = asyncio.get_running_loop()
            self._due = loop.time()
            self._timer = loop.call_soon(self._tick)  # type: ignore[assignment]  # a Handle cancels alike

    def _tick(self) -> None:
        self._timer = None
        if self._waiting:
            self._emit(self._waiting.pop(0))
        elif not self._shared and self._remote is not None:
            self._emit(self._sender.sound(self._frame))
        if not self._waiting:
            self._keys_sent()
        if self._waiting or (not self._shared and self._remote is not None):
            self._due += FRAME_SECONDS
            self._timer = asyncio.get_running_loop().call_at(self._due, self._tick)

    def _keys_sent(self) -> None:
        for waiter in self._pressed:
            if not waiter.done():
                waiter.set_result(None)
        self._pressed.clear()

    def _emit(self, data: bytes | None) -> None:
        if data is None:
            self._sender.skip()
        elif self._remote is not None:
            try:
                self._socket.sendto(data, self._remote)
                self.sent_packets += 1
            except OSError:  # a full buffer or a closed peer: sound is lossy by nature
                return

    def _read(self) -> None:
        for _ in range(_READS_PER_WAKE):
            try:
                data = self._socket.recv(2_048)
            except OSError:  # nothing more to read, or an ICMP error of the peer's closed port
                return
            packet = parse(data)
            if packet is not None:
                self._hear(packet)

    def _hear(self, packet: Packet) -> None:
        self.received_packets += 1
        if packet.payload_type == sdp.PCMA:
            if self._recorded is not None and len(self._recorded) < MAX_RECORDED:
                self._recorded += packet.payload
        elif packet.payload_type == self._events and len(packet.payload) >= 4:
            ended = packet.payload[1] & 0x80
            if ended and packet.timestamp != self._last_key_at and packet.payload[0] < len(KEYS):
                self._last_key_at = packet.timestamp
                self.received_keys += KEYS[packet.payload[0]]
        self.note_change()


_DEAF = frozenset({sdp.Direction.SEND, sdp.Direction.NONE})
