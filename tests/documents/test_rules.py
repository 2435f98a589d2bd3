from collections.abc import Callable

import pytest

from assistant.documents.located import LocatedError
from assistant.documents.splitter import split
from assistant.domain import Document, DocumentKind, Verdict

Read = Callable[[bytes | str, str], Document]

RULES = """\
id: regles
titre: Règles d’usage
version: "1.0"
regles:
  - id: traduire
    usage: traduire un document
    donnees: informations déjà publiques
    outil: tout outil autorisé
    verdict: autorisé sous conditions
    conditions: Un agent relit la traduction
    exception: Un acte officiel est confié à un traducteur.
    article: charte#article-8
    questions:
      - je peux traduire un flyer ?
  - id: acheter
    usage: acheter un abonnement
    donnees: quelconques
    verdict: demander au référent
    exception: CNIL et DPD gardent leur avis.
    article: [charte#article-9, charte#article-4]
"""


def test_each_row_is_one_passage_of_french(read: Read) -> None:
    document = read(RULES, "regles.yaml")
    first, second = split(document)
    assert document.info.kind is DocumentKind.RULES
    assert first.id == "regles#traduire"
    assert first.heading == "Traduire un document (informations déjà publiques)"
    assert first.text == (
        "Traduire un document avec tout outil autorisé (informations déjà publiques) est autorisé sous "
        "conditions. Un agent relit la traduction. Exception : un acte officiel est confié à un traducteur."
    )
    assert first.verdict is Verdict.CONDITIONAL
    assert first.questions == ("je peux traduire un flyer ?",)
    assert first.references == ("charte#article-8",)
    assert second.text == (
        "Pour acheter un abonnement (données : quelconques), il faut d’abord demander au référent. "
        "Exception : CNIL et DPD gardent leur avis."
    )
    assert second.references == ("charte#article-9", "charte#article-4")


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("    usage: traduire un document\n", "", 5, "il manque « usage »"),
        ("    outil:", "    outils:", 8, "clé inconnue « outils »"),
        ("verdict: demander", "verdict: voir", 18, "verdict « voir au référent »"),
        ("id: acheter", "id: traduire", 15, "déjà à la ligne 5"),
        ("id: acheter", "id: À voir", 15, "identifiant « À voir »"),
        ("article: charte#article-8", "article: article 8", 12, "document#ancre"),
        ('version: "1.0"', "statut: faux", 3, "statut « faux »"),
    ],
)
def test_errors_name_the_line(read: Read, old: str, new: str, line: int, words: str) -> None:
    with pytest.raises(LocatedError, match=words) as caught:
        read(RULES.replace(old, new), "regles.yaml")
    assert caught.value.line == line


def test_a_file_without_rules_is_refused(read: Read) -> None:
    with pytest.raises(LocatedError, match="« regles »"):
        read("titre: Règles\n", "regles.yaml")
