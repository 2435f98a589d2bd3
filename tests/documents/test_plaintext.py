from collections.abc import Callable

from assistant.domain import Document

TEXT = """\
Note de service

L'agent qui utilise un outil
vérifie le résultat. Il respecte :
- la charte ;
- les points
a) et b) de la note.

Article 2

Entrée en vigueur demain.
"""


def test_wrapped_lines_are_joined_and_items_kept_apart(read: Callable[..., Document]) -> None:
    document = read(TEXT, "note.txt")
    assert document.text.split("\n") == [
        "Note de service",
        "L'agent qui utilise un outil vérifie le résultat. Il respecte :",
        "- la charte ;",
        "- les points a) et b) de la note.",
        "",
        "Article 2",
        "Entrée en vigueur demain.",
    ]
    assert [section.anchor for section in document.sections] == ["texte", "article-2"]
