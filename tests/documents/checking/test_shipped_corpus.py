"""The model framework that is shipped: large enough, checked, and asked for in the words of those who ask."""

import re
from collections.abc import Iterator
from datetime import date

import pytest

from assistant.documents.checking.corpus import check
from assistant.documents.checking.law_list import LAW_FILE
from assistant.documents.folder import read_folder
from assistant.domain import Document, DocumentKind, Section
from assistant.french import fold
from assistant.settings import ROOT

CORPUS = ROOT / "corpus"
THEMES = """outils donnees redaction reunions traduction images usagers decisions achats projets experimentation rh
securite sobriete accessibilite enfance cameras archives communes elus telephone-teletravail formation
gouvernance""".split()
# Words of the texts, that those who ask seldom use.
OFFICIAL = re.compile(
    r"donnees? (?:personnelles?|sensibles?)|outils? autorises?|equipe referente|\breferents?\b|transcri|pseudonymi"
    r"|anonymi|delegue a la protection|analyse d'impact|hypertrucage|experimentation|agent conversationnel"
    r"|traitement algorithmique|decision individuelle|secret professionnel|responsable de la securite|usagers?\b"
    r"|authentification|marche public|comite de suivi|ia generative|intelligence artificielle|sous-traitant"
)


@pytest.fixture(scope="module")
def documents() -> dict[str, Document]:
    return {one.info.id: one for one in read_folder(CORPUS, 40_000_000).documents}


def leaves(documents: dict[str, Document], kind: DocumentKind) -> Iterator[tuple[str, Section]]:
    """Yield the sections of a kind that hold text of their own, under the title."""
    for document in documents.values():
        parents = {section.trail[:-1] for section in document.sections}
        for section in document.sections:
            if document.info.kind is kind and len(section.trail) > 1 and section.trail not in parents:
                yield f"{document.info.id}#{section.anchor}", section


def test_the_check_finds_nothing_and_law_comes_from_a_closed_list() -> None:
    assert (CORPUS / LAW_FILE).is_file()
    assert [str(problem) for problem in check(CORPUS, date.today())] == []


def test_every_text_says_that_nobody_adopted_it(documents: dict[str, Document]) -> None:
    assert all(document.info.model_text for document in documents.values())


def test_it_is_large_enough(documents: dict[str, Document]) -> None:
    articles = [anchor for anchor, _ in leaves(documents, DocumentKind.CHARTER) if "#article-" in anchor]
    assert len(articles) >= 28
    assert {f"guide-{theme}" for theme in THEMES} <= documents.keys()
    assert {f"faq-{theme}" for theme in THEMES} <= documents.keys()
    assert len(list(leaves(documents, DocumentKind.FAQ))) >= 180
    assert len(list(leaves(documents, DocumentKind.RULES))) >= 100
    assert len(list(leaves(documents, DocumentKind.GLOSSARY))) >= 100


def test_articles_and_guides_say_how_people_ask_for_them(documents: dict[str, Document]) -> None:
    few = [
        address
        for kind in (DocumentKind.CHARTER, DocumentKind.GUIDELINE)
        for address, section in leaves(documents, kind)
        if len(section.questions) < 3
    ]
    assert few == []


def test_half_of_the_ways_of_asking_use_none_of_the_official_words(documents: dict[str, Document]) -> None:
    stiff = [
        address
        for address, section in leaves(documents, DocumentKind.FAQ)
        if 2 * sum(OFFICIAL.search(fold(asked)) is None for asked in section.questions)
        < len(section.questions)
    ]
    assert stiff == []


def test_a_faq_verdict_is_that_of_a_rule_it_cites(documents: dict[str, Document]) -> None:
    rules = dict(leaves(documents, DocumentKind.RULES))
    unruled = [
        address
        for address, section in leaves(documents, DocumentKind.FAQ)
        if section.verdict is not None
        and not any(rules[name].verdict is section.verdict for name in section.references if name in rules)
    ]
    assert unruled == []


def test_a_faq_answer_is_short_enough_to_be_quoted_whole(documents: dict[str, Document]) -> None:
    sizes = {
        address: len(documents[address.partition("#")[0]].text[section.start : section.end].split())
        for address, section in leaves(documents, DocumentKind.FAQ)
    }
    # its heading counts too
    assert {address: size for address, size in sizes.items() if not 40 <= size <= 140} == {}
