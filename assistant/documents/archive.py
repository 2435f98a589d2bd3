"""Guards the readers of DOCX and ODT, which are ZIP archives, against bombs and disguises."""

from __future__ import annotations

import io
import zipfile
import zlib

from assistant.documents.decoding import signature
from assistant.errors import DocumentError

MEGABYTE = 1024 * 1024
EXPANDED_LIMIT = 256 * MEGABYTE
XML_LIMIT = 64 * MEGABYTE
ENTRIES_LIMIT = 10_000
# What zipfile and zlib raise on a damaged archive, when it is opened or when a part is read.
ARCHIVE_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)
ODT_TYPE = b"application/vnd.oasis.opendocument.text"


def check_archive(data: bytes) -> str:
    """Return ``docx`` or ``odt`` after checking, without decompressing, what the archive declares.

    Python's zipfile never yields more bytes for an entry than its directory declares, so bounding
    what is declared bounds what any reader will decompress; a false declaration fails its checksum.

    Raises:
        DocumentError: not an archive, damaged, encrypted, too large once decompressed, or neither
            DOCX nor ODT.
    """
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise DocumentError(
            "Ce document est protégé par un mot de passe, ou d’un ancien format (.doc).",
            "Attendu : un DOCX sans mot de passe.",
            "Enregistrez-le de nouveau au format DOCX ou ODT, sans mot de passe.",
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_sizes(archive.infolist())
            return _format(archive)
    except ARCHIVE_ERRORS as error:
        name = signature(data) if not data.startswith(b"PK") else ""
        raise damaged(f"Ce document est {name} renommé." if name else "") from error


def damaged(found: str = "") -> DocumentError:
    """Return the refusal of an archive that cannot be opened or lacks a part."""
    return DocumentError(
        found or "Ce document est endommagé ou incomplet.",
        "Attendu : un fichier DOCX ou ODT.",
        "Ouvrez-le dans un traitement de texte, enregistrez-le de nouveau, puis remplacez-le.",
    )


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    total = sum(entry.file_size for entry in entries)
    largest = max((entry.file_size for entry in entries if entry.filename.endswith(".xml")), default=0)
    if total > EXPANDED_LIMIT or largest > XML_LIMIT or len(entries) > ENTRIES_LIMIT:
        raise DocumentError(
            f"Ce document annonce {total // MEGABYTE} Mo une fois décompressé, en {len(entries)} parties.",
            f"Attendu : au plus {EXPANDED_LIMIT // MEGABYTE} Mo, dont {XML_LIMIT // MEGABYTE} Mo de texte.",
            "Vérifiez d’où il vient ; s’il est sain, divisez-le ou exportez-le en PDF.",
        )
    if any(entry.flag_bits & 1 for entry in entries):
        raise DocumentError(
            "Ce document est protégé par un mot de passe.",
            "Attendu : un document lisible sans mot de passe.",
            "Enregistrez-le sans mot de passe.",
        )


def _format(archive: zipfile.ZipFile) -> str:
    names = set(archive.namelist())
    if "word/document.xml" in names:
        return "docx"
    if {"content.xml", "mimetype"} <= names and archive.read("mimetype").startswith(ODT_TYPE):
        return "odt"
    raise damaged("Cette archive n’est ni un DOCX ni un ODT.")
