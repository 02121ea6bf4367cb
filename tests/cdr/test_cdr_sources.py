"""Call records in every form: Asterisk's two CSV modules, and FreePBX's table."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Column, DateTime, Integer, MetaData, String, Table, create_engine

from config.settings import PbxSettings
from pbx_adapters.cdr.calls import incoming
from pbx_adapters.cdr.csv_file import CsvRecords
from pbx_adapters.cdr.errors import CdrError, CdrNotUnderstood, CdrUnreachable
from pbx_adapters.cdr.rows import CdrRow
from pbx_adapters.cdr.source import open_source
from pbx_adapters.cdr.table import TableRecords

MOSCOW = ZoneInfo("Europe/Moscow")
NINE = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)  # 9:00 in Moscow
DAY = (NINE - timedelta(hours=9), NINE + timedelta(hours=15))
UNIQUE = f"pbx1-{int(NINE.timestamp())}.7"
BASE = [
    *("", "79161234567", "74951230001", "from-trunk", '"Ivan" <79161234567>'),
    *("PJSIP/trunk-00000001", "PJSIP/101-00000002", "Dial", "PJSIP/101,15"),
    *("2026-03-02 09:00:00", "2026-03-02 09:00:05", "2026-03-02 09:00:35", "35", "30"),
    *("ANSWERED", "DOCUMENTATION"),
]
NEWER = ["", UNIQUE, "12"]


def text_of(*rows: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return out.getvalue()


def master(folder: Path, *rows: list[str]) -> CsvRecords:
    path = folder / "Master.csv"
    path.write_text(text_of(*rows), "utf-8")
    return CsvRecords(path, zone=MOSCOW)


@pytest.mark.parametrize(
    ("more", "uniqueid", "linkedid"),
    [
        ([], "", ""),
        ([UNIQUE], UNIQUE, ""),
        (["note"], "", ""),
        ([UNIQUE, "note"], UNIQUE, ""),
        (NEWER, "", UNIQUE),
        ([UNIQUE, *NEWER], UNIQUE, UNIQUE),
        ([UNIQUE, "note", *NEWER], UNIQUE, UNIQUE),
    ],
)
def test_every_width_of_master_csv_is_understood(
    tmp_path: Path, more: list[str], uniqueid: str, linkedid: str
) -> None:
    """Unique id, user field and the newer columns are switches of cdr.conf."""
    [row] = master(tmp_path, [*BASE, *more]).read(*DAY).rows
    assert (row.uniqueid, row.linkedid) == (uniqueid, linkedid)
    assert (row.began_at, row.ended_at) == (NINE, NINE + timedelta(seconds=35))
    assert (row.src, row.dst, row.answered) == ("79161234567", "74951230001", True)


def test_a_custom_file_is_read_by_the_columns_that_the_settings_state(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text(text_of([f"{NINE.timestamp():.6f}", "PJSIP/trunk-1", "NO ANSWER", UNIQUE]))
    columns = ("start", "channel", "disposition", "uniqueid")
    [row] = CsvRecords(path, zone=MOSCOW, columns=columns).read(*DAY).rows
    assert (row.began_at, row.uniqueid, row.answered) == (NINE, UNIQUE, False)


def test_columns_that_tell_no_call_from_another_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CdrNotUnderstood, match="channel"):
        CsvRecords(tmp_path / "x.csv", zone=MOSCOW, columns=("start", "disposition"))


def test_a_rotated_file_is_read_too(tmp_path: Path) -> None:
    records = master(tmp_path, [*BASE, UNIQUE])
    (tmp_path / "Master.csv.1").write_text(text_of([*BASE, "pbx1-1772431100.1"]), "utf-8")
    assert len(records.read(*DAY).rows) == 2


def test_lines_that_cannot_be_read_are_counted_and_the_rest_is_read(tmp_path: Path) -> None:
    """A full disk cuts a line in the middle; a time may be nonsense; bytes may be no UTF-8."""
    records = master(tmp_path, [*BASE, UNIQUE], BASE[:9], [*BASE[:9], "soon", *BASE[10:]])
    with (tmp_path / "Master.csv").open("ab") as file:
        file.write(b'\xff\xfe"half\n')
    reading = records.read(*DAY)
    assert (len(reading.rows), reading.damaged) == (1, 3)


def test_records_of_other_days_are_left_out(tmp_path: Path) -> None:
    records = master(tmp_path, [*BASE, UNIQUE])
    assert records.read(NINE + timedelta(seconds=1), DAY[1]).rows == ()
    assert records.read(NINE, NINE + timedelta(seconds=1)).rows != ()


def test_a_file_that_is_not_there_is_a_sentence_and_no_empty_day(tmp_path: Path) -> None:
    with pytest.raises(CdrUnreachable, match="cannot be read"):
        CsvRecords(tmp_path / "none.csv", zone=MOSCOW).read(*DAY)


@pytest.mark.parametrize(("hour", "fold"), [(0, 0), (1, 1)])
def test_the_hour_that_comes_twice_is_told_by_the_unique_id(
    tmp_path: Path, hour: int, fold: int
) -> None:
    """2:30 on 25 October 2026 in Berlin is 0:30 or 1:30 UTC."""
    at = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
    row = [*BASE[:9], "2026-10-25 02:30:00", "", "2026-10-25 02:30:09", *BASE[12:]]
    path = tmp_path / "Master.csv"
    path.write_text(text_of([*row, f"pbx1-{int(at.timestamp())}.3"]))
    records = CsvRecords(path, zone=ZoneInfo("Europe/Berlin"))
    [found] = records.read(at - timedelta(hours=3), at + timedelta(hours=3)).rows
    assert found.began_at == at, fold


def freepbx(folder: Path) -> str:
    """FreePBX's table with one call, in SQLite."""
    url = f"sqlite:///{folder / 'asteriskcdrdb.sqlite3'}"
    names = ("clid", "src", "dst", "dcontext", "channel", "dstchannel", "lastapp", "disposition")
    more = ("accountcode", "uniqueid", "userfield", "did", "linkedid", "recordingfile")
    cdr = Table(
        "cdr",
        MetaData(),
        Column("calldate", DateTime),
        *(Column(name, String) for name in (*names, *more)),
        Column("duration", Integer),
        Column("billsec", Integer),
    )
    engine = create_engine(url)
    cdr.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(
            cdr.insert().values(
                calldate=datetime(2026, 3, 2, 9, 0),  # noqa: DTZ001 - as MariaDB keeps it
                src="79161234567",
                dst="600",
                did="74951230001",
                dcontext="ext-group",
                channel="PJSIP/trunk-00000001",
                dstchannel="PJSIP/101-00000002",
                disposition="ANSWERED",
                uniqueid=UNIQUE,
                linkedid=UNIQUE,
                duration=35,
                billsec=30,
            )
        )
    engine.dispose()
    return url


