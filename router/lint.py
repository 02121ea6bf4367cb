"""The linter of rules: what is wrong with an office before a caller finds out.

An office that `config` accepted can be followed, but may still not do what its owner wants: a chain
longer than the patience, a step that is never reached, hours that nobody covers. Rules:

- an *error* loses calls or leads nowhere; a *warning* is followed, but not as it is written;
- every finding has a stable id, the path of the key to change, and a sentence in both languages;
- nothing raises, whatever the office: a name that does not exist counts as nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from router.chain import CONFIRM_SECONDS, SHORTEST_STEP_SECONDS
from router.lint_sentences import LINT_SENTENCES, LINT_WORDS
from router.lint_week import first_gap, overlap, show_stretch
from router.office import (
    AbsentRule,
    AfterHoursRule,
    Department,
    LastResort,
    Line,
    Manager,
    Office,
    OutgoingLine,
    Status,
)


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that the rules do not do as written; `id` is stable, `path` names the key."""

    id: str
    severity: Severity
    path: str
    about: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)

    def sentence(self, language: str) -> str:
        """Returns the finding in a sentence; a language that is not `ru` is answered in English."""
        side = 0 if language == "ru" else 1
        filled = {name: _word(value, side) for name, value in self.about.items()}
        return LINT_SENTENCES[self.id][side].format(**filled)


def lint(office: Office) -> tuple[Finding, ...]:
    """Returns all findings of an office: errors first, each in the order of the office."""
    found = [
        *(f for line in office.lines.values() for f in _lint_line(office, line)),
        *(f for each in office.departments.values() for f in _lint_department(office, each)),
        *(f for manager in office.managers.values() for f in _lint_manager(office, manager)),
        *_lint_deputies(office),
    ]
    return tuple(sorted(found, key=lambda finding: finding.severity is Severity.WARNING))


def _word(value: str | tuple[str, ...], side: int) -> str:
    """Translates: a text is a name and stays, a tuple is a word of the linter with its name."""
    if isinstance(value, str):
        return value
    kind, *parts = value
    if kind != "steps":
        return LINT_WORDS[kind][side].format(name="".join(parts))
    steps = (part.split(" ") for part in parts)
    return " + ".join(f"{LINT_WORDS[word][side]} {seconds}" for word, seconds in steps)


def _error(finding: str, path: str, **about: str | tuple[str, ...]) -> Finding:
    return Finding(id=finding, severity=Severity.ERROR, path=path, about=about)


def _warning(finding: str, path: str, **about: str | tuple[str, ...]) -> Finding:
    return Finding(id=finding, severity=Severity.WARNING, path=path, about=about)


# Lines ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    name: str
    ring_seconds: int
    confirm_seconds: int = 0

    @property
    def longest_seconds(self) -> int:
        return self.ring_seconds + self.confirm_seconds


def _lint_line(office: Office, line: Line) -> Iterator[Finding]:
    path = f"lines.{line.key}"
    department = office.departments.get(line.department)
    if department is None:
        return
    steps = _usual_chain(office, department)
    if not steps and not _duty_rings(office, department):
        about = {"line": line.name, "department": department.name}
        yield _error("line-nobody-can-answer", f"{path}.department", **about)
    yield from _lint_chain(line, steps)
    resort = line.last_resort
    if resort is LastResort.VOICEMAIL and not department.voicemail:
        what = ("line-last-resort", line.name)
        where = f"{path}.last_resort"
        yield _error("voicemail-without-box", where, what=what, department=department.name)


def _lint_chain(line: Line, steps: tuple[_Step, ...]) -> Iterator[Finding]:
    patience, path = line.patience_seconds, f"lines.{line.key}.patience"
    total = sum(step.longest_seconds for step in steps)
    if total > patience:
        yield _warning(
            "chain-too-long",
            path,
            line=line.name,
            steps=("steps", *(f"{step.name} {step.longest_seconds}" for step in steps)),
            total=str(total),
            over=str(total - patience),
            patience=str(patience),
        )
    left = patience
    for step in steps:
        ring = min(step.ring_seconds, left - step.confirm_seconds)
        if ring < min(SHORTEST_STEP_SECONDS, step.ring_seconds):
            about = {"line": line.name, "patience": str(patience)}
            yield _warning("step-unreachable", path, step=(step.name,), **about)
        else:
            left -= ring + step.confirm_seconds


