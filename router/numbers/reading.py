"""From a text to a number: the order in which the questions are asked.

Hidden, service code, internal number, several numbers, extension, number. The order matters:
a library that is asked first drops the star of `*72101` and reads `101` as a Russian number.
"""

from dataclasses import replace
from functools import lru_cache

from router.numbers import national, text
from router.numbers.model import NumberKind, NumberPlan, PhoneNumber

_LONGEST_LOCAL = 7  # digits without an area code


def normalise(written: str, plan: NumberPlan) -> PhoneNumber:
    """Returns what a text means as a telephone number; never raises, whatever the text.

    Only the first 512 characters are looked at. Several numbers in one text: the first valid one
    is the answer, the others stand in `more`, in their order. A number that the numbering plan
    does not know is INVALID and unverified; where its digits make sense, `e164` and `key` show
    which number it would be, and `PhoneNumber.is_matchable` says whether to look it up.
    """
    return _normalised(text.cut(written), plan)


def normalise_each(written: str, plan: NumberPlan) -> tuple[PhoneNumber, ...]:
    """Returns what `normalise` does and its `more`, each with its own piece of the text as `raw`.

    Each may be kept by itself: read again, its `raw` means the same.
    """
    raw = text.cut(written)
    found = _read_each(raw, plan)
    if len(found) == 1:
        return (replace(found[0], raw=raw),)
    return tuple(replace(number, raw=text.without_separators(number.raw)) for number in found)


def read_caller(shown: str, plan: NumberPlan) -> PhoneNumber:
    """Returns what an exchange shows as the caller; read as `normalise` reads, and once more.

    Exchanges send foreign numbers in full and without the plus. What is nobody's number in the
    plan's region may therefore begin with a country code. In what people write the same digits are
    a taxpayer's number as well, and are not guessed at. Neither is a number at home behind the 9 of
    an outside line, nor what belongs to no country, such as satellites.
    """
    raw = text.cut(shown)
    number = _normalised(raw, plan)
    if number.kind is not NumberKind.INVALID or number.is_matchable:
        return number
    digits = text.dialled_part(raw)
    reading = national.read_abroad(digits, plan) if digits.isdecimal() else None
    return _number(raw, reading) if reading else number


@lru_cache(1024)
def _normalised(raw: str, plan: NumberPlan) -> PhoneNumber:
    """The answer for a text: clients call again, and each call asks in several rooms."""
    first, *others = _read_each(raw, plan)
    return replace(first, raw=raw, more=tuple(others))


def _read_each(raw: str, plan: NumberPlan) -> list[PhoneNumber]:
    """The number that a text means, and the others; `raw` of several is their piece of it."""
    dialled = text.dialled_part(raw)
    digits = text.digits_of(dialled)
    if digits and dialled[0] in "*#":
        code = "".join(char for char in dialled if char in "*#0123456789")
        return [PhoneNumber(raw=raw, kind=NumberKind.SERVICE, value=code)]
    if not digits.strip("0"):
        return [PhoneNumber(raw=raw, kind=NumberKind.HIDDEN)]
    if dialled == digits and plan.is_extension(digits):
        return [PhoneNumber(raw=raw, kind=NumberKind.INTERNAL, value=digits)]
    found = [number for field in text.fields(dialled) for number in _read_field(field, plan)]
    first = next((number for number in found if number.verified), found[0])
    return [first, *(number for number in found if number is not first)]


def _read_field(field: str, plan: NumberPlan) -> list[PhoneNumber]:
    worded = text.split_worded_extension(field)
    if worded:
        head, extension, tail = worded
        reading = _read_head(head, plan)
        if text.is_full(tail) and not (reading and reading.valid):
            return _behind_extension(field, extension, tail, plan)
        return [_number(field, reading, extension)]
    marked = _extended(field, text.split_paused_extension(field), plan)
    if not marked and "(" in field:
        marked = _bracketed(field, plan)
    if marked:
        return [marked]
    whole = _read_head(field, plan)
    if whole and whole.valid:
        return [_number(field, whole)]
    dashed = _extended(field, text.split_dashed_extension(field), plan)
    if dashed:
        return [dashed]
    inside = national.find_valid(field, plan)
    return [_number(field, reading) for reading in inside] or [_number(field, whole)]


def _behind_extension(field: str, extension: str, tail: str, plan: NumberPlan) -> list[PhoneNumber]:
    """Reads the number that stands behind its extension (`вн. 12, тел. 8 495 …`)."""
    first, *others = _read_field(tail, plan)
    return [replace(first, raw=field, extension=first.extension or extension), *others]


def _bracketed(field: str, plan: NumberPlan) -> PhoneNumber | None:
    """Reads brackets behind a number: an extension, but behind a local number its area code.

    Another area code than the plan's may be either, and one of the two would be a stranger's.
    """
    parts = text.split_bracketed_extension(field)
    number = _extended(field, parts, plan)
    if not parts or not number:
        return None
    local, code = text.digits_of(parts[0]), parts[1]
    if len(local) > _LONGEST_LOCAL:
        return number
    if code == plan.area_code:
        return replace(number, extension=None)
    elsewhere = national.read(code + local, plan, plus=False, local=False)
    return None if elsewhere and elsewhere.valid else number


def _extended(field: str, parts: tuple[str, str] | None, plan: NumberPlan) -> PhoneNumber | None:
    """Reads an extension that no word announces; it counts only behind a valid number."""
    reading = _read_head(parts[0], plan) if parts else None
    if not parts or not reading or not reading.valid:
        return None
    return _number(field, reading, parts[1])


def _read_head(head: str, plan: NumberPlan) -> national.Reading | None:
    """Reads a number among words: the first valid stretch, else the longest.

    A local number is completed only when no other digits stand beside it: what is left of a
    mangled long number would become a stranger's.
    """
    runs = list(text.runs_between_words(head))
    best: national.Reading | None = None
    for run in sorted(runs, key=lambda run: -len(text.digits_of(run))):
        plus = "+" in run.partition(text.digits_of(run)[0])[0]
        reading = national.read(text.digits_of(run), plan, plus=plus, local=len(runs) == 1)
        if reading and reading.valid:
            return reading
        best = best or reading
    return best


def _number(
    field: str, reading: national.Reading | None, extension: str | None = None
) -> PhoneNumber:
    if reading is None:
        return PhoneNumber(raw=field, kind=NumberKind.INVALID, extension=extension)
    return PhoneNumber(
        raw=field,
        kind=NumberKind.EXTERNAL if reading.valid else NumberKind.INVALID,
        e164=reading.e164,
        region=reading.region,
        key=reading.key,
        extension=extension,
        verified=reading.valid,
        digit_lost=reading.digit_lost,
    )
