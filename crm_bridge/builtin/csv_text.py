"""From the bytes of a file to lines of text: which encoding, which delimiter, is it text at all.

Spreadsheet programs in Russian offices write UTF-8 with and without a mark, Windows-1251 and
UTF-16. A mark decides; without one, UTF-8 is whatever reads as UTF-8 (Windows-1251 text with
Cyrillic letters practically never does), and many zero bytes are UTF-16.

Memory stays bounded: the file is read in pieces, never as a whole, and more than once; what can be
read only once (the standard input, a pipe) is put into a temporary file first.
"""

from __future__ import annotations

import codecs
import io
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from crm_bridge.builtin.csv_sentences import Say, sentence
from crm_bridge.errors import NoCsv

SAMPLE_BYTES = 64 * 1024
DELIMITERS = ";,\t"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHER_FILES = (
    (b"PK\x03\x04", "XLSX/ZIP"),
    (b"\xd0\xcf\x11\xe0", "XLS/DOC"),
    (b"%PDF", "PDF"),
    (b"{\\rtf", "RTF"),
    (b"SQLite format 3", "SQLite"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x1f\x8b", "GZIP"),
)
_MARKUP = (b"<html", b"<!doctype", b"<?xml", b"<table")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextShape:
    """How a file is to be read. `strict` is False when some letters will be lost."""

    encoding: str
    delimiter: str
    strict: bool = True


def opened(source: Path | bytes | BinaryIO, language: str) -> BinaryIO:
    """The bytes of a file, to be read in pieces, from any place, more than once."""
    if isinstance(source, bytes):
        return io.BytesIO(source)
    try:
        stream = source.open("rb") if isinstance(source, Path) else source
        return stream if stream.seekable() else _kept_aside(stream)
    except OSError as error:
        why = error.strerror or str(error)
        raise NoCsv(sentence(Say.NO_FILE, language, file=source, why=why)) from error


def size_of(stream: BinaryIO) -> int:
    """How many bytes there are to read."""
    here = stream.tell()
    size = stream.seek(0, os.SEEK_END)
    stream.seek(here)
    return size


def _kept_aside(stream: BinaryIO) -> BinaryIO:
    with tempfile.TemporaryFile() as file, stream:
        shutil.copyfileobj(stream, file)
        file.seek(0)
        return os.fdopen(os.dup(file.fileno()), "rb")


def recognise(stream: BinaryIO, language: str) -> TextShape:
    """Finds out encoding and delimiter; raises `NoCsv` for what is no text."""
    stream.seek(0)
    sample = stream.read(SAMPLE_BYTES)
    _refuse_other_files(sample, language)
    encoding, strict = _encoding(sample, stream)
    first = _first_line(sample, encoding)
    if "\x00" in first:
        raise NoCsv(sentence(Say.NOT_TEXT, language, what=_binary(language)))
    if not first.strip():
        raise NoCsv(sentence(Say.EMPTY_FILE, language))
    return TextShape(encoding=encoding, delimiter=_delimiter(first), strict=strict)


def lines_of(stream: BinaryIO, shape: TextShape) -> io.TextIOWrapper:
    """The text of the file; closing it closes the file."""
    stream.seek(0)
    errors = "strict" if shape.strict else "replace"
    return io.TextIOWrapper(stream, encoding=shape.encoding, errors=errors, newline="")


def _refuse_other_files(sample: bytes, language: str) -> None:
    for magic, what in _OTHER_FILES:
        if sample.startswith(magic):
            raise NoCsv(sentence(Say.NOT_TEXT, language, what=what))
    if sample.lstrip(codecs.BOM_UTF8 + b" \r\n\t").lower().startswith(_MARKUP):
        raise NoCsv(sentence(Say.NOT_TEXT, language, what="HTML/XML"))


def _encoding(sample: bytes, stream: BinaryIO) -> tuple[str, bool]:
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name, _reads_as(name, stream)
    zeros = sample.count(0)
    if zeros > len(sample) // 8:
        even = sum(1 for byte in sample[::2] if byte == 0)
        name = "utf-16-be" if even > zeros // 2 else "utf-16-le"
        return name, _reads_as(name, stream)
    if _reads_as("utf-8", stream):
        return "utf-8", True
    if _mostly_utf8(sample):
        return "utf-8", False
    return "cp1251", _reads_as("cp1251", stream)


def _reads_as(encoding: str, stream: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    stream.seek(0)
    try:
        while piece := stream.read(SAMPLE_BYTES):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _mostly_utf8(sample: bytes) -> bool:
    """A UTF-8 file with a few broken letters: read as Windows-1251, all letters would break."""
    text = sample.decode("utf-8", errors="replace")
    letters = sum(1 for c in text if ord(c) > 127)
    return text.count("\ufffd") * 20 < letters


def _first_line(sample: bytes, encoding: str) -> str:
    text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(sample)
    for line in text.lstrip("\ufeff").splitlines():
        if line.strip() and not line.lower().startswith("sep="):
            return line
    return ""


def _delimiter(header: str) -> str:
    unquoted = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=unquoted.count)


def _binary(language: str) -> str:
    return "двоичный файл" if language == "ru" else "a binary file"
