"""Puts a backup back: all is verified aside first, what is replaced is kept beside."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, delete
from sqlalchemy.exc import SQLAlchemyError

from assistant.backup import snapshot
from assistant.backup.archive import CORPUS, DATABASE, Manifest, unpack, unusable
from assistant.backup.saving import entries, flush_folder
from assistant.backup.workshop import workshop
from assistant.errors import AssistantError
from assistant.settings import Settings
from assistant.storage import audit
from assistant.storage.database import opened
from assistant.storage.occupancy import held
from assistant.storage.tables import LinkRow, SessionRow

# SQLite's own files beside the database; they belong to the file whose name they carry.
_COMPANIONS = ("-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back, and where what it replaced was put; the corpus may have been the same already."""

    manifest: Manifest
    aside: tuple[Path, ...]
    corpus_replaced: bool


def restore(settings: Settings, file: Path, moment: datetime, force: bool = False) -> Restored:
    """Put a backup in place of the database and of the corpus; the index is left to be brought up to date.

    An older schema is brought up to date. Sessions and links do not come back: some were closed since.

    Raises:
        AssistantError: the backup cannot be used, something is in its place without ``force``, or a
            folder cannot be written.
        DatabaseError: a server or a command uses the database, or a newer Repère made the backup.
    """
    database, corpus = snapshot.database_file(settings), settings.corpus.resolve()
    if not file.is_file():
        raise unusable(file, "ce fichier n’existe pas")
    try:
        with held(settings.database_url), ExitStack() as places:
            corpus.parent.mkdir(parents=True, exist_ok=True)
            folder = places.enter_context(workshop(database.parent))
            manifest = unpack(file, folder)
            _prepare(folder / DATABASE, manifest, file, moment)
            same = _same_texts(corpus, manifest)
            if not force:
                _refuse_to_replace(database, corpus, same)
            moves = _Moves(f".avant-restauration-{moment:%Y%m%dT%H%M%S}")
            if not same:
                texts = places.enter_context(workshop(corpus.parent)) / CORPUS
                (folder / CORPUS).mkdir(exist_ok=True)  # a corpus without any file
                shutil.copytree(folder / CORPUS, texts)
            if database.exists():
                snapshot.fold(database)
            with moves:
                if not same:
                    moves.folder(texts, corpus)
                moves.database(folder / DATABASE, database)
    except OSError as error:
        raise AssistantError(
            f"La restauration n’a pas pu se faire : {error}.",
            "De la place, et le droit d’écrire à côté de la base et du corpus.",
            "Corrigez, puis relancez la commande ; ce qui avait été déplacé a été remis.",
        ) from error
    return Restored(manifest, tuple(moves.aside), not same)


class _Moves:
    """Renames that put new things in place; all are undone when the block raises."""

    def __init__(self, suffix: str) -> None:
        self._suffix = suffix
        self._undo = ExitStack()
        self.aside: list[Path] = []

    def __enter__(self) -> None:
        self._undo.__enter__()

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        if kind is None:
            self._undo.pop_all()
        self._undo.close()

    def folder(self, new: Path, place: Path) -> None:
        """Put a folder in place of another."""
        if place.exists():
            self._rename(place, self._beside(place))
        self._rename(new, place)
        flush_folder(place.parent)

    def database(self, new: Path, place: Path) -> None:
        """Put a database in place of another: at any moment one of the two bears the name."""
        beside = self._beside(place)
        for companion in _COMPANIONS:
            left = place.with_name(place.name + companion)
            if left.exists():
                self._rename(left, beside.with_name(beside.name + companion))
        if place.exists():
            os.link(place, beside)
            self._undo.callback(_put_back, beside, place)
            self.aside.append(beside)
        new.replace(place)
        flush_folder(place.parent)

    def _rename(self, old: Path, new: Path) -> None:
        old.rename(new)
        self._undo.callback(new.rename, old)
        if self._suffix in new.name:
            self.aside.append(new)

    def _beside(self, place: Path) -> Path:
        return place.with_name(place.name + self._suffix)


def _put_back(beside: Path, place: Path) -> None:
    beside.rename(place)
    # Renaming one name of a file to another of its names does nothing.
    beside.unlink(missing_ok=True)


def _prepare(staged: Path, manifest: Manifest, file: Path, moment: datetime) -> None:
    """Verify the database of the backup and bring it up to date, before it takes its place."""
    if snapshot.check(staged) != manifest.schema_revision:
        raise unusable(file, "le schéma de sa base n’est pas celui qu’annonce son manifeste")
    try:
        asyncio.run(_update(staged, manifest, moment))
    except SQLAlchemyError as error:
        raise unusable(file, "sa base n’est pas celle d’un Repère") from error
    snapshot.fold(staged)
    staged.chmod(0o600)
    with staged.open("rb") as stream:
        os.fsync(stream.fileno())


async def _update(staged: Path, manifest: Manifest, moment: datetime) -> None:
    url = URL.create("sqlite+aiosqlite", database=str(staged)).render_as_string()
    async with opened(url) as database, database.writing() as session:
        # One that was closed since the backup must not open the door again.
        await session.execute(delete(SessionRow))
        await session.execute(delete(LinkRow))
        details = {"made_at": manifest.made_at.isoformat(), "restored_at": moment.isoformat()}
        audit.record(session, audit.CONSOLE, "backup.restore", DATABASE, details)


def _same_texts(corpus: Path, manifest: Manifest) -> bool:
    if not corpus.is_dir():
        return False
    present = {}
    for path, name in entries(corpus):
        if name is None:
            return False
        with path.open("rb") as stream:
            present[name] = hashlib.file_digest(stream, "sha256").hexdigest()
    return present == manifest.texts()


def _refuse_to_replace(database: Path, corpus: Path, same: bool) -> None:
    present = [f"la base {database}"] if database.exists() else []
    if not same and corpus.is_dir() and any(corpus.iterdir()):
        present.append(f"le corpus {corpus}, différent de celui de la sauvegarde")
    if present:
        raise AssistantError(
            f"Il y a déjà {' et '.join(present)}.",
            "Une installation vide, ou votre accord pour remplacer ce qui s’y trouve.",
            "Ajoutez --force : ce qui est remplacé sera gardé à côté, sous un autre nom.",
        )
