"""What is printed on the pages of a PDF around its text: running headers, footers, footnotes, leaders."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product, takewhile

from assistant.documents.pdf_lines import Line

_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(r"[\W_]*\d{1,4}(?:\s*/\s*\d{1,4})?[\W_]*")
_ROMAN = re.compile(r"[\W_]*[ivxlc]{1,7}[\W_]*", re.IGNORECASE)
_MOST_NUMBERS = 4  # read in a line: a running header has few
_LEADERS = re.compile(r"(?:\.\s?){5,}\s*[\divxlc]*$|…{2,}\s*\d*$", re.IGNORECASE)
_NOTE_MARK = re.compile(r"\(?([⁰¹²³⁴-⁹]{1,3}|\d{1,3})\)?\s?\S")
_RAISED_MARK = re.compile(r"\s?(?:\(([⁰¹²³⁴-⁹]{1,3})\)|([⁰¹²³⁴-⁹]{1,3}))")
_FLATTEN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_EDGE_LINES = 4  # how many lines at the top and the bottom of a page may be furniture
_EDGE_ZONE = 0.16  # share of the page's used height, at each end
_SAME_PLACE = 8.0  # points
_NOTE_SIZE = 0.94  # of the body's type size


@dataclass(frozen=True, slots=True)
class CleanPage:
    """The body lines of a page and the lines of its footnotes."""

    number: int
    lines: tuple[Line, ...]
    notes: tuple[Line, ...] = ()


def body_size(pages: Sequence[Sequence[Line]]) -> float:
    """Return the type size that most characters have."""
    sizes: Counter[float] = Counter()
    for line in (line for page in pages for line in page):
        sizes[round(line.size * 2) / 2] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def clean_pages(pages: Sequence[Sequence[Line]]) -> list[CleanPage]:
    """Take running headers, footers, page numbers and leaders away and set footnotes apart."""
    repeated = _repeated(pages)
    size = body_size(pages)
    cleaned: list[CleanPage] = []
    for number, page in enumerate(pages, start=1):
        furniture = _furniture(page, repeated.get(number, set()))
        kept = [line for line in page if line not in furniture and not _LEADERS.search(line.text)]
        notes = _notes(kept, size, continued=bool(cleaned and cleaned[-1].notes))
        body = kept[: len(kept) - len(notes)]
        marks = {match.group(1).translate(_FLATTEN) for n in notes if (match := _NOTE_MARK.match(n.text))}
        cleaned.append(
            CleanPage(
                number,
                tuple(replace(line, text=_without_marks(line.text, marks)) for line in body),
                tuple(line.flat() for line in notes),
            )
        )
    return cleaned


def _place(line: Line) -> tuple[str, int]:
    return line.text, round(line.top)


def _patterns(line: Line) -> Iterator[str]:
    """Yield the line with each number either as it is or counted from the page's own number.

    A running header keeps its numbers and a page number follows the pages; « Article 12 » at the top
    of a page does neither.
    """
    numbers = _DIGITS.findall(line.text)[:_MOST_NUMBERS]
    if _ROMAN.fullmatch(line.text):
        yield "roman"
    for counted in product((False, True), repeat=len(numbers)):
        choices = iter(counted)

        def shown(match: re.Match[str], choices: Iterator[bool] = choices) -> str:
            follows = next(choices, False)
            return f"#{int(match.group()) - line.page}" if follows else match.group()

        yield _DIGITS.sub(shown, line.text).casefold()


def _furniture(page: Sequence[Line], repeated: set[tuple[str, int]]) -> list[Line]:
    """Return the repeated lines of a page from each edge inwards, up to the first that is its own."""
    down = sorted(page, key=lambda line: line.top)
    up = sorted(page, key=lambda line: -line.bottom)
    return [
        line for inwards in (down, up) for line in takewhile(lambda one: _place(one) in repeated, inwards)
    ]


def _repeated(pages: Sequence[Sequence[Line]]) -> dict[int, set[tuple[str, int]]]:
    """Return, by page, the lines that come back at the same place on several pages."""
    groups: dict[str, list[Line]] = defaultdict(list)
    for page in pages:
        for line in _edges(page):
            for pattern in _patterns(line):
                groups[pattern].append(line)
    found: dict[int, set[tuple[str, int]]] = defaultdict(set)
    needed = min(3, max(2, len(pages)))
    for lines in groups.values():
        if not any(char.isalpha() for char in lines[0].text) and not _PAGE_NUMBER.fullmatch(lines[0].text):
            continue
        for line in lines:
            if len({other.page for other in lines if abs(other.top - line.top) <= _SAME_PLACE}) >= needed:
                found[line.page].add(_place(line))
    return found


def _edges(page: Sequence[Line]) -> list[Line]:
    if not page:
        return []
    ordered = sorted(page, key=lambda line: line.top)
    first, last = ordered[0].top, max(line.bottom for line in ordered)
    zone = _EDGE_ZONE * (last - first)
    high = [line for line in ordered[:_EDGE_LINES] if line.top <= first + zone]
    low = [line for line in ordered[-_EDGE_LINES:] if line.bottom >= last - zone]
    return high + [line for line in low if line not in high]


def _notes(page: Sequence[Line], size: float, *, continued: bool) -> list[Line]:
    """Return the last lines of a page when they are set smaller and open with a note's number."""
    start = len(page)
    while start and page[start - 1].size <= _NOTE_SIZE * size:
        start -= 1
    if start == 0:
        return []
    notes = list(page[start:])
    while notes and not _NOTE_MARK.match(notes[0].text) and not continued:
        notes.pop(0)
    below = bool(notes) and notes[0].top >= page[start - 1].top
    return notes if below else []


def _without_marks(text: str, marks: set[str]) -> str:
    """Drop the calls of this page's footnotes; other raised figures (10²⁵, m²) stay."""

    def drop(match: re.Match[str]) -> str:
        number = (match.group(1) or match.group(2)).translate(_FLATTEN)
        before = text[: match.start()].rstrip()[-1:]
        power = match.group(2) is not None and before.isdigit()
        return match.group() if power or number not in marks else ""

    return _RAISED_MARK.sub(drop, text)
