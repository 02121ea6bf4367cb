"""Where settings come from: a TOML file, files with one secret each, the environment.

Every layer is read into flat paths with their origin, so that a mistake and `show` can say where a
value was written. Precedence, the strongest first: environment, folder of secret files, TOML file,
default. Within one layer `x` and `x_file` exclude each other.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.errors import Mistake, Unreadable
from config.sentences import say
from config.text_file import parse, read_at_most, read_text_file, why_unreadable
from config.toml_lines import Lines

PREFIX = "DOZVON_"
CONFIG_VARIABLE = "DOZVON_CONFIG"
"""The settings file as the command line names it; wins over the next one."""
SETTINGS_VARIABLE = "DOZVON_SETTINGS"
SECRETS_VARIABLE = "DOZVON_SECRETS_DIR"
OTHERS = frozenset(
    {CONFIG_VARIABLE, SETTINGS_VARIABLE, SECRETS_VARIABLE}
    | {"DOZVON_ASTERISK_ROOT", "DOZVON_ASTERISK_SUITES", "DOZVON_ARTEFACTS"}
)
"""Variables with our prefix that are no settings: where settings are, and the laboratory's."""
SECRETS = frozenset(
    {"ami_secret", "journal_secret", "database_url", "token", "hmac_secret", "cdr"}
    | {"mail_password", "webhook_url", "webhook_token", "recordings_password"}
)
KEYED = ("pbx", "webhook")
"""Lists of sections, each with a key."""

_LONGEST_SECRET_BYTES = 4096
_FILE = "_file"
Path_ = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a value was written: a file with its line (0: the whole file), or a variable."""

    name: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.name}:{self.line}" if self.line else self.name


@dataclass(slots=True, kw_only=True)
class Layer:
    """The values of one source, flat, with their origins; and what was wrong while reading."""

    language: str
    values: dict[Path_, Any] = field(default_factory=dict)
    origins: dict[Path_, Origin] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def put(self, path: Path_, value: object, origin: Origin) -> None:
        """Takes a value; a secret's `…_file` is read at once."""
        target = _secret_of(path)
        if target is None:
            self._set(path, value, origin)
        else:
            self.put_file(target, Path(str(value)), path, origin)

    def put_file(self, target: Path_, file: Path, path: Path_, origin: Origin) -> None:
        """Takes the secret in a file; `path` is the setting that named the file."""
        try:
            self._set(target, read_secret_file(file), origin)
        except Unreadable as mistake:
            self.note(path, origin, mistake.sentence, **mistake.about)
            self.values.setdefault(target, "?")  # told already: it is not missing as well

    def note(self, path: Path_, origin: Origin, sentence: str, /, **about: object) -> None:
        """Notes a mistake of this source."""
        text = say(self.language, sentence, **about).strip()
        where = ".".join(path)
        self.mistakes.append(Mistake(file=origin.name, line=origin.line, path=where, sentence=text))

    def nested(self) -> dict[str, Any]:
        """Returns the values as nested dictionaries."""
        root: dict[str, Any] = {}
        for path, value in self.values.items():
            at = root
            for part in path[:-1]:
                inner = at.setdefault(part, {})
                at = inner if isinstance(inner, dict) else {}
            at[path[-1]] = value
        for section in (root.get(name) for name in KEYED):
            for key, inner in section.items() if isinstance(section, dict) else ():
                if isinstance(inner, dict):
                    inner.setdefault("key", key)
        return root

    def _set(self, path: Path_, value: object, origin: Origin) -> None:
        if path in self.origins:
            self.note(path, origin, "setting-twice", other=self.origins[path])
        self.values[path] = value
        self.origins[path] = origin


