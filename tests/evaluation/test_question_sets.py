"""The blind question sets: well formed, large enough, and far from each other and from the development set."""

import json
from collections import Counter
from typing import Any

import pytest
from rapidfuzz import fuzz, process

from assistant.documents.folder import read_folder
from assistant.domain import DocumentKind
from assistant.french import content_words, stem
from assistant.settings import ROOT

FOLDER = ROOT / "tests" / "questions"
NEAR = 84  # of 100: the same words but for one or two
KINDS = {"everyday", "typos", "story", "several", "negation", "keyword", "follow_up", "english", "formal"}
WITHOUT_ANSWER = {"unanswerable", "off_topic"}


def rows(name: str) -> list[dict[str, Any]]:
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def words(row: dict[str, Any]) -> str:
    """Return the words of a question whatever their order and form, and what it follows."""
    return " ".join([*sorted(stem(word) for word in content_words(row["question"])), *row["history"]])


@pytest.mark.parametrize(("name", "size"), [("test", 500), ("calibration", 600)])
def test_a_set_is_large_and_well_formed(name: str, size: int) -> None:
    found = rows(name)
    kinds = Counter(row["kind"] for row in found)
    assert len(found) >= size
    assert sum(not row["expected"] for row in found) >= 200
    assert kinds.keys() == KINDS | WITHOUT_ANSWER
    assert len({row["id"] for row in found}) == len(found)
    assert all(row["question"].strip() for row in found)
    assert all(bool(row["history"]) == (row["kind"] == "follow_up") for row in found)


def test_no_two_questions_are_nearly_the_same() -> None:
    everything = [*rows("sample"), *rows("calibration"), *rows("test")]
    keys = [words(row) for row in everything]
    blind = range(len(rows("sample")), len(everything))  # the development set may repeat itself
    near = [
        (everything[place]["id"], everything[other]["id"])
        for place in blind
        for _, _, other in process.extract(keys[place], keys[:place], scorer=fuzz.ratio, score_cutoff=NEAR)
    ]
    assert near == []


def test_no_blind_question_is_one_of_the_corpus() -> None:
    """A way of asking that the corpus holds would be found by heart; questions of one or two words are too short to tell."""
    asked = {
        " ".join(stemmed): question
        for document in read_folder(ROOT / "corpus", 40_000_000).documents
        for section in document.sections
        for question in (
            *section.questions,
            *(section.trail[-1:] if document.info.kind is DocumentKind.FAQ else ()),
        )
        if len(stemmed := sorted(stem(word) for word in content_words(question))) > 2
    }
    near = [
        (row["id"], asked[key])
        for row in [*rows("calibration"), *rows("test")]
        for key, _, _ in process.extract(words(row), asked.keys(), scorer=fuzz.ratio, score_cutoff=NEAR)
    ]
    assert near == []
