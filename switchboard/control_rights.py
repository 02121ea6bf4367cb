"""Who may do what with a call while it lives. Pure; the answer to a command begins here.

- Take over: any manager of the call's department, and its head.
- Hang up: who is in the call, and the head of its department.
- Pause the recording: who talks in it, and the head of its department.
- Hand on: who talks in it; its head may do so for him, without asking.
"""

from __future__ import annotations

from router.calls import Call, Direction, Leg
from router.office import Manager, Office
from router.phones import is_mobile_of


def is_head(office: Office, manager: Manager, department: str) -> bool:
    """Whether he is the head of a department."""
    found = office.departments.get(department)
    return found is not None and found.head == manager.key


def may_take(office: Office, manager: Manager, department: str) -> bool:
    """Whether he may take over a call of a department."""
    return manager.department == department or is_head(office, manager, department)


def may_hang_up(office: Office, manager: Manager, call: Call, department: str) -> bool:
    """Whether he may end a call, or one leg of it."""
    dialled_it = call.direction is not Direction.INBOUND and _is_caller(manager, call)
    own = any(is_his(manager, call, leg) and not leg.ended_at for leg in call.legs)
    return own or dialled_it or is_head(office, manager, department)


def may_pause(office: Office, manager: Manager, call: Call, department: str) -> bool:
    """Whether he may pause the recording of a call, and let it go on."""
    talks = any(is_his(manager, call, leg) and leg.talking_since for leg in call.legs)
    dialled_it = call.direction is Direction.OUTBOUND and _is_caller(manager, call)
    return talks or dialled_it or is_head(office, manager, department)


def is_his(manager: Manager, call: Call, leg: Leg) -> bool:
    """Whether a leg is his desk phone, or his mobile, which any PBX may ring."""
    return is_his_desk(manager, call, leg) or is_mobile_of(manager, leg.target)


def is_his_desk(manager: Manager, call: Call, leg: Leg) -> bool:
    """Whether a leg is his desk phone."""
    return leg.target == manager.extension and call.pbx == manager.pbx


def _is_caller(manager: Manager, call: Call) -> bool:
    return call.caller == manager.extension and call.pbx == manager.pbx


def talking_leg(call: Call, manager: Manager) -> Leg | None:
    """Who of us talks with the outside party: he himself if he does, else the first who does."""
    ours = [leg for leg in call.legs if leg.talking_since and leg.id != call.id]
    own = [leg for leg in ours if is_his(manager, call, leg)]
    return next(iter(own or ours), None)


def rings_at(manager: Manager, call: Call) -> bool:
    """Whether the call rings at his desk now; what rings at his mobile he may take there."""
    return any(
        is_his_desk(manager, call, leg) and not (leg.ended_at or leg.picked_up_at)
        for leg in call.legs
    )
