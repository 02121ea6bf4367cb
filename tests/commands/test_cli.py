"""The root command: lazy, bilingual, and without tracebacks."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from config.errors import Mistake, SettingsMistakes
from dozvon.cli import COMMANDS, dozvon
from dozvon.commands.terminal.exits import Exit
from dozvon.context import Context
from dozvon.errors import CannotStart
from storage.errors import CallbackNotOpen, StorageBusy, StorageUnavailable

HEAVY = ("sqlalchemy", "panoramisk", "pydantic", "alembic", "structlog", "holidays")


def process(*words: str, **how: Any) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"} | how.pop("env", {})
    command = [sys.executable, "-c", "from dozvon.cli import main; main()"]
    return subprocess.run(  # noqa: S603 - our own program
        [*command, *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        **how,
    )


def loaded_by(*words: str) -> set[str]:
    """The heavy modules that a command loads."""
    script = (
        "import sys, contextlib, io\n"
        "from dozvon.cli import dozvon\n"
        "with contextlib.redirect_stdout(io.StringIO()):\n"
        f"    try: dozvon.main({list(words)!r})\n"
        "    except SystemExit: pass\n"
        f"import json; print(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    )
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout))


@pytest.mark.parametrize("words", [("--help",), ("number", "+79161234567", "--json")])
def test_help_and_numbers_wait_for_no_heavy_library(words: tuple[str, ...]) -> None:
    assert loaded_by(*words) == set()


def test_a_replay_waits_for_no_database_library(tmp_path: Path) -> None:
    (tmp_path / "empty.ami").write_bytes(b"")
    assert not loaded_by("replay", str(tmp_path / "empty.ami")) & {"sqlalchemy", "alembic"}


def test_the_process_answers_and_ends_with_zero() -> None:
    done = process("number", "89161234567", "--json")
    assert done.returncode == Exit.FINE
    assert json.loads(done.stdout)["e164"] == "+79161234567"
    assert not done.stderr


def test_a_reader_that_goes_away_is_no_error() -> None:
    """`dozvon … | head` ends quietly, with the code that a shell gives for a closed pipe."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-c", "from dozvon.cli import main; main()", "number", "123"],
            stdout=writer,
            stderr=subprocess.PIPE,
            check=False,
            timeout=60,
        )
    finally:
        os.close(writer)
    assert done.returncode == Exit.PIPE_CLOSED
    assert done.stderr == b""


def test_ctrl_c_is_one_word(tmp_path: Path) -> None:
    """A command that waits for its input ends with 130 and no traceback."""
    running = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys\nfrom dozvon.cli import main\nprint('up', flush=True)\nmain()",
            "--language",
            "en",
            "replay",
            "-",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - one thread
    )
    assert running.stdin
    assert running.stdout
    assert running.stderr
    # A pipe holds 64 KiB: when two of them are written, the command is reading.
    running.stdin.write(b"x" * (1 << 18))
    running.stdin.flush()
    running.send_signal(signal.SIGINT)
    said = running.stderr.read()
    code = running.wait(30)
    running.stdin.close()
    running.stdout.close()
    running.stderr.close()
    assert (code, said.decode().strip()) == (Exit.INTERRUPTED, "Interrupted.")


@pytest.mark.parametrize(
    ("locale", "word"), [("ru_RU.UTF-8", "Команды"), ("C.UTF-8", "Commands"), ("de_DE", "Commands")]
)
def test_without_settings_the_locale_chooses_the_language(locale: str, word: str) -> None:
    found = CliRunner().invoke(dozvon, ["--help"], obj=Context(environment={"LANG": locale}))
    assert word in found.output


def test_the_settings_choose_the_language_before_the_locale(tmp_path: Path) -> None:
    (tmp_path / "d.toml").write_text('language = "ru"\n', "utf-8")
    environment = {"LANG": "en_US", "DOZVON_CONFIG": str(tmp_path / "d.toml")}
    found = CliRunner().invoke(dozvon, ["--help"], obj=Context(environment=environment))
    assert "Команды" in found.output


def test_the_option_chooses_the_language_before_the_settings(tmp_path: Path) -> None:
    environment = {"DOZVON_LANGUAGE": "ru"}
    words = ["--language", "en", "--help"]
    found = CliRunner().invoke(dozvon, words, obj=Context(environment=environment))
    assert "Commands" in found.output


def test_settings_come_from_the_option_before_the_variable(tmp_path: Path) -> None:
    for name in ("option", "variable"):
        (tmp_path / f"{name}.toml").write_text(f'data_dir = "{name}"\n', "utf-8")
    context = Context(environment={"DOZVON_CONFIG": str(tmp_path / "variable.toml")})
    words = ["--config", str(tmp_path / "option.toml"), "config", "show", "--json"]
    found = json.loads(CliRunner().invoke(dozvon, words, obj=context).stdout)
    assert found["settings"][0]["value"] == str(tmp_path / "option")


def test_settings_in_the_folder_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dozvon.toml").write_text('data_dir = "here"\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    assert Context(environment={}).settings().data_dir == tmp_path / "here"


