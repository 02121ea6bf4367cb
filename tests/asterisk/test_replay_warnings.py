"""What a record lacks is told in Russian as well, whatever it is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import pbx_adapters.asterisk.tracking
from pbx_adapters.asterisk.replay import read_record
from pbx_adapters.asterisk.replay_warnings import FORMS
from storage.sentences import in_language, read_again

TRACKING = Path(pbx_adapters.asterisk.tracking.__file__).parent
RECORD = (Path(__file__).parents[1] / "scenarios" / "group_answered.ami").read_bytes()
HANGUP = RECORD[RECORD.rindex(b"Event: Hangup") :].split(b"\r\n\r\n")[0]
LATE = HANGUP.replace(b"Event: Hangup", b"Event: Newstate") + b"\r\nNote: late\r\n\r\n"
UNKNOWN = b"\x00garbage\r\n\r\n"


def reasons() -> Iterator[str]:
    """Why the tracker ignores an event, as its source says it."""
    for file in sorted(TRACKING.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "ignore":
                yield ast.literal_eval(node.args[0])


@pytest.mark.parametrize(
    "record",
    [
        RECORD[: len(RECORD) // 2 + 11],
        UNKNOWN + RECORD,
        b"x" * 300_000 + b"\r\n\r\n" + RECORD,
        UNKNOWN * 30 + RECORD,
        RECORD + LATE,
        re.sub(rb"Timestamp: [^\r]*\r\n", b"", RECORD),
    ],
    ids=["cut", "garbage", "long", "much-garbage", "ignored", "no-times"],
)
def test_every_warning_of_a_record_is_known_in_russian(record: bytes) -> None:
    told = read_record(record).warnings
    assert told
    for warning in told:
        assert re.search("[а-я]{4}", str(in_language(warning, "ru"))), warning


def test_an_event_may_be_ignored_for_no_reason_that_is_not_known_in_russian() -> None:
    found = set(reasons())
    assert len(found) > 5
    for because in found:
        assert in_language(read_again(because, FORMS), "ru") != because, because
