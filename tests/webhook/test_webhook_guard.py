"""Who may ask: tokens, signatures, addresses, rates, sizes and slow senders."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Mapping

import pytest
from lone_switch import START, TOKEN, Lone, lone, settings_of

from pbx_adapters.webhook.guard import Bucket, signature_of

SECRET = "a-secret-for-signing"
ROUTE = "/pbx/main/route?phone=79161110001&did=74951230001&call=1"
NOW = str(int(START.timestamp()))


async def error(
    found: Lone, path: str, headers: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """What a GET is refused with."""
    async with found.http.get(path, headers=headers) as reply:
        said = await reply.json()
        assert set(said) == {"error"}, said
        assert said["error"]["message"].endswith("."), said
        return reply.status, said["error"]["id"]


async def test_a_wrong_token_is_refused_and_nothing_is_decided() -> None:
    async with lone() as found:
        wrong = {"Authorization": "Bearer another-token-altogether"}
        assert await error(found, ROUTE, wrong) == (401, "token-wrong")
        assert found.board.offered == []


@pytest.mark.parametrize("shown", ["", "Basic eDp5", TOKEN, "Bearer"])
async def test_no_token_is_no_token_whatever_else_is_shown(shown: str) -> None:
    async with lone() as found:
        assert await error(found, ROUTE, {"Authorization": shown}) == (401, "token-missing")


@pytest.mark.parametrize("path", [f"{ROUTE}&token={TOKEN}", f"{ROUTE}&key={TOKEN}"])
async def test_a_token_in_the_address_counts_only_where_the_settings_say_so(path: str) -> None:
    none = {"Authorization": ""}
    async with lone() as found:
        assert await error(found, path, none) == (401, "token-missing")
        secret_path = path.replace("/main/", f"/main/s/{TOKEN}/").partition("&token")[0]
        assert await error(found, secret_path, none) == (401, "token-missing")
    async with lone(settings_of(token_in_address=True)) as found:
        for address in (path, secret_path):
            async with found.http.get(address, headers=none) as reply:
                assert reply.status == 200
        wrong = path.replace(TOKEN, "another-token-altogether")
        assert await error(found, wrong, none) == (401, "token-wrong")


async def test_guesses_are_slowed_down_and_the_switch_itself_is_not() -> None:
    async with lone() as found:
        wrong = {"Authorization": "Bearer another-token-altogether"}
        ids = [await error(found, ROUTE, wrong) for _ in range(8)]
        assert ids == [(401, "token-wrong")] * 5 + [(429, "too-many-failures")] * 3
        async with found.http.get(ROUTE) as reply:
            assert reply.status == 200


async def test_another_network_is_refused_before_anything_is_looked_at() -> None:
    async with lone(settings_of(allow=("192.0.2.0/24",))) as found:
        assert await error(found, ROUTE) == (403, "address-not-allowed")


def signed(body: bytes, *, at: str = NOW, secret: str = SECRET) -> dict[str, str]:
    return {
        "Dozvon-Timestamp": at,
        "Dozvon-Signature": signature_of(secret, at, body),
        "Content-Type": "application/json",
    }


async def post(found: Lone, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    async with found.http.post("/pbx/main/events", data=body, headers=headers) as reply:
        said = await reply.json()
        return reply.status, said.get("error", {}).get("id", "")


PHONE = json.dumps({"event": "phone", "who": "101", "state": "free"}).encode()


def test_the_signature_is_the_one_that_the_documentation_computes() -> None:
    """HMAC-SHA256 over `1772442000.{"event":"phone"}` with the secret, as openssl gives it."""
    text = b'{"event":"phone"}'
    assert signature_of(SECRET, "1772442000", text) == (
        "3b8440308e537ecf43a0fdb5cd852ea603ad24bf17c908b4678913b8ca9ec358"
    )


async def test_a_signed_request_is_believed_once() -> None:
    async with lone(settings_of(token="", hmac_secret=SECRET)) as found:
        assert await post(found, PHONE, signed(PHONE)) == (200, "")
        assert await post(found, PHONE, signed(PHONE)) == (401, "signature-replayed")
        later = str(int(START.timestamp()) + 1)
        assert await post(found, PHONE, signed(PHONE, at=later)) == (200, "")


@pytest.mark.parametrize(
    ("headers", "id_"),
    [
        ({}, "signature-missing"),
        (signed(PHONE, secret="another-secret"), "signature-wrong"),
        (signed(PHONE + b" "), "signature-wrong"),
        (signed(PHONE) | {"Dozvon-Timestamp": str(int(NOW) + 1)}, "signature-wrong"),
        (signed(PHONE, at=str(int(NOW) - 61)), "signature-old"),
        (signed(PHONE, at=str(int(NOW) + 61)), "signature-old"),
        (signed(PHONE, at="nan"), "signature-old"),
        (signed(PHONE, at="9" * 400), "signature-old"),
        (signed(PHONE) | {"Dozvon-Signature": "é" * 64}, "signature-wrong"),
    ],
)
async def test_what_is_not_signed_as_it_should_be_is_refused(
    headers: dict[str, str], id_: str
) -> None:
    headers = {"Content-Type": "application/json"} | headers
    async with lone(settings_of(token="", hmac_secret=SECRET)) as found:
        assert await post(found, PHONE, headers) == (401, id_)
        assert found.board.phones == {}


async def test_a_signature_is_remembered_as_long_as_it_could_be_replayed() -> None:
    """However late within the window a replay comes, it is told from the first; then it is old."""
    async with lone(settings_of(token="", hmac_secret=SECRET)) as found:
        ahead = signed(PHONE, at=str(int(NOW) + 60))
        assert await post(found, PHONE, ahead) == (200, "")
        found.clock.forward(seconds=119)
        at = str(int(found.clock.seconds()))
        assert await post(found, PHONE, signed(PHONE, at=at)) == (200, "")
        found.clock.forward(seconds=1)
        assert await post(found, PHONE, ahead) == (401, "signature-replayed")
        found.clock.forward(seconds=1)
        assert await post(found, PHONE, ahead) == (401, "signature-old")


async def test_a_signed_question_signs_its_query() -> None:
    query = ROUTE.partition("?")[2]
    async with lone(settings_of(token="", hmac_secret=SECRET)) as found:
        headers = signed(query.encode())
        del headers["Content-Type"]
        assert await error(found, ROUTE + "&did=other", headers) == (401, "signature-wrong")
        async with found.http.get(ROUTE, headers=headers) as reply:
            assert reply.status == 200


async def test_of_a_signed_post_nothing_counts_but_the_signed_body() -> None:
    """A parameter that somebody hangs on the address of a signed request changes nothing."""
    body = b'{"phone": "79161110001", "call": "1"}'
    async with lone(settings_of(token="", hmac_secret=SECRET)) as found:
        path = "/pbx/main/route?did=74951230001"
        async with found.http.post(path, data=body, headers=signed(body)) as reply:
            assert reply.status == 200
        assert found.board.offered[0].line == ""


async def test_where_both_are_set_both_are_needed() -> None:
    async with lone(settings_of(hmac_secret=SECRET)) as found:
        assert await error(found, ROUTE) == (401, "signature-missing")
        headers = signed(PHONE) | {"Authorization": "Bearer no-token-of-this-switch"}
        assert await post(found, PHONE, headers) == (401, "token-wrong")


async def test_more_requests_than_allowed_are_refused_and_then_it_goes_on() -> None:
    async with lone(settings_of(requests_per_second=3)) as found:
        found.board.offered.clear()
        codes = []
        for _ in range(5):
            async with found.http.get(ROUTE) as reply:
                codes.append(reply.status)
        assert codes == [200, 200, 200, 429, 429]
        found.clock.forward(seconds=1)
        async with found.http.get(ROUTE) as reply:
            assert reply.status == 200


def test_a_pause_earns_no_more_than_a_second_of_requests() -> None:
    now = [0.0]
    bucket = Bucket(2, lambda: now[0])
    assert [bucket.takes() for _ in range(3)] == [True, True, False]
    now[0] = 3600.0
    assert [bucket.takes() for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize("announced", [True, False], ids=["with-length", "in-chunks"])
async def test_ten_megabytes_are_refused_without_being_kept(*, announced: bool) -> None:

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(160):
            yield b" " * 65_536

    async with lone() as found:
        headers = {"Content-Type": "application/json"}
        data = io.BytesIO(b" " * 10_485_760) if announced else chunks()
        try:
            async with found.http.post("/pbx/main/events", data=data, headers=headers) as reply:
                assert reply.status == 413
                assert (await reply.json())["error"]["id"] == "body-too-large"
        except OSError:
            pass  # the connection was cut while the rest was still being sent
        assert found.board.events == []


async def raw(found: Lone, *pieces: bytes) -> bytes:
    """Send bytes as they are and read until the connection is closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", found.port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        async with asyncio.timeout(10):
            return await reader.read()
    finally:
        writer.close()


