"""One switch that asks over HTTP: its routes, and the port that every driver keeps.

Rules: a question is answered within its deadline or with an error, and the switch goes on by
itself; what is told of a call is worked on one request after another, so that its order stays; the
end of a call is confirmed only when it is safely recorded, and is tried again until it is.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from uuid import uuid4

import structlog
from aiohttp import web

from pbx_adapters.port import (
    CallOffered,
    GapClosed,
    JournalEntry,
    LinkState,
    Switchboard,
)
from pbx_adapters.webhook.answers import answer_of, written
from pbx_adapters.webhook.calls import Calls, RecordingReady
from pbx_adapters.webhook.errors import NotNow, Refusal
from pbx_adapters.webhook.events_in import read_events
from pbx_adapters.webhook.guard import Guard, Proof
from pbx_adapters.webhook.reading import (
    FORM,
    JSON,
    first,
    query_bytes,
    read_body,
    read_fields,
    read_json,
)
from pbx_adapters.webhook.settings import WebhookSettings
from pbx_adapters.webhook.wire import EventIn, EventsAnswer, Ignored, Kind
from router.events import AnyCallEvent
from router.office import Status
from router.plan import Decision

SWEEP_SECONDS = 1.0
MOST_PROMISES = 10_000

log = structlog.get_logger()

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class WebhookPbx:
    """Keeps `pbx_adapters.port.Pbx`.

    `let_go` forgets a decision whose call nobody will report; `recordings` takes recordings that
    are ready. `trouble` says why nobody can reach us, where that is so before `run`.
    """

    def __init__(  # noqa: PLR0913 - what it works with, all by keyword
        self,
        settings: WebhookSettings,
        switchboard: Switchboard,
        *,
        now: Callable[[], datetime],
        let_go: Callable[[str], None] = lambda _: None,
        recordings: Callable[[RecordingReady], Awaitable[None]] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.trouble = ""
        self.calls = Calls(settings.key)
        self._settings = settings
        self._switchboard = switchboard
        self._now = now
        self._let_go = let_go
        self._recordings = recordings
        self._guard = Guard(settings, clock=lambda: now().timestamp(), monotonic=monotonic)
        self._in_turn = asyncio.Lock()
        self._promises: deque[tuple[datetime, str]] = deque()
        self._running = False

    @property
    def key(self) -> str:
        """The PBX's key in the settings."""
        return self._settings.key

    @property
    def routes(self) -> list[web.RouteDef]:
        """What to mount under the application that listens."""
        at = f"/pbx/{self.key}"
        route, events = self._guarded(self._route), self._guarded(self._events)
        found = []
        for base in (at, at + "/s/{token}"):
            found += [
                web.get(f"{base}/route", route, allow_head=False),
                web.post(f"{base}/route", route),
                web.post(f"{base}/events", events),
            ]
        return found

    async def run(self) -> None:
        """Answer from now on; record what could not be recorded, end what was forgotten."""
        if self.trouble:
            await self._switchboard.link_changed(self.key, LinkState.DOWN, self.trouble)
            await asyncio.Event().wait()
        await self._switchboard.link_changed(self.key, LinkState.UP, "it is listened to")
        await self._switchboard.gap_closed(GapClosed(pbx=self.key, live_calls=0, recovered_calls=0))
        self._running = True
        try:
            while True:
                await asyncio.sleep(SWEEP_SECONDS)
                await self._sweep()
        finally:
            self._running = False

    async def office_changed(self) -> None:
        """Nothing of the office is mirrored in the switch."""

    async def status_changed(self, manager: str, status: Status) -> None:
        """No status is mirrored in the switch: it asks for every call."""

    # -- requests ------------------------------------------------------------------------------

    def _guarded(self, answer: Callable[[web.Request, bytes], Awaitable[web.Response]]) -> Answer:
        async def guarded(request: web.Request) -> web.StreamResponse:
            try:
                return await answer(request, await self._admitted(request))
            except Refusal as refusal:
                log.info("a request was refused", pbx=self.key, why=refusal.id)
                return refusal.answer()

        return guarded

    async def _admitted(self, request: web.Request) -> bytes:
        """The body of a request that may be believed."""
        settings, guard = self._settings, self._guard
        proof = _proof(request)
        guard.check_address(proof.remote)
        guard.check_token(proof)
        body = await read_body(request, settings)
        guard.check_signature(proof, body if request.method == "POST" else query_bytes(request))
        guard.check_rate()
        if not self._running:
            raise NotNow("not-ready", "The service is starting or stopping; ask again.")
        return body

    def _fields(self, request: web.Request, body: bytes) -> dict[str, object]:
        """Query and body together, the body first; of a signed request the signed part alone."""
        charset = self._settings.charset
        fields: dict[str, object] = {}
        if body and request.content_type == FORM:
            fields.update(read_fields(body, charset))
        elif body and request.content_type == JSON:
            said = read_json(body, charset)
            if not isinstance(said, dict):
                raise Refusal("body-unreadable", "A JSON object is needed.")
            fields.update(said)
        if request.method == "POST" and self._settings.hmac_secret:
            return fields
        return {**read_fields(query_bytes(request), charset), **fields}

    async def _route(self, request: web.Request, body: bytes) -> web.Response:
        settings = self._settings
        fields = self._fields(request, body)
        caller = first(fields, settings.caller_names)
        if caller is None:
            names = ", ".join(settings.caller_names)
            raise Refusal("caller-missing", f"Say who calls (one of {names}); hidden: empty.")
        offered = CallOffered(
            pbx=self.key,
            call_id=(first(fields, settings.call_names) or "")[:128] or uuid4().hex,
            line=(first(fields, settings.line_names) or "")[:400],
            caller=caller[:400],
            caller_name=(first(fields, ("name", "caller_name")) or "")[:400],
            at=self._now(),
        )
        decision = await self._decided(offered)
        office = self._switchboard.office()
        answer = answer_of(decision, office, settings, call=offered.call_id, caller=caller)
        reply = written(
            answer,
            settings,
            format_=first(fields, ("format",)) or "",
            charset=first(fields, ("charset", "encoding")) or "",
        )
        whole = reply.content_type == JSON
        self._promised(offered.call_id, decision, dialled=whole or bool(answer.ext))
        if answer.left_out:
            log.warning("part of a plan cannot be told", pbx=self.key, left_out=answer.left_out)
        return web.Response(
            body=reply.body,
            content_type=reply.content_type,
            charset=reply.charset,
            headers={"Dozvon-Left-Out": str(len(reply.left_out)), "Cache-Control": "no-store"},
        )

    async def _decided(self, offered: CallOffered) -> Decision:
        """Decide within the deadline; the call has begun for us as well, if it is reported."""
        settings = self._settings
        if settings.reports_calls:
            fed = self.calls.asked(
                offered.call_id,
                line=offered.line,
                caller=offered.caller,
                name=offered.caller_name,
                at=offered.at,
            )
            await self._happened(fed.events)
        whole = _with_id(offered, self.calls.id_of(offered.call_id))
        try:
            async with asyncio.timeout(settings.answer_seconds):
                decision = await self._switchboard.decide(whole)
        except TimeoutError:
            raise NotNow("decision-late", "No decision in time; go on without us.") from None
        except Exception:
            log.exception("no decision could be made", pbx=self.key, call=offered.call_id)
            raise NotNow("no-decision", "No decision can be made; go on without us.") from None
        self.calls.patience(offered.call_id, decision.plan.patience_seconds)
        return decision

    def _promised(self, call: str, decision: Decision, *, dialled: bool) -> None:
        """A call that nobody will report keeps its promises while its first step may ring."""
        call_id = self.calls.id_of(call)
        if call_id in self.calls.known.live:
            return
        steps = decision.plan.steps
        seconds = steps[0].longest_seconds if steps and dialled else 0
        if seconds and len(self._promises) < MOST_PROMISES:
            self._promises.append((self._now() + timedelta(seconds=seconds), call_id))
        else:
            self._let_go(call_id)

    async def _events(self, request: web.Request, body: bytes) -> web.Response:
        said = self._said(request, body)
        events = read_events(said, self._settings)
        accepted, ignored, late = 0, [], False
        for index, event in enumerate(events):
            because, safe = await self._take(event)
            late = late or not safe
            accepted += not because
            if because:
                ignored.append(Ignored(index=index, event_id=event.event_id, because=because))
        if late:
            raise NotNow("not-recorded-yet", "The call's end is not safe yet; send it again.")
        answer = EventsAnswer(accepted=accepted, ignored=tuple(ignored))
        return web.Response(body=answer.model_dump_json().encode(), content_type=JSON)

    def _said(self, request: web.Request, body: bytes) -> object:
        """The posted events: one, or a list of them."""
        if body and request.content_type == JSON:
            return read_json(body, self._settings.charset)
        return self._fields(request, body)

    # -- what happened -------------------------------------------------------------------------

    async def _take(self, event: EventIn) -> tuple[str, bool]:
        """Why an event changed nothing, and whether what it told is safe."""
        if self.calls.came_before(event):
            return "this event came before", True
        now, safe = self._now(), True
        if event.event is Kind.PHONE:
            because = await self._phone(event)
        elif event.event is Kind.RECORDING:
            because = await self._recording(event, now)
        else:
            async with self._in_turn:
                fed = self.calls.feed(event, now)
                await self._happened(fed.events)
            because = fed.ignored
            safe = await self._recorded(fed.entry) if fed.entry else True
        if safe:
            self.calls.done(event)
        return because, safe

    async def _phone(self, event: EventIn) -> str:
        """Only phones of the office count: the switch may have thousands of others."""
        managers = self._switchboard.office().managers.values()
        if not any(m.pbx == self.key and m.extension == event.who for m in managers):
            return "no manager of this exchange has this extension"
        await self._switchboard.phones_changed(self.key, {event.who: event.state})
        return ""

    async def _recording(self, event: EventIn, now: datetime) -> str:
        if not event.url or not event.call:
            return "it does not say where the recording is, or of which call"
        if self._recordings is None:
            return "recordings are not fetched from this exchange"
        ready = RecordingReady(
            pbx=self.key,
            call_id=self.calls.id_of(event.call),
            address=event.url,
            at=event.happened_at(now),
        )
        await self._recordings(ready)
        return ""

    async def _happened(self, events: Sequence[AnyCallEvent]) -> None:
        for event in events:
            await self._switchboard.happened(event)

    async def _recorded(self, entry: JournalEntry) -> bool:
        """Whether the end of a call is safely recorded, as far as can be waited for."""
        try:
            async with asyncio.timeout(self._settings.record_seconds):
                safe = await self._switchboard.record((entry,))
        except TimeoutError:
            return False
        if entry.key in safe:
            self.calls.known.recorded(entry.call_id)
        return entry.key in safe

    async def _sweep(self) -> None:
        """Once a second: promises that are over, ends not recorded yet, calls nobody ended."""
        now = self._now()
        while self._promises and self._promises[0][0] <= now:
            self._let_go(self._promises.popleft()[1])
        for entry in self.calls.known.unrecorded[:20]:
            await self._recorded(entry)
        async with self._in_turn:
            forgotten = self.calls.sweep(now)
            await self._happened(forgotten)
        if forgotten:
            log.warning("calls were ended of which nothing more was heard", calls=len(forgotten))


def _proof(request: web.Request) -> Proof:
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    in_query = request.query.get("token") or request.query.get("key") or ""
    return Proof(
        remote=request.remote or "",
        bearer=bearer.strip() if scheme.casefold() == "bearer" else "",
        in_address=request.match_info.get("token") or in_query,
        timestamp=request.headers.get("Dozvon-Timestamp", ""),
        signature=request.headers.get("Dozvon-Signature", ""),
    )


def _with_id(offered: CallOffered, call_id: str) -> CallOffered:
    return CallOffered(
        pbx=offered.pbx,
        call_id=call_id,
        line=offered.line,
        caller=offered.caller,
        caller_name=offered.caller_name,
        at=offered.at,
    )
