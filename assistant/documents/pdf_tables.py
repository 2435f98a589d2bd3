"""Ruled tables of a PDF, each row as one line; pdfplumber is opened only for pages that have rulings."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

from assistant.documents.pdf_lines import Line
from assistant.documents.rows import row_lines

_THIN = 2.5  # points
_RULING = 8.0
_FEWEST_RULINGS = 3
# What reading a damaged structure raises besides the library's own errors.
_DAMAGE = (ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError, RecursionError)


@dataclass(frozen=True, slots=True)
class _Table:
    """A table found: its box from the top of the page, and its cells."""

    box: tuple[float, float, float, float]
    rows: list[list[str]]


def has_rulings(page: pypdfium2.PdfPage) -> bool:
    """Tell whether a page draws lines both ways, as the frame of a table does."""
    if page.get_rotation():
        return False
    across = down = 0
    for drawn in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH]):
        left, bottom, right, top = drawn.get_bounds()
        width, height = right - left, top - bottom
        boxed = width > _RULING and height > _RULING
        across += boxed or (width > _RULING and height < _THIN)
        down += boxed or (height > _RULING and width < _THIN)
    return across >= _FEWEST_RULINGS and down >= _FEWEST_RULINGS


def with_tables(data: bytes, pages: Sequence[list[Line]], ruled: Sequence[int]) -> list[list[Line]]:
    """Return the pages with the lines inside ruled tables replaced by one line per row.

    A table that goes on at the top of the next page keeps the names of its columns.
    """
    if not ruled:
        return list(pages)
    result = list(pages)
    names: list[str] = []
    for index, tables in _tables_by_page(data, ruled):
        for table in tables:
            first = not any(line.bottom < table.box[1] for line in _content(result[index]))
            goes_on = first and index - 1 in ruled and len(names) == len(table.rows[0])
            rows = [names, *table.rows] if goes_on and table.rows[0] != names else table.rows
            names = rows[0]
            result[index] = _replaced(result[index], table, rows)
    return result


def _tables_by_page(data: bytes, ruled: Sequence[int]) -> Iterator[tuple[int, list[_Table]]]:
    """Yield the tables of each ruled page.

    PDFium reads damaged files that pdfplumber does not: the words of such a page stay as PDFium gave
    them, line by line.
    """
    import pdfplumber  # slow to import, needed by few documents
    from pdfminer.psexceptions import PSException
    from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

    unreadable = (PSException, MalformedPDFException, PdfminerException, *_DAMAGE)
    try:
        # an in-memory file needs no closing; closing reads every page again
        document = pdfplumber.open(io.BytesIO(data))
    except unreadable:
        return
    for index in ruled:
        try:
            tables = _tables(document.pages[index])
        except unreadable:
            continue
        yield index, tables


def _content(page: Sequence[Line]) -> list[Line]:
    """Return the lines but the first two, which may be a running header."""
    return sorted(page, key=lambda line: line.top)[2:]


def _tables(page: object) -> list[_Table]:
    found: list[_Table] = []
    for table in page.find_tables():  # type: ignore[attr-defined]
        rows = [[cell or "" for cell in row] for row in table.extract()]
        rows = [row for row in rows if any(cell.strip() for cell in row)]
        if len(rows) > 1 and len(rows[0]) > 1:
            found.append(_Table(table.bbox, rows))
    return found


def _replaced(page: Sequence[Line], table: _Table, rows: Sequence[Sequence[str]]) -> list[Line]:
    x0, top, x1, bottom = table.box
    inside = [
        line
        for line in page
        if x0 - 2 <= (line.x0 + line.x1) / 2 <= x1 + 2 and top <= (line.top + line.bottom) / 2 <= bottom
    ]
    if not inside:
        return list(page)
    model = inside[0]
    texts = row_lines(rows, header=True)
    step = (bottom - top) / max(1, len(texts))
    lines = [
        Line(text, model.page, x0, x1, top + n * step, top + (n + 1) * step, model.size, whole=True)
        for n, text in enumerate(texts)
    ]
    kept = [line for line in page if line not in inside]
    at = page.index(model)
    before = sum(1 for line in page[:at] if line not in inside)
    return kept[:before] + lines + kept[before:]
