"""What a scenario reads: JSON with the whole plan, one line of text, a query string, XML."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import replace
from urllib.parse import parse_qs, quote
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lone_switch import OFFICE, Lone, decided, lone, phone, settings_of

from pbx_adapters.webhook.answers import answer_of, written
from pbx_adapters.webhook.reading import read_fields
from pbx_adapters.webhook.wire import RouteAnswer
from router.plan import Decision, Ending, Plan, Target, TargetKind

KNOWN = decided(
    phone(), client="c-17", client_name="ООО «Ромашка»", application="7812", department="sales"
)
NOBODY = replace(KNOWN, owner="", client="", client_name="", application="")
ASK = {"phone": "79161110001", "did": "74951230001", "call": "1000000123"}


async def asked(found: Lone, **more: str) -> tuple[str, str]:
    """The content type and the text of an answer."""
    async with found.http.get("/pbx/main/route", params=ASK | more) as reply:
        assert reply.status == 200, await reply.text()
        return reply.headers["Content-Type"], await reply.text()


async def test_a_known_client_gets_his_number_his_managers_extension_and_name_in_each_format() -> (
    None
):
    async with lone(decision=KNOWN) as found:
        kind, text = await asked(found, format="text")
        assert (kind, text) == ("text/plain; charset=utf-8", "7812;101;Анна Иванова")
        _, text = await asked(found, format="query")
        assert parse_qs(text)["order"] + parse_qs(text)["ext"] == ["7812", "101"]
        kind, text = await asked(found, format="xml")
        assert kind == "application/xml; charset=utf-8"
        assert [ET.fromstring(text).findtext(n) for n in ("order", "ext", "name")] == [  # noqa: S314 - our own
            "7812",
            "101",
            "Анна Иванова",
        ]
        _, text = await asked(found)
        answer = RouteAnswer.model_validate_json(text)
        assert (answer.order, answer.ext, answer.name) == ("7812", "101", "Анна Иванова")
        assert (answer.client, answer.call) == ("ООО «Ромашка»", "1000000123")
        assert answer.plan.steps[0].targets[0].number == "101"


async def test_an_unknown_caller_is_no_error_and_his_fields_are_empty() -> None:
    """Scenarios take anything but 200 for a failure; the plan rings the department all the same."""
    async with lone(decision=NOBODY) as found:
        assert (await asked(found, format="text"))[1] == ";;"
        assert "<order></order><ext></ext><name></name>" in (await asked(found, format="xml"))[1]
        answer = RouteAnswer.model_validate_json((await asked(found))[1])
        assert (answer.order, answer.ext, answer.name, answer.card) == ("", "", "", "")
        assert answer.plan.steps


async def test_the_format_the_separator_and_the_charset_can_be_set_once() -> None:
    settings = settings_of(format="text", separator="|", charset="windows-1251")
    async with (
        lone(settings, decision=KNOWN) as found,
        found.http.get("/pbx/main/route", params=ASK) as reply,
    ):
        assert reply.headers["Content-Type"] == "text/plain; charset=windows-1251"
        assert await reply.read() == "7812|101|Анна Иванова".encode("cp1251")


async def test_an_answer_in_windows_1251_is_asked_for_by_a_parameter() -> None:
    async with lone(decision=replace(KNOWN, client_name="中 Ж")) as found:
        params = ASK | {"format": "xml", "charset": "windows-1251"}
        async with found.http.get("/pbx/main/route", params=params) as reply:
            body = await reply.read()
    assert body.startswith(b'<?xml version="1.0" encoding="windows-1251"?>')
    assert ET.fromstring(body).findtext("client") == "中 Ж"  # noqa: S314 - our own


@pytest.mark.parametrize(
    ("more", "id_"),
    [({"format": "yaml"}, "format-unknown"), ({"charset": "koi8-r"}, "charset-unknown")],
)
async def test_a_format_that_nobody_knows_is_refused(more: dict[str, str], id_: str) -> None:
    async with (
        lone() as found,
        found.http.get("/pbx/main/route", params=ASK | more) as reply,
    ):
        assert (reply.status, (await reply.json())["error"]["id"]) == (400, id_)


async def test_the_card_has_the_address_of_the_template_and_nothing_breaks_out_of_it() -> None:
    template = "https://crm.example/{client}?order={application}&n={number}&c={call}"
    hostile = replace(KNOWN, client="../x?y=1&z", application="7 8#")
    async with lone(settings_of(card_address=template), decision=hostile) as found:
        answer = RouteAnswer.model_validate_json((await asked(found))[1])
    assert answer.card == (
        "https://crm.example/..%2Fx%3Fy%3D1%26z?order=7%208%23&n=79161110001&c=1000000123"
    )


async def test_what_cannot_be_expressed_is_said() -> None:
    """Another exchange's phone, a number that is none, and what a small format has no room for."""
    targets = (
        phone(),
        phone("201", manager="boris", pbx="branch"),
        phone("1,2)", manager="vera"),
        phone("301", manager="gleb", pbx="branch", dial="PJSIP/301@branch"),
    )
    async with lone(decision=decided(*targets)) as found:
        answer = RouteAnswer.model_validate_json((await asked(found))[1])
        assert [t.number for t in answer.plan.steps[0].targets] == ["101", "301"]
        assert len(answer.left_out) == 2
        assert "boris is on the exchange branch" in answer.left_out[0]
        assert "vera" in answer.left_out[1]
        params = ASK | {"format": "text"}
        async with found.http.get("/pbx/main/route", params=params) as reply:
            assert reply.headers["Dozvon-Left-Out"] == "3"


