"""Puts labelled questions to the assistant and measures what comes back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

from assistant.domain import Answer, AnswerStatus, Document, Hit, Topic, Verdict
from assistant.errors import AssistantError
from assistant.evaluation.figures import Figure, mean, rate
from assistant.evaluation.metrics import auroc, found_at, ndcg_at, percentile, reciprocal_rank, upper_bound
from assistant.evaluation.questions import Question, unknown_labels
from assistant.evaluation.rows import DatasetError
from assistant.french import words

DEPTHS = (1, 5, 10)
Progress = Callable[[int, int], None]


class Subject(Protocol):
    """What is evaluated: it answers, searches and opens the documents that it cites."""

    def ask(self, question: str, /, history: Sequence[str] = ()) -> Answer:
        """Answer a question."""
        ...

    def search(self, question: str, /, limit: int = 10) -> Sequence[Hit]:
        """Return the best passages, whatever the answer would be."""
        ...

    def document(self, identifier: str, /) -> Document:
        """Return a document.

        Raises:
            AssistantError: there is no such document.
        """
        ...


@dataclass(frozen=True, slots=True)
class Record:
    """What came back for one question; ``ranked`` and ``cited`` are passage ids."""

    question: Question
    status: AnswerStatus
    affirmed: bool
    topic: Topic
    verdict: Verdict | None
    confidence: float
    ranked: tuple[str, ...]
    cited: tuple[str, ...]
    quotes: tuple[str, ...]
    exact_quotes: int
    milliseconds: float

    @property
    def passage_right(self) -> bool:
        """Tell whether one of the expected passages is cited."""
        return any(self.question.label_of(passage) for passage in self.cited)

    @property
    def sentence_right(self) -> bool:
        """Tell whether one of the labelled extracts is quoted, whatever its case and punctuation."""
        quoted = _padded(" ".join(self.quotes))
        return any(_padded(extract) in quoted for extract in self.question.extracts)

    @property
    def verdict_right(self) -> bool:
        """Tell whether the verdict is the labelled one."""
        return self.verdict is self.question.verdict

    @property
    def right(self) -> bool:
        """Tell whether passage, sentence and verdict are right, as far as they are labelled."""
        return (
            self.passage_right
            and (self.sentence_right or not self.question.extracts)
            and (self.verdict_right or self.question.verdict is None)
        )


def _padded(text: str) -> str:
    """Return the folded words of a text between spaces, so that only whole words match."""
    return f" {' '.join(words(text))} "


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The records of a run and the figures drawn from them."""

    records: tuple[Record, ...]
    figures: tuple[Figure, ...]


def evaluate_questions(
    questions: Sequence[Question], subject: Subject, progress: Progress | None = None
) -> Evaluation:
    """Put every question and measure.

    Raises:
        DatasetError: a label names a passage that the corpus does not hold.
    """
    check_labels(questions, subject)
    records: list[Record] = []
    for done, question in enumerate(questions, start=1):
        records.append(put(question, subject))
        if progress is not None:
            progress(done, len(questions))
    return Evaluation(tuple(records), summarize(records))


def check_labels(questions: Sequence[Question], subject: Subject) -> None:
    """Check that every expected passage exists.

    Raises:
        DatasetError: some do not; the message names the questions.
    """
    wanted = {label.partition("#")[0] for question in questions for label in question.expected}
    known: set[str] = set()
    for identifier in sorted(wanted):
        try:
            document = subject.document(identifier)
        except AssistantError:
            continue  # reported below, with the questions that name it
        known.update(f"{identifier}#{section.anchor}" for section in document.sections)
    if missing := unknown_labels(questions, known):
        raise DatasetError(
            f"Passages attendus introuvables dans le corpus ({len(missing)}) : {' ; '.join(missing[:10])}.",
            "Des passages <document>#<ancre> du corpus évalué.",
            "Corrigez « expected », ou évaluez le corpus pour lequel les questions ont été étiquetées.",
        )


def put(question: Question, subject: Subject) -> Record:
    """Put one question.

    The ranking is the one the answer was drawn from; a question taken for small talk was not searched
    at all, so the search is asked, lest a wrong topic count as a wrong ranking too.
    """
    started = perf_counter()
    answer = subject.ask(question.text, history=question.history)
    elapsed = (perf_counter() - started) * 1000
    hits = answer.hits or subject.search(question.text, limit=max(DEPTHS))
    citations = answer.citations
    texts = {name: subject.document(name).text for name in {citation.document for citation in citations}}
    return Record(
        question=question,
        status=answer.status,
        affirmed=answer.affirmed,
        topic=answer.topic,
        verdict=answer.verdict,
        confidence=answer.confidence,
        ranked=tuple(hit.passage.id for hit in hits),
        cited=tuple(citation.passage_id for citation in citations),
        quotes=tuple(citation.quote for citation in citations),
        exact_quotes=sum(texts[one.document][one.start : one.end] == one.quote for one in citations),
        milliseconds=elapsed,
    )


