"""What stands on a desk is a function of the calls of this moment."""

from __future__ import annotations

from dataclasses import asdict, replace

from desk_floor import CLIENT, IVAN, OFFICE, PLAN, STRANGER, OnPaper, after, desk

from router.calls import Direction, LegOutcome
from router.facts import PhoneState
from router.office import Status
from switchboard.desk import concerned
from switchboard.desk_cards import Desk
from switchboard.steps import rings_until

EMPTY = Desk()


def test_only_a_phone_that_rings_gets_the_card_a_planned_one_never() -> None:
    """The plan names Anna, Boris and Vera; only Anna's phone rings: only she has the card."""
    call = OnPaper().rings("101", 1)
    assert [card.call_id for card in desk("anna", call).rings_at_me] == [call.id]
    assert not desk("boris", call).rings_at_me
    assert not desk("vera", call).rings_at_me


def test_nothing_rings_before_the_first_leg() -> None:
    """A call that was decided on and rings nowhere yet stands on nobody's desk."""
    call = OnPaper()
    assert {key: desk(key, call) for key in ("boris", "oleg")} == {"boris": EMPTY, "oleg": EMPTY}


def test_the_card_goes_when_the_ringing_stops() -> None:
    """Not answered, declined, hung up: the card is gone, and comes at the next phone."""
    call = OnPaper().rings("101", 1).stops("101", 16).rings("102", 16)
    assert not desk("anna", call).rings_at_me
    assert desk("boris", call).rings_at_me
    assert not desk("boris", call.ends(20)).rings_at_me


def test_answered_elsewhere_takes_the_card_away_from_everybody() -> None:
    """In a group the others lose their cards as soon as one answers."""
    call = OnPaper().rings("101", 1).rings("102", 1).answers("102", 3)
    call.stops("101", 3, LegOutcome.ELSEWHERE)
    assert not desk("anna", call).rings_at_me
    assert not desk("vera", call).may_take
    assert [card.call_id for card in desk("boris", call).talking] == [call.id]


def test_a_mobile_that_rings_is_his_phone_too() -> None:
    """The head's mobile rings: the head has the card, marked as his mobile, and may take it."""
    call = OnPaper().rings("79160000103", 26)
    (card,) = desk("vera", call).rings_at_me
    assert (card.mobile, card.may_take) == (True, True)


def test_what_rings_at_his_desk_is_picked_up_and_not_taken() -> None:
    call = OnPaper().rings("103", 16)
    (card,) = desk("vera", call).rings_at_me
    assert (card.mobile, card.may_take) == (False, False)
    (card,) = desk("vera", call.rings("79160000103", 26)).rings_at_me
    assert (card.mobile, card.may_take) == (False, False), "it rings at both"


def test_a_mobile_that_is_asked_to_confirm_does_not_ring() -> None:
    """Picked up and not confirmed yet: nothing rings, nobody talks."""
    call = OnPaper().rings("79160000103", 26).picks_up("79160000103", 30)
    assert desk("vera", call) == EMPTY


def test_the_ringing_card_tells_line_owner_client_and_the_seconds_left() -> None:
    """What he must know before he picks up."""
    (card,) = desk("anna", OnPaper().rings("101", 1)).rings_at_me
    assert (card.line_name, card.owner_name, card.known.client_name) == (
        "Сайт",
        "Anna",
        "Иван Петров",
    )
    assert (card.since, card.until) == (after(1), after(16))


def test_a_colleague_may_take_and_sees_name_owner_and_application_only() -> None:
    """No number, no key, no history of the client leaves the house with a take card."""
    (card,) = desk("boris", OnPaper().rings("101", 1)).may_take
    assert (card.client_name, card.owner_name, card.application) == ("Иван Петров", "Anna", "З-17")
    assert card.rings_at == (("Anna", False),)
    assert card.until == after(16)
    told = str(asdict(card))
    assert CLIENT.lstrip("+") not in told
    assert "c1" not in told


def test_a_caller_whom_nobody_knows_is_shown_by_his_number() -> None:
    """There is no client whose number it could be, so it is nobody's secret."""
    (card,) = desk("boris", OnPaper(known=STRANGER).rings("101", 1)).may_take
    assert (card.client_name, card.number) == ("", CLIENT)


def test_another_department_sees_nothing() -> None:
    """Default deny: the service department does not learn of the sales' calls."""
    assert desk("oleg", OnPaper().rings("101", 1)) == EMPTY


def test_a_head_may_take_in_the_department_that_he_heads() -> None:
    """Vera heads sales."""
    assert desk("vera", OnPaper().rings("101", 1)).may_take


def test_a_phone_on_another_exchange_gets_no_card_that_it_cannot_keep() -> None:
    """To take is to pick up on the same exchange."""
    assert not desk("far", OnPaper().rings("101", 1)).may_take


def test_whoever_it_rings_at_is_not_offered_to_take_it() -> None:
    """He simply picks up."""
    assert not desk("anna", OnPaper().rings("101", 1)).may_take


def test_a_free_owner_may_take_his_clients_call_from_a_colleague() -> None:
    """It is marked as his own client's."""
    call = OnPaper().rings("102", 16)
    (card,) = desk("anna", call).may_take
    assert card.mine
    assert not desk("anna", call).information