HEAD = (
    f"POST /pbx/main/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n"
    "Content-Type: application/json\r\n"
)


async def test_the_largest_body_is_64_kib() -> None:
    async with lone() as found:
        exact = PHONE + b" " * (65_536 - len(PHONE))
        headers = {"Content-Type": "application/json"}
        assert await post(found, exact, headers) == (200, "")
        assert await post(found, exact + b" ", headers) == (413, "body-too-large")


async def test_a_slow_sender_is_told_so_and_cut_off() -> None:
    async with lone(settings_of(body_seconds=0.05)) as found:
        head = HEAD + "Content-Length: 1000\r\n\r\n"
        answer = await raw(found, head.encode(), b'{"event":')
        assert b" 408 " in answer.splitlines()[0]
        assert b"body-too-slow" in answer
        assert found.board.events == []


async def test_a_body_that_is_announced_too_large_is_not_waited_for() -> None:
    async with lone() as found:
        head = HEAD + "Content-Length: 10000000\r\n\r\n"
        assert b"body-too-large" in await raw(found, head.encode())


async def test_a_sender_without_a_token_is_refused_before_his_body_is_waited_for() -> None:
    async with lone() as found:
        head = HEAD.replace(TOKEN, "another-token-altogether") + "Content-Length: 1000\r\n\r\n"
        assert b"token-wrong" in await raw(found, head.encode())


@pytest.mark.parametrize(
    "type_", ["text/plain", "text/xml", "multipart/form-data; boundary=x", "x"]
)
async def test_another_content_type_is_refused(type_: str) -> None:
    async with lone() as found:
        status = await post(found, PHONE, {"Content-Type": type_})
        assert status == (415, "content-type-unknown")


async def test_before_it_runs_the_driver_asks_to_come_again() -> None:
    async with lone(runs=False) as found:
        assert await error(found, ROUTE) == (503, "not-ready")
        async with found.http.get(ROUTE) as reply:
            assert reply.headers["Retry-After"] == "5"
