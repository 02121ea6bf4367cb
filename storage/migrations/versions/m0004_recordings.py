"""Recordings with their parts and sounds; clients who are not recorded; what was erased."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None

_TABLES = ("erasures", "recording_sounds", "recording_parts", "recordings")


def upgrade() -> None:
    """Adds tables and one column only."""
    no_recording: sa.Column[bool] = sa.Column(
        "no_recording", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("clients", no_recording)
    _recordings()
    _parts()
    op.create_table(
        "erasures",
        sa.Column("id", sa.Integer(), primary_key=True),
        _text("client_digest"),
        _text("by"),
        _instant("at", nullable=False),
        _long("why"),
        sa.Column("counts", sa.JSON(), nullable=False),
    )
    op.create_index(_index("erasures", "client_digest"), "erasures", ["client_digest"])


def _recordings() -> None:
    op.create_table(
        "recordings",
        sa.Column("id", sa.Integer(), primary_key=True),
        *(_text(name) for name in ("call_id", "pbx")),
        *(_text(name, default="") for name in ("line", "department", "trunk")),
        _instant("began_at", nullable=False),
        _instant("expected_at", nullable=False),
        _text("state"),
        _long("why"),
        _text("why_id", default=""),
        _number(sa.Integer(), "tries"),
        _instant("next_try_at"),
        _instant("ready_at"),
        _number(sa.Float(), "seconds"),
        _number(sa.Integer(), "sides"),
        _number(sa.Float(), "client_share"),
        _number(sa.Float(), "our_share"),
        _number(sa.Float(), "silence_seconds"),
        sa.Column("silences", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("peaks", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("legal_hold", sa.Boolean(), nullable=False, server_default=sa.false()),
        _text("held_by", default=""),
        _long("held_why"),
        _instant("expires_at"),
        _instant("deleted_at"),
        _text("deleted_by", default=""),
        sa.UniqueConstraint("call_id", name="uq_recordings_call_id"),
    )
    for columns in (("began_at",), ("state", "next_try_at"), ("state", "expires_at")):
        op.create_index(_index("recordings", *columns), "recordings", list(columns))


def _parts() -> None:
    op.create_table(
        "recording_parts",
        sa.Column("id", sa.Integer(), primary_key=True),
        _recording("recording_parts"),
        *(_text(name) for name in ("pbx", "name", "kind")),
        _text("leg_id", default=""),
        _instant("began_at"),
        _text("state"),
        _long("why"),
        _number(sa.BigInteger(), "seen_size", "-1"),
        _instant("seen_changed_at"),
        _instant("seen_at"),
        _number(sa.BigInteger(), "size"),
        _text("sha256", default=""),
        _text("store_key", default=""),
        _instant("source_deleted_at"),
        sa.UniqueConstraint("pbx", "name", name="uq_recording_parts_pbx_name"),
    )
    op.create_table(
        "recording_sounds",
        _recording("recording_sounds", primary_key=True),
        sa.Column("format", sa.String(), primary_key=True),
        _text("store_key"),
        _text("sha256"),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("recording_id", "format", name="pk_recording_sounds"),
    )
    for table, column in (
        ("recording_parts", "recording_id"),
        ("recording_parts", "store_key"),
        ("recording_sounds", "store_key"),
    ):
        op.create_index(_index(table, column), table, [column])


def downgrade() -> None:
    """Takes the tables and the column away again."""
    for table in _TABLES:
        op.drop_table(table)
    op.drop_column("clients", "no_recording")


def _text(name: str, *, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False, server_default=default)


def _long(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, server_default="")


def _number(kind: Any, name: str, default: str = "0") -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False, server_default=default)


def _instant(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _recording(table: str, *, primary_key: bool = False) -> sa.Column[int]:
    name = f"fk_{table}_recording_id_recordings"
    key = sa.ForeignKey("recordings.id", ondelete="CASCADE", name=name)
    return sa.Column("recording_id", sa.Integer(), key, nullable=False, primary_key=primary_key)


def _index(table: str, *columns: str) -> str:
    return f"ix_{table}_{'_'.join(columns)}"
