"""What a source says of a file that it did not give is told in Russian too."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from recordings.details import FORMS
from recordings.sentences import sentence
from storage.sentences import Sentence, read_again

ROOM = Path(__file__).parents[2] / "recordings"
RAISED = {"SourceUnavailable", "SourceRefused", "LinkExpired", "AddressRefused", "NameRefused"}


def said_in(file: Path) -> Iterator[str]:
    """Every sentence that a file raises, a number in each of its gaps."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id not in RAISED or not node.args:
                continue
            told = node.args[0]
            pieces = told.values if isinstance(told, ast.JoinedStr) else [told]
            yield "".join(p.value if isinstance(p, ast.Constant) else "7" for p in pieces)


SAID = sorted({told for file in ROOM.rglob("*.py") for told in said_in(file)})


def test_the_sources_say_something() -> None:
    assert len(SAID) > 15


@pytest.mark.parametrize("told", SAID)
def test_every_word_of_a_source_is_known_in_russian(told: str) -> None:
    assert isinstance(read_again(told, FORMS), Sentence), told


def test_the_reason_stands_in_the_readers_language() -> None:
    detail = "the folder of recordings /var/spool: Permission denied"
    assert sentence("ru", "source", detail) == (
        "Файл с АТС не получен: папка записей /var/spool: нет прав"
    )
    assert sentence("en", "source", detail).endswith(detail)
