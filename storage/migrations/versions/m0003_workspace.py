"""Who signs in, what they noted, who looked at what; indexes for the log of calls."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision: str | None = "0002"
branch_labels: str | None = None
depends_on: str | None = None

_INDEXES = (
    ("calls", ("number_id", "disposition", "began_at")),
    ("calls", ("caller", "began_at")),
    ("calls", ("department", "began_at")),
    ("calls", ("owner", "began_at")),
    ("calls", ("answered_by", "began_at")),
    ("calls", ("disposition", "began_at")),
    ("legs", ("target", "began_at")),
)
_TABLES = (
    "card_rights",
    "notes",
    "audit",
    "api_tokens",
    "invitations",
    "sessions",
    "people",
)


def upgrade() -> None:
    """Adds tables and indexes only."""
    _signing_in()
    _work()
    for table, columns in _INDEXES:
        op.create_index(_index(table, *columns), table, list(columns))
    op.drop_index("ix_calls_number_id", "calls")  # the longer one begins with it


def _signing_in() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), primary_key=True),
        _text("login"),
        _text("name"),
        _text("role"),
        sa.Column("administrator", sa.Boolean(), nullable=False, server_default=sa.false()),
        _text("manager", default=""),
        _text("assists", default=""),
        _text("password_hash", default=""),
        _text("language", default=""),
        _text("theme", default=""),
        _text("card_opens", default="ring"),
        _instant("created_at"),
        _instant("disabled_at", nullable=True),
        sa.UniqueConstraint("login", name="uq_people_login"),
    )
    op.create_table(
        "sessions",
        _digest(),
        _person("sessions"),
        _instant("created_at"),
        _instant("seen_at"),
        _instant("expires_at"),
        _text("address", default=""),
        _text("agent", default=""),
    )
    op.create_table(
        "invitations",
        _digest(),
        _person("invitations"),
        _text("by"),
        _instant("made_at"),
        _instant("expires_at"),
        _instant("used_at", nullable=True),
    )
    op.create_table(
        "api_tokens",
        _digest(),
        _text("name"),
        _person("api_tokens"),
        sa.Column("scopes", sa.JSON(), nullable=False),
        _instant("made_at"),
        _instant("expires_at", nullable=True),
        _instant("seen_at", nullable=True),
        _instant("revoked_at", nullable=True),
    )
    for table in ("sessions", "invitations", "api_tokens"):
        op.create_index(_index(table, "person_id"), table, ["person_id"])


def _work() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), primary_key=True),
        _instant("at"),
        _text("by"),
        _text("act"),
        _text("subject"),
        sa.Column("about", sa.JSON(), nullable=False),
        _text("address", default=""),
    )
    for columns in (("at",), ("subject", "at"), ("by", "at")):
        op.create_index(_index("audit", *columns), "audit", list(columns))
    op.create_table(
        "notes",
        sa.Column("id", sa.Integer(), primary_key=True),
        _text("client_key"),
        _text("call_id", default=""),
        _text("application", default=""),
        _text("by"),
        _text("manager", default=""),
        _instant("at"),
        sa.Column("text", sa.Text(), nullable=False),
        _instant("next_contact_at", nullable=True),
        _instant("done_at", nullable=True),
    )
    for columns in (("call_id",), ("client_key", "at"), ("manager", "next_contact_at")):
        op.create_index(_index("notes", *columns), "notes", list(columns))
    op.create_table(
        "card_rights",
        sa.Column("manager", sa.String(), primary_key=True),
        sa.Column("client_key", sa.String(), primary_key=True),
        sa.Column("call_id", sa.String(), primary_key=True),
        _instant("until"),
        sa.PrimaryKeyConstraint("manager", "client_key", "call_id", name="pk_card_rights"),
    )
    op.create_index(_index("card_rights", "until"), "card_rights", ["until"])


def downgrade() -> None:
    """Takes the tables and indexes away again."""
    op.create_index("ix_calls_number_id", "calls", ["number_id"])
    for table, columns in reversed(_INDEXES):
        op.drop_index(_index(table, *columns), table)
    for table in _TABLES:
        op.drop_table(table)


def _text(name: str, *, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False, server_default=default)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _digest() -> sa.Column[str]:
    return sa.Column("digest", sa.String(), primary_key=True)


def _person(table: str) -> sa.Column[int]:
    name = f"fk_{table}_person_id_people"
    key = sa.ForeignKey("people.id", ondelete="CASCADE", name=name)
    return sa.Column("person_id", sa.Integer(), key, nullable=False)


def _index(table: str, *columns: str) -> str:
    return f"ix_{table}_{'_'.join(columns)}"
