"""Every answer to a command is a sentence in both languages; who may do what."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import router
from pbx_adapters.port import Outcome
from router.calls import Call, Direction, Leg
from router.office import Department, Line, Manager, Office
from switchboard import control_rights as rights
from switchboard.control import Told
from switchboard.control_texts import TEXTS, Refusal

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def person(key: str, department: str, extension: str) -> Manager:
    return Manager(key=key, name=key, department=department, extension=extension)


OFFICE = Office(
    name="Office",
    default_department="sales",
    departments={
        "sales": Department(key="sales", name="Sales", head="head"),
        "service": Department(key="service", name="Service"),
    },
    managers={
        "anna": person("anna", "sales", "101"),
        "boris": person("boris", "sales", "102"),
        "head": person("head", "service", "103"),
        "other": person("other", "service", "104"),
    },
    lines={"l": Line(key="l", number="74951230000", name="", department="sales")},
)


def call(*legs: Leg, direction: Direction = Direction.INBOUND, caller: str = "7916") -> Call:
    return Call(
        id="main-1.1",
        pbx="main",
        linked_id="main-1.1",
        direction=direction,
        caller=caller,
        line="74951230000",
        began_at=AT,
        legs=legs,
    )


def leg(target: str, uid: str = "main-1.2", *, talks: bool = False, over: bool = False) -> Leg:
    return Leg(
        id=uid,
        target=target,
        began_at=AT,
        rang_at=AT,
        talking_since=AT if talks else None,
        picked_up_at=AT if talks else None,
        ended_at=AT if over else None,
    )


@pytest.mark.parametrize("answer", [*Outcome, *Refusal])
@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_answer_is_a_sentence(answer: Outcome | Refusal, language: str) -> None:
    """With its gaps filled or not, and never the other language."""
    bare = Told(answer=answer).sentence(language)
    full = Told(answer=answer, about={"who": "N1", "number": "N2", "line": "N3"})
    for said in (bare, full.sentence(language)):
        assert said.endswith(".")
        assert "{" not in said
    cyrillic = any("а" <= letter.lower() <= "я" for letter in bare)
    assert cyrillic is (language == "ru")


def test_no_two_answers_share_a_name_and_none_is_without_text() -> None:
    """An answer's name alone says which it is."""
    names = [*map(str, Outcome), *map(str, Refusal)]
    assert len(set(names)) == len(names) == len(TEXTS)


def test_a_call_is_taken_by_its_department_and_its_head_alone() -> None:
    """A head may be of another department himself."""
    may = {k for k, m in OFFICE.managers.items() if rights.may_take(OFFICE, m, "sales")}
    assert may == {"anna", "boris", "head"}
    assert not rights.may_take(OFFICE, OFFICE.managers["anna"], "unknown")


def test_a_call_is_hung_up_by_who_is_in_it_and_by_the_head() -> None:
    """A leg that is over gives no right; who dialled may always."""

    def may(found: Call) -> set[str]:
        people = OFFICE.managers.items()
        return {k for k, m in people if rights.may_hang_up(OFFICE, m, found, "sales")}

    assert may(call(leg("101"))) == {"anna", "head"}
    assert may(call(leg("101", over=True), leg("102", "main-1.3"))) == {"boris", "head"}
    assert may(call(direction=Direction.OUTBOUND, caller="102")) == {"boris", "head"}
    assert may(call(caller="102")) == {"head"}, "a caller's number proves nothing"


def test_a_namesake_at_another_exchange_neither_ends_a_call_nor_pauses_its_recording() -> None:
    """101 of one exchange and 101 of the other are two people."""
    namesake = replace(OFFICE.managers["anna"], pbx="branch")
    for who, may in ((OFFICE.managers["anna"], True), (namesake, False)):
        dialled = call(direction=Direction.OUTBOUND, caller="101")
        assert rights.may_hang_up(OFFICE, who, dialled, "service") is may
        assert rights.may_pause(OFFICE, who, dialled, "service") is may


def test_the_leg_that_talks_is_ones_own_before_anothers_and_never_the_clients() -> None:
    """Of a placed call the client's own channel is a leg as well."""
    anna, boris = OFFICE.managers["anna"], OFFICE.managers["boris"]
    client = leg("7916", "main-1.1", talks=True)
    first, second = leg("101", "a", talks=True), leg("102", "b", talks=True)
    assert rights.talking_leg(call(client), anna) is None
    assert rights.talking_leg(call(client, first, second), boris) is second
    assert rights.talking_leg(call(client, first), boris) is first
    assert rights.talking_leg(call(leg("101")), anna) is None


def test_a_call_rings_at_a_phone_until_it_is_picked_up_or_over() -> None:
    """On this PBX: another one may have the same extension."""
    anna = OFFICE.managers["anna"]
    assert rights.rings_at(anna, call(leg("101")))
    assert not rights.rings_at(anna, call(leg("101", over=True)))
    assert not rights.rings_at(anna, call(leg("101", talks=True)))
    assert not rights.rings_at(anna, call(leg("102")))


def test_every_answer_stands_in_the_documentation() -> None:
    """By the name under which a program meets it."""
    page = Path(router.__file__).parent.parent / "docs" / "control.md"
    text = page.read_text("utf-8")
    assert [str(name) for name in TEXTS if f"`{name}`" not in text] == []


@pytest.mark.parametrize("target", ["79160000102", "+79160000102"])
def test_a_talk_on_his_mobile_is_his(target: str) -> None:
    """He ends it, pauses its recording and hands it on as he does at his desk."""
    boris = replace(OFFICE.managers["boris"], mobile="+79160000102", pbx="elsewhere")
    talk = call(leg("101"), leg(target, "main-1.3", talks=True))
    assert rights.may_hang_up(OFFICE, boris, talk, "service")
    assert rights.may_pause(OFFICE, boris, talk, "service")
    assert (mine := rights.talking_leg(talk, boris))
    assert rights.is_his(boris, talk, mine)
    anna = replace(OFFICE.managers["anna"], mobile="+79160000101")
    assert not rights.may_pause(OFFICE, anna, talk, "service")


def test_what_rings_at_his_mobile_he_may_take_at_his_desk() -> None:
    boris = replace(OFFICE.managers["boris"], mobile="+79160000102")
    assert not rights.rings_at(boris, call(leg("79160000102")))
    assert rights.rings_at(boris, call(leg("79160000102"), leg("102", "main-1.3")))
