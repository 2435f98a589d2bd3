"""What the side panel shows when a citation is opened: the whole passage with the quote inside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from assistant.domain import Citation, Document, DocumentInfo, Passage
from assistant.errors import StoreError
from assistant.texts import Texts
from assistant.web.dates import spoken
from assistant.web.reading.addresses import citation_url, passage_url


class Library(Protocol):
    """Where the quoted texts are read."""

    def passage(self, passage_id: str) -> Passage:
        """Return a passage of the current index."""
        ...

    def document(self, document_id: str) -> Document:
        """Return a document of the current index."""
        ...


@dataclass(frozen=True, slots=True)
class Panel:
    """A passage cut around its quote; ``quote`` is empty when the whole passage is a lead.

    ``facts`` are labels with their values, in reading order, already in the interface's language;
    ``address`` opens the same place in the reading room.
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    note: str
    before: str
    quote: str
    after: str
    quote_label: str
    address: str


def quoted(citation: Citation, library: Library, texts: Texts) -> Panel:
    """Return the panel of a citation.

    Raises:
        StoreError: the text has changed since the answer was made.
    """
    document = library.document(citation.document)
    if document.text[citation.start : citation.end] != citation.quote:
        raise StoreError(texts("chat.changed"))
    passage = library.passage(citation.passage_id)
    span = (citation.start, citation.end)
    return _panel(document, passage, span, citation.page, texts, citation_url(citation))


def lead(passage: Passage, library: Library, texts: Texts) -> Panel:
    """Return the panel of a passage shown as a lead, without any quote."""
    document = library.document(passage.document.id)
    span = (passage.end, passage.end)
    return _panel(document, passage, span, passage.page, texts, passage_url(passage))


def _panel(
    document: Document,
    passage: Passage,
    span: tuple[int, int],
    page: int | None,
    texts: Texts,
    address: str,
) -> Panel:
    start, end = span
    return Panel(
        title=document.info.title,
        facts=_facts(document.info, passage, page, texts),
        note=texts("chat.passage.model_text") if document.info.model_text else "",
        before=document.text[min(passage.start, start) : start],
        quote=document.text[start:end],
        after=document.text[end : max(passage.end, end)],
        quote_label=texts("chat.passage.quote"),
        address=address,
    )


def _facts(
    info: DocumentInfo, passage: Passage, page: int | None, texts: Texts
) -> tuple[tuple[str, str], ...]:
    values = {
        "section": " › ".join(part for part in passage.trail if part != info.title),
        "version": info.version,
        "since": spoken(info.in_force_from, texts) if info.in_force_from else "",
        "until": spoken(info.in_force_until, texts) if info.in_force_until else "",
        "status": info.status.value,
        "page": "" if page is None else str(page),
    }
    return tuple((texts(f"chat.passage.{name}"), value) for name, value in values.items() if value)
