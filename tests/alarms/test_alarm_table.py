"""When a condition becomes an alarm, how often it is told, and that it is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard import alarm_texts as texts
from switchboard.alarms import (
    AFTER_SECONDS,
    Alarm,
    AlarmKind,
    Finding,
    Notice,
    NoticeWord,
    look,
    standing,
)

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = 3600.0
LINK = Finding(kind=AlarmKind.LINK_DOWN, subject="main", about={"pbx": "main", "why": "refused"})
DISK = Finding(kind=AlarmKind.DISK_LOW, about={"folder": "/data", "percent": "4"})


def played(*looks: tuple[float, Sequence[Finding]], remind: float = HOUR) -> list[Notice]:
    """What is told when these conditions hold at these seconds."""
    book: dict[str, Alarm] = {}
    told: list[Notice] = []
    for second, findings in looks:
        now = NINE + timedelta(seconds=second)
        book, notices = look(book, findings, now=now, remind_seconds=remind)
        told += notices
    return told


def words(notices: Sequence[Notice]) -> list[str]:
    return [str(notice.word.removeprefix("alarm-")) for notice in notices]


def test_a_link_that_comes_back_within_a_minute_is_never_told() -> None:
    assert played((0, [LINK]), (59, [LINK]), (60, [])) == []


def test_a_link_down_for_a_minute_is_told_once_with_an_all_clear() -> None:
    told = played((0, [LINK]), (60, [LINK]), (65, [LINK]), (600, [LINK]), (605, []), (610, []))
    assert words(told) == ["raised", "cleared"]
    assert {notice.alarm_id for notice in told} == {told[0].alarm_id}
    assert told[0].since_at == NINE


def test_the_minute_begins_anew_when_the_link_was_back() -> None:
    told = played((0, [LINK]), (50, [LINK]), (55, []), (58, [LINK]), (100, [LINK]), (118, [LINK]))
    assert [(n.word, n.at - NINE) for n in told] == [(NoticeWord.RAISED, timedelta(seconds=118))]


def test_a_standing_alarm_is_reminded_of_every_hour() -> None:
    looks = [(60.0 * minute, [DISK]) for minute in range(150)]
    assert words(played(*looks)) == ["raised", "reminder", "reminder"]
    assert words(played(*looks, remind=0)) == ["raised"]


def test_details_may_change_while_the_alarm_stays_the_same() -> None:
    worse = Finding(kind=AlarmKind.DISK_LOW, about={"folder": "/data", "percent": "1"})
    told = played((0, [DISK]), (10, [worse]), (HOUR, [worse]))
    assert [(n.word, n.finding.about["percent"]) for n in told] == [
        (NoticeWord.RAISED, "4"),
        (NoticeWord.REMINDER, "1"),
    ]


FINDINGS = st.sampled_from(
    [Finding(kind=kind, subject=subject) for kind in AlarmKind for subject in ("", "a", "b")]
)


@given(
    looks=st.lists(
        st.tuples(
            st.floats(min_value=-30, max_value=4000), st.lists(FINDINGS, unique_by=lambda f: f.key)
        ),
        max_size=30,
    ),
    remind=st.sampled_from([0.0, 60.0, HOUR]),
)
def test_no_alarm_is_told_twice_and_every_alarm_gets_its_all_clear(
    looks: list[tuple[float, list[Finding]]], remind: float
) -> None:
    """Whatever happens in whatever order, also with a clock that is set back a little."""
    book: dict[str, Alarm] = {}
    told: dict[str, list[Notice]] = {}
    held_since: dict[str, datetime] = {}
    now = NINE
    for seconds, findings in [*looks, (1.0, [])]:
        now += timedelta(seconds=seconds)
        keys = {finding.key for finding in findings}
        held_since = {key: held_since.get(key, now) for key in keys}
        book, notices = look(book, findings, now=now, remind_seconds=remind)
        assert {a.finding.key for a in standing(book)} <= keys
        for notice in notices:
            key = notice.finding.key
            mine = told.setdefault(key, [])
            last = mine[-1] if mine else None
            if notice.word is NoticeWord.RAISED:
                assert last is None or last.word is NoticeWord.CLEARED
                held = now - held_since[key]
                assert held >= timedelta(seconds=AFTER_SECONDS[notice.finding.kind])
            else:
                assert last is not None
                assert last.word is not NoticeWord.CLEARED
                assert last.alarm_id == notice.alarm_id
            if notice.word is NoticeWord.REMINDER:
                assert last is not None
                assert remind
                assert notice.at - last.at >= timedelta(seconds=remind)
            mine.append(notice)
    assert all(mine[-1].word is NoticeWord.CLEARED for mine in told.values())
    assert standing(book) == ()


@pytest.mark.parametrize("kind", list(AlarmKind))
@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_alarm_is_told_in_both_languages(kind: AlarmKind, language: str) -> None:
    """All gaps of a sentence are filled by what its finding says, and the two say the same."""
    of = 0 if language == "ru" else 1
    gaps = {name for _, name, _, _ in Formatter().parse(texts._SENTENCES[kind][of]) if name}
    other = {name for _, name, _, _ in Formatter().parse(texts._SENTENCES[kind][1 - of]) if name}
    assert gaps == other
    finding = Finding(kind=kind, about={name: f"<{name}>" for name in gaps} | {"pbx": "main"})
    for word in NoticeWord:
        notice = Notice(word=word, finding=finding, since_at=NINE, raised_at=NINE, at=NINE)
        said = texts.sentence(notice, language)
        assert said.strip()
        assert word is NoticeWord.CLEARED or all(f"<{name}>" in said for name in gaps - {"pbx"})
        assert "{" not in texts.title(notice, language)
