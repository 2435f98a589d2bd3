"""How sure an answer is, from the signals of its best hit.

The score is *provisional*: a fixed formula, not a probability. It will give way to a calibration fitted
on labelled questions; until then ``Answer.probability`` stays None and the thresholds are settings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.domain import Hit

# Words and meaning, of the text and of the ways it is asked for. On the development questions no
# weighting did better than their plain mean.
_NAMED = 0.1  # the question names the very article
_SIGNALS = ("coverage", "cosine", "asked_words", "asked_cosine")


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
    score = sum(max(0.0, best[name]) for name in _SIGNALS) / len(_SIGNALS) + _NAMED * best["reference"]
    subject = max(
        max(hit.signals["coverage"], hit.signals["cosine"], hit.signals["asked_cosine"]) for hit in hits[:3]
    )
    return Confidence(round(min(1.0, score), 4), round(min(1.0, subject), 4))
