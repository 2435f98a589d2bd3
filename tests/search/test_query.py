"""Cleaning, spelling correction, glossary expansion and references of a question."""

from __future__ import annotations

import pytest

from assistant.errors import QuestionError
from assistant.search.query import QueryReader, clean, french_lexicon, references
from assistant.settings import ROOT

LEXICON = french_lexicon(ROOT / "index" / "encoder" / "tokenizer.json")
VOCABULARY = {
    "donnees": 9,
    "personnelles": 4,
    "relecture": 3,
    "autorisation": 2,
    "transcription": 2,
    "article": 9,
}
FORMS = [("DPO", "Délégué à la protection des données"), ("appli non déclarée", "IA clandestine")]


@pytest.fixture(scope="module")
def reader() -> QueryReader:
    return QueryReader(VOCABULARY, LEXICON, FORMS)


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("  Puis-je\n\nutiliser\tl’IA ?  ", "Puis-je utiliser l'IA ?"),
        ("a\x00b\x1b[31mc", "a b [31mc"),
        ("co\u200bpier", "copier"),
        ("<b>gras</b> **fort**", "<b>gras</b> **fort**"),
        ("e\u0301te\u0301", "été"),
        ("😀😀", "😀😀"),
        ("", ""),
    ],
)
def test_clean(typed: str, cleaned: str) -> None:
    assert clean(typed, 100) == cleaned


def test_a_question_too_long_is_refused_with_its_size() -> None:
    with pytest.raises(QuestionError, match="10000 caractères") as refused:
        clean("a" * 10_000, 4000)
    assert "4000" in refused.value.expected
    assert refused.value.remedy


def test_unknown_words_are_corrected_to_the_corpus(reader: QueryReader) -> None:
    query = reader.read("Je veux coler des donees persnonelles dans la relectrue", "metropole", (), 4000)
    assert dict(query.corrections) == {
        "donees": "donnees",
        "persnonelles": "personnelles",
        "relectrue": "relecture",
    }
    assert "donnees personnelles" in query.cleaned
    assert query.text.startswith("Je veux coler")


@pytest.mark.parametrize(
    "question",
    [
        "ma voiture est en panne",  # ordinary French that the corpus does not hold
        "article 12 du règlement 2024/1689",  # references and numbers
        "que fait Transkribus ?",  # a name inside a sentence
        "les transcriptions et autorisations",  # other forms of corpus words
    ],
)
def test_known_words_names_and_numbers_are_left_alone(reader: QueryReader, question: str) -> None:
    assert reader.read(question, "metropole", (), 4000).corrections == ()


def test_glossary_forms_add_their_term(reader: QueryReader) -> None:
    assert reader.read("Qui est le dpo ?", "metropole", (), 4000).expansions == (
        "Délégué à la protection des données",
    )
    assert reader.read("une appli non declaree", "metropole", (), 4000).expansions == ("IA clandestine",)
    assert reader.read("une appli déclarée", "metropole", (), 4000).expansions == ()


def test_an_english_question_is_looked_for_in_french(reader: QueryReader) -> None:
    query = reader.read("Is personal data allowed in this tool?", "metropole", (), 400)
    assert query.text == "Is personal data allowed in this tool?"
    assert "données" in query.cleaned
    assert "outil" in query.cleaned


def test_references() -> None:
    text = "Que disent l'art. 12, l'Article 5 et l’annexe III ? (12 mois)"
    assert references(text) == {"article 12", "article 5", "annexe iii"}
    assert references("Quels articles me concernent ?") == frozenset()
