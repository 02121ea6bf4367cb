"""Who has a callback until when, what he noted and promised; clocks; calls from call records."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Adds columns only: rows of earlier versions keep their meaning."""
    instant = sa.DateTime(timezone=True)
    op.add_column("callbacks", sa.Column("taken_until", instant, nullable=True))
    op.add_column("callbacks", sa.Column("promised_at", instant, nullable=True))
    op.add_column("callbacks", sa.Column("notes", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("callback_acts", sa.Column("due_at", instant, nullable=True))
    op.add_column(
        "calls",
        sa.Column("clock_offset_seconds", sa.Float(), nullable=False, server_default="0"),
    )
    op.add_column(
        "gaps",
        sa.Column("from_call_records", sa.Integer(), nullable=False, server_default="0"),
    )


def downgrade() -> None:
    """Takes the columns away again."""
    op.drop_column("gaps", "from_call_records")
    op.drop_column("calls", "clock_offset_seconds")
    op.drop_column("callback_acts", "due_at")
    op.drop_column("callbacks", "notes")
    op.drop_column("callbacks", "promised_at")
    op.drop_column("callbacks", "taken_until")
