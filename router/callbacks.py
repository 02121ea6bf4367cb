"""The callback list: which clients the company missed and still owes a talk.

Rules:

1. The list is a fold over the set of a party's calls, judged by the PBX's times. The order in which
   calls became known does not matter: the same set gives the same items with the same ids.
2. A *party* is a client, whichever of his numbers he used; an unknown number is its own party until
   it is known; a hidden number is one party per call.
3. A conversation closes every missed call of the party that began before the conversation ended,
   in either direction and with any colleague. An outbound call counts from 20 s of talk (a
   setting); a shorter one, one that nobody answered, or one that a person marks as "voicemail" is
   an attempt.
4. Missed calls that the same closing closes (or nothing yet) are one item. So there is never more
   than one open item, and every missed call is in exactly one.
5. A person may take an item, give it back, note something (also an hour he promised), or say that
   it is not needed. He says so of the newest missed call that he saw, so that a call which arrives
   later is not closed unseen.
6. Whoever takes an item has it for a while (30 min, a setting; the act says until when). While he
   has it nobody else can take it; then it is everybody's again, without anybody doing anything.
7. A number that several clients use is a party of its own for the calls that told none of them. On
   this number it and those clients answer for each other: a conversation with one of them stands in
   the other's list too (`by_number`), and closes what is owed there as long as a missed call from
   that number is a part of it. Two clients who are known never answer for each other, and attempts
   are their own party's alone.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby

from router.calls import Call, Direction, Disposition, MissedReason

OUTBOUND_TALK_SECONDS = 20.0
LEASE_SECONDS = 30 * 60.0
"""How long an item that was taken is its taker's, unless the settings say otherwise."""

_CLIENT = "client:"


class ClosedHow(StrEnum):
    """What closed an item: we reached the client, he reached us, or nobody has to call."""

    REACHED = "reached"
    CAME_THROUGH = "came_through"
    NOT_NEEDED = "not_needed"


class ActKind(StrEnum):
    """What a person does to an item; `voicemail` is said of an outbound call."""

    TAKEN = "taken"
    GIVEN_BACK = "given_back"
    NOTED = "noted"
    VOICEMAIL = "voicemail"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyCall:
    """What the list needs to know of an ended call.

    `by` is the extension, at `pbx`, that talked with the client (inbound) or dialled him. Times are
    the PBX's, corrected by what its clock is wrong. `voicemail`: somebody said that no person
    answered. `number` identifies the client's number; `by_number`: it is another party's, and
    stands in this list for its number alone (rule 7).
    """

    id: str
    direction: Direction
    disposition: Disposition | None
    reason: MissedReason | None
    began_at: datetime
    ended_at: datetime
    by: str = ""
    pbx: str = ""
    talk_seconds: float = 0.0
    voicemail: bool = False
    number: str = ""
    by_number: bool = False

    @classmethod
    def of(cls, call: Call) -> PartyCall:
        """The view of an ended call; one without an end ended when it began."""
        return cls(
            id=call.id,
            direction=call.direction,
            disposition=call.disposition,
            reason=call.reason,
            began_at=call.began_at,
            ended_at=call.ended_at or call.began_at,
            by=call.caller if call.direction is Direction.OUTBOUND else call.answered_by or "",
            pbx=call.pbx,
            talk_seconds=call.talk_seconds,
        )

    @property
    def missed(self) -> bool:
        """Whether the company missed the client."""
        return self.direction is Direction.INBOUND and self.disposition is Disposition.MISSED

    def is_talk(self, outbound_talk_seconds: float = OUTBOUND_TALK_SECONDS) -> bool:
        """Whether it counts as a conversation with the client."""
        if self.disposition is not Disposition.ANSWERED:
            return False
        if self.direction is Direction.OUTBOUND:
            return not self.voicemail and self.talk_seconds >= outbound_talk_seconds
        return self.direction is Direction.INBOUND


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What a person did; `call_id` is the newest missed call of the item as he saw it.

    Of `voicemail` it is the outbound call. `due_at` of `taken`: until when it is his; of `noted`:
    the hour at which he promised a call.
    """

    kind: ActKind
    call_id: str
    by: str
    at: datetime
    note: str = ""
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An outbound call to the client that was no conversation; `by` dialled it at `pbx`."""

    call_id: str
    at: datetime
    by: str
    talk_seconds: float
    pbx: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What somebody wrote beside an item."""

    at: datetime
    by: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """The end of an item: when, how, by whom, and the conversation if it was one.

    `by` is a phone at `pbx`; who said that it is not needed is a person, and `pbx` empty.
    """

    at: datetime
    how: ClosedHow
    by: str
    pbx: str = ""
    call_id: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackItem:
    """One item of the list; open while `closing` is None.

    `missed` are call ids, oldest first. `after_hours`: every one of them came while the department
    was closed. `taken_by` took it last; `holder` tells whether it is still his. `promised_at` is
    the hour promised last.
    """

    id: str
    party: str
    missed: tuple[str, ...]
    first_missed_at: datetime
    last_missed_at: datetime
    after_hours: bool
    attempts: tuple[Attempt, ...] = ()
    taken_by: str = ""
    taken_at: datetime | None = None
    taken_until: datetime | None = None
    notes: tuple[Note, ...] = ()
    promised_at: datetime | None = None
    closing: Closing | None = None

    def holder(self, now: datetime) -> str:
        """Whose it is at `now`, "" for everybody's."""
        return self.taken_by if self.taken_until and now < self.taken_until else ""


