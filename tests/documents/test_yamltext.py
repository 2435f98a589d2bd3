import pytest

from assistant.documents.located import LocatedError
from assistant.documents.yamltext import read_mapping


def test_values_and_lines_count_from_the_file() -> None:
    mapping = read_mapping("titre: Charte\nquestions:\n  - un\n  - 2\n", first_line=5)
    assert mapping.text("titre") == "Charte"
    assert mapping.texts("questions") == ("un", "2")
    assert mapping.line_of("questions") == 6


def test_lists_of_mappings_know_their_own_lines() -> None:
    rows = read_mapping("regles:\n  - id: a\n    usage: b\n  - id: c\n").mappings("regles")
    assert [row.line_of("id") for row in rows] == [2, 4]
    assert rows[0].line_of("usage") == 3


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("titre: a\n  : : b: [", 12, "illisible"),
        ("- a\n- b", 11, "sans clé"),
        ("bonjour le monde", 11, "sans clé"),
        ("a: 1\nb: 2\na: 3", 13, "répétée"),
        ("jour: 2026-13-45", 11, "illisible"),
        ("a: \x01", 11, "illisible"),
        ("a: " + "[" * 5000, 11, "illisible"),
    ],
)
def test_what_is_not_a_mapping_is_refused_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(LocatedError, match=words) as caught:
        read_mapping(text, first_line=11)
    assert caught.value.line == line
    assert f"Ligne {line}" in caught.value.found


def test_a_question_read_as_a_mapping_is_named() -> None:
    mapping = read_mapping("questions:\n  - puis-je : oui\n")
    with pytest.raises(LocatedError, match="liste de textes") as caught:
        mapping.texts("questions")
    assert "guillemets" in caught.value.remedy


def test_no_text_is_an_empty_mapping() -> None:
    assert list(read_mapping("# rien\n")) == []
