import pytest

from assistant.documents.checking.law_articles import article_key, articles


@pytest.mark.parametrize(
    ("text", "words", "numbers"),
    [
        ("selon l'article 33 du texte", "article 33", ["33"]),
        ("Article premier", "Article premier", ["1"]),
        ("l'article 1er et 3 agents", "article 1er", ["1"]),
        ("art. 35", "art. 35", ["35"]),
        ("les articles 13 et 14 du texte", "articles 13 et 14", ["13", "14"]),
        ("articles 13, 14 ou 15 bis", "articles 13, 14 ou 15 bis", ["13", "14", "15bis"]),
        ("articles 12 à 15 ", "articles 12 à 15", ["12", "13", "14", "15"]),
        ("l'article 33 et l'article 34", "article 33 et l'article 34", ["33", "34"]),
        ("article L. 121-6 et L. 121-7", "article L. 121-6 et L. 121-7", ["L121-6", "L121-7"]),
        ("au L. 311-3-1 du code", "L. 311-3-1", ["L311-3-1"]),
        ("article R311-3-1-1", "article R311-3-1-1", ["R311-3-1-1"]),
        ("l'article 6, paragraphe 1, points a) et e), du", "article 6, paragraphe 1, points a) et e)", ["6"]),
        ("articles 5, paragraphe 1, et 6 du", "articles 5, paragraphe 1, et 6", ["5", "6"]),
        ("article 47, premier alinéa", "article 47, premier alinéa", ["47"]),
        ("l'annexe III, point 4", "annexe III", ["annexe III"]),
        ("article 33, 72 heures", "article 33", ["33"]),
    ],
)
def test_articles_are_read_alone_or_listed(text: str, words: str, numbers: list[str]) -> None:
    (found,) = articles(text)
    assert text[found.start : found.end] == words
    assert list(found.numbers) == numbers


@pytest.mark.parametrize(
    "text",
    ["un article de presse", "article suivant", "M. L. 12 rue des Lilas", "l'annexe du guide", "3 articles"],
)
def test_words_that_number_no_article(text: str) -> None:
    assert [found.numbers for found in articles(text) if found.of_a_code or "rticle" in text] == []


def test_what_an_article_is_of() -> None:
    (own,) = articles("à son article 33")
    assert own.own
    (code,) = articles("L. 311-3-1")
    assert code.of_a_code and not code.own
    (plain,) = articles("article 226-13")
    assert not plain.of_a_code


def test_a_number_is_one_however_it_is_written() -> None:
    written = ("L. 311-3-1", "L.311-3-1", "L311-3-1", "L 311-3-1", "L.\u00a0311-3-1")
    assert {article_key(number) for number in written} == {"L311-3-1"}
    assert article_key("1er") == article_key("premier") == "1"
    assert article_key("Annexe III") == article_key("annexe III") == "annexe III"
