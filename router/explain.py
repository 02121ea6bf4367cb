"""Why did the call go there? Reasons as sentences, in Russian and English.

Names stay in the nominative, so that no sentence depends on a grammar of names. A test asks for
every reason in both languages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from router.plan import Reason, Why

_STATUS = {
    "en": {
        "available": "available",
        "lunch": "at lunch",
        "meeting": "in a meeting",
        "away": "away",
        "do_not_disturb": "not to be disturbed",
        "offline": "off shift",
    },
    "ru": {
        "available": "на месте",
        "lunch": "обед",
        "meeting": "на встрече",
        "away": "нет на месте",
        "do_not_disturb": "просит не беспокоить",
        "offline": "не на смене",
    },
}
_RULE = {
    "en": {
        "special": "a special day",
        "holiday": "a public holiday",
        "moved_working_day": "a moved working day",
        "week": "the weekly hours",
    },
    "ru": {
        "special": "особый день",
        "holiday": "праздничный день",
        "moved_working_day": "перенесённый рабочий день",
        "week": "часы работы",
    },
}
_AFTER_HOURS = {
    "en": {
        "message": "a message and a callback",
        "voicemail": "voicemail",
        "duty_mobile": "the mobile on duty",
        "ring": "ring as usual",
    },
    "ru": {
        "message": "сообщение и обратный звонок",
        "voicemail": "голосовая почта",
        "duty_mobile": "дежурный мобильный",
        "ring": "звонить как обычно",
    },
}
_ENDING = {
    "en": {
        "message_busy": "the message that everyone is busy, and a callback",
        "message_closed": "the message that the office is closed, and a callback",
        "voicemail": "voicemail, and a callback",
        "reject": "a polite refusal",
    },
    "ru": {
        "message_busy": "сообщение, что все заняты, и обратный звонок",
        "message_closed": "сообщение, что офис закрыт, и обратный звонок",
        "voicemail": "голосовая почта и обратный звонок",
        "reject": "вежливый отказ",
    },
}
_ROLE = {
    "en": {
        "owner": "the client's manager",
        "colleague": "another manager",
        "head_mobile": "the head's mobile",
        "department": "the department",
        "wait": "waiting",
        "duty": "the mobile on duty",
        "own_mobile": "the mobile of the absent manager",
        "deputy": "the deputy",
    },
    "ru": {
        "owner": "менеджер клиента",
        "colleague": "другой менеджер",
        "head_mobile": "мобильный руководителя",
        "department": "отдел",
        "wait": "ожидание",
        "duty": "дежурный мобильный",
        "own_mobile": "мобильный отсутствующего менеджера",
        "deputy": "заместитель",
    },
}

_EN = {
    Why.LINE_KNOWN: "The call came to line “{line}” ({number}); {department} takes it.",
    Why.LINE_UNKNOWN: "{line} is no line of the office; the default department takes the call: {department}.",
    Why.CALLER_HIDDEN: "The caller hides his number.",
    Why.CALLER_UNREADABLE: "The caller's number {number} cannot be read; the call is routed all the same.",
    Why.CALLER_STAFF: "The caller is a colleague: {name}.",
    Why.CALLER_BLOCKED: "{client} is marked as blocked.",
    Why.CALLER_UNKNOWN: "Number {number} is not in the client base.",
    Why.LOOKUP_LATE: "The client base did not answer in time; the call did not wait for it.",
    Why.LOOKUP_FAILED: "The client base could not be asked; the call did not wait for it.",
    Why.CLIENT_FOUND: "{client} is calling.",
    Why.CLIENTS_SEVERAL: "The number belongs to {count} clients: {names}.",
    Why.CLOSED: "{department} is closed now ({rule}); what follows: {then}.",
    Why.OPEN: "{department} is open.",
    Why.HOURS_IGNORED: "The department wants its calls after hours as well.",
    Why.OWNER_BY_APPLICATION: "{name} leads application {application}.",
    Why.OWNER_OF_CLIENT: "{name} is the client's manager.",
    Why.OWNER_LAST_TALK: "{name} talked to this number last.",
    Why.OWNER_NONE: "{client} has no manager yet.",
    Why.OWNER_GONE: "The manager {manager} is no longer in the office file.",
    Why.OWNERS_DIFFER: "They have different managers, so the department rings, and nobody by chance.",
    Why.STEP_OWNER: "First rings the client's manager, {name}: {seconds} s.",
    Why.STEP_COLLEAGUE: "Then another manager rings, {name}: {seconds} s.",
    Why.STEP_COLLEAGUES: "Then the colleagues ring together ({names}): {seconds} s.",
    Why.STEP_DEPUTY: "Then the deputy rings, {name}: {seconds} s.",
    Why.STEP_HEAD_MOBILE: "Then the head's mobile rings, {name}: {seconds} s.",
    Why.STEP_OWN_MOBILE: "The mobile rings, {name}: {seconds} s.",
    Why.STEP_DEPARTMENT: "The department rings together ({names}): {seconds} s.",
    Why.STEP_WAIT: "The caller waits for the first who is free, {seconds} s at most.",
    Why.STEP_WAIT_REST: "For whatever is left of {patience} s the caller waits for the first who is free.",
    Why.STEP_DUTY: "The mobile on duty rings, {name}: {seconds} s.",
    Why.SKIPPED_STATUS: "{name} is passed over: {status}.",
    Why.SKIPPED_SHIFT: "{name} is passed over: off shift.",
    Why.SKIPPED_TALKING: "{name} is passed over: already talking.",
    Why.SKIPPED_RINGING: "{name} is passed over: another call rings there.",
    Why.SKIPPED_UNREGISTERED: "{name} is passed over: phone {number} is not connected.",
    Why.SKIPPED_WRAP_UP: "{name} is passed over: a short pause after a talk.",
    Why.SKIPPED_PROMISED: "{name} comes last: this phone was promised to another caller.",
    Why.SKIPPED_IS_CALLER: "{name} is passed over: this is the caller.",
    Why.SKIPPED_OTHER_PBX: "{name} is passed over: the phone is on another exchange ({pbx}).",
    Why.SKIPPED_NO_MOBILE: "The mobile of {name} is left out: there is none in the office file.",
    Why.SKIPPED_NO_OUTGOING_LINE: "The mobile of {name} is left out: this exchange has no outgoing line.",
    Why.SKIPPED_PREFIX: "The mobile of {name} is left out: outgoing line {line} does not allow such numbers.",
    Why.SKIPPED_PATIENCE: "The line's patience leaves no time for {role} ({names}).",
    Why.SKIPPED_TWICE: "{name} has been rung already and is not rung twice in a row.",
    Why.SKIPPED_NEW_CLIENT: "{name} takes no new clients and comes last.",
    Why.ABSENT_TO_MOBILE: "{name} wants calls on the mobile meanwhile.",
    Why.ABSENT_TO_DEPUTY: "{name} is represented by {deputy} meanwhile.",
    Why.NO_DEPUTY: "{name} has no deputy who can answer now.",
    Why.NO_DUTY: "Nobody is on duty in {department} after hours.",
    Why.NO_VOICEMAIL: "{department} has no voicemail box, so the caller hears a message.",
    Why.ABSENT_TO_DEPARTMENT: "{name} leaves calls to the department meanwhile.",
    Why.ABSENT_TO_MESSAGE: "Callers of {name} hear a message meanwhile.",
    Why.SHORTENED: "The line's patience leaves {seconds} s of {wanted} s for {role}.",
    Why.EVERYBODY_BUSY: "Everybody in {department} is busy, so the caller waits and is not sent away.",
    Why.NOBODY_REACHABLE: "Nobody in {department} can be reached.",
    Why.NOT_RECORDED: "The talk is not recorded: {client} does not want it.",
    Why.ENDING: "If nobody answers: {ending}.",
    Why.ENDING_AT_ONCE: "No phone rings; the call ends with {ending}.",
}
_RU = {
    Why.LINE_KNOWN: "Звонок на линию «{line}» ({number}), принимает {department}.",
    Why.LINE_UNKNOWN: "Линии {line} в офисе нет, звонок принимает отдел по умолчанию: {department}.",
    Why.CALLER_HIDDEN: "Номер звонящего скрыт.",
    Why.CALLER_UNREADABLE: "Номер {number} не удалось разобрать, но звонок всё равно принят.",
    Why.CALLER_STAFF: "Звонит сотрудник: {name}.",
    Why.CALLER_BLOCKED: "Клиент {client} заблокирован.",
    Why.CALLER_UNKNOWN: "Номера {number} в базе клиентов нет.",
    Why.LOOKUP_LATE: "База клиентов не ответила вовремя; звонок её не ждал.",
    Why.LOOKUP_FAILED: "База клиентов недоступна; звонок её не ждал.",
    Why.CLIENT_FOUND: "Звонит клиент: {client}.",
    Why.CLIENTS_SEVERAL: "Этот номер записан у нескольких клиентов ({count}): {names}.",
    Why.CLOSED: "{department}: сейчас закрыто ({rule}). Правило нерабочего времени: {then}.",
    Why.OPEN: "{department}: рабочее время.",
    Why.HOURS_IGNORED: "Отдел принимает звонки и в нерабочее время.",
    Why.OWNER_BY_APPLICATION: "Заявку {application} ведёт {name}.",
    Why.OWNER_OF_CLIENT: "Менеджер клиента — {name}.",
    Why.OWNER_LAST_TALK: "Последний, кто говорил с этим номером: {name}.",
    Why.OWNER_NONE: "У клиента {client} ещё нет менеджера.",
    Why.OWNER_GONE: "Менеджера {manager} в файле офиса больше нет.",
    Why.OWNERS_DIFFER: "Менеджеры у них разные, поэтому звонок идёт отделу, а не кому-то наугад.",
    Why.STEP_OWNER: "Сначала звонок идёт менеджеру клиента: {name}, {seconds} с.",
    Why.STEP_COLLEAGUE: "Затем другому менеджеру: {name}, {seconds} с.",
    Why.STEP_COLLEAGUES: "Затем всем коллегам сразу ({names}), {seconds} с.",
    Why.STEP_DEPUTY: "Затем заместителю: {name}, {seconds} с.",
    Why.STEP_HEAD_MOBILE: "Затем на мобильный руководителя: {name}, {seconds} с.",
    Why.STEP_OWN_MOBILE: "Звонок идёт на мобильный: {name}, {seconds} с.",
    Why.STEP_DEPARTMENT: "Звонок идёт всему отделу сразу ({names}), {seconds} с.",
    Why.STEP_WAIT: "Клиент ждёт первого, кто освободится, не дольше {seconds} с.",
    Why.STEP_WAIT_REST: "Всё время, что останется от {patience} с, клиент ждёт первого, кто освободится.",
    Why.STEP_DUTY: "Звонок идёт на дежурный мобильный: {name}, {seconds} с.",
    Why.SKIPPED_STATUS: "Пропускаем — {name}: {status}.",
    Why.SKIPPED_SHIFT: "Пропускаем — {name}: не на смене.",
    Why.SKIPPED_TALKING: "Пропускаем — {name}: уже разговаривает.",
    Why.SKIPPED_RINGING: "Пропускаем — {name}: уже принимает другой звонок.",
    Why.SKIPPED_UNREGISTERED: "Пропускаем — {name}: телефон {number} не подключён.",
    Why.SKIPPED_WRAP_UP: "Пропускаем — {name}: короткая пауза после разговора.",
    Why.SKIPPED_PROMISED: "{name} — в последнюю очередь: этот телефон обещан другому звонку.",
    Why.SKIPPED_IS_CALLER: "Пропускаем — {name}: это и есть звонящий.",
    Why.SKIPPED_OTHER_PBX: "Пропускаем — {name}: телефон на другой АТС ({pbx}).",
    Why.SKIPPED_NO_MOBILE: "Мобильный не набрать — {name}: в файле офиса его нет.",
    Why.SKIPPED_NO_OUTGOING_LINE: "Мобильный не набрать — {name}: на этой АТС нет исходящей линии.",
    Why.SKIPPED_PREFIX: "Мобильный не набрать — {name}: исходящая линия {line} не пускает на такие номера.",
    Why.SKIPPED_PATIENCE: "Терпения линии не хватает на шаг «{role}» ({names}).",
    Why.SKIPPED_TWICE: "Второй раз подряд не звоним — {name}.",
    Why.SKIPPED_NEW_CLIENT: "{name} — в последнюю очередь: не берёт новых клиентов.",
    Why.ABSENT_TO_MOBILE: "{name}: звонки пока переведены на мобильный.",
    Why.ABSENT_TO_DEPUTY: "{name}: пока замещает {deputy}.",
    Why.NO_DEPUTY: "{name}: заместителя, который мог бы ответить, сейчас нет.",
    Why.NO_DUTY: "{department}: дежурный не назначен.",
    Why.NO_VOICEMAIL: "{department}: голосового ящика нет, клиент услышит сообщение.",
    Why.ABSENT_TO_DEPARTMENT: "{name}: звонки пока принимает отдел.",
    Why.ABSENT_TO_MESSAGE: "{name}: клиенты пока слышат сообщение.",
    Why.SHORTENED: "Терпения линии хватает на {seconds} с из {wanted} с: {role}.",
    Why.EVERYBODY_BUSY: "{department}: все заняты, поэтому клиент ждёт на линии.",
    Why.NOBODY_REACHABLE: "{department}: сейчас никого нет на связи.",
    Why.NOT_RECORDED: "Разговор не записываем: клиент {client} этого не хочет.",
    Why.ENDING: "Если никто не ответит: {ending}.",
    Why.ENDING_AT_ONCE: "Никому не звоним, итог: {ending}.",
}
_SENTENCES: Mapping[str, Mapping[Why, str]] = {"en": _EN, "ru": _RU}
_WORDS = {
    "status": _STATUS,
    "rule": _RULE,
    "then": _AFTER_HOURS,
    "ending": _ENDING,
    "role": _ROLE,
}


class _Gaps(dict[str, str]):
    """What fills a sentence; a gap that nobody filled shows as a dash instead of failing."""

    def __missing__(self, key: str) -> str:
        return "—"


def sentence(reason: Reason, language: str = "en") -> str:
    """One reason as a sentence; an unknown language is English."""
    language = language if language in _SENTENCES else "en"
    about = _Gaps({gap: text for gap, text in reason.about.items() if text})
    for gap, words in _WORDS.items():
        if gap in about:
            about[gap] = words[language].get(about[gap], about[gap])
    return _SENTENCES[language][reason.why].format_map(about)


def story(reasons: Iterable[Reason], language: str = "en") -> tuple[str, ...]:
    """All reasons as sentences, in their order."""
    return tuple(sentence(reason, language) for reason in reasons)
