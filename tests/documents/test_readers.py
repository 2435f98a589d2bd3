import io
import random
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from odfdo import Document as Odt
from odfdo import Paragraph

from assistant.documents.readers import file_bytes, read_document, reader_of
from assistant.domain import Document
from assistant.errors import DocumentError

Read = Callable[[bytes | str, str], Document]


def test_dispatch_by_suffix() -> None:
    assert reader_of("a/B.PDF") is not None
    assert reader_of("regles.yaml") is not None
    assert reader_of("references.yaml") is None
    assert reader_of("photo.png") is None


def test_a_file_is_read_under_its_source(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    path.write_text("Bonjour à tous.", encoding="utf-8")
    assert read_document(path, "notes/x.md", 1000).info.source == "notes/x.md"


def test_an_unsupported_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.rtf"
    path.write_text("Bonjour", encoding="utf-8")
    with pytest.raises(DocumentError, match="pas pris en charge"):
        read_document(path, "x.rtf", 1000)


@pytest.mark.parametrize("content", ["", " \n\t"])
def test_an_empty_file_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.md"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DocumentError, match="vide"):
        file_bytes(path, 1000)


def test_a_file_too_large_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(DocumentError, match="pèse 50 Mo") as caught:
        file_bytes(path, 40_000_000)
    assert "REPERE_FILE_MEGABYTES" in caught.value.remedy


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="ne s’ouvre pas"):
        file_bytes(tmp_path / "absent.md", 1000)


@pytest.mark.parametrize("source", ["a.md", "a.html", "a.pdf", "a.docx", "a.odt", "a.txt", "regles.yaml"])
def test_noise_is_refused_and_nothing_else_is_raised(read: Read, source: str) -> None:
    noise = random.Random(source)
    for size in (1, 10, 500):
        for _ in range(20):
            data = noise.randbytes(size)
            try:
                read(data, source)
            except DocumentError as error:
                assert error.found
                assert error.remedy or error.expected


def damaged(data: bytes, noise: random.Random) -> bytes:
    """Change a few bytes anywhere."""
    changed = bytearray(data)
    for _ in range(noise.randint(1, 12)):
        changed[noise.randrange(len(changed))] = noise.randrange(256)
    return bytes(changed)


@pytest.fixture
def documents(pdf: type) -> dict[str, bytes]:
    """One sound document of each binary format."""
    paper = pdf("Ville", "{}").page().heading("Titre", 16).text("Une phrase.")
    word, odt = docx.Document(), Odt("text")
    word.add_heading("Titre", 1)
    word.add_paragraph("Un point", style="List Number")
    odt.body.append(Paragraph("Une phrase."))
    streams = io.BytesIO(), io.BytesIO()
    word.save(streams[0])
    odt.save(streams[1])
    return {
        "a.pdf": paper.table([["a", "b"], ["c", "d"]]).bytes(),
        "a.docx": streams[0].getvalue(),
        "a.odt": streams[1].getvalue(),
    }


@pytest.mark.parametrize("source", ["a.pdf", "a.docx", "a.odt"])
def test_a_damaged_document_is_read_or_refused(read: Read, documents: dict[str, bytes], source: str) -> None:
    noise = random.Random(7)
    assert read(documents[source], source).text
    outcomes = []
    for _ in range(60):
        try:
            outcomes.append(type(read(damaged(documents[source], noise), source)))
        except DocumentError:
            outcomes.append(DocumentError)
    assert outcomes.count(DocumentError) > 10
