"""Pages of a PDF as visual lines: text, box, size and weight of type.

PDFium gives the characters, their boxes and the spaces between words thirty times faster than a
pure Python reader; what is ours is to put superscripts back on their line.
"""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pypdfium2
import pypdfium2.raw as pdfium

_BOLD_NAME = re.compile(r"bold|gras|black|heavy|semib|demi", re.IGNORECASE)
_ITALIC_NAME = re.compile(r"ital|obli", re.IGNORECASE)
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_FLATTEN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_HYPHENS = "\x02\ufffe\u00ad"  # what PDFium puts for a hyphen at the end of a line, and the soft one
_NO_BREAK = "\u00a0\u202f"
_SAME_LINE = 0.5  # share of the smaller height that two characters of one line have in common
_WORD_GAP = 0.2  # of the type size
_RAISED_SIZE = 0.8
_BESIDE = 0.5


@dataclass(frozen=True, slots=True)
class Line:
    """One visual line; ``top`` and ``bottom`` are measured from the top of the page, in points.

    ``word_width`` is the width of its first word. A ``whole`` line is the row of a table, a paragraph
    by itself.
    """

    text: str
    page: int
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    bold: bool = False
    italic: bool = False
    word_width: float = 0.0
    whole: bool = False

    @property
    def width(self) -> float:
        """Return the width of the line."""
        return self.x1 - self.x0

    def flat(self) -> Line:
        """Return the line with raised figures on the line, as in the footnotes themselves."""
        return replace(self, text=self.text.translate(_FLATTEN))


@dataclass(frozen=True, slots=True)
class _Glyph:
    char: str
    index: int
    x0: float
    x1: float
    top: float
    bottom: float
    size: float


def page_lines(page: pypdfium2.PdfPage, number: int) -> list[Line]:
    """Return the lines of a page in reading order."""
    text_page = page.get_textpage()
    try:
        glyphs = _upright(text_page, _unrotated_size(page))
        lines = [_line(text_page, run, number) for run in _runs(glyphs)]
        return _reading_order([line for line in lines if line.text])
    finally:
        text_page.close()


def _unrotated_size(page: pypdfium2.PdfPage) -> tuple[float, float]:
    """Return width and height before the page's own rotation, as the boxes of characters count them."""
    width, height = page.get_size()
    return (height, width) if page.get_rotation() in (90, 270) else (width, height)


def _upright(text_page: pypdfium2.PdfTextPage, page_size: tuple[float, float]) -> list[_Glyph]:
    """Return the glyphs of the page's main direction, turned upright; a slanted watermark is left out."""
    width, height = page_size
    by_turn: dict[int, list[_Glyph]] = {}
    turn = 0
    for index, char, box, matrix in _characters(text_page):
        size = (matrix.b**2 + matrix.d**2) ** 0.5 or (matrix.a**2 + matrix.c**2) ** 0.5
        if not char.isspace():
            turn = _turn(matrix)
        size *= pdfium.FPDFText_GetFontSize(text_page.raw, index)
        by_turn.setdefault(turn, []).append(_turned(char, index, box, size, turn, width, height))
    kept = max(by_turn, key=lambda key: len(by_turn[key]) * (key >= 0), default=0)
    return by_turn.get(kept, [])


def _characters(
    text_page: pypdfium2.PdfTextPage,
) -> Iterator[tuple[int, str, pdfium.FS_RECTF, pdfium.FS_MATRIX]]:
    raw = text_page.raw
    box, matrix = pdfium.FS_RECTF(), pdfium.FS_MATRIX()
    for index in range(text_page.count_chars()):
        code = pdfium.FPDFText_GetUnicode(raw, index)
        if code in (0, 10, 13):
            continue
        pdfium.FPDFText_GetLooseCharBox(raw, index, box)
        pdfium.FPDFText_GetMatrix(raw, index, matrix)
        yield index, "-" if chr(code) in _HYPHENS else chr(code), box, matrix


def _turn(matrix: pdfium.FS_MATRIX) -> int:
    """Return the quarter turns of a character, or -1 when it is slanted."""
    along, across = abs(matrix.a), abs(matrix.b)
    if across <= 0.1 * along:
        return 0 if matrix.a >= 0 else 2
    if along <= 0.1 * across:
        return 1 if matrix.b > 0 else 3
    return -1


def _turned(
    char: str, index: int, box: pdfium.FS_RECTF, size: float, turn: int, width: float, height: float
) -> _Glyph:
    match turn:
        case 1:
            edges = (box.bottom, box.top, box.left, box.right)
        case 2:
            edges = (width - box.right, width - box.left, box.bottom, box.top)
        case 3:
            edges = (height - box.top, height - box.bottom, width - box.right, width - box.left)
        case _:
            edges = (box.left, box.right, height - box.top, height - box.bottom)
    return _Glyph(char, index, *edges, size)


