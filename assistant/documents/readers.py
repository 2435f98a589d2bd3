"""One document out of one file, whatever its format: dispatch by suffix, checked against the content.

Each reader is imported when its first file comes: a process that only asks questions imports none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from assistant.documents.blocks import Block, build_document
from assistant.documents.metadata import Metadata
from assistant.documents.placeholders import fill_reading
from assistant.domain import Document
from assistant.errors import DocumentError

RULES_FILE = "regles.yaml"
MEGABYTE = 1_000_000
# What a corpus is written in by hand; the files of other formats come from elsewhere.
WRITTEN_SUFFIXES = frozenset({".md", ".markdown", ".txt", ".yaml", ".yml"})
AS_WRITTEN: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says, before it is filled and assembled; ``pages``: their number when it has pages."""

    metadata: Metadata
    blocks: Sequence[Block]
    pages: int = 0


Reader = Callable[[bytes], Reading]


def read_document(path: Path, source: str, max_bytes: int) -> Document:
    """Read a file; ``source`` is how the corpus names it (its path in the folder).

    Raises:
        DocumentError: it cannot be read; the message says why and what to do, in French.
    """
    return read_bytes(file_bytes(path, max_bytes), source)


def file_bytes(path: Path, max_bytes: int) -> bytes:
    """Return the content of a file after checking its size.

    Raises:
        DocumentError: empty, too large, or not readable.
    """
    try:
        size = path.stat().st_size
        if size > max_bytes:
            raise DocumentError(
                f"Ce fichier pèse {size / MEGABYTE:.0f} Mo.",
                f"Attendu : au plus {max_bytes / MEGABYTE:.0f} Mo.",
                "Divisez-le, ou augmentez REPERE_FILE_MEGABYTES.",
            )
        data = path.read_bytes()
    except OSError as error:
        raise DocumentError(
            f"Ce fichier ne s’ouvre pas ({error.strerror}).",
            "Attendu : un fichier que l’assistant peut lire.",
            "Vérifiez ses droits d’accès.",
        ) from error
    if not data.strip():
        raise DocumentError("Ce fichier est vide.", "Attendu : un texte.", "Complétez-le ou retirez-le.")
    return data


def read_bytes(data: bytes, source: str, values: Mapping[str, str] = AS_WRITTEN) -> Document:
    """Read the content of a file, and put ``values`` in place of its placeholders of these names.

    Raises:
        DocumentError: it cannot be read.
    """
    reader = reader_of(source)
    if reader is None:
        raise DocumentError(
            f"Le format de « {source} » n’est pas pris en charge.",
            "Attendu : Markdown, texte, HTML, PDF, DOCX ou ODT.",
            "Exportez-le en PDF ou en DOCX.",
        )
    reading = reader(data)
    metadata, blocks = reading.metadata, reading.blocks
    if values:
        metadata, blocks = fill_reading(metadata, blocks, values)
    return build_document(metadata, source, blocks, reading.pages)


def reader_of(source: str) -> Reader | None:
    """Return the reader for this name, None when the format is not supported."""
    name = source.rpartition("/")[2].lower()
    if name == RULES_FILE:
        return _rules
    return _READERS.get(Path(name).suffix)


def _rules(data: bytes) -> Reading:
    from assistant.documents.decoding import decode
    from assistant.documents.rules import read_rules

    return Reading(*read_rules(decode(data)))


def _markdown(data: bytes) -> Reading:
    from assistant.documents.decoding import decode
    from assistant.documents.markdown import read_markdown

    return Reading(*read_markdown(decode(data)))


def _plain(data: bytes) -> Reading:
    from assistant.documents.decoding import decode
    from assistant.documents.plaintext import read_plain_text

    return Reading(Metadata(), read_plain_text(decode(data)))


def _html(data: bytes) -> Reading:
    from assistant.documents.html import read_html

    return Reading(*read_html(data))


def _office(data: bytes) -> Reading:
    from assistant.documents.archive import check_archive

    if check_archive(data) == "docx":
        from assistant.documents.docx import read_docx

        return Reading(*read_docx(data))
    from assistant.documents.odt import read_odt

    return Reading(*read_odt(data))


def _pdf(data: bytes) -> Reading:
    from assistant.documents.pdf import read_pdf

    return Reading(*read_pdf(data))


_READERS: Mapping[str, Reader] = {
    ".md": _markdown,
    ".markdown": _markdown,
    ".txt": _plain,
    ".html": _html,
    ".htm": _html,
    ".xhtml": _html,
    ".pdf": _pdf,
    ".docx": _office,
    ".docm": _office,
    ".odt": _office,
}
