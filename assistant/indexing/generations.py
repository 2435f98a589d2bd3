"""The index as a sequence of immutable generations, with a pointer replaced atomically.

A generation is built aside under a name that readers ignore, renamed when complete, then named by
``CURRENT``. A crash, a kill or a full disk while building leaves the previous generation serving. One
writer at a time holds the lock; readers never wait.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict

from assistant.domain import Rejection
from assistant.errors import StoreError
from assistant.french import slug
from assistant.indexing.content import Content
from assistant.indexing.lexical import LexicalIndex
from assistant.indexing.vectors import VectorStore

# Raised whenever splitting, analysis or layout changes: older generations are then rebuilt.
PIPELINE = "4"
KEPT = 2


class Manifest(BaseModel):
    """What a generation was made from."""

    model_config = ConfigDict(frozen=True)

    id: str
    built_at: datetime
    pipeline: str
    encoder: str
    dimension: int
    corpus: str
    documents: int
    passages: int
    questions: int
    reused_vectors: int
    file_hashes: dict[str, str]
    rejections: tuple[Rejection, ...]


class Generation:
    """One published generation, open for reading."""

    def __init__(self, folder: Path, chroma_url: str = "") -> None:
        self.manifest = Manifest.model_validate_json((folder / "manifest.json").read_text(encoding="utf-8"))
        self.content = Content(folder / "content.sqlite")
        self.terms = LexicalIndex(folder / "terms")
        self.grams = LexicalIndex(folder / "grams")
        self.questions = LexicalIndex(folder / "questions")
        self.vectors = VectorStore(folder / "chroma", self.manifest.id, chroma_url)

    def close(self) -> None:
        """Release files and connections."""
        self.content.close()
        self.vectors.close()


class Store:
    """The generations of one corpus: ``<root>/<corpus key>/``."""

    def __init__(self, root: Path, corpus: Path, chroma_url: str = "") -> None:
        resolved = corpus.resolve()
        key = hashlib.sha256(str(resolved).encode()).hexdigest()[:8]
        self.folder = root / f"{slug(resolved.name)}-{key}"
        self.chroma_url = chroma_url

    def current_id(self) -> str | None:
        """Return the id of the generation that serves, or None before the first build."""
        pointer = self.folder / "CURRENT"
        if not pointer.is_file():
            return None
        name = pointer.read_text(encoding="utf-8").strip()
        return name if (self.folder / name / "manifest.json").is_file() else None

    def is_ready(self) -> bool:
        """Tell whether a generation serves, and can be read by this version."""
        name = self.current_id()
        if name is None:
            return False
        manifest = (self.folder / name / "manifest.json").read_text(encoding="utf-8")
        try:
            return Manifest.model_validate_json(manifest).pipeline == PIPELINE
        except ValueError:  # damaged: whoever opens it says so
            return False

    def open(self) -> Generation:
        """Open the current generation.

        Raises:
            StoreError: nothing was built yet, or the generation's files are damaged.
        """
        name = self.current_id()
        if name is None:
            raise StoreError(
                "Aucun index pour ce corpus.", "Un index construit.", "Lancez « assistant index »."
            )
        try:
            return Generation(self.folder / name, self.chroma_url)
        except (OSError, ValueError) as error:
            raise StoreError(
                f"L’index « {name} » est illisible : {error}",
                "Les fichiers complets d’une génération.",
                "Lancez « assistant index --rebuild ».",
            ) from error

    def lock(self) -> FileLock:
        """Return the writer's lock, already taken; use it as a context manager.

        Raises:
            StoreError: another process is indexing the same corpus.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.folder / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise StoreError(
                "Une autre indexation de ce corpus est en cours.",
                "Un seul processus à la fois.",
                "Attendez sa fin, puis relancez la commande.",
            ) from error
        return lock

    def new_folder(self) -> tuple[str, Path]:
        """Return the id and the working folder of a generation to build; drops abandoned ones."""
        for abandoned in self.folder.glob(".building-*"):
            shutil.rmtree(abandoned)
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{uuid4().hex[:6]}"
        folder = self.folder / f".building-{name}"
        folder.mkdir()
        return name, folder

    def publish(self, manifest: Manifest, building: Path) -> None:
        """Make a complete working folder the current generation, then drop the oldest ones."""
        (building / "manifest.json").write_text(manifest.model_dump_json(indent=1), encoding="utf-8")
        _flush(building)
        building.rename(self.folder / manifest.id)
        pointer = self.folder / "CURRENT.new"
        pointer.write_text(manifest.id, encoding="utf-8")
        _flush_file(pointer)
        pointer.replace(self.folder / "CURRENT")
        self._prune(manifest.id)

    def _prune(self, current: str) -> None:
        complete = sorted(file.parent for file in self.folder.glob("[0-9]*/manifest.json"))
        others = [folder for folder in complete if folder.name != current]
        for old in others[: max(0, len(others) - (KEPT - 1))]:
            if self.chroma_url:
                vectors = VectorStore(old / "chroma", old.name, self.chroma_url)
                vectors.remove()
                vectors.close()
            shutil.rmtree(old)


def _flush(folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            _flush_file(file)


def _flush_file(file: Path) -> None:
    with file.open("rb") as stream:
        os.fsync(stream.fileno())