def from_toml(path: Path, language: str) -> Layer:
    """Reads the settings file; relative paths in it start at its folder."""
    layer = Layer(language=language)
    whole = Origin(name=str(path))
    try:
        text = read_text_file(path)
    except Unreadable as mistake:
        layer.note((), whole, mistake.sentence, **mistake.about)
        return layer
    data = parse(text, file=str(path), language=language)
    if isinstance(data, Mistake):
        layer.mistakes.append(data)
        return layer
    lines = Lines(text)
    for where, written, value in _leaves(data):
        origin = Origin(name=str(path), line=lines.of(written))
        section = where[0]
        if where in {(name,) for name in KEYED}:
            layer.note(where, origin, "pbx-list", section=section)
        elif where == (section, ""):
            layer.note((section,), origin, "pbx-key")
        elif where == (section, "", "twice"):
            layer.note((section, str(value)), origin, "pbx-twice", key=value)
        else:
            layer.put(where, _beside(path, where, value), origin)
    return layer


def from_secrets(folder: Path, language: str) -> Layer:
    """Reads a folder with one file for each secret, such as `pbx__main__ami_secret`."""
    layer = Layer(language=language)
    try:
        files = sorted(p for p in folder.iterdir() if not p.name.startswith(".") and p.is_file())
    except (OSError, ValueError) as error:
        reason = why_unreadable(error)
        layer.note((), Origin(name=str(folder)), "file-unreadable", reason=reason)
        return layer
    for file in files:
        name = file.name.casefold().removeprefix(PREFIX.casefold())
        path = tuple(name.split("__"))
        layer.put_file(path, file, path, Origin(name=str(file)))
    return layer


def from_environment(environment: Mapping[str, str], language: str) -> Layer:
    """Reads the variables that begin with `DOZVON_`; `__` goes one level down."""
    layer = Layer(language=language)
    for name, value in sorted(environment.items()):
        if name.startswith(PREFIX) and name not in OTHERS:
            path = tuple(name.removeprefix(PREFIX).casefold().split("__"))
            layer.put(path, value, Origin(name=name))
    return layer


def read_secret_file(path: Path) -> str:
    """Returns the secret in a file, without the line break at its end; raises `Unreadable`.

    Only the owner may read the file: 0600 or 0400.
    """
    try:
        mode = path.stat().st_mode
        data = read_at_most(path, _LONGEST_SECRET_BYTES)
    except (OSError, ValueError) as error:
        reason = why_unreadable(error)
        raise Unreadable("secret-file-unreadable", file=path, reason=reason) from None
    if stat.S_IMODE(mode) & 0o077:
        mode_text = f"{stat.S_IMODE(mode):04o}"
        raise Unreadable("secret-file-open", file=path, mode=mode_text)
    try:
        secret = data.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        secret = ""
    if not secret or len(data) > _LONGEST_SECRET_BYTES:
        raise Unreadable("secret-file-empty", file=path)
    return secret


def _secret_of(path: Path_) -> Path_ | None:
    """Returns the path of the secret that `…_file` gives, or None for any other setting."""
    name = path[-1].removesuffix(_FILE)
    return (*path[:-1], name) if name != path[-1] and name in SECRETS else None


def _leaves(data: dict[str, Any]) -> Iterator[tuple[Path_, tuple[str | int, ...], Any]]:
    """Yields (path of the setting, path in the file, value)."""
    for key, value in data.items():
        if key in KEYED:
            yield from _keyed_leaves(key, value)
        elif isinstance(value, dict):
            for inner, leaf in value.items():
                yield (key, inner), (key, inner), leaf
        else:
            yield (key,), (key,), value


def _keyed_leaves(
    section: str, value: object
) -> Iterator[tuple[Path_, tuple[str | int, ...], Any]]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        yield (section,), (section,), value
        return
    seen: set[str] = set()
    for index, one in enumerate(value):
        key = one.get("key")
        if not isinstance(key, str) or not key:
            yield (section, ""), (section, index), None
            continue
        if key in seen:
            yield (section, "", "twice"), (section, index, "key"), key
            continue
        seen.add(key)
        for name, leaf in one.items():
            yield (section, key, name), (section, index, name), leaf


def _beside(file: Path, path: Path_, value: object) -> object:
    """Makes a relative path in the settings file start at the file's folder."""
    is_path = path == ("data_dir",) or _secret_of(path) is not None
    if is_path and isinstance(value, str) and value:
        return str(file.absolute().parent / value)
    return value
