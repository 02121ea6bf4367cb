"""What an import says of a file and its rows, in the workspace's language."""

from __future__ import annotations

from enum import StrEnum


class Say(StrEnum):
    """A stable name for each thing that an import may have to say."""

    NOT_TEXT = "not-text"
    EMPTY_FILE = "empty-file"
    NO_FILE = "no-file"
    NO_HEADER = "no-header"
    MAP_NO_COLUMN = "map-no-column"
    NO_REFUSED_FILE = "no-refused-file"
    CANNOT_READ = "cannot-read"
    TOO_MANY_CELLS = "too-many-cells"
    QUOTE_OPEN = "quote-open"
    NO_NAME_NO_NUMBER = "no-name-no-number"
    NAME_TOO_LONG = "name-too-long"
    KEY_TOO_LONG = "key-too-long"
    NO_NUMBER = "no-number"
    MANAGER_UNKNOWN = "manager-unknown"
    STATUS_UNKNOWN = "status-unknown"
    BLOCKED_UNKNOWN = "blocked-unknown"
    MERGED = "merged"
    LETTERS_LOST = "letters-lost"


_SENTENCES: dict[Say, tuple[str, str]] = {
    Say.NOT_TEXT: (
        (
            "Это не CSV, а {what}. Откройте файл в программе для таблиц и сохраните как "
            "«CSV UTF-8»; ничего не загружено."
        ),
        (
            "This is not CSV but {what}. Open it in a spreadsheet program and save it as "
            '"CSV UTF-8"; nothing was taken.'
        ),
    ),
    Say.EMPTY_FILE: (
        "Файл пуст; ничего не загружено.",
        "The file is empty; nothing was taken.",
    ),
    Say.NO_FILE: (
        "Файл {file} не читается: {why}.",
        "The file {file} cannot be read: {why}.",
    ),
    Say.NO_HEADER: (
        (
            "В первой строке нет названий столбцов. Нужен хотя бы столбец «Телефон» или «Имя», "
            "например: Имя;Телефон;Менеджер;Заявка. Сейчас там: {found}. Ничего не загружено."
        ),
        (
            "The first line names no columns. At least one of “phone” and “name” is needed, for "
            "example: name;phone;owner;application. It says: {found}. Nothing was taken."
        ),
    ),
    Say.MAP_NO_COLUMN: (
        "В файле нет столбца «{name}», есть: {there}. Ничего не загружено.",
        "The file has no column “{name}”; it has: {there}. Nothing was taken.",
    ),
    Say.NO_REFUSED_FILE: (
        "Файл {file} для пропущенных строк не открывается: {why}. Ничего не загружено.",
        "The file {file} for the rows left out cannot be opened: {why}. Nothing was taken.",
    ),
    Say.CANNOT_READ: (
        "строка не читается: {why}",
        "the line cannot be read: {why}",
    ),
    Say.TOO_MANY_CELLS: (
        (
            "в строке {cells} значений, а столбцов {columns}: заключите в кавычки значение, внутри "
            "которого есть разделитель «{delimiter}»"
        ),
        (
            "the line has {cells} values for {columns} columns: put the value that contains the "
            "delimiter “{delimiter}” in quotation marks"
        ),
    ),
    Say.QUOTE_OPEN: (
        "кавычка открыта и не закрыта: строки до {last} прочитаны как одно значение и пропущены",
        (
            "a quotation mark is opened and not closed: the lines up to {last} were read as one "
            "value and left out"
        ),
    ),
    Say.NO_NAME_NO_NUMBER: (
        "нет ни имени, ни номера",
        "there is neither a name nor a number",
    ),
    Say.NAME_TOO_LONG: (
        "имя длиннее {limit} знаков",
        "the name is longer than {limit} characters",
    ),
    Say.KEY_TOO_LONG: (
        "код клиента длиннее {limit} знаков",
        "the client's id is longer than {limit} characters",
    ),
    Say.NO_NUMBER: (
        "«{text}»: это не номер телефона, по нему клиента не узнать; остальное загружено",
        "“{text}” is no telephone number and will not identify the client; the rest was taken",
    ),
    Say.MANAGER_UNKNOWN: (
        "менеджера «{text}» нет в офисе; значение пропущено",
        "the office has no manager “{text}”; the value was left out",
    ),
    Say.STATUS_UNKNOWN: (
        "статус «{text}» неизвестен и пропущен: новая заявка открыта, прежняя осталась как была",
        (
            "the status “{text}” is not known and was left out: a new application is open, one "
            "that was there stays as it was"
        ),
    ),
    Say.BLOCKED_UNKNOWN: (
        "заблокирован ли клиент, «{text}» не говорит: пишите «да» или «нет»; осталось как было",
        "“{text}” does not tell whether the client is blocked: write yes or no; it stays as it was",
    ),
    Say.MERGED: (
        "тот же клиент, что в строке {first}; объединены",
        "the same client as in line {first}; merged",
    ),
    Say.LETTERS_LOST: (
        "в строке есть знаки, которых нет в кодировке файла; они заменены на «�»",
        "the line has characters that the file's encoding does not know; they became “�”",
    ),
}


def sentence(say: Say, language: str, **about: object) -> str:
    """The sentence in Russian ("ru") or English (anything else)."""
    russian, english = _SENTENCES[say]
    return (russian if language == "ru" else english).format(**about)
