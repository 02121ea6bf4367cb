"""What the command line says of the books: (Russian, English)."""

from __future__ import annotations

BOOKS_HELP: dict[str, tuple[str, str]] = {
    "command-books": (
        "Сверить журнал звонков с записями самой АТС (CDR). Код 1: есть расхождения.",
        "Balance the call log against the PBX's own call records (CDR). Code 1: they differ.",
    ),
    "help-books-day": ("Какой день; обычно сегодня.", "Which day; today if left out."),
}

BOOKS: dict[str, tuple[str, str]] = {
    "books-no-records": (
        (
            "Не указано, где АТС хранит свои записи о звонках: задайте cdr в разделе [[pbx]] "
            "настроек (docs/books.md)."
        ),
        (
            "Nobody said where the PBX keeps its call records: set cdr in [[pbx]] of the settings "
            "(docs/books.md)."
        ),
    ),
    "books-no-line": ("Линии «{line}» нет.", "There is no line “{line}”."),
    "books-damaged": (
        "Строк, которые не удалось прочитать: {count}. Сверка неполна.",
        "Lines that could not be read: {count}. The books are not complete.",
    ),
    "books-empty": ("За этот день звонков нет.", "There are no calls on this day."),
    "books-balance": ("Сходится.", "The books balance."),
    "books-line-unknown": ("линия неизвестна", "line unknown"),
    "excluded-other_line": ("на чужие линии", "to other lines"),
    "excluded-before_us": ("до установки", "before we were there"),
    "excluded-too_fresh": ("ещё идут", "still under way"),
    "head-in-records": ("у АТС", "in records"),
    "head-answered": ("отвечено", "answered"),
    "head-missed-calls": ("пропущено", "missed"),
    "head-rejected": ("отказано", "rejected"),
    "head-excluded": ("не в счёт", "excluded"),
    "head-differences": ("расхождений", "differences"),
}
