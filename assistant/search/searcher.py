"""Runs a query against one generation and returns ranked hits with every signal kept."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np

from assistant.domain import Hit, Passage, Query
from assistant.french import fold, grams, stems
from assistant.indexing.encoder import Encoder
from assistant.indexing.generations import Generation
from assistant.indexing.vectors import QUESTIONS, TEXTS
from assistant.search.fusion import (
    BARE_WEIGHTS,
    REFERENCE_BONUS,
    WEIGHTS,
    Signal,
    best_by_owner,
    from_neighbours,
    fuse,
    supported,
)
from assistant.search.query import QueryReader, french_lexicon, references

POOL = 60
_ASKED = 2  # ways of asking by passage, its heading among them, from which a corpus is said to give them


class Searcher:
    """Search over one generation; holds no state between queries."""

    def __init__(self, generation: Generation, encoder: Encoder, lexicon_file: Path) -> None:
        self._generation = generation
        self._encoder = encoder
        content = generation.content
        self.reader = QueryReader(content.vocabulary(), french_lexicon(lexicon_file), content.forms())
        self._owners = np.array(content.question_owners(), dtype=np.int64)
        supports = np.array(content.supports(), dtype=np.int64).reshape(-1, 2)
        self._citing, self._cited = supports[:, 0], supports[:, 1]
        self._size = generation.manifest.passages
        asked = generation.manifest.questions >= _ASKED * self._size
        self._weights = WEIGHTS if asked else BARE_WEIGHTS

    def search(self, query: Query, limit: int, day: date) -> list[Hit]:
        """Return at most ``limit`` hits, best first, among texts in force that day in the query's scope.

        Passages with the same words are merged: the best placed one stays.
        """
        if not query.cleaned:
            return []
        signals = self._signals(query)
        own = fuse(signals, self._weights)
        fused = supported(own, self._citing, self._cited)
        wanted = references(query.cleaned)
        order = np.argsort(-fused, kind="stable")
        hits: list[Hit] = []
        seen: set[str] = set()
        for row in order[: max(POOL, 4 * limit)]:
            passage = self._generation.content.passage(int(row))
            words = fold(passage.text)
            if words in seen or not _citable(passage, query.scope, day):
                continue
            seen.add(words)
            found = {name: round(float(signal[row]), 4) for name, signal in signals.items()}
            named = bool(wanted & references(passage.heading))
            found |= {"reference": float(named), "own": round(float(own[row]), 4)}
            score = min(1.0, float(fused[row]) + REFERENCE_BONUS * named)
            hits.append(Hit(passage, round(score, 4), found))
        hits.sort(key=lambda hit: -hit.score)
        return hits[:limit]

    def _signals(self, query: Query) -> dict[str, Signal]:
        generation = self._generation
        tokens = stems(query.cleaned)
        extra = [token for term in query.expansions for token in stems(term) if token not in tokens]
        vector = self._encoder.encode([" ".join((query.cleaned, *query.expansions))])[0]
        asked_rows, asked_cosines = generation.vectors.nearest(QUESTIONS, vector)
        asked_floor = float(asked_cosines.min(initial=1.0)) if len(asked_cosines) else 0.0
        return {
            "bm25": generation.terms.bm25(tokens) + np.float32(0.5) * generation.terms.bm25(extra),
            "grams": generation.grams.bm25(grams(query.cleaned)),
            "coverage": generation.terms.coverage(tokens),
            "cosine": from_neighbours(*generation.vectors.nearest(TEXTS, vector), self._size),
            "asked_words": best_by_owner(generation.questions.dice(tokens), self._owners, self._size),
            "asked_cosine": best_by_owner(
                asked_cosines, self._owners[asked_rows], self._size, floor=asked_floor
            ),
        }


def _citable(passage: Passage, scope: str, day: date) -> bool:
    document = passage.document
    return document.citable_on(day) and document.scope in ("metropole", scope)
