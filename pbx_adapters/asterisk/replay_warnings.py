"""What a reader should know about a recorded stream, in both languages.

The stream's own parser and the tracker tell theirs in English: `read_again` knows them by `FORMS`.
"""

from __future__ import annotations

from storage.sentences import Form

NO_TIMES = Form(
    "events bear no times, lengths are not known: set timestampevents = yes in manager.conf",
    "у событий нет времени, длительности неизвестны: timestampevents = yes в manager.conf",
)
CUT = Form(
    "the record ends in the middle of a message ({size} bytes)",
    "запись обрывается на середине сообщения ({size} байт)",
)
UNREAD = Form("{count} messages could not be read", "не прочитано сообщений: {count}")
COUNTED = Form("{count} × {reason}", "{count} × {reason}")

FORMS = (
    Form(
        "a message is longer than {limit} bytes; dropped up to its end",
        "сообщение длиннее {limit} байт, пропущено до конца",
    ),
    Form(
        "a message is neither an event nor a response; it begins with {text}",
        "сообщение — не событие и не ответ; начинается с {text}",
    ),
    Form("ignored, because {because}", "событие не учтено: {because}"),
    Form("the channel has hung up already", "канал уже завершён"),
    Form("the channel is in another bridge by now", "канал уже в другом мосте"),
    Form("the channels have told it already", "об этом уже сказали каналы"),
    Form("the transfer failed", "перевод не удался"),
    Form("this channel is known", "этот канал уже известен"),
    Form("this dial is known", "этот набор уже известен"),
    Form("nobody is held by it", "этот канал никого не удерживает"),
    Form("nobody knows the call that is handed on", "неизвестно, какой звонок переводят"),
    Form("nobody knows what was picked up", "неизвестно, что перехватили"),
)
"""What the parser calls damage, and why the tracker ignores an event."""
