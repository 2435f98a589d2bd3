"""Makes a backup while Repère serves: database, texts, and which index they made."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from assistant.backup import snapshot
from assistant.backup.archive import CORPUS, DATABASE, Manifest, described, pack
from assistant.backup.workshop import workshop
from assistant.errors import AssistantError, CorpusError
from assistant.indexing import generations
from assistant.settings import Settings

_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Saved:
    """A backup that is on disk; ``left_out`` names the entries of the corpus that are not files of it."""

    file: Path
    bytes: int
    manifest: Manifest
    left_out: tuple[str, ...]


def save(settings: Settings, file: Path, moment: datetime) -> Saved:
    """Write a backup: it appears under its name whole, at once, or not at all.

    Raises:
        AssistantError: the database is not SQLite, or the file cannot be written there.
        DatabaseError: there is no database, or it is damaged.
        CorpusError: there is no corpus.
    """
    database = snapshot.database_file(settings)
    target = file.absolute()
    _check_target(settings, target)
    try:
        with workshop(target.parent) as folder:
            contents = folder / "contents"
            contents.mkdir()
            snapshot.copy(database, contents / DATABASE)
            left_out = _copy_texts(settings.corpus, contents / CORPUS)
            manifest = Manifest(
                repere=version("repere"),
                schema_revision=snapshot.check(contents / DATABASE),
                made_at=moment,
                generation=current_generation(settings),
                members=described(contents),
            )
            pack(contents, manifest, folder / "whole")
            (folder / "whole").replace(target)
            flush_folder(target.parent)
    except OSError as error:
        raise AssistantError(
            f"La sauvegarde {target} n’a pas pu être écrite : {error.strerror or error}.",
            "De la place, et le droit d’écrire dans ce dossier et de lire le corpus.",
            "Libérez de la place ou choisissez un autre dossier ; ce qui portait ce nom n’a pas changé.",
        ) from error
    return Saved(target, target.stat().st_size, manifest, left_out)


def current_generation(settings: Settings) -> generations.Manifest | None:
    """Return what the index that serves was made from, None when there is none."""
    store = generations.Store(settings.store, settings.corpus, settings.chroma_url)
    name = store.current_id()
    if name is None:
        return None
    text = (store.folder / name / "manifest.json").read_text(encoding="utf-8")
    return generations.Manifest.model_validate_json(text)


def flush_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _check_target(settings: Settings, target: Path) -> None:
    """Refuse to write into what is saved, or over a file that is not a backup."""
    if target.resolve().is_relative_to(settings.corpus.resolve()):
        problem = "est dans le dossier du corpus, qui contiendrait ses propres sauvegardes"
    elif not target.parent.is_dir():
        problem = "est dans un dossier qui n’existe pas"
    elif target.exists() and not _is_gzip(target):
        problem = "existe déjà et n’est pas une sauvegarde"
    else:
        return
    raise AssistantError(
        f"{target} {problem}.",
        "Un nom de fichier tel que /var/backups/repere/repere.tar.gz.",
        "Donnez un autre nom.",
    )


def _is_gzip(file: Path) -> bool:
    if not file.is_file():
        return False
    with file.open("rb") as stream:
        return stream.read(len(_GZIP)) == _GZIP


def _copy_texts(corpus: Path, target: Path) -> tuple[str, ...]:
    """Copy the files of the corpus; returns the names of the entries that are not files of its own."""
    if not corpus.is_dir():
        raise CorpusError(
            f"Le dossier « {corpus} » n’existe pas.",
            "Attendu : le dossier des documents.",
            "Vérifiez REPERE_CORPUS.",
        )
    target.mkdir()
    left_out = []
    for path, name in entries(corpus):
        if name is None:
            left_out.append(str(path.relative_to(corpus)).encode("utf-8", "replace").decode())
            continue
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target / name)
    return tuple(left_out)


def entries(corpus: Path) -> list[tuple[Path, str | None]]:
    """Return the entries of a corpus that are not folders, each with its name in a backup.

    The name is None for what a backup does not hold: links out of the corpus or to a folder, devices,
    names that are not UTF-8.
    """
    root = corpus.resolve()
    found: list[tuple[Path, str | None]] = []
    for parent, folders, files in os.walk(corpus):
        here = Path(parent)
        linked = [name for name in folders if (here / name).is_symlink()]
        for path in sorted(here / name for name in files + linked):
            name = path.relative_to(corpus).as_posix()
            regular = path.is_file() and path.resolve().is_relative_to(root)
            decodable = not any("\ud800" <= char <= "\udfff" for char in name)
            found.append((path, name if regular and decodable else None))
    return found
