"""Fusion: scaling, weighted sum, neighbours and owners."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from assistant.search.fusion import (
    BARE_WEIGHTS,
    WEIGHTS,
    best_by_owner,
    from_neighbours,
    fuse,
    scaled,
    supported,
)

ROWS = arrays(np.float32, 6, elements=st.floats(-1, 30, width=32))


def test_weights_sum_to_one() -> None:
    assert abs(sum(WEIGHTS.values()) - 1) < 1e-9
    assert abs(sum(BARE_WEIGHTS.values()) - 1) < 1e-9


@given(ROWS)
def test_scaled_stays_in_the_unit_interval_and_keeps_the_order(signal: np.ndarray) -> None:
    result = scaled(signal)
    assert result.min() >= 0
    assert result.max() <= 1 + 1e-6
    order = np.argsort(signal, kind="stable")
    assert (np.diff(result[order]) >= -1e-6).all()


def test_a_flat_signal_says_nothing() -> None:
    assert not scaled(np.zeros(4, dtype=np.float32)).any()


def test_fuse_is_a_weighted_sum() -> None:
    first, second = np.array([0, 1, 0.5], np.float32), np.array([2, 0, 0], np.float32)
    fused = fuse({"a": first, "b": second}, {"a": 3, "b": 1})
    assert np.allclose(fused, [0.25, 0.75, 0.375])


def test_rows_that_are_not_neighbours_get_the_lowest_cosine() -> None:
    signal = from_neighbours(np.array([2, 0]), np.array([0.9, 0.4], np.float32), 4)
    assert np.allclose(signal, [0.4, 0.4, 0.9, 0.4])
    assert not from_neighbours(np.zeros(0, np.int64), np.zeros(0, np.float32), 3).any()


def test_an_owner_takes_its_best_value() -> None:
    values, owners = np.array([0.2, 0.7, 0.1], np.float32), np.array([1, 1, 0])
    assert np.allclose(best_by_owner(values, owners, 3), [0.1, 0.7, 0])


def test_what_several_good_passages_cite_comes_before_one_as_good_that_none_cites() -> None:
    scores = np.array([0.5, 0.5, 0.6, 0.6, 0.6, 0.1, 0.1], np.float32)
    citing, cited = np.array([2, 3, 4, 5, 6]), np.array([0, 0, 0, 1, 1])
    raised = supported(scores, citing, cited)
    assert raised[0] > raised[2] > raised[1]
    assert raised.min() >= 0
    assert raised.max() <= 1


def test_only_the_best_citing_passages_count() -> None:
    scores = np.array([0.5, 0.6, 0.6, 0.6, 0.9], np.float32)
    three = supported(scores, np.array([1, 2, 3]), np.array([0, 0, 0]))
    assert np.allclose(supported(scores, np.array([1, 2, 3, 1]), np.array([0, 0, 0, 0]))[0], three[0])
    assert supported(scores, np.array([1, 2, 4]), np.array([0, 0, 0]))[0] > three[0]


def test_without_citations_the_order_stays() -> None:
    scores = np.array([0.2, 0.9, 0.4], np.float32)
    nothing = np.zeros(0, np.int64)
    assert (np.argsort(supported(scores, nothing, nothing)) == np.argsort(scores)).all()