def party_of(
    *, call_id: str, number_key: str | None, client: str, clients_of_number: Collection[str]
) -> str:
    """To whom a call belongs.

    `client` is who was recognised ("" for nobody), `clients_of_number` everybody known to use the
    number; of several, none is chosen by chance.
    """
    if client:
        return party_of_client(client)
    if not number_key:
        return f"call:{call_id}"
    known = set(clients_of_number)
    return party_of_client(known.pop()) if len(known) == 1 else party_of_number(number_key)


def party_of_client(client: str) -> str:
    """To whom the calls of a client belong, those from before he was known too."""
    return f"{_CLIENT}{client}"


def party_of_number(number_key: str) -> str:
    """To whom the calls of a number belong that is nobody's, or several clients'."""
    return f"number:{number_key}"


def client_of(party: str) -> str:
    """The client to whom a call belongs; "" for a number and for nobody."""
    return party.removeprefix(_CLIENT) if party.startswith(_CLIENT) else ""


def items(
    party: str,
    calls: Iterable[PartyCall],
    acts: Iterable[Act] = (),
    *,
    outbound_talk_seconds: float = OUTBOUND_TALK_SECONDS,
) -> tuple[CallbackItem, ...]:
    """All items of one party, oldest first; at most the last one is open."""
    done = sorted(set(acts), key=_turn)
    known = _marked({call.id: call for call in calls}, done)
    ordered = sorted(known.values(), key=_place)
    own = [call for call in ordered if not call.by_number]
    missed = [call for call in own if call.missed]
    if not missed:
        return ()
    closings = _closings(ordered, missed, done, outbound_talk_seconds)
    tries = [call for call in own if _is_attempt(call, outbound_talk_seconds)]
    attempts = {n: list(group) for n, group in groupby(tries, key=closings.number_for)}
    return tuple(
        _item(party, list(group), closings.at(n), attempts.get(n, ()), done)
        for n, group in groupby(missed, key=closings.number_for)
    )


def _marked(known: dict[str, PartyCall], acts: Iterable[Act]) -> dict[str, PartyCall]:
    """The calls, those of which somebody said "voicemail" marked."""
    for act in acts:
        if act.kind is ActKind.VOICEMAIL and act.call_id in known:
            known[act.call_id] = replace(known[act.call_id], voicemail=True)
    return known


def _place(call: PartyCall) -> tuple[datetime, str]:
    return call.began_at, call.id


def _turn(act: Act) -> tuple[datetime, str, str, str, str, str]:
    due = act.due_at.isoformat() if act.due_at else ""
    return act.at, act.kind, act.call_id, act.by, act.note, due


