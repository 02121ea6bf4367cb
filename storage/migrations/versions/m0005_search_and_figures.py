"""What clients are found by, filled from the base; figures of days, filled when they are asked."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from router.client_words import words_of_client

revision = "0005"
down_revision: str | None = "0004"
branch_labels: str | None = None
depends_on: str | None = None

_PIECE_CLIENTS = 5_000
_SUMMED = ("began_at", "disposition", "reason", "talk_seconds", "settled")
_SUMS = "ix_calls_" + "_".join(_SUMMED)


def upgrade() -> None:
    """Adds tables and indexes and reads the base once, a piece of it at a time."""
    word = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    owner = sa.ForeignKey(
        "clients.id", ondelete="CASCADE", name="fk_client_words_client_id_clients"
    )
    words = op.create_table(
        "client_words",
        sa.Column("client_id", sa.Integer(), owner, primary_key=True),
        sa.Column("word", word, primary_key=True),
        sa.PrimaryKeyConstraint("client_id", "word", name="pk_client_words"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "day_figures",
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("timezone", sa.String(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_of", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("day", "timezone", name="pk_day_figures"),
    )
    op.create_index("ix_applications_manager", "applications", ["manager"])
    op.create_index(_SUMS, "calls", list(_SUMMED))
    _fill(op.get_bind(), words)
    op.create_index("ix_client_words_word_client_id", "client_words", ["word", "client_id"])


def downgrade() -> None:
    """Takes the tables and indexes away again."""
    op.drop_index("ix_client_words_word_client_id", "client_words")
    op.drop_index("ix_applications_manager", "applications")
    op.drop_index(_SUMS, "calls")
    op.drop_table("day_figures")
    op.drop_table("client_words")


def _fill(connection: sa.Connection, words: sa.Table) -> None:
    """Reads clients in the order of their ids; memory holds one piece."""
    clients = sa.table("clients", sa.column("id"), sa.column("name"))
    after = 0
    while True:
        query = sa.select(clients.c.id, clients.c.name).where(clients.c.id > after)
        piece = connection.execute(query.order_by(clients.c.id).limit(_PIECE_CLIENTS)).all()
        if not piece:
            return
        ids = (after, piece[-1].id)
        numbers = _of_each(connection, "client_numbers", "written", "e164", ids=ids)
        work = _of_each(connection, "applications", "key", ids=ids)
        rows = [
            {"client_id": row.id, "word": word}
            for row in piece
            for word in sorted(
                words_of_client(row.name, numbers.get(row.id, ()), work.get(row.id, ()))
            )
        ]
        if rows:
            connection.execute(sa.insert(words), rows)
        after = ids[1]


def _of_each(
    connection: sa.Connection, table: str, *names: str, ids: tuple[int, int]
) -> dict[int, list[str]]:
    """A text of each row by its client; of several columns the last that tells something."""
    there = sa.table(table, sa.column("client_id"), *(sa.column(name) for name in names))
    query = sa.select(there).where(there.c.client_id > ids[0], there.c.client_id <= ids[1])
    found: dict[int, list[str]] = {}
    for row in connection.execute(query):
        texts: list[Any] = [text for text in row[1:] if text]
        found.setdefault(row[0], []).extend(texts[-1:])
    return found