def _usual_chain(office: Office, department: Department) -> tuple[_Step, ...]:
    """The steps of a call whose owner is there: the longest way a call usually goes."""
    phones = [m for m in office.members(department.key) if m.extension]
    confirm = CONFIRM_SECONDS if department.confirm_mobile else 0
    head = office.managers.get(department.head)
    steps = (
        (bool(phones), _Step(name="owner", ring_seconds=department.owner_ring_seconds)),
        (len(phones) > 1, _Step(name="colleague", ring_seconds=department.colleague_ring_seconds)),
        (
            head is not None and _mobile_rings(office, department, head),
            _Step(
                name="head_mobile",
                ring_seconds=department.mobile_ring_seconds,
                confirm_seconds=confirm,
            ),
        ),
        (bool(phones), _Step(name="department", ring_seconds=department.group_ring_seconds)),
    )
    return tuple(step for there, step in steps if there and step.ring_seconds)


def _mobile_rings(office: Office, department: Department, manager: Manager) -> bool:
    outgoing = _outgoing(office, department)
    return bool(manager.mobile and outgoing and manager.mobile.startswith(outgoing.prefixes))


def _duty_rings(office: Office, department: Department) -> bool:
    duty = office.managers.get(department.duty_mobile)
    wanted = department.after_hours is AfterHoursRule.DUTY_MOBILE
    return wanted and duty is not None and _mobile_rings(office, department, duty)


def _outgoing(office: Office, department: Department) -> OutgoingLine | None:
    if department.outgoing_line:
        return office.outgoing.get(department.outgoing_line)
    return next(iter(office.outgoing.values()), None)


# Departments ------------------------------------------------------------------------------------


def _lint_department(office: Office, department: Department) -> Iterator[Finding]:
    path, name = f"departments.{department.key}", department.name
    members = office.members(department.key)
    if not members:
        yield _error("department-empty", path, department=name)
    if not department.hours.week and not any(department.hours.special.values()):
        yield _warning("department-always-closed", f"{path}.hours", department=name)
    yield from _lint_cover(department, members)
    yield from _lint_voicemail(department)
    yield from _lint_mobiles(office, department, members)


def _lint_cover(department: Department, members: tuple[Manager, ...]) -> Iterator[Finding]:
    week = department.hours.week
    if not week or not members or any(not m.shifts for m in members):
        return
    shifts = tuple(window for m in members for window in m.shifts)
    path = f"departments.{department.key}.hours"
    if not overlap(week, shifts):
        yield _error("department-never-covered", path, department=department.name)
    elif gap := first_gap(week, shifts):
        stretch = show_stretch(gap)
        about = {"department": department.name, "stretch": stretch}
        yield _warning("department-partly-uncovered", path, **about)


def _lint_voicemail(department: Department) -> Iterator[Finding]:
    if department.voicemail:
        return
    path, name = f"departments.{department.key}", department.name
    if department.after_hours is AfterHoursRule.VOICEMAIL:
        what = ("after-hours", name)
        yield _error("voicemail-without-box", f"{path}.after_hours", what=what, department=name)
    if department.last_resort is LastResort.VOICEMAIL:
        what = ("last-resort", name)
        yield _error("voicemail-without-box", f"{path}.last_resort", what=what, department=name)


def _lint_mobiles(
    office: Office, department: Department, members: tuple[Manager, ...]
) -> Iterator[Finding]:
    path, name = f"departments.{department.key}", department.name
    head = office.managers.get(department.head)
    if head and not head.mobile and department.mobile_ring_seconds:
        about = {"department": name, "manager": head.name}
        yield _warning("head-without-mobile", f"{path}.head", **about)
    duty = office.managers.get(department.duty_mobile)
    wants_duty = department.after_hours is AfterHoursRule.DUTY_MOBILE
    if wants_duty and (duty is None or not duty.mobile):
        yield _error("duty-mobile-missing", f"{path}.duty_mobile", department=name)
    rung = {m.key: m for m in members if AbsentRule.MOBILE in _rules(m, department).values()}
    if head and department.mobile_ring_seconds:
        rung[head.key] = head
    if duty and wants_duty:
        rung[duty.key] = duty
    yield from _lint_outgoing(office, department, [m for m in rung.values() if m.mobile])


