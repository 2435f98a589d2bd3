"""Paragraphs to blocks: which of them are headings, and how deep."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.documents.blocks import Block, has_marker
from assistant.documents.legal import ANNEX_RANK, ANNEXES, LegalMark, legal_mark, rank
from assistant.documents.pdf_paragraphs import Paragraph

_LONGEST_HEADING = 200
_LONGEST_TITLE = 400
_BIGGER = 0.8  # points above the body's type size
_TITLE_SIZE = 1.3  # times the body's: a title even with a full stop
_CONSIDERING = re.compile(r"\b(?:consid[ée]rant|vu)\b.*:$", re.IGNORECASE)
_RECITAL = re.compile(r"\((\d{1,3})\)\s")
_NUMBERED = re.compile(r"\d+(?:\.\d+)+\.?\s")
_ENDS_LIKE_TEXT = re.compile(r"[.;,:]$")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading found: how many paragraphs it takes, its words, its mark if any, its type size."""

    taken: int
    text: str
    size: float
    bold: bool
    mark: LegalMark | None = None
    body: str = ""


def structured(
    paragraphs: Sequence[Paragraph], body_size: float, centred: Callable[[Paragraph], bool]
) -> list[Block]:
    """Return the blocks of a document, headings told from body by their words and their type."""
    found = _Finder(paragraphs, body_size, centred).run()
    levels = _Levels(list(found.values()))
    blocks: list[Block] = []
    parents: list[tuple[int, str]] = []
    position = 0
    while position < len(paragraphs):
        heading, paragraph = found.get(position), paragraphs[position]
        if heading is None:
            blocks.append(Block(paragraph.text, page=paragraph.page, breaks=tuple(paragraph.breaks)))
            position += 1
            continue
        level = levels.of(heading)
        parents = [(above, anchor) for above, anchor in parents if above < level]
        anchor = _anchor(heading, parents)
        parents.append((level, anchor))
        blocks.append(Block(heading.text, level=level, page=paragraph.page, anchor=anchor))
        if heading.body:
            blocks.append(Block(heading.body, page=paragraph.page))
        position += heading.taken
    return recitals(blocks)


def _anchor(heading: Heading, parents: Sequence[tuple[int, str]]) -> str:
    """Return ``article-5``, unique by law, or ``chapitre-iii-section-2``, numbered within its parent."""
    if heading.mark is None:
        return ""
    if heading.mark.kind in ("article", *ANNEXES) or not parents or not parents[-1][1]:
        return heading.mark.anchor
    return f"{parents[-1][1]}-{heading.mark.anchor}"


