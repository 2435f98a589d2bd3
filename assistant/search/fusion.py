"""Fusion of the signals: a weighted sum of each signal scaled per query; pure functions.

Reciprocal-rank fusion gives a weak list an equal say and was measured below BM25 alone; scaling each
signal to [0, 1] within the query and summing was measured above it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

Signal = NDArray[np.float32]

# Each sums to 1. The "asked" signals compare the question with the ways a passage is asked for, its heading
# among them. Where the corpus gives such ways, chosen on the development and calibration questions…
WEIGHTS: Final[Mapping[str, float]] = {
    "bm25": 0.27,
    "grams": 0.21,
    "cosine": 0.20,
    "asked_cosine": 0.10,
    "asked_words": 0.22,
}
# … and where it gives none but headings, on two public development sets too.
BARE_WEIGHTS: Final[Mapping[str, float]] = {
    "bm25": 0.35,
    "grams": 0.20,
    "cosine": 0.25,
    "asked_cosine": 0.13,
    "asked_words": 0.07,
}
REFERENCE_BONUS: Final = 0.35
# A passage gains by what rests on it: an article that the best FAQ entries and rules cite is one to read.
# Chosen on the development and calibration questions.
SUPPORT: Final = 0.7
_SUPPORTERS = 3


def scaled(signal: Signal) -> Signal:
    """Return the signal scaled to [0, 1] over all rows; a flat signal becomes zeros."""
    low, high = float(signal.min(initial=0.0)), float(signal.max(initial=0.0))
    if high - low < 1e-9:
        return np.zeros_like(signal)
    return (signal - low) / np.float32(high - low)


def fuse(signals: Mapping[str, Signal], weights: Mapping[str, float]) -> Signal:
    """Return the fused score of each row, in [0, 1]."""
    total = sum(weights.values())
    parts = [np.float32(weight / total) * scaled(signals[name]) for name, weight in weights.items()]
    fused: Signal = np.sum(parts, axis=0, dtype=np.float32)
    return fused


def from_neighbours(rows: NDArray[np.int64], cosines: Signal, size: int) -> Signal:
    """Return a cosine for every row: those that are not neighbours get the lowest cosine found."""
    signal = np.full(size, cosines.min() if len(cosines) else 0.0, dtype=np.float32)
    signal[rows] = cosines
    return signal


def best_by_owner(values: Signal, owners: NDArray[np.int64], size: int, floor: float = 0.0) -> Signal:
    """Return, for each of ``size`` owners, the best of the values it owns."""
    best = np.full(size, floor, dtype=np.float32)
    np.maximum.at(best, owners, values)
    return best


def supported(scores: Signal, citing: NDArray[np.int64], cited: NDArray[np.int64]) -> Signal:
    """Return the scores, each raised by those of the passages that cite it, in [0, 1].

    ``citing[i]`` cites ``cited[i]`` (rows). Only the best few citing passages count, and a passage that has
    fewer gains less: one lucky neighbour proves little.
    """
    raised = scores.astype(np.float32)
    if len(citing):
        order = np.lexsort((-scores[citing], cited))
        rows, values = cited[order], scores[citing][order]
        first = np.searchsorted(rows, rows)  # where the group of each row begins
        best = np.arange(len(rows)) - first < _SUPPORTERS
        np.add.at(raised, rows[best], np.float32(SUPPORT / _SUPPORTERS) * values[best])
    return raised / np.float32(1 + SUPPORT)
