"""Why did the call go there: every reason is a sentence in both languages."""

from __future__ import annotations

import inspect
from dataclasses import replace
from importlib import import_module

import pytest
from decision_builders import (
    ANNA,
    CLOSED_AT,
    HEAD,
    SALES,
    TALKING,
    absent,
    annas,
    client,
    decided,
    office_of,
)

from router import candidates, chain, owner
from router.explain import sentence, story
from router.hours import HoursRule
from router.office import AbsentRule, AfterHoursRule, Status
from router.plan import Ending, Reason, StepRole, Why

LANGUAGES = ("en", "ru")
decide_module = import_module("router.decide")


@pytest.mark.parametrize("why", Why)
def test_every_reason_is_a_sentence_in_both_languages(why: Why) -> None:
    english, russian = (sentence(Reason(why=why), language) for language in LANGUAGES)
    assert english.endswith(".")
    assert russian.endswith(".")
    assert english.isascii() or set(english) - set("“”—’") <= set(map(chr, range(128)))
    assert any("а" <= letter <= "я" for letter in russian)


@pytest.mark.parametrize("why", Why)
def test_no_reason_exists_that_no_decision_gives(why: Why) -> None:
    rooms = (candidates, chain, decide_module, owner)
    assert any(f"Why.{why.name}" in inspect.getsource(room) for room in rooms)


@pytest.mark.parametrize("why", Why)
def test_both_languages_have_the_same_gaps(why: Why) -> None:
    """A gap shows as a dash where nothing fills it; here each is filled with its own name."""

    def gaps(language: str) -> set[str]:
        names = {name for name in _ALL_GAPS if f"<{name}>" in sentence(_filled(why), language)}
        assert "{" not in sentence(_filled(why), language)
        return names

    english, russian = gaps("en"), gaps("ru")
    assert english == russian


_ALL_GAPS = [
    "application",
    "client",
    "count",
    "deputy",
    "department",
    "ending",
    "line",
    "name",
    "names",
    "number",
    "patience",
    "pbx",
    "role",
    "rule",
    "seconds",
    "status",
    "then",
    "wanted",
    "manager",
]


def _filled(why: Why) -> Reason:
    return Reason(why=why, about={name: f"<{name}>" for name in _ALL_GAPS})


@pytest.mark.parametrize(
    ("gap", "why", "words"),
    [
        ("status", Why.SKIPPED_STATUS, Status),
        ("rule", Why.CLOSED, HoursRule),
        ("then", Why.CLOSED, AfterHoursRule),
        ("ending", Why.ENDING, Ending),
        ("role", Why.SHORTENED, StepRole),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_of_the_code_is_shown_to_people(
    gap: str, why: Why, words: type, language: str
) -> None:
    """Each value has words of its own, in each language others."""
    told = {sentence(Reason(why=why, about={gap: word}), language) for word in words}
    assert len(told) == len(list(words))
    if language == "ru":
        assert not any(f" {word}" in text for word in words for text in told)


def test_an_unknown_language_is_answered_in_english() -> None:
    assert sentence(Reason(why=Why.CALLER_HIDDEN), "de") == "The caller hides his number."


def test_an_empty_gap_is_a_dash() -> None:
    reason = Reason(why=Why.LINE_UNKNOWN, about={"line": "", "department": "Продажи"})
    assert sentence(reason, "ru").startswith("Линии — в офисе нет")


def test_braces_in_a_name_are_only_text() -> None:
    reason = Reason(why=Why.CLIENT_FOUND, about={"client": "{name} {0} %s"})
    assert sentence(reason, "en") == "{name} {0} %s is calling."


def test_the_story_of_a_usual_call_reads_in_its_order() -> None:
    decision = annas(presence={"petr": absent(Status.LUNCH)})
    assert story(decision.reasons, "ru") == (
        "Звонок на линию «Основная» (74950000001), принимает Продажи.",
        "Звонит клиент: Клиент c1.",
        "Менеджер клиента — Анна.",
        "Продажи: рабочее время.",
        "Сначала звонок идёт менеджеру клиента: Анна, 15 с.",
        "Пропускаем — Пётр: обед.",
        "Затем другому менеджеру: Ольга, 10 с.",
        "Затем на мобильный руководителя: Вера, 20 с.",
        "Звонок идёт всему отделу сразу (Анна, Ольга), 5 с.",
        "Всё время, что останется от 60 с, клиент ждёт первого, кто освободится.",
        "Если никто не ответит: сообщение, что все заняты, и обратный звонок.",
    )


def test_the_story_of_a_full_house_reads_in_its_order() -> None:
    decision = decided(presence=dict.fromkeys(("anna", "petr", "olga"), TALKING))
    assert story(decision.reasons, "en")[3:] == (
        "Анна is passed over: already talking.",
        "Пётр is passed over: already talking.",
        "Ольга is passed over: already talking.",
        "Everybody in Продажи is busy, so the caller waits and is not sent away.",
        "The caller waits for the first who is free, 32 s at most.",
        "Then the head's mobile rings, Вера: 20 s.",
        "For whatever is left of 60 s the caller waits for the first who is free.",
        "If nobody answers: the message that everyone is busy, and a callback.",
    )


def test_the_story_of_a_closed_department_ends_without_a_phone() -> None:
    assert story(annas(at=CLOSED_AT).reasons, "ru")[-2:] == (
        "Продажи: сейчас закрыто (часы работы). Правило нерабочего времени: сообщение и обратный звонок.",
        "Никому не звоним, итог: сообщение, что офис закрыт, и обратный звонок.",
    )


def test_the_story_of_an_absent_owner_says_where_his_status_leads() -> None:
    office = office_of(
        replace(ANNA, deputy="olga", when_absent={Status.AWAY: AbsentRule.DEPUTY}),
        replace(HEAD, mobile=""),
        replace(SALES, group_ring_seconds=0),
    )
    decision = decided(
        clients=(client(owner="anna"),), office=office, presence={"anna": absent(Status.AWAY)}
    )
    assert story(decision.reasons, "en")[4:-1] == (
        "Анна is passed over: away.",
        "Анна is represented by Ольга meanwhile.",
        "Then the deputy rings, Ольга: 10 s.",
        "The mobile of Вера is left out: there is none in the office file.",
        "For whatever is left of 60 s the caller waits for the first who is free.",
    )
