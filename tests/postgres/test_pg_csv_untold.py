"""What a file does not tell stays as it was in PostgreSQL too."""

from __future__ import annotations

from once_more import taken_from

globals().update(taken_from("crm_bridge/test_csv_untold.py"))
