"""Asterisk's Manager Interface as bytes: what is read, what is dropped, what is refused."""

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pbx_adapters.asterisk.ami_wire import AmiReader, _fields, encode_action
from pbx_adapters.asterisk.frames import Frame
from pbx_adapters.errors import CommandRejected, PbxProtocolError, UnsafeText

LOGIN = (
    b"Asterisk Call Manager/11.0.0\r\n"
    b"Response: Success\r\nActionID: a-1\r\nMessage: Authentication accepted\r\n\r\n"
)
HANGUP = (
    b"Event: Hangup\r\nPrivilege: call,all\r\nTimestamp: 1795292140.5\r\n"
    b"CallerIDName: \r\nCause-txt: Normal: clearing\r\nUniqueid: rig-1.2\r\n\r\n"
)
VARSET = b"Event: VarSet\r\nVariable: X\r\nValue: 1\r\n\r\n"


def read(data: bytes, wanted: set[str] | None = None, *, limit: int = 4096) -> list[Frame]:
    return AmiReader(wanted, limit=limit).feed(data)


def test_greeting_is_known_before_the_first_message() -> None:
    """The greeting is a line, not a message: it is known before anything else came."""
    reader = AmiReader()
    assert reader.feed(LOGIN[:20]) == []
    assert reader.greeting == ""
    reader.feed(LOGIN[20:32])
    assert reader.greeting == "Asterisk Call Manager/11.0.0"
    [answer] = reader.feed(LOGIN[32:])
    assert (answer.kind, answer.name, answer.action_id) == ("response", "Success", "a-1")


def test_event_is_read_with_empty_values_and_colons_in_values() -> None:
    [frame] = read(HANGUP)
    assert (frame.kind, frame.name) == ("event", "Hangup")
    assert frame.get("CallerIDName", "?") == ""
    assert frame.get("Cause-txt") == "Normal: clearing"
    assert frame.get("Nothing", "-") == "-"


def test_unwanted_events_cost_no_frame() -> None:
    """Only wanted names become frames; responses always do."""
    reader = AmiReader({"Hangup"})
    frames = reader.feed(LOGIN + VARSET + HANGUP + VARSET)
    assert [f.name for f in frames] == ["Success", "Hangup"]
    assert reader.skipped == 2


def test_wanted_is_the_whole_name() -> None:
    """`Hangup` does not let `HangupRequest` in."""
    assert read(HANGUP.replace(b"Hangup", b"HangupRequest"), {"Hangup"}) == []


def test_an_event_that_answers_an_action_is_always_wanted() -> None:
    """List rows and OriginateResponse carry our ActionID right behind their name."""
    row = b"Event: CoreShowChannel\r\nActionID: a-9\r\nChannel: PJSIP/101-1\r\n\r\n"
    [frame] = read(row, set())
    assert frame.action_id == "a-9"


def test_repeated_keys_are_kept_and_the_first_is_the_value() -> None:
    """A key that comes again cannot replace what Asterisk said first."""
    data = (
        b"Event: UserEvent\r\nUniqueid: 1.1\r\nChanVariable: A=1\r\nChanVariable: B=\r\n"
        b"Uniqueid: forged\r\n\r\n"
    )
    [frame] = read(data)
    assert frame.get("Uniqueid") == "1.1"
    assert frame.every("Uniqueid") == ("1.1", "forged")
    assert frame.every("ChanVariable") == ("A=1", "B=")
    assert frame.every("Nothing") == ()


def test_output_of_a_command_is_kept_line_by_line() -> None:
    """Also a single line of output, an empty line and a line with a colon are output lines."""
    data = b"Response: Success\r\nMessage: x\r\nOutput: a: b\r\nOutput: \r\nOutput:\r\n\r\n"
    [frame] = read(data)
    assert frame.every("Output") == ("a: b", "", "")
    [frame] = read(b"Response: Success\r\nOutput: one\r\n\r\n")
    assert frame.every("Output") == ("one",)


def test_letters_cut_by_a_packet_edge_are_whole() -> None:
    """A Cyrillic name is the same however the network cuts it."""
    data = "Event: Newchannel\r\nCallerIDName: Анна 📞\r\n\r\n".encode()
    for cut in range(len(data)):
        reader = AmiReader()
        frames = reader.feed(data[:cut]) + reader.feed(data[cut:])
        assert [f.get("CallerIDName") for f in frames] == ["Анна 📞"]


def test_what_is_no_utf_8_becomes_a_replacement_sign() -> None:
    """A name in another alphabet's bytes spoils itself, not the message nor the database."""
    [frame] = read(b"Event: X\r\nCallerIDName: \xc0\xed\xed\xe0\r\nUniqueid: 1\r\n\r\n")
    assert frame.get("Uniqueid") == "1"
    frame.get("CallerIDName").encode("utf-8")
    assert set(frame.get("CallerIDName")) == {"\ufffd"}


def test_a_message_without_end_is_dropped_and_reading_goes_on() -> None:
    """A line of 10 MB is one damage with a clear sentence; memory stays small; the next is read."""
    reader = AmiReader(limit=64 * 1024)
    reader.feed(b"Event: Long\r\nValue: ")
    for _ in range(10 * 16):
        assert reader.feed(b"x" * 64 * 1024) == []
        assert reader.pending <= 128 * 1024
    assert [f.name for f in reader.feed(b"\r\n\r\n" + HANGUP)] == ["Hangup"]
    [damage] = reader.take_damage()
    assert isinstance(damage, PbxProtocolError)
    assert "longer than 65536 bytes" in str(damage)
    assert reader.take_damage() == []
    assert reader.damaged == 1


