"""English questions told from French ones, and put in the words of the texts."""

import pytest

from assistant.search.english import FRENCH, in_french, is_english, searched_in_french


@pytest.mark.parametrize(
    "question",
    [
        "Can I use my personal account at work?",
        "Is it allowed to record a meeting?",
        "who should I call after a data breach",
        "Do we have to tell citizens that a text was written by AI?",
    ],
)
def test_english(question: str) -> None:
    assert is_english(question)
    assert searched_in_french(question) == in_french(question)


@pytest.mark.parametrize(
    "question",
    [
        "",
        "on a le droit ou on n’a pas le droit ?",
        "puis-je utiliser un chatbot open source pour le mailing ?",
        "deadline du reporting ?",
        "on m’a dit no way, je fais quoi",
        "l’application « Can I use » est-elle autorisée pour les agents du service ?",
    ],
)
def test_french(question: str) -> None:
    assert not is_english(question)
    assert searched_in_french(question) == question


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Can I record the meetings?", ["puis-je", "enregistrer", "réunion"]),
        ("Who should I contact after a data breach?", ["contacter", "violation"]),
        (
            "May we translate letters without reviewing them?",
            ["puis-je", "traduire", "courrier", "sans", "relire"],
        ),
        ("Is Gemini forbidden?", ["gemini", "interdit"]),
    ],
)
def test_the_words_to_look_for(question: str, words: list[str]) -> None:
    said = in_french(question).split()
    assert [word for word in words if word not in said] == []


def test_every_entry_has_its_french() -> None:
    assert all(english == english.lower() and french for english, french in FRENCH.items())