def test_a_busy_owner_is_told_that_his_client_rings_at_a_colleague() -> None:
    """He talks, is at lunch or his phone is off: a card to read, without a promise."""
    call = OnPaper().rings("102", 16)
    talks = desk("anna", call, phone=PhoneState.TALKING)
    lunch = desk("anna", call, status=Status.LUNCH)
    unplugged = desk("anna", call, phone=PhoneState.UNREGISTERED)
    for found in (talks, lunch, unplugged):
        (card,) = found.information
        assert (card.who, card.talking) == (("Boris",), False)
        assert not found.may_take


def test_an_owner_is_told_who_talks_with_his_client() -> None:
    """Answered by a colleague: the owner reads who it is."""
    call = OnPaper().rings("102", 16).answers("102", 20)
    (card,) = desk("anna", call).information
    assert (card.who, card.talking, card.since) == (("Boris",), True, after(20))


def test_whoever_took_it_talks_and_the_other_desk_is_cleared() -> None:
    """Boris took what rang at Anna."""
    call = OnPaper().rings("101", 1).taken("101", "102", 4)
    assert not desk("anna", call).rings_at_me
    assert [card.call_id for card in desk("boris", call).talking] == [call.id]


def test_a_talk_on_hold_is_still_his_talk() -> None:
    """The card says that the client waits."""
    (card,) = desk("anna", OnPaper().rings("101", 1).answers("101", 3).held(9)).talking
    assert card.held
    assert card.since == after(3)


def test_a_talk_that_ended_stays_until_the_log_has_it() -> None:
    """The note is not lost between the hang-up and the log."""
    call = OnPaper().rings("101", 1).answers("101", 3).ends(60)
    (card,) = desk("anna", call).talking
    assert card.ended
    assert desk("boris", call) == EMPTY
    assert "anna" in concerned(call.seen(), OFFICE)


def test_his_own_call_to_a_client_rings_at_his_phone_first() -> None:
    """Click-to-call: the card says that it is his own call, and to whom."""
    call = OnPaper(direction=Direction.OUTBOUND, caller="101", line=CLIENT).rings("101", 0)
    (card,) = desk("anna", call).rings_at_me
    assert card.outgoing
    assert not desk("boris", call).may_take


def test_a_client_whom_he_dialled_is_talked_with_and_never_rings_at_us() -> None:
    """The client's phone is no phone of ours."""
    call = OnPaper(direction=Direction.OUTBOUND, caller="101", line=CLIENT[1:])
    call.rings(CLIENT[1:], 1)
    assert desk("anna", call) == EMPTY
    (card,) = desk("anna", call.answers(CLIENT[1:], 5)).talking
    assert card.outgoing


def test_a_colleague_who_calls_is_named() -> None:
    """An internal call is shown with the colleague's name and is nobody's to take."""
    call = OnPaper(direction=Direction.INTERNAL, caller="102", line="101").rings("101", 0)
    (card,) = desk("anna", call).rings_at_me
    assert card.colleague == "Boris"
    assert not desk("vera", call).may_take


def test_a_call_on_another_exchange_with_the_same_extension_is_not_his() -> None:
    """Extensions belong to an exchange."""
    call = OnPaper().rings("104", 1)
    assert not desk("far", call).rings_at_me


def test_the_order_of_cards_is_the_order_of_ringing() -> None:
    """Whoever rings longer stands first."""
    late = OnPaper(id="a").rings("101", 9)
    early = OnPaper(id="b").rings("101", 2)
    assert [card.call_id for card in desk("anna", late, early).rings_at_me] == ["b", "a"]


def test_only_the_concerned_are_drawn_again() -> None:
    """A call concerns whom it rings at, its owner, and the department while it can be taken."""
    ringing = OnPaper().rings("101", 1)
    assert concerned(ringing.seen(), OFFICE) == {"anna", "boris", "vera", "far"}
    answered = ringing.answers("101", 3)
    assert concerned(answered.seen(), OFFICE) == {"anna"}


def _until(call: OnPaper, leg: str) -> float | None:
    assert call.call
    found = next(x for x in call.call.legs if x.id == leg)
    until = rings_until(call.call, found, call.known.plan)
    return (until - after(0)).total_seconds() if until else None


def test_the_seconds_left_are_those_of_the_step_that_really_rings() -> None:
    """Owner 15 s, colleague 10 s, and the second ring at the same phone is another step's."""
    call = OnPaper().rings("101", 1).stops("101", 16).rings("102", 16.2)
    assert _until(call, "102") == 26.2
    call.stops("102", 26.2).rings("101", 46, "again").rings("102", 46, "b2")
    assert _until(call, "again") == 51
    assert _until(call, "b2") == 51


def test_a_step_that_was_skipped_does_not_confuse_the_seconds() -> None:
    """Anna was busy: the first that rings is Boris, in the second step."""
    assert _until(OnPaper().rings("102", 1), "102") == 11


def test_patience_bounds_the_seconds() -> None:
    """The exchange ends the plan by the clock."""
    short = replace(IVAN, plan=replace(PLAN, patience_seconds=10))
    assert _until(OnPaper(known=short).rings("101", 1), "101") == 10


def test_without_a_plan_nobody_guesses_seconds() -> None:
    """A call of a foreign dialplan rings as long as it rings."""
    assert _until(OnPaper(known=STRANGER).rings("101", 1), "101") is None
