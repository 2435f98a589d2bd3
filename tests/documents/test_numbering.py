import pytest

from assistant.documents.numbering import Level, Numbering, spell


def test_levels_count_and_restart() -> None:
    numbering = Numbering(
        {
            ("1", 0): Level("decimal", "Article %1", 1),
            ("1", 1): Level("lowerLetter", "%2)", 1),
            ("1", 2): Level("decimal", "%1.%3", 4),
            ("2", 0): Level("bullet", "", 1),
        }
    )
    marks = [numbering.mark("1", depth) for depth in (0, 1, 1, 2, 0, 1)]
    assert marks == ["Article 1", "a)", "b)", "1.4", "Article 2", "a)"]
    assert numbering.mark("2", 0) == "–"
    assert numbering.mark("0", 0) == ""
    assert numbering.mark("9", 0) == ""


@pytest.mark.parametrize(
    ("count", "form", "words"),
    [
        (4, "lowerRoman", "iv"),
        (1999, "upperRoman", "MCMXCIX"),
        (28, "lowerLetter", "bb"),
        (3, "decimalZero", "03"),
    ],
)
def test_spelling(count: int, form: str, words: str) -> None:
    assert spell(count, form) == words
