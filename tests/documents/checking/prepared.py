"""A small corpus without a fault, and what is found once some of its files are changed."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from assistant.documents.checking.corpus import check

Corpus = Callable[[dict[str, bytes | str]], Path]
TODAY = date(2026, 10, 1)

CHARTER = """\
---
id: charte
titre: Charte
type: charte
version: "1.0"
statut: en vigueur
en_vigueur_depuis: 2026-09-01
---
# Charte

## Article 1 {#article-1}

Un agent relit.
"""
FAQ = """\
---
id: faq
titre: Questions
type: faq
version: "1.0"
statut: en vigueur
en_vigueur_depuis: 2026-09-01
---
# Questions

## Puis-je traduire ? {#traduire}

```fiche
questions:
  - traduire un flyer
  - passer une affiche en anglais
  - mettre un texte dans une autre langue
references: [charte#article-1]
verdict: autorisé
```

Oui, vous le pouvez.
"""
GLOSSARY = """\
---
id: glossaire
titre: Glossaire
type: glossaire
version: "1.0"
statut: en vigueur
en_vigueur_depuis: 2026-09-01
---
# Glossaire

## IA générative {#ia-generative}

```fiche
synonymes: [GenAI]
```

Elle produit un texte.
"""
RULES = """\
id: regles
titre: Règles
version: "1.0"
statut: en vigueur
en_vigueur_depuis: 2026-09-01
regles:
  - id: traduire
    usage: traduire un document
    verdict: autorisé
    article: charte#article-1
    questions: [un document allemand à comprendre]
"""
LAW = """\
references:
  - id: rgpd
    texte: règlement (UE) 2016/679
    noms: [RGPD]
    objet: Protection des personnes.
    en_vigueur_depuis: 2016-05-24
    lien: http://data.europa.eu/eli/reg/2016/679/oj
  - id: rgpd-33
    texte: règlement (UE) 2016/679
    article: "33"
    objet: Violation de données.
    lien: http://data.europa.eu/eli/reg/2016/679/oj
"""
GOOD = {"charte.md": CHARTER, "faq.md": FAQ, "glossaire.md": GLOSSARY, "regles.yaml": RULES}


def entry(
    anchor: str, heading: str, *questions: str, verdict: str = "", body: str = "Voir la charte."
) -> str:
    """Return one more entry of the FAQ, with three questions at least."""
    asked = [*questions, *(f"{word} {anchor} {word}" for word in ("primo", "secundo", "tertio"))][:8]
    fiche = "".join(f"  - {question}\n" for question in asked)
    decided = f"verdict: {verdict}\n" if verdict else ""
    return (
        f"\n## {heading} {{#{anchor}}}\n\n```fiche\nquestions:\n{fiche}"
        f"references: [charte#article-1]\n{decided}```\n\n{body}\n"
    )


def problems(corpus: Corpus, changed: dict[str, str] | None = None, today: date = TODAY) -> list[str]:
    """Return what is found in the good corpus once some files are put in the place of its own."""
    return [str(problem) for problem in check(corpus(GOOD | (changed or {})), today)]