def test_freepbxs_table_tells_the_line_and_its_local_times(tmp_path: Path) -> None:
    [row] = TableRecords(freepbx(tmp_path), zone=MOSCOW).read(*DAY).rows
    assert (row.did, row.began_at, row.ended_at) == (
        "74951230001",
        NINE,
        NINE + timedelta(seconds=35),
    )


def test_a_database_is_asked_for_the_stretch_in_its_own_local_time(tmp_path: Path) -> None:
    records = TableRecords(freepbx(tmp_path), zone=MOSCOW)
    assert len(records.read(NINE, NINE + timedelta(seconds=1)).rows) == 1
    assert records.read(NINE + timedelta(seconds=1), DAY[1]).rows == ()


@pytest.mark.parametrize(
    ("url", "table", "sentence"),
    [
        ("sqlite:////nowhere/at/all.db", "cdr", "cannot be read"),
        ("{real}", "calls", "no table calls"),
        ("nonsense", "cdr", "no address of a database"),
        ("mysql+pymysql://a:secret@127.0.0.1/x", "cdr", "install its driver"),
    ],
)
def test_a_database_that_cannot_be_read_is_a_sentence_without_its_password(
    tmp_path: Path, url: str, table: str, sentence: str
) -> None:
    with pytest.raises(CdrError, match=sentence) as caught:
        TableRecords(url.format(real=freepbx(tmp_path)), zone=MOSCOW, table=table).read(*DAY)
    assert "secret" not in str(caught.value)


def pbx(**more: object) -> PbxSettings:
    known = {"key": "main", "ami_user": "a", "ami_secret": "b", "journal_user": "c"}
    values = {**known, "journal_secret": "d", "systemname": "pbx1", **more}
    return PbxSettings.model_validate(values)


