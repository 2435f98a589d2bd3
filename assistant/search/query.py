"""Cleans a question, corrects its spelling against the corpus, adds the glossary's forms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from assistant.domain import Query
from assistant.errors import QuestionError
from assistant.french import STOP_WORDS, fold, normalize, stem, words
from assistant.personal_data import without_placeholders
from assistant.search.english import searched_in_french

_WORD = re.compile(r"[^\W\d_]{4,}")
_REFERENCE = re.compile(r"\b(articles?|art\.?|annexe|chapitre|section)\s+(\d+|[ivx]+)\b", re.IGNORECASE)
# Longer words may hold two typing errors; shorter ones change meaning too easily.
_TWO_ERRORS_FROM = 8


def clean(text: str, longest: int) -> str:
    """Return the question on one line, without control characters nor invisible ones.

    Raises:
        QuestionError: the question is longer than ``longest`` characters.
    """
    if len(text) > longest:
        raise QuestionError(
            f"Votre message compte {len(text)} caractères.",
            f"La limite est de {longest}.",
            "Résumez votre question en quelques phrases.",
        )
    visible = "".join(
        char if unicodedata.category(char)[0] != "C" else " " for char in normalize(text) if char != "\u200b"
    )
    return " ".join(visible.split())


def references(text: str) -> frozenset[str]:
    """Return the exact references that a text makes, folded: ``article 12``, ``annexe iii``."""
    kinds = {"art": "article", "art.": "article", "articles": "article"}
    found = ((fold(kind), fold(number)) for kind, number in _REFERENCE.findall(text))
    return frozenset(f"{kinds.get(kind, kind)} {number}" for kind, number in found)


def french_lexicon(tokenizer_file: Path) -> frozenset[str]:
    """Return the whole words of the bundled encoder's vocabulary: words that need no correction."""
    from tokenizers import Tokenizer

    vocabulary = Tokenizer.from_file(str(tokenizer_file)).get_vocab(with_added_tokens=False)
    return frozenset(piece[1:] for piece in vocabulary if piece.startswith("▁") and piece[1:].isalpha())


@dataclass(frozen=True, slots=True)
class _Form:
    """A way of saying a glossary term, as folded words."""

    words: tuple[str, ...]
    term: str


class QueryReader:
    """Prepares questions for one generation of the index.

    ``vocabulary`` counts the folded words of the corpus, ``lexicon`` holds other known French words,
    ``forms`` are the glossary's (form, term) pairs.
    """

    def __init__(
        self, vocabulary: Mapping[str, int], lexicon: frozenset[str], forms: Iterable[tuple[str, str]]
    ) -> None:
        self._known = frozenset(vocabulary) | lexicon | STOP_WORDS
        self._stems = frozenset(stem(word) for word in self._known)
        self._frequency = vocabulary
        self._candidates = [word for word in vocabulary if len(word) >= 4 and word.isalpha()]
        self._forms = [
            _Form(said, term)
            for form, term in forms
            if (said := tuple(words(form))) and fold(form) != fold(term)
        ]

    def read(self, text: str, scope: str, history: Sequence[str], longest: int) -> Query:
        """Return the query for a question as typed.

        Raises:
            QuestionError: the question is too long.
        """
        # « [nom masqué] » says nothing of what is asked
        cleaned = searched_in_french(without_placeholders(clean(text, longest)))
        corrections = self._corrections(cleaned)
        for typed, corrected in corrections:
            cleaned = re.sub(rf"\b{re.escape(typed)}\b", corrected, cleaned)
        return Query(
            text=text,
            cleaned=cleaned,
            scope=scope,
            history=tuple(history),
            corrections=corrections,
            expansions=self._expansions(cleaned),
        )

    def _corrections(self, text: str) -> tuple[tuple[str, str], ...]:
        """Return (typed, corpus word) for each unknown word that has one near neighbour."""
        if not self._candidates:
            return ()
        found: dict[str, str] = {}
        for typed in _WORD.findall(text):
            word = fold(typed)
            if typed in found or word in self._known or stem(word) in self._stems:
                continue
            # A capital inside a sentence is a name (a product, a place), not a typing error.
            if typed[0].isupper() and not text.startswith(typed):
                continue
            if nearest := self._nearest(word):
                found[typed] = nearest
        return tuple(found.items())

    def _nearest(self, word: str) -> str | None:
        errors = 2 if len(word) >= _TWO_ERRORS_FROM else 1
        close = process.extract(word, self._candidates, scorer=OSA.distance, score_cutoff=errors, limit=8)
        if not close:
            return None
        best = min(close, key=lambda item: (item[1], item[0][0] != word[0], -self._frequency[item[0]]))
        return str(best[0])

    def _expansions(self, text: str) -> tuple[str, ...]:
        """Return the glossary terms whose other forms the question uses."""
        said = words(text)
        found: dict[str, None] = {}
        for form in self._forms:
            size = len(form.words)
            starts = range(len(said) - size + 1)
            if any(tuple(said[start : start + size]) == form.words for start in starts):
                found.setdefault(form.term)
        return tuple(found)
