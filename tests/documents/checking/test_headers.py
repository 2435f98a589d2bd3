from datetime import date

import pytest

from tests.documents.checking.prepared import CHARTER, RULES, Corpus, problems


def test_a_header_says_what_it_lacks(corpus: Corpus) -> None:
    charter = CHARTER.replace('version: "1.0"\n', "").replace("statut: en vigueur\n", "statut:\n")
    rules = RULES.replace("en_vigueur_depuis: 2026-09-01\n", "")
    assert problems(corpus, {"charte.md": charter, "regles.yaml": rules}) == [
        "charte.md, ligne 2 : il manque « version », « statut » à l’en-tête : complétez-le.",
        "regles.yaml, ligne 1 : il manque « en_vigueur_depuis » à l’en-tête : complétez-le.",
    ]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            "statut: en vigueur\nen_vigueur_depuis: 2026-01-01\nen_vigueur_jusqu_au: 2026-09-30",
            "charte.md, ligne 8 : le texte est dit en vigueur mais il a pris fin le 2026-09-30",
        ),
        (
            "statut: en vigueur\nen_vigueur_depuis: 2026-10-02",
            "charte.md, ligne 7 : le texte est dit en vigueur mais il ne commence que le 2026-10-02",
        ),
        (
            "statut: abrogé\nen_vigueur_depuis: 2026-01-01",
            "charte.md, ligne 6 : le texte est abrogé mais sa date de fin manque",
        ),
    ],
)
def test_dates_against_the_status(corpus: Corpus, header: str, expected: str) -> None:
    changed = CHARTER.replace("statut: en vigueur\nen_vigueur_depuis: 2026-09-01", header)
    (found,) = problems(corpus, {"charte.md": changed}, date(2026, 10, 1))
    assert found.startswith(expected)


@pytest.mark.parametrize(
    "header",
    [
        "statut: en vigueur\nen_vigueur_depuis: 2026-10-01\nen_vigueur_jusqu_au: 2026-10-01",
        "statut: projet\nen_vigueur_depuis: 2027-01-01",
        "statut: abrogé\nen_vigueur_depuis: 2026-01-01\nen_vigueur_jusqu_au: 2026-02-01",
    ],
)
def test_dates_that_agree(corpus: Corpus, header: str) -> None:
    changed = CHARTER.replace("statut: en vigueur\nen_vigueur_depuis: 2026-09-01", header)
    assert problems(corpus, {"charte.md": changed}, date(2026, 10, 1)) == []
