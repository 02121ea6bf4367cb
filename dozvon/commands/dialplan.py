"""`dozvon dialplan`: what an administrator pastes into his Asterisk.

Where the settings know the PBX, the dialplan asks the service at the address in the settings, and
the two AMI users, which are in place then, are printed on request and without their passwords.
"""

from __future__ import annotations

import re
import secrets

import click

from config.settings import PbxSettings
from dozvon.commands.facts.offices import office_if_any
from dozvon.commands.terminal.exits import Exit, Trouble
from dozvon.commands.terminal.speaking import SpeakingCommand, language_of, option
from dozvon.commands.terminal.texts import say
from dozvon.context import Context
from pbx_adapters.asterisk.dialplan import (
    DialplanBlanks,
    Flavour,
    agi_url,
    extensions,
    our_address,
)
from pbx_adapters.asterisk.manager_conf import PERMITTED_HERE, SUPPORTED, manager_conf, permitted
from pbx_adapters.asterisk.mirror import FAIL_OPEN_RING_SECONDS
from pbx_adapters.asterisk.plan_variables import fail_open_step
from router.candidates import phone_of
from router.office import Office

_USUAL = "127.0.0.1:4573"
_PLAIN = """\
; ===== {what} =====
; Paste into {file}, then: asterisk -rx "{reload}"
"""


def default_fail_open(office: Office | None) -> str:
    """The department that rings before the service has ever written one."""
    members = office.members(office.default_department) if office else ()
    return fail_open_step(tuple(phone_of(m) for m in members), FAIL_OPEN_RING_SECONDS)


def snippets(
    blanks: DialplanBlanks,
    *,
    asterisk: int,
    calls_secret: str,
    journal_secret: str,
    permit: str = PERMITTED_HERE,
) -> dict[str, str]:
    """File name → text, in the order in which they are pasted."""
    users = manager_conf(
        asterisk=asterisk,
        calls_user="dozvon",
        calls_secret=calls_secret,
        journal_user="dozvon-journal",
        journal_secret=journal_secret,
        permit=permit,
    )
    return _plan(blanks) | _users(blanks.flavour, users)


def _plan(blanks: DialplanBlanks) -> dict[str, str]:
    freepbx = blanks.flavour is Flavour.FREEPBX
    file = "extensions_custom.conf" if freepbx else "extensions.conf"
    untested = (
        "; UNTESTED on FreePBX: nobody has reported a run yet; begin with one inbound route.\n"
        if freepbx
        else "; In the trunk's context: include => dozvon (one line: Goto(dozvon,<line>,1)).\n"
    )
    head = _PLAIN.format(what="the dialplan", file=file, reload="dialplan reload")
    return {file: head + untested + extensions(blanks)}


def _users(flavour: Flavour, users: str) -> dict[str, str]:
    file = "manager_custom.conf" if flavour is Flavour.FREEPBX else "manager.conf"
    head = _PLAIN.format(what="the two AMI users", file=file, reload="manager reload")
    return {file: head + users}


def _users_in_place(pbx: PbxSettings, asterisk: int, ours: str) -> str:
    by_settings = our_address(pbx.host, pbx.agi_host) or ""
    return manager_conf(
        asterisk=asterisk,
        calls_user=pbx.ami_user,
        calls_secret="",
        journal_user=pbx.journal_user,
        journal_secret="",
        permit=permitted(pbx.host, ours) or permitted(pbx.host, by_settings),
    )


def _pbx_of_settings(context: Context, key: str) -> PbxSettings | None:
    """The PBX of that name, else the only one; None where the settings have none."""
    known = context.settings().pbx
    if key in known:
        return known[key]
    if key or len(known) > 1:
        raise Trouble(Exit.WRONG, "dialplan-which-pbx", keys=", ".join(known))
    return next(iter(known.values()), None)


def _asked_at(pbx: PbxSettings | None, agi: str) -> tuple[str, int]:
    """Host and port of the service as Asterisk reaches it: by `--agi`, else by the settings."""
    if pbx and not agi:
        said, port = pbx.agi_host, pbx.agi_port
    else:
        written, _, digits = (agi or _USUAL).rpartition(":")
        said, port = written.strip("[]"), int(digits)
    host = our_address(pbx.host if pbx else "127.0.0.1", said)
    if host is None:
        raise Trouble(Exit.WRONG, "dialplan-which-agi", host=said, option="--agi")
    return host, port


class _Plain(click.ParamType[str]):
    """A text that cannot be read as dialplan syntax."""

    def __init__(self, name: str, pattern: str) -> None:
        self.name = name
        self._pattern = re.compile(pattern)

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuse what is not of the form."""
        if value and not self._pattern.match(value):
            language = language_of(ctx)
            self.fail(say(language, "dialplan-not-so", value=value, form=self.name), param, ctx)
        return value


_ADDRESS = _Plain("host:port", r"[A-Za-z0-9.:\[\]-]+:\d{1,5}\Z")
_CONTEXT = _Plain("context", r"[A-Za-z0-9_-]+\Z")
_DESTINATION = _Plain("context,extension,priority", r"[A-Za-z0-9_-]+,[A-Za-z0-9_+*#-]+,\d+\Z")


@click.command(cls=SpeakingCommand, help="command-dialplan")
@option("--freepbx", is_flag=True, help="help-dialplan-freepbx")
@option(
    "--asterisk",
    type=click.Choice([str(v) for v in SUPPORTED]),
    default=str(SUPPORTED[-1]),
    help="help-dialplan-asterisk",
)
@option("--pbx", default="", help="help-dialplan-pbx")
@option("--agi", default="", type=_ADDRESS, help="help-dialplan-agi")
@option("--phones-context", default="", type=_CONTEXT, help="help-dialplan-phones-context")
@option("--way-back", default="", type=_DESTINATION, help="help-dialplan-way-back")
@option("--users", is_flag=True, help="help-dialplan-users")
@click.pass_obj
def dialplan(  # noqa: PLR0913 - one per option
    context: Context,
    *,
    freepbx: bool,
    asterisk: str,
    pbx: str,
    agi: str,
    phones_context: str,
    way_back: str,
    users: bool,
) -> None:
    """Prints what to paste into Asterisk: the dialplan, and two AMI users where none are known."""
    known = _pbx_of_settings(context, pbx)
    ours, port = _asked_at(known, agi)
    blanks = DialplanBlanks(
        agi=agi_url(ours, port),
        phones_context=phones_context or ("from-internal" if freepbx else "from-phones"),
        fail_open=default_fail_open(office_if_any(context)),
        flavour=Flavour.FREEPBX if freepbx else Flavour.PLAIN,
        way_back=way_back,
    )
    texts = _plan(blanks)
    if known is None:
        texts = snippets(
            blanks,
            asterisk=int(asterisk),
            calls_secret=secrets.token_urlsafe(24),
            journal_secret=secrets.token_urlsafe(24),
            permit=permitted(ours, ours),
        )
    elif users:
        texts |= _users(blanks.flavour, _users_in_place(known, int(asterisk), ours))
    for text in texts.values():
        click.echo(text)
