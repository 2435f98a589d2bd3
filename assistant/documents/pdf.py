"""PDF to blocks: opening and refusals, then lines, paragraphs, headings and footnotes."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pypdfium2
import pypdfium2.raw as pdfium

from assistant.documents.blocks import Block, clean_line
from assistant.documents.metadata import Metadata
from assistant.documents.pdf_columns import Columns
from assistant.documents.pdf_furniture import CleanPage, body_size, clean_pages
from assistant.documents.pdf_lines import Line, page_lines
from assistant.documents.pdf_paragraphs import Paragraph, note_paragraphs, paragraphs
from assistant.documents.pdf_structure import structured
from assistant.documents.pdf_tables import has_rulings, with_tables
from assistant.errors import DocumentError

# PDFium is not safe for two threads at once, even on different files.
_PDFIUM = threading.Lock()
_HEAD, _TAIL = 1024, 2048
_FEW_LETTERS = 20  # a stamp or a page number on the picture of a page
_SCANNED_SHARE = 0.5
_NO_PAGES = re.compile(rb"/Count\s+0\b")
_FILE_NAME = re.compile(r"\.\w{2,4}$|^microsoft |^untitled|^sans titre|^document\d*$", re.IGNORECASE)


def read_pdf(data: bytes) -> tuple[Metadata, list[Block], int]:
    """Read a PDF; return what it says of itself, its blocks and its number of pages.

    Raises:
        DocumentError: truncated, damaged, protected by a password, without pages, or scanned.
    """
    _check_ends(data)
    with _PDFIUM, _opened(data) as document:
        count = len(document)
        pages = [_read_page(document, index) for index in range(count)]
        widths = [document.get_page_size(index)[0] for index in range(count)]
        _check_text(document, pages)
        ruled = [index for index in range(count) if pages[index] and _is_ruled(document, index)]
        title = clean_line(document.get_metadata_dict().get("Title", ""))
    pages = with_tables(data, pages, ruled)
    cleaned = clean_pages(pages)
    columns = Columns(cleaned, widths)

    def centred(paragraph: Paragraph) -> bool:
        return all(columns.of(line).centred(line) for line in paragraph.lines)

    blocks = structured(paragraphs(cleaned, columns), body_size(pages), centred)
    headed = any(block.level for block in blocks)
    metadata = Metadata(title="" if headed or _FILE_NAME.search(title) else title)
    return metadata, with_notes(blocks, cleaned), count


def _check_ends(data: bytes) -> None:
    if b"%PDF-" not in data[:_HEAD]:
        raise DocumentError(
            "Ce fichier n’est pas un PDF.", "Attendu : un fichier PDF.", "Rendez-lui sa vraie extension."
        )
    if b"%%EOF" not in data[-_TAIL:].rstrip(b"\x00"):
        raise _damaged("Ce PDF est tronqué : sa fin manque.")


def _damaged(found: str) -> DocumentError:
    return DocumentError(
        found,
        "Attendu : un PDF complet.",
        "Copiez-le ou téléchargez-le de nouveau, ou exportez-le de nouveau.",
    )


@contextmanager
def _opened(data: bytes) -> Iterator[pypdfium2.PdfDocument]:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        # PDFium may still report the error of an earlier file
        if error.err_code == pdfium.FPDF_ERR_PASSWORD and b"/Encrypt" in data:
            raise DocumentError(
                "Ce PDF est protégé par un mot de passe.",
                "Attendu : un PDF lisible sans mot de passe.",
                "Exportez-en une version sans mot de passe.",
            ) from error
        if _NO_PAGES.search(data):
            raise _damaged("Ce PDF n’a aucune page.") from error
        raise _damaged("Ce PDF est endommagé ou tronqué : sa structure ne se lit pas.") from error
    try:
        yield document
    finally:
        document.close()


def _read_page(document: pypdfium2.PdfDocument, index: int) -> list[Line]:
    try:
        page = document[index]
    except pypdfium2.PdfiumError as error:
        raise _damaged(f"Ce PDF est endommagé : la page {index + 1} ne se lit pas.") from error
    try:
        return page_lines(page, index + 1)
    finally:
        page.close()


def _check_text(document: pypdfium2.PdfDocument, pages: Sequence[Sequence[Line]]) -> None:
    """Refuse a document most of whose pages are pictures: their words cannot be read."""
    bare = [
        index
        for index, page in enumerate(pages)
        if sum(char.isalnum() for line in page for char in line.text) < _FEW_LETTERS
    ]
    if len(bare) < _SCANNED_SHARE * len(pages):
        return
    scanned = sum(_has_picture(document, index) for index in bare)
    if scanned and scanned >= _SCANNED_SHARE * len(pages):
        raise DocumentError(
            f"Ce PDF est numérisé sans texte : {scanned} page(s) sur {len(pages)} sont des images.",
            "Attendu : un PDF dont on peut sélectionner le texte.",
            "Passez-le d’abord à la reconnaissance de caractères (OCR), ou demandez le fichier d’origine.",
        )


def _has_picture(document: pypdfium2.PdfDocument, index: int) -> bool:
    page = document[index]
    try:
        return any(True for _ in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE]))
    finally:
        page.close()


def _is_ruled(document: pypdfium2.PdfDocument, index: int) -> bool:
    page = document[index]
    try:
        return has_rulings(page)
    finally:
        page.close()


def with_notes(blocks: Sequence[Block], pages: Sequence[CleanPage]) -> list[Block]:
    """Put the footnotes of each page in a section of their own, between two sections of that page.

    They are neither lost nor in the middle of a sentence, nor quoted as if an article said them.
    """
    result = list(blocks)
    for page in reversed([page for page in pages if page.notes]):
        texts = [text for text in note_paragraphs(page) if text]
        notes = [Block(text, page=page.number) for text in texts]
        label = f"Notes de bas de page (page {page.number})"
        notes[:1] = [
            Block(texts[0], page=page.number, label=label, anchor=f"notes-page-{page.number}", detached=True)
        ]
        at = _between_sections(result, page.number)
        result[at:at] = notes
    return result


def _between_sections(blocks: Sequence[Block], page: int) -> int:
    """Return where a section can be put so that it starts on this page, or soon after."""
    beyond = next((i for i, block in enumerate(blocks) if _last_page(block) > page), len(blocks))
    opener = next((i for i in range(min(beyond, len(blocks) - 1), -1, -1) if blocks[i].opens), 0)
    if beyond < len(blocks) and (blocks[opener].page or 0) < page:
        opener = next((i for i in range(beyond, len(blocks)) if blocks[i].opens), len(blocks))
    elif beyond == len(blocks):
        return beyond
    while opener and blocks[opener - 1].level:
        opener -= 1
    return opener


def _last_page(block: Block) -> int:
    return block.breaks[-1][1] if block.breaks else block.page or 0
