"""`dozvon init`: asks, connects, and only then saves.

Every question is also an option, so that a script can install; `--yes` takes every default and
every change. Nothing is overwritten without being asked for; what was there stays beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from dozvon.commands.facts.stored import run
from dozvon.commands.terminal.exits import Exit, Trouble
from dozvon.commands.terminal.output import Colour, clean, print_line
from dozvon.commands.terminal.speaking import SpeakingCommand, option
from dozvon.commands.terminal.texts import say
from dozvon.context import Context
from dozvon.setup import installing
from dozvon.setup.drafting import OfficeAnswers, Person, Wanted
from dozvon.setup.exchange import ExchangeFacts, ask_exchange
from dozvon.setup.files import make_folder, write_file
from dozvon.setup.greeting import asterisk_behind
from dozvon.setup.installing import Place, Secrets
from pbx_adapters.asterisk.dialplan import our_address
from router.office import Office

_FOLDER = click.Path(path_type=Path, file_okay=False)
_PORT = click.IntRange(1, 65535)
_HTTP_PORT = click.IntRange(0, 65535)


@dataclass(slots=True, kw_only=True)
class _Interview:
    """Asks a person, or takes the default where nobody sits there."""

    context: Context
    yes: bool
    given: dict[str, Any]

    def text(self, name: str, usual: Any) -> str:
        """An option, else an answer, else the default."""
        if self.given.get(name) is not None:
            return str(self.given[name])
        if self.yes:
            return str(usual)
        question = say(self.context.language, f"init-ask-{name.replace('_', '-')}")
        return str(click.prompt(question, default=str(usual), show_default=bool(usual)))

    def number(self, name: str, usual: int) -> int:
        """A port."""
        answer: Any = self.text(name, usual)
        return int(_PORT.convert(answer, None, None))

    def several(self, name: str, usual: tuple[str, ...]) -> tuple[str, ...]:
        """A list; in an answer it is separated by commas."""
        if self.given.get(name):
            return tuple(self.given[name])
        answer = self.text(f"{name}s", ", ".join(usual)) if not self.yes else ", ".join(usual)
        return tuple(part.strip() for part in answer.split(",") if part.strip())

    def agrees(self, sentence: str, **about: object) -> bool:
        """Whether a change may be made."""
        return self.yes or click.confirm(say(self.context.language, sentence, **about))

    def tell(self, sentence: str, colour: Colour | None = None, **about: object) -> None:
        """Says something."""
        print_line(self.context, say(self.context.language, sentence, **about), colour)


@click.command(cls=SpeakingCommand, help="command-init")
@option("--yes", is_flag=True, help="help-init-yes")
@option("--pbx", default="main", help="help-init-pbx")
@option("--host", help="help-init-host")
@option("--ami-port", type=_PORT, help="help-init-ami-port")
@option("--calls-user", help="help-init-calls-user")
@option("--journal-user", help="help-init-journal-user")
@option("--listen-host", help="help-init-listen-host")
@option("--listen-port", type=_PORT, help="help-init-listen-port")
@option("--systemname", help="help-init-systemname")
@option("--trunk", multiple=True, help="help-init-trunk")
@option("--data-dir", type=_FOLDER, help="help-init-data-dir")
@option("--http-port", type=_HTTP_PORT, help="help-init-http-port")
@option("--company", help="help-init-company")
@option("--department", help="help-init-department")
@option("--manager", multiple=True, metavar="101=NAME", help="help-init-manager")
@option("--line", multiple=True, help="help-init-line")
@option("--hours", help="help-init-hours")
@option("--timezone", help="help-init-timezone")
@option("--region", help="help-init-region")
@option("--new-office", is_flag=True, help="help-init-new-office")
@option("--phones-context", default="", help="help-init-phones-context")
@option("--freepbx", is_flag=True, help="help-init-freepbx")
@click.pass_obj
def init(context: Context, /, *, yes: bool, pbx: str, **given: Any) -> None:
    """Sets up the service for one PBX; may be given again and again."""
    interview = _Interview(context=context, yes=yes, given=given)
    config = (context.config_file() or Path("dozvon.toml")).absolute()
    before = installing.written_before(config)
    outside = installing.told_outside(context.environment, context.language)
    told_dir = outside.get(("data_dir",))  # from the folder where the command is given
    wanted = _wanted(interview, before, pbx, str(Path(told_dir).absolute()) if told_dir else None)
    place = Place(
        config=config,
        data_dir=(config.parent / wanted.data_dir).absolute(),
        office=Path(outside.get(("office_file",)) or before.get("office_file") or "office.toml"),
        freepbx=bool(given["freepbx"]),
    )
    make_folder(config.parent)
    secrets = installing.secrets_of(place, pbx, installing.pbx_before(before, pbx), outside)
    facts = _connected(interview, place, wanted, secrets)
    wanted = _completed(interview, wanted, facts, installing.pbx_before(before, pbx))
    office = _office(interview, place, wanted, facts, secrets)
    _save(interview, place, before, wanted, secrets)
    installing.write_dialplan(place, wanted, office, phones_context=given["phones_context"])
    _tell_what_is_left(interview, place, facts)


def _wanted(
    interview: _Interview, before: dict[str, Any], key: str, told_dir: str | None
) -> Wanted:
    known = installing.pbx_before(before, key)
    host = interview.text("host", known.get("host", "127.0.0.1"))
    data_dir = interview.text("data_dir", told_dir or before.get("data_dir", "/var/lib/dozvon"))
    return Wanted(
        key=key,
        host=host,
        ami_port=interview.number("ami_port", known.get("ami_port", 5038)),
        calls_user=interview.text("calls_user", known.get("ami_user", "dozvon")),
        journal_user=interview.text("journal_user", known.get("journal_user", "dozvon-journal")),
        systemname=str(interview.given["systemname"] or known.get("systemname", "pbx1")),
        listen_host=_listen_host(interview, host, known.get("agi_host", "127.0.0.1")),
        listen_port=interview.number(
            "listen_port", known.get("agi_port", installing.free_port_for_questions(before))
        ),
        trunks=tuple(interview.given["trunk"] or known.get("trunks", ())),
        language=interview.context.language,
        data_dir=data_dir,
        http_port=interview.given["http_port"],
    )


def _listen_host(interview: _Interview, host: str, usual: str) -> str:
    """Where to wait for the PBX's questions; asks again where a PBX at `host` cannot reach it."""
    while True:
        answer = interview.text("listen_host", usual)
        if our_address(host, answer) is not None:
            return answer
        about = {"host": answer, "option": "--listen-host"}
        if interview.yes or interview.given["listen_host"] is not None:
            raise Trouble(Exit.WRONG, "dialplan-which-agi", **about)
        interview.tell("dialplan-which-agi", Colour.CAUTION, **about)


