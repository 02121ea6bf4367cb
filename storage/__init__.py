"""What the service remembers: tables, migrations, one writer, small repositories.

Everything that must be true together is written in one transaction by the one writer task
(`storage.writer`); reading has connections of its own and never waits for writing. SQLite is what
runs today; only `storage.dialects` knows that, so that PostgreSQL can come later.
"""
