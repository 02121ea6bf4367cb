"""The telling calls: what the product promises, as calls that can be played and checked.

They are set in the example office (`config/examples/office.toml`) made quick
(`stage_office.quick`). Sales: Ivanova 101 (her deputy is Petrov), Petrov 102 (his deputy is
Sokolova), Sokolova 103, the head, whose mobile is rung last. Service: Orlov 104, the head,
Kuznetsova 105, Volkov 106.
"""

from __future__ import annotations

from dataclasses import replace

from dozvon.demo.stage_office import CLOSED_LINE
from dozvon.demo.story import AND_SO_ON, DemoClient, Expected, PickUp, Story, StoryCall
from pbx_adapters.port import Way
from pbx_adapters.simulator import (
    NOT_REGISTERED,
    CallerScript,
    PhoneScript,
    answers,
    declines,
    mobile_confirms,
    mobile_voicemail,
)
from router.calls import Disposition, MissedReason
from router.office import Status

MAIN, SERVICE, ADVERT = "74951230001", "74951230002", "74951230003"
IVANOVA, PETROV, SOKOLOVA = "101", "102", "103"
ORLOV, KUZNETSOVA, VOLKOV = "104", "105", "106"
SALES, SERVICE_PHONES = "101+102+103", "104+105+106"
PETROV_MOBILE, SOKOLOVA_MOBILE = "79161230102", "79161230103"

OF_IVANOVA = DemoClient(key="К-0125", name="Лебедева Вера", number="79000009003", owner="ivanova")
ALSO_OF_IVANOVA = DemoClient(
    key="К-0122", name="Ковалёва Валентина", number="79000004491", owner="ivanova"
)
OF_PETROV = DemoClient(key="К-0090", name="Лебедева Наталья", number="79000006347", owner="petrov")
OF_KUZNETSOVA = DemoClient(
    key="К-0005", name="Харитонов Олег", number="79000009240", owner="kuznetsova"
)
CLIENTS = (OF_IVANOVA, ALSO_OF_IVANOVA, OF_PETROV, OF_KUZNETSOVA)
UNKNOWN_NUMBERS = ("79031110005", "79031110006", "79031110007", "79031110008")

_ANSWERED = Expected(disposition=Disposition.ANSWERED)
_MISSED = Expected(disposition=Disposition.MISSED, callback=True)


def _client(client: DemoClient, *, line: str = MAIN, begins: float = 0.0) -> CallerScript:
    return CallerScript(
        number=client.number, name=client.name, line=line, begins_after_seconds=begins
    )


def _answered(by: str, *rang: str, skipped: tuple[tuple[str, str], ...] = ()) -> Expected:
    return replace(_ANSWERED, answered_by=by, rang=rang, skipped=skipped)


def _one(caller: CallerScript, expected: Expected) -> tuple[StoryCall, ...]:
    return (StoryCall(caller=caller, expected=expected),)


_OWNER_STORIES = (
    Story(
        key="owner-answers",
        title_ru="Клиент попадает к своему менеджеру",
        title_en="The client gets through to his manager",
        told_ru="Звонит клиентка Ивановой. Звонит только телефон Ивановой, она берёт трубку.",
        told_en="A client of Ivanova's calls. Only Ivanova's phone rings, and she picks up.",
        phones={IVANOVA: answers(1.5)},
        calls=_one(_client(OF_IVANOVA), _answered(IVANOVA, IVANOVA)),
    ),
    Story(
        key="owner-away",
        title_ru="Менеджера нет на месте",
        title_en="The manager is away",
        told_ru="Иванова отошла и отметила это. На её телефон не тратится ни секунды: "
        "сразу звонит её заместитель Петров.",
        told_en="Ivanova is away and has said so. Not a second is spent on her phone: "
        "her deputy Petrov's rings at once.",
        statuses={"ivanova": Status.AWAY},
        phones={PETROV: answers(1)},
        calls=_one(_client(OF_IVANOVA), _answered(PETROV, PETROV, skipped=(("ivanova", "away"),))),
    ),
    Story(
        key="owner-unplugged",
        title_ru="Телефон менеджера не подключён",
        title_en="The manager's phone is unplugged",
        told_ru="Телефон Ивановой не зарегистрирован на АТС. Звонок сразу идёт Петрову.",
        told_en="Ivanova's phone is not registered. The call goes to Petrov at once.",
        phones={IVANOVA: NOT_REGISTERED, PETROV: answers(1)},
        calls=_one(
            _client(OF_IVANOVA), _answered(PETROV, PETROV, skipped=(("ivanova", "unreachable"),))
        ),
    ),
    Story(
        key="owner-rings-out",
        title_ru="Менеджер не берёт трубку",
        title_en="The manager lets it ring",
        told_ru="Иванова не отвечает. Звонок переходит к коллеге, он берёт трубку.",
        told_en="Ivanova does not answer. The call moves on to a colleague, who picks up.",
        phones={PETROV: answers(1)},
        calls=_one(_client(OF_IVANOVA), _answered(PETROV, IVANOVA, PETROV)),
    ),
    Story(
        key="owner-declines",
        title_ru="Менеджер сбрасывает звонок",
        title_en="The manager declines",
        told_ru="Иванова сбрасывает звонок. Клиентка не слышит отказа: звонит телефон Петрова.",
        told_en="Ivanova declines. The client hears no refusal: Petrov's phone rings.",
        phones={IVANOVA: declines(1), PETROV: answers(1)},
        calls=_one(_client(OF_IVANOVA), _answered(PETROV, IVANOVA, PETROV)),
    ),
    Story(
        key="owner-talking",
        title_ru="Менеджер уже говорит",
        title_en="The manager is talking already",
        told_ru="Иванова говорит с другим. Её телефон не беспокоят, клиентке отвечает Петров.",
        told_en="Ivanova talks with somebody else. Her phone is left in peace, Petrov answers.",
        phones={IVANOVA: PhoneScript(talks_until_seconds=8), PETROV: answers(1)},
        calls=_one(_client(OF_IVANOVA), _answered(PETROV, PETROV, skipped=(("ivanova", "busy"),))),
    ),
    Story(
        key="owner-at-lunch",
        title_ru="Обед: звонок на свой мобильный",
        title_en="Lunch: the call finds his mobile",
        told_ru="Петров на обеде и просил звонить на мобильный. Он отвечает и нажимает 1.",
        told_en="Petrov is at lunch and wants calls on his mobile. He answers and presses 1.",
        statuses={"petrov": Status.LUNCH},
        mobiles={PETROV_MOBILE: mobile_confirms(1)},
        calls=_one(
            _client(OF_PETROV),
            _answered(PETROV_MOBILE, PETROV_MOBILE, skipped=(("petrov", "lunch"),)),
        ),
    ),
)

