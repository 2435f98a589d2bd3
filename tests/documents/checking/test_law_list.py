import pytest

from tests.documents.checking.prepared import CHARTER, LAW, RULES, Corpus, problems

CODE = """\
  - id: crpa
    texte: code des relations entre le public et l’administration
    objet: Relations avec le public.
    lien: https://www.legifrance.gouv.fr/codes/texte_lc/LEGITEXT000031366350/
  - id: loi-78-17
    texte: loi n° 78-17 du 6 janvier 1978
    noms: [loi Informatique et Libertés]
    objet: Informatique et libertés.
    lien: https://www.legifrance.gouv.fr/loda/id/JORFTEXT000000886460
"""


def cited(corpus: Corpus, text: str) -> list[str]:
    """Return what is found when the charter holds this text, from its line 14 on."""
    return problems(corpus, {"charte.md": f"{CHARTER}\n{text}\n", "references.yaml": LAW + CODE})


@pytest.mark.parametrize(
    "text",
    [
        "Le RGPD, c’est-à-dire le règlement (UE) 2016/679, et son article 33.",
        "La loi Informatique et Libertés, ou loi du 6 janvier 1978, ou loi n° 78-17, ou loi de 1978.",
        "Le code des relations entre le public et l’administration.",
        "L’article 5 et l’article 12 de la charte ; le code d’accès ; la loi s’applique.",
    ],
)
def test_law_that_is_listed(corpus: Corpus, text: str) -> None:
    assert cited(corpus, text) == []


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("Voir le code pénal.", 15, "« code pénal » : ce texte n’est pas dans references.yaml"),
        ("Rien.\n\nVoir l’article 35 du\nRGPD.", 17, "« article 35 du RGPD » : l’article 35 n’est pas dans"),
        ("Articles 33 et 34 du RGPD.", 15, "« Articles 33 et 34 du RGPD » : l’article 34 n’est pas dans"),
        ("Article 226-13 du code pénal.", 15, "« code pénal » : ce texte n’est pas dans references.yaml"),
        ("Loi n° 78-17 du 7 janvier 1978.", 15, "« Loi n° 78-17 du 7 janvier 1978 » : ce texte n’est pas"),
        ("L’article L. 311-3-1 le veut.", 15, "« article L. 311-3-1 » : l’article L311-3-1 n’est pas dans"),
        ("La directive (UE) 2016/679.", 15, "« directive (UE) 2016/679 » : ce texte n’est pas"),
    ],
)
def test_law_that_is_not_listed(corpus: Corpus, text: str, line: int, expected: str) -> None:
    (found,) = cited(corpus, text)
    assert found.startswith(f"charte.md, ligne {line} : {expected}")
    assert found.endswith("Ajoutez-le après l’avoir lu sur le site officiel, ou retirez-le.")


def test_law_in_a_rule(corpus: Corpus) -> None:
    rules = RULES.replace("    article", "    conditions: Voir le code civil.\n    article")
    (found,) = problems(corpus, {"regles.yaml": rules, "references.yaml": LAW})
    assert found.startswith("regles.yaml, ligne 10 : « code civil » : ce texte n’est pas")


def test_without_a_list_texts_cite_what_they_like(corpus: Corpus) -> None:
    assert problems(corpus, {"charte.md": f"{CHARTER}\nVoir le code pénal.\n"}) == []


@pytest.mark.parametrize(
    ("row", "line", "expected"),
    [
        ("id: rgpd\n    texte: code civil\n    objet: X.\n    lien: https://www.legifrance.gouv.fr/x", 13, "« rgpd » est déjà à la ligne 2"),
        ("id: Code\n    texte: code civil\n    objet: X.\n    lien: https://www.legifrance.gouv.fr/x", 13, "identifiant « Code »"),
        ("id: civil\n    texte: code civil\n    lien: https://www.legifrance.gouv.fr/x", 13, "il manque « objet » à cette référence"),
        ("id: civil\n    texte: code civil\n    objet: X.\n    lieu: x\n    lien: https://www.legifrance.gouv.fr/x", 16, "clé inconnue « lieu »"),
        ("id: civil\n    texte: code civil\n    objet: X.\n    lien: https://www.legifrance.gouv.fr.example.org/x", 16, "lien « https://www.legifrance.gouv.fr.example.org/x »"),
        ("id: civil\n    texte: code civil\n    objet: X.\n    lien: http://www.legifrance.gouv.fr/x", 16, "lien « http://www.legifrance.gouv.fr/x »"),
        ("id: civil\n    texte: code civil\n    objet: X.\n    en_vigueur_depuis: 1er mai\n    lien: https://www.legifrance.gouv.fr/x", 16, "en_vigueur_depuis « 1er mai » : écrivez AAAA-MM-JJ"),
        ("id: civil-9\n    texte: code civil\n    article: '9'\n    objet: X.\n    lien: https://www.legifrance.gouv.fr/x", 14, "« code civil » n’a pas d’entrée sans article"),
        ("id: rgpd-5\n    texte: règlement (UE) 2016/679\n    noms: [GDPR]\n    article: '5'\n    objet: X.\n    lien: https://eur-lex.europa.eu/x", 15, "« noms » se donne à l’entrée du texte entier"),
        ("id: rgpd-bis\n    texte: Règlement (UE) 2016/679\n    objet: X.\n    lien: https://eur-lex.europa.eu/x", 14, "« reglement ue 2016/679 » est déjà à la ligne 3"),
        ("id: civil\n    texte: code civil\n    noms: [RGPD]\n    objet: X.\n    lien: https://eur-lex.europa.eu/x", 15, "« rgpd » est déjà à la ligne 4"),
    ],
)  # fmt: skip
def test_faults_of_the_list(corpus: Corpus, row: str, line: int, expected: str) -> None:
    (found,) = problems(corpus, {"references.yaml": f"{LAW}  - {row}\n"})
    assert found.startswith(f"references.yaml, ligne {line} : {expected}")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("references: [a, b]\n", "references.yaml, ligne 1 : la clé « references » n’est pas une liste de fiches."),
        ("autre: 1\n", "references.yaml, ligne 1 : la clé « references »"),
        ("references:\n  - id: [a\n", "references.yaml, ligne 3 : YAML illisible"),
        ("references:\n  - id: a\n    texte: [x, y]\n", "references.yaml, ligne 3 : la clé « texte » contient"),
    ],
)  # fmt: skip
def test_a_list_that_cannot_be_read(corpus: Corpus, content: str, expected: str) -> None:
    (found,) = problems(corpus, {"references.yaml": content})
    assert found.startswith(expected)


def test_a_list_that_is_not_text(corpus: Corpus) -> None:
    (found,) = problems(corpus, {"references.yaml": "%PDF-1.7"})
    assert found.startswith("references.yaml : Ce fichier n’est pas du texte")
