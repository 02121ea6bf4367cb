"""The lab's phones and carrier against a real Asterisk: what every other test builds on."""

import asyncio
import base64
import os
import signal
import sys
from pathlib import Path

import pytest

from dozvon.lab import (
    BUSY,
    DECLINE,
    DO_NOT_REGISTER,
    LET_IT_RING,
    AsteriskInstance,
    CallState,
    Carrier,
    Media,
    Mobile,
    Phone,
    Side,
    SipRefusedError,
    answer_after,
    confirms,
    voicemail,
)
from dozvon.lab.sip.rtp import tone_share

pytestmark = pytest.mark.asterisk

LINE, KEYPAD, MOBILE_LINE, WHO, ECHO = (f"74950000{n}" for n in (101, 200, 300, 400, 600))
MOBILE = "79990000001"


async def joined(pbx: AsteriskInstance, talks: int) -> None:
    """Waits until so many talks are bridged: a transfer asked for earlier is refused with 400."""
    async with asyncio.timeout(20):
        while True:
            bridges = (await pbx.cli("bridge show all")).splitlines()[1:]
            if sum(" 2 basic" in line for line in bridges) >= talks:
                return


async def test_a_phone_registers_and_unregisters(pbx: AsteriskInstance) -> None:
    async with Phone("101", "secret-101", registrar=pbx.sip) as phone:
        assert str(phone.port) in await pbx.cli("pjsip show contacts")
        phone.behave(DO_NOT_REGISTER)
        await phone.wait_unregistered(3)
        assert str(phone.port) not in await pbx.cli("pjsip show contacts")
        phone.behave(LET_IT_RING)
        await phone.wait_registered(3)
    assert str(phone.port) not in await pbx.cli("pjsip show contacts")


async def test_a_phone_with_a_wrong_password_is_told_so(pbx: AsteriskInstance) -> None:
    phone = Phone("101", "wrong", registrar=pbx.sip)
    try:
        with pytest.raises(SipRefusedError) as refusal:
            await phone.start()
    finally:
        await phone.stop()
    assert refusal.value.status in {401, 403}


async def test_a_client_calls_a_phone_answers_and_the_client_hangs_up(
    pbx: AsteriskInstance, carrier: Carrier, anna: Phone
) -> None:
    anna.behave(answer_after(0.1))

    call = await carrier.call(LINE, "79161234567", "Иван")

    assert await call.wait_answered(3)
    there = anna.calls[0]
    assert (there.caller_number, there.caller_name) == ("79161234567", "Иван")
    assert there.rang_at
    assert there.answered_at
    assert (there.answered_at - there.rang_at).total_seconds() >= 0.1
    await call.hang_up()
    await there.wait_ended(3)
    assert (call.ended_by, there.ended_by) == (Side.SELF, Side.PBX)
    rows = await pbx.wait_cdr_rows(1, 3)
    assert [(row["src"], row["disposition"]) for row in rows] == [("79161234567", "ANSWERED")]


async def test_a_client_who_gives_up_stops_the_ringing(carrier: Carrier, anna: Phone) -> None:
    call = await carrier.call(LINE, "79161234567")
    ringing = await anna.wait_ringing(3)
    await call.wait_ringing(3)

    await call.hang_up()

    await ringing.wait_ended(3)
    assert (call.status, call.ended_by) == (487, Side.SELF)
    assert (ringing.status, ringing.ended_by, ringing.answered_at) == (487, Side.PBX, None)


async def test_a_client_hangs_up_by_himself_after_a_time(carrier: Carrier, anna: Phone) -> None:
    call = await carrier.call(LINE, "79161234567", hangup_after=0.3)

    await call.wait_ended(3)

    assert call.answered_at is None
    assert call.ended_at
    assert 0.3 <= (call.ended_at - call.started_at).total_seconds() < 1.5


@pytest.mark.parametrize(("behaviour", "status"), [(DECLINE, 403), (BUSY, 486)])
async def test_a_phone_declines_or_is_busy(
    carrier: Carrier, anna: Phone, behaviour: object, status: int
) -> None:
    anna.behave(DECLINE if behaviour is DECLINE else BUSY)

    call = await carrier.call(LINE, "79161234567")

    assert not await call.wait_answered(3)
    assert call.status == status
    assert anna.calls[0].ended_by is Side.SELF


async def test_a_phone_that_is_not_registered_is_not_rung(carrier: Carrier) -> None:
    call = await carrier.call(LINE, "79161234567")

    assert not await call.wait_answered(3)
    assert call.ringing_at is None


async def test_an_anonymous_client_shows_no_number(pbx: AsteriskInstance, carrier: Carrier) -> None:
    call = await carrier.call(WHO, "79161234567", anonymous=True)

    await call.wait_ended(3)

    assert (await pbx.astdb("lab"))["/lab/number"] == "anonymous"


