"""What a real Asterisk makes of our answers, and of their absence."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from real_pbx import ask, running

from pbx_adapters.asterisk.agi_wire import AgiRequest
from pbx_adapters.asterisk.fastagi import Answer, FastAgiServer, Outcome

pytestmark = pytest.mark.asterisk


def saying(*values: str) -> Answer:
    async def answer(_: AgiRequest) -> Sequence[tuple[str, str]]:
        return [*zip(("ONE", "TWO", "THREE"), values, strict=True), ("DONE", "1")]

    return answer


async def test_no_injection_values_arrive_literally(asterisk_root: Path, tmp_path: Path) -> None:
    triples = [
        ('say "hi"', "back\\slash\\\\", "a,b;c|d&e"),
        ("Иван 😀 «я»", "${SHELL(id)}", "$[1+1] ${EXTEN} #{x}"),
        ("", " ends with blanks ", "hangup"),
        ("\\", '"', '\\n\\"'),
        ("я" * 1000, "x" * 2000, '" "SYSTEM" "id'),
        ("\ttab", "200 result=1", "'single'"),
        ("=a=b==", "$HOME$", "<x>;y^z%20 !~|/@:*#?&"),
        ("one~20~8~0~owner~p!ivanova!101!PJSIP/101!!!0!!99", "'", "`id` \x7f \u00a0 end "),
    ]
    async with asyncio.timeout(40), running(asterisk_root, tmp_path) as (pbx, link):
        for values in triples:
            async with FastAgiServer(saying(*values), port=pbx.ports.agi) as server:
                known = await ask(link)
                assert (known["one"], known["two"], known["three"]) == values
                assert (known["done"], known["way"]) == ("1", "SUCCESS")
                assert server.counts == {Outcome.ANSWERED: 1}


async def test_asterisks_question_is_understood(asterisk_root: Path, tmp_path: Path) -> None:
    questions: list[AgiRequest] = []

    async def answer(request: AgiRequest) -> Sequence[tuple[str, str]]:
        questions.append(request)
        return []

    async with (
        asyncio.timeout(30),
        running(asterisk_root, tmp_path) as (pbx, link),
        FastAgiServer(answer, port=pbx.ports.agi),
    ):
        await ask(link)
    [request] = questions
    assert request.channel.startswith("Local/s@far-")
    assert (request.context, request.extension, request.verb) == ("ask", "s", "route")
    assert (request.args, request.caller_number) == (("one", "two words"), "")


async def test_fail_open_a_late_answer_lets_the_dialplan_go_on(
    asterisk_root: Path, tmp_path: Path
) -> None:
    """The completeness mark is missing, and the dialplan has the call back after the budget."""

    async def never(_: AgiRequest) -> Sequence[tuple[str, str]]:
        await asyncio.Event().wait()
        return []

    async with asyncio.timeout(30), running(asterisk_root, tmp_path) as (pbx, link):
        late = FastAgiServer(never, port=pbx.ports.agi, answer_budget_seconds=0.2)
        async with late as server:
            began = asyncio.get_running_loop().time()
            known = await ask(link)
            assert asyncio.get_running_loop().time() - began < 1.2
            assert known["done"] == ""
            assert server.counts == {Outcome.LATE: 1}


async def test_fail_open_an_answer_after_the_watchdog_reaches_nobody(
    asterisk_root: Path, tmp_path: Path
) -> None:
    """The dialplan's own watchdog takes the call back; our thinking ends, no channel stays in AGI."""
    cancelled = asyncio.Event()

    async def slow(_: AgiRequest) -> Sequence[tuple[str, str]]:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()
        return []

    async with asyncio.timeout(30), running(asterisk_root, tmp_path) as (pbx, link):
        slow_server = FastAgiServer(slow, port=pbx.ports.agi, answer_budget_seconds=20)
        async with slow_server as server:
            known = await ask(link, "watched")
            assert known["way"] == "watchdog"
            await cancelled.wait()
            assert server.counts == {Outcome.HUNG_UP: 1}


async def test_a_wrong_script_lets_the_dialplan_go_on(asterisk_root: Path, tmp_path: Path) -> None:
    async with asyncio.timeout(30), running(asterisk_root, tmp_path) as (pbx, link):
        plan = saying("1", "2", "3")
        async with FastAgiServer(plan, port=pbx.ports.agi, verbs=["route"]) as server:
            assert (await ask(link, "wrong"))["done"] == ""
            assert server.counts == {Outcome.UNKNOWN_SCRIPT: 1}
