"""Lines to paragraphs: sentences are mended across lines, columns and pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from assistant.documents.blocks import clean_line, has_marker, starts_item
from assistant.documents.pdf_columns import Columns
from assistant.documents.pdf_furniture import CleanPage
from assistant.documents.pdf_lines import Line
from assistant.french import fold

_TERMINAL = re.compile(r"[.!?…:;]['’”»\")\]\s]*$")
_SENTENCE_END = re.compile(r"[.!?…]['’”»\")\]\s]*$")
_LAST_PART = re.compile(r"([^\W\d_]+)-$")
_FIRST_PART = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
# Words that keep their hyphen when no other spelling in the document decides.
_KEPT_BEFORE = frozenset(
    """non sous vice demi semi mi contre avant arriere apres ex quasi celui celle ceux celles peut est a
    c'est au ci la entre grand grande haut bas porte""".split()
)
_KEPT_AFTER = frozenset(
    "t la ci meme memes vous nous il elle on ils elles ce je tu moi toi le les lui leur en y".split()
)
_NOTE_MARK = re.compile(r"\(?(\d{1,3})\b")
_USUAL_PITCH = 1.25  # from one line to the next, in type sizes
_DOUBLE_SPACED = 1.9
_MANY_LINES = 30  # enough to believe that a text is double-spaced
_LOOSE = 1.28  # a pitch this much above the usual one parts paragraphs
_INDENT = 0.7  # of the type size
_FLUSH = 2.0  # points between the ends of lines of one justified block
_ROOM = 4.0  # type sizes left after the next line's first word
_SLACK = 0.3  # share of the column left empty by a line that was ended on purpose


@dataclass
class Paragraph:
    """Lines that make one paragraph, list item or heading, with the text they spell."""

    lines: list[Line]
    text: str
    breaks: list[tuple[int, int]] = field(default_factory=list)
    space_before: bool = False

    @property
    def page(self) -> int:
        """Return the page on which the paragraph begins."""
        return self.lines[0].page

    @property
    def size(self) -> float:
        """Return the type size of the first line."""
        return self.lines[0].size

    @property
    def bold(self) -> bool:
        """Tell whether every line is bold."""
        return all(line.bold for line in self.lines)

    @property
    def italic(self) -> bool:
        """Tell whether every line is in italics."""
        return all(line.italic for line in self.lines)


def paragraphs(pages: Sequence[CleanPage], columns: Columns) -> list[Paragraph]:
    """Join the lines of all pages into paragraphs."""
    return _Joining(pages, columns).run()


def note_paragraphs(page: CleanPage) -> list[str]:
    """Return the footnotes of a page, one text per note; their numbers follow one another."""
    texts: list[str] = []
    last = 0
    for line in page.notes:
        mark = _NOTE_MARK.match(line.text)
        number = int(mark.group(1)) if mark else 0
        if not texts or number == last + 1:
            texts.append(line.text)
            last = number
        else:
            texts[-1] = f"{texts[-1]} {line.text}"
    return [clean_line(text) for text in texts]


