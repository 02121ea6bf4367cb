"""Where no Asterisk is to be had the same stories come out over the simulator."""

from __future__ import annotations

from pathlib import Path

import pytest

from dozvon.demo import show as show_module
from dozvon.demo.show import show
from dozvon.demo.stories import STORIES


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_the_demo_says_that_it_is_simulated_and_tells_every_story(
    language: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without an Asterisk the demo says so, tells the stories all the same, and they are true."""
    lines: list[str] = []
    monkeypatch.setattr(show_module, "ensure_root", lambda _report: None)
    assert await show(language, once=True, say=lines.append), "\n".join(lines)
    text = "\n".join(lines)
    assert ("simulator" if language == "en" else "симулятор") in text
    assert all(story.title(language) in text for story in STORIES)
