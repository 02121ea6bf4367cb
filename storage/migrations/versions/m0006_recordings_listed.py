"""Recordings are listed and counted by indexes alone, however many there are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision: str | None = "0005"
branch_labels: str | None = None
depends_on: str | None = None

_LISTED = ("state", "began_at", "id", "department", "line", "trunk", "pbx")
_HELD = ("began_at", "id", "department", "line", "trunk")


def upgrade() -> None:
    """Adds two indexes; some four seconds where there are a million recordings."""
    op.create_index("ix_recordings_" + "_".join(_LISTED), "recordings", list(_LISTED))
    op.create_index(
        "ix_recordings_held",
        "recordings",
        list(_HELD),
        sqlite_where=sa.text("legal_hold = 1"),
        postgresql_where=sa.text("legal_hold"),
    )


def downgrade() -> None:
    """Takes the indexes away again."""
    op.drop_index("ix_recordings_held", "recordings")
    op.drop_index("ix_recordings_" + "_".join(_LISTED), "recordings")
