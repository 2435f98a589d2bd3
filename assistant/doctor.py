"""Examines an installation and says, in French, what is missing and how to mend it."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from assistant.documents.folder import FolderReading, read_folder
from assistant.documents.placeholders import PLACEHOLDERS, UNSET, values_of
from assistant.domain import Role
from assistant.errors import AssistantError, CorpusError, StoreError
from assistant.indexing.encoder import Encoder, open_encoder
from assistant.indexing.generations import PIPELINE, Generation, Store
from assistant.settings import LOOPBACK, Settings
from assistant.storage import census
from assistant.storage.census import Census
from assistant.storage.database import MIGRATIONS, Database
from assistant.storage.occupancy import file_of

PYTHON = (3, 11)
# A generation being built needs room beside the one that serves.
LITTLE_SPACE_MEGABYTES = 500
# SQLAlchemy's own, a driver that is not installed, a file or a server that cannot be reached.
DATABASE_FAILURES = (SQLAlchemyError, sqlite3.Error, AssistantError, ImportError, OSError)
BUILD = "Lancez « assistant index »."


class Level(StrEnum):
    """How much a finding matters; an error prevents answering."""

    GOOD = "ok"
    WARNING = "attention"
    ERROR = "erreur"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing examined, in French; ``remedy`` is empty when there is nothing to do."""

    level: Level
    subject: str
    found: str
    remedy: str = ""


def diagnose(settings: Settings) -> list[Finding]:
    """Examine everything the assistant needs; changes nothing, opens no connection but to the database.

    Files that have not changed since the index was built are not read again.
    """
    findings = [_python()]
    encoder = _try_encoder(settings, findings)
    generation = _try_index(settings, encoder, findings)
    try:
        reading = _try_corpus(settings, generation, findings)
        if reading is not None:
            findings += _corpus(reading)
            findings += _placeholders(settings, reading)
            findings += _freshness(reading, generation)
    finally:
        if generation is not None:
            generation.close()
    findings += [_store(settings.store), *_database(settings), *_promises(settings)]
    findings += [_address(settings), _port(settings), _confidence()]
    return findings


def _failure(subject: str, error: AssistantError) -> Finding:
    return Finding(Level.ERROR, subject, error.found, error.remedy or error.expected)


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info[:2] == PYTHON:
        return Finding(Level.GOOD, "Python", f"version {version}.")
    remedy = "Installez Python 3.11, supprimez le dossier .venv, puis relancez « make run »."
    return Finding(Level.ERROR, "Python", f"version {version} ; attendu : 3.11.", remedy)


def _try_encoder(settings: Settings, findings: list[Finding]) -> Encoder | None:
    try:
        encoder = open_encoder(settings.embedding_model)
    except StoreError as error:
        findings.append(_failure("Encodeur", error))
        return None
    findings.append(
        Finding(Level.GOOD, "Encodeur", f"{encoder.dimension} dimensions, {encoder.fingerprint}.")
    )
    return encoder


def _try_index(settings: Settings, encoder: Encoder | None, findings: list[Finding]) -> Generation | None:
    try:
        generation = Store(settings.store, settings.corpus, settings.chroma_url).open()
    except StoreError as error:
        findings.append(_failure("Index", error))
        return None
    manifest = generation.manifest
    if encoder is not None and manifest.encoder != encoder.fingerprint:
        found = f"construit par un autre encodeur ({manifest.encoder})."
        findings.append(Finding(Level.ERROR, "Index", found, BUILD))
    elif manifest.pipeline != PIPELINE:
        findings.append(Finding(Level.WARNING, "Index", "construit par une autre version de Repère.", BUILD))
    else:
        found = (
            f"{manifest.passages} passages de {manifest.documents} documents, {manifest.built_at:%d/%m/%Y}."
        )
        findings.append(Finding(Level.GOOD, "Index", found))
    return generation


