"""PostgreSQL lists the same recordings; by which index, it decides by what it knows of the rows."""

from __future__ import annotations

from once_more import taken_from

PLANS_OF_SQLITE = (
    "test_a_page_is_read_from_an_index_in_its_order",
    "test_days_are_counted_from_an_index",
)
globals().update(taken_from("storage/test_recordings_by_index.py", without=PLANS_OF_SQLITE))
