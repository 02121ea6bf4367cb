"""Everything that `dozvon check` looks at, in the order in which an administrator would mend it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from config.settings import Settings
from dozvon.compose import asterisk_settings
from dozvon.setup.exchange import ask_exchange
from dozvon.setup.findings import Finding, error, fine, note
from dozvon.setup.here import (
    is_here,
    look_at_database,
    look_at_folder,
    look_at_office,
    look_at_ports,
    service_runs,
)
from dozvon.setup.judging import judge
from dozvon.setup.prompts import missing_prompts, usual_sounds
from pbx_adapters.asterisk.mirror import spellings

SETTINGS_FROM_ENVIRONMENT = "DOZVON_…"


async def examine(settings: Settings, file: Path | None) -> list[Finding]:
    """Looks at this machine and at every PBX; `file` is the settings file, for the report."""
    findings = [fine("settings-right", file=file or SETTINGS_FROM_ENVIRONMENT)]
    if not settings.pbx and not settings.webhook:
        findings.append(error("no-pbx"))
    office, about_office = await look_at_office(settings)
    findings += about_office
    findings += look_at_folder(settings)
    findings += await look_at_database(settings)
    running = service_runs(settings.data_dir)
    state = fine if running else note
    name = "service-running" if running else "service-stopped"
    findings.append(state(name, folder=settings.data_dir))
    findings += await look_at_ports(settings, running=running)
    lines = office.lines.values() if office else ()
    numbers = {spelling for line in lines for spelling in spellings(line.number)}
    for pbx in settings.pbx.values():
        facts = await ask_exchange(asterisk_settings(pbx), numbers=numbers)
        findings += judge(pbx, facts, office, here=await is_here(pbx.host))
    findings += _sounds(settings)
    return findings


def _sounds(settings: Settings) -> Iterator[Finding]:
    if not shutil.which("ffmpeg"):
        yield note("ffmpeg-absent")
    folder = usual_sounds()
    if folder and (missing := missing_prompts(folder, settings.language)):
        yield note("prompts-missing", missing=", ".join(missing))
