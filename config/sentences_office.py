"""Sentences about how the parts of an office fit together, and about its changes."""

from __future__ import annotations

from typing import Final

OFFICE_SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "no-departments": (
        "В офисе нет ни одного отдела: добавьте раздел [departments.sales].",
        "The office has no department: add a section [departments.sales].",
    ),
    "default-department-missing": (
        (
            "Отделов несколько: скажите, куда идут звонки на неизвестный номер:"
            ' default_department = "{example}".'
        ),
        (
            "There are several departments: say where calls to an unknown number go:"
            ' default_department = "{example}".'
        ),
    ),
    "no-such-department": (
        "Отдела «{value}» нет. {hint}",
        "There is no department “{value}”. {hint}",
    ),
    "no-such-manager": (
        "Менеджера «{value}» нет. {hint}",
        "There is no manager “{value}”. {hint}",
    ),
    "no-such-outgoing": (
        "Исходящей линии «{value}» нет. {hint}",
        "There is no outgoing line “{value}”. {hint}",
    ),
    "no-such-pbx": (
        "АТС «{value}» нет в настройках сервиса. {hint}",
        "There is no PBX “{value}” in the service's settings. {hint}",
    ),
    "extension-twice": (
        (
            "Внутренний номер {extension} на АТС {pbx} уже у менеджера «{other}»"
            " (строка {other_line}): дайте одному из них другой номер."
        ),
        (
            "The extension {extension} on the PBX {pbx} is manager “{other}”'s already"
            " (line {other_line}): give one of them another one."
        ),
    ),
    "line-twice": (
        "Номер {number} уже у линии «{other}» (строка {other_line}): у каждой линии свой номер.",
        (
            "The number {number} is line “{other}”'s already (line {other_line}):"
            " every line has its own."
        ),
    ),
    "deputy-himself": (
        "Менеджер замещает сам себя: впишите другого или уберите ключ.",
        "The manager is his own deputy: name another one or remove the key.",
    ),
    "deputy-loop": (
        "Заместители ходят по кругу: {loop}. Разорвите круг: уберите или замените одного.",
        "The deputies go round in a circle: {loop}. Break it: remove or replace one of them.",
    ),
    "head-without-mobile": (
        (
            "У руководителя «{head}» нет мобильного, а правило отдела звонит на него: добавьте"
            ' mobile = "+7…" менеджеру {head} или поставьте отделу mobile_ring = 0.'
        ),
        (
            "The head “{head}” has no mobile, but the department's rule rings it: add"
            ' mobile = "+7…" to the manager {head} or set mobile_ring = 0 in the department.'
        ),
    ),
    "duty-without-mobile": (
        "У дежурного «{duty}» нет мобильного: добавьте его или назовите другого.",
        "The person on duty, “{duty}”, has no mobile: add it or name another one.",
    ),
    "absent-without-mobile": (
        (
            "Звонки должны идти на мобильный, а он не записан: добавьте менеджеру {manager}"
            ' mobile = "+7…" или выберите другое правило.'
        ),
        (
            'The calls shall go to the mobile, but there is none: add mobile = "+7…" to the manager'
            " {manager} or choose another rule."
        ),
    ),
    "absent-without-deputy": (
        (
            "Звонки должны идти заместителю, а он не назван: добавьте менеджеру {manager} deputy"
            " или выберите другое правило."
        ),
        (
            "The calls shall go to the deputy, but there is none: add a deputy to the manager"
            " {manager} or choose another rule."
        ),
    ),
    "absent-available": (
        "«available» — это присутствие, а не отсутствие: уберите его из when_absent.",
        "“available” is no absence: remove it from when_absent.",
    ),
    "change-office": ("офис", "office"),
    "change-departments": ("отдел {name}", "department {name}"),
    "change-managers": ("менеджер {name}", "manager {name}"),
    "change-lines": ("линия {name}", "line {name}"),
    "change-outgoing": ("исходящая линия {name}", "outgoing line {name}"),
    "change-added": ("{what}: добавлено ({key})", "{what}: added ({key})"),
    "change-removed": ("{what}: удалено ({key})", "{what}: removed ({key})"),
    "change-field": ("{what}: {field} {before} → {after}", "{what}: {field} {before} → {after}"),
    "change-order": ("{what}: порядок {before} → {after}", "{what}: order {before} → {after}"),
    "what-managers": ("менеджеры", "managers"),
    "what-departments": ("отделы", "departments"),
    "what-lines": ("линии", "lines"),
    "what-outgoing": ("исходящие линии", "outgoing lines"),
    "value-none": ("нет", "none"),
    "value-yes": ("да", "yes"),
    "value-no": ("нет", "no"),
    "value-seconds": ("{value} с", "{value} s"),
}
