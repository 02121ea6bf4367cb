"""What people read, in Russian and English: one file for each area under `web/texts`.

A text is found as `area.key`; its places are filled by name (`{who}`). A text that counts has a
form for each plural of its language (CLDR's names: one, few, many, other) and is given `n`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from babel import Locale

LANGUAGES = ("ru", "en")

Form = str | Mapping[str, str]


@cache
def every_text() -> Mapping[str, Mapping[str, Form]]:
    """All texts: `area.key` to its languages. Raises `ValueError` for one without a language."""
    found: dict[str, Mapping[str, Form]] = {}
    for file in sorted((resources.files("web") / "texts").iterdir(), key=lambda f: f.name):
        if not file.name.endswith(".toml"):
            continue
        area = file.name.removesuffix(".toml")
        for key, forms in tomllib.loads(file.read_text("utf-8")).items():
            if set(forms) != set(LANGUAGES):
                raise ValueError(f"{file.name}: {key} is not in {' and '.join(LANGUAGES)}")
            found[f"{area}.{key}"] = forms
    return found


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one language."""

    language: str

    def __call__(self, key: str, /, n: float | None = None, **about: object) -> str:
        """The text under `area.key`. Raises `KeyError` for one that does not exist."""
        form = every_text()[key][self.language]
        if not isinstance(form, str):
            form = form[self.plural(0 if n is None else n)]
        return form.format(n=n, **about) if about or n is not None else form

    def plural(self, n: float) -> str:
        """Which plural form a number takes."""
        return str(_rule(self.language)(n))

    def has(self, key: str) -> bool:
        """Whether there is such a text."""
        return key in every_text()


@cache
def _rule(language: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - Babel's own type
    return Locale(language).plural_form


def chosen_language(wish: str, accepted: str, house: str) -> str:
    """The person's choice, else the first of his browser's that we speak, else the house's."""
    if wish in LANGUAGES:
        return wish
    for part in accepted.split(","):
        tag = part.split(";")[0].strip().lower()[:2]
        if tag in LANGUAGES:
            return tag
    return house if house in LANGUAGES else LANGUAGES[0]
