"""Take a call: gather the facts within their deadline, decide, and remember what was decided."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from crm_bridge.port import ClientDirectory
from pbx_adapters.port import CallOffered
from router.decide import decide, line_of
from router.facts import Client, Facts, Lookup, LookupOutcome, Offer
from router.hours import HolidayCalendar
from router.numbers import NumberPlan, PhoneNumber, mask, normalise, read_caller
from router.office import Office
from router.plan import Decision
from switchboard.live import LiveCalls, Made
from switchboard.news import CallDecided, Newsroom
from switchboard.presence import PresenceBook

LOOKUP_SECONDS = 0.8
_WARM_UP_SECONDS = 5.0

log = structlog.get_logger()


def number_plan(office: Office) -> NumberPlan:
    """How numbers are read in this office."""
    extensions = frozenset(m.extension for m in office.managers.values())
    return NumberPlan(
        region=office.region, area_code=office.area_code or None, extensions=extensions
    )


class Routing:
    """Live routing. The dry run calls the same `decide` with the same kind of facts."""

    def __init__(  # noqa: PLR0913 - what it works with, all by keyword
        self,
        *,
        directory: ClientDirectory,
        presence: PresenceBook,
        live: LiveCalls,
        news: Newsroom,
        calendar: HolidayCalendar,
        now: Callable[[], datetime],
        lookup_seconds: float = LOOKUP_SECONDS,
    ) -> None:
        self._directory = directory
        self._presence = presence
        self._live = live
        self._news = news
        self._calendar = calendar
        self._now = now
        self._lookup_seconds = lookup_seconds
        self._turns: Counter[str] = Counter()
        self._reading: tuple[Office, NumberPlan] | None = None

    async def warm_up(self) -> None:
        """Have the client base open its connection before a caller who leaves can interrupt it."""
        nobody = normalise("+74950000000", NumberPlan(region="RU"))
        await look_up(self._directory, nobody, _WARM_UP_SECONDS)

    async def decide(self, offered: CallOffered, office: Office) -> Decision:
        """Decide whom a call rings."""
        asked_at = asyncio.get_running_loop().time()
        number = read_caller(offered.caller, self._plan_of(office))
        offer = Offer(
            call_id=offered.call_id,
            pbx=offered.pbx,
            line=offered.line,
            caller=offered.caller,
            caller_name=offered.caller_name,
            number=number,
            at=offered.at,
        )
        lookup = await look_up(self._directory, number, self._lookup_seconds)
        line = line_of(offered.line, office)
        turn = self._turns[line.department if line else office.default_department]
        self._presence.forget_promises(self._now())
        presence = self._presence.of(office)
        facts = Facts(lookup=lookup, presence=presence, round_robin=turn)
        decision = decide(offer, facts, office, self._calendar)
        self._remember(offer, decision)
        self._news.tell(
            CallDecided(
                pbx=offer.pbx,
                call_id=offer.call_id,
                caller=offer.caller,
                decision=decision,
                lookup=lookup.outcome,
                seconds=asyncio.get_running_loop().time() - asked_at,
            )
        )
        return decision

    def _plan_of(self, office: Office) -> NumberPlan:
        """How numbers are read, made once for each office that comes into force."""
        if self._reading is None or self._reading[0] is not office:
            self._reading = (office, number_plan(office))
        return self._reading[1]

    def _remember(self, offer: Offer, decision: Decision) -> None:
        if decision.line:
            self._turns[decision.department] += 1
        self._live.decided(Made(offer=offer, decision=decision, at=self._now()))
        self._presence.promise(offer.call_id, decision, self._now())
        log.info(
            "call routed",
            call=offer.call_id,
            line=offer.line,
            caller=mask(offer.caller),
            owner=decision.owner,
            steps=[step.role for step in decision.plan.steps],
        )


async def look_up(directory: ClientDirectory, number: PhoneNumber, seconds: float) -> Lookup:
    """Ask whose client calls; only numbers that mean somebody are asked for."""
    if not number.is_matchable:
        return Lookup(outcome=LookupOutcome.NOT_ASKED)
    return await directory.look_up(number, deadline_seconds=seconds)


def client_meant(matches: Sequence[Client], key: str = "") -> Client | None:
    """The client of a number who was named, else the only one; of several none by chance."""
    named = next((client for client in matches if client.key == key), None)
    return named or (matches[0] if len(matches) == 1 else None)
