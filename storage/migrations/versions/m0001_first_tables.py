"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None

TABLES = (
    "callbacks",
    "clients",
    "decisions",
    "gaps",
    "journal_seen",
    "meta",
    "office_versions",
    "statuses",
    "trail",
    "applications",
    "calls",
    "client_numbers",
    "callback_acts",
    "callback_attempts",
    "callback_calls",
    "legs",
    "transfers",
)


def upgrade() -> None:
    """Creates every table, those that others point at first."""
    _callbacks()
    _clients()
    _decisions()
    _gaps()
    _journal_seen()
    _meta()
    _office_versions()
    _statuses()
    _trail()
    _applications()
    _calls()
    _client_numbers()
    _callback_acts()
    _callback_attempts()
    _callback_calls()
    _legs()
    _transfers()


def downgrade() -> None:
    """Takes every table away, in the opposite order; indexes go with their tables."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _callbacks() -> None:
    op.create_table(
        "callbacks",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("first_missed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_missed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("missed_count", sa.Integer(), nullable=False),
        sa.Column("attempt_count", sa.Integer(), nullable=False),
        sa.Column("after_hours", sa.Boolean(), nullable=False),
        sa.Column("taken_by", sa.String(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_how", sa.String(), nullable=False),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.Column("closing_call_id", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_callbacks"),
    )
    op.create_index("ix_callbacks_closed_at", "callbacks", ["closed_at"])
    op.create_index("ix_callbacks_first_missed_at", "callbacks", ["first_missed_at"], unique=False)
    op.create_index("ix_callbacks_party", "callbacks", ["party"])


def _clients() -> None:
    op.create_table(
        "clients",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("search_text", sa.String(), server_default="", nullable=False),
        sa.Column("owner", sa.String(), server_default="", nullable=False),
        sa.Column("blocked", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("switchboard", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_clients"),
        sa.UniqueConstraint("key", name="uq_clients_key"),
    )
    op.create_index("ix_clients_owner", "clients", ["owner"])


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("client_name", sa.String(), nullable=False),
        sa.Column("application", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("matches", sa.JSON(), nullable=False),
        sa.Column("office_version", sa.Integer(), nullable=False),
        sa.Column("facts_digest", sa.String(), server_default="", nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
        sa.UniqueConstraint("call_id", "made_at", name="uq_decisions_call_id_made_at"),
    )


def _gaps() -> None:
    op.create_table(
        "gaps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pbx", sa.String(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("recovered_calls", sa.Integer(), server_default="0", nullable=False),
        sa.Column("adopted_calls", sa.Integer(), server_default="0", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_gaps"),
    )
    op.create_index("ix_gaps_began_at", "gaps", ["began_at"])


def _journal_seen() -> None:
    op.create_table(
        "journal_seen",
        sa.Column("pbx", sa.String(), nullable=False),
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("pbx", "entry", name="pk_journal_seen"),
    )
    op.create_index("ix_journal_seen_seen_at", "journal_seen", ["seen_at"])


def _meta() -> None:
    op.create_table(
        "meta",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
    )


def _office_versions() -> None:
    op.create_table(
        "office_versions",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_office_versions"),
    )


def _statuses() -> None:
    op.create_table(
        "statuses",
        sa.Column("manager", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("manager", name="pk_statuses"),
    )


def _trail() -> None:
    op.create_table(
        "trail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("pbx", sa.String(), nullable=False),
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("reported", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_trail"),
        sa.UniqueConstraint("pbx", "entry", name="uq_trail_pbx_entry"),
    )
    op.create_index("ix_trail_call_id", "trail", ["call_id"])


def _applications() -> None:
    op.create_table(
        "applications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("title", sa.String(), server_default="", nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("manager", sa.String(), server_default="", nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name="fk_applications_client_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_applications"),
        sa.UniqueConstraint("client_id", "key", name="uq_applications_client_id_key"),
    )


def _calls() -> None:
    op.create_table(
        "calls",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("pbx", sa.String(), nullable=False),
        sa.Column("linked_id", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("caller", sa.String(), nullable=False),
        sa.Column("caller_name", sa.String(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disposition", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("talk_seconds", sa.Float(), nullable=False),
        sa.Column("hangup_cause", sa.Integer(), nullable=True),
        sa.Column("aliases", sa.JSON(), nullable=False),
        sa.Column("recovered", sa.Boolean(), nullable=False),
        sa.Column("talking_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("served_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("talk_partial", sa.Boolean(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("number_e164", sa.String(), nullable=True),
        sa.Column("number_id", sa.String(), nullable=True),
        sa.Column("client_key", sa.String(), nullable=False),
        sa.Column("client_name", sa.String(), nullable=False),
        sa.Column("application", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("disagreement", sa.Text(), server_default="", nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name="fk_calls_decision_id"),
        sa.PrimaryKeyConstraint("id", name="pk_calls"),
    )
    op.create_index("ix_calls_began_at", "calls", ["began_at"])
    op.create_index(
        "ix_calls_client_key_began_at", "calls", ["client_key", "began_at"], unique=False
    )
    op.create_index("ix_calls_number_id", "calls", ["number_id"])
    op.create_index("ix_calls_party_began_at", "calls", ["party", "began_at"])


def _client_numbers() -> None:
    op.create_table(
        "client_numbers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("written", sa.String(), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("e164", sa.String(), nullable=True),
        sa.Column("number_key", sa.String(), nullable=True),
        sa.Column("extension", sa.String(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name="fk_client_numbers_client_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_client_numbers"),
        sa.UniqueConstraint("client_id", "identity", name="uq_client_numbers_client_id_identity"),
    )
    op.create_index("ix_client_numbers_client_id", "client_numbers", ["client_id"], unique=False)
    op.create_index("ix_client_numbers_e164", "client_numbers", ["e164"])
    op.create_index("ix_client_numbers_number_key", "client_numbers", ["number_key"], unique=False)


def _callback_acts() -> None:
    op.create_table(
        "callback_acts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name="fk_callback_acts_call_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_callback_acts"),
        sa.UniqueConstraint(
            "kind", "call_id", "by", "at", name="uq_callback_acts_kind_call_id_by_at"
        ),
    )
    op.create_index("ix_callback_acts_call_id", "callback_acts", ["call_id"])


def _callback_attempts() -> None:
    op.create_table(
        "callback_attempts",
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("callback_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("talk_seconds", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name="fk_callback_attempts_call_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["callback_id"],
            ["callbacks.id"],
            name="fk_callback_attempts_callback_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("call_id", name="pk_callback_attempts"),
    )
    op.create_index(
        "ix_callback_attempts_callback_id", "callback_attempts", ["callback_id"], unique=False
    )


def _callback_calls() -> None:
    op.create_table(
        "callback_calls",
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("callback_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name="fk_callback_calls_call_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["callback_id"],
            ["callbacks.id"],
            name="fk_callback_calls_callback_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("call_id", name="pk_callback_calls"),
    )
    op.create_index(
        "ix_callback_calls_callback_id", "callback_calls", ["callback_id"], unique=False
    )


def _legs() -> None:
    op.create_table(
        "legs",
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("leg_id", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rang_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("picked_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("talking_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("ring_seconds", sa.Float(), nullable=False),
        sa.Column("talk_seconds", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name="fk_legs_call_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", "position", name="pk_legs"),
    )


def _transfers() -> None:
    op.create_table(
        "transfers",
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("to", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name="fk_transfers_call_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", "position", name="pk_transfers"),
    )
