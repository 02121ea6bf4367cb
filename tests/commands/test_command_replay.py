"""`dozvon replay`: a recorded AMI stream as stories."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dozvon.cli import dozvon
from dozvon.context import Context
from pbx_adapters.asterisk.replay import read_record, to_json


def _event(name: str, **fields: str) -> str:
    lines = "".join(f"{key}: {value}\r\n" for key, value in fields.items())
    return f"Event: {name}\r\n{lines}\r\n"


def _channel(name: str, uniqueid: str, number: str, exten: str, context: str) -> dict[str, str]:
    return {
        "Channel": name,
        "ChannelState": "4",
        "ChannelStateDesc": "Ring",
        "CallerIDNum": number,
        "CallerIDName": "Ivan",
        "ConnectedLineNum": "",
        "ConnectedLineName": "",
        "Context": context,
        "Exten": exten,
        "Priority": "1",
        "Uniqueid": uniqueid,
        "Linkedid": "p-1.1",
    }


TRUNK = _channel("PJSIP/trunk-0001", "p-1.1", "79161234567", "74951230001", "from-trunk")
STREAM = "".join(
    (
        "Asterisk Call Manager/9.0.0\r\n",
        _event("Newchannel", Timestamp="1771000000.000000", **TRUNK),
        _event(
            "Hangup", Timestamp="1771000012.000000", **TRUNK, **{"Cause": "16", "Cause-txt": "x"}
        ),
    )
).encode()


def told(*words: str, stream: bytes = STREAM) -> Result:
    words = ("--language", "en", "replay", "-", *words)
    return CliRunner().invoke(dozvon, words, input=stream, obj=Context())


def test_json_is_exactly_what_the_reader_gives() -> None:
    done = told("--json")
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    assert found == json.loads(json.dumps(to_json(read_record(STREAM).calls)))
    assert [call["caller"] for call in found["calls"]] == ["79161234567"]


def test_a_file_says_the_same_as_the_standard_input(tmp_path: Path) -> None:
    (tmp_path / "a.ami").write_bytes(STREAM)
    words = ["--language", "en", "replay", str(tmp_path / "a.ami")]
    assert CliRunner().invoke(dozvon, words, obj=Context()).stdout == told().stdout


def test_a_call_is_a_short_story() -> None:
    lines = told().stdout.splitlines()
    assert lines[0].endswith("+7 916 123-45-67 “Ivan” → line +7 495 123-00-01")
    assert lines[1].strip().startswith("Ended: ")
    assert lines[-1].strip() == "p-1.1"


@pytest.mark.parametrize("cut", [1, 40, 200])
def test_a_damaged_record_is_told_beside_the_answer_and_never_in_it(cut: int) -> None:
    done = told("--json", stream=STREAM[:-cut])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["calls"]
    assert "middle of a message" in done.stderr


def test_what_a_record_lacks_is_told_in_the_reader_s_language() -> None:
    words = ("--language", "ru", "replay", "-")
    stream = b"garbage: 1\r\n\r\n" + STREAM[:-40]
    done = CliRunner().invoke(dozvon, words, input=stream, obj=Context())
    assert "обрывается на середине сообщения" in done.stderr
    assert "не событие и не ответ; начинается с 'garbage'" in done.stderr
    assert "message" not in done.stderr


def test_an_empty_record_has_no_calls() -> None:
    assert told(stream=b"").stdout.strip() == "There are no calls in the record."


TALKED = (Path(__file__).parents[1] / "scenarios" / "group_answered.ami").read_bytes()


@pytest.mark.parametrize(
    ("language", "began", "ended"),
    [
        ("en", "time unknown", "Ended: answered by 102."),
        ("ru", "время неизвестно", "разговор, 102"),
    ],
)
def test_a_record_without_times_claims_no_second(language: str, began: str, ended: str) -> None:
    """Neither a day in 1970 nor a talk of no seconds, but what to set in Asterisk."""
    stream = re.sub(rb"Timestamp: [^\r]*\r\n", b"", TALKED)
    words = ("--language", language, "replay", "-")
    done = CliRunner().invoke(dozvon, words, input=stream, obj=Context())
    assert began in done.stdout
    assert ended in done.stdout
    assert "1970" not in done.stdout
    assert " 0 " not in done.stdout
    assert done.stderr.count("timestampevents = yes") == 1
