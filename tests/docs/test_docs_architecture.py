"""The documentation cannot lie: what it shows is what the code says."""

from __future__ import annotations

import re
from pathlib import Path

import router
from router.lifecycle import diagram

ROOT = Path(router.__file__).parent.parent


def test_the_picture_of_a_calls_states_is_the_table() -> None:
    """The diagram in docs/architecture.md is generated from the table of moves."""
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    shown = re.search(r"<!-- lifecycle -->\n```mermaid\n(.*?)```\n", text, re.DOTALL)
    assert shown
    assert shown[1].strip() == diagram().strip()


def test_every_link_between_the_documents_leads_somewhere() -> None:
    """No relative link in the documentation is dead."""
    dead = [
        f"{page.name}: {target}"
        for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]
    assert dead == []
