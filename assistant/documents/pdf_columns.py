"""The columns that lines were set in, to know whether a line is full, short or centred."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.documents.pdf_furniture import CleanPage
from assistant.documents.pdf_lines import Line

_FEW_LINES = 15  # a page with fewer does not show its own margins
_ASIDE_PAGE = 20
_ASIDE_DOCUMENT = 50
_BESIDE_SHARE = 0.3  # of the lines of a page that is set in columns


@dataclass(frozen=True, slots=True)
class Column:
    """The left and right edges between which a line was set."""

    left: float
    right: float

    @property
    def width(self) -> float:
        """Return the width of the column, never zero."""
        return max(1.0, self.right - self.left)

    def centred(self, line: Line) -> bool:
        """Tell whether a line stands in the middle, away from both edges."""
        off = (line.x0 + line.x1) / 2 - (self.left + self.right) / 2
        return abs(off) < 0.02 * self.width and line.x0 > self.left + 0.04 * self.width


class Columns:
    """The column of every line of a document, worked out once.

    A page with few lines does not show its margins: they are those of the document's fuller pages
    or, when it has none, as wide on the right as on the left.
    """

    def __init__(self, pages: Sequence[CleanPage], widths: Sequence[float]) -> None:
        single = [page for page in pages if not _in_columns(page.lines)]
        sparse = {page.number for page in single if len(page.lines) < _FEW_LINES}
        full = [line for page in single if page.number not in sparse for line in page.lines]
        margins = _edges(full, _ASIDE_DOCUMENT) if full else None
        self._columns: dict[int, Column] = {}
        for page in pages:
            least = margins or _mirrored(page.lines, widths[page.number - 1])
            for line in page.lines:
                column = _spanned(line, page.lines)
                if page.number in sparse:
                    column = Column(min(column.left, least.left), max(column.right, least.right))
                self._columns[id(line)] = column

    def of(self, line: Line) -> Column:
        """Return the column of a line of one of the pages."""
        return self._columns[id(line)]


def _spanned(line: Line, page: Sequence[Line]) -> Column:
    """Return the span of the lines of the page that stand above or below this one."""
    return _edges([other for other in page if other.x0 < line.x1 and other.x1 > line.x0], _ASIDE_PAGE)


def _edges(lines: Sequence[Line], aside: int) -> Column:
    """Return the edges of lines, one in ``aside`` being left out at each end as an exception."""
    lefts, rights = sorted(line.x0 for line in lines), sorted(line.x1 for line in lines)
    left_out = len(lines) // aside
    return Column(lefts[left_out], rights[-1 - left_out])


def _mirrored(lines: Sequence[Line], width: float) -> Column:
    left = min((line.x0 for line in lines), default=0.0)
    return Column(left, width - left)


def _in_columns(page: Sequence[Line]) -> bool:
    beside = sum(any(_side_by_side(line, other) for other in page) for line in page)
    return beside > _BESIDE_SHARE * len(page)


def _side_by_side(line: Line, other: Line) -> bool:
    common = min(line.bottom, other.bottom) - max(line.top, other.top)
    return common > 0.5 * line.size and (other.x0 > line.x1 or other.x1 < line.x0)
