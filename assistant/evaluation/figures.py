"""Measured figures: a value, and the counts behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure under a dotted key that stays the same over versions.

    ``of`` is the number of cases it was measured on and ``count``, for a rate, how many of them; the
    value is None when there was no case.
    """

    key: str
    value: float | None
    count: int | None = None
    of: int | None = None


def rate(key: str, count: int, of: int) -> Figure:
    """Return ``count`` out of ``of`` as a figure."""
    return Figure(key, count / of if of else None, count, of)


def mean(key: str, values: Sequence[float]) -> Figure:
    """Return the mean of these values as a figure."""
    return Figure(key, sum(values) / len(values) if values else None, of=len(values))


def nested(figures: Iterable[Figure]) -> dict[str, Any]:
    """Return figures as nested objects along their dotted keys, ready for JSON.

    Beside ``recall@5`` stand ``recall@5_count`` and ``recall@5_of`` when they are known.
    """
    tree: dict[str, Any] = {}
    for figure in figures:
        *branches, leaf = figure.key.split(".")
        node = tree
        for branch in branches:
            node = node.setdefault(branch, {})
        node[leaf] = None if figure.value is None or isnan(figure.value) else round(figure.value, 6)
        if figure.count is not None:
            node[f"{leaf}_count"] = figure.count
        if figure.of is not None:
            node[f"{leaf}_of"] = figure.of
    return tree
