from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.documents.validator import check
from assistant.errors import CorpusError

Corpus = Callable[[dict[str, bytes | str]], Path]

GOOD: dict[str, bytes | str] = {
    "charte.md": "---\nid: charte\ntitre: Charte\ntype: charte\n---\n# Charte\n\n## Article 1 {#article-1}\n\nUn agent relit.\n",
    "faq.md": """\
---
id: faq
titre: Questions
type: faq
---
# Questions

## Puis-je traduire ? {#traduire}

```fiche
questions:
  - traduire un flyer
references: [charte#article-1]
```

Oui, vous le pouvez.
""",
    "glossaire.md": """\
---
id: glossaire
titre: Glossaire
type: glossaire
---
# Glossaire

## IA générative {#ia-generative}

```fiche
synonymes: [GenAI]
```

Elle produit un texte.
""",
    "regles.yaml": """\
id: regles
titre: Règles
regles:
  - id: traduire
    usage: traduire un document
    verdict: autorisé
    article: charte#article-1
""",
}


def problems(corpus: Corpus, **changed: bytes | str) -> list[str]:
    """Return what is found once some files are changed (``faq`` stands for ``faq.md``)."""
    files = GOOD | {
        ("regles.yaml" if name == "regles" else f"{name}.md"): text for name, text in changed.items()
    }
    return [str(problem) for problem in check(corpus(files))]


def text_of(name: str) -> str:
    content = GOOD[name]
    assert isinstance(content, str)
    return content


def test_a_good_corpus_has_no_problem(corpus: Corpus) -> None:
    assert problems(corpus) == []


def test_references_that_lead_nowhere(corpus: Corpus) -> None:
    faq = text_of("faq.md").replace("charte#article-1", "charte#article-9")
    rules = text_of("regles.yaml").replace("charte#article-1", "loi#article-1")
    found = problems(corpus, faq=faq, regles=rules)
    assert found == [
        "faq.md, ligne 13 : la référence « charte#article-9 » ne mène nulle part : "
        "il manque l’ancre « article-9 » dans « charte ».",
        "regles.yaml, ligne 7 : la référence « loi#article-1 » ne mène nulle part : "
        "il manque le document « loi ».",
    ]


def test_an_entry_without_article(corpus: Corpus) -> None:
    (found,) = problems(corpus, faq=text_of("faq.md").replace("references: [charte#article-1]\n", ""))
    assert found.startswith("faq.md, ligne 8 : « Puis-je traduire ? » ne cite aucun article")


def test_the_same_question_in_two_entries(corpus: Corpus) -> None:
    more = text_of("faq.md") + (
        "\n## Autre sujet ? {#autre}\n\n```fiche\nquestions:\n  - Traduire  un FLYER ?\n"
        "references: [charte#article-1]\n```\n\nNon, jamais.\n"
    )
    (found,) = problems(corpus, faq=more)
    assert found == "faq.md, ligne 22 : la question « Traduire un FLYER ? » est aussi celle de faq#traduire."


def test_a_term_defined_twice(corpus: Corpus) -> None:
    more = text_of("glossaire.md") + "\n## Genai {#genai}\n\nUn autre nom.\n"
    (found,) = problems(corpus, glossaire=more)
    assert found == "glossaire.md, ligne 16 : le terme « genai » est déjà défini par glossaire#ia-generative."


def test_unreadable_files_are_problems_with_their_line(corpus: Corpus) -> None:
    found = problems(
        corpus, vide="", charte2="---\ntitre: X\nstatut: faux\n---\nTexte.\n", double=GOOD["charte.md"]
    )
    assert [one.split(" : ")[0] for one in found] == ["charte2.md, ligne 3", "double.md", "vide.md"]


def test_dates_that_contradict_each_other(corpus: Corpus) -> None:
    dates = "type: charte\nen_vigueur_depuis: 2026-09-01\nen_vigueur_jusqu_au: 2026-01-01\n"
    found = problems(corpus, charte=text_of("charte.md").replace("type: charte\n", dates))
    assert found[0].startswith("charte.md, ligne 6 : fin 2026-01-01 avant le début")


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(CorpusError):
        check(tmp_path / "absent")
