"""What the AMI says, message by message: the only form in which it reaches the rest of the adapter.

A frame is plain data without judgement. Its text is decoded but not interpreted; which keys mean
what is known to `tracking` alone. Asterisk repeats some keys (`ChanVariable`, `Output`,
`Variable`): `fields` holds the first value of each key, so that a repeated key later in a message
can never replace what Asterisk itself said first, and `repeated` holds them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

ALWAYS_REPEATED = frozenset({"ChanVariable", "Output", "Variable"})
"""Keys listed in `Frame.repeated` even if they occur only once."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One AMI message: an event (`name` is its name) or a response (`name` is Success, Error …)."""

    kind: Literal["event", "response"]
    name: str
    fields: Mapping[str, str]
    repeated: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def get(self, key: str, default: str = "") -> str:
        """The first value of `key`, or `default` where the message has none."""
        return self.fields.get(key, default)

    def every(self, key: str) -> tuple[str, ...]:
        """Every value of `key` in the order of the message."""
        many = self.repeated.get(key)
        if many is not None:
            return many
        return (self.fields[key],) if key in self.fields else ()

    @property
    def action_id(self) -> str:
        """The ActionID of the action that this message answers, or an empty string."""
        return self.fields.get("ActionID", "")
