"""A sentence that was kept in English is known again, with what filled its gaps."""

from __future__ import annotations

import errno
import os
import re
import socket
from string import Formatter

import pytest

from storage.sentences import Form, in_language, joined, message_of, read_again
from storage.system_words import system_reason
from switchboard.troubles import FORMS, SERVICE_WAS_DOWN, disagreement, spoken

VALUES = {"name": "main", "address": "127.0.0.1:5038", "host": "0.0.0.0", "seconds": "10"}  # noqa: S104 - a value
AWAY, BAR = Form("{host} is away: {why}", "{host} не отвечает: {why}"), Form("no bar", "нет бара")


def gaps(text: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(text) if name]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.english[:40])
def test_every_form_is_known_again_in_russian(form: Form) -> None:
    """Not as another form that also fits, and with the same gaps in both languages."""
    assert sorted(gaps(form.english)) == sorted(gaps(form.russian))
    said = form(**{name: VALUES.get(name, f"<{name}>") for name in gaps(form.english)})
    kept = str.__str__(said)
    assert type(kept) is str
    assert in_language(read_again(kept, FORMS), "ru") == said.russian
    assert in_language(read_again(kept, FORMS), "en") == kept


def test_what_fills_a_gap_is_known_again_too() -> None:
    told = read_again("db is away: no bar", (AWAY, BAR))
    assert in_language(told, "ru") == "db не отвечает: нет бара"


def test_a_sentence_in_a_gap_is_told_in_the_language_around_it() -> None:
    told = AWAY(host="db", why=BAR())
    assert (str(told), told.russian) == ("db is away: no bar", "db не отвечает: нет бара")


def test_what_nobody_knows_is_told_as_it_is() -> None:
    assert spoken("Something an exchange said", "ru") == "Something an exchange said"
    assert spoken("", "ru") == ""


def test_a_gap_of_before_is_told_in_russian() -> None:
    """As Asterisk's link puts it together, word for word."""
    kept = (
        "the link to Asterisk main at 10.0.0.5:5038 was lost: the connection broke "
        "(Connection reset by peer)"
    )
    assert spoken(kept, "ru") == (
        "связь с Asterisk main (10.0.0.5:5038) потеряна: соединение оборвалось "
        "(соединение сброшено)"
    )
    assert spoken(kept, "en") == kept
    assert spoken("the service was not running", "ru") == SERVICE_WAS_DOWN().russian


def test_an_error_keeps_its_russian_sentence() -> None:
    assert in_language(message_of(ValueError(BAR())), "ru") == "нет бара"
    assert message_of(ValueError("plain")) == "plain"
    assert message_of(ValueError()) == "ValueError()"


def test_sentences_behind_one_another_stay_two_languages() -> None:
    told = joined((BAR(), "7"))
    assert (str(told), told.russian) == ("no bar 7", "нет бара 7")


@pytest.mark.parametrize("number", [errno.ECONNREFUSED, errno.EACCES, errno.ENOSPC])
def test_the_systems_reasons_are_told_in_russian(number: int) -> None:
    said = system_reason(OSError(number, os.strerror(number)))
    assert said == os.strerror(number)
    assert re.fullmatch("[а-яё -]+", said.russian)


def test_a_reason_without_a_number_of_the_system_is_its_text() -> None:
    """A name that is not found has a number of another table; a time-out may have nothing."""
    unknown = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    assert system_reason(unknown).russian == "имя узла неизвестно"
    assert system_reason(TimeoutError()).russian == "нет ответа"
    assert system_reason(OSError(99_999, "Odd")) == os.strerror(99_999)


def test_two_witnesses_are_told_in_russian() -> None:
    kept = "disposition: events missed, journal answered; answered_by: events None, journal 101"
    assert disagreement(kept, "ru") == (
        "итог: события — пропущен, журнал — принят; кто говорил: события — неизвестно, журнал — 101"
    )
    assert disagreement(kept, "en") == kept