def test_settings_that_may_not_be_read_are_told_only_where_they_are_needed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Anybody may ask what a number means; only an administrator may see the settings."""

    def forbid(path: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    hidden = type(
        "Hidden", (type(Path()),), {"stat": forbid, "read_text": forbid, "read_bytes": forbid}
    )
    monkeypatch.setattr("dozvon.context.USUAL_FILES", (hidden("/etc/dozvon/dozvon.toml"),))
    number = CliRunner().invoke(dozvon, ["number", "101"], obj=Context(environment={}))
    assert number.exit_code == Exit.FINE
    calls = CliRunner().invoke(dozvon, ["calls"], obj=Context(environment={}))
    assert calls.exit_code == Exit.WRONG
    assert "/etc/dozvon/dozvon.toml" in calls.stderr


def test_every_command_of_this_installation_is_listed_with_a_sentence() -> None:
    context = Context(environment={}, chosen_language="en")
    with click.Context(dozvon, obj=context) as ctx:
        names = dozvon.list_commands(ctx)
        described = {name: dozvon.short_help_of(ctx, name) for name in names}  # type: ignore[attr-defined]
    assert set(names) <= set(COMMANDS)
    assert not [name for name, text in described.items() if text == f"command-{name}"]


def test_every_listed_command_can_be_loaded() -> None:
    with click.Context(dozvon, obj=Context(environment={})) as ctx:
        assert all(dozvon.get_command(ctx, name) for name in dozvon.list_commands(ctx))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["numbr"], "Perhaps: number?"),
        (["number"], "missing: TEXT"),
        (["number", "1", "--jsn"], "there is no option --jsn"),
        (["number", "1", "--region"], "--region needs a value"),
        (["calls", "--limit", "0"], "--limit"),
        (["calls", "--disposition", "lost"], "--disposition is one of: answered, missed"),
        (["number", "1", "2"], "too much: 2"),
        (["replay", "/no/such.ami"], "/no/such.ami"),
        (["--language", "de", "number", "1"], "--language"),
    ],
)
def test_wrong_usage_is_a_sentence_and_code_2(words: list[str], said: str) -> None:
    done = CliRunner().invoke(dozvon, words, obj=Context(environment={}))
    assert done.exit_code == Exit.WRONG
    assert said in done.stderr
    assert "Traceback" not in done.output


def test_wrong_settings_are_told_with_their_line(tmp_path: Path) -> None:
    (tmp_path / "d.toml").write_text('language = "en"\ndata_dri = "x"\n', "utf-8")
    words = ["--config", str(tmp_path / "d.toml"), "config", "show"]
    done = CliRunner().invoke(dozvon, words, obj=Context(environment={}))
    assert done.exit_code == Exit.WRONG
    assert "d.toml:2" in done.stderr
    assert "data_dir" in done.stderr


def test_a_settings_file_that_is_no_toml_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "d.toml").write_bytes(b"\xff\xfe[[[")
    words = ["--config", str(tmp_path / "d.toml"), "calls"]
    done = CliRunner().invoke(dozvon, words, obj=Context(environment={}))
    assert done.exit_code == Exit.WRONG
    assert "d.toml" in done.stderr


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (StorageUnavailable("gone"), Exit.UNREACHABLE),
        (StorageBusy("gone"), Exit.UNREACHABLE),
        (CannotStart("gone"), Exit.UNREACHABLE),
        (CallbackNotOpen("gone"), Exit.REFUSED),
        (
            SettingsMistakes([Mistake(file="f", line=1, path="", sentence="gone")]),
            Exit.WRONG,
        ),
        (PermissionError(13, "gone", "file"), Exit.WRONG),
        (OSError(98, "gone"), Exit.UNREACHABLE),
        (KeyboardInterrupt(), Exit.INTERRUPTED),
        (ExceptionGroup("one", [ExceptionGroup("two", [CannotStart("gone")])]), Exit.UNREACHABLE),
        (ExceptionGroup("two", [CannotStart("gone"), OSError(98, "as well")]), Exit.UNREACHABLE),
    ],
)
def test_foreseeable_trouble_of_any_command_is_a_sentence(
    error: BaseException, code: Exit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("dozvon.commands.number.normalise_each", fail)
    done = CliRunner().invoke(dozvon, ["number", "1"], obj=Context(environment={}))
    assert done.exit_code == code
    assert "gone" in done.stderr or code is Exit.INTERRUPTED
    assert "Traceback" not in done.stderr


def test_our_own_mistake_shows_its_traceback_and_has_its_own_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("dozvon.commands.number.normalise_each", lambda *_: 1 / 0)
    done = CliRunner().invoke(dozvon, ["number", "1"], obj=Context(environment={}))
    assert done.exit_code == Exit.BUG
    assert "ZeroDivisionError" in done.stderr
    assert "mistake in Dozvon itself" in done.stderr


def test_settings_named_by_the_variable_are_no_unknown_setting(tmp_path: Path) -> None:
    """A real process with `DOZVON_CONFIG` reads that file, and finds nothing wrong with the name."""
    (tmp_path / "d.toml").write_text('data_dir = "named"\n', "utf-8")
    done = process("config", "show", "--json", env={"DOZVON_CONFIG": str(tmp_path / "d.toml")})
    assert (done.returncode, done.stderr) == (Exit.FINE, "")
    assert json.loads(done.stdout)["file"] == str(tmp_path / "d.toml")
