"""Everything that the command line says, in Russian and in English, by its id.

Values are cleaned before they fill a gap, because many of them come from callers. A language that
is not Russian is answered in English.
"""

from __future__ import annotations

from dozvon.commands.terminal.output import clean
from dozvon.commands.terminal.texts_books import BOOKS, BOOKS_HELP
from dozvon.commands.terminal.texts_callbacks import CALLBACKS, CALLBACKS_HELP
from dozvon.commands.terminal.texts_help import HELP
from dozvon.commands.terminal.texts_import import IMPORTING, IMPORTING_HELP
from dozvon.commands.terminal.texts_people import PEOPLE, PEOPLE_HELP
from dozvon.commands.terminal.texts_recordings import RECORDINGS, RECORDINGS_HELP
from dozvon.commands.terminal.texts_results import RESULTS
from dozvon.commands.terminal.texts_stories import STORIES
from dozvon.commands.terminal.texts_troubles import TROUBLES
from dozvon.setup.texts import SETUP
from dozvon.setup.texts_help import SETUP_HELP
from storage.sentences import in_language

TEXTS: dict[str, tuple[str, str]] = {
    **RESULTS,
    **BOOKS,
    **CALLBACKS,
    **RECORDINGS,
    **PEOPLE,
    **STORIES,
    **TROUBLES,
    **SETUP,
    **IMPORTING,
}


def say(language: str, text: str, /, **about: object) -> str:
    """Returns a sentence with its gaps filled."""
    russian, english = TEXTS[text]
    filled = {name: clean(in_language(value, language)) for name, value in about.items()}
    return (russian if language == "ru" else english).format(**filled)


def word(language: str, group: str, value: object) -> str:
    """Returns the word for a value of an enumeration; a value without a word stands for itself."""
    if value is None or not str(value):
        return ""
    found = TEXTS.get(f"{group}-{value}")
    return found[0 if language == "ru" else 1] if found else clean(value)


def help_text(language: str, text: str) -> str:
    """Returns a text of a help page; what is no id stands for itself."""
    found = (
        HELP.get(text)
        or BOOKS_HELP.get(text)
        or CALLBACKS_HELP.get(text)
        or RECORDINGS_HELP.get(text)
        or PEOPLE_HELP.get(text)
        or SETUP_HELP.get(text)
        or IMPORTING_HELP.get(text)
    )
    return found[0 if language == "ru" else 1] if found else text
