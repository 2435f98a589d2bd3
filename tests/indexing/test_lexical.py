"""BM25, coverage and Dice over real bm25s files."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from assistant.french import stems
from assistant.indexing.lexical import LexicalIndex

ROWS = [
    "la charte interdit les données personnelles",
    "le maire décide des photos",
    "",
    "les données ouvertes sont publiques",
]


@pytest.fixture
def index(tmp_path: Path) -> LexicalIndex:
    LexicalIndex.write(tmp_path / "terms", [stems(row) for row in ROWS])
    return LexicalIndex(tmp_path / "terms")


def test_bm25_follows_the_lucene_formula(index: LexicalIndex) -> None:
    lengths = [len(stems(row)) for row in ROWS]
    average = sum(lengths) / len(lengths)
    idf = math.log(1 + (4 - 1 + 0.5) / (1 + 0.5))
    expected = idf * 1 / (1 + 1.5 * (1 - 0.75 + 0.75 * lengths[1] / average))
    assert index.bm25(stems("maire"))[1] == pytest.approx(expected, rel=1e-5)


def test_rows_without_a_shared_token_score_zero(index: LexicalIndex) -> None:
    scores = index.bm25(stems("photo"))
    assert scores[1] > 0
    assert not scores[[0, 2, 3]].any()


def test_coverage_weighs_unknown_words_as_the_rarest(index: LexicalIndex) -> None:
    assert index.coverage(stems("données personnelles"))[0] == pytest.approx(1)
    half = index.coverage(stems("données zygomatiques"))[0]
    known, unknown = index.idf(stems("données")[0]), index.idf("zygomat")
    assert half == pytest.approx(known / (known + unknown), rel=1e-5)


def test_dice_is_one_for_the_same_words_in_any_order(index: LexicalIndex) -> None:
    assert index.dice(stems("photos du maire décide"))[1] == pytest.approx(1, rel=1e-5)
    assert index.dice(stems("photos"))[1] < 1


def test_no_token_at_all(tmp_path: Path, index: LexicalIndex) -> None:
    assert not index.bm25([]).any()
    assert not index.coverage([]).any()
    LexicalIndex.write(tmp_path / "blank", [[], []])
    blank = LexicalIndex(tmp_path / "blank")
    assert np.array_equal(blank.bm25(["mot"]), np.zeros(2, dtype=np.float32))
    assert not blank.dice(["mot"]).any()
    assert not blank.knows("mot")