class _Finder:
    """Looks at each paragraph once."""

    def __init__(
        self, paragraphs: Sequence[Paragraph], body_size: float, centred: Callable[[Paragraph], bool]
    ) -> None:
        self._paragraphs = paragraphs
        self._size = body_size
        self._centred = centred
        written = sum(len(paragraph.text) for paragraph in paragraphs)
        bold = sum(len(paragraph.text) for paragraph in paragraphs if paragraph.bold)
        self._bold_means_heading = bold < 0.4 * written

    def run(self) -> dict[int, Heading]:
        found: dict[int, Heading] = {}
        position = 0
        while position < len(self._paragraphs):
            heading = self._legal(position) or self._styled(position)
            if heading:
                found[position] = heading
            position += heading.taken if heading else 1
        return found

    def _stands_out(self, paragraph: Paragraph) -> bool:
        bold = paragraph.bold and self._bold_means_heading
        return bold or paragraph.size > self._size + _BIGGER or self._centred(paragraph)

    def _legal(self, position: int) -> Heading | None:
        paragraph = self._paragraphs[position]
        mark = legal_mark(paragraph.text)
        if mark is None or paragraph.breaks:
            return None
        if not mark.rest:
            if len(paragraph.lines) > 1:
                return None
            return self._with_title(position, mark)
        if mark.runs_in and not self._stands_out(paragraph):
            if not mark.separated or mark.kind != "article":
                return None
            return Heading(1, mark.mark, paragraph.size, paragraph.lines[0].bold, mark, mark.rest)
        if len(paragraph.text) > _LONGEST_HEADING or not (mark.separated or self._stands_out(paragraph)):
            return None
        return Heading(1, f"{mark.mark} – {mark.rest}", paragraph.size, paragraph.bold, mark)

    def _with_title(self, position: int, mark: LegalMark) -> Heading:
        first = self._paragraphs[position]
        title: list[str] = []
        following = self._paragraphs[position + 1 : position + 5]
        for paragraph in following:
            goes_on = not title or self._same_style(paragraph, following[0])
            if not (goes_on and self._is_title(paragraph, first)):
                break
            title.append(paragraph.text)
        text = f"{mark.mark} – {' '.join(title)}" if title else mark.mark
        bold = first.bold or bool(title and following[0].bold)
        return Heading(1 + len(title), text, first.size, bold, mark)

    def _is_title(self, paragraph: Paragraph, mark: Paragraph) -> bool:
        if len(paragraph.text) > _LONGEST_TITLE or legal_mark(paragraph.text) or paragraph.page != mark.page:
            return False
        if self._stands_out(paragraph):
            return True
        short = len(paragraph.lines) == 1 and len(paragraph.text) <= 80 and not has_marker(paragraph.text)
        plain = short and paragraph.text[:1].isupper() and not _ENDS_LIKE_TEXT.search(paragraph.text)
        return plain and not self._centred(mark)

    def _same_style(self, paragraph: Paragraph, other: Paragraph) -> bool:
        return paragraph.bold and other.bold and self._centred(paragraph) and self._centred(other)

    def _styled(self, position: int) -> Heading | None:
        paragraph = self._paragraphs[position]
        text = paragraph.text
        bigger = paragraph.size > self._size + _BIGGER
        bold = paragraph.bold and self._bold_means_heading and not paragraph.size < self._size - _BIGGER
        if not (bigger or bold) or len(text) > _LONGEST_HEADING or paragraph.breaks:
            return None
        if not (text[:1].isupper() or text[:1].isdigit()) or not any(char.isalpha() for char in text):
            return None
        if _ENDS_LIKE_TEXT.search(text) and paragraph.size < _TITLE_SIZE * self._size:
            return None
        return Heading(1, text, paragraph.size, paragraph.bold)


class _Levels:
    """Depths: legal kinds by rank; other headings by type size, above, among or below them."""

    def __init__(self, headings: Sequence[Heading]) -> None:
        legal = [heading for heading in headings if heading.mark]
        styled = [heading for heading in headings if not heading.mark]
        largest = max((heading.size for heading in legal), default=0.0)
        counts = Counter(self._style(heading) for heading in styled)
        larger = {style: count for style, count in counts.items() if style[0] > largest + 0.5}
        above = {style for style, count in larger.items() if count > 1 or not legal}
        self._above = {style: depth for depth, style in enumerate(sorted(above, reverse=True), start=1)}
        kinds = sorted({rank(heading.mark.kind) for heading in legal if heading.mark} - {ANNEX_RANK})
        self._legal = {kind: len(self._above) + depth for depth, kind in enumerate(kinds, start=1)}
        self._legal[ANNEX_RANK] = len(self._above) + 1
        self._deepest = len(self._above) + max(1, len(kinds))
        self._largest = largest

    def _style(self, heading: Heading) -> tuple[float, bool]:
        return round(heading.size * 2) / 2, heading.bold

    def of(self, heading: Heading) -> int:
        """Return the level of a heading, 1 for the outermost."""
        if heading.mark:
            return self._legal[rank(heading.mark.kind)]
        style = self._style(heading)
        if style in self._above:
            return self._above[style] + _depth(heading.text)
        if style[0] > self._largest + 0.5:
            return 1
        return self._deepest + 1 + _depth(heading.text)


def _depth(text: str) -> int:
    """Return how much deeper « 1.2.3 » is than « 1 »."""
    number = _NUMBERED.match(text)
    return number.group().strip(" .").count(".") if number else 0


def recitals(blocks: Sequence[Block]) -> list[Block]:
    """Make a section of each recital « (12) … » between « considérant ce qui suit: » and the first part."""
    result = list(blocks)
    opened, expected = False, 1
    for position, block in enumerate(blocks):
        if block.level and opened and expected > 1:
            break
        opened = opened or bool(_CONSIDERING.search(block.text))
        number = _RECITAL.match(block.text)
        if opened and number and int(number.group(1)) == expected:
            label, anchor = f"Considérant {expected}", f"considerant-{expected}"
            result[position] = replace(block, label=label, anchor=anchor)
            expected += 1
    return result
