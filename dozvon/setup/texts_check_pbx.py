"""What `dozvon check` says of a PBX: (Russian, English). See `texts_check`."""

from __future__ import annotations

from typing import Final

CHECKS_PBX: Final[dict[str, tuple[str, str]]] = {
    "ami-right": (
        "пользователь AMI {user} вошёл",
        "the AMI user {user} is let in",
    ),
    "ami-unreachable": (
        (
            "AMI на {address} не отвечает ({detail}): за звонками никто не следит. Проверьте, "
            "что Asterisk запущен, и enabled, bindaddr и port в manager.conf"
        ),
        (
            "the AMI at {address} does not answer ({detail}): nobody watches the calls. See that "
            "Asterisk runs, and check enabled, bindaddr and port in manager.conf"
        ),
    ),
    "ami-refused": (
        (
            "Asterisk не впустил {user}: неверный пароль, нет такого пользователя или адрес не "
            "разрешён. Вставьте его из `dozvon init` в manager.conf, затем: manager reload"
        ),
        (
            "Asterisk does not let {user} in: wrong secret, no such user, or an address that is "
            "not permitted. Paste him from `dozvon init` into manager.conf, then: manager reload"
        ),
    ),
    "ami-not-booted": (
        (
            "Asterisk впустил {user}, но не сказал FullyBooted: он ещё запускается, или в строке "
            "read нет system"
        ),
        (
            "Asterisk lets {user} in but does not say FullyBooted: it is still starting, or his "
            "read line lacks system"
        ),
    ),
    "users-same": (
        (
            "у звонков и журнала один пользователь {user}: вместе эти права — командная "
            "оболочка. Заведите двух (dozvon init)"
        ),
        (
            "calls and journal share the user {user}: together these rights are a shell. Make "
            "two (dozvon init)"
        ),
    ),
    "rights-right": (
        "права {user} ровно такие, как нужно",
        "{user} may do just what is needed",
    ),
    "rights-wide": (
        (
            "{user} может лишнее ({actions}): кто узнает его пароль, получит АТС. Оставьте write "
            "= {write}"
        ),
        (
            "{user} may do too much ({actions}): whoever learns his secret owns the PBX. Leave "
            "write = {write}"
        ),
    ),
    "rights-narrow-calls": (
        (
            "{user} не может того, что нужно ({actions}): звонки и телефоны не видны. Поставьте "
            "write = {write}"
        ),
        (
            "{user} may not do what is needed ({actions}): calls and phones are not seen. Set "
            "write = {write}"
        ),
    ),
    "rights-narrow-journal": (
        (
            "{user} не может того, что нужно ({actions}): звонки не попадут в учёт. Поставьте "
            "write = {write}"
        ),
        "{user} may not do what is needed ({actions}): calls are not recorded. Set write = {write}",
    ),
    "events-right": (
        "события приходят, лишние отсеивает сам Asterisk",
        "events arrive, and Asterisk itself drops what nobody needs",
    ),
    "events-missing": (
        (
            "события звонков не доходят до {user}: экран молчит, кто ответил — узнаем только из "
            "журнала. Поставьте read = system,call,user,agent и строки eventfilter из `dozvon "
            "dialplan --users`"
        ),
        (
            "events of calls do not reach {user}: screens stay silent, and who answered is known "
            "from the journal alone. Set read = system,call,user,agent and the eventfilter lines "
            "of `dozvon dialplan --users`"
        ),
    ),
    "events-unfiltered": (
        (
            "{user} получает лишние события: при большом потоке звонков АТС закроет отставшую "
            "связь. Вставьте строки eventfilter из `dozvon dialplan --users`"
        ),
        (
            "{user} gets events that nobody needs: under many calls the PBX cuts off a link that "
            "falls behind. Paste the eventfilter lines of `dozvon dialplan --users`"
        ),
    ),
    "version-right": (
        "Asterisk {version}",
        "Asterisk {version}",
    ),
    "version-unknown": (
        (
            "Asterisk {version} никто не пробовал (проверены {known}). Сначала пропустите через "
            "Dozvon одну линию"
        ),
        "nobody has tried Asterisk {version} (tried: {known}). Begin with a single line",
    ),
    "systemname-right": (
        "systemname = {name}",
        "systemname = {name}",
    ),
    "systemname-missing": (
        (
            "в asterisk.conf нет systemname: после перезапуска или с двумя АТС номера звонков "
            "могут совпасть. Добавьте systemname = {name} в [options] и перезапустите Asterisk"
        ),
        (
            "asterisk.conf has no systemname: after a restart, or with two PBXs, ids of calls "
            "may meet. Add systemname = {name} to [options] and restart Asterisk"
        ),
    ),
    "systemname-differs": (
        "systemname этой АТС — {theirs}, а в настройках {ours}: это другая АТС или опечатка",
        "this PBX's systemname is {theirs}, the settings say {ours}: another PBX, or a slip",
    ),
    "dialplan-right": (
        "план набора версии {version} на месте",
        "the dialplan, version {version}, is in place",
    ),
    "dialplan-unknown": (
        "план набора прочитать не дали (нужно право reporting)",
        "the dialplan could not be read (this needs the right reporting)",
    ),
    "dialplan-missing": (
        (
            "в Asterisk нет нашего плана набора: звонки идут мимо Dozvon. Вставьте то, что "
            "печатает `dozvon dialplan`, затем: dialplan reload"
        ),
        (
            "our dialplan is not in Asterisk: calls pass Dozvon by. Paste what `dozvon dialplan` "
            "prints, then: dialplan reload"
        ),
    ),
    "dialplan-other-version": (
        (
            "в Asterisk план набора версии {theirs}, нужна {ours}. Замените его новым: `dozvon "
            "dialplan` с теми же --freepbx и --phones-context, что в первый раз"
        ),
        (
            "Asterisk runs version {theirs} of the dialplan, {ours} is needed. Replace it by the "
            "new one: `dozvon dialplan` with the same --freepbx and --phones-context as before"
        ),
    ),
    "dialplan-other-address": (
        (
            "план набора спрашивает {theirs}, а сервис слушает на {ours}: звонки идут по "
            "запасному плану. Исправьте agi_host и agi_port или вставьте план заново (dozvon "
            "dialplan)"
        ),
        (
            "the dialplan asks {theirs}, but the service listens at {ours}: calls go the "
            "fail-open way. Mend agi_host and agi_port, or paste the dialplan again (dozvon "
            "dialplan)"
        ),
    ),
    "dialplan-asks-itself": (
        (
            "план набора спрашивает {theirs}, то есть свою же машину, а АТС на другой ({host}): "
            "звонки идут по запасному плану. Вставьте план с адресом сервиса, который видит АТС "
            "(dozvon dialplan --agi). Если обе на одной машине, укажите для АТС host 127.0.0.1"
        ),
        (
            "the dialplan asks {theirs}, its own machine, but the PBX is on another one ({host}): "
            "calls go the fail-open way. Paste the dialplan with the service's address as the PBX "
            "sees it (dozvon dialplan --agi). If both are on one machine, the PBX's host is "
            "127.0.0.1"
        ),
    ),
    "modules-right": (
        "нужные модули загружены",
        "the modules that are needed are loaded",
    ),
    "modules-missing": (
        (
            "в Asterisk не загружены {modules}: план набора без них не работает. Загрузите "
            "(module load) и уберите их из noload в modules.conf"
        ),
        (
            "{modules} are not loaded: the dialplan does not work without them. Load them "
            "(module load) and take them out of noload in modules.conf"
        ),
    ),
    "failopen-right": (
        "запасной план в АТС совпадает с офисом",
        "the fail-open plan in the PBX is the office's",
    ),
    "failopen-empty": (
        (
            "запасной план ещё не записан в АТС: без сервиса позвонит то, что вставлено в план "
            "набора. Сервис запишет его при первом запуске"
        ),
        (
            "no fail-open plan is written to the PBX yet: without the service, what was pasted "
            "rings. The service writes it on its first start"
        ),
    ),
    "failopen-differs": (
        (
            "запасной план в АТС не такой, как в офисе ({keys}): без сервиса позвонят не те. "
            "Запустите или перезапустите сервис"
        ),
        (
            "the fail-open plan in the PBX is not the office's ({keys}): without the service the "
            "wrong people ring. Start or restart the service"
        ),
    ),
    "phones-right": (
        "телефоны менеджеров на связи: {count}",
        "managers' phones up: {count}",
    ),
    "phone-unregistered": (
        "телефон {extension} ({name}) не на связи: звонки ему пропускаются",
        "the phone {extension} ({name}) is not registered: it is skipped",
    ),
    "phone-unknown": (
        (
            "телефона {extension} ({name}) нет в АТС: он не зазвонит никогда. Исправьте "
            "extension или device"
        ),
        "the PBX knows no phone {extension} ({name}): it will never ring. Mend extension or device",
    ),
    "trunk-unknown": (
        "транка {trunk} нет в АТС: исходящие будут приняты за внутренние. Исправьте trunks",
        (
            "the PBX has no endpoint {trunk}: calls through it would pass for internal ones. "
            "Mend trunks"
        ),
    ),
    "trunks-right": (
        "звонки с транков ({trunks}) доходят до нашего плана набора",
        "calls from the trunks ({trunks}) reach our dialplan",
    ),
    "trunk-astray": (
        (
            "звонки с транка {trunk} не доходят до нас: из контекста {context} к нам ничего не "
            "ведёт, или наши номера раньше забирает чужая строка ({own}). Добавьте в него include "
            "=> dozvon, такие строки уберите, затем: dialplan reload"
        ),
        (
            "calls from the trunk {trunk} pass us by: nothing in the context {context} leads to "
            "us, or another line takes our numbers first ({own}). Add include => dozvon to it, "
            "take such lines away, then: dialplan reload"
        ),
    ),
    "ami-far": (
        (
            "AMI на другой машине ({address}), пароли идут по сети открыто. Оставьте эту сеть "
            "закрытой или сделайте туннель"
        ),
        (
            "the AMI is on another machine ({address}), and passwords cross the network in the "
            "clear. Keep that network private, or use a tunnel"
        ),
    ),
    "clock-right": (
        "часы АТС и сервиса идут вместе",
        "the PBX's clock and ours agree",
    ),
    "clock-off": (
        (
            "часы АТС и сервиса расходятся на {seconds} с: время в журнале и обратные звонки "
            "поплывут. Включите на обеих машинах NTP"
        ),
        (
            "the PBX's clock and ours are {seconds} s apart: times in the log and callbacks will "
            "be wrong. Run NTP on both machines"
        ),
    ),
    "ami-open": (
        (
            "AMI слушает на всех адресах ({address}). Если на АТС нет экрана, поставьте bindaddr "
            "= 127.0.0.1 в manager.conf"
        ),
        (
            "the AMI listens on every address ({address}). Unless a firewall stands before it, "
            "set bindaddr = 127.0.0.1 in manager.conf"
        ),
    ),
}