def _connected(
    interview: _Interview, place: Place, wanted: Wanted, secrets: Secrets
) -> ExchangeFacts:
    """Tries until both users are let in, or until nobody is there to paste."""
    context = interview.context
    link = installing.link_settings(wanted, secrets)
    told = False
    while True:
        major = run(context, asterisk_behind(wanted.host, wanted.ami_port))
        address = f"{wanted.host}:{wanted.ami_port}"
        if major is None:
            interview.tell("init-no-ami", Colour.BAD, address=address)
        facts = run(context, ask_exchange(link)) if major is not None else None
        if facts is not None and installing.let_in(facts):
            interview.tell("init-connected", Colour.GOOD, version=facts.version)
            return facts
        text = installing.write_users(place, wanted, secrets, asterisk=major or 0)
        interview.tell("init-paste-users", file=place.manager_file, target=place.manager_file.name)
        if not told and not interview.yes:
            click.echo(f"\n{text}")
            told = True
        if interview.yes:
            raise Trouble(Exit.UNREACHABLE, "init-again", file=place.manager_file)
        click.prompt(say(context.language, "init-enter"), default="", show_default=False)


def _completed(
    interview: _Interview, wanted: Wanted, facts: ExchangeFacts, known: dict[str, Any]
) -> Wanted:
    """What only the PBX knows: its own name, and which endpoints lead outside."""
    trunks = wanted.trunks or tuple(known.get("trunks", ())) or installing.trunks_of(facts)
    if not interview.given["trunk"] and not known.get("trunks"):
        trunks = interview.several("trunk", trunks)
    return replace(wanted, trunks=trunks, systemname=facts.systemname or wanted.systemname)


def _office(
    interview: _Interview, place: Place, wanted: Wanted, facts: ExchangeFacts, secrets: Secrets
) -> Office:
    """The office that is there, else a small one made of answers, written down."""
    there = installing.office_as_it_is(place, wanted.language)
    if there is not None and not interview.given["new_office"]:
        interview.tell("init-office-stays", file=place.office_file)
        return there
    if there is not None and not interview.agrees("init-ask-replace", file=place.office_file):
        return there
    link = installing.link_settings(wanted, secrets)
    people = run(interview.context, installing.people_of(facts, link))
    answers = _office_answers(interview, people)
    office, text = installing.draft_office(answers, wanted, place)
    make_folder(place.data_dir)
    make_folder(place.office_file.parent)
    write_file(place.office_file, text)
    interview.tell("init-office-written", Colour.GOOD, file=place.office_file)
    if place.database.is_file():
        interview.tell("init-office-apply", Colour.CAUTION, file=place.office_file)
    return office


def _office_answers(interview: _Interview, known: tuple[Person, ...]) -> OfficeAnswers:
    russian = interview.context.language == "ru"
    usual = tuple(f"{p.extension}={p.name}" for p in known)
    people = [_person(text) for text in interview.several("manager", usual)]
    return OfficeAnswers(
        company=interview.text("company", "Компания" if russian else "Company"),
        department=interview.text("department", "Продажи" if russian else "Sales"),
        people=tuple(people),
        lines=interview.several("line", ()),
        region=interview.text("region", "RU"),
        timezone=interview.text("timezone", "Europe/Moscow"),
        hours=interview.text("hours", "mon-fri 9:00-18:00"),
    )


def _person(text: str) -> Person:
    extension, _, name = text.partition("=")
    return Person(extension=extension.strip(), name=name.strip())


def _save(
    interview: _Interview, place: Place, before: dict[str, Any], wanted: Wanted, secrets: Secrets
) -> None:
    text = installing.draft_settings(before, wanted, secrets)
    changed = bool(before) and place.config.read_text("utf-8-sig") != text
    if changed and not interview.agrees("init-ask-replace", file=place.config):
        raise Trouble(Exit.REFUSED, "said-no")
    make_folder(place.data_dir)
    if installing.save_settings(place, text, wanted.language, interview.context.environment):
        interview.tell("init-before", file=f"{place.config}.before")
    interview.tell("init-saved", Colour.GOOD, file=place.config)


def _tell_what_is_left(interview: _Interview, place: Place, facts: ExchangeFacts) -> None:
    if not facts.systemname:
        interview.tell("init-systemname", Colour.CAUTION)
    sentence = "init-paste-again" if facts.agi else "init-paste-dialplan"
    interview.tell(sentence, file=place.dialplan_file, target=place.dialplan_file.name)
    interview.tell("init-next")
    print_line(interview.context, clean(f"  dozvon --config {place.config} check"))
    print_line(interview.context, clean(f"  dozvon --config {place.config} serve"))
