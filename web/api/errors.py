"""What the API refuses, in the one shape of this house (`pbx_adapters.webhook.errors`).

    Refusal               400  cannot be understood
    ├── NotYours          403  your role or your token does not allow it
    ├── NotThere          404  there is none, or it is not yours to know of
    ├── NotPossible       409  understood, but it cannot be done as things stand
    ├── NotJson           415  a body that is no JSON
    ├── Unfit             422  a field makes no sense; `details` say which
    └── NotNow            503  come again

Ids are stable and kebab-case; messages are sentences in the language that was asked for.
"""

from __future__ import annotations

from pbx_adapters.webhook.errors import NotNow, Refusal

__all__ = ["NotJson", "NotNow", "NotPossible", "NotThere", "NotYours", "Refusal", "Unfit"]


class NotYours(Refusal):
    """It is another's, or the role does not allow it."""

    status = 403


class NotThere(Refusal):
    """There is none, or it is not to be known of."""

    status = 404

    def __init__(self, message: str = "There is nothing of this name.") -> None:
        super().__init__("not-found", message)


class NotPossible(Refusal):
    """It cannot be done as things stand."""

    status = 409


class NotJson(Refusal):
    """The body is no JSON object."""

    status = 415


class Unfit(Refusal):
    """A field makes no sense."""

    status = 422
