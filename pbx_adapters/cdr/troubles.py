"""Why call records cannot be read, and what to do, in both languages."""

from __future__ import annotations

from storage.sentences import Form

NO_TABLE = Form(
    "The database of call records has no table {table}: correct `cdr_table`.",
    "В базе учёта звонков нет таблицы {table}: поправьте `cdr_table`.",
)
DATABASE_AWAY = Form(
    "The database of call records cannot be read ({why}). Correct `cdr` in the settings, or give "
    "its user the right to read the table.",
    "Базу учёта звонков не прочитать ({why}). Поправьте `cdr` в настройках или дайте её "
    "пользователю право читать таблицу.",
)
NO_ADDRESS = Form(
    "`cdr` is no address of a database: mysql+pymysql://user:password@host/asteriskcdrdb",
    "`cdr` — не адрес базы данных: mysql+pymysql://user:password@host/asteriskcdrdb",
)
NO_DRIVER = Form(
    "To read call records from this database install its driver, {driver}, into the service's "
    "environment.",
    "Чтобы читать учёт звонков из этой базы, установите в окружение сервиса её драйвер: {driver}.",
)
NO_COLUMN = Form(
    "The table {table} has no column {column}: it holds no call records.",
    "В таблице {table} нет столбца {column}: это не учёт звонков.",
)
NO_NEEDED_COLUMN = Form(
    "cdr_columns names no {columns}: without it no call can be told from another. Write the "
    "columns of cdr_custom.conf in their order.",
    "В cdr_columns нет {columns}: без него один звонок не отличить от другого. Напишите столбцы "
    "из cdr_custom.conf по порядку.",
)
FILE_AWAY = Form(
    "The call records {file} cannot be read: {why}. Give the service's user the right to read the "
    "file, or correct `cdr` in the settings.",
    "Учёт звонков {file} не прочитать: {why}. Дайте пользователю сервиса право читать файл или "
    "поправьте `cdr` в настройках.",
)

FORMS = (
    NO_TABLE,
    DATABASE_AWAY,
    NO_ADDRESS,
    NO_DRIVER,
    NO_COLUMN,
    NO_NEEDED_COLUMN,
    FILE_AWAY,
)
