"""What a source says of a file that it did not give is told in Russian too."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from recordings import details, errors
from recordings.details import FORMS
from recordings.sentences import sentence
from storage.sentences import Form, Sentence, read_again

ROOM = Path(__file__).parents[2] / "recordings"
OURS = {name: form for name, form in vars(details).items() if isinstance(form, Form)}
RAISED = {
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.SourceError)
}


def raised_in(file: Path) -> Iterator[tuple[str, ast.expr]]:
    """Where a file makes an error of a source, and what it says."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        made = node.func if isinstance(node, ast.Call) else None
        if isinstance(node, ast.Call) and isinstance(made, ast.Name) and made.id in RAISED:
            yield f"{file.name}:{node.lineno}", node.args[0]


SAID = [said for file in sorted(ROOM.rglob("*.py")) for said in raised_in(file)]


def test_the_sources_say_something() -> None:
    assert len(SAID) > 25


@pytest.mark.parametrize(("where", "said"), SAID)
def test_every_word_of_a_source_is_a_form_of_both_languages(where: str, said: ast.expr) -> None:
    """A sentence written beside it would be told in English to everybody."""
    assert isinstance(said, ast.Call), where
    named = said.func.attr if isinstance(said.func, ast.Attribute) else ast.unparse(said.func)
    gaps = {str(word.arg): "7" for word in said.keywords}
    assert isinstance(OURS[named](**gaps), Sentence), where


@pytest.mark.parametrize("form", OURS.values(), ids=OURS)
def test_what_is_kept_in_english_is_read_again_as_what_it_was(form: Form) -> None:
    """No wider form before it takes its place."""
    gaps = dict.fromkeys(form.gaps_in(form.english) or (), "7")
    told = form(**gaps)
    again = read_again(str(told), FORMS)
    assert isinstance(again, Sentence)
    assert again.russian == told.russian


def test_the_reason_stands_in_the_readers_language() -> None:
    detail = "the folder of recordings /var/spool: Permission denied"
    assert sentence("ru", "source", detail) == (
        "Файл с АТС не получен: папка записей /var/spool: нет прав"
    )
    assert sentence("en", "source", detail).endswith(detail)


def test_a_web_page_instead_of_a_recording_is_told_in_russian() -> None:
    told = sentence("ru", "source", "the source gave a web page instead of a recording")
    assert told == "Файл с АТС не получен: вместо записи источник отдал: веб-страница"