def test_garbage_is_one_damage_and_reading_goes_on() -> None:
    reader = AmiReader()
    assert [f.name for f in reader.feed(b"\x00\xff\xfe no AMI\r\n\r\n" + HANGUP)] == ["Hangup"]
    assert "neither an event nor a response" in str(reader.take_damage()[0])


def test_damage_is_counted_beyond_what_is_kept() -> None:
    """A peer that says nothing but garbage does not fill the memory."""
    reader = AmiReader()
    reader.feed(b"garbage\r\n\r\n" * 1000)
    assert reader.damaged == 1000
    assert len(reader.take_damage()) < 100


def test_a_second_greeting_in_the_stream_is_no_damage() -> None:
    """Two recordings one behind the other are read as one."""
    reader = AmiReader({"Hangup"})
    frames = reader.feed(LOGIN + HANGUP + LOGIN + HANGUP)
    assert [f.name for f in frames] == ["Success", "Hangup", "Success", "Hangup"]
    assert reader.damaged == 0


_PIECES = st.sampled_from(
    [
        LOGIN, HANGUP, VARSET, b"\r\n", b"\r\n\r\n", b"\r", b"\n", b"Event: ", b"Response: ",
        b"Asterisk Call Manager/", b"ActionID: 1\r\n", b"Output: x\r\n", b": ", b"x" * 70,
        "Имя: Анна\r\n".encode(), b"\xff\x00",
    ]
)  # fmt: skip
_STREAM = st.lists(_PIECES | st.binary(max_size=12), max_size=30).map(b"".join)


@settings(max_examples=600, deadline=None)
@given(
    data=_STREAM,
    cuts=st.lists(st.integers(min_value=0, max_value=2000), max_size=30),
    some=st.booleans(),
)
def test_any_chunking_gives_the_same_frames(*, data: bytes, cuts: list[int], some: bool) -> None:
    """Frames, damage and the greeting depend on the bytes alone, never on how they arrive."""
    wanted = {"Hangup"} if some else None
    whole = AmiReader(wanted, limit=120)
    pieces = AmiReader(wanted, limit=120)
    edges = [0, *sorted(c % (len(data) + 1) for c in cuts), len(data)]
    frames = [f for a, b in pairwise(edges) for f in pieces.feed(data[a:b])]
    assert frames == whole.feed(data)
    assert pieces.greeting == whole.greeting
    assert (pieces.damaged, pieces.skipped) == (whole.damaged, whole.skipped)


@settings(max_examples=300, deadline=None)
@given(_STREAM)
def test_bytes_one_by_one_give_the_same_frames(data: bytes) -> None:
    pieces = AmiReader(limit=120)
    frames = [f for byte in data for f in pieces.feed(bytes([byte]))]
    assert frames == AmiReader(limit=120).feed(data)


def test_action_is_written_in_order_with_repeated_variables() -> None:
    data = encode_action({"Action": "Originate", "Variable": ["A=1", "B=Анна"], "Async": "true"})
    assert data == (
        "Action: Originate\r\nVariable: A=1\r\nVariable: B=Анна\r\nAsync: true\r\n\r\n".encode()
    )


@pytest.mark.parametrize("bad", ["\r", "\n", "\x00", "\r\nAction: Originate"])
@pytest.mark.parametrize("where", ["key", "value", "list", "action"])
def test_nothing_that_reads_as_a_second_header_is_written(bad: str, where: str) -> None:
    """no_injection: CR, LF and NUL in any key or value are refused, with the field's name."""
    fields: dict[str, str | list[str]] = {"Action": "Setvar"}
    if where == "key":
        fields[f"Na{bad}me"] = "x"
    elif where == "value":
        fields["Name"] = f"x{bad}"
    elif where == "list":
        fields["Name"] = ["x", f"{bad}y"]
    else:
        fields["Action"] = f"Ping{bad}"
    with pytest.raises(UnsafeText, match="nothing was sent"):
        encode_action(fields)


@pytest.mark.parametrize("fields", [{}, {"Name": "x"}, {"Action": "Ping", "": "x"},
                                    {"Action": "Ping", "A: b\t": "x"}])  # fmt: skip
def test_what_is_no_action_is_refused(fields: dict[str, str]) -> None:
    with pytest.raises(CommandRejected):
        encode_action(fields)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.text(), st.text() | st.lists(st.text()), max_size=5))
def test_whatever_is_written_is_read_back_as_one_message(
    fields: dict[str, str | list[str]],
) -> None:
    """An encoded action has as many lines as it was given values, and one end."""
    asked: dict[str, str | list[str]] = {"Action": "Test", **fields}
    try:
        data = encode_action(asked)
    except CommandRejected:
        return
    count = sum(1 if isinstance(v, str) else len(v) for v in asked.values())
    assert data.count(b"\r\n") == count + 1
    assert data.count(b"\n") == data.count(b"\r") == count + 1
    assert data.endswith(b"\r\n\r\n")


_PIECE = st.sampled_from(["a", "b", ":", ": ", " ", "Event", "Name", ""])
_LINE = st.lists(_PIECE, max_size=5).map("".join)


@given(st.lists(_LINE, min_size=1, max_size=6))
@example(["Lone", "x: x: c"])
@example(["a: ", ": b", ":"])
def test_the_fast_reading_of_fields_is_that_of_each_line(lines: list[str]) -> None:
    """Whatever a caller's name holds: where the two could differ the slow one is taken."""
    pairs = [line.split(": ", 1) for line in lines]
    whole = all(len(pair) == 2 for pair in pairs)
    assert _fields(lines) == (dict(pairs) if whole else {})
