"""A small office as a file, and what is wrong with a changed one."""

from __future__ import annotations

import pytest

from config.errors import Mistake, OfficeMistakes
from config.office_file import load_office
from router.office import Office

SMALL = """\
[office]
name = "Окна"

[departments.sales]
name = "Продажи"
head = "ivanova"
hours = { mon-fri = "9:00-19:00" }

[managers.ivanova]
name = "Анна Иванова"
extension = "101"
department = "sales"
mobile = "8 (916) 123-45-67"

[managers.petrov]
extension = "102"
department = "sales"

[lines.main]
number = "+7 495 123-00-01"
department = "sales"

[outgoing.trunk]
dial = "PJSIP/{number}@trunk"
"""


def load(text: str = SMALL, language: str = "en") -> Office:
    return load_office(text, file="office.toml", language=language)


def mistakes(text: str, language: str = "en") -> list[Mistake]:
    with pytest.raises(OfficeMistakes) as caught:
        load(text, language)
    return caught.value.mistakes


def only(text: str, language: str = "en") -> Mistake:
    found = mistakes(text, language)
    assert len(found) == 1, [str(mistake) for mistake in found]
    return found[0]


def changed(old: str, new: str) -> str:
    assert SMALL.count(old) == 1, old
    return SMALL.replace(old, new)


def with_lines(table: str, *lines: str) -> str:
    """Puts lines under a table of the small office."""
    header = f"[{table}]\n"
    return changed(header, header + "".join(line + "\n" for line in lines))


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1