def test_the_settings_name_the_source_and_its_zone(tmp_path: Path) -> None:
    (tmp_path / "Master.csv").write_text(text_of([*BASE, UNIQUE]))
    berlin = pbx(cdr=f"csv:{tmp_path}/Master.csv", cdr_zone="Europe/Berlin")
    source = open_source(berlin, MOSCOW)
    assert source is not None
    [row] = source.read(*DAY).rows
    assert row.began_at == NINE + timedelta(hours=2), "Berlin's wall, not Moscow's"
    assert isinstance(open_source(pbx(cdr="sqlite:///x.db"), MOSCOW), TableRecords)
    assert open_source(pbx(), MOSCOW) is None


def row(uniqueid: str, channel: str, to: str = "", **more: object) -> CdrRow:
    values = {
        "channel": channel,
        "dst_channel": to,
        "src": "79161234567",
        "dst": "s",
        "context": "dozvon-plan",
        "did": "",
        "began_at": NINE,
        "answered_at": None,
        "ended_at": NINE + timedelta(seconds=30),
        "answered": False,
        "billed_seconds": 0.0,
        "uniqueid": uniqueid,
        "linkedid": uniqueid,
    }
    return CdrRow(**(values | more))  # type: ignore[arg-type]


def calls(*rows: CdrRow, trunks: tuple[str, ...] = ("trunk",)) -> list[tuple[str, object]]:
    found = incoming(rows, trunks=trunks, lines=["+7 495 123-00-01"])
    return [(call.id or call.caller, call.talked) for call in found]


def test_the_records_of_one_caller_are_one_call() -> None:
    phones = [row("u1", "PJSIP/trunk-1", f"PJSIP/{n}-1") for n in (101, 102, 103)]
    assert calls(*phones) == [("u1", False)]


def test_a_phone_that_answered_is_a_talk() -> None:
    answered = row("u1", "PJSIP/trunk-1", "PJSIP/102-2", answered=True)
    assert calls(row("u1", "PJSIP/trunk-1", "PJSIP/101-1"), answered) == [("u1", True)]


def test_an_announcement_is_no_talk() -> None:
    assert calls(row("u1", "PJSIP/trunk-1", "", answered=True)) == [("u1", False)]


def test_a_mobile_that_answered_may_be_its_voicemail() -> None:
    for channel in ("Local/3@dozvon-mobile-1;1", "PJSIP/trunk-9"):
        assert calls(row("u1", "PJSIP/trunk-1", channel, answered=True)) == [("u1", None)]


def test_calls_of_phones_and_of_local_channels_did_not_come_in() -> None:
    ours = row("u1", "PJSIP/101-1", "PJSIP/trunk-2")
    inner = row("u2", "Local/3@dozvon-mobile-1;2", "PJSIP/trunk-3")
    assert calls(ours, inner) == []
    assert calls(ours.__class__(**_plain(ours, context="from-phones")), trunks=()) == []


def test_without_trunks_a_call_came_in_that_came_to_one_of_our_lines() -> None:
    to_line = row("u1", "SIP/whatever-1", context="from-pstn", dst="74951230001")
    to_other = row("u2", "SIP/whatever-2", context="from-pstn", dst="74951239999")
    by_did = row("u3", "SIP/whatever-3", context="ivr", did="84951230001")
    assert calls(to_line, to_other, by_did, trunks=()) == [("u1", False), ("u3", False)]


def test_without_unique_ids_a_channels_records_that_follow_one_another_are_one_call() -> None:
    first = row("", "PJSIP/trunk-1", "PJSIP/101-1")
    follows = row("", "PJSIP/trunk-1", "PJSIP/102-1", began_at=NINE + timedelta(seconds=31))
    rebooted = row(
        "",
        "PJSIP/trunk-1",
        "PJSIP/101-1",
        src="79167654321",
        began_at=NINE + timedelta(hours=5),
        ended_at=NINE + timedelta(hours=5, seconds=9),
    )
    assert calls(first, follows, rebooted) == [("79161234567", False), ("79167654321", False)]


def test_without_unique_ids_another_caller_on_the_same_channel_is_another_call() -> None:
    """A PBX that restarted gives the name of the channel to the next caller at once."""
    other = row("", "PJSIP/trunk-1", src="79167654321", began_at=NINE + timedelta(minutes=1))
    assert len(calls(row("", "PJSIP/trunk-1"), other)) == 2


def _plain(found: CdrRow, **other: object) -> dict[str, object]:
    return {name: getattr(found, name) for name in CdrRow.__slots__} | other
