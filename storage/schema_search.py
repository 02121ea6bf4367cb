"""Tables that are made of other tables, so that a question about a million rows is quick.

Rules: nothing stands here that could not be made again. `client_words` is kept by
`storage.client_words` in the transaction that changes a client; `day_figures` by
`storage.day_figures`, each day with the sums that tell whether it is still right.
"""

from __future__ import annotations

from sqlalchemy import JSON, Column, Date, ForeignKey, Index, Integer, String, Table

from storage.metadata import metadata
from storage.types import Instant

Word = String().with_variant(String(collation="C"), "postgresql")
"""Compared letter by letter, whatever the database's language is: words are found by beginnings."""

client_words = Table(
    "client_words",
    metadata,
    Column("client_id", ForeignKey("clients.id", ondelete="CASCADE"), primary_key=True),
    Column("word", Word, primary_key=True),
    Index(None, "word", "client_id"),
    sqlite_with_rowid=False,
)

day_figures = Table(
    "day_figures",
    metadata,
    Column("day", Date, primary_key=True),
    Column("timezone", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("made_of", String, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("figures", JSON, nullable=False),
)
