"""Recordings that no journal tells of: of calls that we placed, and behind a provider's link.

The journal names the files of every call that came in (`recordings.expecting`). Whatever is told
here while a call lives is expected at once, so that a restart in its middle forgets nothing; the
files are looked at until they stop growing. Nothing is expected before the notice about the law is
confirmed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from pbx_adapters.port import RecordedKind, RecordingBegan
from pbx_adapters.webhook import RecordingReady
from recordings.port import PartKind
from router.calls import Call, Direction
from storage.recording_records import NewPart, NewRecording
from storage.unit_of_work import UnitOfWork
from switchboard.board import Board

FIRST_LOOK_SECONDS = 10.0


class ToldRecordings:
    """Expects what drivers tell of recordings."""

    def __init__(self, board: Board) -> None:
        self._board = board

    async def began(self, told: RecordingBegan) -> None:
        """A PBX began to write files of a call; of one that came in the journal will tell."""
        if not _is_placed(told, self._board.live.get(told.call_id)):
            return
        parts = tuple(
            NewPart(name=p.name, kind=str(p.kind), leg_id=p.leg_id, began_at=p.began_at)
            for p in told.parts
        )
        began_at = next((p.began_at for p in told.parts if p.began_at), self._board.now)
        new = self._new(told.pbx, told.call_id, parts, began_at)
        self._expect(replace(new, trunk=told.trunk))

    async def ready(self, told: RecordingReady) -> None:
        """A provider says where a call's recording is."""
        part = NewPart(name=told.address, kind=str(PartKind.CONVERSATION))
        self._expect(self._new(told.pbx, told.call_id, (part,), told.at))

    def _new(
        self, pbx: str, call_id: str, parts: tuple[NewPart, ...], began_at: datetime
    ) -> NewRecording:
        call, made = self._board.live.get(call_id), self._board.live.decision_of(call_id)
        return NewRecording(
            call_id=call_id,
            pbx=pbx,
            line=call.line if call and call.direction is Direction.INBOUND else "",
            department=made.decision.department if made else "",
            began_at=call.began_at if call else began_at,
            expected_at=self._board.now,
            parts=parts,
        )

    def _expect(self, new: NewRecording) -> None:
        if not self._board.office().recording_confirmed:
            return
        at = new.expected_at + timedelta(seconds=FIRST_LOOK_SECONDS)

        async def work(uow: UnitOfWork) -> None:
            await uow.recordings.expect(new, next_try_at=at)

        self._board.start(self._board.write(work), f"recording of {new.call_id}")


def _is_placed(told: RecordingBegan, call: Call | None) -> bool:
    """Whether we placed the call: it says so itself, or its first files are those of one."""
    if call is not None:
        return call.direction is Direction.OUTBOUND
    kinds = {part.kind for part in told.parts}
    return kinds == {RecordedKind.CONVERSATION, RecordedKind.CLIENT, RecordedKind.LEG}
