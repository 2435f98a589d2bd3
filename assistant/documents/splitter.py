"""Documents to passages: the units that are searched and quoted."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from assistant.domain import Document, DocumentInfo, DocumentKind, Passage, Section
from assistant.french import sentence_spans

LIMIT = 220  # words in a passage, about
_FEWEST_WORDS = 3
_TAIL = 40  # words that are not worth a passage of their own
_WORD = re.compile(r"\w+")
_LEAD_IN = re.compile(r":\s*$")
_LONGEST_LEAD_IN = 60  # words; a longer one is a paragraph that happens to end with a colon
_WHOLE = frozenset({DocumentKind.FAQ, DocumentKind.GLOSSARY, DocumentKind.RULES})
Span = tuple[int, int]


def split(document: Document) -> list[Passage]:
    """Return the passages of a document, in order.

    A FAQ entry, a glossary term or a rule is exactly one passage; any other section is cut between
    sentences when it is longer than about ``LIMIT`` words. ``passage.text`` is exactly
    ``document.text[passage.start:passage.end]``.
    """
    passages: list[Passage] = []
    for section in document.sections:
        start = _body_start(document, section)
        spans = _spans(document, section, start)
        for number, (begin, end) in enumerate(spans, start=1):
            anchor = section.anchor if number == 1 else f"{section.anchor}~{number}"
            passages.append(_passage(document, section, anchor, (begin, end)))
    return passages


def section_address(passage_id: str) -> str:
    """Return the address of the section that a passage is, or is a part of (``…~2`` is the second)."""
    return passage_id.partition("~")[0]


def _body_start(document: Document, section: Section) -> int:
    """Return where the text under the heading starts; a section may have no heading line."""
    line_end = document.text.find("\n", section.start, section.end)
    first = document.text[section.start : line_end if line_end >= 0 else section.end]
    headed = bool(section.trail) and first == section.trail[-1]
    if not headed:
        return section.start
    return line_end + 1 if line_end >= 0 else section.end


def _spans(document: Document, section: Section, start: int) -> list[Span]:
    body = document.text[start : section.end]
    sentences = [(start + begin, start + end) for begin, end in sentence_spans(body)]
    if _count(body) < _FEWEST_WORDS or not sentences:
        return []
    if document.info.kind in _WHOLE:
        return [(sentences[0][0], sentences[-1][1])]
    return [(group[0][0], group[-1][1]) for group in _groups(document.text, sentences)]


def _groups(text: str, sentences: list[Span]) -> list[list[Span]]:
    """Group sentences up to the limit; a lead-in stays with what follows, a short tail with what precedes."""
    groups: list[list[Span]] = []
    words = 0
    for piece in _pieces(text, sentences):
        size = sum(_count(text[begin:end]) for begin, end in piece)
        if groups and words + size <= LIMIT:
            groups[-1].extend(piece)
            words += size
        else:
            groups.append(list(piece))
            words = size
    if len(groups) > 1 and words < _TAIL:
        tail = groups.pop()
        groups[-1].extend(tail)
    return groups


def _pieces(text: str, sentences: list[Span]) -> Iterator[list[Span]]:
    """Yield sentences that must stay together: a short lead-in ending with a colon and what follows."""
    piece: list[Span] = []
    for begin, end in sentences:
        sentence = text[begin:end]
        piece.append((begin, end))
        if not (_LEAD_IN.search(sentence) and _count(sentence) <= _LONGEST_LEAD_IN):
            yield piece
            piece = []
    if piece:
        yield piece


def _count(text: str) -> int:
    return len(_WORD.findall(text))


def _passage(document: Document, section: Section, anchor: str, span: Span) -> Passage:
    start, end = span
    text = document.text[start:end]
    return Passage(
        id=f"{document.info.id}#{anchor}",
        document=document.info,
        trail=section.trail,
        text=text,
        start=start,
        end=end,
        hash=_hash(document.info, section, text),
        page=document.page_at(start),
        questions=_asked(section),
        references=section.references,
        verdict=section.verdict,
    )


def _asked(section: Section) -> tuple[str, ...]:
    """Return how people ask for a section; a term's acronyms and other names are such ways."""
    return (*section.questions, *section.synonyms)


def _hash(info: DocumentInfo, section: Section, text: str) -> str:
    """Return the hash of all that search reads; separators keep two different lists apart."""
    fields = (info.title, "\x1e".join(section.trail), text, "\x1e".join(_asked(section)))
    return hashlib.sha256("\x1f".join(fields).encode()).hexdigest()
