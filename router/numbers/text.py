"""The written side of a number: marks, URIs, several numbers in a field, extension words.

Nothing here knows a numbering plan. Rules:

* Texts are cut first, so that every pattern works on a bounded text.
* After `clean` a digit is one of 0-9, a dash is `-`, a space is a space, letters are small.
* A separator separates numbers only if there are seven digits on both sides; otherwise it is
  a pause before an extension.
* Seven digits in a row that are written in groups are a number, also behind an extension word.
"""

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

MAX_TEXT = 512
"""Characters that are looked at; a field with a dozen numbers and names is shorter."""

_FULL_NUMBER = 7  # digits of the shortest thing that is called a number of its own

_LETTER = "a-zа-яёіїєґ"
_SPACED = re.compile(r"[^\S\n]+")
_ZERO_LETTERS = re.compile(
    rf"(?<![{_LETTER}])(?:(?<=[0-9])[oо]+|[oо]+(?=[0-9])|(?<=[0-9oо][-( )])[oо]+(?=[-( )]|$))"
    rf"(?![{_LETTER}])",
)
_ANGLE = re.compile(r"<([^<>]*)>?")
_SCHEME = re.compile(r"^\s*(?:sips?|tel|callto|phone)\s*:\s*/*", re.IGNORECASE)
_IP_HOST = re.compile(r"[0-9]+(?:\.[0-9]+){3}(?::[0-9]+)?")
_ADDRESS = re.compile(r"\S*@\S*")

_LONG_WORD = r"доб(?:ав(?:очн[а-яё]*)?)?|вн(?:утр(?:енн[а-яё]*)?)?|ext(?:ension|n)?"
_NUMBER_SIGN = r"[\s.:=#№(-]*(?:(?:номер|ном|тел)\b[\s.:]*)?"
_WITH_TRUNK = r"[78][\s(-]{0,2}(?:[0-9][\s()-]{0,2}){9}[0-9](?![0-9])"
_SEVEN = r"[0-9](?:[ ().-]{0,3}[0-9]){6}"
_FEW = rf"(?:(?=[0-9]{{1,7}}\)? +{_WITH_TRUNK})|(?!{_SEVEN}))[0-9]{{1,7}}(?![0-9])"
_FEW_OR_SEVEN = rf"(?:[0-9]{{7}}(?![0-9])|{_FEW})"
# Behind a number "д." is as well "домашний": seven digits after it are a telephone.
_ANNOUNCED = rf"(?:(?:{_LONG_WORD}|[xх]){_NUMBER_SIGN}{_FEW_OR_SEVEN}|[dд]{_NUMBER_SIGN}{_FEW})"
_EXTENSION = re.compile(
    rf"(?:(?<![{_LETTER}])(?={_LONG_WORD})|(?<=[0-9])[\s,;:.()-]{{0,8}}){_ANNOUNCED}"
)
_PAUSED = re.compile(r"\s*[,;wp*#]+\s*([0-9]{1,7})$")
_BRACKETED = re.compile(r"\s*\(\s*([0-9]{2,5})$")
_DASHED = re.compile(r"(?:\s-+\s*|-+\s+)([0-9]{1,7})$")
_SEPARATOR = re.compile(
    r"[,;/|\\\n]"
    r"|\s(?=\+)"
    r"|(?<=[0-9]{10})\s+(?=[0-9]{10})"
    rf"|\s(?={_WITH_TRUNK})"
    rf"|(?<![{_LETTER}])(?!{_ANNOUNCED})[{_LETTER}]{{1,64}}",
)
_LETTERS = re.compile(r"[^\W\d_]+")


def cut(text: str) -> str:
    """Returns the part of a text that is looked at; a number is not cut in two."""
    if len(text) <= MAX_TEXT:
        return text
    head = text[:MAX_TEXT]
    return head[: max(head.rfind(mark) for mark in " ,;/\n") + 1] or head


def clean(text: str) -> str:
    """Returns a text in one alphabet of digits, dashes and spaces, without invisible marks."""
    folded = unicodedata.normalize("NFKC", cut(text).replace("№", " "))
    plain = "".join(map(_plain, folded))
    return _SPACED.sub(" ", plain).strip()[:MAX_TEXT]


