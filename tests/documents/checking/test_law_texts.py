import pytest

from assistant.documents.checking.law_texts import law_keys, law_texts, plain

NAMES = ("RGPD", "loi sur la liberté de la presse", "code des usages")


def named(text: str) -> list[str]:
    return [text[law.start : law.end] for law in law_texts(plain(text), NAMES)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("le règlement (UE) 2016/679 et la directive (UE) 2016/680", ["règlement (UE) 2016/679", "directive (UE) 2016/680"]),
        ("le règlement (CE) n° 45/2001, la directive 95/46/CE", ["règlement (CE) n° 45/2001", "directive 95/46/CE"]),
        ("la loi n° 78-17 du 6 janvier 1978 modifiée", ["loi n° 78-17 du 6 janvier 1978"]),
        ("La loi n°\u00a078‑17 du 6\u00a0janvier 1978", ["loi n°\u00a078‑17 du 6\u00a0janvier 1978"]),
        ("la loi du 29 juillet 1881, le décret du 1er août 2019", ["loi du 29 juillet 1881", "décret du 1er août 2019"]),
        ("le décret n° 2019-536 et l’ordonnance n° 2005-1516", ["décret n° 2019-536", "ordonnance n° 2005-1516"]),
        ("la loi de 1978", ["loi de 1978"]),
        ("le code pénal, le code général des impôts", ["code pénal", "code général des impôts"]),
        ("au code des relations entre le public et l’administration", ["code des relations entre le public et l’administration"]),
        ("du code de la sécurité intérieure et du code du travail", ["code de la sécurité intérieure", "code du travail"]),
        ("la loi Sapin II, la directive NIS 2", ["loi Sapin II", "directive NIS 2"]),
        ("le RGPD, le règlement RGPD, l’AI Act", ["RGPD", "règlement RGPD", "AI Act"]),
        ("la loi sur la Liberté de la presse", ["loi sur la Liberté de la presse"]),
        ("le code des usages", ["code des usages"]),
    ],
)  # fmt: skip
def test_laws_are_found(text: str, expected: list[str]) -> None:
    assert named(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "le code d’accès, le code source, le code postal, le code de la porte, un code reçu par message",
        "le code de la photocopieuse, le code du coffre, le code de conduite, un code de vérification",
        "le code généré par l’outil et le code général",
        "la loi s’applique ; une loi ou un décret ; la loi du plus fort ; la loi de finances",
        "le règlement intérieur, le règlement de la piscine, une directive interne, règlement n° 12",
        "un rgpdiste, l’emploi de 2016 agents, en 2016/2017",
        "l’ordonnance du médecin, l’arrêté n° 2024-15 du maire",
    ],
)
def test_ordinary_words_are_no_law(text: str) -> None:
    assert named(text) == []


def test_a_law_is_known_by_its_number_its_date_and_its_year() -> None:
    assert law_keys("loi n° 78-17 du 6 janvier 1978") == (
        "loi n° 78-17",
        "loi du 6 janvier 1978",
        "loi de 1978",
    )
    assert law_keys("règlement (UE) 2016/679") == ("reglement ue 2016/679", "ue 2016/679")
    assert law_keys("(UE) 2016/679") == ("ue 2016/679",)
    assert law_keys("Code  pénal") == ("code penal",)
    assert law_keys("loi Informatique et Libertés") == ("loi informatique et libertes",)
    assert law_texts("le règlement RGPD", NAMES)[0].keys == ("rgpd",)
    assert law_texts("la loi du 6 janvier 1978")[0].kind == "loi"
