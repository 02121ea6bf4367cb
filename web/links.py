"""How each PBX's link stands, as the engine told it last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from switchboard.news import LinkChanged
from switchboard.troubles import NOT_CONNECTED_YET


@dataclass(slots=True, kw_only=True)
class Links:
    """Up, or why not, by PBX. A link is down until it was told to be up."""

    why_down: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, keys: Iterable[str]) -> Links:
        """All links as they stand when the service starts."""
        return cls(why_down=dict.fromkeys(keys, NOT_CONNECTED_YET()))

    def changed(self, news: LinkChanged) -> None:
        """Take note of news."""
        self.why_down[news.pbx] = "" if news.up else news.why

    @property
    def up(self) -> dict[str, bool]:
        """Whether each PBX is watched."""
        return {pbx: not why for pbx, why in self.why_down.items()}
