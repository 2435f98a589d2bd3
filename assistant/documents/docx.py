"""DOCX to blocks: headings by style or outline level, computed numbers, tables, footnotes."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import docx
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from assistant.documents.archive import ARCHIVE_ERRORS, damaged
from assistant.documents.blocks import Block, clean_line
from assistant.documents.legal import legal_mark, rank
from assistant.documents.metadata import Metadata
from assistant.documents.numbering import Numbering, read_numbering
from assistant.documents.rows import row_lines

_STYLE_LEVEL = re.compile(r"(?:heading|titre|überschrift)\s*(\d)", re.IGNORECASE)
_TITLE_STYLES = frozenset({"title", "titre", "titre principal"})
_CONTENTS_STYLE = re.compile(r"(?:toc|tm|table des mati|index)\b", re.IGNORECASE)
_LEFT_OUT = frozenset(qn(name) for name in ("w:del", "w:moveFrom", "w:txbxContent", "w:instrText"))
_BREAKS = {qn("w:tab"): " ", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_LONGEST_HEADING = 160


def read_docx(data: bytes) -> tuple[Metadata, list[Block]]:
    """Read a DOCX whose archive was checked.

    Raises:
        DocumentError: a part is missing or is not what it should be.
    """
    try:
        document = docx.Document(io.BytesIO(data))
        blocks = _Reading(document, read_numbering(document)).run()
    except (PackageNotFoundError, KeyError, AttributeError, SyntaxError, *ARCHIVE_ERRORS) as error:
        raise damaged() from error
    title = clean_line(document.core_properties.title or "")
    return Metadata(title="" if any(block.level for block in blocks) else title), blocks


@dataclass
class _Reading:
    """One pass over the body of a document."""

    document: Document
    numbering: Numbering
    blocks: list[Block] = field(default_factory=list)

    def run(self) -> list[Block]:
        """Return the blocks of the body, then of the footnotes."""
        for element in _children(self.document.element.body):
            if element.tag == qn("w:tbl"):
                self._table(element)
            else:
                self._paragraph(element)
        if not any(block.level for block in self.blocks):
            self.blocks = _legal_headings(self.blocks)
        return self.blocks + self._notes()

    def _paragraph(self, element: Any) -> None:
        paragraph = Paragraph(element, self.document._body)
        style = paragraph.style
        name = (style.name or "") if style is not None else ""
        if not _CONTENTS_STYLE.match(name):
            level = _level(paragraph, name)
            mark = self._mark(paragraph)
            lines = [line for line in text_of(element).split("\n") if line.strip()]
            if level and lines:
                self.blocks.append(_heading(f"{mark} {' '.join(lines)}".strip(), level))
            else:
                self.blocks.extend(_items(lines, mark))
        for box in element.iter(qn("w:txbxContent")):
            if not any(parent.tag.endswith("}Fallback") for parent in box.iterancestors()):
                for inner in box.iter(qn("w:p")):
                    self.blocks.append(Block(text_of(inner)))

    def _mark(self, paragraph: Paragraph) -> str:
        for properties in _properties(paragraph):
            numbered = properties.find(qn("w:numPr"))
            if numbered is None:
                continue
            number, depth = numbered.find(qn("w:numId")), numbered.find(qn("w:ilvl"))
            if number is not None:
                level = int(depth.get(qn("w:val"))) if depth is not None else 0
                return self.numbering.mark(number.get(qn("w:val")), level)
        return ""

    def _table(self, table: Any) -> None:
        rows: list[list[str]] = []
        for row in table.iterchildren(qn("w:tr")):
            cells = list(row.iterchildren(qn("w:tc")))
            rows.append([" ".join(text_of(p) for p in cell.iter(qn("w:p"))) for cell in cells])
        rows = [row for row in rows if any(cell.strip() for cell in row)]
        self.blocks.extend(Block(line) for line in row_lines(rows, header=True))

    def _notes(self) -> list[Block]:
        texts: list[str] = []
        for relation in self.document.part.rels.values():
            if relation.reltype in (RELATIONSHIP_TYPE.FOOTNOTES, RELATIONSHIP_TYPE.ENDNOTES):
                root = parse_xml(relation.target_part.blob)
                notes = [note for note in root if not note.get(qn("w:type"))]
                texts.extend(" ".join(text_of(p) for p in note.iter(qn("w:p"))) for note in notes)
        blocks = [Block(f"({number}) {text}") for number, text in enumerate(texts, 1) if text.strip()]
        if blocks:
            blocks[0] = Block(blocks[0].text, label="Notes", anchor="notes", detached=True)
        return blocks


def _children(body: Any) -> Iterator[Any]:
    """Yield paragraphs and tables in order, those of content controls too, but not a table of contents."""
    for element in body:
        if element.tag in (qn("w:p"), qn("w:tbl")):
            yield element
        elif element.tag == qn("w:sdt"):
            gallery = element.find(f".//{qn('w:docPartGallery')}")
            content = element.find(qn("w:sdtContent"))
            if content is not None and (gallery is None or "Contents" not in gallery.get(qn("w:val"), "")):
                yield from _children(content)
        elif element.tag in (qn("w:ins"), qn("w:customXml")):
            yield from _children(element)


def text_of(element: Any) -> str:
    """Return the words of a paragraph: insertions kept, deletions, text boxes and field codes left out."""
    parts: list[str] = []

    def walk(node: Any) -> None:
        for child in node:
            if child.tag == qn("w:t"):
                parts.append(child.text or "")
            elif child.tag in _BREAKS:
                parts.append(_BREAKS[child.tag])
            elif child.tag not in _LEFT_OUT and isinstance(child.tag, str) and child.tag != qn("w:pPr"):
                walk(child)

    walk(element)
    return "".join(parts)


def _properties(paragraph: Paragraph) -> Iterator[Any]:
    """Yield the properties of a paragraph, then those of its style and of the styles it is based on."""
    if paragraph._p.pPr is not None:
        yield paragraph._p.pPr
    style: Any = paragraph.style
    seen: set[str] = set()
    while style is not None and style.style_id not in seen:
        seen.add(style.style_id)
        if style.element.pPr is not None:
            yield style.element.pPr
        style = getattr(style, "base_style", None)


def _level(paragraph: Paragraph, style_name: str) -> int:
    """Return the level of a heading, 0 for body text."""
    named = _STYLE_LEVEL.match(style_name)
    if named:
        return max(1, int(named.group(1)))
    if style_name.casefold() in _TITLE_STYLES:
        return 1
    for properties in _properties(paragraph):
        outline = properties.find(qn("w:outlineLvl"))
        if outline is not None:
            level = int(outline.get(qn("w:val")))
            return level + 1 if level < 9 else 0
    return 0


def _heading(text: str, level: int) -> Block:
    mark = legal_mark(clean_line(text))
    return Block(text, level=level, anchor=mark.anchor if mark and mark.kind == "article" else "")


def _items(lines: list[str], mark: str) -> Iterator[Block]:
    for position, line in enumerate(lines):
        yield Block(f"{mark} {line}" if mark and position == 0 else line)


def _legal_headings(blocks: list[Block]) -> list[Block]:
    """Find the headings of a document typed without styles by their words alone."""
    result: list[Block] = []
    for block in blocks:
        text = clean_line(block.text)
        mark = legal_mark(text) if len(text) <= _LONGEST_HEADING else None
        if mark and (not mark.rest or (mark.separated and not mark.runs_in)):
            anchor = mark.anchor if mark.kind == "article" else ""
            result.append(Block(text, level=rank(mark.kind) or 1, anchor=anchor))
        else:
            result.append(block)
    return result
