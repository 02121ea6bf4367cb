"""Why a file was not got, in both languages: raised by the sources, kept in English, told in both.

`FORMS` finds a sentence again in what the database keeps: the narrower form stands before the wider
one that would fit as well.
"""

from __future__ import annotations

from storage.sentences import Form
from storage.system_words import FORMS as SYSTEM

NO_LENGTH = Form("{url} does not say how long {name} is", "{url} не говорит, какой длины {name}")
USER_REFUSED = Form(
    "{url} refuses the user {user}; see ari.conf",
    "{url} не пускает пользователя {user}; смотрите ari.conf",
)
ARI_ANSWERS = Form(
    "{url} answers {status}; is ARI switched on?", "{url} отвечает {status}; включён ли ARI?"
)
LATE = Form("{url} did not answer in time", "{url} не ответил вовремя")
CANNOT_BE_ASKED = Form("{url} cannot be asked ({why})", "{url} не спросить ({why})")
NOT_TO_BE_READ = Form(
    "{path} may not be read; give the service's user the right (group asterisk)",
    "{path} нельзя прочитать; дайте право пользователю сервиса (группа asterisk)",
)
NO_FOLDER = Form(
    "the folder of recordings {folder} is not there; is it mounted?",
    "папки записей {folder} нет; подключена ли она?",
)
NOT_TO_BE_DELETED = Form(
    "{path} may not be deleted; give the service's user the right to write there",
    "{path} нельзя удалить; дайте пользователю сервиса право записи в эту папку",
)
CANNOT_BE_READ = Form("{name} cannot be read: {why}", "{name} не прочитать: {why}")
FOLDER_TROUBLE = Form("the folder of recordings {folder}: {why}", "папка записей {folder}: {why}")
REDIRECTS_ON = Form(
    "{url} redirects again and again; not followed",
    "{url} перенаправляет снова и снова; дальше не пошли",
)
HOST_UNKNOWN = Form("{host} is not found in the DNS", "имени {host} нет в DNS")
LEADS_INSIDE = Form(
    "{url} leads inside ({address}); recordings.link_allow can allow it",
    "{url} ведёт во внутреннюю сеть ({address}); разрешить может recordings.link_allow",
)
ODD_LINK = Form(
    "the link holds characters that no address has, or is too long",
    "в ссылке есть знаки, которых в адресе не бывает, или она слишком длинная",
)
NO_ADDRESS = Form("the link cannot be read as an address", "ссылка — не адрес")
NO_HTTP = Form(
    "the link is no http:// or https:// address", "ссылка — не адрес http:// или https://"
)
LINK_WITH_USER = Form(
    "the link holds a user name; it is not followed",
    "в ссылке есть имя пользователя; по ней не пошли",
)
REDIRECTS_NOWHERE = Form("{url} redirects to nowhere", "{url} перенаправляет в никуда")
REDIRECTS_TO_NO_ADDRESS = Form("{url} redirects to no address", "{url} перенаправляет не на адрес")
REDIRECTS_AWAY = Form(
    "{url} redirects to {other}; only the same host is followed",
    "{url} перенаправляет на {other}; идём только по тому же узлу",
)
LINK_REFUSED = Form(
    "{url} refuses us ({status}); the link may have expired",
    "{url} не пускает нас ({status}); возможно, ссылка устарела",
)
ANSWERS = Form("{url} answers {status}", "{url} отвечает {status}")
PACKED = Form(
    "{url} packs its answer although it was not asked to",
    "{url} сжимает ответ, хотя об этом не просили",
)
NO_PLAIN_NAME = Form(
    "{name} is no plain file name; it is not asked for",
    "{name} — не простое имя файла; его не запрашиваем",
)
NO_ANSWER_WITHIN = Form("no answer within {seconds} s", "нет ответа за {seconds} с")
NOT_COPIED_WITHIN = Form("not copied within {seconds} s", "не скопирован за {seconds} с")
LINK_GONE = Form("the recording is not at {url} any more", "записи на {url} больше нет")
NOT_AT = Form("{name} is not at {url}", "{name} нет на {url}")
NOT_IN_FOLDER = Form("{name} is not in {folder}", "{name} нет в папке {folder}")
NO_FILE = Form("{name} in {folder} is no file", "{name} в папке {folder} — не файл")
TOO_LONG = Form(
    "the recording is longer than {mebibytes} MiB; not taken",
    "запись больше {mebibytes} МиБ; не взята",
)
ENDLESS = Form("the recording does not end; not taken", "запись не кончается; не взята")
NO_SOUND = Form(
    "the source gave {what} instead of a recording", "вместо записи источник отдал: {what}"
)
NOTHING = Form("nothing", "ничего")
WEB_PAGE = Form("a web page", "веб-страница")
JSON = Form("JSON", "JSON")
UNKNOWN_SOUND = Form("no sound that we know", "неизвестный нам формат")

FORMS = (
    NO_LENGTH,
    USER_REFUSED,
    ARI_ANSWERS,
    LATE,
    CANNOT_BE_ASKED,
    NOT_TO_BE_READ,
    NO_FOLDER,
    NOT_TO_BE_DELETED,
    CANNOT_BE_READ,
    FOLDER_TROUBLE,
    REDIRECTS_ON,
    HOST_UNKNOWN,
    LEADS_INSIDE,
    ODD_LINK,
    NO_ADDRESS,
    NO_HTTP,
    LINK_WITH_USER,
    REDIRECTS_NOWHERE,
    REDIRECTS_TO_NO_ADDRESS,
    REDIRECTS_AWAY,
    LINK_REFUSED,
    ANSWERS,
    PACKED,
    NO_PLAIN_NAME,
    NO_ANSWER_WITHIN,
    NOT_COPIED_WITHIN,
    LINK_GONE,
    NOT_AT,
    NOT_IN_FOLDER,
    NO_FILE,
    TOO_LONG,
    ENDLESS,
    NO_SOUND,
    NOTHING,
    WEB_PAGE,
    JSON,
    UNKNOWN_SOUND,
    *SYSTEM,
)