def _runs(glyphs: Sequence[_Glyph]) -> Iterator[list[_Glyph]]:
    """Group glyphs, in the order of the file, by the line they stand on."""
    run: list[_Glyph] = []
    last: _Glyph | None = None
    main: _Glyph | None = None  # the last one that is not raised
    for glyph in glyphs:
        if glyph.char.isspace():
            if run:
                run.append(glyph)
            continue
        if last and main and not _follows(last, main, glyph):
            yield run
            run, main = [], None
        run.append(glyph)
        last = glyph
        main = glyph if main is None or glyph.size >= _RAISED_SIZE * main.size else main
    if run:
        yield run


def _follows(last: _Glyph, main: _Glyph, glyph: _Glyph) -> bool:
    if glyph.x0 < last.x0 - 0.5 * last.size:
        return False
    common = min(main.bottom, glyph.bottom) - max(main.top, glyph.top)
    return common >= _SAME_LINE * min(main.bottom - main.top, glyph.bottom - glyph.top)


def _line(text_page: pypdfium2.PdfTextPage, run: Sequence[_Glyph], number: int) -> Line:
    inked = [glyph for glyph in run if not glyph.char.isspace()]
    size = Counter(round(glyph.size, 1) for glyph in inked).most_common(1)[0][0]
    base = [glyph for glyph in inked if glyph.size >= _RAISED_SIZE * size] or inked
    fonts = [_font(text_page, base[0].index), _font(text_page, base[-1].index)]
    text = _text(run, size, base)
    return Line(
        text=text,
        page=number,
        x0=min(glyph.x0 for glyph in inked),
        x1=max(glyph.x1 for glyph in inked),
        top=min(glyph.top for glyph in base),
        bottom=max(glyph.bottom for glyph in base),
        size=size,
        bold=all(_BOLD_NAME.search(name) for name in fonts),
        italic=all(_ITALIC_NAME.search(name) for name in fonts),
        word_width=_first_word_width(run),
    )


def _text(run: Sequence[_Glyph], size: float, base: Sequence[_Glyph]) -> str:
    bottom = sorted(glyph.bottom for glyph in base)[len(base) // 2]
    parts: list[str] = []
    last: _Glyph | None = None
    on_line = False  # the last character stands on the line, or is raised beside one that does
    for glyph in run:
        if glyph.char.isspace():
            parts.append(glyph.char if glyph.char in _NO_BREAK else " ")
            continue
        if last and glyph.x0 - last.x1 > _WORD_GAP * size and not parts[-1].isspace():
            parts.append(" ")
        beside = last is not None and glyph.x0 - last.x1 < _BESIDE * size
        small = glyph.size < _RAISED_SIZE * size
        raised = beside and on_line and small and glyph.bottom < bottom - 0.1 * size
        on_line = raised or not small
        parts.append(_raised(glyph.char, parts) if raised else glyph.char)
        last = glyph
    return " ".join("".join(parts).split(" ")).strip()


def _raised(char: str, before: Sequence[str]) -> str:
    if char in "oº0" and before and before[-1] in "nN":
        return "°"
    return char.translate(_RAISED)


def _first_word_width(run: Sequence[_Glyph]) -> float:
    start = run[0].x0
    end = start
    for glyph in run:
        if glyph.char.isspace() and glyph.char not in _NO_BREAK:
            break
        end = glyph.x1
    return end - start


def _font(text_page: pypdfium2.PdfTextPage, index: int) -> str:
    buffer = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(text_page.raw, index, buffer, 128, ctypes.byref(flags))
    forced = "bold" if flags.value & (1 << 18) else ""
    return buffer.value.decode("utf-8", "replace") + forced


def _reading_order(lines: Sequence[Line]) -> list[Line]:
    """Return lines in the file's order, runs that were drawn late put back above what they precede.

    A file draws columns one after the other, so its own order is kept where runs stand side by side;
    runs that interleave are sorted from top to bottom.
    """
    runs: list[list[Line]] = []
    for line in lines:
        if runs and line.top >= runs[-1][-1].top - 0.5 * line.size:
            runs[-1].append(line)
        else:
            runs.append([line])
    ordered: list[list[Line]] = []
    for run in runs:
        at = next((i for i, other in enumerate(ordered) if _above(run, other)), len(ordered))
        ordered.insert(at, run)
    if any(_interleaved(a, b) for i, a in enumerate(ordered) for b in ordered[i + 1 :]):
        return sorted(lines, key=lambda line: (round(line.top), line.x0))
    return [line for run in ordered for line in run]


def _above(run: Sequence[Line], other: Sequence[Line]) -> bool:
    return run[-1].bottom <= other[0].top + 0.5 * other[0].size


def _interleaved(run: Sequence[Line], other: Sequence[Line]) -> bool:
    tall = min(run[-1].bottom, other[-1].bottom) - max(run[0].top, other[0].top)
    right = min(max(line.x1 for line in run), max(line.x1 for line in other))
    left = max(min(line.x0 for line in run), min(line.x0 for line in other))
    return tall > run[0].size and right - left > run[0].size
