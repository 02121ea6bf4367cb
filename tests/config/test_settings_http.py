"""The settings of HTTP: what may listen, and how a PBX that asks over HTTP proves who it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.errors import Mistake, SettingsMistakes
from config.settings import show
from config.settings_file import load_settings

TOKEN = "a-token-of-more-than-16"
SECTION = f'[[webhook]]\nkey = "cloud"\ntoken = "{TOKEN}"\n'


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "dozvon.toml"
    file.write_text(text)
    return file


def only(file: Path) -> Mistake:
    with pytest.raises(SettingsMistakes) as caught:
        load_settings(file, environment={}, language="en")
    (mistake,) = caught.value.mistakes
    return mistake


def test_http_listens_on_this_machine_only_unless_somebody_says_otherwise() -> None:
    http = load_settings(environment={}).http
    assert (http.host, http.port, http.state_allow) == (
        "127.0.0.1",
        8080,
        ("127.0.0.0/8", "::1/128"),
    )


def test_port_nought_turns_http_off() -> None:
    assert load_settings(environment={"DOZVON_HTTP__PORT": "0"}).http.port == 0


def test_a_pbx_that_asks_over_http_has_a_section_of_its_own(tmp_path: Path) -> None:
    extra = 'charset = "CP1251"\nseparator = "|"\ncaller_names = ["ani"]\ntoken_in_address = true\n'
    cloud = load_settings(written(tmp_path, SECTION + extra), environment={}).webhook["cloud"]
    assert cloud.token.get_secret_value() == TOKEN
    assert (cloud.charset, cloud.separator, cloud.caller_names) == ("windows-1251", "|", ("ani",))
    assert cloud.token_in_address
    assert not cloud.hmac_secret.get_secret_value()


def test_a_pbx_that_asks_over_http_may_come_from_the_environment_alone(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text(TOKEN + "\n")
    secret.chmod(0o600)
    environment = {
        "DOZVON_WEBHOOK__CLOUD__TOKEN_FILE": str(secret),
        "DOZVON_WEBHOOK__CLOUD__REPORTS_CALLS": "false",
        "DOZVON_WEBHOOK__CLOUD__CALL_NAMES": "id, uniqueid",
    }
    cloud = load_settings(environment=environment).webhook["cloud"]
    assert (cloud.key, cloud.reports_calls, cloud.call_names) == (
        "cloud",
        False,
        ("id", "uniqueid"),
    )
    assert cloud.token.get_secret_value() == TOKEN


def test_its_secrets_are_shown_to_nobody(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, SECTION), environment={})
    assert TOKEN not in repr(settings) + settings.model_dump_json() + str(show(settings))


@pytest.mark.parametrize(
    ("line", "path", "said"),
    [
        ('separator = "a"', "separator", "neither letters nor digits"),
        ('separator = ""', "separator", "one to three"),
        ('charset = "koi8-r"', "charset", "windows-1251"),
        ('format = "yaml"', "format", "json"),
        ('card_address = "javascript:alert(1)"', "card_address", "https://"),
        ('card_address = "https://crm/{password}"', "card_address", "{client}"),
        ('card_address = "https://crm/{client"', "card_address", "{client}"),
        ("requests_per_second = 0", "requests_per_second", "1"),
        ("requests_per_second = 100000", "requests_per_second", "10000"),
        ('token_in_address = "maybe"', "token_in_address", "true"),
        ('hmac_secret = "short"', "hmac_secret", "16 to 200"),
        ('hmac_secert = "0123456789abcdef"', "hmac_secert", "“hmac_secret”"),
        ('allow = ["pbx"]', "allow", "no network"),
    ],
)
def test_a_mistake_has_its_line_and_a_sentence(
    tmp_path: Path, line: str, path: str, said: str
) -> None:
    mistake = only(written(tmp_path, SECTION + line + "\n"))
    assert (mistake.path, mistake.line) == (f"webhook.cloud.{path}", 4)
    assert said in mistake.sentence


def test_a_pbx_that_proves_nothing_is_a_mistake(tmp_path: Path) -> None:
    mistake = only(written(tmp_path, '[[webhook]]\nkey = "cloud"\n'))
    assert "proves nothing" in mistake.sentence


def test_a_webhook_section_without_a_list_or_a_key_is_told(tmp_path: Path) -> None:
    assert "[[webhook]]" in only(written(tmp_path, '[webhook]\nkey = "x"\n')).sentence
    assert "no key" in only(written(tmp_path, f'[[webhook]]\ntoken = "{TOKEN}"\n')).sentence
    assert "another key" in only(written(tmp_path, SECTION * 2)).sentence


def test_a_pbx_that_asks_over_http_needs_http(tmp_path: Path) -> None:
    assert "HTTP is off" in only(written(tmp_path, f"http.port = 0\n{SECTION}")).sentence


def test_a_key_belongs_to_one_pbx(tmp_path: Path) -> None:
    asterisk = (
        '[[pbx]]\nkey = "cloud"\nami_user = "u"\nami_secret = "s"\n'
        'journal_user = "j"\njournal_secret = "s"\nsystemname = "p"\n'
    )
    assert "another key" in only(written(tmp_path, asterisk + SECTION)).sentence


@pytest.mark.parametrize(
    ("written_address", "address"),
    [
        ("", "http://127.0.0.1:8080"),
        ("https://dozvon.example.ru/", "https://dozvon.example.ru"),
        ("http://office.lan:8080", "http://office.lan:8080"),
    ],
)
def test_links_begin_with_the_address_where_people_open_the_workspace(
    written_address: str, address: str
) -> None:
    environment = {"DOZVON_HTTP__PUBLIC_ADDRESS": written_address}
    assert load_settings(environment=environment).http.address == address


@pytest.mark.parametrize("wrong", ["dozvon.example.ru", "https://x/path", "ftp://x", "https://a b"])
def test_an_address_that_is_none_is_refused_with_a_sentence(tmp_path: Path, wrong: str) -> None:
    mistake = only(written(tmp_path, f'[http]\npublic_address = "{wrong}"\n'))
    assert "address of the workspace" in str(mistake)
