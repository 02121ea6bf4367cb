"""The settings of the service: their sources, which one wins, and a sentence for every mistake."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import Mistake, SettingsMistakes
from config.settings import Settings, show
from config.settings_file import load_settings, setting_names

FILE = """\
data_dir = "data"
language = "en"

[log]
level = "debug"

[[pbx]]
key = "main"
ami_user = "dozvon"
ami_secret = "from-file"
journal_user = "dozvon-journal"
journal_secret_file = "journal.secret"
systemname = "pbx1"
trunks = ["trunk", "mobile-trunk"]
"""


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    secret = tmp_path / "journal.secret"
    secret.write_text("journal-password\n")
    secret.chmod(0o600)
    path = tmp_path / "dozvon.toml"
    path.write_text(FILE)
    return path


def mistakes(
    file: Path | None, environment: Mapping[str, str] | None = None, language: str = "en"
) -> list[Mistake]:
    with pytest.raises(SettingsMistakes) as caught:
        load_settings(file, environment=environment or {}, language=language)
    return caught.value.mistakes


def only(file: Path | None, environment: Mapping[str, str] | None = None) -> Mistake:
    found = mistakes(file, environment)
    assert len(found) == 1, [str(mistake) for mistake in found]
    return found[0]


def rewritten(file: Path, old: str, new: str) -> Path:
    assert FILE.count(old) == 1
    file.write_text(FILE.replace(old, new))
    return file


def test_without_any_source_everything_has_its_default() -> None:
    settings = load_settings(environment={})
    assert settings.language == "ru"
    assert settings.database == "sqlite+aiosqlite:////var/lib/dozvon/dozvon.sqlite3"
    assert settings.office_path == Path("/var/lib/dozvon/office.toml")
    assert settings.pbx == {}


def test_the_file_is_read_and_its_relative_paths_begin_at_its_folder(settings_file: Path) -> None:
    settings = load_settings(settings_file, environment={})
    main = settings.pbx["main"]
    assert settings.data_dir == settings_file.parent / "data"
    assert main.ami_secret.get_secret_value() == "from-file"
    assert main.journal_secret.get_secret_value() == "journal-password"
    assert main.trunks == ("trunk", "mobile-trunk")
    assert (main.host, main.ami_port, main.agi_port) == ("127.0.0.1", 5038, 4573)


def test_the_environment_may_name_the_file(settings_file: Path) -> None:
    settings = load_settings(environment={"DOZVON_SETTINGS": str(settings_file)})
    assert settings.language == "en"


def test_environment_over_secret_files_over_the_file_over_defaults(
    settings_file: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir()
    secret = folder / "pbx__main__ami_secret"
    secret.write_text("from-folder")
    secret.chmod(0o600)
    environment = {"DOZVON_SECRETS_DIR": str(folder), "DOZVON_LOG__LEVEL": "warning"}
    settings = load_settings(settings_file, environment=environment)
    assert settings.pbx["main"].ami_secret.get_secret_value() == "from-folder"
    assert settings.log.level == "warning"
    environment["DOZVON_PBX__MAIN__AMI_SECRET"] = "from-environment"
    settings = load_settings(settings_file, environment=environment)
    assert settings.pbx["main"].ami_secret.get_secret_value() == "from-environment"


def test_a_pbx_may_come_from_the_environment_alone() -> None:
    environment = {
        "DOZVON_PBX__MAIN__AMI_USER": "u",
        "DOZVON_PBX__MAIN__AMI_SECRET": "s",
        "DOZVON_PBX__MAIN__JOURNAL_USER": "j",
        "DOZVON_PBX__MAIN__JOURNAL_SECRET": "s",
        "DOZVON_PBX__MAIN__SYSTEMNAME": "pbx1",
        "DOZVON_PBX__MAIN__AMI_PORT": "5039",
        "DOZVON_PBX__MAIN__TRUNKS": "trunk, other",
    }
    main = load_settings(environment=environment).pbx["main"]
    assert (main.key, main.ami_port, main.trunks) == ("main", 5039, ("trunk", "other"))


def test_show_tells_every_value_and_where_it_came_from_and_masks_secrets(
    settings_file: Path,
) -> None:
    settings = load_settings(settings_file, environment={"DOZVON_LOG__FORMAT": "text"})
    rows = {path: (value, where) for path, value, where in show(settings)}
    assert rows["language"] == ("en", f"{settings_file}:2")
    assert rows["log.level"] == ("debug", f"{settings_file}:5")
    assert rows["log.format"] == ("text", "DOZVON_LOG__FORMAT")
    assert rows["decision_budget_seconds"] == ("1.0", "default")
    assert rows["pbx.main.ami_secret"] == ("********", f"{settings_file}:10")
    assert rows["pbx.main.journal_secret"] == ("********", f"{settings_file}:12")
    assert rows["database_url"] == ("", "default")
    assert len(rows) == len([name for name in setting_names() if not name.startswith("webhook.")])


def test_no_secret_is_in_any_text_of_the_settings(settings_file: Path) -> None:
    environment = {"DOZVON_DATABASE_URL": "postgresql+asyncpg://u:hidden-password@db/x"}
    settings = load_settings(settings_file, environment=environment)
    told = repr(settings) + str(settings) + settings.model_dump_json() + str(show(settings))
    for secret in ("from-file", "journal-password", "hidden-password"):
        assert secret not in told
    assert settings.database.endswith("hidden-password@db/x")


@pytest.mark.parametrize(
    ("old", "new", "path", "line", "said"),
    [
        ('language = "en"', 'langauge = "en"', "langauge", 2, "Did you mean “language”?"),
        ('level = "debug"', 'levle = "debug"', "log.levle", 5, "Did you mean “level”?"),
        ('level = "debug"', 'level = "loud"', "log.level", 5, "Possible here: debug"),
        ('level = "debug"', 'format = "jsn"', "log.format", 5, "Did you mean “json”?"),
        ('language = "en"', 'language = "de"', "language", 2, "ru"),
        ('systemname = "pbx1"\n', "", "pbx.main.systemname", 8, "“systemname” is missing"),
        ('systemname = "pbx1"', 'systemname = "a b"', "pbx.main.systemname", 13, "Latin letters"),
        (
            'systemname = "pbx1"',
            'systemname = "p"\nami_port = 70000',
            "pbx.main.ami_port",
            14,
            "1 to 65535",
        ),
        (
            'systemname = "pbx1"',
            'systemname = "p"\nhost = "https://pbx"',
            "pbx.main.host",
            14,
            "without https",
        ),
        (
            'systemname = "pbx1"',
            'systemname = "p"\ndial = "PJSIP/x"',
            "pbx.main.dial",
            14,
            "{extension}",
        ),
        (
            'systemname = "pbx1"',
            'systemname = "p"\ndial = "PJSIP/{extension},30"',
            "pbx.main.dial",
            14,
            "dialplan syntax",
        ),
        (
            'systemname = "pbx1"',
            'systemname = "p"\nagi_allow = ["pbx"]',
            "pbx.main.agi_allow",
            14,
            "no network",
        ),
        ('systemname = "pbx1"', 'systemname = "p"\nkind = "3cx"', "pbx.main.kind", 14, "asterisk"),
        ('key = "main"', 'key = "Main PBX"', "pbx.Main PBX.key", 8, "cannot be used"),
        ('key = "main"\n', "", "pbx", 7, 'key = "main"'),
        ("[[pbx]]", "[pbx]", "pbx", 7, "[[pbx]]"),
        (
            'ami_secret = "from-file"',
            'ami_secert = "from-file"',
            "pbx.main.ami_secert",
            10,
            "Did you mean “ami_secret”?",
        ),
        ('ami_secret = "from-file"', 'ami_secret = ""', "pbx.main.ami_secret", 10, "is empty"),
        (
            'ami_secret = "from-file"',
            'ami_secret = "a\\r\\nAction: x"',
            "pbx.main.ami_secret",
            10,
            "control character",
        ),
        (
            'ami_secret = "from-file"',
            'ami_secret_file = "nowhere"',
            "pbx.main.ami_secret_file",
            10,
            "cannot be read",
        ),
        (
            'ami_secret = "from-file"',
            'ami_secret = "x"\nami_secret_file = "journal.secret"',
            "pbx.main.ami_secret",
            11,
            "keep one of the two",
        ),
        (
            'data_dir = "data"',
            "lookup_deadline_seconds = 2",
            "lookup_deadline_seconds",
            1,
            "0.05 to 1.4",
        ),
        ('data_dir = "data"', 'data_dir = ""', "data_dir", 1, "is empty"),
        ('data_dir = "data"', "log = 5", "", 4, "written further up"),
        ('data_dir = "data"', "data_dir = data", "", 1, "straight quotation marks"),
    ],
)
def test_a_mistake_in_the_file_has_its_line_and_a_sentence(
    settings_file: Path, old: str, new: str, path: str, *, line: int, said: str
) -> None:
    found = mistakes(rewritten(settings_file, old, new))
    mistake = next(m for m in found if m.path == path)
    assert said in mistake.sentence
    assert (mistake.file, mistake.line) == (str(settings_file), line)
    extra = {m.path for m in found} - {path}
    assert extra <= {"pbx.main.ami_secret"}, [str(m) for m in found]


def test_mistakes_are_told_in_russian_as_well(settings_file: Path) -> None:
    file = rewritten(settings_file, 'language = "en"', 'langauge = "en"')
    (mistake,) = mistakes(file, language="ru")
    assert "Возможно, имелось в виду «language»?" in mistake.sentence


def test_a_typo_in_a_variable_is_a_mistake(settings_file: Path) -> None:
    mistake = only(settings_file, {"DOZVON_LANGAUGE": "ru"})
    assert (mistake.file, mistake.line) == ("DOZVON_LANGAUGE", 0)
    assert "“language”" in mistake.sentence
    mistake = only(settings_file, {"DOZVON_PBX__MAIN__AMI_SECERT": "x"})
    assert "“ami_secret”" in mistake.sentence
    assert only(settings_file, {"DOZVON_LOG": "debug"}).path == "log"


@pytest.mark.parametrize("name", ["LANGUAGE", "DOZVON_CONFIG", "DOZVON_ASTERISK_ROOT"])
def test_variables_of_others_are_left_alone(settings_file: Path, name: str) -> None:
    environment = {name: "de"}
    assert load_settings(settings_file, environment=environment).language == "en"


def test_a_typo_in_the_name_of_a_secret_file_is_a_mistake(
    settings_file: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir()
    typo = folder / "pbx__main__ami_secrt"
    typo.write_text("x")
    typo.chmod(0o600)
    (folder / ".hidden").write_text("x")
    mistake = only(settings_file, {"DOZVON_SECRETS_DIR": str(folder)})
    assert mistake.file == str(typo)
    assert "“ami_secret”" in mistake.sentence


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620])
def test_a_secret_file_that_others_may_read_is_refused(settings_file: Path, mode: int) -> None:
    (settings_file.parent / "journal.secret").chmod(mode)
    mistake = only(settings_file)
    assert "chmod 600" in mistake.sentence
    assert (mistake.path, mistake.line) == ("pbx.main.journal_secret_file", 12)


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe", b"x" * 5000])
def test_a_secret_file_without_a_secret_is_refused(settings_file: Path, content: bytes) -> None:
    (settings_file.parent / "journal.secret").write_bytes(content)
    assert "holds no secret" in only(settings_file).sentence


def test_fastagi_beyond_this_machine_needs_an_allow_list(settings_file: Path) -> None:
    environment = {"DOZVON_PBX__MAIN__AGI_HOST": "0.0.0.0"}  # noqa: S104 - the case
    assert "agi_allow" in only(settings_file, environment).sentence
    environment["DOZVON_PBX__MAIN__AGI_ALLOW"] = "192.0.2.10"
    assert load_settings(settings_file, environment=environment).pbx["main"].agi_allow == (
        "192.0.2.10",
    )


def test_the_lookup_must_end_before_the_decision(settings_file: Path) -> None:
    assert (
        "must be below" in only(settings_file, {"DOZVON_LOOKUP_DEADLINE_SECONDS": "1.2"}).sentence
    )


def test_two_pbxs_need_two_keys(settings_file: Path) -> None:
    settings_file.write_text(FILE + '\n[[pbx]]\nkey = "main"\n')
    mistake = only(settings_file)
    assert mistake.line == 17
    assert "another key" in mistake.sentence


def test_a_file_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    assert "cannot be read" in only(tmp_path / "dozvon.toml").sentence


def test_mistakes_of_all_sources_are_told_at_once(settings_file: Path) -> None:
    file = rewritten(settings_file, 'level = "debug"', 'levle = "debug"')
    (file.parent / "journal.secret").chmod(0o644)
    found = mistakes(file, {"DOZVON_LANGAUGE": "ru", "DOZVON_DATA_DIR": "\n"})
    assert {m.path for m in found} == {
        "langauge",
        "data_dir",
        "log.levle",
        "pbx.main.journal_secret_file",
    }


def test_settings_cannot_be_changed_after_they_were_read() -> None:
    settings: Settings = load_settings(environment={})
    with pytest.raises(ValueError, match="frozen"):
        settings.language = "en"  # type: ignore[assignment]


ENV_NAMES = st.sampled_from(
    [
        "DATA_DIR",
        "DATABASE_URL_FILE",
        "LANGUAGE",
        "LOG",
        "LOG__LEVEL",
        "PBX",
        "PBX__X",
        "PBX__X__HOST",
        "PBX__X__KEY",
        "PBX__X__TRUNKS",
        "PBX__X__AMI_PORT",
        "PBX__X__AMI_SECRET_FILE",
        "PBX__",
        "__",
        "",
        "DECISION_BUDGET_SECONDS",
    ]
)
ENV_VALUES = st.sampled_from(
    ["", "x", "nan", "inf", "1e400", "\n", "\udc80", "{}", "9" * 5000, "a,,b", "²", "\x00"]
)


@given(st.dictionaries(ENV_NAMES.map("DOZVON_{}".format), ENV_VALUES, max_size=6))
def test_no_environment_makes_the_reader_fail_otherwise_than_by_mistakes(
    environment: dict[str, str],
) -> None:
    with suppress(SettingsMistakes):
        assert show(load_settings(environment=environment, language="en"))


def test_an_endless_secret_file_is_not_read_to_its_end(settings_file: Path) -> None:
    file = rewritten(settings_file, "journal.secret", "/dev/zero")
    assert "/dev/zero" in only(file).sentence
