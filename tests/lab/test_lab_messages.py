"""SIP messages, digest answers and descriptions, without a network."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dozvon.lab.errors import SipSyntaxError
from dozvon.lab.sip import sdp
from dozvon.lab.sip.digest import Credentials, authorization, parse_challenge
from dozvon.lab.sip.messages import (
    Address,
    Request,
    Response,
    parse,
    parse_address,
    reason_text,
)

INVITE = (
    b"INVITE sip:101@127.0.0.1:5062 SIP/2.0\r\n"
    b"v: SIP/2.0/UDP 127.0.0.1:5060;rport;branch=z9hG4bKPj1\r\n"
    b'f: "Ivan \\"the\\" Client" <sip:79161234567@127.0.0.1>;tag=abc\r\n'
    b"t: <sip:101@127.0.0.1>\r\n"
    b"i: call-1\r\n"
    b"CSeq: 7 INVITE\r\n"
    b"Subject: a folded\r\n  line\r\n"
    b"l: 4\r\n\r\nbodyTRAILING"
)


def test_a_request_is_read_with_compact_and_folded_fields() -> None:
    message = parse(INVITE)

    assert isinstance(message, Request)
    assert (message.method, message.uri) == ("INVITE", "sip:101@127.0.0.1:5062")
    assert (message.branch, message.call_id) == ("z9hG4bKPj1", "call-1")
    assert (message.cseq, message.cseq_method) == (7, "INVITE")
    assert message.get("Subject") == "a folded line"
    assert message.body == b"body"


def test_a_display_name_loses_its_quotes_and_keeps_those_inside() -> None:
    message = parse(INVITE)

    sender = message.address("From")
    assert (sender.name, sender.user, sender.tag) == ('Ivan "the" Client', "79161234567", "abc")


@given(st.text(max_size=300).filter(lambda name: name == name.strip()))
def test_any_display_name_survives_the_way_there_and_back(name: str) -> None:
    """A hostile name stays a name, except that it never holds what would end a line."""
    sent = Request(
        method="INVITE",
        uri="sip:1@a",
        fields=(("From", str(Address(uri="sip:7@b", name=name).tagged("t"))), ("X-Last", "here")),
    )

    received = parse(sent.encode())

    tame = name.replace("\r", " ").replace("\n", " ").replace("\0", " ")
    assert received.address("From") == Address(uri="sip:7@b", name=tame).tagged("t")
    assert received.get("X-Last") == "here"


@given(st.binary(max_size=400))
def test_noise_is_refused_and_never_breaks_the_reader(noise: bytes) -> None:
    try:
        message = parse(noise)
    except SipSyntaxError:
        return
    assert isinstance(message, Request | Response)


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"\r\n\r\n",
        b"SIP/2.0 abc OK\r\n\r\n",
        b"INVITE sip:a HTTP/1.1\r\n\r\n",
        b"INVITE sip:a SIP/2.0\r\nno colon\r\n\r\n",
        b"INVITE sip:a SIP/2.0\r\n" + b"a: b\r\n" * 201 + b"\r\n",
    ],
)
def test_what_is_no_sip_message_is_refused(bad: bytes) -> None:
    with pytest.raises(SipSyntaxError):
        parse(bad)


def test_a_bare_uri_is_an_address_and_its_parameters_are_the_headers() -> None:
    assert parse_address("sip:101@a;tag=x") == Address(uri="sip:101@a", params=(("tag", "x"),))
    assert parse_address("<sip:101@a;transport=udp>;tag=x").user == "101"


def test_the_reason_text_is_read_from_a_reason_field() -> None:
    value = 'SIP;cause=200;text="Call completed elsewhere"'
    assert reason_text(value) == "Call completed elsewhere"
    assert reason_text("Q.850;cause=16") == ""


def test_the_digest_of_rfc_2617_comes_out_as_printed_there() -> None:
    """RFC 2617, 3.5."""
    challenge = (
        'Digest realm="testrealm@host.com", qop="auth,auth-int", '
        'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    )

    answer = authorization(
        challenge,
        Credentials(username="Mufasa", password="Circle Of Life"),
        method="GET",
        uri="/dir/index.html",
        cnonce="0a4f113b",
    )

    assert 'response="6629fae49393a05397450978507c4ef1"' in answer
    assert 'opaque="5ccc069c403ebaf9f0171e9517f40e41"' in answer
    assert "qop=auth, nc=00000001" in answer


def test_a_comma_inside_quotes_belongs_to_the_challenge_value() -> None:
    challenge = 'Digest realm="a, b", nonce="n",algorithm=MD5'
    assert parse_challenge(challenge) == {"realm": "a, b", "nonce": "n", "algorithm": "MD5"}


def test_a_description_says_where_to_send_and_is_read_back() -> None:
    offer = sdp.Description(host="127.0.0.1", port=4000, direction=sdp.Direction.SEND, events=96)

    assert sdp.parse(sdp.build(offer, version=1)) == offer
    assert offer.answered() is sdp.Direction.RECEIVE
    assert sdp.parse(b"v=0\r\n") is None
