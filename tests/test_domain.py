from dataclasses import replace
from datetime import date

import pytest

from assistant.domain import (
    Answer,
    AnswerStatus,
    Citation,
    Document,
    DocumentInfo,
    DocumentKind,
    LegalStatus,
    Passage,
    Query,
    Sentence,
    Topic,
)

INFO = DocumentInfo(
    id="charte",
    title="Charte",
    kind=DocumentKind.CHARTER,
    version="1.0",
    status=LegalStatus.IN_FORCE,
    scope="metropole",
    source="charte.md",
    hash="0" * 64,
    in_force_from=date(2026, 9, 1),
    in_force_until=date(2027, 8, 31),
)
CITATION = Citation("charte#a", "charte", "Charte", "Article 1", "1.0", "0" * 64, "Oui.", 10, 14)


@pytest.mark.parametrize(
    ("day", "citable"),
    [
        (date(2026, 8, 31), False),
        (date(2026, 9, 1), True),
        (date(2027, 8, 31), True),
        (date(2027, 9, 1), False),
    ],
)
def test_a_text_is_cited_only_while_in_force(day: date, citable: bool) -> None:
    assert INFO.citable_on(day) is citable


@pytest.mark.parametrize("status", [LegalStatus.DRAFT, LegalStatus.REPEALED])
def test_drafts_and_repealed_texts_are_never_cited(status: LegalStatus) -> None:
    assert not replace(INFO, status=status).citable_on(date(2026, 10, 1))


def test_a_text_without_dates_is_in_force() -> None:
    assert replace(INFO, in_force_from=None, in_force_until=None).citable_on(date(1999, 1, 1))


@pytest.mark.parametrize(("offset", "page"), [(0, 1), (99, 1), (100, 2), (249, 2), (250, 3), (9999, 3)])
def test_page_at(offset: int, page: int) -> None:
    assert Document(INFO, "x" * 300, (), (0, 100, 250)).page_at(offset) == page


def test_a_document_without_pages_has_no_page() -> None:
    assert Document(INFO, "x", ()).page_at(0) is None


def test_the_heading_of_a_passage_is_the_innermost_one() -> None:
    passage = Passage("charte#a", INFO, ("Charte", "Article 1"), "Oui.", 10, 14, "hash")
    assert passage.heading == "Article 1"
    assert replace(passage, trail=()).heading == "Charte"


def answer(*sentences: Sentence) -> Answer:
    return Answer(
        question="?",
        status=AnswerStatus.VERIFIED,
        topic=Topic.SUBJECT,
        message="Message.",
        sentences=sentences,
        hits=(),
        query=Query("?", "?"),
        as_of=date(2026, 10, 1),
        trace_id="0",
        confidence=0.5,
    )


def test_an_affirmed_answer_says_its_quotes_alone() -> None:
    affirmed = answer(Sentence("Oui.", ()), Sentence("Sauf.", ()))
    assert affirmed.affirmed
    assert affirmed.text == "Oui. Sauf."


@pytest.mark.parametrize("status", [AnswerStatus.TO_CONFIRM, AnswerStatus.ESCALATED, AnswerStatus.DECLINED])
def test_what_is_not_affirmed_is_said_by_the_tool_first(status: AnswerStatus) -> None:
    proposed = replace(answer(Sentence("Oui.", ())), status=status)
    assert not proposed.affirmed
    assert proposed.text == "Message. Oui."
    assert replace(proposed, sentences=()).text == "Message."


def test_citations_are_distinct_and_in_order() -> None:
    other = replace(CITATION, start=20, end=24)
    given = answer(Sentence("a", (other,)), Sentence("b", (CITATION, other)))
    assert given.citations == (other, CITATION)
