from pathlib import Path

import pytest
from pydantic import ValidationError

from assistant.errors import SettingsError
from assistant.settings import ROOT, Settings, load_settings


def test_defaults_point_into_the_project() -> None:
    settings = load_settings()
    assert settings.corpus == ROOT / "corpus"
    assert (Path(settings.embedding_model) / "model.safetensors").is_file()
    assert settings.host == "127.0.0.1"


def test_the_thresholds_are_in_order() -> None:
    settings = load_settings()
    assert settings.confirm_threshold < settings.verified_threshold


def test_the_environment_changes_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPERE_AUTHORITY", "la métropole d’essai")
    monkeypatch.setenv("REPERE_PORT", "8123")
    settings = load_settings()
    assert (settings.authority, settings.port) == ("la métropole d’essai", 8123)


def test_an_option_wins_over_the_environment_unless_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPERE_PORT", "8123")
    assert load_settings(port=9000).port == 9000
    assert load_settings(port=None).port == 8123


def test_an_env_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("REPERE_AUTHORITY=la ville d’essai\nAUTRE=1\n", encoding="utf-8")
    monkeypatch.setitem(Settings.model_config, "env_file", str(tmp_path / ".env"))
    assert load_settings().authority == "la ville d’essai"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REPERE_PORT", "zéro"),
        ("REPERE_PORT", "70000"),
        ("REPERE_LANGUAGE", "français"),
        ("REPERE_VERIFIED_THRESHOLD", "1.5"),
        ("REPERE_ANSWER_WORDS", "3"),
    ],
)
def test_a_bad_value_is_explained(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as raised:
        load_settings()
    assert name in raised.value.found
    assert value in raised.value.found
    assert raised.value.remedy


@pytest.mark.parametrize("separator", ["\n", "\r\n", "\t", "\u2028", "\u2029", "\x85"])
def test_what_fills_the_texts_is_on_one_line(separator: str) -> None:
    with pytest.raises(SettingsError) as raised:
        load_settings(intranet_address=f"https://intranet.example{separator}# Titre")
    assert "REPERE_INTRANET_ADDRESS" in raised.value.found
    kept = "RSSI – n° d’urgence\u00a0: 01 02 03 04 05"
    assert load_settings(rssi_phone=kept).rssi_phone == kept


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        load_settings().port = 1