def _is_attempt(call: PartyCall, outbound_talk_seconds: float) -> bool:
    return call.direction is Direction.OUTBOUND and not call.is_talk(outbound_talk_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Closings:
    """Everything that closes, by the instant up to which missed calls are closed.

    A conversation closes what began before its end, "not needed" also the very call it was said
    of: the second part of the key decides when the instants are the same.
    """

    keys: Sequence[tuple[datetime, int]]
    closings: Sequence[Closing]

    def number_for(self, call: PartyCall) -> int:
        """Which closing closes a call that began then; one past the last means none yet."""
        return bisect_right(self.keys, (call.began_at, 0))

    def at(self, number: int) -> Closing | None:
        return self.closings[number] if number < len(self.closings) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A closing with its key; of a conversation that stands in the list by number, that number."""

    key: tuple[datetime, int]
    closing: Closing
    number: str = ""


def _closings(
    ordered: Sequence[PartyCall],
    missed: Sequence[PartyCall],
    acts: Sequence[Act],
    outbound_talk_seconds: float,
) -> _Closings:
    own = {call.id: call for call in ordered if not call.by_number}
    found = [
        _Found(
            key=(call.ended_at, 0),
            closing=_closing_by(call),
            number=call.number if call.by_number else "",
        )
        for call in ordered
        if call.is_talk(outbound_talk_seconds)
    ]
    found += [
        _Found(
            key=(own[act.call_id].began_at, 1),
            closing=Closing(at=act.at, how=ClosedHow.NOT_NEEDED, by=act.by, note=act.note),
        )
        for act in acts
        if act.kind is ActKind.NOT_NEEDED and act.call_id in own
    ]
    kept = _that_close(sorted(found, key=lambda one: one.key), missed)
    return _Closings(keys=[one.key for one in kept], closings=[one.closing for one in kept])


def _that_close(found: Iterable[_Found], missed: Sequence[PartyCall]) -> list[_Found]:
    """Without the conversations by number that find no missed call of that number still owed."""
    begins = [(call.began_at, 0) for call in missed]
    kept: list[_Found] = []
    settled = 0
    for one in found:
        until = bisect_left(begins, one.key)
        if not one.number or any(call.number == one.number for call in missed[settled:until]):
            kept.append(one)
            settled = until
    return kept


def _closing_by(talk: PartyCall) -> Closing:
    outbound = talk.direction is Direction.OUTBOUND
    how = ClosedHow.REACHED if outbound else ClosedHow.CAME_THROUGH
    return Closing(at=talk.ended_at, how=how, by=talk.by, pbx=talk.pbx, call_id=talk.id)


def _attempt(call: PartyCall) -> Attempt:
    return Attempt(
        call_id=call.id,
        at=call.began_at,
        by=call.by,
        pbx=call.pbx,
        talk_seconds=call.talk_seconds,
    )


def _item(
    party: str,
    missed: Sequence[PartyCall],
    closing: Closing | None,
    tries: Iterable[PartyCall],
    acts: Iterable[Act],
) -> CallbackItem:
    first, ids = missed[0], {call.id for call in missed}
    mine = [act for act in acts if act.call_id in ids]
    taken = _taken(mine)
    promised = [act.due_at for act in mine if act.kind is ActKind.NOTED and act.due_at]
    return CallbackItem(
        id=f"cb-{first.id}",
        party=party,
        missed=tuple(call.id for call in missed),
        first_missed_at=first.began_at,
        last_missed_at=missed[-1].began_at,
        after_hours=all(call.reason is MissedReason.CLOSED for call in missed),
        attempts=tuple(_attempt(call) for call in tries if call.began_at >= first.began_at),
        taken_by=taken.by if taken else "",
        taken_at=taken.at if taken else None,
        taken_until=_until(taken) if taken else None,
        notes=tuple(
            Note(at=act.at, by=act.by, text=act.note)
            for act in mine
            if act.note and act.kind is not ActKind.NOT_NEEDED
        ),
        promised_at=promised[-1] if promised else None,
        closing=closing,
    )


def _taken(acts: Iterable[Act]) -> Act | None:
    """The last taking that was not given back; a second taker gets nothing while it is taken."""
    taken: Act | None = None
    for act in acts:
        if act.kind is ActKind.TAKEN:
            free = taken is None or taken.by == act.by or act.at >= _until(taken)
            taken = act if free else taken
        elif act.kind is ActKind.GIVEN_BACK:
            taken = None
    return taken


def _until(taken: Act) -> datetime:
    return taken.due_at or taken.at + timedelta(seconds=LEASE_SECONDS)
