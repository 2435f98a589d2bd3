"""How sure an answer is, from the signals of its best hit.

The score is *provisional*: a fixed formula, not a probability. It will give way to a calibration fitted
on labelled questions; until then ``Answer.probability`` stays None and the thresholds are settings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.domain import Hit

# Weights set by hand on the sample corpus' development questions.
_TEXT = {"coverage": 0.55, "cosine": 0.45}
_ASKED = {"asked_words": 0.5, "asked_cosine": 0.5}


@dataclass(frozen=True, slots=True)
class Confidence:
    """``score`` orders answers by how likely they are right, ``subject`` tells how close the corpus is."""

    score: float
    subject: float


def confidence_of(hits: Sequence[Hit]) -> Confidence:
    """Return the provisional confidence in answering from these hits, both figures in [0, 1]."""
    if not hits:
        return Confidence(0.0, 0.0)
    best = hits[0].signals
    text = _weighted(best, _TEXT)
    asked = _weighted(best, _ASKED)
    strong, weak = max(text, asked), min(text, asked)
    score = 0.75 * strong + 0.25 * weak
    subject = max(
        max(hit.signals["coverage"], hit.signals["cosine"], hit.signals["asked_cosine"]) for hit in hits[:3]
    )
    return Confidence(round(min(1.0, max(0.0, score)), 4), round(min(1.0, subject), 4))


def _weighted(signals: Mapping[str, float], weights: Mapping[str, float]) -> float:
    return sum(weight * max(0.0, signals[name]) for name, weight in weights.items())
