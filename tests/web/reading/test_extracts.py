import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain import Query
from assistant.web.reading.extracts import extract, sought
from assistant.web.reading.typesetting import Line

TEXT = st.text(alphabet="ab éœ’-.,\n12", max_size=400)
LONG = " ".join(["Un agent relit le texte avant de l’envoyer."] * 20)


def marked(runs: Line) -> list[str]:
    return [run.text for run in runs if run.quoted]


def whole(runs: Line) -> str:
    return "".join(run.text for run in runs)


def query(text: str, *expansions: str) -> Query:
    return Query(text, text, expansions=expansions)


def test_words_are_marked_whatever_their_form() -> None:
    text = "Les données personnelles : l’agent n’en saisit pas. Une Donnée publique, oui."
    assert marked(extract(text, sought(query("donnée personnelle ?")))) == [
        "données",
        "personnelles",
        "Donnée",
    ]


def test_words_are_marked_in_compounds_and_after_an_elision() -> None:
    assert marked(extract("Qu’un sous-traitant de l’Œuvre", sought(query("oeuvre traitant")))) == [
        "traitant",
        "Œuvre",
    ]


def test_grammar_is_not_marked() -> None:
    assert marked(
        extract("Un agent ne peut pas le faire.", sought(query("peut-il ne pas le faire, cet agent ?")))
    ) == ["agent"]


def test_the_forms_of_the_glossary_are_marked_too() -> None:
    wanted = sought(query("DPD", "Délégué à la protection des données"))
    assert marked(extract("Le délégué répond.", wanted)) == ["délégué"]


def test_a_long_text_is_cut_where_most_words_are() -> None:
    text = f"Le délégué. {LONG} Le délégué à la protection des données répond. {LONG}"
    runs = extract(text, sought(query("délégué protection données")))
    assert marked(runs) == ["délégué", "protection", "données"]
    assert whole(runs).startswith("… ") and whole(runs).endswith(" …")


@pytest.mark.parametrize("words", ["rien de tel", "agent", "envoyer texte"])
def test_an_extract_starts_and_ends_with_whole_words(words: str) -> None:
    shown = whole(extract(LONG, sought(query(words)), 100))
    assert len(shown) <= 104
    assert set(shown.strip("… ").split()) <= set(LONG.split())


@given(TEXT, st.frozensets(st.sampled_from(["a", "ab", "b", "12", "aea"]), max_size=3), st.integers(80, 120))
def test_an_extract_is_a_part_of_the_text(text: str, wanted: frozenset[str], length: int) -> None:
    runs = extract(text, wanted, length)
    shown = "".join(run.text for run in runs if run.text not in ("… ", " …"))
    assert shown in text
    assert len(shown) <= length
    assert all(run.text for run in runs)
    if len(text) <= length:
        assert whole(runs) == text
