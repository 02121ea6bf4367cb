"""The tables of the calls and of the client base.

What people do with them is in `schema_people`, what was recorded in `schema_recordings`.

Rules: a person's number is kept as it was written beside the key it is found by; enumerations are
text (a new value needs no migration); JSON only for what is read as a whole; every instant is an
`Instant`. Nothing here is special to one database. A change here needs a migration, and a test
compares the two.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from storage.metadata import metadata
from storage.schema_people import (
    api_tokens,
    audit,
    card_rights,
    invitations,
    notes,
    people,
    sessions,
)
from storage.schema_recordings import erasures, recording_parts, recording_sounds, recordings
from storage.schema_search import client_words, day_figures
from storage.types import Instant

__all__ = [
    "api_tokens",
    "applications",
    "audit",
    "callback_acts",
    "callback_attempts",
    "callback_calls",
    "callbacks",
    "calls",
    "card_rights",
    "client_numbers",
    "client_words",
    "clients",
    "day_figures",
    "decisions",
    "erasures",
    "gaps",
    "invitations",
    "journal_seen",
    "legs",
    "meta",
    "metadata",
    "notes",
    "office_versions",
    "people",
    "recording_parts",
    "recording_sounds",
    "recordings",
    "sessions",
    "statuses",
    "trail",
    "transfers",
]

clients = Table(
    "clients",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("search_text", String, nullable=False, server_default=""),
    Column("owner", String, nullable=False, server_default="", index=True),
    Column("blocked", Boolean, nullable=False, server_default=false()),
    Column("switchboard", Boolean, nullable=False, server_default=false()),
    Column("no_recording", Boolean, nullable=False, server_default=false()),
    Column("changed_at", Instant, nullable=False),
)

client_numbers = Table(
    "client_numbers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("client_id", ForeignKey("clients.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("written", String, nullable=False),
    Column("identity", String, nullable=False),
    Column("e164", String, index=True),
    Column("number_key", String, index=True),
    Column("extension", String, nullable=False, server_default=""),
    UniqueConstraint("client_id", "identity"),
)

applications = Table(
    "applications",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("client_id", ForeignKey("clients.id", ondelete="CASCADE"), nullable=False),
    Column("key", String, nullable=False),
    Column("title", String, nullable=False, server_default=""),
    Column("open", Boolean, nullable=False),
    Column("manager", String, nullable=False, server_default="", index=True),
    Column("changed_at", Instant),
    UniqueConstraint("client_id", "key"),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("call_id", String, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("line", String, nullable=False),
    Column("department", String, nullable=False),
    Column("client", String, nullable=False),
    Column("client_name", String, nullable=False),
    Column("application", String, nullable=False),
    Column("owner", String, nullable=False),
    Column("matches", JSON, nullable=False),
    Column("office_version", Integer, nullable=False),
    Column("facts_digest", String, nullable=False, server_default=""),
    Column("plan", JSON, nullable=False),
    Column("reasons", JSON, nullable=False),
    UniqueConstraint("call_id", "made_at"),
)

calls = Table(
    "calls",
    metadata,
    Column("id", String, primary_key=True),
    Column("pbx", String, nullable=False),
    Column("linked_id", String, nullable=False),
    Column("direction", String, nullable=False),
    Column("caller", String, nullable=False),
    Column("caller_name", String, nullable=False),
    Column("line", String, nullable=False),
    Column("department", String, nullable=False),
    Column("began_at", Instant, nullable=False),
    Column("state", String, nullable=False),
    Column("answered_at", Instant),
    Column("ended_at", Instant),
    Column("disposition", String),
    Column("reason", String),
    Column("answered_by", String),
    Column("talk_seconds", Float, nullable=False),
    Column("hangup_cause", Integer),
    Column("aliases", JSON, nullable=False),
    Column("recovered", Boolean, nullable=False),
    Column("talking_since", Instant),
    Column("served_at", Instant),
    Column("talk_partial", Boolean, nullable=False),
    Column("settled", Boolean, nullable=False),
    Column("number_e164", String),
    Column("number_id", String),
    Column("client_key", String, nullable=False),
    Column("client_name", String, nullable=False),
    Column("application", String, nullable=False),
    Column("owner", String, nullable=False),
    Column("decision_id", ForeignKey("decisions.id")),
    Column("way", String, nullable=False),
    Column("disagreement", Text, nullable=False, server_default=""),
    Column("party", String, nullable=False),
    Column("clock_offset_seconds", Float, nullable=False, server_default="0"),
    Index(None, "began_at"),
    Index(None, "party", "began_at"),
    Index(None, "client_key", "began_at"),
    Index(None, "number_id", "disposition", "began_at"),
    Index(None, "caller", "began_at"),
    Index(None, "department", "began_at"),
    Index(None, "owner", "began_at"),
    Index(None, "answered_by", "began_at"),
    Index(None, "disposition", "began_at"),
    Index(None, "began_at", "disposition", "reason", "talk_seconds", "settled"),
)

legs = Table(
    "legs",
    metadata,
    Column("call_id", ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("leg_id", String, nullable=False),
    Column("target", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("began_at", Instant, nullable=False),
    Column("rang_at", Instant),
    Column("picked_up_at", Instant),
    Column("answered_at", Instant),
    Column("ended_at", Instant),
    Column("talking_since", Instant),
    Column("outcome", String, nullable=False),
    Column("ring_seconds", Float, nullable=False),
    Column("talk_seconds", Float, nullable=False),
    Index(None, "target", "began_at"),
)

transfers = Table(
    "transfers",
    metadata,
    Column("call_id", ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("by", String, nullable=False),
    Column("to", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("completed", Boolean, nullable=False),
)

trail = Table(
    "trail",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("call_id", String, nullable=False, index=True),
    Column("pbx", String, nullable=False),
    Column("entry", String, nullable=False),
    Column("raw", Text, nullable=False),
    Column("reported", JSON, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("pbx", "entry"),
)

callbacks = Table(
    "callbacks",
    metadata,
    Column("id", String, primary_key=True),
    Column("party", String, nullable=False, index=True),
    Column("first_missed_at", Instant, nullable=False, index=True),
    Column("last_missed_at", Instant, nullable=False),
    Column("missed_count", Integer, nullable=False),
    Column("attempt_count", Integer, nullable=False),
    Column("after_hours", Boolean, nullable=False),
    Column("taken_by", String, nullable=False),
    Column("taken_at", Instant),
    Column("taken_until", Instant),
    Column("promised_at", Instant),
    Column("notes", JSON, nullable=False, server_default="[]"),
    Column("closed_at", Instant, index=True),
    Column("closed_how", String, nullable=False),
    Column("closed_by", String, nullable=False),
    Column("closing_call_id", String, nullable=False),
    Column("note", Text, nullable=False),
)

callback_calls = Table(
    "callback_calls",
    metadata,
    Column("call_id", ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
    Column(
        "callback_id",
        ForeignKey("callbacks.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
)

callback_attempts = Table(
    "callback_attempts",
    metadata,
    Column("call_id", ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
    Column(
        "callback_id",
        ForeignKey("callbacks.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("at", Instant, nullable=False),
    Column("by", String, nullable=False),
    Column("talk_seconds", Float, nullable=False),
)

callback_acts = Table(
    "callback_acts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("call_id", ForeignKey("calls.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("by", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    Column("due_at", Instant),
    UniqueConstraint("kind", "call_id", "by", "at"),
)

statuses = Table(
    "statuses",
    metadata,
    Column("manager", String, primary_key=True),
    Column("status", String, nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant),
    Column("by", String, nullable=False),
)

office_versions = Table(
    "office_versions",
    metadata,
    Column("version", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("by", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("note", Text, nullable=False, server_default=""),
)

gaps = Table(
    "gaps",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("pbx", String, nullable=False),
    Column("began_at", Instant, nullable=False, index=True),
    Column("ended_at", Instant),
    Column("why", Text, nullable=False),
    Column("recovered_calls", Integer, nullable=False, server_default="0"),
    Column("adopted_calls", Integer, nullable=False, server_default="0"),
    Column("from_call_records", Integer, nullable=False, server_default="0"),
    Column("note", Text, nullable=False, server_default=""),
)

journal_seen = Table(
    "journal_seen",
    metadata,
    Column("pbx", String, primary_key=True),
    Column("entry", String, primary_key=True),
    Column("seen_at", Instant, nullable=False, index=True),
)

meta = Table(
    "meta",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", Text, nullable=False),
)
