"""What the demonstration says besides the stories, in Russian and English."""

from __future__ import annotations

TEXTS = {
    "en": {
        "starting": "starting a private Asterisk, {phones} phones and a carrier",
        "ready": "ready after {seconds:.1f} s: {clients} clients, {managers} managers, "
        "{lines} lines",
        "simulated": "No Asterisk is to be had here, so the stories are told over the built-in "
        "simulator: the same decisions and the same log, but no real calls.",
        "as_told": "✓ as told",
        "differs": "✗ {text}",
        "calls": "Calls",
        "callbacks": "Callbacks: whom the company still owes a call",
        "no_callbacks": "nobody",
        "head_calls": ("began", "caller", "line", "how it ended"),
        "head_callbacks": ("since", "caller", "client", "missed"),
        "good": "All {count} stories came out as told.",
        "bad": "{bad} of {count} stories did not come out as told.",
        "calling": "Clients go on calling: see it there.",
        "running": "The service keeps running. Look at it from another terminal:\n"
        "    {command} --config {path} calls\n"
        "    {command} --config {path} why last\n"
        "    {command} --config {path} callbacks\n"
        "Ctrl-C ends everything and leaves nothing behind.",
        "ended": "ended, nothing is left behind",
        "hidden": "hidden number",
        "workspace": "The workspace is open at {address}\n"
        "Sign in there as any of them, in several browsers if you like:",
        "head_people": ("role", "name", "login", "password"),
    },
    "ru": {
        "starting": "запускаем отдельный Asterisk, телефонов: {phones}, и оператора связи",
        "ready": "готово за {seconds:.1f} с: клиентов {clients}, менеджеров {managers}, "
        "линий {lines}",
        "simulated": "Asterisk здесь взять негде, поэтому истории рассказаны на встроенном "
        "симуляторе: решения и журнал те же, но настоящих звонков нет.",
        "as_told": "✓ всё как рассказано",
        "differs": "✗ {text}",
        "calls": "Звонки",
        "callbacks": "Обратные звонки: кому компания ещё должна позвонить",
        "no_callbacks": "никому",
        "head_calls": ("начало", "кто звонил", "линия", "чем кончилось"),
        "head_callbacks": ("ждёт с", "кто звонил", "клиент", "пропущено"),
        "good": "Все истории ({count}) прошли как рассказано.",
        "bad": "Не прошли как рассказано: {bad} из {count}.",
        "calling": "Клиенты продолжают звонить — это видно там.",
        "running": "Сервис продолжает работать. Посмотрите на него из другого окна:\n"
        "    {command} --config {path} calls\n"
        "    {command} --config {path} why last\n"
        "    {command} --config {path} callbacks\n"
        "Ctrl-C завершит всё и ничего после себя не оставит.",
        "ended": "завершено, ничего не осталось",
        "hidden": "номер скрыт",
        "workspace": "Рабочее место открыто: {address}\n"
        "Войдите как любой из них, можно в нескольких браузерах сразу:",
        "head_people": ("роль", "имя", "логин", "пароль"),
    },
}

ROLES = {
    "en": {
        "director": "director",
        "curator": "head of department",
        "manager": "manager",
        "assistant": "assistant",
        "administrator": "administrator",
    },
    "ru": {
        "director": "директор",
        "curator": "руководитель отдела",
        "manager": "менеджер",
        "assistant": "ассистент",
        "administrator": "администратор",
    },
}
