"""Commands on live calls as the API answers them: done, under way, or why not.

A command goes on when whoever gave it stops waiting; it is never given twice. Ids of refusals are
those of `switchboard.control` and never change.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Annotated, ClassVar

from pbx_adapters.port import Outcome
from pbx_adapters.webhook.errors import Refusal as HttpRefusal
from switchboard.control import Told
from switchboard.control_texts import Refusal, sentence
from web.api.endpoint import Turn
from web.api.errors import NotNow, NotPossible, NotThere, NotYours, Unfit

LONGEST_WAIT_SECONDS = 30

_THERE_IS_NONE = {Refusal.NO_SUCH_CALL, Refusal.NO_SUCH_LEG, Refusal.NO_SUCH_TARGET}
_UNFIT = {Refusal.BAD_NUMBER, Refusal.COLLEAGUE, Refusal.PREFIX}
_NOT_NOW = {Outcome.NO_LINK}
_WORDS = {
    "ru": "Команда выполняется.",
    "en": "The command is under way.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How a command ended. `done` is false while it is under way (status 202)."""

    HTTP_STATUSES: ClassVar[tuple[int, ...]] = (202,)

    done: bool
    answer: Annotated[str, "a stable word: done, taken, talking, under-way"]
    sentence: Annotated[str, "the answer for a person"]
    id: Annotated[str, "the command's own id, empty where it has none"]

    @property
    def http_status(self) -> int:
        """200, or 202 while it is under way."""
        return 200 if self.done else 202


async def carried_out(
    turn: Turn, command: Awaitable[Told], wait_seconds: float, *, by: str
) -> Done:
    """Have a command carried out by a manager; raises what the API refuses."""
    if not by:
        if asyncio.iscoroutine(command):
            command.close()
        text = sentence(Refusal.NO_SUCH_PERSON, {"who": turn.person.name}, turn.language)
        raise NotPossible("no-phone", text)
    try:
        async with asyncio.timeout(min(max(wait_seconds, 0.2), LONGEST_WAIT_SECONDS)):
            told = await command
    except TimeoutError:
        words = _WORDS["ru" if turn.language == "ru" else "en"]
        return Done(done=False, answer="under-way", sentence=words, id="")
    if told.well:
        said = told.sentence(turn.language)
        return Done(done=True, answer=_word(told), sentence=said, id=told.id)
    raise _refusal(told, turn.language)


def _refusal(told: Told, language: str) -> HttpRefusal:
    word, said, answer = _word(told), told.sentence(language), told.answer
    if answer in _THERE_IS_NONE:
        return _NoneSuch(word, said)
    if answer is Refusal.NOT_ALLOWED:
        return NotYours(word, said)
    if answer in _UNFIT:
        return Unfit(word, said)
    if answer in _NOT_NOW:
        return NotNow(word, said)
    return NotPossible(word, said)


def _word(told: Told) -> str:
    return str(told.answer.value).replace("_", "-")


class _NoneSuch(NotThere):
    def __init__(self, id_: str, message: str) -> None:
        super().__init__(message)
        self.id = id_
