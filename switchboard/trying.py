"""Try a call: whom would it ring, and why? The same `decide` as for live calls; nothing rings.

The statuses are those that hold at the asked moment. The phones' states are known for this very
moment only: of any other they are unknown, and unknown means: ring it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from crm_bridge.port import ClientDirectory
from router.decide import decide, line_of
from router.facts import Facts, Lookup, LookupOutcome, Offer, Presence
from router.hours import HolidayCalendar
from router.numbers import read_caller
from router.office import Line, Office, Status
from router.plan import Decision
from storage.database import Database
from storage.statuses import Statuses
from switchboard.routing import look_up, number_plan

CALL_ID = "dry-run"
LOOKUP_SECONDS = 5.0
"""A person can wait longer than a caller."""

ReadMoment = Callable[[ZoneInfo], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The call that is tried: a line by key, name or number, and who calls, as written."""

    line: str
    caller: str
    pbx: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came out."""

    offer: Offer
    lookup: LookupOutcome
    decision: Decision


class Trial:
    """Tries calls over an office, a client base and the people's statuses.

    Without a `directory` or a `database` nobody is recognised, or everybody is available. `phones`
    gives what is known of everybody at this moment; None where nobody watches a phone.
    """

    def __init__(
        self,
        office: Office,
        calendar: HolidayCalendar,
        *,
        directory: ClientDirectory | None = None,
        database: Database | None = None,
        phones: Callable[[], dict[str, Presence]] | None = None,
    ) -> None:
        self._office = office
        self._calendar = calendar
        self._directory = directory
        self._database = database
        self._phones = phones

    async def of(self, asked: Asked, now: datetime, at: ReadMoment | None = None) -> Tried:
        """The decision on a call; `at` reads the asked moment on the department's clock."""
        offer = self._offer(asked, now, at)
        lookup = await self._look_up(offer)
        facts = Facts(lookup=lookup, presence=await self._presence(offer.at, now))
        decision = decide(offer, facts, self._office, self._calendar)
        return Tried(offer=offer, lookup=lookup.outcome, decision=decision)

    def _offer(self, asked: Asked, now: datetime, at: ReadMoment | None) -> Offer:
        line = find_line(self._office, asked.line)
        offer = Offer(
            call_id=CALL_ID,
            pbx="",
            line=line.number if line else asked.line,
            caller=asked.caller,
            number=read_caller(asked.caller, number_plan(self._office)),
            at=now,
        )
        nothing = Facts(lookup=Lookup(outcome=LookupOutcome.NOT_ASKED))
        department = decide(offer, nothing, self._office, self._calendar).department
        zone = ZoneInfo(self._office.departments[department].hours.timezone)
        members = self._office.members(department) or tuple(self._office.managers.values())
        pbx = asked.pbx or (members[0].pbx if members else "main")
        return replace(offer, at=at(zone) if at else now, pbx=pbx)

    async def _look_up(self, offer: Offer) -> Lookup:
        if self._directory is None:
            failed = offer.number.is_matchable
            return Lookup(outcome=LookupOutcome.FAILED if failed else LookupOutcome.NOT_ASKED)
        return await look_up(self._directory, offer.number, LOOKUP_SECONDS)

    async def _presence(self, at: datetime, now: datetime) -> dict[str, Presence]:
        if self._phones is not None and at == now:
            return self._phones()
        statuses: dict[str, Status] = {}
        if self._database is not None:
            async with self._database.reading() as connection:
                rows = await Statuses(connection).all()
            statuses = {k: r.status for k, r in rows.items() if r.until is None or r.until > at}
        return {
            key: Presence(status=statuses.get(key, Status.AVAILABLE))
            for key in self._office.managers
        }


def find_line(office: Office, text: str) -> Line | None:
    """The line that a key, a name or a number means."""
    wanted = text.strip().casefold()
    named = (x for x in office.lines.values() if wanted in {x.key.casefold(), x.name.casefold()})
    return next(named, None) or line_of(text, office)