async def test_a_step_that_nobody_here_can_ring_is_left_out_whole() -> None:
    async with lone(decision=decided(phone(pbx="branch"))) as found:
        answer = RouteAnswer.model_validate_json((await asked(found))[1])
    assert answer.plan.steps == ()
    assert "a step (owner) has nobody" in answer.left_out[1]
    assert answer.ext == ""


async def test_a_mobile_is_written_as_its_outgoing_line_dials_it() -> None:
    mobile = Target(
        kind=TargetKind.MOBILE,
        manager="anna",
        number="+79161230103",
        outgoing="trunk",
        confirm=True,
    )
    async with lone(decision=decided(mobile)) as found:
        answer = RouteAnswer.model_validate_json((await asked(found))[1])
    target = answer.plan.steps[0].targets[0]
    assert (target.number, target.confirm, answer.ext) == ("89161230103", True, "89161230103")


async def test_a_closed_department_has_no_steps_and_its_ending() -> None:
    plan = Plan(steps=(), ending=Ending.MESSAGE_CLOSED, patience_seconds=60)
    async with lone(decision=Decision(plan=plan, reasons=())) as found:
        answer = RouteAnswer.model_validate_json((await asked(found))[1])
        assert (answer.plan.steps, answer.plan.ending) == ((), "message_closed")
        assert (await asked(found, format="text"))[1] == ";;"


@given(
    name=st.text(max_size=200),
    order=st.text(max_size=50),
    separator=st.sampled_from([";", "|", ",", "\t", "::", "*"]),
)
def test_no_text_breaks_out_of_any_format(name: str, order: str, separator: str) -> None:
    """no_injection: one line, two separators, no syntax of a dialplan; XML and queries read back."""
    settings = settings_of(separator=separator)
    decision = replace(KNOWN, client_name=name, application=order)
    managers = {"anna": replace(OFFICE.managers["anna"], name=name)}
    office = replace(OFFICE, managers=managers)
    answer = answer_of(decision, office, settings, call="1", caller="")
    for charset in ("utf-8", "windows-1251"):
        text = written(answer, settings, format_="text", charset=charset).body.decode(charset)
        assert text.count(separator) == 2
        assert not re.search(r"[\r\n\x00\"'`\\$&^!(){}\[\]<>]", text)
        xml = ET.fromstring(written(answer, settings, format_="xml", charset=charset).body)  # noqa: S314 - our own
        assert (xml.findtext("client") or "") == answer.client
        query = written(answer, settings, format_="query", charset=charset).body.decode("ascii")
        assert set(parse_qs(query, keep_blank_values=True)) >= {"order", "ext", "name"}


# -- questions -------------------------------------------------------------------------------------


async def test_questions_come_by_get_by_form_and_as_json_alike() -> None:
    async with lone() as found:
        await asked(found)
        for how in ({"json": ASK}, {"data": ASK}):
            async with found.http.post("/pbx/main/route", **how) as reply:  # type: ignore[arg-type]
                assert reply.status == 200
        offered = [(o.call_id, o.line, o.caller) for o in found.board.offered]
    assert offered == [("main-1000000123", "74951230001", "79161110001")] * 3


