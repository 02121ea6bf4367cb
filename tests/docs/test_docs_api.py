"""docs/api.md and docs/people.md cannot lie by leaving something out."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from web.access.matrix import needed_for
from web.access.roles import Permission, Role
from web.api.openapi import refusals
from web.api.table import ENDPOINTS
from web.signin.accounts import INVITATION_HOURS
from web.signin.limit import PAIR
from web.signin.passwords import LEAST_LETTERS, MOST_LETTERS
from web.signin.signing_in import IDLE, LONGEST

DOCS = Path(__file__).parents[2] / "docs"
API = (DOCS / "api.md").read_text("utf-8")
PEOPLE = (DOCS / "people.md").read_text("utf-8")


def test_every_endpoint_stands_on_the_page_with_its_scope() -> None:
    told = set(re.findall(r"^\| `(GET|POST) (\S+)` \| ([a-z -]+) \|", API, re.MULTILINE))
    assert told == {
        (e.method, e.path, needed.value if isinstance(needed, Permission) else "any token")
        for e in ENDPOINTS
        for needed in [needed_for(e.method, e.whole_path)]
    }


def test_every_status_of_a_refusal_stands_on_the_page() -> None:
    told = {
        int(n)
        for row in re.findall(r"^\| ([0-9, ]+) \|", API, re.MULTILINE)
        for n in row.split(",")
    }
    assert told == {status for each in ENDPOINTS for status in refusals(each)}


def test_the_figures_of_signing_in_are_those_of_the_code() -> None:
    assert f"{LEAST_LETTERS} to {MOST_LETTERS} characters" in PEOPLE
    assert timedelta(days=3) == IDLE
    assert "three days after its last use" in PEOPLE
    assert f"{LONGEST.days} days after it began" in PEOPLE
    assert f"for {INVITATION_HOURS} hours" in PEOPLE
    assert (PAIR.tries, PAIR.seconds) == (6, 900)
    assert "pause of 15 minutes" in PEOPLE


def test_every_role_stands_on_the_page() -> None:
    for role in Role:
        assert f"`{role}`" in PEOPLE or f"| {role} |" in PEOPLE
