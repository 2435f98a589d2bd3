import io
import struct
import zipfile
from collections.abc import Callable

import pytest

from assistant.documents import archive as guard
from assistant.documents.archive import check_archive
from assistant.errors import DocumentError

Build = Callable[[dict[str, bytes]], bytes]


def test_formats_are_told_by_content(archive: Build) -> None:
    assert check_archive(archive({"word/document.xml": b"<x/>"})) == "docx"
    odt = {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"}
    assert check_archive(archive(odt)) == "odt"


def test_a_bomb_is_refused_without_being_decompressed(archive: Build) -> None:
    data = bytearray(archive({"word/document.xml": b"\x00" * 3_000_000}))
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = struct.pack("<I", 4_000_000_000)  # what the directory declares
    with pytest.raises(DocumentError, match="3814 Mo une fois décompressé"):
        check_archive(bytes(data))


def test_a_real_bomb_is_refused(archive: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "XML_LIMIT", 1_000_000)
    with pytest.raises(DocumentError, match="une fois décompressé"):
        check_archive(archive({"word/document.xml": b"\x00" * 1_000_001}))


def test_a_false_declaration_fails_when_the_part_is_read(archive: Build, read: Callable[..., object]) -> None:
    data = bytearray(archive({"word/document.xml": b"\x00" * 3_000_000, "[Content_Types].xml": b"<a/>"}))
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = struct.pack("<I", 10)
    with pytest.raises(DocumentError, match="endommagé"):
        read(bytes(data), "bombe.docx")


def test_too_many_parts_are_refused(archive: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "ENTRIES_LIMIT", 3)
    with pytest.raises(DocumentError, match="en 4 parties"):
        check_archive(archive({f"{n}.bin": b"" for n in range(4)}))


def test_an_encrypted_archive_is_refused_by_name() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr("word/document.xml", "<x/>")
    data = bytearray(stream.getvalue())
    at = data.index(b"PK\x01\x02") + 8
    data[at] |= 1
    with pytest.raises(DocumentError, match="mot de passe"):
        check_archive(bytes(data))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "mot de passe, ou d’un ancien format"),
        (b"PK\x03\x04 truncated", "endommagé"),
        (b"%PDF-1.4", "un PDF renommé"),
        (b"words", "endommagé"),
    ],
)
def test_what_is_not_an_archive_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(DocumentError, match=words):
        check_archive(data)


def test_another_archive_is_refused(archive: Build) -> None:
    with pytest.raises(DocumentError, match="ni un DOCX ni un ODT"):
        check_archive(archive({"photo.jpg": b""}))
