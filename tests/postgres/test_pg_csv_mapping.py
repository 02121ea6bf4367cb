"""Columns, refused rows and progress are the same for PostgreSQL."""

from __future__ import annotations

from once_more import taken_from

globals().update(taken_from("crm_bridge/test_csv_mapping.py"))
