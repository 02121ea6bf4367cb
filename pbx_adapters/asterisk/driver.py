"""One Asterisk, driven: it asks over FastAGI, is watched over AMI, and its journal is read.

Two AMI links with different rights: one for calls, one for AstDB. Questions are answered also while
neither link is up. On every connect of both links, in this order: what is mirrored is written,
calls in progress are adopted, the journal is drained, and the gap is closed with the counts. Were
events missed meanwhile, the gap stays open and all of it is done again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime, timedelta

import structlog

from pbx_adapters.asterisk.agi_wire import AgiRequest
from pbx_adapters.asterisk.ami import LINK_DOWN, LINK_UP, AmiLink
from pbx_adapters.asterisk.ami_state import LinkState as AmiState
from pbx_adapters.asterisk.ami_state import Voices
from pbx_adapters.asterisk.astdb import AstDb
from pbx_adapters.asterisk.control import AsteriskControl
from pbx_adapters.asterisk.dialplan import VERSION
from pbx_adapters.asterisk.drain import Drain
from pbx_adapters.asterisk.errors import LinkLost
from pbx_adapters.asterisk.fastagi import FastAgiServer
from pbx_adapters.asterisk.frames import Frame
from pbx_adapters.asterisk.manager_conf import WANTED_EVENTS
from pbx_adapters.asterisk.mirror import Mirror
from pbx_adapters.asterisk.phones import phone_states
from pbx_adapters.asterisk.plan_variables import render
from pbx_adapters.asterisk.settings import AsteriskSettings
from pbx_adapters.asterisk.sound import Sound
from pbx_adapters.asterisk.tracking import PartyRules, Tracker
from pbx_adapters.asterisk.troubles import LINK_LOST
from pbx_adapters.asterisk.watch import Watch, service_name
from pbx_adapters.errors import PbxError
from pbx_adapters.port import (
    CallOffered,
    GapClosed,
    LinkState,
    RecordingBegan,
    Switchboard,
)
from router.events import AnyCallEvent
from router.office import Status
from router.pbx_clock import offset_in_force

_AGAIN_SECONDS = 2.0
_DRAIN_EVERY_SECONDS = 60.0

log = structlog.get_logger()


class AsteriskPbx:
    """Keeps `pbx_adapters.port.Pbx`."""

    def __init__(
        self,
        settings: AsteriskSettings,
        switchboard: Switchboard,
        *,
        now: Callable[[], datetime],
        recordings: Callable[[RecordingBegan], Awaitable[None]] | None = None,
    ) -> None:
        self._settings = settings
        self._switchboard = switchboard
        self._now = now
        self._voices = Voices()
        self.calls = self._link(
            settings.calls_user, settings.calls_secret, frozenset(WANTED_EVENTS)
        )
        self.journal = self._link(settings.journal_user, settings.journal_secret, frozenset())
        self._sound = Sound(
            self.calls, self.journal, settings.key, now=self._pbx_now, told=recordings
        )
        self.control = AsteriskControl(self.calls, settings.key, self._sound)
        self.agi = FastAgiServer(
            self._answer,
            host=settings.agi_host,
            port=settings.agi_port,
            allow=settings.agi_allow,
        )
        astdb = AstDb(self.journal)
        self._mirror = Mirror(astdb, settings.key)
        self._drain = Drain(settings.key, astdb, switchboard)
        self._turn = Watch(settings.key, service_name(settings.agi_port), astdb, now=now)
        self._tracker = Tracker(pbx=settings.key, rules=PartyRules(trunks=settings.trunks))
        self._hours: set[str] = set()
        self._bell = asyncio.Event()
        self._watching = asyncio.Event()
        self._ahead = timedelta(0)
        self._sessions = 0
        self._in_order = asyncio.Lock()
        self._started = ""
        self.journal.watch(lambda _: self._bell.set())

    @property
    def key(self) -> str:
        """The PBX's key in the settings."""
        return self._settings.key

    @property
    def rival(self) -> str:
        """The other service that reads this exchange's journal, while both links are up."""
        up = self.calls.state is self.journal.state is AmiState.CONNECTED
        return self._turn.rival if up else ""

    async def run(self) -> None:
        """Answer, watch, drain and reconnect until cancelled."""
        async with self.agi, asyncio.TaskGroup() as group:
            group.create_task(self.calls.run(), name=f"{self.key}: calls")
            group.create_task(self.journal.run(), name=f"{self.key}: journal")
            group.create_task(self._watch(), name=f"{self.key}: events")
            group.create_task(self._keep_books(), name=f"{self.key}: books")
            group.create_task(self._turn.keep(), name=f"{self.key}: heartbeat")
            group.create_task(self._sound.keep(), name=f"{self.key}: sound")
            for link in (self.calls, self.journal):
                group.create_task(self._tell_trouble(link), name=f"{self.key}: trouble")

    async def clock_offset_seconds(self) -> float:
        """How far Asterisk's clock is ahead of ours."""
        found = await self.calls.measure_clock_offset()
        self._ahead = timedelta(seconds=offset_in_force(found))
        return found

    def _pbx_now(self) -> datetime:
        """What Asterisk's clock shows: events without a timestamp are in its time like others."""
        return self._now() + self._ahead

    async def office_changed(self) -> None:
        """Write the fail-open targets; without a link the next connect does it."""
        if self.journal.state is AmiState.CONNECTED and not self._turn.rival:
            await self._mirror.office(self._switchboard.office())

    async def status_changed(self, manager: str, status: Status) -> None:
        """Write one manager's status; without a link the next connect does it."""
        if self.journal.state is AmiState.CONNECTED and not self._turn.rival:
            await self._mirror.status(manager, status)

    # -- questions -----------------------------------------------------------------------------

    async def _answer(self, request: AgiRequest) -> Sequence[tuple[str, str]]:
        offered = CallOffered(
            pbx=self.key,
            call_id=request.uniqueid,
            line=request.args[1] if len(request.args) > 1 else request.extension,
            caller=request.caller_number,
            caller_name=request.caller_name,
            at=self._now(),
        )
        if request.args[:1] != (VERSION,):
            log.warning(
                "the exchange's dialplan is of another version; run `dozvon dialplan` again",
                pbx=self.key,
                theirs=request.args[:1],
                ours=VERSION,
            )
        decision = await self._switchboard.decide(offered)
        office = self._switchboard.office()
        show = " ".join(t for t in (decision.client_name, decision.application) if t)
        rendered = render(decision, office, pbx=self.key, show=show, call_id=request.uniqueid)
        if rendered.left_out:
            log.warning(
                "part of a plan cannot be dialled here", pbx=self.key, left_out=rendered.left_out
            )
        return rendered.variables

    # -- events --------------------------------------------------------------------------------

    async def _watch(self) -> None:
        async for frame in self.calls.frames():
            async with self._in_order:
                try:
                    await self._frame(frame)
                except Exception:
                    log.exception("an event could not be handled", pbx=self.key, name=frame.name)

    async def _frame(self, frame: Frame) -> None:
        self.control.note(frame)
        if frame == LINK_DOWN:
            self._watching.clear()
            why = self.calls.trouble or LINK_LOST()
            await self._report(self._tracker.gap(self._pbx_now()))
            await self._switchboard.link_changed(self.key, LinkState.DOWN, why)
        elif frame == LINK_UP:
            self._sessions += 1
            self._watching.set()
            self._bell.set()
        elif frame.name == "DeviceStateChange":
            states = phone_states((frame,), self._switchboard.office(), self.key)
            if states:
                await self._switchboard.phones_changed(self.key, states)
        elif frame.name == "UserEvent" and frame.get("UserEvent") == "DozvonEnded":
            self._hours.add(frame.get("Hour"))
            self._bell.set()
        elif frame.name == "UserEvent" and frame.get("UserEvent") == "DozvonRecord":
            await self._sound.began(frame.get("Call"), frame.get("Parts"))
        else:
            await self._report(self._tracker.feed(frame, self._pbx_now()))

    async def _tell_trouble(self, link: AmiLink) -> None:
        """Tell the switchboard of a link that cannot be made; one that was lost says so itself."""
        told = ""
        while True:
            await link.wait_state(AmiState.CONNECTING)
            ended = (AmiState.CONNECTED, AmiState.REFUSED, AmiState.DISCONNECTED)
            state = await link.wait_state(*ended)
            if state is AmiState.CONNECTED:
                told = ""
                await link.wait_state(AmiState.DISCONNECTED, AmiState.REFUSED)
            elif link.trouble != told:
                told = link.trouble
                refused = state is AmiState.REFUSED
                now = LinkState.REFUSED if refused else LinkState.DOWN
                await self._switchboard.link_changed(self.key, now, told)

    async def _report(self, events: Iterable[AnyCallEvent]) -> None:
        for event in events:
            self._sound.happened(event)
            await self._switchboard.happened(event)

    # -- the journal ---------------------------------------------------------------------------

    async def _keep_books(self) -> None:
        """Synchronise on every connect; drain when calls end, and now and then anyway."""
        synchronised = (0, 0)
        while True:
            await self.journal.wait_state(AmiState.CONNECTED)
            await self._watching.wait()
            session = (self._sessions, self.journal.lost_times)
            try:
                await self._turn.hold()
                if synchronised != session:
                    await self._synchronise()
                    synchronised = session
                await self._drain_rung()
            except PbxError as trouble:
                log.warning("reading the exchange is put off", pbx=self.key, because=str(trouble))
                await asyncio.sleep(_AGAIN_SECONDS)
            except Exception:
                log.exception("reading the exchange failed and is tried again", pbx=self.key)
                await asyncio.sleep(_AGAIN_SECONDS)

    async def _drain_rung(self) -> None:
        rung = True
        try:
            async with asyncio.timeout(_DRAIN_EVERY_SECONDS):
                await self._bell.wait()
        except TimeoutError:
            rung = False
        await self._turn.hold()
        if not rung:
            await self._drain.ended()
            await self._drain.forget_hours(self._pbx_now())
            await self._report(self._tracker.sweep(self._pbx_now()))
        self._bell.clear()
        hours, self._hours = self._hours, set()
        try:
            if hours:
                await self._drain.ended(hours)
        except BaseException:
            self._hours |= hours
            self._bell.set()
            raise

    async def _synchronise(self) -> None:
        since = self._events_since()
        await self._switchboard.link_changed(self.key, LinkState.UP, "connected")
        await self._mirror.office(self._switchboard.office())
        await self._mirror.statuses(self._switchboard.statuses())
        await self._note_restart()
        living = await self._drain.living()
        channels = await self._adopt(since)
        recovered = await self._drain.ended()
        recovered += await self._drain.lost(living, channels, self._pbx_now())
        self._none_missed(since)
        live = len(self._tracker.calls)
        log.info("exchange synchronised", pbx=self.key, live=live, recovered=recovered)
        closed = GapClosed(pbx=self.key, live_calls=live, recovered_calls=recovered)
        await self._switchboard.gap_closed(closed)

    def _events_since(self) -> tuple[int, int]:
        """Which session the events come from; another answer later means that some were missed."""
        return (self._sessions, self.calls.lost_times)

    def _none_missed(self, since: tuple[int, int]) -> None:
        if not self._watching.is_set() or self._events_since() != since:
            raise LinkLost(self.calls.trouble or LINK_LOST())

    async def _adopt(self, since: tuple[int, int]) -> frozenset[str]:
        """Take over phones and calls as they stand; returns the channels that are up.

        No event is read meanwhile: one that came after a list must not be undone by the list.
        Raises `LinkLost` if events were missed: whether the exchange was restarted is asked first.
        """
        async with self._in_order:
            devices = await self.calls.send_list({"Action": "DeviceStateList"})
            states = phone_states(devices, self._switchboard.office(), self.key)
            await self._switchboard.phones_changed(self.key, states)
            channels = await self.calls.send_list({"Action": "CoreShowChannels"})
            self._none_missed(since)
            await self._report(self._tracker.adopt(channels, self._pbx_now()))
        return frozenset(channel.get("Uniqueid") for channel in channels)

    async def _note_restart(self) -> None:
        """After a restart of the exchange every call from before the gap is over."""
        status = await self.calls.send({"Action": "CoreStatus"})
        started = f"{status.get('CoreStartupDate')} {status.get('CoreStartupTime')}"
        if self._started not in {"", started}:
            log.warning("the exchange was restarted", pbx=self.key, started=started)
            await self._report(self._tracker.pbx_restarted(self._pbx_now()))
        self._started = started

    def _link(self, user: str, secret: str, wanted: frozenset[str]) -> AmiLink:
        settings = self._settings
        return AmiLink(
            settings.host,
            settings.ami_port,
            user,
            secret,
            name=settings.key,
            wanted_events=wanted,
            voices=self._voices,
            now=self._now,
        )
