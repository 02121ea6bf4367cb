"""What to do with a call: one pure function, used by live routing, the dry run and the replay.

The order of a decision: the line's department · who calls · hours before owner · the owner · the
steps (owner, another manager, the head's mobile, the department, a wait) · the last resort. Nobody
who cannot answer costs a second; whoever is passed over leaves a reason; the chain is never longer
than the line's patience and always ends in a last resort.
"""

from __future__ import annotations

from router.candidates import Scene
from router.chain import Chain
from router.facts import Facts, Offer
from router.hours import HolidayCalendar, opens
from router.office import AfterHoursRule, LastResort, Line, Office
from router.owner import Recognised, recognise
from router.plan import Decision, Ending, Plan, Reason, Step, Why
from router.recording import recorded


def decide(offer: Offer, facts: Facts, office: Office, calendar: HolidayCalendar) -> Decision:
    """Decide whom a call rings, in which order, and why.

    Never raises for any office that `config` accepts: a line that is not known belongs to the
    default department. The instant is the offer's own.
    """
    line = line_of(offer.line, office)
    department = office.departments[line.department if line else office.default_department]
    who = recognise(offer, facts, office, department)
    scene = Scene(
        facts=facts,
        office=office,
        department=department,
        calendar=calendar,
        at=offer.at,
        pbx=offer.pbx,
        caller=who.staff,
    )
    _say_line(scene, offer, line)
    scene.reasons += who.reasons
    steps, ending = _what_to_do(scene, who, line)
    scene.say(Why.ENDING if steps else Why.ENDING_AT_ONCE, ending=ending)
    return _decision(scene, line, who, steps, ending)


def patience_of(line: Line | None) -> int:
    """The seconds that a caller of this line is kept at most (60 where the line is not known)."""
    return line.patience_seconds if line else 60


def line_of(dialled: str, office: Office) -> Line | None:
    """The line that was dialled, however its number is written; None for one that is unknown."""
    for line in office.lines.values():
        if line.number == dialled:
            return line
    digits = _digits(dialled)
    alike = (ln for ln in office.lines.values() if ln.number.endswith(digits[-4:]))
    return next((ln for ln in alike if _digits(ln.number) == digits), None)


def _digits(text: str) -> str:
    """A line's number without its dressing: +7495…, 8495…, 495… and 7495… are one line."""
    digits = "".join(c for c in text if c.isdigit())
    if len(digits) == 11 and digits[0] in "78":
        return digits[1:]
    return digits or text


def _say_line(scene: Scene, offer: Offer, line: Line | None) -> None:
    name = scene.department.name
    if line is None:
        scene.say(Why.LINE_UNKNOWN, line=offer.line[:40], department=name)
    else:
        scene.say(Why.LINE_KNOWN, line=line.name, number=line.number, department=name)


def _what_to_do(
    scene: Scene, who: Recognised, line: Line | None
) -> tuple[tuple[Step, ...], Ending]:
    if who.blocked:
        return (), Ending.REJECT
    chain = Chain(scene=scene, left_seconds=patience_of(line))
    department = scene.department
    is_open, rule = opens(department.hours, scene.at, scene.calendar)
    if is_open:
        scene.say(Why.OPEN, department=department.name)
        return _by_owner(chain, who), _last_resort(scene, line)
    scene.say(Why.CLOSED, department=department.name, rule=rule, then=department.after_hours)
    if department.after_hours is AfterHoursRule.RING:
        scene.say(Why.HOURS_IGNORED)
        return _by_owner(chain, who), _last_resort(scene, line)
    return _after_hours(chain)


def _after_hours(chain: Chain) -> tuple[tuple[Step, ...], Ending]:
    department = chain.scene.department
    if department.after_hours is AfterHoursRule.DUTY_MOBILE:
        chain.add_duty()
    if department.after_hours is AfterHoursRule.VOICEMAIL:
        if department.voicemail:
            return (), Ending.VOICEMAIL
        chain.scene.say(Why.NO_VOICEMAIL, department=department.name)
    return chain.steps(), Ending.MESSAGE_CLOSED


def _by_owner(chain: Chain, who: Recognised) -> tuple[Step, ...]:
    if who.owner:
        return chain.for_owner(who.owner)
    return chain.for_nobody(new_client=who.new)


def _last_resort(scene: Scene, line: Line | None) -> Ending:
    department = scene.department
    resort = (line.last_resort if line else None) or department.last_resort
    if resort is LastResort.VOICEMAIL and not department.voicemail:
        scene.say(Why.NO_VOICEMAIL, department=department.name)
        return Ending.MESSAGE_BUSY
    return Ending.from_last_resort(resort)


def _decision(
    scene: Scene, line: Line | None, who: Recognised, steps: tuple[Step, ...], ending: Ending
) -> Decision:
    record = recorded(scene.office, scene.department, line)
    wishes = [client for client in scene.facts.lookup.clients if client.no_recording]
    if record.record and steps and wishes:
        scene.say(Why.NOT_RECORDED, client=wishes[0].name)
    kept = record.record and bool(steps) and not wishes
    plan = Plan(
        steps=steps,
        ending=ending,
        patience_seconds=patience_of(line),
        voicemail=scene.department.voicemail,
        language=line.language if line else "ru",
        record=kept,
        record_notice=kept and record.notice,
    )
    reasons: tuple[Reason, ...] = tuple(scene.reasons)
    return Decision(
        plan=plan,
        reasons=reasons,
        line=line.key if line else "",
        department=scene.department.key,
        client=who.client.key if who.client else "",
        client_name=who.client.name if who.client else "",
        application=who.application.key if who.application else "",
        owner=who.owner.key if who.owner else "",
        matches=who.matches,
        office_version=scene.office.version,
    )
