"""Posted events as they were meant, or a refusal that names every field at fault."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from pbx_adapters.webhook.errors import Unreadable
from pbx_adapters.webhook.settings import WebhookSettings
from pbx_adapters.webhook.wire import MOST_EVENTS, EventIn


def read_events(said: object, settings: WebhookSettings) -> list[EventIn]:
    """One event or a list of them; raises `Unreadable`, and then none of them counts."""
    raw = said if isinstance(said, list) else [said]
    if len(raw) > MOST_EVENTS:
        raise Unreadable("too-many-events", f"More than {MOST_EVENTS} events in one request.")
    events: list[EventIn] = []
    wrong: list[Mapping[str, object]] = []
    for index, one in enumerate(raw):
        try:
            events.append(EventIn.model_validate(_named(one, settings)))
        except ValidationError as error:
            wrong += [
                {"index": index, "field": ".".join(map(str, d["loc"])), "message": d["msg"]}
                for d in error.errors(include_url=False, include_input=False)
            ]
    if wrong:
        message = "These fields cannot be read; nothing was taken from the request."
        raise Unreadable("event-unreadable", message, wrong[:20])
    return events


def _named(one: object, settings: WebhookSettings) -> object:
    """The event with our names for what the settings call otherwise."""
    if not isinstance(one, dict):
        return one
    named = dict(one)
    ours = {
        "caller": settings.caller_names,
        "line": settings.line_names,
        "call": settings.call_names,
    }
    for name, theirs in ours.items():
        found = next((one[their] for their in theirs if one.get(their)), None)
        if found is not None and not one.get(name):
            named[name] = found
    return named