@pytest.mark.parametrize(
    "name", ['a "quoted" one', "😀 Ёж", "x" * 300, "${SHELL(id)} | a,b }; drop"]
)
async def test_a_hostile_name_arrives_as_it_is(
    pbx: AsteriskInstance, carrier: Carrier, name: str
) -> None:
    """Asterisk cuts names at 79 bytes and keeps the backslashes of quoted quotes."""
    call = await carrier.call(WHO, "79161234567", name)

    await call.wait_ended(3)

    stored = base64.b64decode((await pbx.astdb("lab"))["/lab/name"]).decode()
    assert name.startswith(stored.replace("\\", ""))
    assert len(stored) >= min(len(name), 70)


async def test_a_key_that_a_client_presses_is_read(pbx: AsteriskInstance, carrier: Carrier) -> None:
    call = await carrier.call(KEYPAD, "79161234567")
    assert await call.wait_answered(3)

    await call.press("7")

    await call.wait_ended(3)
    assert (await pbx.astdb("lab"))["/lab/digit"] == "7"


async def test_a_mobile_that_confirms_is_connected(carrier: Carrier) -> None:
    carrier.mobiles[MOBILE] = confirms(0.1, 0.1)

    call = await carrier.call(MOBILE_LINE, "79161234567")

    assert await call.wait_answered(4)
    assert carrier.received[0].state is CallState.TALKING


async def test_a_voicemail_is_let_go(pbx: AsteriskInstance, carrier: Carrier) -> None:
    carrier.mobiles[MOBILE] = voicemail(0.1)

    call = await carrier.call(MOBILE_LINE, "79161234567")

    assert not await call.wait_answered(6)
    assert carrier.received[0].answered_at
    assert carrier.received[0].ended_by is Side.PBX


async def test_a_mobile_may_be_busy(pbx: AsteriskInstance, carrier: Carrier) -> None:
    carrier.mobiles[MOBILE] = Mobile(behaviour=BUSY)

    call = await carrier.call(MOBILE_LINE, "79161234567")
    await call.wait_ended(4)

    assert (await pbx.astdb("lab"))["/lab/status"] == "BUSY"


async def test_a_blind_transfer_rings_the_colleague(
    pbx: AsteriskInstance, carrier: Carrier, anna: Phone, boris: Phone
) -> None:
    boris.behave(answer_after(0.1))
    call = await carrier.call(LINE, "79161234567")
    await anna.wait_ringing(3)
    await anna.answer()
    await joined(pbx, 1)

    assert await anna.blind_transfer("102") == 200

    await boris.until(lambda: bool(boris.calls and boris.calls[0].answered_at), 3)
    assert boris.calls[0].caller_number == "79161234567"
    assert (call.state, anna.live_calls) == (CallState.TALKING, 0)


async def test_an_attended_transfer_joins_client_and_colleague(
    pbx: AsteriskInstance, carrier: Carrier, anna: Phone, boris: Phone
) -> None:
    boris.behave(answer_after(0.1))
    call = await carrier.call(LINE, "79161234567")
    await anna.wait_ringing(3)
    await anna.answer()
    await joined(pbx, 1)

    await anna.consult("102")
    await joined(pbx, 2)
    assert await anna.complete_transfer() == 200

    await anna.until(lambda: not anna.live_calls, 3)
    there = boris.calls[0]
    assert there.caller_number == "101"
    await there.session.until(lambda: there.shown_number == "79161234567", 3)
    await there.hang_up()
    await call.wait_ended(3)
    assert call.ended_by is Side.PBX


async def test_a_talk_is_held_and_resumed(
    pbx: AsteriskInstance, carrier: Carrier, anna: Phone
) -> None:
    call = await carrier.call(LINE, "79161234567")
    await anna.wait_ringing(3)
    await anna.answer()

    await anna.hold()
    await anna.resume()

    assert call.state is CallState.TALKING


async def test_a_colleague_picks_the_ringing_call_up(
    carrier: Carrier, anna: Phone, vera: Phone
) -> None:
    call = await carrier.call(LINE, "79161234567")
    ringing = await anna.wait_ringing(3)

    taken = await vera.dial("*8101")

    assert await taken.wait_answered(3)
    assert await call.wait_answered(3)
    await ringing.wait_ended(3)
    assert (ringing.ended_by, ringing.reason) == (Side.PBX, "Call completed elsewhere")
    assert taken.session.stream.sent_packets == 1  # without it Asterisk waits 500 ms for sound


async def test_a_phone_dials_out_with_the_companys_number(carrier: Carrier, anna: Phone) -> None:
    carrier.mobiles["79995554433"] = Mobile(behaviour=answer_after(0.1))

    call = await anna.dial("879995554433")

    assert await call.wait_answered(3)
    there = carrier.received[0]
    assert (there.called, there.caller_number) == ("79995554433", "74950000000")
    await anna.hang_up()
    await there.wait_ended(3)


