"""What the linter of rules says, in Russian and in English: what happens, and what to change."""

from __future__ import annotations

from typing import Final

LINT_SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "chain-too-long": (
        (
            "Линия {line}: цепочка {steps} — {total} с, это на {over} с дольше терпения линии"
            " ({patience} с). Последние шаги сократятся: увеличьте patience или уменьшите время"
            " шагов."
        ),
        (
            "Line {line}: the chain {steps} takes {total} s, {over} s longer than the line's"
            " patience ({patience} s). The last steps are cut: raise patience or shorten the steps."
        ),
    ),
    "step-unreachable": (
        (
            "Линия {line}: до шага «{step}» очередь не дойдёт: терпение линии ({patience} с)"
            " кончится раньше. Увеличьте patience или уменьшите время шагов перед ним."
        ),
        (
            "Line {line}: the step “{step}” is never reached: the line's patience ({patience} s)"
            " ends before it. Raise patience or shorten the steps before it."
        ),
    ),
    "line-nobody-can-answer": (
        (
            "Линия {line}: на звонок никогда никто не ответит: в отделе {department} нет ни одного"
            " телефона, который мог бы зазвонить. Добавьте менеджеров или выберите другой отдел."
        ),
        (
            "Line {line}: nobody can ever answer: no phone of the department {department} could"
            " ring. Add managers or choose another department."
        ),
    ),
    "voicemail-without-box": (
        (
            "{what}: звонок должен уйти на голосовую почту, а ящика у отдела {department} нет:"
            " клиент услышит сообщение. Добавьте voicemail или поставьте message."
        ),
        (
            "{what}: the call shall go to voicemail, but the department {department} has no box:"
            " the client hears a message. Add voicemail, or choose message."
        ),
    ),
    "department-empty": (
        "В отделе {department} нет менеджеров: звонить некому. Добавьте их или уберите отдел.",
        (
            "The department {department} has no managers: there is nobody to ring. Add some, or"
            " remove the department."
        ),
    ),
    "department-always-closed": (
        (
            "Отдел {department} закрыт всю неделю: каждый звонок пойдёт по правилу нерабочего"
            " времени. Впишите часы: hours."
        ),
        (
            "The department {department} is closed all week: every call follows the after-hours"
            " rule. Fill in its hours."
        ),
    ),
    "department-never-covered": (
        (
            "Отдел {department}: в его часы ни у одного менеджера нет смены, отвечать некому."
            " Сверьте shifts и hours."
        ),
        (
            "Department {department}: no manager has a shift within its hours, nobody answers."
            " Compare shifts and hours."
        ),
    ),
    "department-partly-uncovered": (
        (
            "Отдел {department}: {stretch} он открыт, а смены нет ни у кого. Продлите чью-то смену"
            " или сократите часы."
        ),
        (
            "Department {department}: {stretch} it is open, but nobody has a shift. Lengthen a"
            " shift or shorten the hours."
        ),
    ),
    "head-without-mobile": (
        (
            "Отдел {department}: у руководителя {manager} нет мобильного, и шаг «мобильный"
            " руководителя» выпадает. Добавьте mobile или поставьте mobile_ring = 0."
        ),
        (
            "Department {department}: its head {manager} has no mobile, so the step “head's mobile”"
            " is left out. Add mobile, or set mobile_ring = 0."
        ),
    ),
    "outgoing-line-missing": (
        (
            "Отдел {department}: на мобильные звонить нечем, исходящей линии нет. Добавьте раздел"
            " [outgoing.trunk]."
        ),
        (
            "Department {department}: mobiles cannot be rung, there is no outgoing line. Add a"
            " section [outgoing.trunk]."
        ),
    ),
    "mobile-prefix-refused": (
        (
            "Менеджер {manager}: мобильный {number} не начинается ни с одного из разрешённых начал"
            " исходящей линии {outgoing} ({prefixes}). Добавьте начало в prefixes."
        ),
        (
            "Manager {manager}: the mobile {number} has none of the beginnings that the outgoing"
            " line {outgoing} allows ({prefixes}). Add its beginning to prefixes."
        ),
    ),
    "duty-mobile-missing": (
        (
            "Отдел {department}: вне часов звонок идёт на мобильный дежурного, а звонить некому."
            " Впишите в duty_mobile менеджера с мобильным."
        ),
        (
            "Department {department}: after hours the mobile on duty rings, but there is none."
            " Name a manager with a mobile in duty_mobile."
        ),
    ),
    "manager-without-phone": (
        "У менеджера {manager} нет внутреннего номера: ему нельзя позвонить. Впишите extension.",
        "The manager {manager} has no extension: he cannot be rung. Fill in extension.",
    ),
    "manager-never-on-shift": (
        (
            "Смены менеджера {manager} не попадают в часы отдела {department}: звонки до него не"
            " дойдут. Сверьте shifts и hours."
        ),
        (
            "The shifts of the manager {manager} never meet the hours of the department"
            " {department}: no call reaches him. Compare shifts and hours."
        ),
    ),
    "deputy-himself": (
        "Менеджер {manager} замещает сам себя: впишите в deputy другого.",
        "The manager {manager} is his own deputy: name another one.",
    ),
    "deputy-loop": (
        "Заместители ходят по кругу: {loop}. Если нет всех, замены не найдётся: разорвите круг.",
        "The deputies go round in a circle: {loop}. When all are away nobody is left: break it.",
    ),
    "absence-leads-nowhere": (
        (
            "Менеджер {manager}, «{status}»: правило «{rule}» никуда не ведёт ({why}), звонок"
            " пойдёт дальше по цепочке. Дополните менеджера или выберите другое правило."
        ),
        (
            "Manager {manager}, “{status}”: the rule “{rule}” leads nowhere ({why}), the call goes"
            " on down the chain. Complete the manager or choose another rule."
        ),
    ),
}

LINT_WORDS: Final[dict[str, tuple[str, str]]] = {
    "owner": ("хозяин", "owner"),
    "colleague": ("коллега", "colleague"),
    "head_mobile": ("мобильный руководителя", "head's mobile"),
    "department": ("отдел", "department"),
    "no-mobile": ("нет мобильного", "no mobile"),
    "no-deputy": ("нет заместителя", "no deputy"),
    "no-colleague": ("в отделе больше никого нет", "nobody else is in the department"),
    "after-hours": ("Отдел {name} вне часов", "Department {name} after hours"),
    "last-resort": ("Отдел {name}, никто не ответил", "Department {name}, nobody answered"),
    "line-last-resort": ("Линия {name}, никто не ответил", "Line {name}, nobody answered"),
}
