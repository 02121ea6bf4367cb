"""Books that do not balance are an alarm until they do."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from dozvon.alarms.composing import books_sentence
from switchboard.bookkeeper import BooksState
from switchboard.troubles import spoken

AT = datetime(2026, 11, 22, 0, 10, tzinfo=UTC)


def state(*, differences: int = 0, trouble: str = "") -> BooksState:
    return BooksState(
        day=date(2026, 11, 21),
        at=AT,
        balanced=not differences and not trouble,
        differences=differences,
        trouble=trouble,
    )


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_difference_says_how_many_and_where_to_look(language: str) -> None:
    """The sentence names the day, the count and the command."""
    told = spoken(books_sentence(state(differences=3)), language)
    assert ("Сверка" in told) is (language == "ru")
    assert "2026-11-21" in told
    assert "3" in told
    assert "dozvon books --day 2026-11-21" in told


def test_records_that_cannot_be_read_are_told_with_their_reason() -> None:
    """A balancing that could not be done is no balance."""
    assert "no such file" in books_sentence(state(trouble="no such file"))


@pytest.mark.parametrize("found", [None, state()])
def test_books_that_balance_are_no_alarm(found: BooksState | None) -> None:
    """Nothing is told where there is nothing to tell."""
    assert books_sentence(found) == ""
