"""The project's own telephone laboratory: a private Asterisk without root, phones and a carrier.

It serves the demo, the tests and the benchmarks alike; nothing of the product imports it.
Everything runs on loopback: phones on 127.0.0.1, the carrier on 127.0.0.2, ports from a block that
each instance claims for itself, so that instances run side by side.

    root = ensure_root(print)          # None: there is no Asterisk, and a sentence said why
    pbx = AsteriskInstance(
        root,
        home,                          # a folder for this instance alone
        extensions_conf=dialplan + LAB_EXTENSIONS,
        manager_conf=ami_users,        # without [general]
        phones=[LabPhone(extension="101", password="p101", name="Anna")],
    )                                  # pbx.ports.agi, .ami, .http, .spare are known from here on
    anna = Phone("101", "p101", registrar=pbx.sip, behaviour=answer_after(1.5))
    carrier = Carrier(port=pbx.ports.trunk, pbx=pbx.sip)
    async with pbx, carrier, anna:     # boots in about half a second; or start() and stop()
        call = await carrier.call("74950000001", "79161234567", "Ivan")
        assert await call.wait_answered(5)       # False: it ended unanswered; call.status says how
        await call.hang_up()                     # CANCEL or BYE, as its state asks for
        await anna.calls[-1].wait_ended(2)       # .caller_number, .rang_at, .ended_by, .reason, ...

        anna.behave(LET_IT_RING)                 # DECLINE, BUSY, DO_NOT_REGISTER, answer_after(1)
        carrier.mobiles["79990000001"] = confirms(1.0)     # voicemail(1.0), Mobile(behaviour=BUSY)
        await carrier.call("74950000001", "79161234567", hangup_after=3)
        ringing = await anna.wait_ringing(2)
        await anna.answer()                      # hold(), resume(), press("1"), ...
        await anna.blind_transfer("102")         # consult("102"), dial("*8103")

Actions that exchange messages are awaited and return when the PBX has answered; every wait has a
deadline and raises `TimeoutError`. Phones send no sound but one packet per talk unless
`media=Media.TONE` (or SILENCE) is asked for; keys go out all the same.
"""

from dozvon.lab.configuration import LAB_EXTENSIONS, LabPhone, Ports
from dozvon.lab.errors import (
    AsteriskFailedError,
    LabError,
    NoAsteriskError,
    SipRefusedError,
    SipSyntaxError,
)
from dozvon.lab.instance import AsteriskInstance
from dozvon.lab.setup import ensure_root
from dozvon.lab.sip.carrier import Carrier, Mobile, confirms, voicemail
from dozvon.lab.sip.phone import (
    BUSY,
    DECLINE,
    DO_NOT_REGISTER,
    LET_IT_RING,
    Act,
    Behaviour,
    Phone,
    answer_after,
    decline_after,
)
from dozvon.lab.sip.records import CallState, OutsideCall, PhoneCall
from dozvon.lab.sip.rtp import Media
from dozvon.lab.sip.sessions import Side

__all__ = [
    "BUSY",
    "DECLINE",
    "DO_NOT_REGISTER",
    "LAB_EXTENSIONS",
    "LET_IT_RING",
    "Act",
    "AsteriskFailedError",
    "AsteriskInstance",
    "Behaviour",
    "CallState",
    "Carrier",
    "LabError",
    "LabPhone",
    "Media",
    "Mobile",
    "NoAsteriskError",
    "OutsideCall",
    "Phone",
    "PhoneCall",
    "Ports",
    "Side",
    "SipRefusedError",
    "SipSyntaxError",
    "answer_after",
    "confirms",
    "decline_after",
    "ensure_root",
    "voicemail",
]
