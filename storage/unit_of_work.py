"""What one piece of work sees: the writer's transaction and the nouns in it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CursorResult, Executable

from router.callbacks import OUTBOUND_TALK_SECONDS
from storage.audit import Audit
from storage.callback_list import Callbacks
from storage.clients import Clients
from storage.connection import AnyConnection
from storage.decisions import Decisions
from storage.ended_calls import Calls
from storage.gaps import Gaps
from storage.journal import Journal
from storage.office_versions import OfficeVersions
from storage.people import People
from storage.recordings import Recordings
from storage.sessions import ApiTokens, Invitations, Sessions
from storage.statuses import Statuses


class UnitOfWork:
    """One savepoint of the writer's transaction; valid only while the work runs."""

    def __init__(
        self,
        connection: AnyConnection,
        *,
        outbound_talk_seconds: float = OUTBOUND_TALK_SECONDS,
    ) -> None:
        self.connection = connection
        self.calls = Calls(connection)
        self.decisions = Decisions(connection)
        self.callbacks = Callbacks(connection, outbound_talk_seconds=outbound_talk_seconds)
        self.clients = Clients(connection)
        self.statuses = Statuses(connection)
        self.offices = OfficeVersions(connection)
        self.gaps = Gaps(connection)
        self.journal = Journal(connection)
        self.people = People(connection)
        self.sessions = Sessions(connection)
        self.invitations = Invitations(connection)
        self.tokens = ApiTokens(connection)
        self.audit = Audit(connection)
        self.recordings = Recordings(connection)

    async def execute(self, statement: Executable) -> CursorResult[Any]:
        """Runs a statement of one's own."""
        return await self.connection.execute(statement)
