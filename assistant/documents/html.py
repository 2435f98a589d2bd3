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
_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
_LINES = _HEADINGS | {"table", "pre", "br"}  # read whole
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


@dataclass
class _Walk:
    """Collects inline words until a block-level tag begins or ends."""

    blocks: list[Block] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    marker: str = ""

    def read(self, root: Tag) -> list[Block]:
        """Return the blocks under this tag, in order."""
        # a stack of our own: pages may be nested deeper than Python's calls
        open_tags = [(root, iter(root.children))]
        while open_tags:
            tag, children = open_tags[-1]
            child = next(children, None)
            if child is None:
                self._leave(tag)
                open_tags.pop()
            elif isinstance(child, Tag):
                if self._enter(child):
                    open_tags.append((child, iter(child.children)))
            elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
                self.words.append(str(child))
        self._flush()
        return self.blocks

    def _enter(self, tag: Tag) -> bool:
        """Read what a tag is by itself; tell whether its children are still to be read."""
        name = tag.name
        if name in _BLOCKS or name in _LINES:
            self._flush()
        if name in _HEADINGS:
            self._heading(tag, int(name[1]))
        elif name == "table":
            rows, header = _rows(tag)
            self.blocks.extend(Block(line) for line in row_lines(rows, header=header))
        elif name == "pre":
            self.blocks.extend(Block(line) for line in tag.get_text().splitlines())
        elif name == "img":
            self.words.append(f" {tag.get('alt') or ''} ")
        elif name == "li":
            self.marker = _marker(tag)
        return name not in _LINES and name != "img"

    def _leave(self, tag: Tag) -> None:
        if tag.name in _BLOCKS:
            self._flush()
        if tag.name == "li":
            self.marker = ""

    def _heading(self, tag: Tag, level: int) -> None:
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
