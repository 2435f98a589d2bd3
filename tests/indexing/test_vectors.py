"""Vectors in a real Chroma folder, and on a real Chroma server."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.errors import StoreError
from assistant.indexing.vectors import NEIGHBOURS, TEXTS, VectorStore

RNG = np.random.default_rng(7)


def unit(rows: int, dimension: int = 32) -> np.ndarray:
    vectors = RNG.normal(size=(rows, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_neighbours_are_the_exact_ones_with_their_cosines(tmp_path: Path) -> None:
    vectors = unit(300)
    store = VectorStore(tmp_path, "20260101-a")
    store.write(TEXTS, vectors)
    rows, cosines = store.nearest(TEXTS, vectors[42])
    exact = vectors @ vectors[42]
    assert len(rows) == NEIGHBOURS
    assert rows[0] == 42
    assert np.allclose(cosines, exact[rows], atol=1e-4)
    assert len(set(rows[:20]) & set(np.argsort(-exact)[:20])) >= 19
    store.close()


def test_rows_are_read_back_in_the_order_asked(tmp_path: Path) -> None:
    vectors = unit(12)
    store = VectorStore(tmp_path, "20260101-b")
    store.write(TEXTS, vectors)
    assert np.allclose(store.read(TEXTS, [7, 0, 3]), vectors[[7, 0, 3]], atol=1e-6)
    assert len(store.read(TEXTS, [])) == 0
    store.close()


def test_more_rows_than_one_batch(tmp_path: Path) -> None:
    store = VectorStore(tmp_path, "20260101-c")
    store.write(TEXTS, unit(6000, 8))
    assert store.read(TEXTS, [5999]).shape == (1, 8)
    store.close()


def test_a_blank_question_has_no_neighbour(tmp_path: Path) -> None:
    store = VectorStore(tmp_path, "20260101-d")
    store.write(TEXTS, unit(3))
    rows, cosines = store.nearest(TEXTS, np.zeros(32, dtype=np.float32))
    assert len(rows) == len(cosines) == 0
    store.close()


def test_server_that_does_not_answer_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="REPERE_CHROMA_URL"):
        VectorStore(tmp_path, "20260101-e", "http://127.0.0.1:9")