def _try_corpus(
    settings: Settings, generation: Generation | None, findings: list[Finding]
) -> FolderReading | None:
    known = generation.content.read_files() if generation is not None else {}
    try:
        largest = settings.file_megabytes * 1_000_000
        return read_folder(settings.corpus, largest, known=known, values=values_of(settings))
    except CorpusError as error:
        findings.append(_failure("Corpus", error))
        return None


def _corpus(reading: FolderReading) -> Iterator[Finding]:
    if reading.documents:
        yield Finding(Level.GOOD, "Corpus", f"{len(reading.documents)} documents lus.")
    else:
        remedy = "Corrigez les fichiers refusés, nommés ci-dessous."
        yield Finding(Level.ERROR, "Corpus", "aucun document lisible.", remedy)
    for rejection in reading.rejections:
        yield Finding(Level.WARNING, rejection.source, rejection.reason, rejection.remedy)
    if any(document.info.model_text for document in reading.documents):
        yield Finding(
            Level.WARNING,
            "Texte",
            "texte modèle, non adopté : il n’engage aucune collectivité.",
            "Adoptez votre propre cadre, puis retirez « texte_modele: true » de ses documents.",
        )


def _placeholders(settings: Settings, reading: FolderReading) -> Iterator[Finding]:
    values = values_of(settings)
    for name in sorted(reading.placeholders):
        if values[name] == UNSET[name]:
            found = f"les textes nomment « {{{{{name}}}}} » : les agents lisent « {values[name]} »."
            remedy = f"Donnez REPERE_{PLACEHOLDERS[name].setting.upper()}, puis « assistant index »."
            yield Finding(Level.WARNING, "Textes à compléter", found, remedy)


def _freshness(reading: FolderReading, generation: Generation | None) -> Iterator[Finding]:
    if generation is None:
        return
    indexed, present = generation.manifest.file_hashes, reading.file_hashes
    changed = sum(indexed.get(source) != present.get(source) for source in indexed.keys() | present.keys())
    if changed:
        found = f"{changed} fichier(s) à relire : leur texte, ou un réglage qu’ils citent, a changé."
        yield Finding(Level.WARNING, "Index", found, BUILD)


def _store(folder: Path) -> Finding:
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        remedy = "Donnez le droit d’écriture sur ce dossier, ou changez REPERE_STORE."
        return Finding(Level.ERROR, "Dossier de l’index", f"écriture impossible dans {existing}.", remedy)
    free = shutil.disk_usage(existing).free // 1_000_000
    if free < LITTLE_SPACE_MEGABYTES:
        remedy = f"Libérez de la place : {LITTLE_SPACE_MEGABYTES} Mo sont conseillés."
        return Finding(Level.WARNING, "Dossier de l’index", f"{free} Mo libres.", remedy)
    return Finding(Level.GOOD, "Dossier de l’index", f"accessible en écriture, {free} Mo libres.")


def _database(settings: Settings) -> Iterator[Finding]:
    file = file_of(settings.database_url)
    if file is not None and not file.exists():
        remedy = "Elle sera créée au premier « assistant serve »."
        yield Finding(Level.WARNING, "Base de données", f"pas encore de fichier {file}.", remedy)
        return
    try:
        if file is not None:  # here: the driver's thread would outlive the event loop to tell its failure
            sqlite3.connect(file).close()
        schema, counted = asyncio.run(_read_database(settings.database_url))
    except DATABASE_FAILURES as error:
        found = f"illisible ({getattr(error, 'orig', error)})."
        remedy = "Vérifiez REPERE_DATABASE_URL et les droits, ou restaurez une sauvegarde."
        yield Finding(Level.ERROR, "Base de données", found, remedy)
        return
    scripts = ScriptDirectory(str(MIGRATIONS))
    if schema not in {script.revision for script in scripts.walk_revisions()}:
        remedy = (
            "Installez la version de Repère qui l’a faite, ou restaurez une sauvegarde (assistant restore)."
        )
        yield Finding(Level.ERROR, "Base de données", f"schéma {schema}, inconnu de cette version.", remedy)
    elif counted is None:
        remedy = "Sauvegardez (assistant backup) ; le prochain « assistant serve » la mettra à jour."
        yield Finding(Level.WARNING, "Base de données", f"schéma {schema}, plus ancien.", remedy)
    else:
        yield Finding(Level.GOOD, "Base de données", f"schéma {schema}, à jour.")
        yield from _people(counted)


