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
        "owner": "the owner",
        "colleague": "another manager",
        "head_mobile": "the head's mobile",
        "department": "the department",
        "wait": "waiting",
        "duty": "the mobile on duty",
        "own_mobile": "his own mobile",
        "deputy": "the deputy",
    },
    "ru": {
        "owner": "владелец",
        "colleague": "другой менеджер",
        "head_mobile": "мобильный руководителя",
        "department": "отдел",
        "wait": "ожидание",
        "duty": "дежурный мобильный",
        "own_mobile": "собственный мобильный",
        "deputy": "заместитель",
    },
}

_EN = {
    Why.LINE_KNOWN: "Line “{line}” ({number}) belongs to {department}.",
    Why.LINE_UNKNOWN: "Number {line} is no line of the office; the default department takes it: {department}.",
    Why.CALLER_HIDDEN: "The caller hides his number.",
    Why.CALLER_UNREADABLE: "The caller's number {number} cannot be read; the call is routed all the same.",
    Why.CALLER_STAFF: "The caller is a colleague: {name}.",
    Why.CALLER_BLOCKED: "{client} is marked as blocked.",
    Why.CALLER_UNKNOWN: "Number {number} is not in the client base.",
    Why.LOOKUP_LATE: "The client base did not answer in time; the call did not wait for it.",
    Why.LOOKUP_FAILED: "The client base could not be asked; the call did not wait for it.",
    Why.CLIENT_FOUND: "{client} is calling.",
    Why.CLIENTS_SEVERAL: "The number belongs to {count} clients: {names}.",
    Why.CLOSED: "{department} is closed ({rule}): {then}.",
    Why.OPEN: "{department} is open.",
    Why.HOURS_IGNORED: "The department wants its calls after hours as well.",
    Why.OWNER_BY_APPLICATION: "{name} leads application {application}.",
    Why.OWNER_OF_CLIENT: "{name} is the client's manager.",
    Why.OWNER_LAST_TALK: "{name} talked to this number last.",
    Why.OWNER_NONE: "{client} has no manager yet.",
    Why.OWNER_GONE: "The manager {manager} is no longer in the office file.",
    Why.OWNERS_DIFFER: "They have different managers, so the department rings and nobody by chance: {names}.",
    Why.STEP_OWNER: "First rings the client's manager, {name}: {seconds} s.",
    Why.STEP_COLLEAGUE: "Then another manager, {name}: {seconds} s.",
    Why.STEP_DEPUTY: "Then the deputy, {name}: {seconds} s.",
    Why.STEP_HEAD_MOBILE: "Then the head's mobile, {name}: {seconds} s.",
    Why.STEP_OWN_MOBILE: "His mobile rings, {name}: {seconds} s.",
    Why.STEP_DEPARTMENT: "The department rings together ({names}): {seconds} s.",
    Why.STEP_WAIT: "The caller waits for the first who is free, {seconds} s at most.",
    Why.STEP_DUTY: "The mobile on duty rings, {name}: {seconds} s.",
    Why.SKIPPED_STATUS: "{name} is passed over: {status}.",
    Why.SKIPPED_SHIFT: "{name} is passed over: {status}.",
    Why.SKIPPED_TALKING: "{name} is passed over: already talking.",
    Why.SKIPPED_RINGING: "{name} is passed over: another call rings there.",
    Why.SKIPPED_UNREGISTERED: "{name} is passed over: phone {number} is not registered.",
    Why.SKIPPED_WRAP_UP: "{name} is passed over: a short pause after a talk.",
    Why.SKIPPED_PROMISED: "{name} comes last: another caller was promised to this phone.",
    Why.SKIPPED_IS_CALLER: "{name} is passed over: he is the caller.",
    Why.SKIPPED_OTHER_PBX: "{name} is passed over: the phone is on another exchange ({pbx}).",
    Why.SKIPPED_NO_MOBILE: "{name} has no mobile in the office file.",
    Why.SKIPPED_NO_OUTGOING_LINE: "{name}'s mobile cannot be rung: there is no outgoing line.",
    Why.SKIPPED_PREFIX: "{name}'s mobile is outside the prefixes of outgoing line {line}.",
    Why.SKIPPED_PATIENCE: "No time is left for {role} ({names}).",
    Why.SKIPPED_TWICE: "{name} has been rung already.",
    Why.ABSENT_TO_MOBILE: "{name} wants calls on the mobile meanwhile.",
    Why.ABSENT_TO_DEPUTY: "{name} is represented by {deputy}.",
    Why.ABSENT_TO_DEPARTMENT: "{name} leaves calls to the department meanwhile.",
    Why.ABSENT_TO_MESSAGE: "{name} leaves a message to callers meanwhile.",
    Why.SHORTENED: "Only {seconds} s instead of {wanted} s are left for {role}.",
    Why.EVERYBODY_BUSY: "Everybody in {department} is busy; the caller waits for the first who is free.",
    Why.NOBODY_REACHABLE: "Nobody in {department} can be reached.",
    Why.ENDING: "If nobody answers: {ending}.",
    Why.FAIL_OPEN: "The service did not answer the exchange ({cause}); the department rang.",
}
_RU = {
    Why.LINE_KNOWN: "Линия «{line}» ({number}): {department}.",
    Why.LINE_UNKNOWN: "Номера {line} среди линий офиса нет; звонок принимает отдел по умолчанию: {department}.",
    Why.CALLER_HIDDEN: "Номер звонящего скрыт.",
    Why.CALLER_UNREADABLE: "Номер {number} не удалось разобрать; звонок всё равно принят.",
    Why.CALLER_STAFF: "Звонит сотрудник: {name}.",
    Why.CALLER_BLOCKED: "Клиент {client} заблокирован.",
    Why.CALLER_UNKNOWN: "Номера {number} нет в базе клиентов.",
    Why.LOOKUP_LATE: "База клиентов не ответила вовремя; звонок её не ждал.",
    Why.LOOKUP_FAILED: "База клиентов недоступна; звонок её не ждал.",
    Why.CLIENT_FOUND: "Звонит клиент: {client}.",
    Why.CLIENTS_SEVERAL: "Номер есть у нескольких клиентов ({count}): {names}.",
    Why.CLOSED: "{department}: сейчас закрыто ({rule}) — {then}.",
    Why.OPEN: "{department}: рабочее время.",
    Why.HOURS_IGNORED: "Отдел принимает звонки и в нерабочее время.",
    Why.OWNER_BY_APPLICATION: "Заявку {application} ведёт {name}.",
    Why.OWNER_OF_CLIENT: "Менеджер клиента — {name}.",
    Why.OWNER_LAST_TALK: "Последний разговор с этим номером — {name}.",
    Why.OWNER_NONE: "У клиента {client} ещё нет менеджера.",
    Why.OWNER_GONE: "Менеджера {manager} больше нет в файле офиса.",
    Why.OWNERS_DIFFER: "Менеджеры у них разные, поэтому звонит отдел, а не случайный человек: {names}.",
    Why.STEP_OWNER: "Сначала звонит менеджер клиента — {name}: {seconds} с.",
    Why.STEP_COLLEAGUE: "Затем другой менеджер — {name}: {seconds} с.",
    Why.STEP_DEPUTY: "Затем заместитель — {name}: {seconds} с.",
    Why.STEP_HEAD_MOBILE: "Затем мобильный руководителя — {name}: {seconds} с.",
    Why.STEP_OWN_MOBILE: "Звонит собственный мобильный — {name}: {seconds} с.",
    Why.STEP_DEPARTMENT: "Звонит весь отдел ({names}): {seconds} с.",
    Why.STEP_WAIT: "Звонящий ждёт первого, кто освободится, не дольше {seconds} с.",
    Why.STEP_DUTY: "Звонит дежурный мобильный — {name}: {seconds} с.",
    Why.SKIPPED_STATUS: "{name}: {status}, звонок идёт дальше.",
    Why.SKIPPED_SHIFT: "{name}: {status}, звонок идёт дальше.",
    Why.SKIPPED_TALKING: "{name}: уже разговаривает, звонок идёт дальше.",
    Why.SKIPPED_RINGING: "{name}: там уже звонит другой звонок.",
    Why.SKIPPED_UNREGISTERED: "{name}: телефон {number} не подключён, звонок идёт дальше.",
    Why.SKIPPED_WRAP_UP: "{name}: короткая пауза после разговора.",
    Why.SKIPPED_PROMISED: "{name}: в последнюю очередь, этот телефон обещан другому звонку.",
    Why.SKIPPED_IS_CALLER: "{name}: это и есть звонящий.",
    Why.SKIPPED_OTHER_PBX: "{name}: телефон на другой АТС ({pbx}).",
    Why.SKIPPED_NO_MOBILE: "{name}: в файле офиса нет мобильного.",
    Why.SKIPPED_NO_OUTGOING_LINE: "{name}: мобильный не набрать, нет исходящей линии.",
    Why.SKIPPED_PREFIX: "{name}: мобильный вне разрешённых префиксов исходящей линии {line}.",
    Why.SKIPPED_PATIENCE: "Времени уже не остаётся: {role} ({names}).",
    Why.SKIPPED_TWICE: "{name}: уже звонили.",
    Why.ABSENT_TO_MOBILE: "{name}: пока нет на месте, звонки идут на мобильный.",
    Why.ABSENT_TO_DEPUTY: "{name}: пока замещает {deputy}.",
    Why.ABSENT_TO_DEPARTMENT: "{name}: пока нет на месте, звонки принимает отдел.",
    Why.ABSENT_TO_MESSAGE: "{name}: пока нет на месте, звонящий слышит сообщение.",
    Why.SHORTENED: "Осталось только {seconds} с вместо {wanted} с: {role}.",
    Why.EVERYBODY_BUSY: "{department}: все заняты, звонящий ждёт первого, кто освободится.",
    Why.NOBODY_REACHABLE: "{department}: никого нет на связи.",
    Why.ENDING: "Если никто не ответит: {ending}.",
    Why.FAIL_OPEN: "Сервис не ответил АТС ({cause}); звонил весь отдел.",
}
_SENTENCES: Mapping[str, Mapping[Why, str]] = {"en": _EN, "ru": _RU}
_WORDS = {
    "status": _STATUS,
    "rule": _RULE,
    "then": _AFTER_HOURS,
    "ending": _ENDING,
    "role": _ROLE,
}
_CAUSES = {
    "en": {"HUNG": "it hung", "FAILURE": "refused or broken off", "SUCCESS": "half an answer"},
    "ru": {"HUNG": "завис", "FAILURE": "отказ или обрыв", "SUCCESS": "неполный ответ"},
}


class _Gaps(dict[str, str]):
    """What fills a sentence; a gap that nobody filled shows as a dash instead of failing."""

    def __missing__(self, key: str) -> str:
        return "—"


def sentence(reason: Reason, language: str = "en") -> str:
    """One reason as a sentence; an unknown language is English."""
    language = language if language in _SENTENCES else "en"
    about = _Gaps(reason.about)
    for gap, words in _WORDS.items():
        if gap in about:
            about[gap] = words[language].get(about[gap], about[gap])
    if "cause" in about:
        about["cause"] = _CAUSES[language].get(about["cause"], about["cause"])
    return _SENTENCES[language][reason.why].format_map(about)


def story(reasons: Iterable[Reason], language: str = "en") -> tuple[str, ...]:
    """All reasons as sentences, in their order."""
    return tuple(sentence(reason, language) for reason in reasons)
