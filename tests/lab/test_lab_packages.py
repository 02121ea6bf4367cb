"""Programs out of packages, with a script and small programs in place of the archive."""

import os
import subprocess
from pathlib import Path

import pytest

from dozvon.lab import packages, tools
from dozvon.lab.errors import NoPackagesError

TOOL = packages.Tool(
    name="tool",
    programs=("dozvon-tool",),
    packages=("tool",),
    inside=("usr/lib/tool/tool", "usr/bin/toolprobe"),
    around={"TOOL_DATA": "$root/usr/share"},
    files={"tool.conf": "<dir>fonts</dir>\n"},
    words=("--quietly",),
)
SAYS = '#!/bin/sh\necho "$0 $TOOL_DATA $*"\n'
STUB = "#!/bin/sh\nexit 1\n"


def program(path: Path, text: str = SAYS) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def archive(folder: Path, monkeypatch: pytest.MonkeyPatch, body: str = SAYS) -> dict[str, str]:
    """Lets a script that makes both programs stand for the archive; returns the environment."""
    given = program(folder / "given", body)
    script = program(
        folder / "make.sh",
        f'set -e\necho "$2 $3" >>{folder}/runs\nfor name in usr/lib/tool/tool usr/bin/toolprobe; do\n'
        f'mkdir -p "$1/${{name%/*}}"; cp {given} "$1/$name"; done\necho done\n',
    )
    monkeypatch.setattr(packages, "SCRIPT", script)
    return {"XDG_CACHE_HOME": str(folder / "cache"), "PATH": f"{folder}/bin"}


def said(program: Path, *words: str) -> str:
    return subprocess.run([program, *words], capture_output=True, text=True, check=True).stdout  # noqa: S603 - a program of the test


def test_an_installed_program_is_taken_and_nothing_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    around = archive(tmp_path, monkeypatch)
    installed = program(tmp_path / "bin/dozvon-tool")

    assert packages.program(TOOL, print, around) == installed
    assert not (tmp_path / "runs").exists()


def test_an_installed_stub_that_does_not_start_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ubuntu's chromium-browser is such a stub: it only asks for the snap."""
    around = archive(tmp_path, monkeypatch)
    program(tmp_path / "bin/dozvon-tool", STUB)

    assert packages.program(TOOL, print, around).is_relative_to(tmp_path / "cache")


def test_a_fetched_program_is_started_with_its_folder_around_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    around = archive(tmp_path, monkeypatch)
    told: list[str] = []

    found = packages.program(TOOL, told.append, around)

    root = found.parents[1]
    assert (
        said(found, "-a", "b c") == f"{root}/usr/lib/tool/tool {root}/usr/share --quietly -a b c\n"
    )
    assert said(found.with_name("toolprobe")).startswith(f"{root}/usr/bin/toolprobe ")
    assert (root / "tool.conf").read_text() == "<dir>fonts</dir>\n"
    assert (tmp_path / "runs").read_text() == "tool tool\n"
    assert told == ["done"]


def test_a_second_search_fetches_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    around = archive(tmp_path, monkeypatch)

    first = packages.program(TOOL, print, around)

    assert packages.program(TOOL, print, around) == first
    assert len((tmp_path / "runs").read_text().splitlines()) == 1


def test_a_fetched_program_that_does_not_start_is_told_and_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    around = archive(tmp_path, monkeypatch, STUB)

    with pytest.raises(NoPackagesError, match="does not start"):
        packages.program(TOOL, print, around)

    assert [path.suffix for path in (tmp_path / "cache/dozvon").iterdir()] == [".lock"]


def test_a_kept_program_that_starts_no_more_is_fetched_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine's libraries may have changed under it."""
    around = archive(tmp_path, monkeypatch)
    found = packages.program(TOOL, print, around)
    program(found.parents[1] / TOOL.inside[0], STUB)

    assert packages.program(TOOL, print, around) == found
    assert packages.starts(found)


def test_another_recipe_is_another_folder() -> None:
    around = {"HOME": "/home/u"}
    assert packages.place("a", "x", environment=around) != packages.place(
        "a", "y", environment=around
    )
    assert packages.place("a", "x", environment=around).parent == Path("/home/u/.cache/dozvon")


def test_without_apt_the_script_says_so_in_one_sentence(tmp_path: Path) -> None:
    for tool in ("bash", "rm"):
        found = next(p for p in ("/bin", "/usr/bin") if os.access(f"{p}/{tool}", os.X_OK))
        (tmp_path / tool).symlink_to(f"{found}/{tool}")

    ran = subprocess.run(  # noqa: S603 - our own script
        [tmp_path / "bash", packages.SCRIPT, tmp_path / "dest", "browser", "x"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ran.returncode, ran.stderr) == (
        packages.NO_ARCHIVE,
        "No browser can be fetched here: apt-get is missing (Debian or Ubuntu is needed).\n",
    )


def test_ffmpeg_and_its_probe_start(ffmpeg: Path) -> None:
    assert "ffmpeg version" in said(ffmpeg, "-version")
    assert "ffprobe version" in said(ffmpeg.with_name("ffprobe"), "-version")


def test_the_browser_starts(chromium: Path) -> None:
    assert "Chrom" in said(chromium, "--version")


def test_the_browser_brings_its_own_letters() -> None:
    """Pictures of pages look the same wherever they are taken."""
    assert "fonts-dejavu-core" in tools.CHROMIUM.packages
    assert 'prefix="relative"' in tools.CHROMIUM.files["fonts.conf"]
