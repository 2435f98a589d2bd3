"""Chooses the sentences that answer, with their conditions and exceptions, and quotes them exactly."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.domain import Citation, Document, DocumentKind, Passage, Sentence
from assistant.french import fold, sentence_spans, stems
from assistant.indexing.encoder import Encoder, Vectors

# Sentences that limit the one before them; leaving one out would change the rule.
_LIMIT = re.compile(
    r"\b(sauf|excepte|hormis|toutefois|cependant|neanmoins|par exception|par derogation|exception|"
    r"a condition|sous reserve|uniquement|seulement|a moins|sans prejudice|ne s'applique(nt)? pas|"
    r"ne couvre(nt)? pas|dans tous les cas|au prealable|en aucun cas|ne \w+ que)\b"
)
_ITEM = re.compile(r"^(?:[-–—•*]|\(?[a-z]{1,4}\)|\(?\d{1,3}[.)°])\s")
_WHOLE = (DocumentKind.FAQ, DocumentKind.RULES, DocumentKind.GLOSSARY)
# A sentence this close to the best one (relevance ratio) says something more about the question.
_RELATED = 0.72


@dataclass(frozen=True, slots=True)
class Extract:
    """The sentences chosen in one passage.

    ``omitted`` counts the items of the same list left out; ``relevance``, in [0, 1], is that of the best one.
    """

    sentences: tuple[Sentence, ...]
    omitted: int = 0
    relevance: float = 0.0

    @property
    def words(self) -> int:
        """Return the number of words quoted."""
        return sum(len(sentence.text.split()) for sentence in self.sentences)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence of the passage, its line, and the place of the sentence that introduces its list."""

    start: int
    end: int
    text: str
    relevance: float
    line: int
    lead: int | None

    @property
    def size(self) -> int:
        return len(self.text.split())

    @property
    def limits(self) -> bool:
        return _LIMIT.search(fold(self.text)) is not None


class Extractor:
    """Quotes passages for a question; ``budget`` is a number of words, exceeded only to stay exact."""

    def __init__(self, encoder: Encoder, budget: int) -> None:
        self._encoder = encoder
        self._budget = budget

    def extract(
        self, question: str, passage: Passage, document: Document, budget: int | None = None
    ) -> Extract:
        """Return the sentences of the passage that answer the question, in the order of the text."""
        limit = self._budget if budget is None else budget
        candidates = self._candidates(question, passage)
        if not candidates:
            return Extract(())
        chosen = self._chosen(candidates, passage.document.kind in _WHOLE, limit)
        return Extract(
            tuple(
                Sentence(candidates[place].text, (cite(document, passage, candidates[place]),))
                for place in sorted(chosen)
            ),
            _omitted(candidates, chosen, document, passage),
            max(candidate.relevance for candidate in candidates),
        )

    def _candidates(self, question: str, passage: Passage) -> list[_Candidate]:
        spans = sentence_spans(passage.text)
        texts = [passage.text[start:end] for start, end in spans]
        relevances = self._relevances(question, texts)
        found: list[_Candidate] = []
        lead: int | None = None
        for place, ((start, end), text) in enumerate(zip(spans, texts, strict=True)):
            item = _ITEM.match(fold(text)) is not None
            line = passage.text.count("\n", 0, start)
            found.append(_Candidate(start, end, text, relevances[place], line, lead if item else None))
            if text.endswith(":"):
                lead = place
            elif not item and _starts_line(passage.text, start):
                lead = None
        return found

    def _relevances(self, question: str, texts: Sequence[str]) -> list[float]:
        vectors: Vectors = self._encoder.encode([question, *texts])
        cosines = np.clip(vectors[1:] @ vectors[0], 0, 1)
        asked = set(stems(question))
        covered = [len(asked.intersection(stems(text))) / max(1, len(asked)) for text in texts]
        return [0.5 * float(cosine) + 0.5 * share for cosine, share in zip(cosines, covered, strict=True)]

    def _chosen(self, candidates: Sequence[_Candidate], whole: bool, limit: int) -> set[int]:
        """Return the places chosen: the best sentence, what introduces and limits it, then the rest."""
        ranked = sorted(range(len(candidates)), key=lambda place: (-candidates[place].relevance, place))
        best = 0 if whole else ranked[0]
        chosen = {best, *_introduction(candidates, best)}
        for place in _followers(candidates, best):
            _add(candidates, chosen, place, limit)
        limits = [place for place in range(len(candidates)) if candidates[place].limits]
        for place in limits:
            if whole or candidates[place].lead == candidates[best].lead:
                _add(candidates, chosen, place, limit)
        floor = 0.0 if whole else _RELATED * candidates[best].relevance
        order = range(len(candidates)) if whole else ranked
        for place in order:
            if candidates[place].relevance >= floor:
                _add(candidates, chosen, place, limit)
        return chosen


def cite(document: Document, passage: Passage, span: _Candidate) -> Citation:
    """Return the citation of a span of the passage, with offsets in the document's canonical text."""
    start, end = passage.start + span.start, passage.start + span.end
    return Citation(
        passage_id=passage.id,
        document=document.info.id,
        title=document.info.title,
        heading=passage.heading,
        version=document.info.version,
        version_hash=document.info.hash,
        quote=document.text[start:end],
        start=start,
        end=end,
        page=document.page_at(start),
    )


def _starts_line(text: str, offset: int) -> bool:
    return offset == 0 or "\n" in text[max(0, offset - 2) : offset]


def _introduction(candidates: Sequence[_Candidate], place: int) -> list[int]:
    lead = candidates[place].lead
    return [] if lead is None else [lead, *_introduction(candidates, lead)]


def _followers(candidates: Sequence[_Candidate], best: int) -> list[int]:
    """Return the items that a lead-in announces, or what a sentence must not be read without.

    That is the rest of its paragraph, where conditions often stand without any word that tells them,
    and the limits that directly follow.
    """
    items = [place for place, one in enumerate(candidates) if one.lead == best]
    if items:
        return items
    following: list[int] = []
    for place in range(best + 1, len(candidates)):
        if not candidates[place].limits and candidates[place].line != candidates[best].line:
            break
        following.append(place)
    return following


def _add(candidates: Sequence[_Candidate], chosen: set[int], place: int, limit: int) -> None:
    """Add a sentence and what introduces it, when they fit in the budget."""
    added = {place, *_introduction(candidates, place)} - chosen
    used = sum(candidates[one].size for one in chosen)
    if used + sum(candidates[one].size for one in added) <= limit:
        chosen |= added


def _omitted(candidates: Sequence[_Candidate], chosen: set[int], document: Document, passage: Passage) -> int:
    """Return how many items of the quoted lists are left out, those of the article's next parts too."""
    leads = {candidates[place].lead for place in chosen} - {None}
    leads |= {place for place in chosen if candidates[place].text.endswith(":")}
    left = sum(one.lead in leads and place not in chosen for place, one in enumerate(candidates))
    return left + (_continued(document, passage) if candidates[-1].lead in leads else 0)


def _continued(document: Document, passage: Passage) -> int:
    """Return how many items follow the passage in its section, up to the first other line."""
    end = next((one.end for one in document.sections if one.start <= passage.start < one.end), passage.end)
    items = 0
    for line in document.text[passage.end : end].splitlines():
        if line and not _ITEM.match(fold(line)):
            break
        items += bool(line)
    return items
