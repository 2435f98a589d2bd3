import pytest

from assistant.documents.checking.law_mentions import law_mentions

NAMES = ("RGPD", "règlement européen sur l’IA", "loi Informatique et Libertés", "CRPA")
RGPD, IA, CRPA = "rgpd", "reglement europeen sur l'ia", "crpa"


def owned(text: str) -> list[tuple[str, str, str]]:
    """Return the words, the first key and the articles of the mentions that have articles."""
    return [
        (text[one.start : one.end], (one.keys or ("",))[0], " ".join(one.articles))
        for one in law_mentions(text, NAMES)
        if one.articles
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L’article 50 du règlement (UE) 2024/1689 impose", [("article 50 du règlement (UE) 2024/1689", "reglement ue 2024/1689", "50")]),
        ("identifiable (RGPD, article 33).", [("RGPD, article 33", RGPD, "33")]),
        ("les articles 13 et 14 du RGPD", [("articles 13 et 14 du RGPD", RGPD, "13 14")]),
        ("l’article 6, paragraphe 1, du RGPD", [("article 6, paragraphe 1, du RGPD", RGPD, "6")]),
        ("le RGPD (articles 13 et 14)", [("RGPD (articles 13 et 14", RGPD, "13 14")]),
        ("le règlement (UE) 2016/679 (RGPD), article 4", [("RGPD), article 4", RGPD, "4")]),
        ("le RGPD impose, à son article 33, de notifier", [("RGPD impose, à son article 33", RGPD, "33")]),
        ("L’annexe III du règlement européen sur l’IA", [("annexe III du règlement européen sur l’IA", IA, "annexe III")]),
        ("L. 311-3-1 du CRPA", [("L. 311-3-1 du CRPA", CRPA, "L311-3-1")]),
        ("L. 2121-18 du code général des collectivités territoriales", [("L. 2121-18 du code général des collectivités territoriales", "code general des collectivites territoriales", "L2121-18")]),
        ("le code pénal, articles 226-13 et 226-14,", [("code pénal, articles 226-13 et 226-14", "code penal", "226-13 226-14")]),
        ("loi n° 78-17 du 6 janvier 1978 modifiée, article 47", [("loi n° 78-17 du 6 janvier 1978 modifiée, article 47", "loi n° 78-17", "47")]),
        ("La loi Informatique et Libertés le dit. L’article 47 de la même loi", [("article 47 de la même loi", "loi informatique et libertes", "47")]),
        ("Le RGPD le dit, et l’article 4 de ce règlement", [("article 4 de ce règlement", RGPD, "4")]),
        ("l’article 22 du code de l’intelligence artificielle.", [("article 22 du code de l’intelligence artificielle", "code de l'intelligence artificielle", "22")]),
        ("l’article 12 de la loi", [("article 12 de la loi", "loi", "12")]),
        ("comme le veut l’article L. 311-3-1", [("article L. 311-3-1", "", "L311-3-1")]),
    ],
)  # fmt: skip
def test_articles_of_law(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert owned(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "L’article 5 interdit cet usage. Le RGPD s’applique.",
        "article 5 de la charte",
        "les articles 3, 4 et 5 de la charte, le RGPD",
        "Le RGPD et l’article 5 de la charte",
        "Le RGPD, et à l’article 5 de la charte",
        "Selon le RGPD, l’article 5 interdit cet usage.",
        "Le RGPD complète la charte en son article 5",
        "Le RGPD s’applique. Le contrat le dit à son article 5",
        "l’article 5 du règlement intérieur",
        "l’article 3 du code de conduite",
        "l’article 4 de la délibération n° 2024-12",
        "Article 5 – Le RGPD et les données",
        "l’annexe III du guide",
    ],
)
def test_articles_of_the_charter_and_of_others(text: str) -> None:
    assert owned(text) == []


def test_a_law_named_alone_is_a_mention() -> None:
    text = "Le RGPD et la loi n° 78-17 protègent ; l’article 5 aussi."
    assert [(text[one.start : one.end], one.articles) for one in law_mentions(text, NAMES)] == [
        ("RGPD", ()),
        ("loi n° 78-17", ()),
    ]
