"""What the service says of itself to machines: alive, ready or not and why, and its metrics."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from web_house import WebHouse, web_house

from pbx_adapters.port import CallOffered, GapClosed, LinkState, TrailItem, Way
from router.calls import Call, Direction, Disposition, MissedReason
from router.events import CallBegan, CallEnded
from router.facts import LookupOutcome
from router.plan import Decision, Ending, Plan, Reason, Why
from switchboard.alarms import Alarm, AlarmKind, Finding
from switchboard.news import AlarmsStand, CallDecided, CallRecorded, LinkChanged
from web.metrics import Metrics

DOCS = Path(__file__).parents[2] / "docs" / "metrics.md"
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
PLAN = Plan(steps=(), ending=Ending.MESSAGE_BUSY, patience_seconds=60)


def values(metrics: Metrics) -> Mapping[str, float]:
    lines = metrics.page().decode().splitlines()
    return {
        name: float(value)
        for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    }


def sentences(said: dict[str, object]) -> dict[str, tuple[bool, str]]:
    return {c["id"]: (c["ok"], c["sentence"]) for c in said["checks"]}  # type: ignore[attr-defined]


async def synchronise(found: WebHouse, pbx: str = "main") -> None:
    await found.board.link_changed(pbx, LinkState.UP, "connected")
    await found.board.settle()
    await found.board.gap_closed(GapClosed(pbx=pbx, live_calls=0, recovered_calls=2))


# -- alive and ready -------------------------------------------------------------------------------


async def test_the_process_lives_whatever_else_is_wrong(tmp_path: Path) -> None:
    async with web_house(tmp_path, allow="192.0.2.0/24") as found:
        assert await found.json("/healthz") == (200, {"alive": True})


async def test_a_service_whose_exchange_is_watched_is_ready(tmp_path: Path) -> None:
    async with web_house(tmp_path) as found:
        await synchronise(found)
        status, said = await found.json("/readyz")
        assert (status, said["ready"]) == (200, True)
        assert sentences(said)["link-main"] == (True, "The PBX main is watched.")
        assert sentences(said)["database"] == (True, "The database can be written.")


async def test_a_service_that_has_not_reached_its_exchange_is_not_ready(tmp_path: Path) -> None:
    async with web_house(tmp_path, links=("main", "branch")) as found:
        await synchronise(found)
        status, said = await found.json("/readyz")
        assert (status, said["ready"]) == (503, False)
        assert sentences(said)["link-branch"] == (
            False,
            "The PBX branch is not watched: not connected yet.",
        )
        assert sentences(said)["link-main"][0]


async def test_a_lost_link_is_told_with_its_reason_and_the_gap_with_it(tmp_path: Path) -> None:
    async with web_house(tmp_path) as found:
        await synchronise(found)
        await found.board.link_changed("main", LinkState.DOWN, "connection refused")
        await found.board.settle()
        status, said = await found.json("/readyz")
        assert status == 503
        assert "connection refused" in sentences(said)["link-main"][1]
        assert sentences(said)["gaps"] == (
            False,
            "1 stretches in which a PBX was not watched are not closed.",
        )


async def test_a_database_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    async with web_house(tmp_path) as found:
        await synchronise(found)
        other = sqlite3.connect(tmp_path / "web.sqlite3", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        try:
            status, said = await found.json("/readyz")
        finally:
            other.execute("ROLLBACK")
            other.close()
        assert status == 503
        ok, sentence = sentences(said)["database"]
        assert not ok
        assert sentence.startswith("The database cannot be written.")


async def test_an_open_gap_alone_does_not_make_the_service_unready(tmp_path: Path) -> None:
    async with web_house(tmp_path, links=()) as found:
        await found.board.link_changed("gone", LinkState.UP, "an exchange of yesterday")
        await found.board.settle()
        status, said = await found.json("/readyz")
        assert (status, sentences(said)["gaps"][0]) == (200, False)


def alarm(kind: AlarmKind, subject: str = "", **about: str) -> Alarm:
    finding = Finding(kind=kind, subject=subject, about=about)
    return Alarm(finding=finding, since_at=AT, raised_at=AT, told_at=AT)


async def test_alarms_that_stand_are_seen_by_their_kind_and_tell_no_name(tmp_path: Path) -> None:
    """They are told beside the checks: what they are about has its own where it matters."""
    standing = (
        alarm(AlarmKind.CALLBACK_OVERDUE, client="79161234567", count="3", minutes="70"),
        alarm(AlarmKind.REPORTED, "books", sentence="Ivanova did not balance"),
        alarm(AlarmKind.REPORTED, "other", sentence="Petrov"),
    )
    async with web_house(tmp_path) as found:
        await synchronise(found)
        assert (await found.metrics())['dozvon_standing_alarms{alarm="reported"}'] == 0
        found.board.news.tell(AlarmsStand(alarms=standing))
        await asyncio.sleep(0)
        status, said = await found.json("/readyz")
        assert (status, said["ready"]) == (200, True)
        assert sentences(said)["alarm-callback-overdue"] == (
            False,
            "The alarm callback-overdue stands since 2026-03-02T09:00:00+00:00.",
        )
        assert not any(name in str(said) for name in ("79161234567", "Ivanova", "Petrov"))
        metrics = await found.metrics()
        assert metrics['dozvon_standing_alarms{alarm="callback-overdue"}'] == 1
        assert metrics['dozvon_standing_alarms{alarm="reported"}'] == 2
        assert metrics['dozvon_standing_alarms{alarm="link-down"}'] == 0
        found.board.news.tell(AlarmsStand(alarms=()))
        await asyncio.sleep(0)
        assert not any(i.startswith("alarm-") for i in sentences((await found.json("/readyz"))[1]))


@dataclass
class Contested:
    """An exchange whose journal another service reads."""

    key: str = "main"
    rival: str = "other/port-4573"

    async def run(self) -> None:
        """Does nothing."""

    async def clock_offset_seconds(self) -> float:
        return 0.0


async def test_an_exchange_that_another_service_reads_is_told_with_its_name(
    tmp_path: Path,
) -> None:
    async with web_house(tmp_path) as found:
        contested = Contested()
        found.board.attach(contested)  # type: ignore[arg-type]
        status, said = await found.json("/readyz")
        assert status == 503
        ok, sentence = sentences(said)["link-main"]
        assert not ok
        assert "other/port-4573" in sentence
        contested.rival = ""
        await synchronise(found)
        assert sentences((await found.json("/readyz"))[1])["link-main"][0]


@pytest.mark.parametrize("path", ["/readyz", "/metrics"])
async def test_the_state_is_for_the_networks_of_the_settings_only(
    tmp_path: Path, path: str
) -> None:
    async with web_house(tmp_path, allow="192.0.2.0/24") as found:
        status, said = await found.json(path)
        assert (status, said["error"]["id"]) == (403, "address-not-allowed")  # type: ignore[index]


@pytest.mark.parametrize("path", ["/readyz", "/metrics"])
async def test_behind_a_proxy_the_state_is_for_those_whom_the_proxy_names(
    tmp_path: Path, path: str
) -> None:
    async with web_house(tmp_path, proxies=("127.0.0.0/8",)) as found:
        for asker, refused in (("203.0.113.9", True), ("127.0.0.1", False)):
            headers = {"X-Forwarded-For": asker}
            async with found.http.get(path, headers=headers) as reply:
                assert (reply.status == 403) is refused


# -- metrics ---------------------------------------------------------------------------------------


def test_every_metric_is_in_the_documentation_and_no_other() -> None:
    metrics = Metrics()
    names = {
        f"{family.name}_total" if family.type == "counter" else family.name
        for family in metrics.registry.collect()
    }
    rows = [line for line in DOCS.read_text("utf-8").splitlines() if line.startswith("| `dozvon_")]
    assert {row.split("`")[1] for row in rows} == names


def test_the_documented_labels_are_those_of_the_metrics() -> None:
    metrics = Metrics()
    labels = {
        f"{collector._name}": set(collector._labelnames)
        for collector in vars(metrics).values()
        if hasattr(collector, "_labelnames")
    }
    for line in DOCS.read_text("utf-8").splitlines():
        if line.startswith("| `dozvon_"):
            cells = [cell.replace("`", "").strip() for cell in line.split("|")]
            name = cells[1].removesuffix("_total")
            told = set(cells[3].replace(" ", "").split(",")) - {""}
            assert told == labels[name], name


def test_two_services_in_one_process_count_apart() -> None:
    """A registry of its own: nothing is global."""
    one, other = Metrics(), Metrics()
    one.gaps.labels("main").inc()
    assert values(one)['dozvon_gaps_total{pbx="main"}'] == 1
    assert 'dozvon_gaps_total{pbx="main"}' not in values(other)
    assert isinstance(one.registry, CollectorRegistry)


def test_a_decision_counts_its_time_its_look_up_and_whom_it_passed_over() -> None:
    reasons = (
        Reason(why=Why.SKIPPED_STATUS, about={"manager": "ivanova", "status": "lunch"}),
        Reason(why=Why.SKIPPED_TALKING, about={"manager": "petrov"}),
        Reason(why=Why.OPEN),
    )
    metrics = Metrics()
    metrics.count(
        CallDecided(
            pbx="main",
            call_id="1",
            caller="79161110001",
            decision=Decision(plan=PLAN, reasons=reasons),
            lookup=LookupOutcome.LATE,
            seconds=0.003,
        )
    )
    found = values(metrics)
    assert found['dozvon_lookups_total{outcome="late"}'] == 1
    assert found['dozvon_lookups_total{outcome="found"}'] == 0
    assert found['dozvon_skipped_targets_total{by="decision",reason="status"}'] == 1
    assert found['dozvon_skipped_targets_total{by="decision",reason="talking"}'] == 1
    assert found['dozvon_decision_seconds_bucket{le="0.0025"}'] == 0
    assert found['dozvon_decision_seconds_bucket{le="0.005"}'] == 1
    assert "79161110001" not in metrics.page().decode()


def ended(**about: object) -> Call:
    return Call(
        **{
            "id": "1",
            "pbx": "main",
            "linked_id": "1",
            "direction": Direction.INBOUND,
            "caller": "79161110001",
            "line": "74951230001",
            "began_at": AT,
            "disposition": Disposition.MISSED,
            "reason": MissedReason.NO_ANSWER,
            **about,
        }  # type: ignore[arg-type]
    )


def test_a_recorded_call_counts_how_it_ended_and_which_way_it_went() -> None:
    trail = (
        TrailItem(step="1", who=("ivanova/101",), what="lunch"),
        TrailItem(step="1", who=("petrov/102",), what="rang", result="NOANSWER"),
        TrailItem(step="2", who=("x/1",), what="79161110001"),
    )
    metrics = Metrics(("main",))
    assert values(metrics)['dozvon_fail_open_calls_total{pbx="main"}'] == 0
    metrics.count(CallRecorded(call=ended(), way=Way.PLAN, trail=trail, disagreed=True))
    metrics.count(CallRecorded(call=ended(), way=Way.FAIL_OPEN, recovered=True))
    found = values(metrics)
    told = 'direction="inbound",disposition="missed",reason="no_answer"'
    assert found[f'dozvon_calls_total{{{told},way="plan"}}'] == 1
    assert found[f'dozvon_calls_total{{{told},way="fail-open"}}'] == 1
    assert found['dozvon_fail_open_calls_total{pbx="main"}'] == 1
    assert found['dozvon_recovered_calls_total{pbx="main"}'] == 1
    assert found['dozvon_disagreements_total{pbx="main"}'] == 1
    assert found['dozvon_skipped_targets_total{by="exchange",reason="lunch"}'] == 1
    assert found['dozvon_skipped_targets_total{by="exchange",reason="other"}'] == 1
    assert "79161110001" not in metrics.page().decode()


def test_gaps_and_what_was_recovered_after_them_are_counted() -> None:
    """A PBX that is not watched yet, or no longer, is not lost by every attempt to reach it."""
    metrics = Metrics(("main",))
    metrics.count(LinkChanged(pbx="main", up=False, why="connection refused"))
    assert values(metrics)['dozvon_gaps_total{pbx="main"}'] == 0
    metrics.count(LinkChanged(pbx="main", up=True, why="synchronised"))
    for why in ("lost", "connection refused", "connection refused"):
        metrics.count(LinkChanged(pbx="main", up=False, why=why))
    metrics.count(LinkChanged(pbx="main", up=True, why="synchronised", recovered_calls=7))
    found = values(metrics)
    assert found['dozvon_gaps_total{pbx="main"}'] == 1
    assert found['dozvon_journal_recovered_total{pbx="main"}'] == 7


async def test_what_happens_in_the_engine_is_on_the_page(tmp_path: Path) -> None:
    async with web_house(tmp_path) as found:
        await synchronise(found)
        board = found.board
        offered = CallOffered(pbx="main", call_id="1", line="74951230001", caller="", at=AT)
        await board.decide(offered)
        about = {"linked_id": "1", "direction": Direction.INBOUND, "caller": "", "caller_name": ""}
        for call_id in ("1", "2"):
            began = CallBegan(pbx="main", call_id=call_id, at=AT, line="1", **about)  # type: ignore[arg-type]
            await board.happened(began)
        await board.happened(began)
        await board.happened(CallEnded(pbx="main", call_id="2", at=AT))
        await board.settle()
        page = await found.metrics()
    assert page["dozvon_decision_seconds_count"] == 1
    assert page['dozvon_lookups_total{outcome="not_asked"}'] == 1
    assert page['dozvon_live_calls{state="offered"}'] == 1
    assert page["dozvon_ignored_events"] == 1
    assert page['dozvon_link_up{pbx="main"}'] == 1
    assert page['dozvon_journal_recovered_total{pbx="main"}'] == 2
    assert page["dozvon_open_callbacks"] == 1
    assert (page["dozvon_open_gaps"], page["dozvon_writer_trouble"]) == (0, 0)
    missed = 'direction="inbound",disposition="missed",reason="nobody_reachable",way="none"'
    assert page[f"dozvon_calls_total{{{missed}}}"] == 1


async def test_requests_are_counted_by_route_not_by_address(tmp_path: Path) -> None:
    """Whoever tries a thousand addresses makes one line of the page, not a thousand."""
    async with web_house(tmp_path) as found:
        for path in ("/a", "/b?c=d", "/healthz"):
            async with found.http.get(path):
                pass
        page = await found.metrics()
    assert page['dozvon_http_requests_total{route="none",status="404"}'] == 2
    assert page['dozvon_http_requests_total{route="/healthz",status="200"}'] == 1
