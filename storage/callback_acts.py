"""What people do to an item of the callback list, judged inside the transaction that writes it.

Two people who take the same item at once are two transactions, one after the other: the second
finds the first and gets a sentence. Whatever cannot be done raises `CallbackNotOpen` with a
sentence that says who was faster, what it means, and what to do.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from router.callbacks import LEASE_SECONDS, Act, ActKind, CallbackItem, ClosedHow, Closing
from storage.errors import CallbackNotOpen
from storage.sentences import Sentence
from storage.unit_of_work import UnitOfWork


async def take(  # noqa: PLR0913 - who, what, when and how long, all by keyword
    uow: UnitOfWork,
    callback_id: str,
    *,
    by: str,
    at: datetime,
    note: str = "",
    lease_seconds: float = LEASE_SECONDS,
) -> CallbackItem:
    """Gives an open item to `by` (a manager's key) for `lease_seconds`; again: from now on."""
    item = await _open(uow, callback_id)
    holder = item.holder(at)
    if holder and holder != by:
        left = _minutes(item, at)
        raise CallbackNotOpen(
            Sentence(
                f"{holder} took {item.id} before you and has it for {left} min more: take another, "
                "or ask for it to be given back.",
                f"{item.id} уже взял(а) {holder}, ещё на {left} мин. Возьмите другой перезвон или "
                "попросите вернуть этот.",
            )
        )
    until = at + timedelta(seconds=lease_seconds)
    return await _done(uow, item, ActKind.TAKEN, by=by, at=at, note=note, due_at=until)


async def give_back(
    uow: UnitOfWork, callback_id: str, *, by: str, at: datetime, note: str = ""
) -> CallbackItem:
    """Gives a taken item back to everybody."""
    item = await _open(uow, callback_id)
    if not item.holder(at):
        raise CallbackNotOpen(
            Sentence(
                f"Nobody has {item.id} at the moment: there is nothing to give back.",
                f"{item.id} сейчас никем не взят: возвращать нечего.",
            )
        )
    return await _done(uow, item, ActKind.GIVEN_BACK, by=by, at=at, note=note)


async def add_note(  # noqa: PLR0913 - what a note consists of, all by keyword
    uow: UnitOfWork,
    callback_id: str,
    *,
    by: str,
    at: datetime,
    note: str,
    promised_at: datetime | None = None,
) -> CallbackItem:
    """Writes a note beside an item, and the hour at which a call was promised."""
    item = await _known(uow, callback_id)
    return await _done(uow, item, ActKind.NOTED, by=by, at=at, note=note, due_at=promised_at)


async def not_needed(
    uow: UnitOfWork, callback_id: str, *, by: str, at: datetime, reason: str
) -> CallbackItem:
    """Closes an open item that nobody has to call back, with the reason."""
    if not reason.strip():
        raise CallbackNotOpen(
            Sentence(
                "Say why no callback is needed: whoever looks later will ask.",
                "Напишите, почему перезванивать не нужно: потом об этом спросят.",
            )
        )
    item = await _open(uow, callback_id)
    return await _done(uow, item, ActKind.NOT_NEEDED, by=by, at=at, note=reason.strip())


async def voicemail(
    uow: UnitOfWork, callback_id: str, *, by: str, at: datetime, note: str = ""
) -> CallbackItem:
    """Says that the last callback reached a voicemail: an attempt, whatever its length.

    An item that this very call closed is open again.
    """
    item = await _known(uow, callback_id)
    call = _last_dialled(item)
    if not call:
        raise CallbackNotOpen(
            Sentence(
                f"Nobody called back for {item.id} yet: no call to be a voicemail.",
                f"По {item.id} ещё не перезванивали: автоответчику взяться неоткуда.",
            )
        )
    act = Act(kind=ActKind.VOICEMAIL, call_id=call, by=by, at=at, note=note)
    return await uow.callbacks.act(item, act)


def _last_dialled(item: CallbackItem) -> str:
    if item.closing and item.closing.how is ClosedHow.REACHED:
        return item.closing.call_id
    return item.attempts[-1].call_id if item.attempts else ""


async def _done(  # noqa: PLR0913 - the parts of an act
    uow: UnitOfWork,
    item: CallbackItem,
    kind: ActKind,
    *,
    by: str,
    at: datetime,
    note: str = "",
    due_at: datetime | None = None,
) -> CallbackItem:
    act = Act(kind=kind, call_id=item.missed[-1], by=by, at=at, note=note, due_at=due_at)
    return await uow.callbacks.act(item, act)


async def _known(uow: UnitOfWork, callback_id: str) -> CallbackItem:
    item = await uow.callbacks.get(callback_id)
    if item is None:
        raise CallbackNotOpen(
            Sentence(
                f"There is no callback {callback_id} (any more): look again.",
                f"Перезвона {callback_id} нет (или уже нет): посмотрите список ещё раз.",
            )
        )
    return item


async def _open(uow: UnitOfWork, callback_id: str) -> CallbackItem:
    item = await _known(uow, callback_id)
    if item.closing is not None:
        raise CallbackNotOpen(_closed_sentence(item.closing))
    return item


def _minutes(item: CallbackItem, at: datetime) -> int:
    left = (item.taken_until - at).total_seconds() if item.taken_until else 0.0
    return max(1, round(left / 60))


def _closed_sentence(closing: Closing) -> Sentence:
    by = f"{closing.pbx}/{closing.by}" if closing.pbx and closing.by else closing.by
    who, whom = by or "somebody", by or "кто-то"
    if closing.how is ClosedHow.NOT_NEEDED:
        return Sentence(
            f"Nothing to do: {who} closed it as not needed.",
            f"Делать ничего не нужно: закрыто как ненужное ({whom}).",
        )
    if closing.how is ClosedHow.CAME_THROUGH:
        return Sentence(
            f"Nothing to do: the client called again and talked with {who} meanwhile.",
            f"Делать ничего не нужно: клиент тем временем дозвонился сам ({whom}).",
        )
    return Sentence(
        f"Nothing to do: {who} has reached this client meanwhile.",
        f"Делать ничего не нужно: клиенту тем временем уже дозвонились ({whom}).",
    )