async def test_sound_goes_both_ways_when_it_is_asked_for(
    pbx: AsteriskInstance, anna: Phone
) -> None:
    """A tone sent into the echo comes back as that tone."""
    async with Phone("102", "secret-102", registrar=pbx.sip, media=Media.TONE, hertz=600) as singer:
        call = await singer.dial("600")
        assert await call.wait_answered(3)
        call.record()
        await call.wait_heard(40, 3)
        assert tone_share(call.recorded[-800:], 600) > 0.9
        await call.press("5")
        await call.hang_up()
        assert call.packets_heard >= 40


async def test_two_phones_in_a_group_and_the_loser_is_told(
    pbx: AsteriskInstance, carrier: Carrier, anna: Phone, boris: Phone
) -> None:
    text = pbx.office.extensions_conf.replace("Dial(PJSIP/101,20)", "Dial(PJSIP/101&PJSIP/102,20)")
    await pbx.reload(extensions_conf=text)
    call = await carrier.call(LINE, "79161234567")
    loser = await anna.wait_ringing(3)
    await boris.wait_ringing(3)

    await boris.answer()

    assert await call.wait_answered(3)
    await loser.wait_ended(3)
    assert loser.reason == "Call completed elsewhere"


async def test_two_instances_run_side_by_side(
    asterisk_root: Path, pbx: AsteriskInstance, carrier: Carrier, anna: Phone, tmp_path: Path
) -> None:
    second = AsteriskInstance(
        asterisk_root,
        tmp_path / "second",
        extensions_conf=pbx.office.extensions_conf,
        manager_conf="",
        phones=pbx.office.phones,
        name="second",
    )
    async with (
        second,
        Phone("101", "secret-101", registrar=second.sip) as other,
        Carrier(port=second.ports.trunk, pbx=second.sip) as outside,
    ):
        first_call = await carrier.call(LINE, "79160000001")
        second_call = await outside.call(LINE, "79160000002")
        assert (await anna.wait_ringing(3)).caller_number == "79160000001"
        assert (await other.wait_ringing(3)).caller_number == "79160000002"
        await first_call.hang_up()
        await second_call.hang_up()
    assert second.pid is None


async def _ami_login(pbx: AsteriskInstance, user: str, secret: str) -> str:
    async with asyncio.timeout(20):
        reader, writer = await asyncio.open_connection("127.0.0.1", pbx.ports.ami)
        await reader.readline()
        writer.write(f"Action: Login\r\nUsername: {user}\r\nSecret: {secret}\r\n\r\n".encode())
        answer = await reader.readline()
        writer.close()
        await writer.wait_closed()
    return answer.decode().strip()


async def test_the_ami_users_given_may_log_in_and_are_exchanged_while_it_runs(
    pbx: AsteriskInstance,
) -> None:
    await pbx.reload(manager_conf="[one]\nsecret = first\nread = system\nwrite = system\n")
    assert await _ami_login(pbx, "one", "first") == "Response: Success"

    await pbx.reload(manager_conf="[two]\nsecret = second\nread = system\nwrite = system\n")

    assert await _ami_login(pbx, "one", "first") == "Response: Error"
    assert await _ami_login(pbx, "two", "second") == "Response: Success"


async def test_nothing_is_left_after_a_kill_and_it_starts_again(
    pbx: AsteriskInstance, carrier: Carrier, anna: Phone
) -> None:
    """And phones that register again are called again."""
    before, port = pbx.pid, pbx.ports.sip
    await pbx.kill()
    assert before is not None
    with pytest.raises(ProcessLookupError):
        os.kill(before, 0)

    await pbx.start()

    assert pbx.pid not in {None, before}
    assert pbx.ports.sip == port
    assert await pbx.channels() == 0
    await anna.register()
    await carrier.call(LINE, "79161234567")
    await anna.wait_ringing(3)


async def test_asterisk_dies_with_the_process_that_started_it(
    asterisk_root: Path, tmp_path: Path
) -> None:
    """Killed with SIGKILL, a test run leaves no Asterisk behind."""
    program = f"""
import asyncio, pathlib, sys
from dozvon.lab import AsteriskInstance
async def main():
    pbx = AsteriskInstance(pathlib.Path({str(asterisk_root)!r}), pathlib.Path({str(tmp_path)!r}) / "x",
        extensions_conf="", manager_conf="")
    await pbx.start()
    print(pbx.pid, flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    async with asyncio.timeout(15):
        child = int(await parent.stdout.readline())
    watched = os.pidfd_open(child)
    gone = asyncio.Event()
    asyncio.get_running_loop().add_reader(watched, gone.set)
    try:
        parent.send_signal(signal.SIGKILL)
        await parent.wait()
        async with asyncio.timeout(20):
            await gone.wait()
    finally:
        asyncio.get_running_loop().remove_reader(watched)
        os.close(watched)
