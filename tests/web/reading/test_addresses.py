from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from assistant.domain import AnswerStatus
from assistant.web.reading.addresses import citation_url, document_url, element_id, passage_url, quote_url
from tests.web.shelf import RULE, Shelf


def test_a_citation_opens_its_version_on_its_characters(shelf: Shelf) -> None:
    (citation,) = shelf.answer(AnswerStatus.VERIFIED, ("charte#a1", RULE)).citations
    address = urlsplit(citation_url(citation))
    assert (address.path, address.fragment) == ("/cadre/charte", "citation")
    query = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert query == {"v": "c", "debut": str(citation.start), "fin": str(citation.end)}
    assert citation_url(citation) == quote_url("charte", "c", citation.start, citation.end)


def test_the_second_passage_of_an_article_opens_the_article(shelf: Shelf) -> None:
    passage = shelf.passages["charte#a1"]
    assert passage_url(passage) == "/cadre/charte#a1"
    second = replace(passage, id="charte#a1~2")
    assert passage_url(second) == "/cadre/charte#a1"


def test_addresses_hold_any_identifier() -> None:
    assert document_url("charte") == "/cadre/charte"
    assert document_url("charte", "abc", "article-2") == "/cadre/charte?v=abc#article-2"
    assert document_url("a/b?c#d") == "/cadre/a%2Fb%3Fc%23d"


def test_a_section_never_takes_an_identifier_of_the_page() -> None:
    assert element_id("article-2") == "article-2"
    assert len({"citation", "contenu", element_id("citation"), element_id("contenu")}) == 4
    assert document_url("guide", anchor="citation").endswith(f"#{element_id('citation')}")
