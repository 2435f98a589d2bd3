"""One document out of one file, whatever its format: dispatch by suffix, checked against the content.

Each reader is imported when its first file comes: a process that only asks questions imports none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from assistant.documents.blocks import Block, build_document
from assistant.documents.metadata import Metadata
from assistant.domain import Document
from assistant.errors import DocumentError

RULES_FILE = "regles.yaml"
MEGABYTE = 1_000_000
Reader = Callable[[bytes, str], Document]


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


def read_bytes(data: bytes, source: str) -> Document:
    """Read the content of a file.

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
    return reader(data, source)


def reader_of(source: str) -> Reader | None:
    """Return the reader for this name, None when the format is not supported."""
    name = source.rpartition("/")[2].lower()
    if name == RULES_FILE:
        return _rules
    return _READERS.get(Path(name).suffix)


def _built(source: str, reading: tuple[Metadata, list[Block]]) -> Document:
    metadata, blocks = reading
    return build_document(metadata, source, blocks)


def _rules(data: bytes, source: str) -> Document:
    from assistant.documents.decoding import decode
    from assistant.documents.rules import read_rules

    return _built(source, read_rules(decode(data)))


def _markdown(data: bytes, source: str) -> Document:
    from assistant.documents.decoding import decode
    from assistant.documents.markdown import read_markdown

    return _built(source, read_markdown(decode(data)))


def _plain(data: bytes, source: str) -> Document:
    from assistant.documents.decoding import decode
    from assistant.documents.plaintext import read_plain_text

    return build_document(Metadata(), source, read_plain_text(decode(data)))


def _html(data: bytes, source: str) -> Document:
    from assistant.documents.html import read_html

    return _built(source, read_html(data))


def _office(data: bytes, source: str) -> Document:
    from assistant.documents.archive import check_archive

    if check_archive(data) == "docx":
        from assistant.documents.docx import read_docx

        return _built(source, read_docx(data))
    from assistant.documents.odt import read_odt

    return _built(source, read_odt(data))


def _pdf(data: bytes, source: str) -> Document:
    from assistant.documents.pdf import read_pdf

    metadata, blocks, pages = read_pdf(data)
    return build_document(metadata, source, blocks, pages)


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
