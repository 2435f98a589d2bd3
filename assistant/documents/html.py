"""HTML to blocks: the content of the page without its navigation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PreformattedString, Tag

from assistant.documents.blocks import Block, clean_line
from assistant.documents.decoding import decode
from assistant.documents.metadata import Metadata
from assistant.documents.rows import row_lines

_CHARSET = re.compile(rb"<meta[^>]+charset=[\"']?([\w-]+)", re.IGNORECASE)
_NOISE = (
    "script style noscript template svg nav footer aside iframe object button select textarea input dialog"
).split()
_NOISE_ROLES = "navigation banner contentinfo complementary search dialog".split()
_NOISE_MARKS = ", ".join([*(f"[role={role}]" for role in _NOISE_ROLES), "[hidden]", "[aria-hidden=true]"])
_BLOCKS = frozenset(
    """address article blockquote body center dd details div dl dt fieldset figcaption figure form header
    hgroup hr html legend li main ol p section summary ul""".split()
)
_ANCHOR_FORM = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def read_html(data: bytes) -> tuple[Metadata, list[Block]]:
    """Read an HTML page; its title counts only when no heading is found.

    Raises:
        DocumentError: the bytes are not text.
    """
    declared = _CHARSET.search(data[:4096])
    soup = BeautifulSoup(decode(data, declared.group(1).decode() if declared else ""), "lxml")
    title = clean_line(soup.title.get_text()) if soup.title else ""
    _drop_noise(soup)
    blocks = _Walk().read(_content(soup))
    return Metadata(title="" if any(block.level for block in blocks) else title), blocks


def fragment_blocks(html: str) -> list[Block]:
    """Return the blocks of a piece of HTML found inside Markdown."""
    soup = BeautifulSoup(html, "lxml")
    _drop_noise(soup)
    return _Walk().read(soup)


def _content(soup: BeautifulSoup) -> Tag:
    main = soup.select_one("main, [role=main]")
    return main if main and main.get_text(strip=True) else soup.body or soup


def _drop_noise(soup: BeautifulSoup) -> None:
    for tag in soup.find_all(_NOISE):
        tag.decompose()
    for tag in soup.find_all(["header", "form"]):
        _drop_unless_content(tag)
    for tag in soup.select(_NOISE_MARKS):
        tag.decompose()


def _drop_unless_content(tag: Tag) -> None:
    """Drop a page header or a form, but keep an article's own headings and a form around a page."""
    if tag.decomposed:
        return
    headings = tag.find_all(["h1", "h2"])
    if tag.name == "form" and headings:
        return
    if tag.name == "header" and headings and tag.find_parent(["main", "article"]):
        return
    tag.decompose()


_DEEPEST = 200


@dataclass
class _Walk:
    """Collects inline words until a block-level tag begins or ends."""

    blocks: list[Block] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    marker: str = ""
    depth: int = 0

    def read(self, root: Tag) -> list[Block]:
        """Return the blocks under this tag, in order."""
        self._children(root)
        self._flush()
        return self.blocks

    def _children(self, tag: Tag) -> None:
        if self.depth == _DEEPEST:  # a page made to exhaust the stack still gives its words
            self.words.append(tag.get_text(" "))
            return
        self.depth += 1
        for child in tag.children:
            if isinstance(child, Tag):
                self._tag(child)
            elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
                self.words.append(str(child))
        self.depth -= 1

    def _tag(self, tag: Tag) -> None:
        name = tag.name.rpartition(":")[2]
        if re.fullmatch("h[1-6]", name):
            self._heading(tag, int(name[1]))
        elif name == "table":
            self._flush()
            rows, header = _rows(tag)
            self.blocks.extend(Block(line) for line in row_lines(rows, header=header))
        elif name == "pre":
            self._flush()
            self.blocks.extend(Block(line) for line in tag.get_text().splitlines())
        elif name == "br":
            self._flush()
        elif name == "li":
            self._flush()
            self.marker = _marker(tag)
            self._children(tag)
            self._flush()
            self.marker = ""
        elif name in _BLOCKS:
            self._flush()
            self._children(tag)
            self._flush()
        elif name == "img":
            self.words.append(f" {tag.get('alt') or ''} ")
        else:
            self._children(tag)

    def _heading(self, tag: Tag, level: int) -> None:
        self._flush()
        identifier = str(tag.get("id") or "")
        anchor = identifier if _ANCHOR_FORM.fullmatch(identifier) else ""
        self.blocks.append(Block(tag.get_text(" "), level=level, anchor=anchor))

    def _flush(self) -> None:
        text = clean_line("".join(self.words))
        self.words.clear()
        if text:
            self.blocks.append(Block(self.marker + text))
            self.marker = ""


def _marker(item: Tag) -> str:
    parent = item.parent
    if parent is None or parent.name != "ol":
        return "– "
    number = _number(parent.get("start"), 1) + sum(1 for _ in item.find_previous_siblings("li"))
    number = _number(item.get("value"), number)
    if str(parent.get("type") or "") in ("a", "A") and 1 <= number <= len(_LETTERS):
        return f"{_LETTERS[number - 1]}) "
    return f"{number}. "


def _number(value: object, default: int) -> int:
    text = str(value or "")
    return int(text) if text.isdigit() and len(text) < 7 else default


def _rows(table: Tag) -> tuple[list[list[str]], bool]:
    """Return the cells of a table and whether its first row names the columns."""
    rows = [list(_cells(row)) for row in table.find_all("tr") if row.find_parent("table") is table]
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    first = table.find("tr")
    named = isinstance(first, Tag) and (first.find_parent("thead") or not first.find("td"))
    return filled, bool(named)


def _cells(row: Tag) -> Iterator[str]:
    for cell in row.find_all(["td", "th"]):
        if cell.find_parent("tr") is row:
            yield cell.get_text(" ")