def _lint_outgoing(
    office: Office, department: Department, rung: Iterable[Manager]
) -> Iterator[Finding]:
    outgoing = _outgoing(office, department)
    for manager in rung:
        if outgoing is None:
            path = f"departments.{department.key}.outgoing_line"
            yield _error("outgoing-line-missing", path, department=department.name)
            return
        if not manager.mobile.startswith(outgoing.prefixes):
            yield _error(
                "mobile-prefix-refused",
                f"managers.{manager.key}.mobile",
                manager=manager.name,
                number=manager.mobile,
                outgoing=outgoing.key,
                prefixes=", ".join(outgoing.prefixes),
            )


# Managers ---------------------------------------------------------------------------------------


def _lint_manager(office: Office, manager: Manager) -> Iterator[Finding]:
    path = f"managers.{manager.key}"
    if not manager.extension:
        yield _error("manager-without-phone", f"{path}.extension", manager=manager.name)
    department = office.departments.get(manager.department)
    if department is None:
        return
    week = department.hours.week
    if week and manager.shifts and not overlap(week, manager.shifts):
        about = {"manager": manager.name, "department": department.name}
        yield _warning("manager-never-on-shift", f"{path}.shifts", **about)
    yield from _lint_absence(office, department, manager)


def _lint_absence(office: Office, department: Department, manager: Manager) -> Iterator[Finding]:
    told: set[AbsentRule] = set()
    for status, rule in _rules(manager, department).items():
        why = _leads_nowhere(office, manager, rule)
        if not why or rule in told:
            continue
        told.add(rule)
        own = status in manager.when_absent
        suffix = f"when_absent.{status}" if own else "when_absent"
        about = {"manager": manager.name, "status": status.value, "rule": rule.value}
        path = f"managers.{manager.key}.{suffix}"
        yield _warning("absence-leads-nowhere", path, why=(why,), **about)


def _rules(manager: Manager, department: Department) -> dict[Status, AbsentRule]:
    """What each absence of a manager means: his own rule, else the department's."""
    away = (status for status in Status if status is not Status.AVAILABLE)
    return {status: manager.when_absent.get(status, department.absent_rule) for status in away}


def _leads_nowhere(office: Office, manager: Manager, rule: AbsentRule) -> str:
    others = [m for m in office.members(manager.department) if m.key != manager.key]
    if rule is AbsentRule.MOBILE and not manager.mobile:
        return "no-mobile"
    if rule is AbsentRule.DEPUTY and manager.deputy not in office.managers:
        return "no-deputy"
    if rule in {AbsentRule.COLLEAGUE, AbsentRule.DEPARTMENT} and not others:
        head = office.managers.get(office.departments[manager.department].head)
        reached = head is not None and bool(head.mobile)
        return "" if reached or manager.deputy in office.managers else "no-colleague"
    return ""


def deputy_circles(managers: Mapping[str, Manager]) -> Iterator[tuple[str, ...]]:
    """Yields every circle of deputies once: the keys in order, a single one for his own deputy."""
    seen_from: dict[str, str] = {}
    for start in managers:
        way: list[str] = []
        at = start
        while at in managers and at not in seen_from:
            seen_from[at] = start
            way.append(at)
            at = managers[at].deputy
        if seen_from.get(at) == start and at in way:
            yield tuple(way[way.index(at) :])


def _lint_deputies(office: Office) -> Iterator[Finding]:
    for circle in deputy_circles(office.managers):
        path = f"managers.{circle[0]}.deputy"
        if len(circle) == 1:
            yield _error("deputy-himself", path, manager=office.managers[circle[0]].name)
        else:
            yield _error("deputy-loop", path, loop=" → ".join((*circle, circle[0])))
