"""The numbers that Word computes for lists and headings, which its files do not hold as text."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from docx.document import Document
from docx.oxml.ns import qn

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
          (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
BULLET = "–"


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list is numbered: Word's format, its pattern (``%1.%2``) and its start."""

    form: str
    pattern: str
    start: int


@dataclass
class Numbering:
    """Counts the paragraphs of each list as they come, in reading order."""

    levels: dict[tuple[str, int], Level]
    counts: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    def mark(self, number_id: str, depth: int) -> str:
        """Return the mark of the next paragraph of this list: « 2. », « b) », « Article 3 », « – »."""
        level = self.levels.get((number_id, depth))
        if level is None or number_id == "0":
            return ""
        if level.form == "bullet":
            return BULLET
        if level.form == "none":
            return ""
        counts = self.counts[number_id]
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]
        return self._spelled(number_id, level.pattern)

    def _spelled(self, number_id: str, pattern: str) -> str:
        for depth in range(9):
            level = self.levels.get((number_id, depth))
            if level and f"%{depth + 1}" in pattern:
                count = self.counts[number_id].get(depth, level.start)
                pattern = pattern.replace(f"%{depth + 1}", spell(count, level.form))
        return pattern.strip()


def spell(count: int, form: str) -> str:
    """Return a number as letters, Roman figures or figures."""
    if form in ("lowerLetter", "upperLetter") and count > 0:
        letter = _LETTERS[(count - 1) % 26] * ((count - 1) // 26 + 1)
        return letter.upper() if form == "upperLetter" else letter
    if form in ("lowerRoman", "upperRoman") and count > 0:
        roman = _roman(count)
        return roman.upper() if form == "upperRoman" else roman
    return f"{count:02d}" if form == "decimalZero" else str(count)


def _roman(count: int) -> str:
    parts: list[str] = []
    for value, figure in _ROMAN:
        parts.append(figure * (count // value))
        count %= value
    return "".join(parts)


def read_numbering(document: Document) -> Numbering:
    """Read the numbering definitions of a Word document; none when it has no lists."""
    try:
        root = document.part.numbering_part.element
    except (KeyError, NotImplementedError):
        return Numbering({})
    abstract = {
        definition.get(qn("w:abstractNumId")): _levels(definition)
        for definition in root.findall(qn("w:abstractNum"))
    }
    levels: dict[tuple[str, int], Level] = {}
    for number in root.findall(qn("w:num")):
        reference = number.find(qn("w:abstractNumId"))
        known = abstract.get(reference.get(qn("w:val")) if reference is not None else None, {})
        for depth, level in known.items():
            levels[number.get(qn("w:numId")), depth] = level
    return Numbering(levels)


def _levels(definition: object) -> dict[int, Level]:
    found: dict[int, Level] = {}
    for level in definition.findall(qn("w:lvl")):  # type: ignore[attr-defined]
        start = _value(level, "w:start", "1")
        found[int(level.get(qn("w:ilvl")) or 0)] = Level(
            _value(level, "w:numFmt", "decimal"),
            _value(level, "w:lvlText", ""),
            int(start) if start.isdigit() else 1,
        )
    return found


def _value(element: object, name: str, default: str) -> str:
    child = element.find(qn(name))  # type: ignore[attr-defined]
    return str(child.get(qn("w:val")) or default) if child is not None else default
