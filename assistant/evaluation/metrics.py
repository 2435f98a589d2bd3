"""The measures of retrieval and of abstention; pure functions on rankings and scores."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import log2, nan


def recall_at(ranked: Sequence[str], relevant: Collection[str], limit: int) -> float:
    """Return the share of the relevant items among the first ``limit`` ones."""
    if not relevant:
        return nan
    return len(set(ranked[:limit]) & set(relevant)) / len(set(relevant))


def found_at(ranked: Sequence[str], relevant: Collection[str], limit: int) -> bool:
    """Tell whether any relevant item is among the first ``limit`` ones."""
    return not set(relevant).isdisjoint(ranked[:limit])


def reciprocal_rank(ranked: Sequence[str], relevant: Collection[str]) -> float:
    """Return 1 / rank of the first relevant item, 0 when there is none."""
    return next((1 / rank for rank, item in enumerate(ranked, start=1) if item in relevant), 0.0)


def ndcg_at(ranked: Sequence[str], gains: Mapping[str, float], limit: int) -> float:
    """Return the normalised discounted cumulative gain, gains taken as they are (as trec_eval does).

    Binary relevance is a gain of 1. An item that comes twice gains once.
    """
    ideal = sorted((gain for gain in gains.values() if gain > 0), reverse=True)[:limit]
    if not ideal:
        return nan
    seen: set[str] = set()
    total = 0.0
    for rank, item in enumerate(ranked[:limit], start=1):
        if item not in seen:
            total += gains.get(item, 0.0) / log2(rank + 1)
            seen.add(item)
    return total / sum(gain / log2(rank + 1) for rank, gain in enumerate(ideal, start=1))


def auroc(positives: Sequence[float], negatives: Sequence[float]) -> float:
    """Return the chance that a positive scores above a negative, ties counted half."""
    if not positives or not negatives:
        return nan
    scored = sorted([(score, True) for score in positives] + [(score, False) for score in negatives])
    rank_sum = 0.0
    start = 0
    while start < len(scored):
        end = start
        while end < len(scored) and scored[end][0] == scored[start][0]:
            end += 1
        shared_rank = (start + 1 + end) / 2
        rank_sum += shared_rank * sum(positive for _, positive in scored[start:end])
        start = end
    n = len(positives)
    return (rank_sum - n * (n + 1) / 2) / (n * len(negatives))


def upper_bound(errors: int, total: int, confidence: float = 0.95) -> float:
    """Return the one-sided Clopper–Pearson upper bound of a rate of errors; 1 when nothing was seen."""
    if errors >= total:
        return 1.0
    from scipy.stats import beta  # type: ignore[import-untyped]  # half a second to import

    return float(beta.ppf(confidence, errors + 1, total - errors))


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which this share lies, interpolated between neighbours."""
    if not values:
        return nan
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
