"""What people read: in both languages, with the same places, and nothing that nobody shows."""

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest

from web.pages.formats import Formats
from web.pages.texts import LANGUAGES, Form, Words, chosen_language, every_text

WEB = Path(__file__).parents[2] / "web"
SOURCES = "\n".join(
    file.read_text("utf-8") for file in WEB.rglob("*.*") if file.suffix in {".py", ".html", ".js"}
)


def places(form: Form) -> list[set[str]]:
    forms = [form] if isinstance(form, str) else list(form.values())
    return [{name for _, name, _, _ in Formatter().parse(f) if name} - {"n"} for f in forms]


def differs(forms: Mapping[str, Form]) -> bool:
    """Whether the languages name other places, or one of them lacks a number's forms."""
    used = [names for language in LANGUAGES for names in places(forms[language])]
    if any(names != used[0] for names in used):
        return True
    kinds = {language: isinstance(forms[language], str) for language in LANGUAGES}
    if all(kinds.values()):
        return False
    russian = kinds["ru"] or set(forms["ru"]) >= {"one", "few", "many"}
    return not (russian and (kinds["en"] or set(forms["en"]) >= {"one", "other"}))


def test_a_text_says_the_same_in_both_languages() -> None:
    assert [key for key, forms in every_text().items() if differs(forms)] == []


def shown(key: str, stems: Collection[str]) -> bool:
    """Whether a source names the key, or makes it out of a stem."""
    area, _, name = key.partition(".")
    if key in SOURCES or f'"{area}." ~' in SOURCES or f'f"{area}.{{' in SOURCES:
        return True
    ends = range(len(area) + 1, len(key))
    if any(key[:at] in stems for at in ends if key[at - 1] in ".-"):
        return True
    return name.endswith("-why") and key.removesuffix("-why") in SOURCES


def test_no_text_is_left_that_nobody_shows() -> None:
    assert all(re.fullmatch(r"[\w.-]+", key) for key in every_text())
    stems = set(re.findall(r"""["']([\w.-]+)(?=["']\s*~|\{)""", SOURCES))
    assert [key for key in every_text() if not shown(key, stems)] == []


def test_every_text_that_a_page_names_exists() -> None:
    named = set(re.findall(r'\bt\("([a-z-]+\.[a-z0-9-]*[a-z0-9])"', SOURCES))
    named |= set(re.findall(r'\bwords\("([a-z-]+\.[a-z0-9-]+)"', SOURCES))
    assert named <= set(every_text())


def test_the_persons_choice_wins_then_his_browsers_then_the_houses() -> None:
    assert chosen_language("en", "ru", "ru") == "en"
    assert chosen_language("", "de-DE,en;q=0.8,ru;q=0.5", "ru") == "en"
    assert chosen_language("", "de", "ru") == "ru"
    assert chosen_language("xx", "", "xx") == "ru"


@pytest.fixture
def fmt() -> Formats:
    now = datetime(2026, 11, 22, 21, 30, tzinfo=UTC)  # already Monday in Moscow
    return Formats(Words("ru"), ZoneInfo("Europe/Moscow"), now)


def test_a_day_is_the_readers_day(fmt: Formats) -> None:
    assert fmt.day(fmt.now) == "сегодня"
    assert fmt.day(fmt.now - timedelta(hours=1)) == "вчера"
    assert fmt.moment(fmt.now - timedelta(hours=1)) == "вчера, 23:30"
    assert fmt.moment(fmt.now) == "0:30"
    assert fmt.day(datetime(2025, 3, 1, 9, tzinfo=UTC)) == "1 мар. 2025"


def test_durations_and_numbers_read_as_people_write_them(fmt: Formats) -> None:
    assert fmt.seconds(65) == "1:05"
    assert fmt.seconds(3723) == "1:02:03"
    assert fmt.spoken(65) == "1\u00a0мин\u00a05\u00a0с"
    assert fmt.spoken(0) == "0\u00a0с"
    assert fmt.number("+79161234567") == "+7 916 123-45-67"
    assert fmt.number("79161234567") == "+7 916 123-45-67"
    assert fmt.number("8 (916) 123-45-67") == "+7 916 123-45-67", "as the office reads it"
    assert fmt.number("9999999999999999") == "9999999999999999", "what is no number stays"
    assert fmt.number("101") == "101"
    assert fmt.number("") == "Номер скрыт"
