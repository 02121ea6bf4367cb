"""Why a recording is as it is, in Russian and in English, by the id that the database keeps."""

from __future__ import annotations

from recordings.details import FORMS
from storage.sentences import in_language, read_again

SENTENCES: dict[str, tuple[str, str]] = {
    "never-began": (
        (
            "АТС не начала запись, хотя должна была. Проверьте, что в Asterisk загружен "
            "app_mixmonitor и папка записей доступна для записи."
        ),
        (
            "The PBX did not begin the recording that it should have made. Check that Asterisk has "
            "app_mixmonitor loaded and may write to its folder of recordings."
        ),
    ),
    "not-there-yet": (
        "Файла на АТС пока нет; посмотрим ещё раз.",
        "The file is not at the PBX yet; we shall look again.",
    ),
    "growing": (
        "Файл на АТС ещё растёт; заберём, когда перестанет.",
        "The file at the PBX still grows; it is fetched when it has stopped.",
    ),
    "call-goes-on": ("Разговор ещё идёт.", "The conversation still goes on."),
    "no-file": (
        "Файла записи на АТС нет. Если он появится, скажите «dozvon recordings retry».",
        (
            "There is no file of the recording at the PBX. If it turns up, say `dozvon recordings "
            "retry`."
        ),
    ),
    "only-headers": (
        "Файлы пусты: АТС их начала, но ни одного звука не записала.",
        "The files are empty: the PBX began them and wrote no sound at all.",
    ),
    "no-source": (
        "Неизвестно, откуда брать записи этой АТС: задайте место (docs/recordings.md).",
        (
            "Nobody has said where the recordings of this PBX are: set the place in the settings "
            "(docs/recordings.md)."
        ),
    ),
    "source": (
        "Файл с АТС не получен: {detail}",
        "The file was not got from the PBX: {detail}",
    ),
    "empty-file": ("Файл пуст: 0 байт.", "The file is empty: 0 bytes."),
    "no-sound": (
        "Это не звуковой файл. Он сохранён как есть.",
        "This is no sound file. It is kept as it is.",
    ),
    "no-samples": (
        "В файле нет ни одного звука, только заголовок. {detail}",
        "The file holds no sound, only a header. {detail}",
    ),
    "broken-header": (
        "Заголовок звукового файла испорчен. Файл сохранён как есть.",
        "The header of the sound file is damaged. The file is kept as it is.",
    ),
    "cut": (
        "Файл обрезан: не хватает {detail} с. Слушать можно то, что есть.",
        "The file is cut: {detail} s are missing. What is there can be listened to.",
    ),
    "damaged": (
        "Файл повреждён, слушать можно то, что удалось прочитать. {detail}",
        "The file is damaged; what could be read can be listened to. {detail}",
    ),
    "part-missing": (
        "Части разговора нет: {detail}",
        "A part of the conversation is missing: {detail}",
    ),
    "no-time": (
        "Неизвестно, когда началось то, что может стоять не на своём месте: {detail}",
        "Nobody told when this began, so that it may stand in the wrong place: {detail}",
    ),
    "too-late": (
        "По времени это не может быть частью разговора и в него не вошло: {detail}",
        "By its time this can be no part of the conversation and was left out: {detail}",
    ),
    "too-long": (
        "Разговор длиннее, чем мы берём; сохранено начало.",
        "The conversation is longer than we take; its beginning is kept.",
    ),
    "no-ffmpeg": (
        "Нет ffmpeg: файл сохранён как есть, без волны и длительности. Установите ffmpeg.",
        (
            "There is no ffmpeg: the file is kept as it is, without waveform and length. Install "
            "ffmpeg."
        ),
    ),
    "encoder-stopped": (
        "ffmpeg не смог записать файл. {detail}",
        "ffmpeg could not write the file. {detail}",
    ),
    "too-slow": (
        "Преобразование шло дольше {detail} с и остановлено.",
        "The conversion took longer than {detail} s and was stopped.",
    ),
    "too-much-time": (
        "Преобразование заняло больше процессорного времени, чем разрешено.",
        "The conversion took more processor time than it may.",
    ),
    "too-much-memory": (
        "Преобразованию не хватило разрешённой памяти.",
        "The conversion needed more memory than it may have.",
    ),
    "stopped": (
        "Преобразование прервалось: {detail}",
        "The conversion ended early: {detail}",
    ),
    "cannot-read": ("Файл не читается: {detail}", "The file cannot be read: {detail}"),
    "disk-full": (
        "На диске записей нет места. Освободите его: записи ждут на АТС и придут сами.",
        (
            "The disk of the recordings is full. Make room: the recordings wait at the PBX and "
            "come by themselves."
        ),
    ),
    "store-trouble": (
        "Хранилище записей не работает: {detail}",
        "The store of recordings does not work: {detail}",
    ),
    "gone-from-store": (
        "Записи в хранилище больше нет. Восстановите папку записей из резервной копии.",
        "The recording is no longer in the store. Restore the folder of recordings from a backup.",
    ),
    "bad-key": ("Такого файла в хранилище быть не может.", "The store can hold no such file."),
    "bad-key-file": (
        "Файл ключа ссылок {detail} испорчен. Удалите его: будет новый, а старые ссылки умрут.",
        (
            "The file {detail} with the key of links is damaged. Remove it: a new one is made, and "
            "old links end."
        ),
    ),
    "link-forged": ("Эта ссылка недействительна.", "This link is not valid."),
    "link-old": (
        "Срок этой ссылки истёк. Попросите новую.",
        "This link has expired. Ask for a new one.",
    ),
    "link-gone": (
        "Записи, на которую вела эта ссылка, больше нет.",
        "The recording that this link led to is no longer there.",
    ),
    "not-wanted": (
        "Клиент просил не записывать: запись не взята, файлы на АТС удаляются.",
        (
            "The client does not want to be recorded: it was not taken, and its files are deleted "
            "at the PBX."
        ),
    ),
    "not-wanted-there": (
        "Клиент просил не записывать: запись не взята. Файлы лежат на АТС, удалите их: {detail}",
        (
            "The client does not want to be recorded: it was not taken. Its files lie at the PBX; "
            "delete them there: {detail}"
        ),
    ),
    "expired": ("Удалена: срок хранения вышел.", "Deleted: its time was over."),
    "deleted": ("Удалена по просьбе.", "Deleted on request."),
}


def sentence(language: str, why_id: str, detail: str = "") -> str:
    """The sentence of an id; an id that is not known stands for itself."""
    if not why_id:
        return ""
    found = SENTENCES.get(why_id)
    if found is None:
        return f"{why_id} {detail}".strip()
    told = in_language(read_again(detail, FORMS), language)
    return found[0 if language == "ru" else 1].format(detail=told).strip()
