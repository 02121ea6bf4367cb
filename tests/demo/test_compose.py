"""The composition root: what the settings say reaches the office in force."""

from __future__ import annotations

from dataclasses import replace

from config.settings import PbxSettings
from dozvon.compose import with_templates
from dozvon.demo.premises import example_office


def pbx_settings(**said: str) -> PbxSettings:
    return PbxSettings.model_validate(
        {
            "key": "main",
            "ami_user": "a",
            "ami_secret": "b",
            "journal_user": "c",
            "journal_secret": "d",
            "systemname": "e",
            **said,
        }
    )


def test_a_manager_without_a_template_is_dialled_by_his_pbxs() -> None:
    """A PBX's template counts for every phone on it that has none of its own."""
    office = example_office()
    own = replace(office.managers["petrov"], dial="SIP/{extension}")
    office = replace(office, managers={**office.managers, "petrov": own})
    found = with_templates(office, {"main": pbx_settings(dial="Local/{extension}@from-internal/n")})
    assert found.managers["ivanova"].dial == "Local/{extension}@from-internal/n"
    assert found.managers["petrov"].dial == "SIP/{extension}"
    assert found.managers["ivanova"].device == "PJSIP/{extension}"


def test_a_manager_on_a_pbx_that_the_settings_do_not_name_stays_as_he_is() -> None:
    """Nothing is invented for another PBX."""
    office = example_office()
    assert with_templates(office, {}) == office
