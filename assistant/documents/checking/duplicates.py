"""What a corpus asks or defines twice: equal questions, nearly equal ones, terms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process

from assistant.documents.checking.entries import Entries, Entry, comparable
from assistant.documents.located import Problem
from assistant.domain import DocumentKind
from assistant.french import content_words, stem

# Of 100: twice the words that two questions share over the words of both, in whatever order. From 88 on they
# have the same words, or one has one word more than at least four shared, or one word in nine differs. On the
# first corpus (363 questions) every pair above asked the same. Below, the word more tends to be the subject
# (« une photo », « une photo d’enfant »); at 75 « mon compte personnel » meets « mon téléphone personnel ».
# Letters measure worse: « infos confidentielles parties » has 84 with « une info est confidentielle ou pas ».
_NEAR = 88.0
# Every question asks what one may do with AI: these words make none different.
_UNDERSTOOD = frozenset({"ia", stem("peux")})
# One of these more and it is the contrary that is asked.
_NEGATIONS = frozenset(stem(word) for word in ("pas", "sans", "jamais", "aucun", "aucune"))
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """A way of asking for an entry, and the words that make it different from others."""

    entry: Entry
    question: str
    words: tuple[str, ...]

    @classmethod
    def of(cls, entry: Entry, question: str) -> Asked:
        """Return a question with the stems of its words, sorted: their order does not matter."""
        words = sorted(stem(word) for word in content_words(question))
        return cls(entry, question, tuple(word for word in words if word not in _UNDERSTOOD))

    def contradicts(self, other: Asked) -> bool:
        """Tell whether one of the two has a negation that the other has not."""
        return _NEGATIONS.intersection(self.words) != _NEGATIONS.intersection(other.words)


def nearly_equal(left: Sequence[Asked], right: Sequence[Asked]) -> Iterator[tuple[Asked, Asked]]:
    """Yield the pairs of questions of two entries that ask nearly the same, equal ones included."""
    numbers: dict[str, int] = {}

    def coded(questions: Sequence[Asked]) -> list[list[int]]:
        return [[numbers.setdefault(word, len(numbers)) for word in asked.words] for asked in questions]

    columns, rows = coded(right), coded(left)
    for start in range(0, len(rows), _AT_ONCE):
        part = rows[start : start + _AT_ONCE]
        scores = process.cdist(part, columns, scorer=fuzz.ratio, score_cutoff=_NEAR, dtype=np.uint8)
        for row, column in np.argwhere(scores > 0):
            one, other = left[start + int(row)], right[int(column)]
            if one.words and one.entry.address != other.entry.address and not one.contradicts(other):
                yield one, other


def repeated_questions(entries: Entries) -> Iterator[Problem]:
    """Yield questions that two entries share: search could not tell which one answers."""
    first: dict[str, Entry] = {}
    for entry in entries.every:
        for question in entry.questions:
            other = first.setdefault(comparable(question), entry)
            if other is not entry:
                yield entries.problem(
                    entry,
                    question,
                    f"la question « {question} » est aussi celle de {other.address} : "
                    "gardez-la dans une seule des deux.",
                )


def near_questions(entries: Entries) -> Iterator[Problem]:
    """Yield questions of a FAQ that nearly repeat one of an entry before; equal ones are told elsewhere."""
    asked = ways_of_asking(entries.leaves(DocumentKind.FAQ))
    order = {entry.address: place for place, entry in enumerate(entries.every)}
    told: set[tuple[str, str]] = set()
    for one, other in nearly_equal(asked, asked):
        address = one.entry.address
        if order[address] < order[other.entry.address] or (address, one.question) in told:
            continue
        if comparable(one.question) == comparable(other.question):
            continue
        told.add((address, one.question))
        yield entries.problem(
            one.entry,
            one.question,
            f"la question « {one.question} » demande presque la même chose que « {other.question} » "
            f"({other.entry.address}) : réunissez les deux entrées, ou dites ce qui les distingue.",
        )


def ways_of_asking(entries: Iterable[Entry]) -> list[Asked]:
    """Return every question of some entries."""
    return [Asked.of(entry, question) for entry in entries for question in entry.questions]


def repeated_terms(entries: Entries) -> Iterator[Problem]:
    """Yield terms and synonyms that the glossary defines twice."""
    owners: dict[str, dict[str, Entry]] = defaultdict(dict)
    for entry in entries.leaves(DocumentKind.GLOSSARY):
        for term in dict.fromkeys((entry.heading, *entry.section.synonyms)):
            owners[comparable(term)].setdefault(entry.address, entry)
    for term, defining in owners.items():
        first, *others = defining.values()
        for entry in others:
            yield entries.problem(
                entry,
                entry.heading,
                f"le terme « {term} » est déjà défini par {first.address} : gardez une seule définition.",
            )
