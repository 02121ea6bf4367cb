"""Alembic migrations, shipped inside the package; `storage.migrate` runs them."""