async def _read_database(url: str) -> tuple[str, Census | None]:
    """Return the revision of the schema, and the counts when it is this version's own."""
    database = Database(url)
    try:
        async with database.reading() as session:
            schema = str(await session.scalar(text("SELECT version_num FROM alembic_version")))
            current = schema == ScriptDirectory(str(MIGRATIONS)).get_current_head()
            return schema, await census.take(session) if current else None
    finally:
        await database.close()


def _people(counted: Census) -> Iterator[Finding]:
    if not counted.accounts:
        remedy = "Lancez « assistant serve » : il donne un lien pour créer le premier administrateur."
        yield Finding(Level.WARNING, "Comptes", "aucun compte : personne ne peut se connecter.", remedy)
        return
    yield Finding(Level.GOOD, "Comptes", f"{sum(counted.active.values())} actif(s) sur {counted.accounts}.")
    waiting = counted.tickets.get("open", 0)
    if counted.active.get(Role.REFERENT, 0):
        yield Finding(Level.GOOD, "Référents", f"{waiting} demande(s) en attente.")
    else:
        found = f"aucun compte de référent actif : les demandes attendraient ({waiting} en attente)."
        remedy = "Créez-en un : assistant users add ADRESSE --name NOM --role referent."
        yield Finding(Level.WARNING, "Référents", found, remedy)


def _promises(settings: Settings) -> Iterator[Finding]:
    """What agents are told of their authority and of how long their questions are kept."""
    days, ticket_days = settings.retention_days, settings.ticket_retention_days
    yield Finding(
        Level.GOOD, "Conservation", f"discussions {days} jours, demandes closes {ticket_days} jours."
    )
    for name in ("authority", "referents_contact", "urgent_contact"):
        value = getattr(settings, name)
        if value == Settings.model_fields[name].default:
            found = f"REPERE_{name.upper()} est encore « {value} » : les agents ne sauront pas qui c’est."
            yield Finding(
                Level.WARNING, "Réglages", found, "Donnez un nom, un service ou un numéro de chez vous."
            )


def _address(settings: Settings) -> Finding:
    parts = urlsplit(settings.address)
    if parts.scheme == "https":
        return Finding(Level.GOOD, "Adresse publique", f"{settings.address}.")
    if parts.hostname in LOOPBACK:
        return Finding(Level.GOOD, "Adresse publique", f"{settings.address} : ce poste seulement.")
    found = f"{settings.address} : mots de passe et questions circuleraient en clair."
    remedy = "Placez un serveur mandataire en TLS devant Repère ; REPERE_PUBLIC_URL donne son adresse https."
    return Finding(Level.WARNING, "Adresse publique", found, remedy)


def _port(settings: Settings) -> Finding:
    place = f"{settings.host}, port {settings.port}"
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        socket.create_server((settings.host, settings.port), family=family).close()
    except OSError as error:
        remedy = "Arrêtez le programme qui l’occupe (Repère, peut-être), ou changez REPERE_PORT."
        return Finding(Level.WARNING, "Adresse d’écoute", f"{place} : {error.strerror}.", remedy)
    return Finding(Level.GOOD, "Adresse d’écoute", f"{place} : libre.")


def _confidence() -> Finding:
    return Finding(
        Level.WARNING,
        "Confiance",
        "non étalonnée : les seuils sont provisoires, aucune probabilité n’est annoncée.",
        "Relisez les citations avant de décider ; l’étalonnage viendra avec une version suivante.",
    )
