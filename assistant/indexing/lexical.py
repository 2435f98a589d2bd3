"""French BM25 over token lists, kept on disk by bm25s and read through a memory map.

Scores follow Lucene's BM25 (Robertson and Zaragoza, 2009, with Lucene's idf), k1 = 1.5, b = 0.75, the
values that the pilot found no better setting for.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]


class LexicalIndex:
    """BM25 scores, idf-weighted coverage and Dice similarity of a bag of tokens with every row."""

    def __init__(self, folder: Path) -> None:
        self.rows = int((folder / "rows.txt").read_text(encoding="utf-8"))
        self._vocabulary: dict[str, int] = {}
        self._idf: Scores = np.zeros(0, dtype=np.float32)
        self._mass: Scores = np.zeros(self.rows, dtype=np.float32)
        if not (folder / "mass.npy").is_file():
            return
        import bm25s

        self._retriever = bm25s.BM25.load(str(folder), mmap=True, load_corpus=False)
        self._vocabulary = self._retriever.vocab_dict
        self._indptr = np.asarray(self._retriever.scores["indptr"])
        self._indices = self._retriever.scores["indices"]
        self._idf = _idf(self._indptr, len(self._vocabulary), self.rows)
        self._mass = np.load(folder / "mass.npy")

    @staticmethod
    def write(folder: Path, token_lists: Sequence[Sequence[str]]) -> None:
        """Build the index of these rows in ``folder``; rows without any token are allowed."""
        folder.mkdir(parents=True)
        (folder / "rows.txt").write_text(str(len(token_lists)), encoding="utf-8")
        if not any(token_lists):
            return
        import bm25s

        retriever = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
        retriever.index([list(tokens) for tokens in token_lists], show_progress=False)
        retriever.save(str(folder))
        indptr = np.asarray(retriever.scores["indptr"])
        idf = _idf(indptr, len(retriever.vocab_dict), len(token_lists))
        mass = np.zeros(len(token_lists), dtype=np.float32)
        tokens_of_entries = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
        np.add.at(mass, np.asarray(retriever.scores["indices"]), idf[tokens_of_entries])
        np.save(folder / "mass.npy", mass)

    def knows(self, token: str) -> bool:
        """Tell whether any row holds this token."""
        return token in self._vocabulary

    def idf(self, token: str) -> float:
        """Return the inverse document frequency; an unknown token weighs as much as the rarest."""
        position = self._vocabulary.get(token)
        if position is not None and position < len(self._idf):
            return float(self._idf[position])
        return float(np.log(1 + (self.rows + 0.5) / 0.5))

    def bm25(self, tokens: Sequence[str]) -> Scores:
        """Return the BM25 score of every row, 0 when it shares no token."""
        known = [token for token in tokens if token in self._vocabulary]
        if not known:
            return np.zeros(self.rows, dtype=np.float32)
        scores: Scores = self._retriever.get_scores(known)
        return scores

    def coverage(self, tokens: Sequence[str]) -> Scores:
        """Return, for every row, the idf-weighted share of the distinct tokens that it holds."""
        shared, total = self._shared(tokens)
        covered: Scores = shared / np.float32(total) if total > 0 else shared
        return covered

    def dice(self, tokens: Sequence[str]) -> Scores:
        """Return the idf-weighted Dice similarity of every row's token set with these tokens."""
        shared, total = self._shared(tokens)
        similarity: Scores = 2 * shared / np.maximum(self._mass + total, 1e-9)
        return similarity

    def _shared(self, tokens: Sequence[str]) -> tuple[Scores, float]:
        shared = np.zeros(self.rows, dtype=np.float32)
        total = 0.0
        for token in set(tokens):
            weight = self.idf(token)
            total += weight
            position = self._vocabulary.get(token)
            if position is not None and position + 1 < len(self._indptr):
                start, end = self._indptr[position], self._indptr[position + 1]
                shared[self._indices[start:end]] += weight
        return shared, total


def _idf(indptr: NDArray[np.int64], tokens: int, rows: int) -> Scores:
    frequency = np.diff(indptr)[:tokens]
    idf: Scores = np.log(1 + (rows - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
    return idf
