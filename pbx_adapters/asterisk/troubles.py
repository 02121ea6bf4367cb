"""Why Asterisk is not watched, in both languages: told on pages, kept as the reasons of gaps."""

from __future__ import annotations

from storage.sentences import Form

UNREACHABLE = Form(
    "Asterisk {name} at {address} cannot be reached: {why}",
    "Asterisk {name} ({address}) недоступен: {why}",
)
LOGIN_REFUSED = Form(
    "Asterisk {name} at {address} refuses the user {user} ({said}). Check user, secret and permit "
    "lines in manager.conf; calls are routed by the dialplan alone until then",
    "Asterisk {name} ({address}) не пускает пользователя {user} ({said}). Проверьте имя, пароль и "
    "строки permit в manager.conf; до тех пор звонки распределяет сам диалплан",
)
NOT_BOOTED = Form(
    "Asterisk {name} at {address} lets us in but does not say FullyBooted within {seconds} s: "
    "it is still starting, or the AMI user lacks 'system' in its read= line",
    "Asterisk {name} ({address}) пустил нас, но за {seconds} с не сообщил FullyBooted: он ещё "
    "запускается, или у пользователя AMI нет «system» в строке read=",
)
LOST = Form(
    "the link to Asterisk {name} at {address} was lost: {why}",
    "связь с Asterisk {name} ({address}) потеряна: {why}",
)
LATE = Form(
    "{name} did not answer {action} within {seconds} s; it may have been carried out and is not "
    "sent again",
    "{name} не ответил на {action} за {seconds} с; команда могла быть выполнена, второй раз она "
    "не отправляется",
)
LOST_BEFORE = Form(
    "the link to {name} was lost before {action} was answered ({why}); it may have been carried "
    "out and is not sent again",
    "связь с {name} потеряна до ответа на {action} ({why}); команда могла быть выполнена, второй "
    "раз она не отправляется",
)
LINK_LOST = Form("the link was lost", "связь потеряна")
CLOSED_BY_US = Form("closed by us", "закрыта нами")
CLOSED_BY_ASTERISK = Form("Asterisk closed the connection", "Asterisk закрыл соединение")
BROKE = Form("the connection broke ({why})", "соединение оборвалось ({why})")
SILENT = Form("no sign of life for {seconds} s", "нет признаков жизни {seconds} с")
BAD_LOGIN = Form("Authentication failed", "вход отклонён")
"""Asterisk's own words for a wrong user or secret."""

FORMS = (
    UNREACHABLE,
    LOGIN_REFUSED,
    NOT_BOOTED,
    LOST_BEFORE,
    LOST,
    LATE,
    LINK_LOST,
    CLOSED_BY_US,
    CLOSED_BY_ASTERISK,
    BROKE,
    SILENT,
    BAD_LOGIN,
)
