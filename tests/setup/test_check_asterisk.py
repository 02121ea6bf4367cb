"""Every finding of `dozvon check` about a PBX is provoked on a real Asterisk, and mended again.

One Asterisk for the module; each test changes one thing and puts it back.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from install_site import Site, new_site

from dozvon.lab import DO_NOT_REGISTER, LAB_EXTENSIONS, LET_IT_RING
from dozvon.setup.modules import MODULES

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

LINE = "74951230001"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(
    asterisk_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Site]:
    """An installation that is as it should be, but for the service, which does not run."""
    async with new_site(asterisk_root, tmp_path_factory.mktemp("check")) as found:
        words = (
            *("init", "--yes", "--ami-port", str(found.pbx.ports.ami)),
            *("--listen-port", str(found.pbx.ports.agi), "--data-dir", str(found.data)),
            *("--line", LINE, "--hours", "always", "--http-port", "0"),
        )
        await found.run(*words)
        await found.paste(extensions="; nothing yet\n")
        done = await found.run(*words)
        assert done.exit_code == 0, done.output
        await found.paste()
        yield found


@pytest.fixture
def manager(site: Site) -> str:
    """The AMI users as they were pasted."""
    return (site.pasted / "manager.conf").read_text("utf-8")


@pytest.fixture
def dialplan(site: Site) -> str:
    return (site.pasted / "extensions.conf").read_text("utf-8")


def grades(found: dict[str, list[dict[str, str]]], name: str) -> list[str]:
    return [finding["grade"] for finding in found.get(name, [])]


async def test_an_installation_that_is_right_has_no_error_and_no_warning(site: Site) -> None:
    found = await site.found("--strict", code=0)
    expected = {"ami-right", "rights-right", "version-right", "systemname-right", "clock-right"}
    expected |= {"dialplan-right", "modules-right", "events-right", "phones-right"}
    expected |= {"trunks-right"}
    assert expected <= found.keys()
    assert len(found["ami-right"]) == len(found["rights-right"]) == 2


async def test_a_check_leaves_nothing_behind_in_the_pbx(site: Site) -> None:
    await site.found(code=0)
    assert await site.pbx.astdb("CustomDevstate") == {}
    assert "DOZVON_CHECK=1" not in await site.pbx.cli("dialplan show globals")


def wrong_secret(text: str) -> str:
    return re.sub(r"^secret = .*$", "secret = other", text, count=1, flags=re.MULTILINE)


def calls_is_root(text: str) -> str:
    return text.replace("write = call,originate,reporting", "write = all")


def calls_has_command(text: str) -> str:
    return text.replace(
        "write = call,originate,reporting", "write = call,originate,reporting,command"
    )


def journal_originates(text: str) -> str:
    return text.replace("write = system", "write = system,originate")


def calls_cannot_report(text: str) -> str:
    return text.replace("write = call,originate,reporting", "write = call,originate")


def calls_cannot_originate(text: str) -> str:
    return text.replace("write = call,originate,reporting", "write = call,reporting")


def journal_cannot_write(text: str) -> str:
    return text.replace("write = system", "write = reporting")


def calls_reads_no_system(text: str) -> str:
    return text.replace("read = system,call,user,agent", "read = call,user,agent")


def calls_reads_no_calls(text: str) -> str:
    return text.replace("read = system,call,user,agent", "read = system")


def filters_leave_devices_out(text: str) -> str:
    return re.sub(r"^eventfilter.*DeviceStateChange.*\n", "", text, flags=re.MULTILINE)


def no_filters(text: str) -> str:
    text = re.sub(r"^eventfilter.*\n", "", text, flags=re.MULTILINE)
    return text.replace("read = system,call,user,agent", "read = all")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (wrong_secret, ("ami-refused", "error", "dozvon in")),
        (calls_is_root, ("rights-wide", "error", "Command, DBPut")),
        (calls_has_command, ("rights-wide", "error", "Command")),
        (journal_originates, ("rights-wide", "error", "dozvon-journal")),
        (calls_cannot_report, ("rights-narrow-calls", "error", "CoreShowChannels")),
        (calls_cannot_report, ("dialplan-unknown", "warning", "reporting")),
        (calls_cannot_originate, ("rights-narrow-calls", "error", "Originate")),
        (journal_cannot_write, ("rights-narrow-journal", "error", "DBDel")),
        (calls_reads_no_system, ("ami-not-booted", "error", "system")),
        (calls_reads_no_calls, ("events-missing", "error", "read = system")),
        (filters_leave_devices_out, ("events-missing", "error", "eventfilter")),
        (no_filters, ("events-unfiltered", "warning", "eventfilter")),
    ],
)
async def test_what_is_wrong_with_the_users_is_named(
    site: Site,
    manager: str,
    change: Callable[[str], str],
    expected: tuple[str, str, str],
) -> None:
    finding, grade, says = expected
    changed = change(manager)
    assert changed != manager
    await site.pbx.reload(manager_conf=changed)
    try:
        found = await site.found()
    finally:
        await site.pbx.reload(manager_conf=manager)
    assert grades(found, finding) == [grade], found.keys()
    assert says in found[finding][0]["sentence"]


async def test_one_user_for_both_is_an_error(site: Site) -> None:
    text = site.config.read_text("utf-8")
    site.config.write_text(
        text.replace('journal_user = "dozvon-journal"', 'journal_user = "dozvon"'), "utf-8"
    )
    try:
        found = await site.found(code=1)
    finally:
        site.config.write_text(text, "utf-8")
    assert grades(found, "users-same") == ["error"]


@pytest.mark.parametrize(
    ("old", "new", "finding", "grade"),
    [
        ('systemname = "site"', 'systemname = "other"', "systemname-differs", "error"),
        ('trunks = ["trunk"]', 'trunks = ["gone"]', "trunk-unknown", "warning"),
        ("agi_port = ", "agi_port = 1", "dialplan-other-address", "error"),
        ("ami_port = ", "ami_port = 1", "ami-unreachable", "error"),
    ],
)
async def test_settings_that_do_not_fit_the_pbx_are_named(
    site: Site, old: str, new: str, finding: str, grade: str
) -> None:
    text = site.config.read_text("utf-8")
    pattern = re.escape(old) + (r"\d+" if old.endswith("= ") else "")
    changed = re.sub(pattern, new, text)
    assert changed != text
    site.config.write_text(changed, "utf-8")
    try:
        found = await site.found()
    finally:
        site.config.write_text(text, "utf-8")
    assert grades(found, finding) == [grade], found.keys()


async def test_a_dialplan_of_another_version_is_named(site: Site, dialplan: str) -> None:
    older = re.sub(r"(/dozvon/route),[^,]+,", r"\1,0,", dialplan)
    assert older != dialplan
    await site.paste(extensions=older)
    try:
        found = await site.found(code=1)
    finally:
        await site.paste()
    assert "version 0" in found["dialplan-other-version"][0]["sentence"]


async def test_a_dialplan_that_is_not_there_is_named(site: Site) -> None:
    await site.paste(extensions="; nothing\n")
    try:
        found = await site.found(code=1)
    finally:
        await site.paste()
    assert grades(found, "dialplan-missing") == ["error"]


@pytest.mark.parametrize(
    ("entry", "finding"),
    [
        ("exten => _X!,1,Dial(PJSIP/101)", "trunk-astray"),
        ("include => our-own\n[our-own]\nexten => _X!,1,Queue(dozvonit)", "trunk-astray"),
        ("include => our-own\n[our-own]\nexten => _X!,1,Goto(dozvon,${EXTEN},1)", "trunks-right"),
        (
            "exten => _X!,1,GotoIf(${NIGHT}?shut,s,1:day,s,1)\n[day]\ninclude => dozvon",
            "trunks-right",
        ),
        ("include => dozvon\nexten => _X.,1,Dial(PJSIP/101)", "trunk-astray"),
        ("include => before\ninclude => dozvon\n[before]\nexten => _7.,1,Busy()", "trunk-astray"),
        (
            "include => dozvon\nexten => _X.,1,Goto(old,s,1)\n[old]\nexten => s,1,Busy()",
            "trunk-astray",
        ),
        ("include => dozvon\nexten => _7812.,1,Busy()\nexten => s,1,Busy()", "trunks-right"),
        (
            "include => dozvon\nexten => _X.,1,Goto(in,1)\nexten => in,1,Goto(dozvon,7,1)",
            "trunks-right",
        ),
        (
            "exten => _X.,1,Busy()\nexten => _[+478]!,1,Goto(dozvon,${EXTEN},1)",
            "trunks-right",
        ),
    ],
)
async def test_a_trunk_whose_calls_pass_us_by_is_named(
    site: Site, dialplan: str, entry: str, finding: str
) -> None:
    """Everything is pasted, and the trunk's context leads elsewhere: the commonest slip."""
    await site.pbx.reload(extensions_conf=f"{dialplan}\n[from-trunk]\n{entry}\n\n{LAB_EXTENSIONS}")
    try:
        found = await site.found(code=0)
    finally:
        await site.paste()
    assert {"trunk-astray", "trunks-right"} & found.keys() == {finding}


