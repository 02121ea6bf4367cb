"""What is refused about people, as a sentence in the reader's language.

AccountRefused   something about a person cannot be done as it was asked for
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Why(StrEnum):
    """Why nothing was done; each has its sentence in both languages."""

    WRONG = "wrong"
    TOO_MANY = "too-many"
    BUSY = "busy"
    NOT_NOW = "not-now"
    NO_SUCH_PERSON = "no-such-person"
    NO_SUCH_TOKEN = "no-such-token"  # noqa: S105 - a word, no secret
    LOGIN_TAKEN = "login-taken"
    LOGIN_UNREADABLE = "login-unreadable"
    NAME_EMPTY = "name-empty"
    ROLE_UNKNOWN = "role-unknown"
    MANAGER_UNKNOWN = "manager-unknown"
    MANAGER_TAKEN = "manager-taken"
    LAST_ADMINISTRATOR = "last-administrator"
    DISABLED = "disabled"
    INVITATION_OVER = "invitation-over"
    PASSWORD_SHORT = "password-short"  # noqa: S105 - a word, no secret
    PASSWORD_LONG = "password-long"  # noqa: S105 - a word, no secret
    PASSWORD_COMMON = "password-common"  # noqa: S105 - a word, no secret
    PASSWORD_OLD = "password-old"  # noqa: S105 - a word, no secret
    PASSWORDS_DIFFER = "passwords-differ"
    SCOPE_UNKNOWN = "scope-unknown"
    DAYS_WRONG = "days-wrong"
    CHOICE_UNKNOWN = "choice-unknown"


SENTENCES: Mapping[Why, tuple[str, str]] = {
    Why.WRONG: (
        "Логин или пароль не подошёл. Проверьте раскладку и попробуйте ещё раз.",
        "The login or the password is wrong. Check the keyboard layout and try again.",
    ),
    Why.TOO_MANY: (
        (
            "Слишком много попыток. Попробуйте через {minutes} мин или попросите у администратора "
            "новое приглашение."
        ),
        (
            "Too many attempts. Try again in {minutes} min, or ask the administrator for a new "
            "invitation."
        ),
    ),
    Why.BUSY: (
        "Сейчас слишком много входов сразу. Попробуйте через минуту.",
        "Too many people sign in at this moment. Try again in a minute.",
    ),
    Why.NOT_NOW: (
        "База данных сейчас не пишет, ничего не изменилось. Попробуйте через минуту.",
        "The database cannot be written now, nothing was changed. Try again in a minute.",
    ),
    Why.NO_SUCH_PERSON: ("Такого сотрудника нет: {who}.", "There is nobody of that name: {who}."),
    Why.NO_SUCH_TOKEN: (
        "Такого действующего ключа нет: {who}.",
        "There is no such token in force: {who}.",
    ),
    Why.LOGIN_TAKEN: (
        "Логин {login} уже занят. Выберите другой.",
        "The login {login} is taken. Choose another.",
    ),
    Why.LOGIN_UNREADABLE: (
        "Логин — от 2 до 64 букв, цифр и знаков . _ - @ без пробелов.",
        "A login has 2 to 64 letters, digits and . _ - @, without spaces.",
    ),
    Why.NAME_EMPTY: (
        "Напишите имя, до 120 знаков: его видят коллеги.",
        "Write a name, of at most 120 characters: colleagues see it.",
    ),
    Why.ROLE_UNKNOWN: ("Такой роли нет: {role}.", "There is no such role: {role}."),
    Why.MANAGER_UNKNOWN: (
        "В офисе нет менеджера «{manager}». Сначала добавьте его в офис.",
        "The office has no manager “{manager}”. Add him to the office first.",
    ),
    Why.MANAGER_TAKEN: (
        "Менеджер «{manager}» уже связан с логином {login}. Один менеджер — один человек.",
        "The manager “{manager}” belongs to the login {login} already: one manager, one person.",
    ),
    Why.LAST_ADMINISTRATOR: (
        (
            "Это последний администратор: без него никто не сможет менять людей и офис. "
            "Сначала назначьте другого."
        ),
        (
            "This is the last administrator: without him nobody could change people or the office. "
            "Appoint another one first."
        ),
    ),
    Why.DISABLED: (
        "{who}: вход закрыт. Сначала откройте его снова.",
        "{who} may not sign in. Allow it again first.",
    ),
    Why.INVITATION_OVER: (
        "Ссылка больше не действует: она на один раз и на время. Попросите у администратора новую.",
        (
            "This link is over: it works once and for a limited time. Ask the administrator for "
            "a new one."
        ),
    ),
    Why.PASSWORD_SHORT: (
        "Пароль короче {least} знаков. Возьмите фразу из нескольких слов.",
        "The password has fewer than {least} characters. Take a phrase of several words.",
    ),
    Why.PASSWORD_LONG: (
        "Пароль длиннее {most} знаков.",
        "The password has more than {most} characters.",
    ),
    Why.PASSWORD_COMMON: (
        "Такой пароль подберут первым. Возьмите фразу из нескольких слов.",
        "This password would be guessed first. Take a phrase of several words.",
    ),
    Why.PASSWORD_OLD: (
        "Прежний пароль не подошёл. Ничего не изменилось.",
        "The present password is wrong. Nothing was changed.",
    ),
    Why.PASSWORDS_DIFFER: (
        "Пароли не совпадают. Введите один и тот же дважды.",
        "The passwords differ. Write the same one twice.",
    ),
    Why.SCOPE_UNKNOWN: (
        "Такого права у ключей нет: {scope}.",
        "Tokens have no such scope: {scope}.",
    ),
    Why.DAYS_WRONG: (
        "Число дней — от 1 до {most} или пусто.",
        "A number of days is 1 to {most}, or nothing.",
    ),
    Why.CHOICE_UNKNOWN: (
        "Такого выбора нет: {value}.",
        "There is no such choice: {value}.",
    ),
}


class AccountRefused(Exception):  # noqa: N818 - the name is the sentence
    """Is raised where something about a person cannot be done; nothing was changed."""

    def __init__(self, why: Why, /, **about: object) -> None:
        super().__init__(why)
        self.why = why
        self.about = about

    def sentence(self, language: str) -> str:
        """Why, in Russian or (any other language) English."""
        russian, english = SENTENCES[self.why]
        return (russian if language == "ru" else english).format(**self.about)

    def __str__(self) -> str:
        return self.sentence("en")
