"""Checks of the office file that need more than one value: who is named must exist, once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from config.reading import Table
from config.toml_lines import Path
from router.lint import deputy_circles
from router.office import AbsentRule, AfterHoursRule, Department, Manager, Office


def check_office(office: Office, root: Table, pbxs: Collection[str] | None) -> None:
    """Notes everything in the office that does not fit together.

    `pbxs` are the PBXs of the service's settings; None: not known here, not checked.
    """
    _check_pbxs(office, root, pbxs)
    _check_departments(office, root)
    _check_managers(office, root)
    for key, line in office.lines.items():
        path = ("lines", key, "department")
        _exists(root, path, line.department, office.departments, "no-such-department")
    _check_once(office, root)
    _check_deputies(office, root)


def _check_pbxs(office: Office, root: Table, pbxs: Collection[str] | None) -> None:
    if pbxs is None:
        return
    known = dict.fromkeys(pbxs)
    for key, manager in office.managers.items():
        _exists(root, ("managers", key, "pbx"), manager.pbx, known, "no-such-pbx")
    for key, outgoing in office.outgoing.items():
        _exists(root, ("outgoing", key, "pbx"), outgoing.pbx, known, "no-such-pbx")


def _check_departments(office: Office, root: Table) -> None:
    if not office.departments:
        root.notes.add((), "no-departments")
    elif not office.default_department:
        example = next(iter(office.departments))
        root.notes.add(("office",), "default-department-missing", example=example)
    path: Path = ("office", "default_department")
    _exists(root, path, office.default_department, office.departments, "no-such-department")
    for key, department in office.departments.items():
        here = ("departments", key)
        line = department.outgoing_line
        _exists(root, (*here, "head"), department.head, office.managers, "no-such-manager")
        _exists(root, (*here, "outgoing_line"), line, office.outgoing, "no-such-outgoing")
        duty = department.duty_mobile
        _exists(root, (*here, "duty_mobile"), duty, office.managers, "no-such-manager")
        _check_mobiles(office, department, root)


def _check_mobiles(office: Office, department: Department, root: Table) -> None:
    here = ("departments", department.key)
    head = office.managers.get(department.head)
    if head and department.mobile_ring_seconds and not _written(root, head, "mobile"):
        root.notes.add((*here, "head"), "head-without-mobile", head=head.key)
    duty = office.managers.get(department.duty_mobile)
    rings = department.after_hours is AfterHoursRule.DUTY_MOBILE
    if duty and rings and not _written(root, duty, "mobile"):
        root.notes.add((*here, "duty_mobile"), "duty-without-mobile", duty=duty.key)


def _check_managers(office: Office, root: Table) -> None:
    for key, manager in office.managers.items():
        here: Path = ("managers", key)
        department = manager.department
        path = (*here, "department")
        _exists(root, path, department, office.departments, "no-such-department")
        _exists(root, (*here, "deputy"), manager.deputy, office.managers, "no-such-manager")
        for status, rule in manager.when_absent.items():
            there = (*here, "when_absent", status.value)
            if rule is AbsentRule.MOBILE and not _written(root, manager, "mobile"):
                root.notes.add(there, "absent-without-mobile", manager=key)
            if rule is AbsentRule.DEPUTY and not manager.deputy:
                root.notes.add(there, "absent-without-deputy", manager=key)


def _check_once(office: Office, root: Table) -> None:
    phones: dict[tuple[str, str], str] = {}
    for key, manager in office.managers.items():
        if not manager.extension:
            continue
        other = phones.setdefault((manager.pbx, manager.extension), key)
        if other != key:
            root.notes.add(
                ("managers", key, "extension"),
                "extension-twice",
                extension=manager.extension,
                pbx=manager.pbx,
                other=other,
                other_line=root.notes.lines.of(("managers", other, "extension")),
            )
    lines: dict[str, str] = {}
    for key, line in office.lines.items():
        if not line.number:
            continue
        other = lines.setdefault(line.number, key)
        if other != key:
            other_line = root.notes.lines.of(("lines", other, "number"))
            about = {"number": line.number, "other": other, "other_line": other_line}
            root.notes.add(("lines", key, "number"), "line-twice", **about)


def _check_deputies(office: Office, root: Table) -> None:
    for circle in deputy_circles(office.managers):
        path = ("managers", circle[0], "deputy")
        if len(circle) == 1:
            root.notes.add(path, "deputy-himself")
        else:
            root.notes.add(path, "deputy-loop", loop=" → ".join((*circle, circle[0])))


def _exists(root: Table, path: Path, word: str, words: Mapping[str, object], sentence: str) -> None:
    if word and word not in words:
        hint = _hint(root, word, words)
        root.notes.add(path, sentence, value=word, hint=hint)


def _hint(root: Table, word: str, words: Iterable[str]) -> str:
    return root.notes.hint(word, words)


def _written(root: Table, manager: Manager, key: str) -> bool:
    """Tells that the file has a value, be it readable or not: one mistake, one sentence."""
    return bool(root.data["managers"][manager.key].get(key))
