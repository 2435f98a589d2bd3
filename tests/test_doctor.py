import socket
import sys
from pathlib import Path

import pytest

from assistant.doctor import Finding, Level, diagnose
from assistant.service import refresh
from assistant.settings import Settings, load_settings


def found(findings: list[Finding], subject: str) -> list[Finding]:
    return [finding for finding in findings if finding.subject == subject]


def worst(findings: list[Finding], subject: str) -> Level:
    return max((one.level for one in found(findings, subject)), key=list(Level).index)


@pytest.fixture
def ready(settings: Settings, free_port: int) -> Settings:
    refresh(settings)
    return settings.model_copy(update={"port": free_port})


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_a_sound_installation_has_no_error(ready: Settings) -> None:
    findings = diagnose(ready)
    assert [one for one in findings if one.level is Level.ERROR] == []
    for subject in ("Python", "Encodeur", "Index", "Corpus", "Dossier de l’index", "Adresse d’écoute"):
        assert worst(findings, subject) is Level.GOOD, subject
    assert all(one.remedy for one in findings if one.level is not Level.GOOD)


def test_confidence_is_said_not_to_be_calibrated(ready: Settings) -> None:
    (finding,) = found(diagnose(ready), "Confiance")
    assert finding.level is Level.WARNING
    assert "non étalonnée" in finding.found


def test_without_an_index(settings: Settings) -> None:
    (finding,) = found(diagnose(settings), "Index")
    assert finding.level is Level.ERROR
    assert "assistant index" in finding.remedy


def test_examining_changes_nothing(settings: Settings) -> None:
    diagnose(settings)
    assert not settings.store.exists()


def test_a_changed_an_added_and_a_removed_file_are_counted(ready: Settings) -> None:
    charter = ready.corpus / "charte.md"
    charter.write_text(charter.read_text(encoding="utf-8") + "\nAjout.\n", encoding="utf-8")
    (ready.corpus / "autre.md").write_text("# Autre\n\nUne phrase.\n", encoding="utf-8")
    (ready.corpus / "glossaire.md").unlink()
    findings = found(diagnose(ready), "Index")
    assert [one.level for one in findings] == [Level.GOOD, Level.WARNING]
    assert findings[1].found.startswith("3 fichier")


def test_a_missing_encoder(ready: Settings, tmp_path: Path) -> None:
    empty = tmp_path / "encoder"
    empty.mkdir()
    (empty / "modules.json").write_text('[{"type": "x.StaticEmbedding"}]', encoding="utf-8")
    (finding,) = found(diagnose(ready.model_copy(update={"embedding_model": str(empty)})), "Encodeur")
    assert finding.level is Level.ERROR
    assert "model.safetensors" in finding.found


def test_a_damaged_encoder(ready: Settings, tmp_path: Path) -> None:
    damaged = tmp_path / "encoder"
    damaged.mkdir()
    bundled = Path(ready.embedding_model)
    for name in ("modules.json", "tokenizer.json"):
        (damaged / name).write_bytes((bundled / name).read_bytes())
    (damaged / "model.safetensors").write_bytes((bundled / "model.safetensors").read_bytes()[:5000])
    (finding,) = found(diagnose(ready.model_copy(update={"embedding_model": str(damaged)})), "Encodeur")
    assert finding.level is Level.ERROR
    assert finding.remedy


def test_an_index_made_by_another_encoder(ready: Settings) -> None:
    manifest = next(ready.store.rglob("manifest.json"))
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("static:", "other:"), encoding="utf-8")
    findings = found(diagnose(ready), "Index")
    assert findings[0].level is Level.ERROR
    assert "autre encodeur" in findings[0].found


def test_a_missing_corpus(tmp_path: Path) -> None:
    settings = load_settings(corpus=tmp_path / "nowhere", store=tmp_path / "store")
    assert worst(diagnose(settings), "Corpus") is Level.ERROR


def test_a_refused_file_is_named(ready: Settings) -> None:
    (ready.corpus / "scan.pdf").write_bytes(b"%PDF-1.4\n")
    (finding,) = found(diagnose(ready), "scan.pdf")
    assert finding.level is Level.WARNING
    assert finding.remedy


def test_a_model_text_is_said_to_bind_nobody(ready: Settings) -> None:
    assert found(diagnose(ready), "Texte") == []
    text = "---\ntexte_modele: true\n---\n\n# Modèle\n\nUne phrase.\n"
    (ready.corpus / "modele.md").write_text(text, encoding="utf-8")
    (finding,) = found(diagnose(ready), "Texte")
    assert "non adopté" in finding.found


def test_a_store_that_cannot_be_a_folder(ready: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    settings = ready.model_copy(update={"store": tmp_path / "file" / "store"})
    assert worst(diagnose(settings), "Dossier de l’index") is Level.ERROR


def test_a_port_already_taken(ready: Settings) -> None:
    with socket.create_server(("127.0.0.1", ready.port)):
        (finding,) = found(diagnose(ready), "Adresse d’écoute")
    assert finding.level is Level.WARNING
    assert str(ready.port) in finding.found


def test_another_python(ready: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 12, 1))
    (finding,) = found(diagnose(ready), "Python")
    assert finding.level is Level.ERROR
    assert "3.12.1" in finding.found
