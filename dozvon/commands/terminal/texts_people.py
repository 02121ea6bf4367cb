"""What the command line says of the people who sign in: (Russian, English)."""

from __future__ import annotations

PEOPLE_HELP: dict[str, tuple[str, str]] = {
    "command-people": (
        "Кто входит в рабочее место. Без команды — список.",
        "Who signs in to the workspace. Without a command: the list.",
    ),
    "command-people-list": ("Все сотрудники со входом.", "Everybody who may sign in."),
    "command-people-add": (
        "Добавить сотрудника. Печатает ссылку-приглашение или спрашивает пароль.",
        "Add a person. Prints a link of invitation, or asks for a password.",
    ),
    "command-people-change": (
        "Изменить роль, имя или связь с менеджером офиса. Действует сразу.",
        "Change the role, the name or the manager of the office. In force at once.",
    ),
    "command-people-invite": (
        "Новая ссылка, по которой сотрудник задаст пароль. Прежняя перестаёт действовать.",
        "A new link by which a person sets his password. An older one is over.",
    ),
    "command-people-password": (
        "Задать пароль (спросит, или читает строку из ввода). Остальные входы закрываются.",
        "Set a password (asks, or reads a line of the input). Every session of his ends.",
    ),
    "command-people-disable": (
        "Закрыть вход: все сеансы, приглашения и ключи перестают действовать сразу.",
        "Let him in no more: every session, invitation and token is over at once.",
    ),
    "command-people-enable": ("Снова открыть вход.", "Let him in again."),
    "command-people-sign-out": (
        "Закрыть все сеансы сотрудника.",
        "End every session of a person.",
    ),
    "command-people-token": (
        "Ключи API: программа с ключом действует от имени сотрудника.",
        "API tokens: a program that shows one acts for a person.",
    ),
    "command-people-token-add": (
        "Сделать ключ. Он показывается один раз.",
        "Make a token. It is shown once.",
    ),
    "command-people-token-list": ("Все ключи, новые сверху.", "Every token, newest first."),
    "command-people-token-revoke": (
        "Отозвать ключ по его номеру из списка. Действует сразу.",
        "Revoke a token by its id in the list. In force at once.",
    ),
    "help-person-name": ("Имя, которое видят коллеги.", "The name that colleagues see."),
    "help-person-role": ("Роль.", "The role."),
    "help-person-role-new": (
        "Роль; без параметра — менеджер, а администратор не из офиса — директор.",
        (
            "The role; if left out a manager, and an administrator who is nobody in the office a "
            "director."
        ),
    ),
    "help-person-administrator": (
        "Может менять офис и людей.",
        "May change the office and people.",
    ),
    "help-person-manager": (
        "Кто он в офисе: ключ, номер или имя менеджера.",
        "Who he is in the office: a manager's key, extension or name.",
    ),
    "help-person-assists": (
        "Чей он ассистент: ключ, номер или имя менеджера.",
        "Whom he assists: a manager's key, extension or name.",
    ),
    "help-person-hours": (
        "Сколько часов действует приглашение.",
        "For how many hours the invitation works.",
    ),
    "help-person-password": (
        "Спросить пароль сейчас вместо приглашения.",
        "Ask for a password now instead of making an invitation.",
    ),
    "help-token-name": ("Для чего ключ.", "What the token is for."),
    "help-token-scope": (
        "Что разрешено; можно несколько раз.",
        "What it allows; may be repeated.",
    ),
    "help-token-days": (
        "Сколько дней действует; без параметра — бессрочно.",
        "For how many days it works; for ever if left out.",
    ),
}

PEOPLE: dict[str, tuple[str, str]] = {
    "people-none": (
        "Пока никого. Первый администратор: dozvon people add ЛОГИН --administrator",
        "Nobody yet. The first administrator: dozvon people add LOGIN --administrator",
    ),
    "person-refused": ("{sentence}", "{sentence}"),
    "person-added": ("{name}: вход создан, логин {login}.", "{name} may sign in as {login}."),
    "person-changed": ("{name}: изменено.", "{name} was changed."),
    "person-disabled": ("{name}: вход закрыт.", "{name} may sign in no more."),
    "person-enabled": ("{name}: вход снова открыт.", "{name} may sign in again."),
    "person-password-set": (
        "{name}: пароль задан, прежние входы закрыты.",
        "{name}: the password is set, every session has ended.",
    ),
    "person-signed-out": ("{name}: закрыто сеансов: {count}.", "{name}: {count} sessions ended."),
    "person-invited": (
        "Ссылка на один раз, действует до {until}. Отправьте её так, чтобы не увидел никто другой:",
        "The link works once, until {until}. Send it so that nobody else sees it:",
    ),
    "person-no-http": (
        "Сервис не слушает HTTP (http.port = 0): ссылка заработает, когда порт будет задан.",
        "The service does not listen for HTTP (http.port = 0): the link works once a port is set.",
    ),
    "ask-password": ("Пароль", "Password"),
    "ask-password-again": ("Ещё раз", "Once more"),
    "token-made": (
        "Ключ «{name}» действует от имени: {who}. Он показан один раз:",
        "The token “{name}” acts for {who}. It is shown this once:",
    ),
    "token-revoked": ("Ключ {token} отозван.", "The token {token} is revoked."),
    "tokens-none": ("Ключей нет.", "There are no tokens."),
    "head-login": ("ЛОГИН", "LOGIN"),
    "head-person-name": ("ИМЯ", "NAME"),
    "head-role": ("РОЛЬ", "ROLE"),
    "head-manager": ("МЕНЕДЖЕР", "MANAGER"),
    "head-state": ("СОСТОЯНИЕ", "STATE"),
    "head-token": ("КЛЮЧ", "TOKEN"),
    "head-purpose": ("ДЛЯ ЧЕГО", "PURPOSE"),
    "head-scopes": ("РАЗРЕШЕНО", "ALLOWS"),
    "head-made": ("СДЕЛАН", "MADE"),
    "head-used": ("БЫЛ НУЖЕН", "USED"),
    "role-director": ("директор", "director"),
    "role-curator": ("руководитель отдела", "head of department"),
    "role-manager": ("менеджер", "manager"),
    "role-assistant": ("ассистент", "assistant"),
    "role-administrator": ("администратор", "administrator"),
    "person-state-active": ("входит", "active"),
    "person-state-invited": ("без пароля", "no password yet"),
    "person-state-disabled": ("закрыт", "disabled"),
    "token-state-active": ("действует", "in force"),
    "token-state-expired": ("истёк", "over"),
    "token-state-revoked": ("отозван", "revoked"),
}
