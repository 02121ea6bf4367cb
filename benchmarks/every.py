"""Runs every benchmark, one after another, and writes docs/figures.md.

Each is a process of its own with a limit of time; one that cannot run (there is no Asterisk) or
fails is told in the page, never left out silently. With names of scripts as arguments only those
are run; all other chapters, also those that were measured by hand, stay as they are.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from table import PREFIX, machine

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "figures.md"
SCRIPTS = {
    "decision.py": 270,
    "recording.py": 120,
    "ami_events.py": 120,
    "exchange_calls.py": 240,
    "journal.py": 150,
}
HEAD = """\
# Figures

Written by `make bench` (`benchmarks/`), kept to be compared. They are measured on one machine that
other work shares: callers, phones, the exchange, the service and whatever else runs compete for its
cores, so ratios and medians say more than absolute times and 99th percentiles. No test depends on
them.

"""
TABLE = "| what | figure | goal | reached | note |\n|---|---|---|---|---|\n"


def run(script: str, seconds: int) -> tuple[list[str], str]:
    """The rows of a script, and what it says of the machine or of why it has none."""
    command = (sys.executable, str(HERE / script))
    try:
        done = subprocess.run(  # noqa: S603 - our own script
            command, stdout=subprocess.PIPE, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired as late:
        said = late.stdout.decode() if isinstance(late.stdout, bytes) else late.stdout or ""
        return rows(said), f"`{script}` did not end within {seconds} s"
    lines = done.stdout.splitlines()
    other = [line for line in lines if not line.startswith(PREFIX)]
    failed = f"`{script}` failed; run it by itself" if done.returncode else ""
    return rows(done.stdout), failed or (other[-1] if other else machine(""))


def rows(said: str) -> list[str]:
    """The table's rows in what a script printed."""
    return [line for line in said.splitlines() if line.startswith(PREFIX)]


def chapters(page: str) -> dict[str, str]:
    """The chapters of a page in their order, by title."""
    parted = (chapter.partition("\n") for chapter in page.split("\n## ")[1:])
    return {name: text.strip("\n") for name, _, text in parted}


def title(script: str) -> str:
    """A chapter's title."""
    return script.removesuffix(".py").replace("_", " ").capitalize()


def main() -> None:
    """Runs what is asked for and writes the page."""
    told = chapters(PAGE.read_text("utf-8")) if PAGE.exists() else {}
    for script in sys.argv[1:] or SCRIPTS:
        print(f"{script} …", flush=True)
        found, about = run(script, SCRIPTS[script])
        print("\n".join(found), flush=True)
        told[title(script)] = f"{about}\n\n{TABLE}{chr(10).join(found)}" if found else about
    page = [f"## {name}\n\n{text}\n" for name, text in told.items()]
    PAGE.write_text(HEAD + "\n".join(page), "utf-8")


if __name__ == "__main__":
    main()
