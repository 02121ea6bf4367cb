"""People and what proves who they are: found by digests, over at once, used once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from storage.audit import AuditRow, read_audit
from storage.database import Database
from storage.people import StoredPerson, read_people, read_person
from storage.sessions import ApiToken, Invitation, Proofs, Session, digest_of
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def added(writer: Writer, login: str = "Anna", **about: object) -> StoredPerson:
    async def work(uow: UnitOfWork) -> StoredPerson | None:
        told = {"name": "Анна", "role": "manager"} | about
        return await uow.people.add(login=login, at=NINE, **told)  # type: ignore[arg-type]

    found = await writer.submit(work)
    assert found is not None
    return found


def session_of(person: StoredPerson, secret: str) -> Session:
    return Session(
        digest=digest_of(secret),
        person_id=person.id,
        created_at=NINE,
        seen_at=NINE,
        expires_at=NINE + HOUR,
        address="192.0.2.1",
    )


async def test_a_login_is_one_whatever_its_capitals(writer: Writer, database: Database) -> None:
    person = await added(writer)
    assert (person.login, person.has_password, person.disabled_at) == ("anna", False, None)

    async def again(uow: UnitOfWork) -> StoredPerson | None:
        return await uow.people.add(login=" ANNA ", name="x", role="manager", at=NINE)

    assert await writer.submit(again) is None
    found = await read_person(database, "aNNa")
    assert found == (person, "")
    assert await read_person(database, "nobody") is None


async def test_whoever_may_no_longer_sign_in_comes_last(writer: Writer, database: Database) -> None:
    first = await added(writer, "a", name="А")
    await added(writer, "b", name="Б")

    async def work(uow: UnitOfWork) -> None:
        await uow.people.change(first.id, disabled_at=NINE)

    await writer.submit(work)
    assert [person.login for person in await read_people(database)] == ["b", "a"]


async def test_only_administrators_who_may_sign_in_count(writer: Writer) -> None:
    first = await added(writer, "a", administrator=True)
    await added(writer, "b", administrator=True)

    async def work(uow: UnitOfWork) -> int:
        await uow.people.change(first.id, disabled_at=NINE)
        return await uow.people.administrators()

    assert await writer.submit(work) == 1


async def test_a_session_is_found_by_its_secret_and_gone_when_it_is_closed(
    writer: Writer, database: Database
) -> None:
    person = await added(writer, administrator=True, manager="ivanova")
    proofs = Proofs(database)

    async def begin(uow: UnitOfWork) -> None:
        await uow.people.set_password(person.id, "hash")
        await uow.sessions.open(session_of(person, "secret"))

    await writer.submit(begin)
    found = await proofs.session("secret")
    assert found is not None
    whose, session = found
    assert (whose.login, whose.administrator, whose.manager) == ("anna", True, "ivanova")
    assert whose.has_password
    assert whose.created_at == NINE
    assert (session.seen_at, session.expires_at) == (NINE, NINE + HOUR)
    assert await proofs.session(session.digest) is None, "a digest opens nothing"

    async def end(uow: UnitOfWork) -> list[bool]:
        return [
            await uow.sessions.close(session.digest, person_id=person.id + 1),
            await uow.sessions.close(session.digest, person_id=person.id),
        ]

    assert await writer.submit(end) == [False, True]
    assert await proofs.session("secret") is None


async def test_sessions_that_are_over_are_forgotten_with_the_next_one(writer: Writer) -> None:
    person = await added(writer)

    async def work(uow: UnitOfWork) -> int:
        await uow.sessions.open(session_of(person, "old"))
        later = NINE + 2 * HOUR
        new = Session(
            digest="new",
            person_id=person.id,
            created_at=later,
            seen_at=later,
            expires_at=later + HOUR,
        )
        await uow.sessions.open(new)
        return len(await uow.sessions.of(person.id))

    assert await writer.submit(work) == 1


async def test_a_token_comes_with_its_scopes_and_stays_to_be_seen_when_it_is_revoked(
    writer: Writer, database: Database
) -> None:
    person = await added(writer)
    token = ApiToken(
        digest=digest_of("secret"),
        name="CRM",
        person_id=person.id,
        scopes=("calls", "place"),
        made_at=NINE,
    )

    async def make(uow: UnitOfWork) -> None:
        await uow.tokens.make(token)

    await writer.submit(make)
    proofs = Proofs(database)
    found = await proofs.token("secret")
    assert found is not None
    assert found[1] == token

    async def revoke(uow: UnitOfWork) -> list[int]:
        begins = token.digest[:8]
        return [
            await uow.tokens.revoke("%", NINE),
            await uow.tokens.revoke(begins, NINE + HOUR),
            await uow.tokens.revoke(begins, NINE + HOUR),
        ]

    assert await writer.submit(revoke) == [0, 1, 0]
    found = await proofs.token("secret")
    assert found is not None
    assert found[1].revoked_at == NINE + HOUR


async def test_of_two_who_use_an_invitation_at_once_one_succeeds(writer: Writer) -> None:
    person = await added(writer)
    made = Invitation(
        digest=digest_of("secret"),
        person_id=person.id,
        by="admin",
        made_at=NINE,
        expires_at=NINE + HOUR,
    )

    async def make(uow: UnitOfWork) -> None:
        await uow.invitations.make(made)

    async def use(uow: UnitOfWork) -> Invitation | None:
        return await uow.invitations.use(made.digest, NINE)

    async def late(uow: UnitOfWork) -> Invitation | None:
        return await uow.invitations.use(made.digest, NINE + HOUR)

    await writer.submit(make)
    assert await writer.submit(late) is None
    found = await asyncio.gather(writer.submit(use), writer.submit(use))
    assert sorted(each is not None for each in found) == [False, True]


async def test_deeds_are_read_newest_first_and_by_whom_or_what(
    writer: Writer, database: Database
) -> None:
    async def work(uow: UnitOfWork) -> None:
        for number, by in enumerate(("anna", "boris", "anna")):
            row = AuditRow(
                at=NINE + number * HOUR, by=by, act="play", subject=f"recording:{number}"
            )
            await uow.audit.add(row)

    await writer.submit(work)
    assert [row.subject for row in await read_audit(database, by="anna")] == [
        "recording:2",
        "recording:0",
    ]
    assert [row.by for row in await read_audit(database, subject="recording:1")] == ["boris"]
    assert await read_audit(database, act="download") == ()
