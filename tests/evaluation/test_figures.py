from math import nan

from assistant.evaluation.figures import Figure, mean, nested, rate


def test_a_rate_keeps_its_counts_and_is_unknown_without_cases():
    assert rate("key", 3, 4) == Figure("key", 0.75, 3, 4)
    assert rate("key", 0, 0).value is None


def test_a_mean_keeps_how_many_values_it_was_drawn_from():
    assert mean("key", [1.0, 0.0, 0.5]) == Figure("key", 0.5, of=3)
    assert mean("key", []).value is None


def test_dotted_keys_become_nested_objects_with_counts_beside():
    tree = nested([rate("shipped.retrieval.recall@5", 9, 10), Figure("shipped.abstention.auroc", nan, of=10)])
    assert tree == {
        "shipped": {
            "retrieval": {"recall@5": 0.9, "recall@5_count": 9, "recall@5_of": 10},
            "abstention": {"auroc": None, "auroc_of": 10},
        }
    }