def summarize(records: Sequence[Record]) -> tuple[Figure, ...]:
    """Return every figure of a run, under ``shipped.``."""
    answerable = [record for record in records if record.question.answerable]
    others = [record for record in records if not record.question.answerable]
    return (
        Figure("shipped.questions", len(records)),
        *_retrieval(answerable),
        *_answer(answerable),
        *_citations(records),
        *_abstention(answerable, others),
        *_statuses(records),
        *_latency(records),
    )


def _labels(record: Record) -> list[str]:
    """Return the ranking with the parts of a long passage under the name of their label."""
    return [record.question.label_of(passage) or passage for passage in record.ranked]


def _retrieval(answerable: Sequence[Record]) -> Iterable[Figure]:
    """Measure the search: each expected passage answers alone, so any of them counts as found."""
    ranked = [(_labels(record), record.question.expected) for record in answerable]
    for depth in DEPTHS:
        found = sum(found_at(ranking, expected, depth) for ranking, expected in ranked)
        yield rate(f"shipped.retrieval.recall@{depth}", found, len(ranked))
    yield mean("shipped.retrieval.mrr", [reciprocal_rank(*pair) for pair in ranked])
    gains = [(ranking, dict.fromkeys(expected, 1.0)) for ranking, expected in ranked]
    yield mean("shipped.retrieval.ndcg@10", [ndcg_at(ranking, gain, 10) for ranking, gain in gains])


def _answer(answerable: Sequence[Record]) -> Iterable[Figure]:
    affirmed = [record for record in answerable if record.affirmed]
    with_extract = [record for record in affirmed if record.question.extracts]
    with_verdict = [record for record in affirmed if record.question.verdict is not None]
    key = "shipped.answer"
    yield rate(f"{key}.passage_right", sum(one.passage_right for one in affirmed), len(affirmed))
    yield rate(f"{key}.sentence_right", sum(one.sentence_right for one in with_extract), len(with_extract))
    yield rate(f"{key}.verdict_right", sum(one.verdict_right for one in with_verdict), len(with_verdict))
    yield rate(f"{key}.right", sum(one.right for one in affirmed), len(affirmed))


def _citations(records: Sequence[Record]) -> Iterable[Figure]:
    yield rate(
        "shipped.citations.exact",
        sum(record.exact_quotes for record in records),
        sum(len(record.quotes) for record in records),
    )


def _abstention(answerable: Sequence[Record], others: Sequence[Record]) -> Iterable[Figure]:
    affirmed = [record for record in (*answerable, *others) if record.affirmed]
    wrong = sum(not record.right for record in affirmed)
    key = "shipped.abstention"
    yield rate(f"{key}.coverage", sum(record.affirmed for record in answerable), len(answerable))
    yield rate(f"{key}.error_affirmed", wrong, len(affirmed))
    yield Figure(f"{key}.error_affirmed_upper95", upper_bound(wrong, len(affirmed)), of=len(affirmed))
    for name, topic_known in (("unanswerable_affirmed", True), ("off_topic_affirmed", False)):
        group = [record for record in others if _claims_subject(record.question) is topic_known]
        yield rate(f"{key}.{name}", sum(record.affirmed for record in group), len(group))
    scores = [[record.confidence for record in group] for group in (answerable, others)]
    yield Figure(f"{key}.auroc", auroc(*scores), of=len(answerable) + len(others))


def _claims_subject(question: Question) -> bool:
    """Tell whether a question without an answer looks as if it belonged to the subject."""
    return question.kind not in {Topic.OFF_TOPIC, Topic.GREETING, Topic.THANKS, Topic.IDENTITY}


def _latency(records: Sequence[Record]) -> Iterable[Figure]:
    times = [record.milliseconds for record in records]
    for percent in (50, 95):
        yield Figure(f"shipped.latency.p{percent}_ms", percentile(times, percent / 100), of=len(times))


def _statuses(records: Sequence[Record]) -> Iterable[Figure]:
    kinds = Counter(record.question.kind for record in records)
    counts = Counter((record.question.kind, record.status) for record in records)
    for kind, total in kinds.items():
        for status in AnswerStatus:
            if counts[kind, status]:
                yield rate(f"shipped.status.{kind}.{status}", counts[kind, status], total)
