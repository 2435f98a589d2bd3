"""Sets the canonical text of a document as headings, paragraphs and lists, without losing a character.

Pure: what it returns holds every character of the text exactly once and in order, blanks included, plus the
few headings that the text does not have (see ``Part.label``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from assistant.documents.blocks import has_marker
from assistant.domain import Document, Section

DEEPEST = 6  # <h6>
# A line with the blanks around it: those that follow it, and those that open the text.
_LINE = re.compile(r"\s*\S[^\n]*\s*")
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive characters of the text; ``first`` is where a quote begins."""

    text: str
    quoted: bool = False
    first: bool = False


Line = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph (one line), or a list whose items keep the marks that the text gives them."""

    lines: tuple[Line, ...]
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A section: its heading and what is under it, up to the next heading of any level.

    ``level`` is that of its heading (1 to 6), 0 when it has none. ``heading`` is the line of the text, empty
    when the text has no such line: ``label`` is then shown in its place. ``aside`` tells a note that
    interrupts the section before it.
    """

    anchor: str
    level: int
    heading: Line
    label: str
    blocks: tuple[Block, ...]
    aside: bool = False

    @property
    def title(self) -> str:
        """Return the words of the heading."""
        return self.label or "".join(run.text for run in self.heading).strip()

    @property
    def lines(self) -> Iterator[Line]:
        """Yield the lines of the text in order, the heading first."""
        yield self.heading
        for block in self.blocks:
            yield from block.lines


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table of contents and those under it."""

    anchor: str
    title: str
    entries: tuple[Entry, ...] = ()


def typeset(document: Document, quote: Span | None = None) -> list[Part]:
    """Return the sections of a document in order, the characters of ``quote`` marked.

    Exactly one part has level 1 when the text begins with its own title; otherwise none has, and the
    document's title has to be shown above. No level is skipped on the way down.
    """
    sections = document.sections
    asides = _asides(document)
    titled = _has_title(document, asides)
    parts: list[Part] = []
    above = 1
    for section, aside in zip(sections, asides, strict=True):
        depth = len(section.trail)
        wished = above + 1 if aside else depth + (0 if titled else 1)
        level = 1 if titled and not parts else max(2, min(wished, above + 1, DEEPEST))
        parts.append(_part(document.text, section, level if depth else 0, aside, quote))
        if depth and not aside:
            above = level
    return parts


def contents(parts: list[Part], deepest: int = DEEPEST) -> tuple[Entry, ...]:
    """Return the table of contents: the headings from level 2 to ``deepest``, without the asides."""
    headed = [part for part in parts if 2 <= part.level <= deepest and not part.aside]
    return tuple(_entries(headed, 0, len(headed)))


def section_at(document: Document, offset: int) -> Section | None:
    """Return the section that holds this offset."""
    return next((one for one in document.sections if one.start <= offset < one.end), None)


def _entries(parts: list[Part], start: int, end: int) -> Iterator[Entry]:
    """Yield an entry for each part that is not under the one before it."""
    while start < end:
        part, below = parts[start], start + 1
        while below < end and parts[below].level > part.level:
            below += 1
        yield Entry(part.anchor, part.title, tuple(_entries(parts, start + 1, below)))
        start = below


def _asides(document: Document) -> list[bool]:
    """Tell which sections interrupt another one, such as the footnotes of a page.

    Such a section stands alone (its trail is its own label, not in the text) and what follows goes on under
    other headings.
    """
    alone = [len(one.trail) == 1 and not _is_headed(document.text, one) for one in document.sections]
    following: tuple[str, ...] = ()
    found: list[bool] = []
    for section, lone in zip(reversed(document.sections), reversed(alone), strict=True):
        found.append(lone and len(following) > 1 and following[0] != section.trail[0])
        if not lone:
            following = section.trail
    return found[::-1]


def _has_title(document: Document, asides: list[bool]) -> bool:
    """Tell whether the text begins with a heading that all the others are under."""
    outermost = [
        number
        for number, (one, aside) in enumerate(zip(document.sections, asides, strict=True))
        if len(one.trail) <= 1 and not aside
    ]
    return (
        outermost == [0]
        and len(document.sections[0].trail) == 1
        and _is_headed(document.text, document.sections[0])
    )


def _is_headed(text: str, section: Section) -> bool:
    """Tell whether the first line of the section is its heading."""
    line = _LINE.match(text, section.start, section.end)
    return bool(section.trail and line and line.group().strip() == section.trail[-1])


def _part(text: str, section: Section, level: int, aside: bool, quote: Span | None) -> Part:
    lines = [match.span() for match in _LINE.finditer(text, section.start, section.end)]
    headed = _is_headed(text, section)
    return Part(
        anchor=section.anchor,
        level=level,
        heading=_runs(text, lines.pop(0), quote) if headed else (),
        label="" if headed or not section.trail else section.trail[-1],
        blocks=tuple(_blocks(text, lines, quote)),
        aside=aside,
    )


def _blocks(text: str, lines: list[Span], quote: Span | None) -> Iterator[Block]:
    """Yield a list for each run of two marked lines or more, a paragraph for any other line."""
    for marked, group in groupby(lines, key=lambda span: has_marker(text[slice(*span)].lstrip())):
        set_lines = [_runs(text, span, quote) for span in group]
        if marked and len(set_lines) > 1:
            yield Block(tuple(set_lines), is_list=True)
        else:
            yield from (Block((line,)) for line in set_lines)


def _runs(text: str, span: Span, quote: Span | None) -> Line:
    """Return the characters of a line, cut where the quote begins and ends; blanks are not marked."""
    start, end = span
    if quote is None or quote[1] <= start or end <= quote[0]:
        return (Run(text[start:end]),)
    begin, finish = max(start, quote[0]), min(end, quote[1])
    inside = text[begin:finish]
    if not inside.strip():
        return (Run(text[start:end]),)
    first = not text[quote[0] : begin].strip()
    pieces = (Run(text[start:begin]), Run(inside, quoted=True, first=first), Run(text[finish:end]))
    return tuple(run for run in pieces if run.text)
