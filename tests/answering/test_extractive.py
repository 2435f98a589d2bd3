"""Quotes are exact, keep their conditions, stay within the budget and count what they leave out."""

from __future__ import annotations

import pytest

from assistant.answering.extractive import Extract, Extractor
from assistant.domain import Document, DocumentInfo, DocumentKind, LegalStatus, Passage, Section
from assistant.indexing.encoder import StaticEncoder
from assistant.settings import ROOT


@pytest.fixture(scope="module")
def encoder() -> StaticEncoder:
    return StaticEncoder(ROOT / "index" / "encoder")


def quoted(
    encoder: StaticEncoder,
    question: str,
    body: str,
    kind: DocumentKind = DocumentKind.CHARTER,
    budget: int = 120,
) -> tuple[Extract, Document]:
    """Extract from a one-article document whose heading precedes the body."""
    text = f"Article 3 – Essai\n{body}"
    info = DocumentInfo("texte", "Texte", kind, "1", LegalStatus.IN_FORCE, "metropole", "t.md", "f" * 64)
    start = len("Article 3 – Essai\n")
    document = Document(
        info, text, (Section("article-3", ("Article 3 – Essai",), 0, len(text)),), (0, start + 5)
    )
    passage = Passage("texte#article-3", info, ("Article 3 – Essai",), body, start, len(text), "h")
    return Extractor(encoder, budget).extract(question, passage, document), document


ARTICLE = (
    "Les agents forment une communauté d’apprentissage. "
    "Un agent peut enregistrer une réunion avec un outil de transcription. "
    "Toutefois, chaque participant donne son accord au début de la réunion. "
    "Le compte rendu est conservé six mois.\n"
    "Le stationnement est gratuit le dimanche."
)


def test_quotes_are_the_document_s_characters(encoder: StaticEncoder) -> None:
    extract, document = quoted(encoder, "Puis-je enregistrer une réunion ?", ARTICLE)
    assert extract.sentences
    for sentence in extract.sentences:
        (citation,) = sentence.citations
        assert document.text[citation.start : citation.end] == citation.quote == sentence.text
        assert citation.page == 2


def test_the_exception_follows_the_rule_and_noise_stays_out(encoder: StaticEncoder) -> None:
    extract, _ = quoted(encoder, "Puis-je enregistrer une réunion ?", ARTICLE)
    said = [sentence.text for sentence in extract.sentences]
    assert said[:2] == [
        "Un agent peut enregistrer une réunion avec un outil de transcription.",
        "Toutefois, chaque participant donne son accord au début de la réunion.",
    ]
    assert not any("stationnement" in text for text in said)


LIST = (
    "Les usages suivants sont interdits :\n"
    "a) noter les agents ;\n"
    "b) reconnaître les émotions, sauf pour des raisons médicales ;\n"
    "c) surveiller les réseaux sociaux ;\n"
    "d) identifier des visages.\n"
    "Cet article est révisé chaque année."
)


def test_a_list_is_quoted_with_what_introduces_it(encoder: StaticEncoder) -> None:
    extract, _ = quoted(encoder, "Quels usages sont interdits ?", LIST)
    said = [sentence.text for sentence in extract.sentences]
    assert said[0] == "Les usages suivants sont interdits :"
    assert [text[:2] for text in said[1:5]] == ["a)", "b)", "c)", "d)"]
    assert extract.omitted == 0


def test_items_left_out_for_length_are_counted(encoder: StaticEncoder) -> None:
    extract, _ = quoted(encoder, "Quels usages sont interdits ?", LIST, budget=12)
    items = [sentence.text for sentence in extract.sentences if sentence.text[1] == ")"]
    assert 1 <= len(items) < 4
    assert extract.omitted == 4 - len(items)


def test_one_item_brings_its_introduction(encoder: StaticEncoder) -> None:
    extract, _ = quoted(encoder, "reconnaître les émotions", LIST, budget=0)
    assert [sentence.text for sentence in extract.sentences] == [
        "Les usages suivants sont interdits :",
        "b) reconnaître les émotions, sauf pour des raisons médicales ;",
    ]


def test_a_faq_entry_is_quoted_from_its_first_sentence(encoder: StaticEncoder) -> None:
    body = "Non. Un courrier contient des données personnelles. Vous pouvez l’anonymiser avant."
    extract, _ = quoted(encoder, "anonymiser un courrier", body, DocumentKind.FAQ)
    assert " ".join(sentence.text for sentence in extract.sentences) == body


def test_the_budget_bounds_the_words(encoder: StaticEncoder) -> None:
    body = " ".join(f"L’agent vérifie le point numéro {number} du projet d’IA." for number in range(40))
    extract, _ = quoted(encoder, "Que vérifie l’agent dans un projet d’IA ?", body, budget=60)
    assert 0 < extract.words <= 60


def test_a_blank_passage_quotes_nothing(encoder: StaticEncoder) -> None:
    assert quoted(encoder, "question", "  \n ")[0] == Extract(())


def test_items_of_the_article_s_next_part_are_counted_too(encoder: StaticEncoder) -> None:
    text = f"Article 3 – Essai\n{LIST}"
    start, end = text.index("Les usages"), text.index("c) surveiller") - 1
    info = DocumentInfo(
        "texte", "Texte", DocumentKind.CHARTER, "1", LegalStatus.IN_FORCE, "metropole", "t.md", "f" * 64
    )
    document = Document(info, text, (Section("article-3", ("Article 3 – Essai",), 0, len(text)),))
    passage = Passage("texte#article-3", info, ("Article 3 – Essai",), text[start:end], start, end, "h")
    extract = Extractor(encoder, 120).extract("Quels usages sont interdits ?", passage, document)
    assert extract.omitted == 2