_CHAIN_STORIES = (
    Story(
        key="head-mobile",
        title_ru="Мобильный руководителя",
        title_en="The head's mobile",
        told_ru="Ни Иванова, ни Петров не отвечают. Звонит мобильный руководителя отдела; "
        "Соколова нажимает 1 и говорит с клиенткой.",
        told_en="Neither Ivanova nor Petrov answers. The mobile of the department's head rings; "
        "Sokolova presses 1 and talks with the client.",
        mobiles={SOKOLOVA_MOBILE: mobile_confirms(1)},
        calls=_one(
            _client(OF_IVANOVA), _answered(SOKOLOVA_MOBILE, IVANOVA, PETROV, SOKOLOVA_MOBILE)
        ),
    ),
    Story(
        key="voicemail-no-answer",
        title_ru="Автоответчик мобильного — не ответ",
        title_en="A mobile's voicemail is no answer",
        told_ru="На мобильном отвечает автоответчик: 1 никто не нажал, значит никто не ответил. "
        "Звонит весь отдел, трубку берёт Соколова.",
        told_en="The mobile's voicemail answers: nobody pressed 1, so nobody answered. The whole "
        "department rings, and Sokolova picks up.",
        phones={SOKOLOVA: answers(1)},
        mobiles={SOKOLOVA_MOBILE: mobile_voicemail(1)},
        calls=_one(
            _client(OF_IVANOVA),
            _answered(SOKOLOVA, IVANOVA, PETROV, SOKOLOVA_MOBILE, SALES),
        ),
    ),
    Story(
        key="nobody-answers",
        title_ru="Не ответил никто",
        title_en="Nobody answers",
        told_ru="Новый номер с рекламы; отдел не берёт трубку. Клиент слышит сообщение, "
        "а его звонок сразу в списке «перезвонить».",
        told_en="A new number from the advertisement; the department lets it ring. The client "
        "hears a message, and his call is in the callback list at once.",
        calls=_one(
            CallerScript(number=UNKNOWN_NUMBERS[0], line=ADVERT),
            replace(_MISSED, reason=MissedReason.NO_ANSWER, rang=(SALES, AND_SO_ON)),
        ),
    ),
    Story(
        key="caller-gives-up",
        title_ru="Клиент не дождался",
        title_en="The caller gives up",
        told_ru="Клиентка кладёт трубку, пока звонит телефон Ивановой. Ей перезвонят.",
        told_en="The client hangs up while Ivanova's phone rings. She will be called back.",
        calls=_one(
            replace(_client(OF_IVANOVA), hang_up_after_seconds=2),
            replace(_MISSED, reason=MissedReason.ABANDONED, rang=(IVANOVA,)),
        ),
    ),
    Story(
        key="two-at-once",
        title_ru="Два клиента одновременно",
        title_en="Two callers at once",
        told_ru="Две клиентки Ивановой звонят почти сразу. Первая говорит с Ивановой, "
        "вторую, не теряя времени, принимает Петров.",
        told_en="Two clients of Ivanova's call within a second. The first talks with Ivanova, "
        "the second is taken by Petrov without any delay.",
        phones={IVANOVA: answers(1.5), PETROV: answers(1.5)},
        calls=(
            StoryCall(caller=_client(OF_IVANOVA), expected=_answered(IVANOVA, IVANOVA)),
            StoryCall(
                caller=_client(ALSO_OF_IVANOVA, begins=0.7),
                expected=_answered(PETROV, PETROV, skipped=(("ivanova", "busy"),)),
            ),
        ),
    ),
    Story(
        key="handed-on",
        title_ru="Перевод коллеге",
        title_en="Handed on to a colleague",
        told_ru="Иванова отвечает и переводит клиентку на Соколову; та берёт трубку.",
        told_en="Ivanova answers and hands the client on to Sokolova, who picks up.",
        phones={IVANOVA: replace(answers(1), transfer_to=SOKOLOVA), SOKOLOVA: answers(1)},
        calls=_one(
            _client(OF_IVANOVA),
            replace(_answered(IVANOVA, IVANOVA, SOKOLOVA), transferred_to=SOKOLOVA),
        ),
    ),
    Story(
        key="colleague-picks-up",
        title_ru="Коллега перехватывает звонок",
        title_en="A colleague picks the call up",
        told_ru="Телефон Ивановой звонит, а Соколова забирает звонок себе.",
        told_en="Ivanova's phone rings, and Sokolova takes the call.",
        pick_ups=(PickUp(by=SOKOLOVA, rings_at=IVANOVA, after_seconds=2),),
        calls=_one(_client(OF_IVANOVA), _answered(SOKOLOVA, IVANOVA)),
    ),
)