async def test_the_settings_may_name_the_parameters_otherwise() -> None:
    names = {"caller_names": ("ani",), "line_names": ("dnis",), "call_names": ("IDCall",)}
    async with lone(settings_of(**names)) as found:
        path = "/pbx/main/route?ani=79161110001&dnis=74951230001&IDCall=7"
        async with found.http.get(path) as reply:
            assert (await reply.json())["call"] == "7"
        async with found.http.get("/pbx/main/route", params=ASK) as reply:
            assert (await reply.json())["error"]["id"] == "caller-missing"


async def test_a_hidden_number_and_an_unknown_line_are_routed() -> None:
    async with lone() as found:
        async with found.http.get("/pbx/main/route?phone=") as reply:
            answer = await reply.json()
        assert found.board.offered[0].caller == ""
        assert found.board.offered[0].line == ""
        assert re.fullmatch("[0-9a-f]{32}", answer["call"])


async def test_a_question_in_windows_1251_is_read_whether_it_is_escaped_or_not() -> None:
    name = quote("Ольга", encoding="cp1251")
    async with lone(settings_of(charset="windows-1251")) as found:
        body = f"phone=79161110001&name={name}".encode()
        raw = "phone=79161110001&name=Ольга".encode("cp1251")
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        for data in (body, raw):
            async with found.http.post("/pbx/main/route", data=data, headers=headers) as reply:
                assert reply.status == 200
        assert [o.caller_name for o in found.board.offered] == ["Ольга", "Ольга"]


async def test_bytes_in_no_charset_at_all_do_not_cost_the_call() -> None:
    async with lone() as found:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        data = b"phone=7916111%FF0001&name=%D0%81%C3%28&=x&%00"
        async with found.http.post("/pbx/main/route", data=data, headers=headers) as reply:
            assert reply.status == 200
        assert found.board.offered[0].caller.startswith("7916111")


@given(st.binary(max_size=300), st.sampled_from(["utf-8", "windows-1251"]))
def test_no_bytes_make_the_reader_fail(raw: bytes, charset: str) -> None:
    for name, value in read_fields(raw, charset).items():
        assert (name + value).isprintable()


@pytest.mark.parametrize(
    "body", [b"{", b"[" * 60_000, b'"\\ud800"', b'{"phone": NaN}', b"null", b"[]", b"1e999"]
)
async def test_a_body_that_is_no_json_object_is_refused(body: bytes) -> None:
    async with lone() as found:
        headers = {"Content-Type": "application/json"}
        async with found.http.post("/pbx/main/route", data=body, headers=headers) as reply:
            assert (reply.status, (await reply.json())["error"]["id"]) == (400, "body-unreadable")


@pytest.mark.parametrize("how", ["fails", "hangs"])
async def test_a_decision_that_fails_or_is_late_sends_the_scenario_its_other_way(how: str) -> None:
    """503 and a stable id; the scenario's own branch rings, and the call goes on without us."""
    async with (
        lone(settings_of(answer_seconds=0.05), **{how: True}) as found,
        found.http.get("/pbx/main/route", params=ASK) as reply,
    ):
        said = (reply.status, (await reply.json())["error"]["id"])
    assert said == (503, {"fails": "no-decision", "hangs": "decision-late"}[how])


@pytest.mark.parametrize("target", ["/pbx/main/route?name=Ольга", "/" + "x" * 9000, "no/slash"])
async def test_what_is_no_http_is_refused_in_the_same_shape(target: str) -> None:
    """Parameters must be escaped in an address; an engine that cannot posts a form."""
    async with lone() as found:
        reader, writer = await asyncio.open_connection("127.0.0.1", found.port)
        writer.write(f"GET {target} HTTP/1.0\r\n\r\n".encode("cp1251"))
        answer = await reader.read()
        writer.close()
    assert b" 400 " in answer.splitlines()[0]
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"]["id"] == "no-http"


async def test_a_switch_that_only_asks_leaves_no_call_behind() -> None:
    """Its calls are in no log; its promise ends when the first step must have rung out."""
    async with lone(settings_of(reports_calls=False)) as found:
        await asked(found)
        assert found.board.events == []
        assert found.board.let_go == []
        found.clock.forward(seconds=15)
        await found.pbx._sweep()
        assert found.board.let_go == ["main-1000000123"]
        found.board.decision = NOBODY
        await asked(found, format="text")
        assert found.board.let_go == ["main-1000000123"] * 2
