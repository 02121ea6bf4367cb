"""What the stories about commands share: a talk to begin with, and phones that are free again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sales_floor import caller_of, eventually

from dozvon.lab import CallState
from router.facts import PhoneState
from storage.statuses import StatusRow

if TYPE_CHECKING:
    from sales_floor import Desk, Floor
    from two_services import Inside

    from dozvon.lab import OutsideCall, Phone, PhoneCall
    from router.calls import Call
    from router.office import Status
    from storage.records import CallStory
    from storage.unit_of_work import UnitOfWork


async def live_call(served: Inside, call: OutsideCall) -> Call:
    """The call as the service knows it."""

    async def probe() -> Call | None:
        caller = caller_of(call)
        return next((c for c in served.board.live.all() if c.caller == caller), None)

    found = await eventually(probe, 3, "the service knows the call")
    assert found
    return found


async def ringing_call(served: Inside, call: OutsideCall) -> Call:
    """The call as the service knows it, once it knows of a leg that rings."""

    async def probe() -> Call | None:
        found = await live_call(served, call)
        return found if any(leg.rang_at and not leg.ended_at for leg in found.legs) else None

    found = await eventually(probe, 3, "the service knows that it rings")
    assert found
    return found


async def ringing_at_owner(desk: Desk) -> OutsideCall:
    """A client of the desk's first manager calls, and it rings there."""
    call = await desk.call(name="Ivan")
    await desk.a.wait_ringing(3)
    return call


async def a_talk(served: Inside, desk: Desk) -> tuple[OutsideCall, Call]:
    """A client who talks with the owner, as the service knows it."""
    call = await desk.call()
    await desk.a.wait_ringing(3)
    await desk.a.answer()
    assert await call.wait_answered(2)

    async def probe() -> Call | None:
        found = await live_call(served, call)
        return found if any(leg.talking_since for leg in found.legs) else None

    found = await eventually(probe, 3, "the service knows that they talk")
    assert found
    return call, found


async def has_the_client(served: Inside, call: OutsideCall, phone: Phone) -> None:
    """Waits until the service knows that this phone talks with the client.

    A phone has answered when the exchange has acknowledged it; whoever hangs up in that very
    instant may be quicker than the exchange's joining of the two.
    """

    async def probe() -> bool:
        legs = (await live_call(served, call)).legs
        return any(leg.target == phone.extension and leg.talking_since for leg in legs)

    await eventually(probe, 10, f"{phone.extension} talks with the client")


async def free_again(served: Inside, desk: Desk) -> None:
    """Waits until the service knows that every phone of the desk is free."""
    told: dict[str, PhoneState] = {}

    async def probe() -> bool:
        presence = served.board.presence.of(served.board.office())
        told.update({f"{w}{desk.number}": presence[f"{w}{desk.number}"].phone for w in "abc"})
        return set(told.values()) == {PhoneState.FREE}

    try:
        await eventually(probe, 5, "all phones are free")
    except AssertionError:
        raise AssertionError(told) from None


async def known_to(served: Inside, manager: str, state: PhoneState) -> None:
    """Waits until the service knows how a manager's phone stands."""

    async def probe() -> bool:
        return served.board.presence.of(served.board.office())[manager].phone is state

    await eventually(probe, 3, f"{manager} is {state}")


async def set_status(served: Inside, manager: str, status: Status) -> None:
    """Sets a manager's status as he would, and waits until the exchange mirrors it."""
    row = StatusRow(manager=manager, status=status, by="test", since=served.board.now)

    async def work(uow: UnitOfWork) -> None:
        await uow.statuses.set(row)

    await served.board.write(work)
    await served.board.refresh()


async def only_call(floor: Floor, call: OutsideCall) -> CallStory:
    """The one call of its caller in the log, and no other."""
    await floor.settled(caller_of(call))
    found = await floor.calls_of(caller_of(call))
    assert len(found) == 1
    return found[0]


def talks(phone_call: PhoneCall) -> bool:
    return phone_call.state is CallState.TALKING
