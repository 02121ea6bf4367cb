"""Installs step by step: secrets, users, connection, office, dialplan, settings.

What the environment and the folder of secrets say goes before the settings file, here as in the
service. The settings are saved only after both users were let in; until then there are secrets
(each in a file of its own, for the service alone) and what is to be pasted. So the same command may
be given again until it is through, and every time goes on where it stopped.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.errors import SettingsMistakes
from config.office_file import load_office, read_office
from config.settings import DATABASE_NAME
from config.settings_file import load_settings
from config.settings_sources import SECRETS_VARIABLE, from_environment, from_secrets
from dozvon.setup import drafting
from dozvon.setup.drafting import OfficeAnswers, Person, Wanted
from dozvon.setup.exchange import ExchangeFacts, Login, names_of
from dozvon.setup.files import dump_toml, make_folder, secret_in, write_file
from pbx_adapters.asterisk.manager_conf import SUPPORTED
from pbx_adapters.asterisk.settings import AsteriskSettings
from router.office import Office

PASTED = "asterisk"
SECRETS = "secrets"
USUAL_PORT = 4573
_SECRET_NAMES = ("ami_secret", "journal_secret")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where things of this installation are."""

    config: Path
    data_dir: Path
    office: Path = Path("office.toml")
    freepbx: bool = False

    @property
    def manager_file(self) -> Path:
        """What is pasted into Asterisk's file of AMI users."""
        name = "manager_custom.conf" if self.freepbx else "manager.conf"
        return self.config.parent / PASTED / name

    @property
    def dialplan_file(self) -> Path:
        """What is pasted into Asterisk's dialplan."""
        name = "extensions_custom.conf" if self.freepbx else "extensions.conf"
        return self.config.parent / PASTED / name

    @property
    def database(self) -> Path:
        """The database, where the settings do not name another."""
        return self.data_dir / DATABASE_NAME

    @property
    def office_file(self) -> Path:
        """The office file; a relative `office` is looked for in `data_dir`, as the service does."""
        return self.data_dir / self.office


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """The two passwords; `files` names, by setting, those in files that the settings name."""

    calls: str
    journal: str
    files: Mapping[str, str]


def written_before(config: Path) -> dict[str, Any]:
    """What the settings file says now; empty where there is none. Raises `SettingsMistakes`."""
    if not config.is_file():
        return {}
    try:
        return tomllib.loads(config.read_text("utf-8-sig"))
    except ValueError:
        load_settings(config, environment={})  # says what is wrong, with its line
        raise


def told_outside(environment: Mapping[str, str], language: str) -> dict[tuple[str, ...], Any]:
    """What the environment and the folder of secrets say, by the path of the setting.

    Raises `SettingsMistakes` where a secret that they name cannot be read or is empty.
    """
    folder = environment.get(SECRETS_VARIABLE)
    layers = [from_secrets(Path(folder), language)] if folder else []
    layers.append(from_environment(environment, language))
    for layer in layers:
        for path, value in layer.values.items():
            if path[-1] in _SECRET_NAMES and not value:
                layer.note(path, layer.origins[path], "secret-empty")
    if mistakes := [mistake for layer in layers for mistake in layer.mistakes]:
        raise SettingsMistakes(mistakes)
    return {path: value for layer in layers for path, value in layer.values.items()}


def pbx_before(before: Mapping[str, Any], key: str) -> dict[str, Any]:
    """What the settings file says of one PBX."""
    pbxs = before.get("pbx", [])
    tables = pbxs if isinstance(pbxs, list) else []
    return next((dict(p) for p in tables if isinstance(p, dict) and p.get("key") == key), {})


def free_port_for_questions(before: Mapping[str, Any]) -> int:
    """The first port for questions that no other PBX of the settings asks at."""
    pbxs = before.get("pbx", [])
    tables = [p for p in pbxs if isinstance(p, dict)] if isinstance(pbxs, list) else []
    taken = {p.get("agi_port", USUAL_PORT) for p in tables}
    return next(port for port in range(USUAL_PORT, 65536) if port not in taken)


