"""The file of a backup: a compressed tar whose manifest names each member, its size and its SHA-256."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.errors import AssistantError
from assistant.indexing import generations

MANIFEST = "manifest.json"
DATABASE = "database.sqlite3"
CORPUS = "corpus"
_LONGEST_MANIFEST = 16_000_000
# tarfile reads a header’s extensions in one go, however long they say they are.
_LONGEST_READ = 16_000_000
_CHUNK = 1_000_000


class Member(BaseModel):
    """What a file of the backup must be when it is read back."""

    model_config = ConfigDict(frozen=True)

    size: int = Field(ge=0)
    sha256: str


class Manifest(BaseModel):
    """What a backup holds and where it comes from; ``generation`` is the index that served then."""

    model_config = ConfigDict(frozen=True)

    format: Literal[1] = 1
    repere: str
    schema_revision: str
    made_at: datetime
    generation: generations.Manifest | None
    members: dict[str, Member]

    def texts(self) -> dict[str, str]:
        """Return the hash of each file of the corpus, by its path in it."""
        start = f"{CORPUS}/"
        return {
            name.removeprefix(start): member.sha256
            for name, member in self.members.items()
            if name.startswith(start)
        }


def unusable(file: Path, reason: str) -> AssistantError:
    """Return the error that says that a file cannot be restored; nothing was changed."""
    return AssistantError(
        f"La sauvegarde {file} ne peut pas servir : {reason}.",
        "Un fichier entier, fait par « assistant backup » ; rien n’a été changé.",
        "Recopiez-le depuis l’original, ou prenez une autre sauvegarde.",
    )


def described(folder: Path) -> dict[str, Member]:
    """Return every file of a folder as a member, named by its path in it, in the order of the names."""
    found = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        found[path.relative_to(folder).as_posix()] = Member(size=path.stat().st_size, sha256=digest)
    return found


def pack(folder: Path, manifest: Manifest, file: Path) -> None:
    """Write a new file, readable by its owner only, of the members under ``folder``; on disk at return."""
    (folder / MANIFEST).write_text(manifest.model_dump_json(indent=1), encoding="utf-8")
    with _private(file) as stream:
        with tarfile.open(fileobj=stream, mode="w:gz", compresslevel=6, format=tarfile.PAX_FORMAT) as archive:
            for name in (MANIFEST, *manifest.members):
                _add(archive, folder, name)
        stream.flush()
        os.fsync(stream.fileno())


def _private(file: Path) -> BinaryIO:
    return open(file, "xb", opener=lambda path, flags: os.open(path, flags, 0o600))


def _add(archive: tarfile.TarFile, folder: Path, name: str) -> None:
    path = folder / name
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = path.stat().st_size, int(path.stat().st_mtime), 0o600
    with path.open("rb") as stream:
        archive.addfile(member, stream)


def unpack(file: Path, folder: Path) -> Manifest:
    """Write the members of a backup under an empty folder, each verified; returns what they are.

    Only regular files that the manifest names are written, under their names, never outside the folder.

    Raises:
        AssistantError: the file is missing, damaged, tampered with, of another format, or too large.
    """
    try:
        with _Bounded(file) as stream, tarfile.open(fileobj=stream, mode="r:") as archive:
            members = iter(archive)
            manifest = _manifest(file, archive, next(members, None))
            _check_room(file, folder, manifest)
            _unpack_members(file, folder, archive, members, manifest)
            # To the very end, where the checksum of the compression is.
            if stream.read(_CHUNK).strip(b"\0") or stream.read(1):
                raise unusable(file, "quelque chose suit son dernier fichier")
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error, UnicodeError) as error:
        raise unusable(file, f"elle est abîmée ou incomplète ({error})") from error
    except OSError as error:
        raise unusable(file, f"lecture ou écriture impossible ({error.strerror})") from error
    return manifest


class _Bounded(gzip.GzipFile):
    """Decompresses by reads of a bounded length, so that a small file cannot fill the memory."""

    def read(self, size: int | None = -1) -> bytes:
        if size is None or not 0 <= size <= _LONGEST_READ:
            raise tarfile.ReadError("en-tête démesuré")
        return super().read(size)


def _manifest(file: Path, archive: tarfile.TarFile, member: tarfile.TarInfo | None) -> Manifest:
    if member is None or member.name != MANIFEST or not member.isreg() or member.size > _LONGEST_MANIFEST:
        raise unusable(file, "elle ne commence pas par un manifeste")
    stream = archive.extractfile(member)
    try:
        manifest = Manifest.model_validate_json(stream.read() if stream else b"")
    except ValidationError as error:
        reason = "son manifeste n’est pas lisible par cette version de Repère"
        raise unusable(file, reason) from error
    strange = sorted(name for name in manifest.members if not _is_ours(name))
    if strange or DATABASE not in manifest.members:
        raise unusable(file, f"son manifeste nomme mal ses fichiers ({', '.join(strange[:3]) or DATABASE})")
    return manifest


def _is_ours(name: str) -> bool:
    path = PurePosixPath(name)
    inside = path.parts[:1] == (CORPUS,) and len(path.parts) > 1 and ".." not in path.parts
    return name == DATABASE or (inside and str(path) == name and "\0" not in name)


def _check_room(file: Path, folder: Path, manifest: Manifest) -> None:
    needed = sum(member.size for member in manifest.members.values())
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise unusable(file, f"il faut {needed // 1_000_000} Mo, {free // 1_000_000} sont libres")


def _unpack_members(
    file: Path,
    folder: Path,
    archive: tarfile.TarFile,
    members: Iterator[tarfile.TarInfo],
    manifest: Manifest,
) -> None:
    expected = dict(manifest.members)
    for member in members:
        known = expected.pop(member.name, None)
        stream = archive.extractfile(member) if known and member.isreg() and not member.issparse() else None
        if known is None or stream is None or member.size != known.size:
            raise unusable(file, f"« {member.name} » n’y est pas attendu")
        path = folder / member.name
        path.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with path.open("xb") as copy:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
                copy.write(chunk)
        if digest.hexdigest() != known.sha256:
            raise unusable(file, f"le contenu de « {member.name} » n’est pas celui d’origine")
    if expected:
        raise unusable(file, f"il y manque {len(expected)} fichier(s), dont « {next(iter(expected))} »")
