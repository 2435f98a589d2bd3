import asyncio
import shutil
import socket
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from assistant import doctor
from assistant.doctor import Finding, Level, diagnose
from assistant.service import refresh
from assistant.settings import Settings, load_settings
from assistant.storage.database import opened
from assistant.storage.occupancy import file_of
from assistant.storage.tables import AccountRow, Table, TicketRow


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


def kept(settings: Settings, *rows: Table) -> None:
    """Make the database of this installation, with these rows in it."""

    async def work() -> None:
        async with opened(settings.database_url) as database, database.writing() as session:
            session.add_all(rows)

    asyncio.run(work())


def person(role: str, active: bool = True) -> AccountRow:
    return AccountRow(id=role, email=f"{role}@ville.example", name=role, role=role, active=active)


def test_a_database_not_made_yet_is_not_made_by_looking(ready: Settings) -> None:
    (finding,) = found(diagnose(ready), "Base de données")
    assert finding.level is Level.WARNING
    assert "assistant serve" in finding.remedy
    assert not file_of(ready.database_url).exists()
    assert found(diagnose(ready), "Comptes") == []


def test_without_any_account(ready: Settings) -> None:
    kept(ready)
    findings = diagnose(ready)
    assert worst(findings, "Base de données") is Level.GOOD
    (finding,) = found(findings, "Comptes")
    assert finding.level is Level.WARNING
    assert "premier administrateur" in finding.remedy


def test_without_an_active_referent_tickets_would_wait(ready: Settings) -> None:
    tickets = [TicketRow(question="q", state=state, reason="r") for state in ("open", "open", "answered")]
    kept(ready, person("agent"), person("referent", active=False), *tickets)
    findings = diagnose(ready)
    assert "1 actif(s) sur 2" in found(findings, "Comptes")[0].found
    (finding,) = found(findings, "Référents")
    assert finding.level is Level.WARNING
    assert "(2 en attente)" in finding.found
    assert "--role referent" in finding.remedy


def test_with_a_referent(ready: Settings) -> None:
    kept(ready, person("referent"))
    (finding,) = found(diagnose(ready), "Référents")
    assert finding.level is Level.GOOD


@pytest.mark.parametrize(("revision", "level"), [("9999", Level.ERROR), ("0001", Level.GOOD)])
def test_the_schema_of_the_database(revision: str, level: Level, ready: Settings) -> None:
    kept(ready)
    with closing(sqlite3.connect(file_of(ready.database_url))) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
        connection.commit()
    (finding,) = found(diagnose(ready), "Base de données")
    assert finding.level is level
    assert revision in finding.found


def test_an_older_schema_is_left_to_the_next_start(
    ready: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(ready)
    migrations = Path(shutil.copytree(doctor.MIGRATIONS, tmp_path / "migrations"))
    (migrations / "versions" / "schema_0002.py").write_text("revision = '0002'\ndown_revision = '0001'\n")
    monkeypatch.setattr(doctor, "MIGRATIONS", migrations)
    (finding,) = found(diagnose(ready), "Base de données")
    assert finding.level is Level.WARNING
    assert "assistant backup" in finding.remedy


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("sqlite+aiosqlite:///{folder}", "unable to open"),
        ("sqlite+aiosqlite:///{folder}/corpus/faq.md", "not a database"),
        ("postgresql+nothing://u:secret@127.0.0.1/x", "nothing"),
        ("no address", "no address"),
    ],
)
def test_a_database_that_cannot_be_read(url: str, reason: str, ready: Settings, tmp_path: Path) -> None:
    settings = ready.model_copy(update={"database_url": url.format(folder=tmp_path)})
    (finding,) = found(diagnose(settings), "Base de données")
    assert finding.level is Level.ERROR
    assert reason in finding.found
    assert "secret" not in finding.found


def test_how_long_things_are_kept_is_said(ready: Settings) -> None:
    settings = ready.model_copy(update={"retention_days": 30, "ticket_retention_days": 400})
    (finding,) = found(diagnose(settings), "Conservation")
    assert "30 jours" in finding.found
    assert "400 jours" in finding.found


def test_names_that_nobody_filled_in(ready: Settings) -> None:
    named = {"authority": "Ville", "referents_contact": "le 01", "urgent_contact": "le 02"}
    assert len(found(diagnose(ready), "Réglages")) == 3
    (finding,) = found(
        diagnose(ready.model_copy(update={**named, "authority": "votre collectivité"})), "Réglages"
    )
    assert "REPERE_AUTHORITY" in finding.found
    assert found(diagnose(ready.model_copy(update=named)), "Réglages") == []


@pytest.mark.parametrize(
    ("host", "public_url", "level"),
    [
        ("127.0.0.1", "", Level.GOOD),
        ("::1", "", Level.GOOD),
        ("127.0.0.1", "https://repere.example", Level.GOOD),
        ("0.0.0.0", "https://repere.example", Level.GOOD),  # noqa: S104
        ("127.0.0.1", "http://repere.example", Level.WARNING),
        ("0.0.0.0", "http://repere.example", Level.WARNING),  # noqa: S104
        ("0.0.0.0", "", Level.WARNING),  # noqa: S104
    ],
)
def test_an_address_in_clear(host: str, public_url: str, level: Level, ready: Settings) -> None:
    settings = ready.model_copy(update={"host": host, "public_url": public_url})
    (finding,) = found(diagnose(settings), "Adresse publique")
    assert finding.level is level
    assert ("REPERE_PUBLIC_URL" in finding.remedy) is (level is Level.WARNING)


def test_a_model_text_is_said_to_bind_nobody(ready: Settings) -> None:
    assert found(diagnose(ready), "Texte") == []
    text = "---\ntexte_modele: true\n---\n\n# Modèle\n\nUne phrase.\n"
    (ready.corpus / "modele.md").write_text(text, encoding="utf-8")
    (finding,) = found(diagnose(ready), "Texte")
    assert "non adopté" in finding.found


def test_the_settings_that_the_texts_wait_for(ready: Settings) -> None:
    assert found(diagnose(ready), "Textes à compléter") == []
    (ready.corpus / "secours.md").write_text(
        "# Secours\n\nÉcrivez à {{dpo.courriel}} ou {{rssi.courriel}}, pas à {{maire.courriel}}.\n",
        encoding="utf-8",
    )
    refresh(ready)
    one, other = found(diagnose(ready), "Textes à compléter")
    assert one.level is other.level is Level.WARNING
    assert "{{dpo.courriel}}" in one.found
    assert "REPERE_DPO_EMAIL" in one.remedy
    assert "REPERE_RSSI_EMAIL" in other.remedy

    half = ready.model_copy(update={"dpo_email": "dpo@ville.example"})
    findings = diagnose(half)
    (left,) = found(findings, "Textes à compléter")
    assert "REPERE_RSSI_EMAIL" in left.remedy
    assert found(findings, "Index")[1].found.startswith("1 fichier(s) à relire")
    refresh(half)
    assert [one.level for one in found(diagnose(half), "Index")] == [Level.GOOD]


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
