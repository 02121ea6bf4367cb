"""In which language a program is told why not."""

from __future__ import annotations

from pathlib import Path

from api_house import api_house

from storage.unit_of_work import UnitOfWork
from web.signin import accounts


async def test_a_program_is_answered_in_the_language_that_it_asks_for(tmp_path: Path) -> None:
    """Whatever the person chose for his own pages; where it asks for none, that is what it gets."""
    async with api_house(tmp_path) as house:

        async def work(uow: UnitOfWork) -> None:
            await accounts.choose(uow, "ivanova", language="ru")

        await house.write(work)
        crm = await house.program("ivanova", "place")
        _, told = await crm.post("/calls", {"number": "102"})
        assert told["error"]["message"].startswith("This exchange takes no commands.")
        _, told = await crm.post("/calls", {"number": "102"}, Accept_Language="")
        assert told["error"]["message"].startswith("Эта АТС не принимает команд.")
