import pytest

from assistant.documents.checking.corpus import check
from tests.documents.checking.prepared import CHARTER, FAQ, RULES, TODAY, Corpus, entry, problems


def test_an_entry_without_article(corpus: Corpus) -> None:
    (found,) = problems(corpus, {"faq.md": FAQ.replace("references: [charte#article-1]\n", "")})
    assert found.startswith("faq.md, ligne 11 : « Puis-je traduire ? » ne cite aucun article : ajoutez")


def test_an_entry_that_cites_no_article_of_the_charter(corpus: Corpus) -> None:
    guide = CHARTER.replace("id: charte", "id: guide").replace("type: charte", "type: ligne-directrice")
    changed = {"guide.md": guide, "faq.md": FAQ.replace("charte#article-1", "guide#article-1")}
    (found,) = problems(corpus, changed)
    assert found.startswith("faq.md, ligne 11 : « Puis-je traduire ? » ne cite aucun article de la charte")


def test_without_a_charter_any_article_will_do(corpus: Corpus) -> None:
    guide = CHARTER.replace("id: charte", "id: guide").replace("type: charte", "type: ligne-directrice")
    folder = corpus({"guide.md": guide, "faq.md": FAQ.replace("charte#article-1", "guide#article-1")})
    assert check(folder, TODAY) == []


@pytest.mark.parametrize(("count", "good"), [(2, False), (3, True), (8, True), (9, False)])
def test_how_many_ways_of_asking_for_an_entry(corpus: Corpus, count: int, good: bool) -> None:
    asked = "".join(f"  - forme{number} numéro{number}\n" for number in range(count))
    faq = FAQ[: FAQ.index("  - traduire")] + asked + FAQ[FAQ.index("references") :]
    found = problems(corpus, {"faq.md": faq})
    assert found == [] if good else found[0].startswith(f"faq.md, ligne 14 : {count} autre(s) façon(s)")


def test_a_rule_that_nobody_asks_for(corpus: Corpus) -> None:
    (found,) = problems(corpus, {"regles.yaml": RULES[: RULES.index("    questions")]})
    assert found.startswith("regles.yaml, ligne 7 : la règle « traduire » n’a pas de « questions »")


@pytest.mark.parametrize(
    ("verdict", "body", "good"),
    [
        ("autorisé", "Oui, sans risque.", True),
        ("autorisé", "Non, c’est risqué.", False),
        ("autorisé sous conditions", "Oui. Mais relisez.", True),
        ("autorisé sous conditions", "Non, sauf relecture.", False),
        ("interdit", "Non : cela ne se fait pas.", True),
        ("interdit", "Oui, c’est interdit.", False),
        ("demander au référent", "Oui, après un avis.", False),
        ("demander au référent", "Demandez d’abord.", True),
        ("interdit", "Nonobstant la charte, rien ne le permet.", True),
        ("", "Oui, toujours.", True),
    ],
)
def test_the_first_word_of_an_answer_against_its_verdict(
    corpus: Corpus, verdict: str, body: str, good: bool
) -> None:
    faq = FAQ + entry("autre", "Un autre sujet", verdict=verdict, body=body)
    found = problems(corpus, {"faq.md": faq})
    assert len(found) == (0 if good else 1)
    if not good:
        assert found[0].startswith(
            f"faq.md, ligne 32 : le verdict est « {verdict} » mais la réponse commence"
        )


def test_a_verdict_against_the_rule_that_is_cited(corpus: Corpus) -> None:
    faq = FAQ.replace("references: [", "references: [regles#traduire, ")
    assert problems(corpus, {"faq.md": faq}) == []
    (found,) = problems(
        corpus, {"faq.md": faq.replace("verdict: autorisé", "verdict: autorisé sous conditions")}
    )
    assert found == (
        "faq.md, ligne 19 : le verdict est « autorisé sous conditions » mais celui de la règle regles#traduire, "
        "que cette entrée cite, est « autorisé » : mettez-les d’accord."
    )


def test_a_verdict_against_a_rule_that_is_asked_for_alike(corpus: Corpus) -> None:
    rules = RULES.replace("usage: traduire un document", "usage: traduire les flyers\n    donnees: publiques")
    assert problems(corpus, {"regles.yaml": rules}) == []
    (found,) = problems(corpus, {"regles.yaml": rules.replace("verdict: autorisé", "verdict: interdit")})
    assert found == (
        "faq.md, ligne 19 : le verdict est « autorisé » mais celui de la règle regles#traduire, que l’on demande "
        "de même (« Traduire les flyers »), est « interdit » : mettez-les d’accord."
    )


def test_an_entry_without_verdict_contradicts_no_rule(corpus: Corpus) -> None:
    faq = FAQ.replace("verdict: autorisé\n", "").replace("references: [", "references: [regles#traduire, ")
    assert problems(corpus, {"faq.md": faq}) == []
