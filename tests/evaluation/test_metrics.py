from math import comb, isnan

import pytest

from assistant.evaluation.metrics import (
    auroc,
    found_at,
    ndcg_at,
    percentile,
    recall_at,
    reciprocal_rank,
    upper_bound,
)

RANKED = ["a", "b", "c", "d"]


def test_recall_is_the_share_of_relevant_items_within_the_limit():
    assert recall_at(RANKED, {"b", "d"}, 1) == 0
    assert recall_at(RANKED, {"b", "d"}, 2) == 0.5
    assert recall_at(RANKED, {"b", "d"}, 4) == 1
    assert isnan(recall_at(RANKED, set(), 4))


def test_found_needs_only_one_relevant_item():
    assert not found_at(RANKED, {"b", "d"}, 1)
    assert found_at(RANKED, {"b", "d"}, 2)
    assert not found_at(RANKED, {"z"}, 4)


def test_reciprocal_rank_is_that_of_the_first_relevant_item():
    assert reciprocal_rank(RANKED, {"d", "c"}) == pytest.approx(1 / 3)
    assert reciprocal_rank(RANKED, {"z"}) == 0


def test_ndcg_with_binary_gains():
    # gain at rank 2: 1 / log2(3) = 0.63093; ideal, two items: 1 + 0.63093
    assert ndcg_at(["a", "b", "c"], {"b": 1, "d": 1}, 10) == pytest.approx(0.63093 / 1.63093, abs=1e-5)
    assert ndcg_at(["b", "d"], {"b": 1, "d": 1}, 10) == 1
    assert ndcg_at(["a", "b"], {"b": 1}, 1) == 0


def test_ndcg_with_graded_gains_takes_them_as_they_are():
    # found: 1 + 3 / log2(3) = 2.89279; ideal: 3 + 1 / log2(3) = 3.63093
    assert ndcg_at(["a", "b"], {"a": 1, "b": 3}, 10) == pytest.approx(2.89279 / 3.63093, abs=1e-5)


def test_ndcg_counts_a_repeated_item_once_and_needs_something_to_find():
    assert ndcg_at(["a", "a"], {"a": 1, "b": 1}, 10) == pytest.approx(1 / 1.63093, abs=1e-5)
    assert isnan(ndcg_at(["a"], {"a": 0}, 10))


def test_auroc_counts_ordered_pairs_and_half_of_ties():
    # .9 beats both, .4 loses to .5 and ties with .4: 2.5 of 4 pairs
    assert auroc([0.9, 0.4], [0.5, 0.4]) == pytest.approx(0.625)
    assert auroc([0.8, 0.9], [0.1, 0.2, 0.3]) == 1
    assert auroc([0.5, 0.5], [0.5]) == 0.5
    assert isnan(auroc([], [0.1]))


@pytest.mark.parametrize(("errors", "total"), [(0, 59), (2, 50), (7, 120)])
def test_upper_bound_leaves_five_percent_below(errors: int, total: int):
    bound = upper_bound(errors, total)
    at_most = sum(comb(total, k) * bound**k * (1 - bound) ** (total - k) for k in range(errors + 1))
    assert at_most == pytest.approx(0.05, abs=1e-9)
    assert bound > errors / total


def test_upper_bound_promises_nothing_without_cases_nor_successes():
    assert upper_bound(0, 0) == 1
    assert upper_bound(3, 3) == 1
    assert upper_bound(0, 59) == pytest.approx(0.0495, abs=1e-4)  # 59 questions: the least that allow 5 %


def test_percentile_interpolates_between_neighbours():
    assert percentile([3, 1, 2], 0.5) == 2
    assert percentile([10, 20], 0.95) == pytest.approx(19.5)
    assert percentile([7], 0.95) == 7
    assert isnan(percentile([], 0.5))
