"""What every command is given: settings (read when first asked for), the language, the clock.

`--config` wins over `DOZVON_CONFIG`, then `DOZVON_SETTINGS`, `./dozvon.toml` and
`/etc/dozvon/dozvon.toml`; with none of them the environment alone makes the settings. The language
is found without reading all settings, so that commands which need none start fast.
"""

from __future__ import annotations

import getpass
import os
import stat
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from config.settings_sources import CONFIG_VARIABLE, SETTINGS_VARIABLE

if TYPE_CHECKING:
    from config.settings import Settings  # pydantic takes 0.3 s to import

LANGUAGES = ("ru", "en")
USUAL_FILES = (Path("dozvon.toml"), Path("/etc/dozvon/dozvon.toml"))


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _is_there(file: Path) -> bool:
    """Whether a file exists; one that may not be looked at does, and is told when it is read."""
    try:
        return stat.S_ISREG(file.stat().st_mode)
    except PermissionError:
        return True
    except OSError:
        return False


@dataclass(slots=True, kw_only=True)
class Context:
    """The object that click hands to every command (`@click.pass_obj`).

    `process`: this is the `dozvon` process itself and may configure what is global to it (logging).
    """

    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    now: Callable[[], datetime] = _utc_now
    config: Path | None = None
    chosen_language: str = ""
    process: bool = False
    _settings: Settings | None = None
    _language: str = ""

    @property
    def language(self) -> str:
        """`ru` or `en`: the option, else the settings, else the environment's locale."""
        if self.chosen_language:
            return self.chosen_language
        if not self._language:
            self._language = self._written_language() or self._locale_language()
        return self._language

    def config_file(self) -> Path | None:
        """The settings file: as asked for (it need not exist), else the first usual one."""
        asked = self.environment.get(CONFIG_VARIABLE) or self.environment.get(SETTINGS_VARIABLE)
        if self.config or asked:
            return self.config or Path(asked or "")
        return next((file for file in USUAL_FILES if _is_there(file)), None)

    def settings(self) -> Settings:
        """The settings; raises `SettingsMistakes` with all mistakes at once."""
        from config.settings_file import load_settings  # noqa: PLC0415 - slow to import

        if self._settings is None:
            file, environment = self.config_file(), self.environment
            self._settings = load_settings(file, environment=environment, language=self.language)
        return self._settings

    def user(self) -> str:
        """Who gives the command, as the system knows him."""
        try:
            return getpass.getuser()
        except (KeyError, OSError):  # a container may have no name for its user
            return "cli"

    def _written_language(self) -> str:
        said = self.environment.get("DOZVON_LANGUAGE", "").casefold()
        if said in LANGUAGES:
            return said
        file = self.config_file()
        if file is None:
            return ""
        try:
            written = tomllib.loads(file.read_text("utf-8-sig")).get("language", "ru")
        except (OSError, ValueError):
            return ""  # told with its line when the settings are needed
        return written if written in LANGUAGES else ""

    def _locale_language(self) -> str:
        names = ("LC_ALL", "LC_MESSAGES", "LANG")
        locale = next((self.environment[name] for name in names if self.environment.get(name)), "")
        return "ru" if locale.casefold().startswith("ru") else "en"