async def test_a_module_that_is_not_loaded_is_named(site: Site) -> None:
    await site.pbx.cli("module unload func_base64.so")
    try:
        found = await site.found(code=1)
    finally:
        await site.pbx.cli("module load func_base64.so")
    assert "func_base64" in found["modules-missing"][0]["sentence"]


@pytest.mark.parametrize("module", MODULES)
async def test_asterisk_knows_every_module_that_is_asked_for(site: Site, module: str) -> None:
    """A name that no Asterisk has would be a finding on every PBX."""
    assert f"{module}.so" in await site.pbx.cli(f"module show like {module}.so")


async def test_a_phone_that_is_not_registered_is_a_warning(site: Site) -> None:
    phone = site.phones["103"]
    phone.behave(DO_NOT_REGISTER)
    await phone.wait_unregistered(5)
    try:
        found = await site.found(code=0)
    finally:
        phone.behave(LET_IT_RING)
        await phone.wait_registered(5)
    assert ["103" in f["sentence"] for f in found["phone-unregistered"]] == [True]


async def test_a_phone_that_the_pbx_does_not_know_is_an_error(site: Site) -> None:
    file = site.data / "office.toml"
    text = file.read_text("utf-8")
    file.write_text(text.replace('extension = "103"', 'extension = "199"'), "utf-8")
    try:
        found = await site.found(code=1)
    finally:
        file.write_text(text, "utf-8")
    assert ["199" in f["sentence"] for f in found["phone-unknown"]] == [True]


async def test_the_fail_open_plan_is_compared_with_the_office(site: Site) -> None:
    """Empty before the first start; another one than the office's is an error."""
    found = await site.found(code=0)
    assert grades(found, "failopen-empty") == ["note"]
    await site.pbx.cli("database put dozvon/failopen default something")
    try:
        found = await site.found(code=1)
    finally:
        await site.pbx.cli("database deltree dozvon failopen")
    assert "default" in found["failopen-differs"][0]["sentence"]


async def test_another_program_on_the_port_for_questions_is_named(site: Site) -> None:
    async def deaf(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(deaf, "127.0.0.1", site.pbx.ports.agi):
        found = await site.found(code=1)
    assert grades(found, "agi-taken") == ["error"]


async def test_a_pbx_that_is_down_is_one_finding_and_not_ten(site: Site) -> None:
    await site.pbx.kill()
    try:
        found = await site.found(code=1)
    finally:
        await site.pbx.start()
        for phone in site.phones.values():
            phone.behave(DO_NOT_REGISTER)
            phone.behave(LET_IT_RING)
    assert grades(found, "ami-unreachable") == ["error"]
    about_pbx = [f["id"] for many in found.values() for f in many if f["pbx"]]
    assert about_pbx == ["ami-unreachable"]
