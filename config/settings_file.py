"""Loads the settings from all their sources and tells every mistake at once, with its place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from config.errors import Mistake, SettingsMistakes, Unreadable
from config.sentences import did_you_mean, say
from config.settings import Settings
from config.settings_sources import (
    PREFIX,
    SECRETS,
    SECRETS_VARIABLE,
    SETTINGS_VARIABLE,
    Origin,
    from_environment,
    from_secrets,
    from_toml,
)


def load_settings(
    file: Path | None = None, *, environment: Mapping[str, str], language: str = "ru"
) -> Settings:
    """Returns the settings from `file` (or `DOZVON_SETTINGS`), secret files and the environment.

    `environment` is `os.environ` in the service and a plain mapping in tests; `language` is that of
    the mistakes. Raises `SettingsMistakes` with all mistakes of all sources.
    """
    written = file or _path(environment.get(SETTINGS_VARIABLE))
    secrets = _path(environment.get(SECRETS_VARIABLE))
    layers = [from_environment(environment, language)]
    layers += [from_secrets(secrets, language)] if secrets else []
    layers += [from_toml(written, language)] if written else []
    mistakes = [mistake for layer in layers for mistake in layer.mistakes]
    origins = {path: at for layer in reversed(layers) for path, at in layer.origins.items()}
    try:
        nested = tuple(layer.nested() for layer in layers)
        settings = Settings(layers=nested)  # type: ignore[call-arg]
    except ValidationError as error:
        usual = Origin(name=str(written or "DOZVON_…"))
        reader = _Reader(origins=origins, usual=usual, language=language)
        told = {(mistake.path, mistake.line) for mistake in mistakes}
        found = [reader.mistake(dict(detail)) for detail in error.errors()]
        raise SettingsMistakes(
            [*mistakes, *(m for m in found if (m.path, m.line) not in told)]
        ) from None
    if mistakes:
        raise SettingsMistakes(mistakes)
    settings._origins = {path: str(at) for path, at in origins.items()}  # noqa: SLF001 - the maker
    return settings


def precedence(language: str = "ru") -> str:
    """Returns the sentence that says which source wins."""
    return say(language, "precedence", prefix=PREFIX, secrets=SECRETS_VARIABLE)


def setting_names() -> list[str]:
    """Returns the path of every setting (a PBX as `<key>`), as the documentation lists them."""
    return list(_names(Settings, ()))


class _Reader:
    """Turns what pydantic complains about into our sentences."""

    def __init__(
        self,
        *,
        origins: Mapping[tuple[str, ...], Origin],
        usual: Origin,
        language: str,
    ) -> None:
        self._origins = origins
        self._usual = usual
        self._language = language

    def mistake(self, detail: Mapping[str, Any]) -> Mistake:
        path = tuple(str(part) for part in detail["loc"])
        origin = self._origin(path)
        sentence = self._sentence(detail, path)
        return Mistake(
            file=origin.name, line=origin.line, path=".".join(path), sentence=sentence.strip()
        )

    def _sentence(self, detail: Mapping[str, Any], path: tuple[str, ...]) -> str:
        kind, about = detail["type"], detail.get("ctx", {})
        key = path[-1] if path else ""
        if kind == "extra_forbidden":
            hint = did_you_mean(self._language, key, _siblings(path))
            return say(self._language, "unknown-key", key=key, hint=hint)
        if kind == "missing":
            example = f'{key}_file = "…"' if key in SECRETS else f'{key} = "…"'
            return say(self._language, "missing-key", key=key, example=example)
        cause = about.get("error")
        if isinstance(cause, Unreadable):
            hint = did_you_mean(self._language, str(cause.about.get("value")), cause.words)
            return say(self._language, cause.sentence, hint=hint, **cause.about)
        if kind == "enum":
            words = [word.strip("' ") for word in about["expected"].replace(" or ", ",").split(",")]
            hint = did_you_mean(self._language, str(detail["input"]), words)
            return say(self._language, "not-a-choice", value=detail["input"], hint=hint)
        return say(self._language, "setting-unreadable", key=key)

    def _origin(self, path: tuple[str, ...]) -> Origin:
        """Where the value stands, or something near it."""
        if path in self._origins:
            return self._origins[path]
        for depth in range(len(path), 0, -1):
            for known, origin in self._origins.items():
                if known[:depth] == path[:depth]:
                    return origin
        return self._usual


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None


def _siblings(path: tuple[str, ...]) -> list[str]:
    """The names that could have stood where an unknown one stands."""
    model: type[BaseModel] | None = Settings
    skip = False
    for part in path[:-1]:
        if skip:
            skip = False
            continue
        model, skip = _model_of(model, part)
    names = list(model.model_fields) if model else []
    return names + [f"{name}_file" for name in names if name in SECRETS]


def _model_of(model: type[BaseModel] | None, name: str) -> tuple[type[BaseModel] | None, bool]:
    """Returns the model of a field, and whether a key stands between (a dictionary of models)."""
    field = model.model_fields.get(name) if model else None
    annotation = field.annotation if field else None
    if get_origin(annotation) is dict:
        return get_args(annotation)[1], True
    if isinstance(annotation, type) and not isinstance(annotation, UnionType):
        return (annotation if issubclass(annotation, BaseModel) else None), False
    return None, False


def _names(model: type[BaseModel], path: tuple[str, ...]) -> list[str]:
    names: list[str] = []
    for name in model.model_fields:
        inner, keyed = _model_of(model, name)
        here = (*path, name, "<key>") if keyed else (*path, name)
        names += _names(inner, here) if inner else [".".join(here)]
    return names
