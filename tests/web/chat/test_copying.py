"""An answer as text to paste: every quote with its number, every number with its source."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from assistant.domain import AnswerStatus, Verdict
from assistant.settings import Settings
from assistant.texts import Texts
from assistant.web.chat.copying import copied
from assistant.web.current import Site
from tests.web.shelf import EXCEPTION, MARKED, RULE, Shelf

TWO = (("charte#a1", RULE), ("charte#a1", EXCEPTION))


@pytest.fixture
def place(shelf: Shelf, built_settings: Settings, texts: Texts) -> Site:
    """Return a site that reads the shelf, at a public address."""
    settings = built_settings.model_copy(update={"public_url": "https://repere.exemple.fr"})
    library: Any = shelf
    unused: Any = None
    return Site(settings, texts, library, unused, b"")


def test_the_whole_is_question_status_quotes_then_sources(shelf: Shelf, place: Site) -> None:
    answer = shelf.answer(
        AnswerStatus.VERIFIED, *TWO, ("guide#a1", "Relisez tout."), verdict=Verdict.FORBIDDEN
    )
    lines = copied(answer, place).split("\n")
    assert lines[:8] == [
        "Question : Puis-je saisir un nom ?",
        "",
        "Réponse de Repère, 23 novembre 2026 – Réponse vérifiée – Interdit",
        f"«\u00a0{RULE}\u00a0» [1]",
        f"«\u00a0{EXCEPTION}\u00a0» [1]",
        "«\u00a0Relisez tout.\u00a0» [2]",
        "",
        "Sources",
    ]
    assert lines[8] == (
        "[1] Charte d’usage – Article 1 – Noms, page 3, version 1.0, en vigueur depuis le 1er septembre 2026"
    )
    assert lines[10] == "[2] Guide – Relire, page 3, version 2"
    assert lines[12:] == ["", "Texte modèle, non adopté : ce cadre n’engage aucune collectivité."]


def test_each_source_has_the_address_that_opens_its_first_quote(shelf: Shelf, place: Site) -> None:
    text = copied(shelf.answer(AnswerStatus.VERIFIED, *TWO), place)
    (citation,) = shelf.sentence(*TWO[0]).citations
    query = f"v=c&debut={citation.start}&fin={citation.end}"
    assert f"    https://repere.exemple.fr/cadre/charte?{query}#citation" in text.split("\n")
    assert len(re.findall("https://", text)) == 1


def test_it_is_plain_text(shelf: Shelf, place: Site) -> None:
    text = copied(shelf.answer(AnswerStatus.VERIFIED, ("charte#a2", MARKED)), place)
    assert MARKED in text
    assert "**" not in text
    assert "](#citation" not in text


def test_what_is_not_affirmed_says_so_and_gives_no_verdict(shelf: Shelf, place: Site) -> None:
    answer = shelf.answer(AnswerStatus.TO_CONFIRM, TWO[0], verdict=Verdict.FORBIDDEN)
    text = copied(answer, place)
    assert "– À confirmer\n" in text
    assert "Interdit" not in text


def test_an_adopted_text_carries_no_warning(shelf: Shelf, place: Site) -> None:
    assert "modèle" not in copied(shelf.answer(AnswerStatus.VERIFIED, ("guide#a1", "Relisez tout.")), place)


def test_a_text_without_pages_names_none(shelf: Shelf, place: Site) -> None:
    answer = shelf.answer(AnswerStatus.VERIFIED, ("guide#a1", "Relisez tout."))
    (sentence,) = answer.sentences
    bare = replace(sentence, citations=(replace(sentence.citations[0], page=None),))
    assert "[1] Guide – Relire, version 2\n" in copied(replace(answer, sentences=(bare,)), place)


@pytest.mark.parametrize("status", [AnswerStatus.ESCALATED, AnswerStatus.DECLINED])
def test_without_quotes_there_is_nothing_to_copy(status: AnswerStatus, shelf: Shelf, place: Site) -> None:
    assert copied(shelf.answer(status), place) == ""
