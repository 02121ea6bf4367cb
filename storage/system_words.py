"""What the operating system says when something fails, in both languages: there it is English."""

from __future__ import annotations

import errno
import os

from storage.sentences import Form, Sentence

_RUSSIAN = {
    errno.ECONNREFUSED: "соединение отклонено",
    errno.ECONNRESET: "соединение сброшено",
    errno.ECONNABORTED: "соединение прервано",
    errno.EHOSTUNREACH: "нет пути к узлу",
    errno.ENETUNREACH: "сеть недоступна",
    errno.ETIMEDOUT: "время ожидания истекло",
    errno.EPIPE: "соединение закрыто",
    errno.EADDRINUSE: "адрес уже занят",
    errno.EADDRNOTAVAIL: "такого адреса здесь нет",
    errno.EACCES: "нет прав",
    errno.EPERM: "не разрешено",
    errno.ENOENT: "нет такого файла или папки",
    errno.ENOTDIR: "это не папка",
    errno.EISDIR: "это папка",
    errno.ENOSPC: "на диске нет места",
    errno.EDQUOT: "превышена квота на диске",
    errno.EROFS: "файловая система только для чтения",
    errno.EIO: "ошибка ввода-вывода",
    errno.EMFILE: "слишком много открытых файлов",
}
NAME_UNKNOWN = Form("Name or service not known", "имя узла неизвестно")
NAME_UNKNOWN_NOW = Form("Temporary failure in name resolution", "имя узла сейчас не узнать")
NO_ANSWER = Form("no answer", "нет ответа")

FORMS = (
    *(Form(os.strerror(number), russian) for number, russian in _RUSSIAN.items()),
    NAME_UNKNOWN,
    NAME_UNKNOWN_NOW,
    NO_ANSWER,
)
"""Every reason that is known in Russian too."""

_BY_TEXT = {form.english: form for form in FORMS}


def system_reason(error: OSError) -> Sentence:
    """Why the system refused, in a few words; one without words is "no answer"."""
    strange = error.errno is None or error.errno < 0 or not error.strerror
    said = error.strerror or str(error)
    text = said if strange else os.strerror(error.errno or 0)
    if not text:
        return NO_ANSWER()
    form = _BY_TEXT.get(text)
    return form() if form else Sentence(text, text)
