"""What the service needs to run: where things are and how a PBX is reached.

Settings come from a TOML file, from files that hold one secret each, and from the environment; the
later wins. `docs/settings.md` lists every one. Unknown names are mistakes wherever they stand, so
that a typo in a secret's name is told instead of leaving the secret empty. Secrets are `SecretStr`
and masked wherever they are shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, SecretStr, model_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from config.errors import Unreadable
from config.settings_alarms import AlarmSettings
from config.settings_books import CallbackSettings, CdrColumns, CdrPlace, CdrTable, CdrZone
from config.settings_http import HttpSettings, WebhookSettings
from config.settings_recordings import RecordingSettings, RecordingsPlace, is_http
from config.settings_values import (
    Budget,
    Device,
    Dial,
    Endpoints,
    Folder,
    Host,
    Key,
    Level,
    Networks,
    Port,
    Secret,
    Word,
    is_loopback,
)

DATABASE_NAME = "dozvon.sqlite3"


class Language(StrEnum):
    """The language of the workspace and of everything the service tells people."""

    RUSSIAN = "ru"
    ENGLISH = "en"


class LogFormat(StrEnum):
    """How log lines look: for machines or for people."""

    JSON = "json"
    TEXT = "text"


class PbxKind(StrEnum):
    """Which adapter speaks to a PBX."""

    ASTERISK = "asterisk"


class LogSettings(BaseModel):
    """What is logged and how."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    level: Level = Field("info", description="debug, info, warning or error")
    format: LogFormat = Field(LogFormat.JSON, description="json for machines, text for people")


