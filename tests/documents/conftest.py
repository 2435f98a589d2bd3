"""Builders of documents in every format, so that no binary file is kept in the repository."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from fpdf import FPDF

from assistant.documents.folder import FolderReading, read_folder
from assistant.documents.readers import read_bytes
from assistant.domain import Document, Section

MEGABYTE = 1_000_000


class Page:
    """Writes a PDF the way an office suite does: running header, page number, paragraphs, notes."""

    def __init__(self, header: str = "", footer: str = "") -> None:
        self.pdf = FPDF(format="A4")
        self.pdf.set_auto_page_break(False)
        self.pdf.set_margins(25, 25)
        self._header, self._footer = header, footer

    def page(self) -> Page:
        self.pdf.add_page()
        self.pdf.set_font("Helvetica", size=9)
        if self._header:
            self.pdf.text(25, 12, self._header)
        if self._footer:
            self.pdf.text(100, 288, self._footer.format(self.pdf.page))
        self.pdf.set_y(25)
        return self

    def heading(self, text: str, size: float = 12, align: str = "L") -> Page:
        self.pdf.set_font("Helvetica", "B", size)
        self.pdf.multi_cell(0, size * 0.5, text, align=align, new_x="LMARGIN", new_y="NEXT")
        self.pdf.ln(3)
        return self

    def text(self, text: str, size: float = 11, gap: float = 3, w: float = 0, **options: object) -> Page:
        self.pdf.set_font("Helvetica", size=size)
        self.pdf.multi_cell(w, size * 0.45, text, new_x="LMARGIN", new_y="NEXT", **options)
        self.pdf.ln(gap)
        return self

    def at(self, y: float) -> Page:
        self.pdf.set_y(y)
        return self

    def table(self, rows: list[list[str]]) -> Page:
        self.pdf.set_font("Helvetica", size=10)
        with self.pdf.table() as table:
            for row in rows:
                table.row(row)
        return self

    def bytes(self) -> bytes:
        return bytes(self.pdf.output())


@pytest.fixture
def pdf() -> type[Page]:
    return Page


@pytest.fixture
def png() -> bytes:
    """A grey picture, as a scanner would put on a page."""
    from PIL import Image

    stream = io.BytesIO()
    Image.new("L", (200, 280), 200).save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture
def archive() -> Callable[[dict[str, bytes]], bytes]:
    def build(parts: dict[str, bytes]) -> bytes:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
            for name, content in parts.items():
                file.writestr(name, content)
        return stream.getvalue()

    return build


@pytest.fixture
def read() -> Callable[[bytes | str, str], Document]:
    """Read a content as if it were the file of that name."""

    def build(content: bytes | str, source: str) -> Document:
        return read_bytes(content.encode() if isinstance(content, str) else content, source)

    return build


@pytest.fixture
def corpus(tmp_path: Path) -> Callable[[dict[str, bytes | str]], Path]:
    """Write files under a new folder."""

    def build(files: dict[str, bytes | str]) -> Path:
        folder = tmp_path / "corpus"
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return folder

    return build


@pytest.fixture
def read_files(corpus: Callable[[dict[str, bytes | str]], Path]) -> Callable[..., FolderReading]:
    def build(**files: bytes | str) -> FolderReading:
        return read_folder(corpus({name.replace("__", "."): text for name, text in files.items()}), MEGABYTE)

    return build


@pytest.fixture
def section() -> Callable[[Document, str], tuple[Section, str]]:
    """Return the section of an anchor and its text."""

    def find(document: Document, anchor: str) -> tuple[Section, str]:
        found = next(one for one in document.sections if one.anchor == anchor)
        return found, document.text[found.start : found.end]

    return find
