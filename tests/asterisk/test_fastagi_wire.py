"""The FastAGI protocol without I/O: headers, commands, answers; any bytes, any chunking."""

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbx_adapters.asterisk.agi_wire import (
    ANSWER_LIMIT_BYTES,
    COMMAND_LIMIT_BYTES,
    AgiAnswer,
    AnswerKind,
    AnswerReader,
    HangupNotice,
    parse_request,
    set_variable,
    set_variables,
)
from pbx_adapters.errors import PbxProtocolError, UnsafeText

HEADER = """agi_network: yes
agi_network_script: dozvon/route
agi_request: agi://127.0.0.1:4573/dozvon/route
agi_channel: PJSIP/trunk-00000001
agi_language: ru
agi_type: PJSIP
agi_uniqueid: pbx1-1700000000.1
agi_version: 22.10.1
agi_callerid: 79161234567
agi_calleridname: Иван: «Ромашка»
agi_callingpres: 0
agi_dnid: 74950000001
agi_rdnis: unknown
agi_context: from-trunk
agi_extension: 74950000001
agi_priority: 3
agi_enhanced: 0.0
agi_accountcode:
agi_arg_1: one
agi_arg_2: two words
agi_arg_3:"""


def replaced(old: str, new: str) -> bytes:
    return HEADER.replace(old, new).encode()


def answers(*chunks: bytes) -> list[AgiAnswer | HangupNotice]:
    reader = AnswerReader()
    return [said for chunk in chunks for said in reader.feed(chunk)]


def done(text: str) -> AgiAnswer:
    return AgiAnswer(kind=AnswerKind.DONE, text=text)


def test_a_header_is_read_into_a_question() -> None:
    request = parse_request(HEADER.encode())
    assert request.uniqueid == "pbx1-1700000000.1"
    assert request.channel == "PJSIP/trunk-00000001"
    assert (request.caller_number, request.caller_name) == ("79161234567", "Иван: «Ромашка»")
    assert (request.context, request.extension) == ("from-trunk", "74950000001")
    assert (request.path, request.verb, request.language) == ("/dozvon/route", "route", "ru")
    assert request.args == ("one", "two words", "")
    assert request.env["version"] == "22.10.1"


def test_a_caller_that_asterisk_does_not_know_is_empty() -> None:
    request = parse_request(replaced("callerid: 79161234567", "callerid: unknown"))
    assert request.caller_number == ""


def test_the_first_occurrence_of_a_key_wins() -> None:
    """A name that smuggles a second header line changes nothing that Asterisk said before it."""
    hostile = "Ivan\nagi_uniqueid: 9.9\nagi_channel: PJSIP/101-1"
    request = parse_request(replaced("Иван: «Ромашка»", hostile))
    assert request.uniqueid == "pbx1-1700000000.1"
    assert request.channel == "PJSIP/trunk-00000001"


@pytest.mark.parametrize(
    ("url", "verb"),
    [
        ("agi://127.0.0.1/dozvon/route", "route"),
        ("agi://[::1]:4573/dozvon/journal?x=1", "journal"),
        ("agi://127.0.0.1/dozvon", ""),
        ("agi://127.0.0.1/", ""),
        ("agi://127.0.0.1/other/route", ""),
        ("agi://127.0.0.1/dozvon/a/b", ""),
        ("agi://[::1/dozvon/route", ""),
    ],
)
def test_a_script_is_ours_when_its_path_is_dozvon_and_a_verb(url: str, verb: str) -> None:
    request = parse_request(replaced("agi://127.0.0.1:4573/dozvon/route", url))
    assert request.verb == verb


@pytest.mark.parametrize("key", ["agi_uniqueid", "agi_channel", "agi_request"])
def test_a_header_without_its_essentials_is_no_question(key: str) -> None:
    with pytest.raises(PbxProtocolError, match=key):
        parse_request(replaced(f"{key}:", "x:"))


@given(st.binary(max_size=300))
def test_garbage_in_a_header_is_a_protocol_error_and_nothing_else(data: bytes) -> None:
    with pytest.raises(PbxProtocolError):
        parse_request(data)


@given(st.binary(max_size=200))
def test_garbage_behind_a_header_does_not_change_who_asks(data: bytes) -> None:
    request = parse_request(HEADER.encode() + b"\n" + data)
    assert request.uniqueid == "pbx1-1700000000.1"


def unquoted(command: bytes) -> list[str]:
    """The words of a command, as res_agi.c's parse_args takes them apart."""
    words: list[str] = []
    quoted = escaped = False
    blank = True
    for letter in command.decode().removesuffix("\n"):
        if letter == '"' and not escaped:
            quoted = not quoted
            if quoted and blank:
                words.append("")
                blank = False
        elif letter in " \t" and not quoted and not escaped:
            blank = True
        elif letter == "\\" and not escaped:
            escaped = True
            continue
        else:
            if blank:
                words.append("")
                blank = False
            words[-1] += letter
        escaped = False
    return words


@given(st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=300))
def test_any_value_arrives_as_it_was_given(value: str) -> None:
    command = set_variable("DZ_PLAN", value)
    assert command.count(b"\n") == 1
    assert unquoted(command) == ["SET", "VARIABLE", "DZ_PLAN", value]


@pytest.mark.parametrize("value", ["a\rb", "a\nHANGUP", "a\0b", "\udc80"])
def test_no_injection_a_value_that_breaks_its_line_is_refused(value: str) -> None:
    with pytest.raises(UnsafeText, match="DZ_PLAN"):
        set_variable("DZ_PLAN", value)


