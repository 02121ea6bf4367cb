"""What a difference in the books means and what to do, as a sentence: (Russian, English)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from router.books import Difference, DifferenceKind

_SENTENCES: Final[Mapping[DifferenceKind, tuple[str, str]]] = {
    DifferenceKind.NOT_LOGGED: (
        (
            "{at} звонил {caller}: АТС его записала ({id}), а в нашем журнале его нет. "
            "Посмотрите, не было ли тогда пропуска наблюдения (dozvon gaps)."
        ),
        (
            "{at} {caller} called: the PBX recorded it ({id}), our log does not know it. "
            "Look whether the PBX was not watched then (dozvon gaps)."
        ),
    ),
    DifferenceKind.NOT_IN_RECORDS: (
        (
            "{at} звонил {caller} ({id}): в нашем журнале он есть, а в записях АТС нет. "
            "Проверьте unanswered = yes в cdr.conf и что записи никто не чистит."
        ),
        (
            "{at} {caller} called ({id}): our log knows it, the PBX's call records do not. "
            "Check unanswered = yes in cdr.conf, and that nobody clears the records."
        ),
    ),
    DifferenceKind.TALK_NOT_LOGGED: (
        (
            "{at} {caller} ({id}): по записям АТС с ним говорил {who}, а у нас звонок не отвечен. "
            "Если это так, закройте обратный звонок."
        ),
        (
            "{at} {caller} ({id}): by the PBX's records {who} talked with him, our log has him "
            "unanswered. If they talked, close the callback."
        ),
    ),
    DifferenceKind.TALK_NOT_IN_RECORDS: (
        (
            "{at} {caller} ({id}): у нас он отвечен, а по записям АТС с ним никто не говорил. "
            "Перезвоните: лучше лишний раз, чем ни разу."
        ),
        (
            "{at} {caller} ({id}): our log has him answered, by the PBX's records nobody talked "
            "with him. Call him: once too often is better than never."
        ),
    ),
    DifferenceKind.NO_END: (
        "{at} {caller} ({id}): в нашем журнале у звонка нет конца.",
        "{at} {caller} ({id}): the call has no end in our log.",
    ),
    DifferenceKind.NO_CALLBACK: (
        "{at} {caller} ({id}): пропущен, а в списке обратных звонков его нет.",
        "{at} {caller} ({id}): missed, and in no item of the callback list.",
    ),
}


def sentence(found: Difference, language: str, *, at: str, caller: str) -> str:
    """Says a difference; `at` and `caller` as people read them."""
    text = _SENTENCES[found.kind][0 if language == "ru" else 1]
    hidden = "скрытый номер" if language == "ru" else "a hidden number"
    somebody = "кто-то" if language == "ru" else "somebody"
    about = {"id": found.call_id or "-", "who": found.who or somebody}
    return text.format(at=at, caller=caller or hidden, **about)