_DEPARTMENT_STORIES = (
    Story(
        key="unknown-caller",
        title_ru="Незнакомый номер",
        title_en="An unknown caller",
        told_ru="Номера нет в базе. Звонит весь отдел сервиса, первой отвечает Кузнецова.",
        told_en="The number is in no client's card. The whole service department rings, and "
        "Kuznetsova is the first to answer.",
        phones={KUZNETSOVA: answers(1)},
        calls=_one(
            CallerScript(number=UNKNOWN_NUMBERS[1], line=SERVICE),
            _answered(KUZNETSOVA, SERVICE_PHONES),
        ),
    ),
    Story(
        key="hidden-number",
        title_ru="Скрытый номер",
        title_en="A hidden number",
        told_ru="Номер скрыт. Звонок не теряется: звонит весь отдел, отвечает Волков.",
        told_en="The number is hidden. The call is not lost: the department rings, Volkov answers.",
        phones={VOLKOV: answers(1)},
        calls=_one(CallerScript(number="", line=SERVICE), _answered(VOLKOV, SERVICE_PHONES)),
    ),
    Story(
        key="everybody-busy",
        title_ru="Все заняты",
        title_en="Everybody is busy",
        told_ru="Весь отдел говорит. Клиент ждёт гудками и попадает к первой, кто освободился.",
        told_en="The whole department talks. The client waits, hears ringing, and gets the first "
        "who is free.",
        phones={
            ORLOV: PhoneScript(talks_until_seconds=18),
            KUZNETSOVA: replace(answers(1), talks_until_seconds=5),
            VOLKOV: PhoneScript(talks_until_seconds=18),
        },
        calls=_one(
            _client(OF_KUZNETSOVA, line=SERVICE),
            _answered(
                KUZNETSOVA,
                KUZNETSOVA,
                skipped=(("orlov", "busy"), ("kuznetsova", "busy"), ("volkov", "busy")),
            ),
        ),
    ),
    Story(
        key="after-hours",
        title_ru="Звонок в нерабочее время",
        title_en="After hours",
        told_ru="Линия закрыта. Никого не беспокоят; клиент слышит сообщение, ему перезвонят.",
        told_en="The line is closed. Nobody is disturbed; the client hears a message and will be "
        "called back.",
        calls=_one(
            CallerScript(number=UNKNOWN_NUMBERS[2], line=CLOSED_LINE),
            replace(_MISSED, reason=MissedReason.CLOSED),
        ),
    ),
    Story(
        key="service-dead",
        title_ru="Dozvon выключен",
        title_en="Dozvon is dead",
        told_ru="Сервис не работает. АТС сама звонит всему отделу, отвечает Петров.",
        told_en="The service is dead. The exchange rings the whole department by itself, and "
        "Petrov answers.",
        service_dead=True,
        phones={PETROV: answers(1)},
        calls=_one(
            CallerScript(number=UNKNOWN_NUMBERS[3], line=MAIN),
            replace(_answered(PETROV, SALES), way=Way.FAIL_OPEN),
        ),
    ),
)

STORIES = (*_OWNER_STORIES, *_CHAIN_STORIES, *_DEPARTMENT_STORIES)


def story(key: str) -> Story:
    """The story of this key; `KeyError` if there is none."""
    return {told.key: told for told in STORIES}[key]
