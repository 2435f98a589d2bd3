"""A folder of anyone's files to documents: one bad file never stops the others."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from assistant.documents.placeholders import UNSET, find_placeholders
from assistant.documents.readers import AS_WRITTEN, WRITTEN_SUFFIXES, file_bytes, read_bytes, reader_of
from assistant.domain import Document, Rejection
from assistant.errors import CorpusError, DocumentError

Progress = Callable[[int, int, str], None]
Known = Mapping[str, tuple[str, Document]]

# At the root of a corpus these are not documents of it: how to bring one's own, the training paths.
_ROOT_READMES = frozenset({"readme.md", "readme.txt", "readme.markdown", "readme.html"})
_ROOT_FOLDERS = frozenset({"parcours"})
_ARCHIVE_TWIN = "__MACOSX"


@dataclass(frozen=True, slots=True)
class FolderReading:
    """What a folder gave: its documents, the files refused, the files of other formats.

    ``file_hashes`` maps the source of each document to the SHA-256 of its file, and of the values of
    its placeholders when it has any; ``placeholders`` names those that the documents use.
    """

    documents: tuple[Document, ...]
    rejections: tuple[Rejection, ...]
    file_hashes: Mapping[str, str]
    ignored: tuple[str, ...] = ()
    placeholders: frozenset[str] = frozenset()


def read_folder(
    folder: Path,
    max_bytes: int,
    progress: Progress | None = None,
    known: Known | None = None,
    values: Mapping[str, str] = UNSET,
) -> FolderReading:
    """Read every document of a folder, in the order of their paths, its placeholders filled with ``values``.

    ``progress`` is called with (files done, files in all, source) before each file and once at the
    end; ``known`` gives, by source, the file hash and the document of an earlier reading: a file that
    has not changed, nor a value it uses, is not read again.

    Raises:
        CorpusError: the folder is missing, or holds no file of a supported format.
    """
    reading = _Reading(folder, max_bytes, known or {}, values)
    sources = reading.walk()
    if not sources and not reading.rejections:
        raise CorpusError(
            f"Le dossier « {folder} » ne contient aucun document.",
            "Attendu : des fichiers Markdown, texte, HTML, PDF, DOCX ou ODT.",
            "Déposez-y vos documents, ou indiquez un autre dossier.",
        )
    for done, source in enumerate(sources):
        if progress:
            progress(done, len(sources), source)
        reading.read(source)
    if progress:
        progress(len(sources), len(sources), "")
    return reading.result()


@dataclass
class _Reading:
    """A reading in progress."""

    folder: Path
    max_bytes: int
    known: Known
    values: Mapping[str, str]
    documents: dict[str, Document] = field(default_factory=dict)
    rejections: list[Rejection] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    placeholders: set[str] = field(default_factory=set)

    def walk(self) -> list[str]:
        """Return the sources to read, sorted; refuse links that leave the folder and odd names."""
        if not self.folder.is_dir():
            raise CorpusError(
                f"Le dossier « {self.folder} » n’existe pas.",
                "Attendu : un dossier de documents.",
                "Créez-le, ou indiquez un autre dossier avec --corpus.",
            )
        root = self.folder.resolve()
        sources: list[str] = []
        for path in _files(self.folder):
            source = path.relative_to(self.folder).as_posix()
            if not source.isprintable() or _undecodable(source):
                shown = source.encode("utf-8", "replace").decode()
                self._refuse(
                    shown, "Le nom de ce fichier contient des caractères illisibles.", "Renommez-le."
                )
            elif path.is_symlink() and not path.resolve().is_relative_to(root):
                self._refuse(
                    source,
                    "Ce lien sort du dossier des documents.",
                    "Remplacez-le par une copie du fichier.",
                )
            elif reader_of(source) is None:
                self.ignored.append(source)
            elif not path.is_file():
                self._refuse(
                    source, "Ce fichier n’est pas un fichier ordinaire, ou son lien est rompu.", "Retirez-le."
                )
            else:
                sources.append(source)
        return sorted(sources)

    def read(self, source: str) -> None:
        """Read one file into a document or a rejection."""
        try:
            data = file_bytes(self.folder / source, self.max_bytes)
            values = self._values(data, source)
            digest = _digest(data, values)
            before = self.known.get(source)
            document = before[1] if before and before[0] == digest else read_bytes(data, source, values)
        except DocumentError as error:
            self._refuse(source, f"{error.found} {error.expected}".strip(), error.remedy)
            return
        twin = self.documents.get(document.info.id)
        if twin is not None:
            self._refuse(
                source,
                f"« {source} » et « {twin.info.source} » ont le même identifiant « {document.info.id} » ; "
                "seul le second est gardé.",
                "Donnez à l’un des deux un autre nom, ou une autre clé « id » dans son en-tête.",
            )
            return
        self.documents[document.info.id] = document
        self.hashes[source] = digest
        self.placeholders.update(values)

    def _values(self, data: bytes, source: str) -> Mapping[str, str]:
        """Return the values that this file uses; the zeros of UTF-16 part its braces."""
        if Path(source.lower()).suffix not in WRITTEN_SUFFIXES or b"{{" not in data.replace(b"\0", b""):
            return AS_WRITTEN
        from assistant.documents.decoding import decode

        used = {name for _, name in find_placeholders(decode(data))}
        return {name: value for name, value in self.values.items() if name in used}

    def _refuse(self, source: str, reason: str, remedy: str) -> None:
        self.rejections.append(Rejection(source, reason, remedy))

    def result(self) -> FolderReading:
        """Return what was read."""
        return FolderReading(
            tuple(self.documents.values()),
            tuple(sorted(self.rejections, key=lambda rejection: rejection.source)),
            self.hashes,
            tuple(sorted(self.ignored)),
            frozenset(self.placeholders),
        )


def _digest(data: bytes, values: Mapping[str, str]) -> str:
    given = "".join(f"\n{name}={value}" for name, value in sorted(values.items()))
    return hashlib.sha256(data + given.encode()).hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    """Yield every entry that could be a document; links to folders are entries, never followed."""
    for parent, folders, names in os.walk(folder):
        here = Path(parent)
        at_root = here == folder
        linked = [name for name in folders if (here / name).is_symlink()]
        folders[:] = [
            name
            for name in folders
            if name not in linked
            and not _hidden(name)
            and name != _ARCHIVE_TWIN
            and not (at_root and name in _ROOT_FOLDERS)
        ]
        for name in names + linked:
            if not _hidden(name) and not (at_root and name.lower() in _ROOT_READMES):
                yield here / name


def _hidden(name: str) -> bool:
    return name.startswith((".", "~$")) or name.endswith(("~", ".tmp", ".crdownload", ".part"))


def _undecodable(source: str) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in source)
