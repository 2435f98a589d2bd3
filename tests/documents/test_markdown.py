from collections.abc import Callable

import pytest

from assistant.documents.located import LocatedError
from assistant.domain import Document, DocumentKind, Section, Verdict

Read = Callable[[bytes | str, str], Document]
Find = Callable[[Document, str], tuple[Section, str]]

CHARTER = """\
---
id: charte
titre: Charte d’usage
type: charte
---

# Charte

Préambule **important**.

## Article 1 – Objet {#article-1}

La charte fixe les règles. Voir [le guide](https://exemple.fr "guide"){title="nouvelle fenêtre"}.

## Article 2

Sont interdits :

- la notation
  sociale ;
- le `profilage`.

1. Premier.
2. Second,
   suite.

   Autre alinéa.
"""


def test_headings_anchors_and_trail(read: Read) -> None:
    document = read(CHARTER, "dossier/charte.md")
    assert (document.info.id, document.info.title) == ("charte", "Charte d’usage")
    assert document.info.kind is DocumentKind.CHARTER
    assert [section.anchor for section in document.sections] == ["charte", "article-1", "article-2"]
    assert document.sections[1].trail == ("Charte", "Article 1 – Objet")


def test_canonical_text(read: Read) -> None:
    assert read(CHARTER, "charte.md").text.split("\n") == [
        "Charte",
        "Préambule important.",
        "",
        "Article 1 – Objet",
        "La charte fixe les règles. Voir le guide.",
        "",
        "Article 2",
        "Sont interdits :",
        "– la notation sociale ;",
        "– le profilage.",
        "1. Premier.",
        "2. Second, suite.",
        "Autre alinéa.",
    ]


def test_tables_code_and_html(read: Read) -> None:
    text = """\
# Outils

| Outil | Données |
|-------|---------|
| A     | *publiques* |
| B     |         |

```python
print("oui")
```

<div class="note"><p>Un <b>bloc</b>.</p><script>non()</script></div>

Ligne<br>coupée, H<sub>2</sub>O, &nbsp;fin.<!-- caché -->
Adresse :  \n12, rue des Lilas
"""
    assert read(text, "outils.md").text.split("\n") == [
        "Outils",
        "Outil : A ; Données : publiques",
        "Outil : B",
        'print("oui")',
        "Un bloc.",
        "Ligne",
        "coupée, H2O, fin. Adresse :",
        "12, rue des Lilas",
    ]


def test_lettered_points_wrapped_by_hand(read: Read) -> None:
    text = "Sont visés :\na) les agents ;\nb) les élus, aux points\na) et c) du code.\n"
    assert read(text, "a.md").text.split("\n") == [
        "Sont visés :",
        "a) les agents ;",
        "b) les élus, aux points a) et c) du code.",
    ]


def test_fiche_describes_its_section_and_is_not_text(read: Read, section: Find) -> None:
    text = """\
---
titre: Questions
type: faq
---
## Puis-je coller un courrier ? {#courrier}

```fiche
questions:
  - je copie une lettre ?
references: [charte#article-6]
verdict: interdit
```

Non.

### Et sinon ?

Demandez.
"""
    document = read(text, "faq.md")
    found, words = section(document, "courrier")
    assert found.questions == ("je copie une lettre ?",)
    assert found.references == ("charte#article-6",)
    assert found.verdict is Verdict.FORBIDDEN
    assert words == "Puis-je coller un courrier ?\nNon.\nEt sinon ?\nDemandez."


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("---\ntitre: a\n  b: : [\n---\nTexte.\n", 3, "illisible"),
        ("---\n- liste\n---\nTexte.\n", 2, "sans clé"),
        ("---\ntitre: a\nstatut: faux\n---\nTexte.\n", 3, "statut « faux »"),
        ("# A {#x}\n\n# B {#x}\n", 3, "déjà celle de la ligne 1"),
        ("# A {#Mon ancre}\n", 1, "ancre « Mon »"),
        ("# A\n\nTexte.\n\n```fiche\nverdict: interdit\n```\n", 5, "pas sous un titre"),
        ("# A\n\n```fiche\nquestions:\n  - a\nverdict: peut-être\n```\n", 6, "verdict « peut-être »"),
    ],
)
def test_errors_name_the_line(read: Read, text: str, line: int, words: str) -> None:
    with pytest.raises(LocatedError, match=words) as caught:
        read(text, "a.md")
    assert caught.value.line == line


def test_a_document_of_anyone_needs_no_preparation(read: Read) -> None:
    text = "---\ntitle: Un billet\npublishedDate: 2026-03-10\n---\nBonjour à tous.\n\n## Même titre\n\na b c\n\n## Même titre\n\nd\n"
    document = read(text, "Mes notes/billet.md")
    assert (document.info.id, document.info.title) == ("mes-notes-billet", "Un billet")
    assert [section.anchor for section in document.sections] == ["texte", "meme-titre", "meme-titre-2"]
    assert document.sections[0].trail == ()


def test_windows_line_ends_and_legacy_encoding(read: Read) -> None:
    document = read("# Règles\r\n\r\nÀ l’école, évitez.\r\n".encode("cp1252"), "a.md")
    assert document.text == "Règles\nÀ l’école, évitez."
