"""Bytes to text, whatever editor wrote them; a binary file in disguise is refused by name."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from assistant.errors import DocumentError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SIGNATURES = (
    (b"%PDF-", "un PDF"),
    (b"PK\x03\x04", "une archive ZIP, un DOCX ou un ODT"),
    (b"\xd0\xcf\x11\xe0", "un ancien document Microsoft Office"),
    (b"\x89PNG", "une image PNG"),
    (b"\xff\xd8\xff", "une image JPEG"),
    (b"GIF8", "une image GIF"),
    (b"\x7fELF", "un programme"),
    (b"\x1f\x8b", "une archive GZIP"),
    (b"{\\rtf", "un document RTF"),
)
# What French text is written in besides Unicode; the detector only has to choose among these.
_LEGACY = ["cp1252", "mac_roman"]
# Latin-9 differs from Windows by « € » and « œ », which the latter would read as « ¤ » and « ½ ».
_LATIN_9 = re.compile(rb"\xa4|[A-Za-z][\xbc\xbd]|[\xbc\xbd][A-Za-z]")
_WINDOWS = re.compile(rb"[\x80-\x9f]")
_SAMPLE = 200_000
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_CONTROLS = 0.005


def signature(data: bytes) -> str:
    """Return in French what the first bytes betray, empty when they betray nothing."""
    return next((name for magic, name in _SIGNATURES if data.startswith(magic)), "")


def decode(data: bytes, declared: str = "") -> str:
    """Decode UTF-8, UTF-16 or UTF-32 with a mark, ``declared`` when it fits, or a legacy encoding.

    Raises:
        DocumentError: the bytes are not text.
    """
    name = signature(data)
    if name:
        raise _refusal(f"Ce fichier n’est pas du texte : c’est {name} renommé.")
    text = _decoded(data, declared)
    if text is None or _binary(text):
        raise _refusal("Ce fichier n’est pas du texte : son contenu est binaire ou son encodage inconnu.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _refusal(found: str) -> DocumentError:
    return DocumentError(
        found,
        "Attendu : un texte en UTF-8.",
        "Rendez-lui sa vraie extension, ou enregistrez-le de nouveau en texte UTF-8.",
    )


def _decoded(data: bytes, declared: str) -> str | None:
    encodings = [encoding for mark, encoding in _BOMS if data.startswith(mark)][:1]
    if not encodings:
        if b"\x00" in data[:_SAMPLE]:
            return None
        encodings = ["utf-8", *([declared] if declared else [])]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    # bytes that are plain ASCII teach the detector nothing: start near the first that is not
    first = next((index for index, byte in enumerate(data) if byte > 127), 0)
    sample = data[max(0, first - 2_000) : first + _SAMPLE]
    if _LATIN_9.search(sample) and not _WINDOWS.search(sample):
        return data.decode("iso8859_15")
    best = from_bytes(sample, cp_isolation=_LEGACY).best()
    return data.decode(best.encoding if best else "cp1252", errors="replace")


def _binary(text: str) -> bool:
    sample = text[:_SAMPLE]
    return len(_CONTROLS.findall(sample)) > _MOST_CONTROLS * len(sample)
