"""From what went wrong to a sentence on the standard error and an exit code.

Foreseeable trouble never shows a traceback. What nobody foresaw does, because whoever mends it
needs it; it says that it is our mistake and has an exit code of its own.
"""

from __future__ import annotations

import re
import sys
import traceback

import click
from click.exceptions import NoArgsIsHelpError

from config.errors import ConfigError, Mistakes
from crm_bridge.errors import CrmError
from dozvon.commands.terminal.exits import Exit, Trouble
from dozvon.commands.terminal.output import Colour, clean, print_line
from dozvon.commands.terminal.texts import say
from dozvon.context import Context
from dozvon.errors import CannotStart
from storage.errors import CallbackNotOpen, StorageError
from storage.sentences import in_language

_TOO_MUCH = re.compile(r"Got unexpected extra arguments? \((.*)\)")
_BY_KIND: tuple[tuple[type[Exception], Exit], ...] = (
    (CallbackNotOpen, Exit.REFUSED),
    (StorageError, Exit.UNREACHABLE),
    (CannotStart, Exit.UNREACHABLE),
    (ConfigError, Exit.WRONG),
    (CrmError, Exit.WRONG),
)
"""Errors whose message is the sentence already; the first that fits decides."""


def tell(context: Context, error: BaseException) -> Exit:
    """Prints what happened and returns the exit code."""
    found = [_sentences(context.language, each) for each in _single(error)]
    told = [each for each in found if each is not None]
    if len(told) < len(found):
        traceback.print_exception(error)
        told = [(Exit.BUG, [say(context.language, "bug")])]
    for sentence in dict.fromkeys(sentence for _, sentences in told for sentence in sentences):
        print_line(context, sentence, Colour.BAD, err=True)
    return told[0][0]


def _single(error: BaseException) -> list[BaseException]:
    """What went wrong, one by one: tasks that ran side by side fail as a group."""
    if not isinstance(error, BaseExceptionGroup):
        return [error]
    return [single for each in error.exceptions for single in _single(each)]


def _sentences(language: str, error: BaseException) -> tuple[Exit, list[str]] | None:
    if isinstance(error, Trouble):
        return error.code, [say(language, error.sentence, **error.about)]
    if isinstance(error, Mistakes):
        return Exit.WRONG, [clean(mistake) for mistake in error.mistakes]
    for kinds, code in _BY_KIND:
        if isinstance(error, kinds):
            return code, [clean(in_language(error, language))]
    if _is_of_the_lab(error):
        return Exit.UNREACHABLE, [clean(error)]
    return _click_trouble(language, error) or _system_trouble(language, error)


def _is_of_the_lab(error: BaseException) -> bool:
    """The laboratory is slow to import; where its error was raised, it is imported already."""
    lab = sys.modules.get("dozvon.lab.errors")
    return lab is not None and isinstance(error, lab.LabError)


def _click_trouble(language: str, error: BaseException) -> tuple[Exit, list[str]] | None:
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return Exit.INTERRUPTED, [say(language, "interrupted")]
    if isinstance(error, click.ClickException):
        return Exit.WRONG, _usage(language, error)
    return None


def _system_trouble(language: str, error: BaseException) -> tuple[Exit, list[str]] | None:
    """A file that was named wrongly; without a file it is a port, an address or the disk."""
    if not isinstance(error, OSError) or not error.strerror:
        return None
    if error.filename is None:
        return Exit.UNREACHABLE, [clean(error.strerror)]
    about = {"file": error.filename, "reason": error.strerror}
    return Exit.WRONG, [say(language, "file-trouble", **about)]


def _usage(language: str, error: click.ClickException) -> list[str]:
    if isinstance(error, NoArgsIsHelpError):
        return [error.ctx.get_help() if error.ctx else ""]
    if isinstance(error, click.FileError):
        return [say(language, "file-trouble", file=error.ui_filename, reason=error.message)]
    lines = [say(language, "usage-wrong", detail=_detail(language, error))]
    command = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else ""
    return [*lines, say(language, "usage-hint", command=command)] if command else lines


def _detail(language: str, error: click.ClickException) -> str:
    """What is wrong with the words of a command, in the reader's language as far as it goes."""
    if isinstance(error, click.NoSuchOption):
        hint = _hint(language, error.possibilities or ())
        return say(language, "usage-no-option", name=error.option_name, hint=hint)
    if isinstance(error, click.exceptions.BadOptionUsage):
        return say(language, "usage-needs-value", name=error.option_name)
    if isinstance(error, click.BadParameter):
        return _value_detail(language, error)
    if found := _TOO_MUCH.match(error.message):
        return say(language, "usage-too-much", detail=found[1])
    return clean(error.format_message())


def _value_detail(language: str, error: click.BadParameter) -> str:
    """What is wrong with the value of an option or an argument."""
    name = _name(error)
    if isinstance(error, click.MissingParameter):
        return say(language, "usage-missing", name=name)
    if error.param is not None and isinstance(error.param.type, click.Choice):
        choices = ", ".join(str(choice) for choice in error.param.type.choices)
        return say(language, "usage-choice", name=name, choices=choices)
    return say(language, "usage-value", name=name, detail=error.message)


def _name(error: click.BadParameter) -> str:
    parameter = error.param
    if isinstance(parameter, click.Option):
        return parameter.opts[-1]
    return parameter.human_readable_name if parameter else str(error.param_hint or "")


def _hint(language: str, names: object) -> str:
    known = ", ".join(names) if isinstance(names, list | tuple) else ""
    return say(language, "did-you-mean", names=known) if known else ""
