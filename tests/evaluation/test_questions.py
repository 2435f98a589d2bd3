import json
from pathlib import Path

import pytest

from assistant.domain import Verdict
from assistant.evaluation.questions import Question, load_questions, unknown_labels
from assistant.evaluation.rows import DatasetError


@pytest.fixture
def written(tmp_path: Path):
    def write(*lines: str | dict[str, object]) -> Path:
        path = tmp_path / "questions.jsonl"
        texts = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
        path.write_text("\n".join(texts) + "\n", encoding="utf-8")
        return path

    return write


def test_every_field_is_read(written):
    path = written(
        {
            "id": "q1",
            "question": "Puis-je ?",
            "history": ["Bonjour"],
            "expected": ["charte#article-1"],
            "answer": "une phrase",
            "verdict": "interdit",
            "kind": "typo",
        }
    )
    assert load_questions(path) == (
        Question(
            "q1", "Puis-je ?", ("Bonjour",), ("charte#article-1",), ("une phrase",), Verdict.FORBIDDEN, "typo"
        ),
    )


def test_a_question_that_nobody_labelled_is_refused(written):
    with pytest.raises(DatasetError, match="étiquetée"):
        load_questions(written({"id": "q1", "question": "Quel temps fait-il ?"}))


def test_only_three_fields_are_required_and_blank_lines_and_byte_order_mark_are_skipped(written):
    path = written('\ufeff{"id": "q1", "question": "Quel temps fait-il ?", "expected": []}', "", "")
    (question,) = load_questions(path)
    assert not question.answerable
    assert question.kind == "question"


def test_several_extracts_may_answer(written):
    path = written({"id": "a", "question": "?a", "expected": ["d#s"], "answer": ["l’un", "l’autre"]})
    assert load_questions(path)[0].extracts == ("l’un", "l’autre")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{pas du json", "JSON invalide"),
        ("[1, 2]", "n’est pas un objet"),
        ({"id": "x"}, "« question » manque"),
        ({"id": "x", "question": "  "}, "« question » manque"),
        ({"id": 3, "question": "q"}, "« id » manque"),
        ({"id": "x", "question": "q", "expected": "charte#a"}, "« expected » n’est pas une liste"),
        ({"id": "x", "question": "q", "expected": ["charte"]}, "ne désigne pas un passage"),
        ({"id": "x", "question": "q", "verdict": "peut-être"}, "verdict « peut-être » inconnu"),
        ({"id": "x", "question": "q", "answer": "extrait"}, "aucun passage attendu"),
        ({"id": "x", "question": "q", "kind": "a.b"}, "contient un point"),
        ({"id": "ok", "question": "autre", "expected": []}, "déjà à la ligne 1"),
        ({"id": "x", "question": " Première  QUESTION", "expected": []}, "déjà à la ligne 1"),
    ],
)
def test_a_bad_line_is_named(written, line, said):
    path = written({"id": "ok", "question": "Première question", "expected": []}, line)
    with pytest.raises(DatasetError) as raised:
        load_questions(path)
    assert "ligne 2" in raised.value.found
    assert said in raised.value.found


def test_the_same_words_after_another_conversation_are_another_question(written):
    path = written(
        {"id": "a", "question": "Et les photos ?", "history": ["Les textes ?"], "expected": []},
        {"id": "b", "question": "Et les photos ?", "history": ["Les sons ?"], "expected": []},
    )
    assert len(load_questions(path)) == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "est introuvable"), (b"", "aucune question"), (b"\xe9\xe8", "n’est pas encodé en UTF-8")],
)
def test_a_missing_empty_or_latin_file_is_named(tmp_path: Path, content: bytes | None, said: str):
    path = tmp_path / "questions.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DatasetError, match=rf"questions\.jsonl .*{said}"):
        load_questions(path)


def test_a_label_covers_the_parts_of_its_passage():
    question = Question("q", "?", expected=("charte#article-4", "faq#vote"))
    assert question.label_of("charte#article-4") == "charte#article-4"
    assert question.label_of("charte#article-4~2") == "charte#article-4"
    assert question.label_of("charte#article-40") is None


def test_unknown_labels_name_question_and_passage():
    question = Question("q7", "?", expected=("charte#article-4", "faq#vote"))
    assert unknown_labels([question], ["faq#vote"]) == ["q7 : charte#article-4"]