def _plain(char: str) -> str:
    if char.isascii() and char.isprintable():
        return char
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category == "Pd" or char == "\N{MINUS SIGN}":
        return "-"
    if char in "\n\r" or category in {"Zl", "Zp"}:
        return "\n"
    if category == "Zs" or char == "\t":
        return " "
    return "" if category[0] in "CM" else char


def dialled_part(text: str) -> str:
    """Returns what was dialled or shows as the caller: display name, scheme and host are removed.

    The forms are those of RFC 3261 (name-addr, SIP URI) and RFC 3966 (tel URI, `phone-context`).
    """
    text = clean(text)
    text = _inside_angles(text)
    scheme = _SCHEME.match(text)
    if scheme:
        text = clean(unquote(_uri_user(text[scheme.end() :])))
    elif _ADDRESS.fullmatch(text):
        text = text.partition("@")[0]
    else:
        text = _ADDRESS.sub(" ", text).strip()
    return _ZERO_LETTERS.sub(lambda found: "0" * len(found[0]), text.lower())


def _inside_angles(text: str) -> str:
    found = _ANGLE.search(text)
    if not found:
        return text
    inside, outside = found[1], _ANGLE.sub(" ", text).strip()
    is_answer = _SCHEME.match(inside) or "@" not in inside or not digits_of(outside)
    return inside if inside.strip() and is_answer else outside


def _uri_user(uri: str) -> str:
    if "@" in uri:
        uri = uri.partition("@")[0]
    elif _IP_HOST.match(uri):
        return ""
    user, *parameters = uri.split(";")
    values = dict(part.partition("=")[::2] for part in parameters)
    context = values.get("phone-context", "")
    if context.startswith("+") and not user.strip().startswith("+"):
        user = context + user
    user = user.partition(":")[0]
    extension = next((part for part in parameters if part.lower().startswith("ext=")), "")
    bare = [part for part in parameters if part.isdecimal()]
    return ";".join([user, extension] if extension else [user, *bare])


def digits_of(text: str) -> str:
    """Returns the digits of a cleaned text."""
    return "".join(char for char in text if char in "0123456789")


def fields(text: str) -> list[str]:
    """Splits a text into the numbers that stand in it, each with its words and extension."""
    found: list[str] = []
    current, start = "", 0
    for end, stop in [*(match.span() for match in _SEPARATOR.finditer(text)), (len(text),) * 2]:
        piece = text[start:end]
        if is_full(current) and is_full(piece):
            found.append(current)
            current = ""
        current += piece + text[end:stop]
        start = stop
    return [*found, current]


def without_separators(piece: str) -> str:
    """Returns one of `fields` without the marks that part it from the next one."""
    return piece.strip(" ,;/|\\\n")


def is_full(piece: str) -> bool:
    """Says whether a text holds enough digits for a number besides its extensions."""
    return len(digits_of(_EXTENSION.sub(" ", piece))) >= _FULL_NUMBER


def split_worded_extension(text: str) -> tuple[str, str, str] | None:
    """Returns the text before an extension word, the extension, and the text after it."""
    found = _EXTENSION.search(text)
    if not found:
        return None
    words = found[0].rstrip("0123456789")
    return text[: found.start()], found[0][len(words) :], text[found.end() :]


def split_paused_extension(text: str) -> tuple[str, str] | None:
    """Returns the text before a pause or a star at the end, and the digits after it."""
    text = _to_last_digit(text)
    found = _PAUSED.search(text)
    return (text[: found.start()], found[1]) if found else None


def split_bracketed_extension(text: str) -> tuple[str, str] | None:
    """Returns the text before a bracket at the end, and the digits in it."""
    text = _to_last_digit(text)
    found = _BRACKETED.search(text)
    return (text[: found.start()], found[1]) if found else None


def split_dashed_extension(text: str) -> tuple[str, str] | None:
    """Returns the text before a spaced dash at the end, and the digits after it."""
    text = _to_last_digit(text)
    found = _DASHED.search(text)
    return (text[: found.start()], found[1]) if found else None


def _to_last_digit(text: str) -> str:
    return re.sub(r"[^0-9]+$", "", text)


def runs_between_words(text: str) -> Iterator[str]:
    """Yields the stretches of a text that hold digits and no letters."""
    return (run for run in _LETTERS.split(text) if digits_of(run))
