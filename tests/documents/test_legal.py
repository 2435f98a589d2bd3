import pytest

from assistant.documents.legal import legal_mark


@pytest.mark.parametrize(
    ("text", "mark", "rest", "anchor"),
    [
        ("CHAPITRE IV", "CHAPITRE IV", "", "chapitre-iv"),
        ("Article 12", "Article 12", "", "article-12"),
        ("Article premier", "Article premier", "", "article-1"),
        ("Article 1er – Objet", "Article 1er", "Objet", "article-1"),
        ("Article 4 bis : Délais", "Article 4 bis", "Délais", "article-4-bis"),
        ("Article L. 311-3-1 - Communication", "Article L. 311-3-1", "Communication", "article-l-311-3-1"),
        ("ANNEXE", "ANNEXE", "", "annexe"),
        ("Section A – Liste", "Section A", "Liste", "section-a"),
        ("Titre préliminaire", "Titre préliminaire", "", "titre-preliminaire"),
    ],
)
def test_marks(text: str, mark: str, rest: str, anchor: str) -> None:
    found = legal_mark(text)
    assert found is not None
    assert (found.mark, found.rest, found.anchor) == (mark, rest, anchor)


@pytest.mark.parametrize(
    "text",
    [
        "Articles du code cités",
        "article 5 du règlement",
        "Partie prenante",
        "Section",
        "Titre de séjour",
        "Annexe au contrat",
    ],
)
def test_sentences_are_not_marks(text: str) -> None:
    assert legal_mark(text) is None


def test_text_that_follows_on_the_line_is_not_a_title() -> None:
    found = legal_mark("Article 2. – Le présent arrêté entre en vigueur demain.")
    assert found is not None
    assert found.runs_in
    title = legal_mark("Article 2 – Entrée en vigueur")
    assert title is not None
    assert not title.runs_in