class PbxSettings(BaseModel):
    """One PBX: how we reach it, how it reaches us, and what leads outside.

    Two AMI users on purpose: one may originate but has no `system` right, the other reads and
    clears the journal (which needs `system`) and may not originate. Both in one would be a shell.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: Key = Field(description="the PBX's name in the office file")
    kind: PbxKind = Field(PbxKind.ASTERISK, description="which adapter speaks to it")
    host: Host = Field("127.0.0.1", description="where its AMI listens")
    ami_port: Port = Field(5038, description="the port of its AMI")
    ami_user: Word = Field(description="the AMI user for calls")
    ami_secret: Secret = Field(description="the password of `ami_user`")
    journal_user: Word = Field(description="the AMI user for the journal in AstDB")
    journal_secret: Secret = Field(description="the password of `journal_user`")
    systemname: Word = Field(description="`systemname` of its asterisk.conf; mandatory there too")
    agi_host: Host = Field("127.0.0.1", description="the address on which we listen for FastAGI")
    agi_port: Port = Field(4573, description="the port on which we listen for FastAGI")
    agi_allow: Networks = Field(
        ("127.0.0.0/8", "::1/128"), description="the networks that may ask over FastAGI"
    )
    trunks: Endpoints = Field((), description="the names of the endpoints that lead outside")
    dial: Dial = Field(
        "", description="dial template of phones; empty: all contacts of an endpoint"
    )
    device: Device = Field("PJSIP/{extension}", description="what is watched for a phone's state")

    cdr: CdrPlace = Field(SecretStr(""), description="where its call records are; empty: nowhere")
    cdr_columns: CdrColumns = Field((), description="the columns of a custom CSV, in their order")
    cdr_table: CdrTable = Field("cdr", description="the table of call records, for a database")
    cdr_zone: CdrZone = Field("", description="the zone of its call records' times")
    recordings: RecordingsPlace = Field(
        "", description="where its recordings are: a folder, or its HTTP server; empty: nowhere"
    )
    recordings_user: str = Field("", description="our user in its ari.conf")
    recordings_password: Secret = Field(
        SecretStr(""), description="the password of `recordings_user`"
    )

    @model_validator(mode="after")
    def _guard_the_listener(self) -> Self:
        if not is_loopback(self.agi_host) and all(is_loopback(net) for net in self.agi_allow):
            raise Unreadable("agi-open", host=self.agi_host)
        return self

    @model_validator(mode="after")
    def _recordings_can_be_asked_for(self) -> Self:
        known = self.recordings_user and self.recordings_password.get_secret_value()
        if is_http(self.recordings) and not known:
            raise Unreadable("recordings-without-user", key=self.key)
        return self


class Settings(BaseSettings):
    """All settings of the service; made by `config.settings_file.load_settings`."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True)

    data_dir: Folder = Field(
        Path("/var/lib/dozvon"), description="where the service keeps its data"
    )
    database_url: SecretStr = Field(
        SecretStr(""), description="SQLAlchemy URL; empty: SQLite in `data_dir`"
    )
    office_file: Folder = Field(Path("office.toml"), description="the office file, from `data_dir`")
    language: Language = Field(Language.RUSSIAN, description="ru or en")
    lookup_deadline_seconds: Budget = Field(
        0.8, description="how long the client base may take to say who calls"
    )
    decision_budget_seconds: Budget = Field(
        1.0, description="how long a decision may take altogether"
    )
    log: LogSettings = Field(LogSettings(), description="logging")
    callbacks: CallbackSettings = Field(CallbackSettings(), description="the callback list")
    alarms: AlarmSettings = Field(AlarmSettings(), description="alarms")
    http: HttpSettings = Field(HttpSettings(), description="HTTP")
    recordings: RecordingSettings = Field(RecordingSettings(), description="recordings")
    pbx: dict[str, PbxSettings] = Field({}, description="the PBXs, by key")
    webhook: dict[str, WebhookSettings] = Field({}, description="PBXs that ask over HTTP, by key")

    _origins: Mapping[tuple[str, ...], str] = PrivateAttr(default_factory=dict)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Takes the layers that `load_settings` read, the strongest first.

        The library's own sources know neither the line of a key nor names that nobody asked for.
        """
        layers: tuple[dict[str, Any], ...] = init_settings().get("layers", ())
        return tuple(InitSettingsSource(settings_cls, layer) for layer in layers)

    @property
    def database(self) -> str:
        """The SQLAlchemy URL of the database, with its password: never log it."""
        written = self.database_url.get_secret_value()
        return written or f"sqlite+aiosqlite:///{self.data_dir / DATABASE_NAME}"

    @property
    def office_path(self) -> Path:
        """The office file; a relative name is looked for in `data_dir`."""
        return self.data_dir / self.office_file

    @model_validator(mode="after")
    def _webhooks_can_be_reached(self) -> Self:
        if taken := sorted(self.webhook.keys() & self.pbx.keys()):
            raise Unreadable("pbx-twice", key=taken[0])
        if self.webhook and not self.http.port:
            raise Unreadable("webhook-without-http")
        return self

    @model_validator(mode="after")
    def _budget_holds_the_lookup(self) -> Self:
        if self.lookup_deadline_seconds >= self.decision_budget_seconds:
            raise Unreadable(
                "budget-order",
                lookup=self.lookup_deadline_seconds,
                budget=self.decision_budget_seconds,
            )
        return self


def show(settings: Settings) -> list[tuple[str, str, str]]:
    """Returns (path, value, where it came from) of every setting; secrets are masked."""
    rows: list[tuple[str, str, str]] = []
    _show(settings, (), settings._origins, rows)  # noqa: SLF001 - its own module
    return rows


def _show(
    model: BaseModel,
    path: tuple[str, ...],
    origins: Mapping[tuple[str, ...], str],
    rows: list[tuple[str, str, str]],
) -> None:
    for name in type(model).model_fields:
        value = getattr(model, name)
        here = (*path, name)
        if isinstance(value, BaseModel):
            _show(value, here, origins, rows)
        elif isinstance(value, dict):
            for key, inner in value.items():
                _show(inner, (*here, key), origins, rows)
        else:
            rows.append((".".join(here), _shown(value), origins.get(here, "default")))


def _shown(value: object) -> str:
    if isinstance(value, SecretStr):
        return "********" if value.get_secret_value() else ""
    if isinstance(value, tuple):
        return ", ".join(str(element) for element in value)
    return str(value)
