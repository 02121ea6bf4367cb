"""The tables of the workspace: who signs in, what they noted, who looked at what.

Rules: secrets are never kept, only their digests (a session, an invitation, a token) or an argon2
hash (a password); a row of `audit` is never changed.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    false,
)

from storage.metadata import metadata
from storage.types import Instant

people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("login", String, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("role", String, nullable=False),
    Column("administrator", Boolean, nullable=False, server_default=false()),
    Column("manager", String, nullable=False, server_default=""),
    Column("assists", String, nullable=False, server_default=""),
    Column("password_hash", String, nullable=False, server_default=""),
    Column("language", String, nullable=False, server_default=""),
    Column("theme", String, nullable=False, server_default=""),
    Column("card_opens", String, nullable=False, server_default="ring"),
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", String, primary_key=True),
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("address", String, nullable=False, server_default=""),
    Column("agent", String, nullable=False, server_default=""),
)

invitations = Table(
    "invitations",
    metadata,
    Column("digest", String, primary_key=True),
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("by", String, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("digest", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("scopes", JSON, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("seen_at", Instant),
    Column("revoked_at", Instant),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Instant, nullable=False, index=True),
    Column("by", String, nullable=False),
    Column("act", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("about", JSON, nullable=False),
    Column("address", String, nullable=False, server_default=""),
    Index(None, "subject", "at"),
    Index(None, "by", "at"),
)

notes = Table(
    "notes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("client_key", String, nullable=False),
    Column("call_id", String, nullable=False, server_default="", index=True),
    Column("application", String, nullable=False, server_default=""),
    Column("by", String, nullable=False),
    Column("manager", String, nullable=False, server_default=""),
    Column("at", Instant, nullable=False),
    Column("text", Text, nullable=False),
    Column("next_contact_at", Instant),
    Column("done_at", Instant),
    Index(None, "client_key", "at"),
    Index(None, "manager", "next_contact_at"),
)

card_rights = Table(
    "card_rights",
    metadata,
    Column("manager", String, primary_key=True),
    Column("client_key", String, primary_key=True),
    Column("call_id", String, primary_key=True),
    Column("until", Instant, nullable=False, index=True),
)
