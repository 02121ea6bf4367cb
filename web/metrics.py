"""What the service counts, for Prometheus. `docs/metrics.md` lists every one, or a test fails.

Rules: a registry of its own, nothing global; labels are words of this house (a direction, a reason,
a PBX's key), never a number, a name or anything that a caller may choose. What happens is counted
from the engine's news; how things stand is read when somebody asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Metric,
    generate_latest,
)

from router.facts import LookupOutcome
from router.plan import Why
from switchboard.alarms import Alarm, AlarmKind
from switchboard.news import AlarmsStand, CallDecided, CallRecorded, LinkChanged, News

BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.8, 1.0)
SKIPPED = "skipped-"
_DONE = frozenset({"rang", "waited", "patience", "transfer"})
_DIALPLAN = frozenset(
    {"busy", "unreachable", "lunch", "meeting", "away", "do_not_disturb", "offline"}
)


class _Registry(CollectorRegistry):
    """Leaves out when each counter was made: nobody asks, and it doubles the page."""

    def collect(self) -> Iterator[Metric]:
        for metric in super().collect():
            metric.samples = [s for s in metric.samples if not s.name.endswith("_created")]
            yield metric


class Metrics:
    """All counters of one service. `count` is fed with news; the gauges are set before `page`.

    `pbxs` are there from the start with nought, so that the first of anything is seen as a rise.
    """

    def __init__(self, pbxs: Iterable[str] = ()) -> None:
        self.registry = _Registry()
        self.alarms: tuple[Alarm, ...] = ()
        self._watched: set[str] = set()
        self._of_calls(self.registry)
        self._of_pbxs(self.registry, pbxs)
        self._gauges(self.registry)
        self._of_recordings(self.registry)
        self._of_http(self.registry)
        self._stand(())

    def _of_calls(self, registry: CollectorRegistry) -> None:
        self.calls = Counter(
            "dozvon_calls",
            "Calls recorded, by how they ended and which way the exchange went",
            ("direction", "disposition", "reason", "way"),
            registry=registry,
        )
        self.decision_seconds = Histogram(
            "dozvon_decision_seconds",
            "From the question to the decision",
            buckets=BUCKETS,
            registry=registry,
        )
        self.lookups = Counter(
            "dozvon_lookups",
            "Questions to the client base, by how they ended",
            ("outcome",),
            registry=registry,
        )
        self.skipped = Counter(
            "dozvon_skipped_targets",
            "Targets passed over, by the decision or by the exchange as the step began",
            ("by", "reason"),
            registry=registry,
        )
        for outcome in LookupOutcome:
            self.lookups.labels(outcome)

    def _of_pbxs(self, registry: CollectorRegistry, pbxs: Iterable[str]) -> None:
        self.fail_open = Counter(
            "dozvon_fail_open_calls",
            "Calls that the exchange routed without a plan of ours",
            ("pbx",),
            registry=registry,
        )
        self.recovered = Counter(
            "dozvon_recovered_calls",
            "Calls known from the exchange's journal alone",
            ("pbx",),
            registry=registry,
        )
        self.disagreements = Counter(
            "dozvon_disagreements",
            "Calls of which events and journal told different things",
            ("pbx",),
            registry=registry,
        )
        self.gaps = Counter(
            "dozvon_gaps", "Times a watched PBX was lost", ("pbx",), registry=registry
        )
        self.journal_recovered = Counter(
            "dozvon_journal_recovered",
            "Journal entries read after a gap",
            ("pbx",),
            registry=registry,
        )
        by_pbx = (self.fail_open, self.recovered, self.disagreements, self.gaps)
        for pbx in pbxs:
            for counter in (*by_pbx, self.journal_recovered):
                counter.labels(pbx)

    def _gauges(self, registry: CollectorRegistry) -> None:
        self.link_up = Gauge(
            "dozvon_link_up", "1 while a PBX is watched", ("pbx",), registry=registry
        )
        self.live_calls = Gauge(
            "dozvon_live_calls", "Calls that go on", ("state",), registry=registry
        )
        self.ignored_events = Gauge(
            "dozvon_ignored_events",
            "Events that changed nothing since the start",
            registry=registry,
        )
        self.open_gaps = Gauge("dozvon_open_gaps", "Gaps that are not closed", registry=registry)
        self.writer_waiting = Gauge(
            "dozvon_writer_waiting", "Changes that wait to be written", registry=registry
        )
        self.writer_trouble = Gauge(
            "dozvon_writer_trouble", "1 while the database cannot be written", registry=registry
        )
        self.open_callbacks = Gauge(
            "dozvon_open_callbacks", "Callbacks that the company owes", registry=registry
        )
        self.standing_alarms = Gauge(
            "dozvon_standing_alarms",
            "Alarms that were told and not taken back",
            ("alarm",),
            registry=registry,
        )

    def _of_recordings(self, registry: CollectorRegistry) -> None:
        self.recordings = Gauge(
            "dozvon_recordings",
            "Conversations of the last seven days, by the state of their recording",
            ("state",),
            registry=registry,
        )
        self.recordings_trouble = Gauge(
            "dozvon_recordings_trouble",
            "1 while recordings do not arrive from a PBX (`store`: while ours takes none)",
            ("pbx",),
            registry=registry,
        )

    def _of_http(self, registry: CollectorRegistry) -> None:
        self.requests = Counter(
            "dozvon_http_requests",
            "HTTP requests answered, by route and status",
            ("route", "status"),
            registry=registry,
        )
        self.news_lost = Gauge(
            "dozvon_metrics_news_lost", "News the metrics came too late for", registry=registry
        )

    def count(self, news: News) -> None:
        """Count what happened."""
        if isinstance(news, CallDecided):
            self._decided(news)
        elif isinstance(news, CallRecorded):
            self._recorded(news)
        elif isinstance(news, LinkChanged):
            self._link(news)
        elif isinstance(news, AlarmsStand):
            self._stand(news.alarms)

    def page(self) -> bytes:
        """All metrics as Prometheus reads them."""
        return generate_latest(self.registry)

    def _link(self, news: LinkChanged) -> None:
        """A PBX that was not watched is not lost again, however often that is said."""
        if news.up:
            self._watched.add(news.pbx)
            self.journal_recovered.labels(news.pbx).inc(news.recovered_calls)
        elif news.pbx in self._watched:
            self._watched.remove(news.pbx)
            self.gaps.labels(news.pbx).inc()

    def _stand(self, alarms: tuple[Alarm, ...]) -> None:
        self.alarms = alarms
        kinds = [alarm.finding.kind for alarm in alarms]
        for kind in AlarmKind:
            self.standing_alarms.labels(kind).set(kinds.count(kind))

    def _decided(self, news: CallDecided) -> None:
        self.decision_seconds.observe(news.seconds)
        self.lookups.labels(news.lookup).inc()
        for reason in news.decision.reasons:
            if reason.why.startswith(SKIPPED):
                self.skipped.labels("decision", _short(reason.why)).inc()

    def _recorded(self, news: CallRecorded) -> None:
        call, way = news.call, news.way or "none"
        disposition, reason = call.disposition or "none", call.reason or "none"
        self.calls.labels(call.direction, disposition, reason, way).inc()
        if way == "fail-open":
            self.fail_open.labels(call.pbx).inc()
        if news.recovered:
            self.recovered.labels(call.pbx).inc()
        if news.disagreed:
            self.disagreements.labels(call.pbx).inc()
        for item in news.trail:
            if item.what not in _DONE:
                word = item.what if item.what in _DIALPLAN else "other"
                self.skipped.labels("exchange", word).inc()


def _short(why: Why) -> str:
    return why.removeprefix(SKIPPED)
