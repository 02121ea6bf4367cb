"""Why a file was not got, in both languages: the database keeps the sources' words in English.

Every sentence that a source raises has its form here; a test compares them with the sources.
"""

from __future__ import annotations

from storage.sentences import Form
from storage.system_words import FORMS as SYSTEM

FORMS = (
    Form("{url} does not say how long {name} is", "{url} не говорит, какой длины {name}"),
    Form(
        "{url} refuses the user {user}; see ari.conf",
        "{url} не пускает пользователя {user}; смотрите ari.conf",
    ),
    Form(
        "{url} answers {status}; is ARI switched on?",
        "{url} отвечает {status}; включён ли ARI?",
    ),
    Form("{url} did not answer in time", "{url} не ответил вовремя"),
    Form("{url} cannot be asked ({why})", "{url} не спросить ({why})"),
    Form(
        "{path} may not be read; give the service's user the right (group asterisk)",
        "{path} нельзя прочитать; дайте право пользователю сервиса (группа asterisk)",
    ),
    Form(
        "the folder of recordings {folder} is not there; is it mounted?",
        "папки записей {folder} нет; подключена ли она?",
    ),
    Form(
        "{path} may not be deleted; give the service's user the right to write there",
        "{path} нельзя удалить; дайте пользователю сервиса право записи в эту папку",
    ),
    Form("{name} cannot be read: {why}", "{name} не прочитать: {why}"),
    Form("the folder of recordings {folder}: {why}", "папка записей {folder}: {why}"),
    Form(
        "{url} redirects again and again; not followed",
        "{url} перенаправляет снова и снова; дальше не пошли",
    ),
    Form("{host} is not found in the DNS", "имени {host} нет в DNS"),
    Form(
        "{url} leads inside ({address}); recordings.link_allow can allow it",
        "{url} ведёт во внутреннюю сеть ({address}); разрешить может recordings.link_allow",
    ),
    Form(
        "the link holds characters that no address has, or is too long",
        "в ссылке есть знаки, которых в адресе не бывает, или она слишком длинная",
    ),
    Form("the link cannot be read as an address", "ссылка — не адрес"),
    Form("the link is no http:// or https:// address", "ссылка — не адрес http:// или https://"),
    Form(
        "the link holds a user name; it is not followed",
        "в ссылке есть имя пользователя; по ней не пошли",
    ),
    Form("{url} redirects to nowhere", "{url} перенаправляет в никуда"),
    Form("{url} redirects to no address", "{url} перенаправляет не на адрес"),
    Form(
        "{url} redirects to {other}; only the same host is followed",
        "{url} перенаправляет на {other}; идём только по тому же узлу",
    ),
    Form(
        "{url} refuses us ({status}); the link may have expired",
        "{url} не пускает нас ({status}); возможно, ссылка устарела",
    ),
    Form("{url} answers {status}", "{url} отвечает {status}"),
    Form(
        "{url} packs its answer although it was not asked to",
        "{url} сжимает ответ, хотя об этом не просили",
    ),
    Form(
        "{name} is no plain file name; it is not asked for",
        "{name} — не простое имя файла; его не запрашиваем",
    ),
    Form("no answer within {seconds} s", "нет ответа за {seconds} с"),
    Form("not copied within {seconds} s", "не скопирован за {seconds} с"),
    *SYSTEM,
)
