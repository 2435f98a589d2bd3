"""ODT to blocks: headings by outline level, lists with their marks, tables, notes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from odfdo import Document, Element, SecurityError

from assistant.documents.archive import ARCHIVE_ERRORS, damaged
from assistant.documents.blocks import Block, clean_line
from assistant.documents.legal import legal_mark
from assistant.documents.metadata import Metadata
from assistant.documents.numbering import BULLET, spell
from assistant.documents.rows import row_lines
from assistant.errors import DocumentError

_CONTAINERS = frozenset({"text:section", "text:list-item", "text:list-header", "draw:text-box", "draw:frame"})
_LEFT_OUT = frozenset("text:note office:annotation text:tracked-changes draw:frame".split())
_SPACES = {"text:tab": " ", "text:line-break": "\n"}
_MANY_SPACES = 100


def read_odt(data: bytes) -> tuple[Metadata, list[Block]]:
    """Read an ODT whose archive was checked.

    Raises:
        DocumentError: protected by a password, or a part is missing or is not what it should be.
    """
    try:
        document = Document(io.BytesIO(data))
        if document.manifest.root.get_elements("descendant::manifest:encryption-data"):
            raise DocumentError(
                "Ce document est protégé par un mot de passe.",
                "Attendu : un document lisible sans mot de passe.",
                "Enregistrez-le sans mot de passe.",
            )
        reading = _Reading(document)
        reading.children(document.body)
        title = clean_line(document.meta.title or "")
    except (SecurityError, KeyError, TypeError, AttributeError, SyntaxError, *ARCHIVE_ERRORS) as error:
        raise damaged() from error
    blocks = reading.blocks + reading.note_blocks()
    return Metadata(title="" if any(block.level for block in blocks) else title), blocks


@dataclass
class _Reading:
    """One pass over the elements of a text."""

    document: Document
    blocks: list[Block] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    marker: str = ""

    def children(self, parent: Element) -> None:
        """Read the children of a container in order."""
        for child in parent.children:
            self._element(child)

    def _element(self, element: Element) -> None:
        match element.tag:
            case "text:h":
                text = self._text(element)
                mark = legal_mark(clean_line(text))
                level = int(element.get_attribute_string("text:outline-level") or 1)
                anchor = mark.anchor if mark and mark.kind == "article" else ""
                self.blocks.append(Block(text, level=level, anchor=anchor))
            case "text:p":
                self._paragraph(element)
            case "text:list":
                self._list(element)
            case "table:table":
                self._table(element)
            case tag if tag in _CONTAINERS:
                self.children(element)

    def _paragraph(self, element: Element) -> None:
        style = element.get_attribute_string("text:style-name") or ""
        if self._is_title(style):
            self.blocks.append(Block(self._text(element), level=1))
            return
        for line in self._text(element).split("\n"):
            if line.strip():
                self.blocks.append(Block(self.marker + line))
                self.marker = ""
        for frame in element.get_elements("descendant::draw:text-box"):
            self.children(frame)

    def _is_title(self, name: str) -> bool:
        style = self.document.get_style("paragraph", name) if name else None
        parent = style.get_attribute_string("style:parent-style-name") if style is not None else ""
        return "Title" in (name, parent)

    def _list(self, element: Element, style: str = "", depth: int = 1) -> None:
        style = element.get_attribute_string("text:style-name") or style
        form, prefix, suffix, count = self._numbering(style, depth)
        for item in element.children:
            self.marker = f"{prefix}{_number(count, form)}{suffix} " if form else f"{BULLET} "
            if item.tag == "text:list-header":
                self.marker = ""
            for child in item.children:
                if child.tag == "text:list":
                    self.marker = ""
                    self._list(child, style, depth + 1)
                else:
                    self._element(child)
            count += item.tag == "text:list-item"
            self.marker = ""

    def _numbering(self, style: str, depth: int) -> tuple[str, str, str, int]:
        """Return the number format (empty for a bullet), what surrounds it, and the first number."""
        found = self.document.get_style("list", style) if style else None
        if found is not None:
            for level in found.get_elements("text:list-level-style-number"):
                if level.get_attribute_string("text:level") == str(depth):
                    return (
                        level.get_attribute_string("style:num-format") or "1",
                        level.get_attribute_string("style:num-prefix") or "",
                        level.get_attribute_string("style:num-suffix") or ".",
                        int(level.get_attribute_string("text:start-value") or 1),
                    )
        return "", "", "", 1

    def _table(self, table: Element) -> None:
        rows = [self._cells(row) for row in table.get_elements("descendant::table:table-row")]
        filled = [row for row in rows if any(cell.strip() for cell in row)]
        self.blocks.extend(Block(line) for line in row_lines(filled, header=True))

    def _cells(self, row: Element) -> list[str]:
        return [
            " ".join(self._text(part) for part in cell.get_elements("descendant::text:p|descendant::text:h"))
            for cell in row.get_elements("table:table-cell|table:covered-table-cell")
        ]

    def _text(self, element: Element) -> str:
        """Return the words of a paragraph; its notes are set apart."""
        for note in element.get_elements("descendant::text:note"):
            bodies: Sequence[Element] = note.get_elements("text:note-body//text:p")
            text = " ".join(self._words(body) for body in bodies)
            if text not in self.notes:
                self.notes.append(text)
        return self._words(element)

    def _words(self, element: Element) -> str:
        parts = [element.text or ""]
        for child in element.children:
            if child.tag == "text:s":
                parts.append(" " * min(_MANY_SPACES, int(child.get_attribute_string("text:c") or 1)))
            elif child.tag in _SPACES:
                parts.append(_SPACES[child.tag])
            elif child.tag not in _LEFT_OUT:
                parts.append(self._words(child))
            parts.append(child.tail or "")
        return "".join(parts)

    def note_blocks(self) -> list[Block]:
        """Return the notes as a last section."""
        blocks = [Block(f"({number}) {text}") for number, text in enumerate(self.notes, 1) if text.strip()]
        if blocks:
            blocks[0] = Block(blocks[0].text, label="Notes", anchor="notes", detached=True)
        return blocks


def _number(count: int, form: str) -> str:
    names = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
    return spell(count, names.get(form, "decimal"))
