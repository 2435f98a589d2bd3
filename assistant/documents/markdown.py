"""Markdown to blocks: front matter, headings with anchors, fiches, lists, tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.attrs import attrs_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from assistant.documents.blocks import Block, starts_item
from assistant.documents.fiche import read_fiche
from assistant.documents.html import fragment_blocks
from assistant.documents.located import LocatedError
from assistant.documents.metadata import Metadata, read_metadata
from assistant.documents.rows import row_lines
from assistant.documents.yamltext import read_mapping
from assistant.domain import DocumentKind
from assistant.french import slug

_ATTRIBUTES = re.compile(r"\s*\{([^{}]*)\}\s*$")
_ANCHOR = re.compile(r"#(\S+)")
_ANCHOR_FORM = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ENTRY_LEVEL = 2
_WORD_CELLS = ("th_open", "td_open")


def read_markdown(text: str) -> tuple[Metadata, list[Block]]:
    """Read a Markdown text.

    Raises:
        LocatedError: the front matter or a fiche is wrong, or an explicit anchor is repeated.
    """
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    parser.use(front_matter_plugin).use(attrs_plugin)
    reading = _Reading(parser.parse(text))
    reading.run()
    return reading.metadata, _whole_entries(reading)


def _whole_entries(reading: _Reading) -> list[Block]:
    """In a FAQ or a glossary an entry is one passage, so the headings inside it are lines of it."""
    if reading.metadata.kind not in (DocumentKind.FAQ, DocumentKind.GLOSSARY):
        return reading.blocks
    return [
        Block(block.text) if block.level > _ENTRY_LEVEL and not block.fiche else block
        for block in reading.blocks
    ]


@dataclass
class _List:
    """A list being read; ``marker`` waits for the first line of the item."""

    ordered: bool
    marker: str = ""


@dataclass
class _Reading:
    """One pass over the tokens of a document."""

    tokens: Sequence[Token]
    metadata: Metadata = field(default_factory=Metadata)
    blocks: list[Block] = field(default_factory=list)
    lists: list[_List] = field(default_factory=list)
    anchor_lines: dict[str, int] = field(default_factory=dict)

    def run(self) -> None:
        """Read every token; what opens a container only updates the state."""
        position = 0
        while position < len(self.tokens):
            position = self._read(position)

    def _read(self, position: int) -> int:
        token = self.tokens[position]
        match token.type:
            case "front_matter":
                self._front_matter(token)
            case "heading_open" if token.level == 0:
                self._heading(token, self.tokens[position + 1])
                return position + 3
            case "inline":
                self._lines(_inline_lines(token))
            case "fence" if token.info.split()[:1] == ["fiche"]:
                self._fiche(token)
            case "fence" | "code_block":
                self._lines(token.content.splitlines())
            case "html_block":
                self.blocks.extend(fragment_blocks(token.content))
            case "table_open":
                return self._table(position)
            case _:
                self._list(token)
        return position + 1

    def _list(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                self.lists.append(_List(token.type == "ordered_list_open"))
            case "bullet_list_close" | "ordered_list_close":
                self.lists.pop()
            case "list_item_open":
                current = self.lists[-1]
                current.marker = f"{token.info}{token.markup} " if current.ordered else "– "

    def _front_matter(self, token: Token) -> None:
        front = read_mapping(token.content, first_line=2)
        self.metadata = read_metadata(front)
        if self.metadata.description:
            self.blocks.append(Block(self.metadata.description))

    def _heading(self, token: Token, inline: Token) -> None:
        text = " ".join(_inline_lines(inline))
        line = token.map[0] + 1 if token.map else 1
        attributes = _ATTRIBUTES.search(text)
        anchor = _ANCHOR.search(attributes.group(1)) if attributes else None
        if attributes and anchor:
            text = text[: attributes.start()]
            self._declare(anchor.group(1), line)
        self.blocks.append(Block(text, level=int(token.tag[1]), anchor=anchor.group(1) if anchor else ""))

    def _declare(self, anchor: str, line: int) -> None:
        if not _ANCHOR_FORM.fullmatch(anchor):
            raise LocatedError(
                f"ancre « {anchor} ».",
                "Attendu : minuscules sans accent, chiffres et tirets.",
                f"Par exemple : {slug(anchor)}.",
                line,
            )
        if anchor in self.anchor_lines:
            raise LocatedError(
                f"l’ancre « {anchor} » est déjà celle de la ligne {self.anchor_lines[anchor]}.",
                "Attendu : une ancre différente pour chaque titre.",
                "Renommez l’une des deux.",
                line,
            )
        self.anchor_lines[anchor] = line

    def _fiche(self, token: Token) -> None:
        line = token.map[0] + 1 if token.map else 1
        if not self.blocks or not self.blocks[-1].level or self.blocks[-1].fiche:
            raise LocatedError(
                "une fiche n’est pas sous un titre.",
                "Attendu : le bloc « fiche » juste après la ligne du titre, un seul par titre.",
                "Déplacez-la sous le titre de la section qu’elle décrit.",
                line,
            )
        self.blocks[-1] = replace(self.blocks[-1], fiche=read_fiche(token.content, line + 1))

    def _lines(self, lines: Sequence[str]) -> None:
        for line in lines:
            marker = ""
            if self.lists and line.strip():
                marker, self.lists[-1].marker = self.lists[-1].marker, ""
            self.blocks.append(Block(marker + line))

    def _table(self, position: int) -> int:
        rows: list[list[str]] = []
        while self.tokens[position].type != "table_close":
            token = self.tokens[position]
            if token.type == "tr_open":
                rows.append([])
            elif token.type in _WORD_CELLS:
                rows[-1].append(" ".join(_inline_lines(self.tokens[position + 1])))
            position += 1
        header = any(cell.strip() for cell in rows[0])
        self._lines(row_lines(rows if header else rows[1:], header=header))
        return position + 1


def _inline_lines(inline: Token) -> list[str]:
    """Return the words of an inline token; hard breaks and list-like soft breaks part lines."""
    lines = [""]
    breaking = False
    for token in inline.children or ():
        if token.type == "hardbreak" or (token.type == "html_inline" and token.content.startswith("<br")):
            lines.append("")
        elif token.type == "softbreak":
            breaking = True
        elif token.type != "html_inline" and token.content:
            words = token.content
            if breaking and starts_item(lines[-1], words + " "):
                lines.append(words)
            else:
                lines[-1] += " " + words if breaking else words
            breaking = False
    return [line for line in lines if line.strip()]
