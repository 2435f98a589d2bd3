from pathlib import Path

import pytest

from assistant.documents.folder import read_folder
from assistant.domain import Document
from assistant.evaluation.questions import Question, load_questions, unknown_labels
from assistant.french import words
from assistant.settings import ROOT

FOLDER = Path(__file__).parent.parent / "questions"


@pytest.fixture(scope="module", params=["sample", "calibration", "test"])
def questions(request: pytest.FixtureRequest) -> tuple[Question, ...]:
    return load_questions(FOLDER / f"{request.param}.jsonl")


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    return list(read_folder(ROOT / "corpus", 40_000_000).documents)


def test_the_sample_has_enough_of_each_sort():
    questions = load_questions(FOLDER / "sample.jsonl")
    without_answer = [question for question in questions if not question.answerable]
    assert len(questions) >= 130
    assert len(without_answer) >= 40
    assert {"everyday", "typo", "no_accents", "story", "keyword", "negation", "english"} <= {
        question.kind for question in questions if question.answerable
    }


def test_every_label_is_a_passage_of_the_shipped_corpus(
    questions: tuple[Question, ...], documents: list[Document]
):
    known = [f"{one.info.id}#{section.anchor}" for one in documents for section in one.sections]
    assert unknown_labels(questions, known) == []


def test_every_extract_is_said_by_a_passage_labelled_with_it(
    questions: tuple[Question, ...], documents: list[Document]
):
    said = {
        f"{one.info.id}#{section.anchor}": " ".join(words(one.text[section.start : section.end]))
        for one in documents
        for section in one.sections
    }
    missing = [
        (question.id, extract)
        for question in questions
        for extract in question.extracts
        if not any(" ".join(words(extract)) in said[label] for label in question.expected)
    ]
    assert missing == []
