"""From a question to an answer: decides the topic, the main passage, the status and the quotes."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import count
from typing import Protocol
from uuid import uuid4

from assistant.answering.confidence import Confidence, confidence_of
from assistant.answering.extractive import Extract, Extractor
from assistant.answering.subject import topic_of, without_courtesy
from assistant.answering.urgency import urgency_of
from assistant.domain import (
    Answer,
    AnswerStatus,
    Document,
    DocumentKind,
    Hit,
    Passage,
    Query,
    Sentence,
    Topic,
    Verdict,
)
from assistant.french import content_words, fold, words
from assistant.search.english import searched_in_french
from assistant.search.query import references
from assistant.settings import Settings
from assistant.texts import Texts

LEADS = 3
POOL = 10
_MAY = re.compile(
    r"\b(?:puis-?\s?je|peut-?\s?on|peux-?\s?(?:tu|je)|pouvons-nous"
    r"|(?:je|on|nous|tu|j') ?(?:peux|peut|pouvons)|droit de|le droit|autorise|interdit|permis|possible"
    r"|faut-il|dois-je|doit-on|suis-je oblige|obligatoire|can (?:i|we)|may (?:i|we)|am i allowed)\b"
)
_NOT = re.compile(r"\b(puis-?\s?je|peut-?\s?on|peux|peut|dois-je|doit-on) (ne )?(pas|jamais)\b|\bne pas\b")
_DEFINITION = re.compile(
    r"\b(c'est quoi|qu'est[- ]ce que|qu'est[- ]ce qu|definition|definir|que (veut dire|signifie)|signifie|"
    r"ca veut dire|what is|kezako|quezako)\b"
)
_FOLLOW_UP = re.compile(r"^(et|meme|mais|ou|sinon|dans ce cas|du coup|donc|aussi|pareil|idem)\b")
_SHORT = 6  # content words; a longer question says by itself what it is about
_CARRIED = 2  # earlier questions that a follow-up may follow
# The sentence of the article that says the same as the answer; below, it speaks of another matter.
_SAME = 0.3
_FEWEST_WORDS = 4  # « Non. » says nothing to look for
# A glossary term defines; it answers another question only when nothing near it does.
_CLOSE = 0.7


class Search(Protocol):
    """What the engine asks of a searcher."""

    def read(self, text: str, scope: str, history: Sequence[str]) -> Query:
        """Return the query for a question as typed."""
        ...

    def search(self, query: Query, limit: int, day: date) -> list[Hit]:
        """Return ranked hits."""
        ...

    def document(self, document_id: str) -> Document:
        """Return a document of the index."""
        ...

    def passage(self, passage_id: str) -> Passage | None:
        """Return a passage of the index, or None."""
        ...


class Engine:
    """Answers questions with quotes of the passages that a search finds; keeps no state."""

    def __init__(
        self,
        search: Search,
        extractor: Extractor,
        settings: Settings,
        texts: Texts,
        today: Callable[[], date],
    ) -> None:
        self._search = search
        self._extractor = extractor
        self._settings = settings
        self._texts = texts
        self._today = today

    def answer(self, question: str, history: Sequence[str] = (), scope: str = "metropole") -> Answer:
        """Return the answer to a question; opens no ticket and stores nothing.

        Raises:
            QuestionError: the question is too long.
        """
        started = time.perf_counter()
        query = self._search.read(question, scope, history)
        topic = topic_of(query.cleaned)
        own = without_courtesy(query.cleaned)
        query = replace(query, cleaned=own)
        draft = Answer(
            question=question,
            status=AnswerStatus.DECLINED,
            topic=topic,
            message=self._texts(f"answer.{topic.value}", authority=self._settings.authority),
            sentences=(),
            hits=(),
            query=query,
            as_of=self._today(),
            trace_id=uuid4().hex[:12],
            confidence=0.0,
            urgency=urgency_of(own),  # what follows an incident is not another one
        )
        read = time.perf_counter()
        if topic is not Topic.SUBJECT:
            return replace(draft, timings=_timings(started, read, read))
        query, hits = self._found(query, draft.as_of)
        searched = time.perf_counter()
        answer = self._composed(replace(draft, query=query), hits)
        return replace(answer, timings=_timings(started, read, searched))

    def _found(self, query: Query, day: date) -> tuple[Query, list[Hit]]:
        """Return the reading of the question that is answered, with the history that it uses, and its hits.

        A short question that may follow others is read by itself when that is sure enough to be answered.
        Otherwise it is read as following them, unless that finds nothing and by itself it is outside the
        subject or finds something.
        """
        first, *others = (
            replace(query, cleaned=reading, history=() if reading == query.cleaned else query.history)
            for reading in readings(query.cleaned, query.history)
        )
        hits = self._hits(first, day)
        for following in others:
            more = self._hits(following, day)
            if self._follows(confidence_of(hits), confidence_of(more)):
                return following, more
        return first, hits

    def _hits(self, query: Query, day: date) -> list[Hit]:
        return _main_first(query.cleaned, self._search.search(query, POOL, day))

    def _follows(self, alone: Confidence, following: Confidence) -> bool:
        settings = self._settings
        if alone.score >= settings.verified_threshold:
            return False
        if following.score >= settings.confirm_threshold:
            return True
        return alone.score < settings.confirm_threshold and alone.subject >= settings.subject_threshold

    def _composed(self, draft: Answer, hits: list[Hit]) -> Answer:
        confidence = confidence_of(hits)
        status = self._status(confidence, draft.query.cleaned, hits)
        answer = replace(
            draft,
            status=status,
            confidence=confidence.score,
            hits=tuple(hits),
            topic=Topic.OFF_TOPIC if status is AnswerStatus.DECLINED else Topic.SUBJECT,
            message=self._message(status),
        )
        if status is AnswerStatus.VERIFIED:
            extract = self._quoted(draft.query.cleaned, hits[0].passage)
            verdict = _verdict(draft.query.cleaned, hits[0].passage)
            return replace(answer, sentences=extract.sentences, omitted=extract.omitted, verdict=verdict)
        if status is AnswerStatus.TO_CONFIRM:
            return replace(answer, sentences=self._leads(draft.query.cleaned, hits[:LEADS]))
        return answer

    def _status(self, confidence: Confidence, question: str, hits: list[Hit]) -> AnswerStatus:
        if confidence.subject < self._settings.subject_threshold:
            return AnswerStatus.DECLINED
        if confidence.score < self._settings.confirm_threshold:
            return AnswerStatus.ESCALATED
        # « article 99 »: a reference that no passage bears must not be answered by a neighbour of it.
        named = references(question)
        if named and not named & frozenset().union(*(references(hit.passage.heading) for hit in hits)):
            return AnswerStatus.TO_CONFIRM
        if confidence.score < self._settings.verified_threshold:
            return AnswerStatus.TO_CONFIRM
        return AnswerStatus.VERIFIED

    def _message(self, status: AnswerStatus) -> str:
        return self._texts(
            f"answer.{status.value}",
            authority=self._settings.authority,
            referents=self._settings.referents_contact,
        )

    def _quoted(self, question: str, passage: Passage) -> Extract:
        """Quote the main passage, then what the article it rests on says of the same, if words remain."""
        extract = self._extractor.extract(question, passage, self._search.document(passage.document.id))
        said = next(
            (one.text for one in extract.sentences if len(words(one.text)) >= _FEWEST_WORDS), question
        )
        parts = [part for reference in passage.references[:1] for part in self._parts(reference)]
        bases = [self._best_sentence(said, part) for part in parts]
        best = max(bases, key=lambda basis: basis.relevance, default=Extract(()))
        # An item without its list would say too little; the passage names its article anyway.
        fits = len(best.sentences) == 1 and best.words <= self._settings.answer_words - extract.words
        if fits and best.relevance >= _SAME:
            return replace(extract, sentences=extract.sentences + best.sentences)
        return extract

    def _parts(self, reference: str) -> Iterator[Passage]:
        """Yield the passages of a section, when they may be cited: a long article is cut in several."""
        for number in count(1):
            part = self._search.passage(reference if number == 1 else f"{reference}~{number}")
            if part is None or not part.document.citable_on(self._today()):
                return
            yield part

    def _leads(self, question: str, hits: Sequence[Hit]) -> tuple[Sentence, ...]:
        bests = [self._best_sentence(question, hit.passage) for hit in hits]
        return tuple(sentence for best in bests for sentence in best.sentences)

    def _best_sentence(self, question: str, passage: Passage) -> Extract:
        document = self._search.document(passage.document.id)
        return self._extractor.extract(question, passage, document, budget=0)


def readings(question: str, history: Sequence[str]) -> tuple[str, ...]:
    """Return the ways to read a question: by itself, as a follow-up (« et pour les photos ? »), or either.

    A follow-up is read together with the questions it follows, and said twice so that it weighs more than
    they do. A short question that does not begin like one may be one all the same.
    """
    earlier = [searched_in_french(one) for one in history[-_CARRIED:]]
    carried = " ".join([question, question, *earlier])
    if earlier and _FOLLOW_UP.match(fold(question)):
        return (carried,)
    if earlier and len(content_words(question)) <= _SHORT:
        return question, carried
    return (question,)


def _main_first(question: str, hits: list[Hit]) -> list[Hit]:
    """Put first the passage to answer with: among those of nearly the best score, the nearest by itself.

    A glossary term defines, and answers only a question for a definition, unless nothing near it does. An
    article that many entries cite stands high in the list, but the entry that is asked for answers better.
    """
    if not hits:
        return hits
    defining = _DEFINITION.search(fold(question)) is not None
    near = [hit for hit in hits if hit.score >= _CLOSE * hits[0].score]
    fit = [hit for hit in near if (hit.passage.document.kind is DocumentKind.GLOSSARY) == defining]
    main = max(fit or hits[:1], key=lambda hit: hit.signals["own"] + hit.signals["reference"])
    return [main, *(hit for hit in hits if hit is not main)]


def _verdict(question: str, passage: Passage) -> Verdict | None:
    """Return the passage's verdict when the question asks for one, and not for its contrary."""
    asked = fold(question)
    return passage.verdict if _MAY.search(asked) and not _NOT.search(asked) else None


def _timings(started: float, read: float, searched: float) -> dict[str, float]:
    ended = time.perf_counter()
    stages = {
        "read": read - started,
        "search": searched - read,
        "answer": ended - searched,
        "total": ended - started,
    }
    return {name: round(seconds * 1000, 2) for name, seconds in stages.items()}
