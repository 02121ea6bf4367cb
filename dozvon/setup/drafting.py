"""From an administrator's answers to the texts that are saved and pasted. Pure but for `tomllib`.

A second run begins with what is written already: only what was asked changes, everything else in
the settings file stays (but for its comments; the file before is kept beside it).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from config.settings_values import is_loopback
from dozvon.commands.dialplan import default_fail_open
from dozvon.setup.files import toml_value
from pbx_adapters.asterisk.dialplan import (
    DialplanBlanks,
    Flavour,
    agi_url,
    extensions,
    our_address,
)
from pbx_adapters.asterisk.manager_conf import manager_conf, permitted
from router.office import Office

ALWAYS = "always"
_HEAD = """\
# {about}
"""
_ABOUT = {
    "ru": "Офис: линии, отделы, менеджеры, часы. Все ключи: docs/office-file.md. "
    "Применить после правки: dozvon office apply",
    "en": "The office: lines, departments, managers, hours. All keys: docs/office-file.md. "
    "To apply it after a change: dozvon office apply",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be installed. `listen` is where we wait for the PBX's questions."""

    key: str
    host: str
    ami_port: int
    calls_user: str
    journal_user: str
    systemname: str
    listen_host: str
    listen_port: int
    trunks: tuple[str, ...] = ()
    language: str = "ru"
    data_dir: str = ""
    http_port: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A manager as far as the PBX knows him."""

    extension: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeAnswers:
    """What a small office is made of; everything else has a default and a page."""

    company: str
    department: str
    people: tuple[Person, ...]
    lines: tuple[str, ...]
    region: str = "RU"
    timezone: str = "Europe/Moscow"
    hours: str = "mon-fri 9:00-18:00"


def settings_data(
    before: Mapping[str, Any], wanted: Wanted, secret_files: Mapping[str, str]
) -> dict[str, Any]:
    """The settings with what was asked changed; `secret_files` by setting, where they are new."""
    data = {k: v for k, v in before.items() if k != "pbx"}
    data["language"] = wanted.language
    if wanted.data_dir:
        data["data_dir"] = wanted.data_dir
    if wanted.http_port is not None:
        data["http"] = {**data.get("http", {}), "port": wanted.http_port}
    pbxs = [dict(pbx) for pbx in before.get("pbx", [])]
    mine = next((pbx for pbx in pbxs if pbx.get("key") == wanted.key), None)
    if mine is None:
        mine = {"key": wanted.key}
        pbxs.append(mine)
    mine |= {
        "host": wanted.host,
        "ami_port": wanted.ami_port,
        "ami_user": wanted.calls_user,
        "journal_user": wanted.journal_user,
        "systemname": wanted.systemname,
        "agi_host": wanted.listen_host,
        "agi_port": wanted.listen_port,
    }
    mine |= {f"{name}_file": file for name, file in secret_files.items()}
    if wanted.trunks:
        mine["trunks"] = list(wanted.trunks)
    if not is_loopback(wanted.listen_host):
        mine.setdefault("agi_allow", ["127.0.0.0/8", _network(wanted.host)])
    data["pbx"] = pbxs
    return data


def _network(host: str) -> str:
    """The network of one address; a name cannot be allowed, so it lets in this machine only."""
    try:
        return str(ipaddress.ip_network(host))
    except ValueError:
        return "127.0.0.0/8"


def users_text(wanted: Wanted, *, asterisk: int, calls_secret: str, journal_secret: str) -> str:
    """What belongs into manager.conf; raises ValueError where the PBX cannot reach us."""
    return manager_conf(
        asterisk=asterisk,
        calls_user=wanted.calls_user,
        calls_secret=calls_secret,
        journal_user=wanted.journal_user,
        journal_secret=journal_secret,
        permit=permitted(wanted.host, _ours(wanted)),
    )


def dialplan_text(wanted: Wanted, office: Office, *, phones_context: str, freepbx: bool) -> str:
    """What belongs into extensions.conf; raises ValueError where the PBX cannot reach us."""
    blanks = DialplanBlanks(
        agi=agi_url(_ours(wanted), wanted.listen_port),
        phones_context=phones_context or ("from-internal" if freepbx else "from-phones"),
        fail_open=default_fail_open(office),
        flavour=Flavour.FREEPBX if freepbx else Flavour.PLAIN,
    )
    return extensions(blanks)


def _ours(wanted: Wanted) -> str:
    """The host at which the PBX reaches us."""
    found = our_address(wanted.host, wanted.listen_host)
    if found is None:
        raise ValueError(f"a PBX at {wanted.host} cannot reach us at {wanted.listen_host!r}")
    return found


def office_text(answers: OfficeAnswers, *, pbx: str, trunks: Sequence[str], language: str) -> str:
    """The office file made of answers; `config.office_file.load_office` judges it."""
    parts = [_HEAD.format(about=_ABOUT["ru" if language == "ru" else "en"])]
    parts.append(
        _table(
            "office",
            name=answers.company,
            region=answers.region,
            default_department="sales",
        )
    )
    parts += [_outgoing(trunk, pbx, answers) for trunk in trunks[:1]]
    parts.append(_department(answers))
    parts += [_manager(person, pbx) for person in answers.people]
    for index, number in enumerate(answers.lines, start=1):
        name = "main" if index == 1 else f"line{index}"
        parts.append(_table(f"lines.{name}", number=number, department="sales"))
    return "\n".join(parts)


def _manager(person: Person, pbx: str) -> str:
    return _table(
        f"managers.m{person.extension}",
        name=person.name or person.extension,
        extension=person.extension,
        department="sales",
        **({} if pbx == "main" else {"pbx": pbx}),
    )


def _department(answers: OfficeAnswers) -> str:
    days, _, times = answers.hours.partition(" ")
    hours = f"{{ {days} = {toml_value(times)} }}" if times else toml_value(days)
    holidays = 'holidays = "RU"\n' if answers.region == "RU" and days != ALWAYS else ""
    head = _table("departments.sales", name=answers.department, timezone=answers.timezone)
    return f"{head}hours = {hours}\n{holidays}"


def _outgoing(trunk: str, pbx: str, answers: OfficeAnswers) -> str:
    more: dict[str, str] = {} if pbx == "main" else {"pbx": pbx}
    if answers.lines:
        more["caller_id"] = answers.lines[0].lstrip("+")
    return _table("outgoing.trunk", dial=f"PJSIP/{{number}}@{trunk}", **more)


def _table(header: str, /, **values: str) -> str:
    lines = [f"{key} = {toml_value(value)}" for key, value in values.items()]
    return "\n".join((f"[{header}]", *lines, ""))