class _Joining:
    """One pass over the lines, knowing the document's usual pitch and its words."""

    def __init__(self, pages: Sequence[CleanPage], columns: Columns) -> None:
        self._pages = pages
        self._column = columns.of
        self._pitch = self._usual_pitch()
        self._words = Counter(
            fold(word) for page in pages for line in page.lines for word in _FIRST_PART.findall(line.text)
        )
        self._done: list[Paragraph] = []

    def run(self) -> list[Paragraph]:
        for page in self._pages:
            for line in page.lines:
                self._add(line)
        return self._done

    def _add(self, line: Line) -> None:
        if not self._done:
            self._done.append(Paragraph([line], clean_line(line.text), space_before=True))
            return
        current = self._done[-1]
        previous = current.lines[-1]
        apart = line.page != previous.page or line.top < previous.top - 0.5 * line.size
        loose = not apart and (line.top - previous.top) / line.size > _LOOSE * self._pitch
        parted = self._parts_apart(current, line) if apart else loose or self._parts(current, line)
        if parted or line.whole or previous.whole:
            self._done.append(Paragraph([line], clean_line(line.text), space_before=apart or loose))
        else:
            self._join(current, line)

    def _join(self, current: Paragraph, line: Line) -> None:
        left, right = current.text, clean_line(line.text)
        joined = self._joined(left, right)
        if line.page != current.lines[-1].page:
            current.breaks.append((len(joined) - len(right), line.page))
        current.text = joined
        current.lines.append(line)

    def _joined(self, left: str, right: str) -> str:
        before, after = _LAST_PART.search(left), _FIRST_PART.match(right)
        if not before or not after:
            # « 2024- » then « 2027 »: the hyphen is the author's; after a blank it is a dash
            glued = left.endswith("-") and not left.endswith(" -")
            return left + right if glued else f"{left} {right}"
        if self._keeps_hyphen(before.group(1), after.group()):
            return left + right
        return left[:-1] + right

    def _keeps_hyphen(self, before: str, after: str) -> bool:
        whole = self._words[fold(before + after)]
        compound = self._words[fold(f"{before}-{after}")]
        if whole != compound:
            return compound > whole
        first, second = fold(before), fold(after).split("-")[0]
        return first in _KEPT_BEFORE or second in _KEPT_AFTER or after[:1].isupper()

    def _usual_pitch(self) -> float:
        ratios = [
            (line.top - previous.top) / line.size
            for page in self._pages
            for previous, line in zip(page.lines, page.lines[1:], strict=False)
            if line.top > previous.top + 0.5 * line.size
            and abs(line.size - previous.size) < 0.3
            and self._full(previous, line)
        ]
        single = [ratio for ratio in ratios if ratio < _DOUBLE_SPACED]
        if single or len(ratios) < _MANY_LINES:
            return median(single) if single else _USUAL_PITCH
        return median(ratios)

    def _full(self, previous: Line, line: Line) -> bool:
        """Tell whether the next line's first word had no room left on the previous line."""
        return self._slack(previous, line) < line.word_width + 0.3 * line.size

    def _slack(self, previous: Line, line: Line) -> float:
        """Return the room left on a line, on both sides of it when both lines are centred."""
        column = self._column(previous)
        both = self._same_centred(previous, line)
        return column.width - previous.width if both else column.right - previous.x1

    def _parts(self, current: Paragraph, line: Line) -> bool:
        """Tell whether a line at the usual pitch begins a paragraph."""
        previous = current.lines[-1]
        full, closed = self._full(previous, line), bool(_TERMINAL.search(current.text))
        if self._other_style(current, line) and (not full or closed):
            return True
        if has_marker(line.text):
            outdented = line.x0 < previous.x0 - _INDENT * line.size
            return starts_item(current.text, line.text) or not full or (len(current.lines) > 1 and outdented)
        if current.text.endswith("-"):
            return False
        if not full:
            return closed or self._ended_on_purpose(current, line)
        moved = abs(line.x0 - previous.x0) > _INDENT * line.size
        first_of_item = len(current.lines) == 1 and has_marker(current.text)
        return closed and moved and not first_of_item and line.x0 > previous.x0

    def _ended_on_purpose(self, current: Paragraph, line: Line) -> bool:
        """Tell whether a line stopped well before its margin, as a list item without a full stop does.

        A title is broken where its author likes, and goes on with a small letter; lines that end at
        the same place are those of a narrower block, such as a quotation.
        """
        previous = current.lines[-1]
        flush = any(abs(other.x1 - previous.x1) < _FLUSH for other in (*current.lines[:-1], line))
        if flush or self._same_centred(previous, line):
            return False
        if line.text[:1].islower():
            return self._slack(previous, line) - line.word_width > _ROOM * line.size and not line.bold
        return self._slack(previous, line) > _SLACK * self._column(previous).width

    def _same_centred(self, previous: Line, line: Line) -> bool:
        both = self._column(previous).centred(previous) and self._column(line).centred(line)
        return both and previous.bold == line.bold

    def _other_style(self, current: Paragraph, line: Line) -> bool:
        if abs(line.size - current.lines[-1].size) > 0.6:
            return True
        return line.bold != current.lines[-1].bold and (line.bold or current.bold)

    def _parts_apart(self, current: Paragraph, line: Line) -> bool:
        """Tell whether the first line of a page or column begins a paragraph."""
        previous = current.lines[-1]
        if self._other_style(current, line) or self._column(line).centred(line):
            return True
        if has_marker(line.text):
            return starts_item(current.text, line.text) or not self._full(previous, line)
        if not _TERMINAL.search(current.text):
            return not self._full(previous, line) and not line.text[:1].islower()
        hanging = len(current.lines) > 1 and abs(current.lines[0].x0 - previous.x0) > _INDENT * line.size
        goes_on = hanging and abs(line.x0 - previous.x0) < 2 and self._full(previous, line)
        lower = line.text[:1].islower() and bool(not current.text.endswith(":"))
        return not (goes_on or (lower and not _SENTENCE_END.search(current.text)))
