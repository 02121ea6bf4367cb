"""The office file: lines, departments, managers, hours, as the sales office writes them.

Rules:

- All mistakes are told at once, each with its line and a sentence that says what to write instead.
- A file with a mistake gives no office at all: what was applied before stays.
- Everything that reaches a PBX later (dial strings, numbers, keys, boxes) is checked here against
  what may be in it, so that nothing can become dialplan syntax.
- What a file does not say is the default of `router.office`; the file never holds a version.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from config import office_values as values
from config.errors import Mistake, OfficeMistakes, Unreadable
from config.office_checks import check_office
from config.reading import Notes, Table, read_choice
from config.sentences import say
from config.templates import read_box, read_device, read_dial
from config.text_file import decode, parse, read_text_file
from config.toml_lines import Lines
from router.numbers import NumberPlan
from router.office import (
    AbsentRule,
    AfterHoursRule,
    Department,
    Hours,
    LastResort,
    Line,
    Manager,
    Office,
    OutgoingLine,
    Status,
    Strategy,
)

NUMBER_FORMATS = ("e164", "plain", "national")
LANGUAGES = ("ru", "en")


def read_office(path: Path, *, language: str = "ru", pbxs: Collection[str] | None = None) -> Office:
    """Returns the office that a file describes; arguments and errors as in `load_office`."""
    try:
        text = read_text_file(path)
    except Unreadable as mistake:
        raise _whole(mistake, str(path), language) from None
    return load_office(text, file=str(path), language=language, pbxs=pbxs)


def load_office(
    text: str | bytes,
    *,
    file: str = "office.toml",
    language: str = "ru",
    pbxs: Collection[str] | None = None,
) -> Office:
    """Returns the office that a TOML text describes; raises `OfficeMistakes` with all of them.

    `file` is the name told in mistakes, `language` (`ru` or `en`) the language of their sentences.
    `pbxs` are the keys of the PBXs in the settings; None leaves the names of PBXs unchecked.
    """
    try:
        plain = decode(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    except Unreadable as mistake:
        raise _whole(mistake, file, language) from None
    data = parse(plain, file=file, language=language)
    if isinstance(data, Mistake):
        raise OfficeMistakes([data])
    notes = Notes(file=file, lines=Lines(plain), language=language)
    office = _read(Table(notes, (), data), pbxs)
    if notes.mistakes:
        raise OfficeMistakes(notes.mistakes)
    return office


def _whole(mistake: Unreadable, file: str, language: str) -> OfficeMistakes:
    """Makes the one mistake of a file that is no text at all."""
    sentence = say(language, mistake.sentence, **mistake.about)
    return OfficeMistakes([Mistake(file=file, line=1, path="", sentence=sentence)])


def _read(root: Table, pbxs: Collection[str] | None = None) -> Office:
    root.value("office", None, lambda _: None)
    head = Table(root.notes, ("office",), root.data.get("office", {}))
    region = head.text("region", "RU", values.read_region)
    area_code = head.text("area_code", "", values.read_area_code)
    plan = NumberPlan(region=region, area_code=area_code or None, extensions=frozenset())
    outgoing = {key: _outgoing(key, table) for key, table in root.tables("outgoing").items()}
    only_line = next(iter(outgoing)) if len(outgoing) == 1 else ""
    departments = {
        key: _department(key, table, only_line) for key, table in root.tables("departments").items()
    }
    only_department = next(iter(departments)) if len(departments) == 1 else ""
    head.need("name", 'name = "Окна и двери"')
    office = Office(
        name=head.text("name"),
        region=region,
        area_code=area_code,
        default_department=head.text("default_department", only_department),
        departments=departments,
        managers={key: _manager(key, t, plan) for key, t in root.tables("managers").items()},
        lines={key: _line(key, table, plan) for key, table in root.tables("lines").items()},
        outgoing=outgoing,
    )
    head.close()
    root.close()
    check_office(office, root, pbxs)
    return office


def _department(key: str, table: Table, only_line: str) -> Department:
    values.check_key(table)
    table.need("hours", 'hours = { mon-fri = "9:00-19:00" }')
    usual = Department(key=key, name=key)
    department = Department(
        key=key,
        name=table.text("name", key) or key,
        head=table.text("head"),
        hours=Hours(
            timezone=table.text("timezone", "Europe/Moscow", values.read_zone) or "Europe/Moscow",
            week=values.read_week(table, "hours"),
            holidays=table.text("holidays", "", values.read_country),
            special=values.read_special(table, "special"),
        ),
        strategy=table.choice("strategy", Strategy.LONGEST_IDLE),
        owner_ring_seconds=table.seconds("owner_ring", usual.owner_ring_seconds),
        colleague_ring_seconds=table.seconds("colleague_ring", usual.colleague_ring_seconds),
        mobile_ring_seconds=table.seconds("mobile_ring", usual.mobile_ring_seconds),
        group_ring_seconds=table.seconds("group_ring", usual.group_ring_seconds),
        wrap_up_seconds=table.seconds("wrap_up", 0, most=3600),
        confirm_mobile=table.flag("confirm_mobile", default=True),
        after_hours=table.choice("after_hours", AfterHoursRule.MESSAGE),
        duty_mobile=table.text("duty_mobile"),
        last_resort=table.choice("last_resort", LastResort.MESSAGE),
        voicemail=table.text("voicemail", "", read_box),
        outgoing_line=table.text("outgoing_line", only_line),
        absent_rule=table.choice("when_absent", AbsentRule.COLLEAGUE),
        remember_last_talk=table.flag("remember_last_talk", default=False),
        record=table.flag("record", default=True),
        record_notice=table.flag("record_notice", default=False),
    )
    table.close()
    return department


def _manager(key: str, table: Table, plan: NumberPlan) -> Manager:
    values.check_key(table)
    table.need("department", 'department = "sales"')
    table.need("extension", 'extension = "101"')
    manager = Manager(
        key=key,
        name=table.text("name", key) or key,
        department=table.text("department"),
        extension=table.value("extension", "", _needed_extension),
        pbx=table.text("pbx", "main") or "main",
        dial=table.text("dial", "", lambda text: read_dial(text, "extension")),
        device=table.text("device", "", read_device),
        mobile=table.text("mobile", "", lambda text: values.read_mobile(text, plan)),
        deputy=table.text("deputy"),
        shifts=values.read_week(table, "shifts"),
        when_absent=_when_absent(table),
        takes_new_clients=table.flag("takes_new_clients", default=True),
    )
    table.close()
    return manager


def _needed_extension(value: object) -> str:
    return values.read_extension(values.read_text(value))


def _when_absent(table: Table) -> dict[Status, AbsentRule]:
    rules: dict[Status, AbsentRule] = {}
    if "when_absent" not in table.data:
        table.value("when_absent", None, lambda _: None)
        return rules
    table.value("when_absent", None, lambda _: None)
    words = [status.value for status in Status if status is not Status.AVAILABLE]
    inner = Table(table.notes, (*table.path, "when_absent"), table.data["when_absent"])
    for word in inner.data:
        name = str(word).replace("-", "_")
        rule = inner.value(str(word), None, lambda value: read_choice(value, AbsentRule))
        if name == Status.AVAILABLE:
            inner.notes.add((*inner.path, word), "absent-available")
        elif name not in words:
            hint = inner.notes.hint(name, words)
            inner.notes.add((*inner.path, word), "unknown-key", key=word, hint=hint)
        elif rule is not None:
            rules[Status(name)] = rule
    return rules


def _line(key: str, table: Table, plan: NumberPlan) -> Line:
    values.check_key(table)
    table.need("number", 'number = "+7 495 123-00-01"')
    table.need("department", 'department = "sales"')
    line = Line(
        key=key,
        number=table.value("number", "", lambda v: values.read_line_number(_text(v), plan)),
        name=table.text("name", key) or key,
        department=table.text("department"),
        patience_seconds=table.seconds("patience", 60, least=5),
        last_resort=table.value("last_resort", None, lambda v: read_choice(v, LastResort)),
        language=table.text("language", "ru", lambda text: _one_of(text, LANGUAGES)) or "ru",
        record=table.flag_or_none("record"),
        record_notice=table.flag_or_none("record_notice"),
    )
    table.close()
    return line


def _outgoing(key: str, table: Table) -> OutgoingLine:
    values.check_key(table)
    table.need("dial", 'dial = "PJSIP/{number}@trunk"')
    outgoing = OutgoingLine(
        key=key,
        pbx=table.text("pbx", "main") or "main",
        dial=table.text("dial", "", lambda text: read_dial(text, "number")),
        caller_id=table.text("caller_id", "", values.read_caller_id),
        number_format=table.text("number_format", "plain", lambda t: _one_of(t, NUMBER_FORMATS)),
        channels=table.whole("channels", 2, least=1, most=10_000),
        prefixes=table.value("prefixes", ("+7",), values.read_prefixes),
    )
    table.close()
    return outgoing


def _text(value: object) -> str:
    text = values.read_text(value)
    if not text:
        raise Unreadable("text-empty")
    return text


def _one_of(text: str, words: tuple[str, ...]) -> str:
    if text not in words:
        raise Unreadable("not-a-choice", value=text, words=words)
    return text
