"""Plain text to blocks: paragraphs parted by blank lines, legal headings told by their words."""

from __future__ import annotations

from assistant.documents.blocks import Block, clean_line, starts_item
from assistant.documents.legal import legal_mark, rank


def read_plain_text(text: str) -> list[Block]:
    """Return the paragraphs of a text whose lines may have been wrapped by hand."""
    blocks: list[Block] = []
    current = ""
    for line in [*text.split("\n"), ""]:
        words = clean_line(line)
        mark = legal_mark(words)
        heads = mark is not None and not mark.rest
        if current and (not words or heads or starts_item(current, words)):
            blocks.append(Block(current))
            current = ""
        if heads and mark:
            blocks.append(Block(words, level=rank(mark.kind) or 1, anchor=mark.anchor))
        elif words:
            current = f"{current} {words}" if current else words
    return blocks
