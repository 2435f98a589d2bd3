"""Blocks, what every reader gives, and their assembly into canonical text with exact offsets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from assistant.documents.fiche import Fiche
from assistant.documents.metadata import Metadata, describe
from assistant.domain import Document, Section
from assistant.errors import DocumentError
from assistant.french import slug

FIRST_ANCHOR = "texte"
_BULLET = "•"
_SYMBOL_BULLETS = re.compile("[\uf0a7\uf0b7\uf0d8\uf0fc\uf076\uf06c\uf02d]")
_SPACES = re.compile(r"\s+")
_LINE_START = re.compile(
    r"(?:\(?\d{1,3}[.)](?:\d{1,2}\.?)*|\([a-z]{1,4}\)|[a-zA-Z]\)|[ivx]{1,5}[.)]"
    r"|[–—•▪◦‣·*-]|\d{1,2}°\)?)\s"
)
_CLOSED = re.compile(r"(?:[.:;,!?…»)]|\b(?:et|ou|et/ou))$")


@dataclass(frozen=True, slots=True)
class Block:
    """One line of the canonical text: a heading (``level`` from 1) or a body line (0).

    ``anchor`` is the wished anchor. A body block with a ``label`` opens a section under the current
    headings whose trail ends with that label, which is not in the text; ``detached``: the label
    alone is the trail (footnotes). ``page`` is where the block begins and ``breaks`` lists (offset
    in the text, page) for each page that begins inside it; ``text`` must then be clean already.
    """

    text: str
    level: int = 0
    page: int | None = None
    anchor: str = ""
    label: str = ""
    detached: bool = False
    breaks: tuple[tuple[int, int], ...] = ()
    fiche: Fiche | None = None

    @property
    def opens(self) -> bool:
        """Tell whether a section begins here."""
        return self.level > 0 or bool(self.label)


def clean_line(text: str) -> str:
    """Return text on one line: NFC, white space folded, no control nor invisible character.

    A single no-break space is kept, as French typography wants before « : » and « ; ».
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    kept = _SYMBOL_BULLETS.sub(_BULLET, text)
    kept = "".join(_visible(char) for char in kept)
    folded = _SPACES.sub(lambda run: run.group() if run.group() in "\u00a0\u202f" else " ", kept)
    return unicodedata.normalize("NFC", folded).strip()


def _visible(char: str) -> str:
    if char.isprintable() or char.isspace():
        return char
    # a control separates words; a soft hyphen, a joiner, half a surrogate pair are nothing
    return " " if unicodedata.category(char) == "Cc" else ""


def starts_item(previous: str, line: str) -> bool:
    """Tell whether ``line`` is a new list item rather than the rest of the sentence in ``previous``.

    « … visées aux points » then « a) et b) du présent article » is one sentence.
    """
    match = _LINE_START.match(line)
    if not match:
        return False
    return not previous or bool(_CLOSED.search(previous.rstrip())) or match.group()[0] in "•▪◦‣"


def has_marker(line: str) -> bool:
    """Tell whether a line begins with the marker of a list item or numbered point."""
    return bool(_LINE_START.match(line))


@dataclass
class _Opening:
    """A section being assembled."""

    anchor: str
    trail: tuple[str, ...]
    start: int
    fiche: Fiche


@dataclass
class _Assembly:
    """The text, sections and page starts as blocks come in."""

    wished: frozenset[str]
    parts: list[str] = field(default_factory=list)
    length: int = 0
    openings: list[_Opening] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    pages: list[int] = field(default_factory=list)

    def add(self, block: Block) -> None:
        text = block.text if block.breaks else clean_line(block.text)
        if not text:
            return
        if self.length:
            self._append("\n\n" if block.opens else "\n")
        if block.opens:
            self._open(block, text)
        elif not self.openings:
            self.openings.append(_Opening(self._unique(FIRST_ANCHOR, wished=False), (), 0, Fiche()))
        for offset, page in ((0, block.page or 0), *block.breaks):
            self._page(page, self.length + offset)
        self._append(text)

    def _append(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)

    def _open(self, block: Block, text: str) -> None:
        if block.level:
            while self.headings and self.headings[-1][0] >= block.level:
                self.headings.pop()
            self.headings.append((block.level, text))
        trail = () if block.detached else tuple(heading for _, heading in self.headings)
        if block.label:
            trail = (*trail, clean_line(block.label))
        anchor = self._unique(block.anchor or slug(trail[-1]), wished=bool(block.anchor))
        self.openings.append(_Opening(anchor, trail, self.length, block.fiche or Fiche()))

    def _unique(self, anchor: str, *, wished: bool) -> str:
        taken = self.anchors if wished else self.anchors | self.wished
        candidate, number = anchor, 2
        while candidate in taken:
            candidate, number = f"{anchor}-{number}", number + 1
            taken = self.anchors | self.wished
        self.anchors.add(candidate)
        return candidate

    def _page(self, page: int, offset: int) -> None:
        while len(self.pages) < page:
            self.pages.append(offset)

    def sections(self) -> tuple[Section, ...]:
        ends = [opening.start for opening in self.openings[1:]] + [self.length]
        return tuple(
            Section(
                anchor=opening.anchor,
                trail=opening.trail,
                start=opening.start,
                end=end,
                questions=opening.fiche.questions,
                references=opening.fiche.references,
                synonyms=opening.fiche.synonyms,
                verdict=opening.fiche.verdict,
            )
            for opening, end in zip(self.openings, ends, strict=True)
        )


def build_document(metadata: Metadata, source: str, blocks: Iterable[Block], pages: int = 0) -> Document:
    """Assemble blocks into a document whose sections cover the whole text, in order.

    ``pages`` is the number of pages of the file, when the format has pages. A line break parts two
    blocks and a blank line precedes each section.

    Raises:
        DocumentError: there is no text at all.
    """
    given: Sequence[Block] = list(blocks)
    assembly = _Assembly(frozenset(block.anchor for block in given if block.anchor))
    for block in given:
        assembly.add(block)
    text = "".join(assembly.parts)
    if not any(char.isalnum() for char in text):
        raise DocumentError(
            "Ce document ne contient aucun texte.",
            "Attendu : au moins une phrase.",
            "Complétez-le ou retirez-le du dossier.",
        )
    while len(assembly.pages) < pages:
        assembly.pages.append(len(text))
    title = next((clean_line(block.text) for block in given if block.level and block.text.strip()), "")
    info = describe(metadata, source, title, text)
    return Document(info, text, assembly.sections(), tuple(assembly.pages))