def secrets_of(
    place: Place, key: str, pbx: Mapping[str, Any], outside: Mapping[tuple[str, ...], Any]
) -> Secrets:
    """The passwords as they are; those that are not there yet are made, each in its file."""
    found: dict[str, str] = {}
    files: dict[str, str] = {}
    for name in _SECRET_NAMES:
        told = outside.get(("pbx", key, name))
        if told is not None:
            found[name] = str(told)
            continue
        if name in pbx:
            found[name] = str(pbx[name])
            continue
        usual = f"{SECRETS}/pbx__{key}__{name}"
        file = str(pbx.get(f"{name}_file", usual))
        found[name] = secret_in(place.config.parent / file)
        files[name] = file
    return Secrets(calls=found["ami_secret"], journal=found["journal_secret"], files=files)


def link_settings(wanted: Wanted, secrets: Secrets) -> AsteriskSettings:
    """How the PBX is reached, for a first look."""
    return AsteriskSettings(
        key=wanted.key,
        host=wanted.host,
        ami_port=wanted.ami_port,
        calls_user=wanted.calls_user,
        calls_secret=secrets.calls,
        journal_user=wanted.journal_user,
        journal_secret=secrets.journal,
    )


def let_in(facts: ExchangeFacts) -> bool:
    """Whether both users were let in."""
    return facts.calls.login is facts.journal.login is Login.CONNECTED


def write_users(place: Place, wanted: Wanted, secrets: Secrets, *, asterisk: int) -> str:
    """Writes what belongs into manager.conf beside the settings, and returns it."""
    text = drafting.users_text(
        wanted,
        asterisk=asterisk if asterisk in SUPPORTED else SUPPORTED[-1],
        calls_secret=secrets.calls,
        journal_secret=secrets.journal,
    )
    make_folder(place.manager_file.parent)
    write_file(place.manager_file, text)
    return text


async def people_of(facts: ExchangeFacts, link: AsteriskSettings) -> tuple[Person, ...]:
    """Everybody with an extension in the PBX: the endpoints that are numbers."""
    numbers = sorted(name for name in facts.endpoints or () if name.isdecimal())
    names = await names_of(link, numbers)
    return tuple(Person(extension=number, name=names[number]) for number in numbers)


def trunks_of(facts: ExchangeFacts) -> tuple[str, ...]:
    """The endpoints that are no numbers, and so probably lead outside."""
    return tuple(sorted(name for name in facts.endpoints or () if not name.isdecimal()))


def office_as_it_is(place: Place, language: str) -> Office | None:
    """The office file that is there; raises `OfficeMistakes`."""
    file = place.office_file
    return read_office(file, language=language) if file.is_file() else None


def draft_office(answers: OfficeAnswers, wanted: Wanted, place: Place) -> tuple[Office, str]:
    """The office made of answers, with its text; raises `OfficeMistakes`, and nothing is saved."""
    text = drafting.office_text(
        answers, pbx=wanted.key, trunks=wanted.trunks, language=wanted.language
    )
    file = str(place.office_file)
    return load_office(text, file=file, language=wanted.language, pbxs=[wanted.key]), text


def draft_settings(before: Mapping[str, Any], wanted: Wanted, secrets: Secrets) -> str:
    """The text of the settings file."""
    return dump_toml(drafting.settings_data(before, wanted, secrets.files))


def save_settings(place: Place, text: str, language: str, environment: Mapping[str, str]) -> bool:
    """Writes the settings where they can be read; returns whether there were others before.

    What the environment tells need not stand in them.

    Raises `SettingsMistakes`, and leaves the file as it was.
    """
    trial = place.config.with_name(f".{place.config.name}.trial")
    trial.unlink(missing_ok=True)
    write_file(trial, text)
    try:
        load_settings(trial, environment=environment, language=language)
    finally:
        trial.unlink()
    return write_file(place.config, text)


def write_dialplan(place: Place, wanted: Wanted, office: Office, *, phones_context: str) -> None:
    """Writes what belongs into extensions.conf beside the settings."""
    text = drafting.dialplan_text(
        wanted, office, phones_context=phones_context, freepbx=place.freepbx
    )
    make_folder(place.dialplan_file.parent)
    write_file(place.dialplan_file, text)
