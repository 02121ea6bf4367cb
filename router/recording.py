"""Whether a conversation is recorded: the office's rule, before anybody is asked.

Rules: nothing is recorded before somebody has confirmed the notice about the law; the line's word
is stronger than the department's; a client who does not want it is stronger than both (`decide`).
"""

from __future__ import annotations

from dataclasses import dataclass

from router.office import Department, Line, Office


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """Whether conversations are recorded, and whether callers are told so."""

    record: bool
    notice: bool = False


def recorded(office: Office, department: Department, line: Line | None = None) -> Recorded:
    """What holds for a department's calls, or for those that come over one line."""
    record = department.record if line is None or line.record is None else line.record
    notice = (
        department.record_notice
        if line is None or line.record_notice is None
        else line.record_notice
    )
    record = record and office.recording_confirmed
    return Recorded(record=record, notice=record and notice)
