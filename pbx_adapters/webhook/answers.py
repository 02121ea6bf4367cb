"""A decision as a scenario engine can read it: JSON, one line of text, a query string or XML.

Rules (*no_injection*): what is dialled is plain or left out; a text answer is one line without its
own separator inside and without a character that any dialplan reads as syntax; the others are
escaped as their format demands. What a format or the switch cannot express is said in `left_out`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode
from xml.sax.saxutils import escape

from pbx_adapters.webhook.errors import Refusal
from pbx_adapters.webhook.reading import clean
from pbx_adapters.webhook.settings import WebhookSettings
from pbx_adapters.webhook.wire import PlanOut, RouteAnswer, StepOut, TargetOut
from router.candidates import as_dialled
from router.office import Office
from router.plan import Decision, Plan, Step, Target, TargetKind

FORMATS: Mapping[str, str] = {
    "json": "application/json",
    "text": "text/plain",
    "query": "application/x-www-form-urlencoded",
    "xml": "application/xml",
}
CHARSETS = ("utf-8", "windows-1251")
_SMALL = ("order", "ext", "name")
_LARGE = (*_SMALL, "client", "card", "call")
_DIALLED = re.compile(r"[+*#0-9A-Za-z_.-]{1,64}")
_SYNTAX = frozenset("\"'`\\$&|~!^;,(){}[]<>")
_LONGEST = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An answer on the wire, and what it could not carry."""

    body: bytes
    content_type: str
    charset: str
    left_out: tuple[str, ...]


def answer_of(
    decision: Decision, office: Office, settings: WebhookSettings, *, call: str, caller: str
) -> RouteAnswer:
    """Everything that a decision says to this switch."""
    left_out: list[str] = []
    steps = tuple(_steps(decision.plan, office, settings.key, left_out))
    owner = office.managers.get(decision.owner)
    phones = (t.number for step in steps for t in step.targets)
    fields = {
        "client": decision.client,
        "application": decision.application,
        "number": caller,
        "call": call,
    }
    return RouteAnswer(
        call=call,
        order=clean(decision.application),
        ext=next(phones, "") if owner else "",
        name=clean(owner.name) if owner else "",
        client=clean(decision.client_name),
        card=_card(settings.card_address, fields) if decision.client else "",
        plan=PlanOut(
            patience_seconds=decision.plan.patience_seconds,
            ending=decision.plan.ending,
            voicemail=decision.plan.voicemail,
            language=decision.plan.language,
            steps=steps,
        ),
        reasons=tuple(reason.why for reason in decision.reasons),
        left_out=tuple(left_out),
    )


def written(
    answer: RouteAnswer, settings: WebhookSettings, *, format_: str, charset: str
) -> Written:
    """The answer in the format that was asked for; raises `Refusal` for one that nobody knows."""
    format_, charset = format_ or settings.format, (charset or settings.charset).casefold()
    if format_ not in FORMATS:
        raise Refusal("format-unknown", f"Ask for one of {', '.join(FORMATS)}.")
    if charset not in CHARSETS:
        raise Refusal("charset-unknown", f"Ask for one of {', '.join(CHARSETS)}.")
    if format_ == "json":
        body = answer.model_dump_json().encode()
        return _written(body, "json", "utf-8", answer.left_out)
    lost = (*answer.left_out, *_lost(answer))
    if format_ == "text":
        text = settings.separator.join(_plain(getattr(answer, n), settings) for n in _SMALL)
    elif format_ == "query":
        text = urlencode(
            {n: getattr(answer, n) for n in _LARGE}, encoding=charset, errors="replace"
        )
    else:
        body = _xml(answer, charset).encode(charset, "xmlcharrefreplace")
        return _written(body, format_, charset, lost)
    return _written(text.encode(charset, "replace"), format_, charset, lost)


def _written(body: bytes, format_: str, charset: str, lost: tuple[str, ...]) -> Written:
    return Written(body=body, content_type=FORMATS[format_], charset=charset, left_out=lost)


def _lost(answer: RouteAnswer) -> tuple[str, ...]:
    """What the small formats do not carry."""
    more = sum(len(step.targets) for step in answer.plan.steps) - bool(answer.ext)
    if more <= 0:
        return ()
    return (f"this format names one extension only; {more} more of the plan are left out",)


def _steps(plan: Plan, office: Office, pbx: str, left_out: list[str]) -> list[StepOut]:
    steps = []
    for step in plan.steps:
        targets = tuple(_targets(step, office, pbx, left_out))
        if targets:
            steps.append(
                StepOut(
                    kind=step.kind,
                    role=step.role,
                    ring_seconds=step.ring_seconds,
                    confirm_seconds=step.confirm_seconds,
                    each_seconds=step.each_seconds,
                    targets=targets,
                )
            )
        else:
            left_out.append(f"a step ({step.role}) has nobody whom this exchange can ring")
    return steps


def _targets(step: Step, office: Office, pbx: str, left_out: list[str]) -> list[TargetOut]:
    found = []
    for target in step.targets:
        if target.pbx != pbx and not target.dial:
            left_out.append(f"{target.manager} is on the exchange {target.pbx} and not dialled")
        elif not _DIALLED.fullmatch(number := _number(target, office)):
            left_out.append(f"the number of {target.manager} cannot be dialled as it is written")
        else:
            found.append(_target(target, number, office))
    return found


def _number(target: Target, office: Office) -> str:
    line = office.outgoing.get(target.outgoing)
    mobile = target.kind is TargetKind.MOBILE
    return as_dialled(target.number, line) if mobile and line else target.number


def _target(target: Target, number: str, office: Office) -> TargetOut:
    manager = office.managers.get(target.manager)
    return TargetOut(
        kind=target.kind,
        manager=target.manager,
        name=clean(manager.name) if manager else "",
        number=number,
        dial=target.dial,
        confirm=target.confirm,
        caller_id=target.caller_id,
        outgoing=target.outgoing,
    )


def _card(template: str, fields: Mapping[str, str]) -> str:
    if not template:
        return ""
    return template.format(**{name: quote(value, safe="") for name, value in fields.items()})


def _plain(text: str, settings: WebhookSettings) -> str:
    """What is left of a text when everything is taken out that any syntax could read."""
    out = _SYNTAX | set(settings.separator)
    kept = "".join(" " if c in out else c for c in text)
    return " ".join(kept.split())[:_LONGEST]


def _xml(answer: RouteAnswer, charset: str) -> str:
    fields = "".join(f"<{n}>{escape(getattr(answer, n))}</{n}>" for n in _LARGE)
    return f'<?xml version="1.0" encoding="{charset}"?><r>{fields}</r>'
