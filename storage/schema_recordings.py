"""The tables of recordings: what each call should have, what came, and what was erased.

Rules: one row per call, found by `call_id` and bound to nothing else, so that it follows its call
to another client and may be there before the call's end is written; sound itself never lies here,
only the key under which the store keeps it; the row of a deleted recording stays and says who
deleted it. Rows hold waveforms and are large, so that lists and counts are answered by indexes that
hold all that may be asked of many rows.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
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
    text,
)

from storage.metadata import metadata
from storage.types import Instant

recordings = Table(
    "recordings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("call_id", String, nullable=False, unique=True),
    Column("pbx", String, nullable=False),
    Column("line", String, nullable=False, server_default=""),
    Column("department", String, nullable=False, server_default=""),
    Column("trunk", String, nullable=False, server_default=""),
    Column("began_at", Instant, nullable=False, index=True),
    Column("expected_at", Instant, nullable=False),
    Column("state", String, nullable=False),
    Column("why", Text, nullable=False, server_default=""),
    Column("why_id", String, nullable=False, server_default=""),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("next_try_at", Instant),
    Column("ready_at", Instant),
    Column("seconds", Float, nullable=False, server_default="0"),
    Column("sides", Integer, nullable=False, server_default="0"),
    Column("client_share", Float, nullable=False, server_default="0"),
    Column("our_share", Float, nullable=False, server_default="0"),
    Column("silence_seconds", Float, nullable=False, server_default="0"),
    Column("silences", JSON, nullable=False, server_default="[]"),
    Column("peaks", JSON, nullable=False, server_default="[]"),
    Column("legal_hold", Boolean, nullable=False, server_default=false()),
    Column("held_by", String, nullable=False, server_default=""),
    Column("held_why", Text, nullable=False, server_default=""),
    Column("expires_at", Instant),
    Column("deleted_at", Instant),
    Column("deleted_by", String, nullable=False, server_default=""),
    Index(None, "state", "next_try_at"),
    Index(None, "state", "expires_at"),
    Index(None, "state", "began_at", "id", "department", "line", "trunk", "pbx"),
    Index(
        "ix_recordings_held",
        *("began_at", "id", "department", "line", "trunk"),
        sqlite_where=text("legal_hold = 1"),
        postgresql_where=text("legal_hold"),
    ),
)

recording_parts = Table(
    "recording_parts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column(
        "recording_id",
        ForeignKey("recordings.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("pbx", String, nullable=False),
    Column("name", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("leg_id", String, nullable=False, server_default=""),
    Column("began_at", Instant),
    Column("state", String, nullable=False),
    Column("why", Text, nullable=False, server_default=""),
    Column("seen_size", BigInteger, nullable=False, server_default="-1"),
    Column("seen_changed_at", Instant),
    Column("seen_at", Instant),
    Column("size", BigInteger, nullable=False, server_default="0"),
    Column("sha256", String, nullable=False, server_default=""),
    Column("store_key", String, nullable=False, server_default="", index=True),
    Column("source_deleted_at", Instant),
    UniqueConstraint("pbx", "name"),
)

recording_sounds = Table(
    "recording_sounds",
    metadata,
    Column(
        "recording_id",
        ForeignKey("recordings.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("format", String, primary_key=True),
    Column("store_key", String, nullable=False, index=True),
    Column("sha256", String, nullable=False),
    Column("size", BigInteger, nullable=False),
)

erasures = Table(
    "erasures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("client_digest", String, nullable=False, index=True),
    Column("by", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("why", Text, nullable=False, server_default=""),
    Column("counts", JSON, nullable=False),
)