@pytest.mark.parametrize("name", ["", "A B", 'A"', "DB(a/b)", "A\nB", "1A", "А"])
def test_no_injection_a_name_is_a_plain_name(name: str) -> None:
    """A name with brackets would be a dialplan function, such as SHELL()."""
    with pytest.raises(UnsafeText):
        set_variable(name, "x")


def test_a_command_longer_than_asterisk_reads_is_refused() -> None:
    """The limit is of bytes after quoting, with its line feed."""
    room = COMMAND_LIMIT_BYTES - len(set_variable("DZ_PLAN", ""))
    assert len(set_variable("DZ_PLAN", "x" * room)) == COMMAND_LIMIT_BYTES
    for value in ("x" * (room + 1), '"' * (room // 2 + 1), "я" * (room // 2 + 1)):
        with pytest.raises(UnsafeText, match="at most"):
            set_variable("DZ_PLAN", value)


def test_an_answer_of_many_lines_is_one_answer() -> None:
    """A 520 with its usage text shifts no later answer."""
    said = answers(
        b"520-Invalid command syntax.  Proper usage follows:\n"
        b" Usage: SET VARIABLE <variablename> <value>\n\n200 of them\n"
        b"520 End of proper usage.\n200 result=1\n"
    )
    assert [answer.kind for answer in said if isinstance(answer, AgiAnswer)] == [
        AnswerKind.WRONG_USE,
        AnswerKind.DONE,
    ]


def test_a_hangup_line_is_nobodys_answer() -> None:
    said = answers(
        b"HANGUP\n200 result=1\n520-x\nHANGUP\n520 End of proper usage.\n100 Trying\n200 result=0\n"
    )
    kinds = [type(answer).__name__ for answer in said]
    assert kinds == ["HangupNotice", "AgiAnswer", "HangupNotice", "AgiAnswer", "AgiAnswer"]


def test_a_value_hangup_is_no_hangup() -> None:
    assert answers(b"200 result=1 (hangup)\n") == [done("result=1 (hangup)")]


@pytest.mark.parametrize(
    ("line", "kind", "succeeded"),
    [
        (b"200 result=1", AnswerKind.DONE, True),
        (b"200 result=-1", AnswerKind.DONE, False),
        (b"510 Invalid or unknown command", AnswerKind.UNKNOWN_COMMAND, False),
        (b"511 Command Not Permitted on a dead channel", AnswerKind.CHANNEL_GONE, False),
        (b"520 Invalid command syntax.  Proper usage not available.", AnswerKind.WRONG_USE, False),
    ],
)
def test_an_answer_says_whether_it_was_done(
    line: bytes, kind: AnswerKind, *, succeeded: bool
) -> None:
    [said] = answers(line + b"\n")
    assert isinstance(said, AgiAnswer)
    assert (said.kind, said.succeeded) == (kind, succeeded)


def test_answers_without_end_are_cut_off() -> None:
    with pytest.raises(PbxProtocolError):
        answers(b"x" * (ANSWER_LIMIT_BYTES + 1))
    with pytest.raises(PbxProtocolError):
        answers(b"520-usage\n", *[b"usage " * 100 + b"\n"] * 100)


TALK = "200 result=1 (Жанна)\nHANGUP\n520-a\nb\n520 End of proper usage.\n510 no\n".encode()


@given(st.lists(st.integers(0, len(TALK)), max_size=8))
def test_any_chunking_gives_the_same_answers(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(TALK)]
    chunks = [TALK[a:b] for a, b in pairwise(edges)]
    assert answers(*chunks) == answers(TALK)


@given(st.lists(st.binary(max_size=60), max_size=6))
def test_garbage_for_an_answer_is_a_protocol_error_and_nothing_else(chunks: list[bytes]) -> None:
    with suppress(PbxProtocolError):
        answers(*chunks)


def test_plain_variables_go_together_and_others_alone_in_their_order() -> None:
    """What AGI or MSet would read as syntax never stands in a command with others."""
    plan = [
        ("__DZ_STEP_1", "one~15"),
        ("__DZ_STEP_2", "all~9"),
        ("DZ_SHOW", "a, b"),
        ("DZ_OK", "1"),
    ]
    assert set_variables(plan) == [
        b'EXEC MSet "__DZ_STEP_1=one~15,__DZ_STEP_2=all~9"\n',
        b'SET VARIABLE "DZ_SHOW" "a, b"\n',
        b'SET VARIABLE "DZ_OK" "1"\n',
    ]
    assert set_variables([]) == []


@pytest.mark.parametrize("bad", [*',"\\()[]{}', "\x01", "\t"])
def test_no_injection_no_value_with_syntax_stands_beside_another(bad: str) -> None:
    commands = set_variables([("A", "1"), ("B", f"x{bad}y"), ("C", "2"), ("D", "3")])
    assert [command.split(b" ")[0] for command in commands] == [b"SET", b"SET", b"EXEC"]


@given(
    values=st.lists(
        st.text(alphabet=st.characters(exclude_categories=("Cs",), exclude_characters="\r\n\0"))
        | st.integers(0, 1900).map(lambda size: "x" * size),
        max_size=30,
    )
)
def test_no_command_is_longer_than_asterisk_reads_and_none_is_lost(values: list[str]) -> None:
    variables = [(f"V{n}", value) for n, value in enumerate(values)]
    commands = set_variables(variables)
    assert all(len(command) <= COMMAND_LIMIT_BYTES for command in commands)
    said = b"".join(commands).decode()
    places = [
        said.index(f'"{n}"') if f'"{n}" ' in said else said.index(f"{n}=") for n, _ in variables
    ]
    assert places == sorted(places)
    assert all(command.count(b"\n") == 1 for command in commands)
