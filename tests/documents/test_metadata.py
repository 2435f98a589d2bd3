from datetime import date

import pytest

from assistant.documents.located import LocatedError
from assistant.documents.metadata import Metadata, default_id, default_title, read_metadata
from assistant.documents.yamltext import read_mapping
from assistant.domain import DocumentKind, LegalStatus

FULL = """\
id: charte
titre: Charte d’usage de l’IA
type: charte
version: 1.0
statut: abroge
en_vigueur_depuis: 2026-09-01
en_vigueur_jusqu_au: "2027-08-31"
perimetre: commune:villeurbanne
texte_modele: true
"""


def test_every_key_is_read() -> None:
    assert read_metadata(read_mapping(FULL)) == Metadata(
        id="charte",
        title="Charte d’usage de l’IA",
        kind=DocumentKind.CHARTER,
        version="1.0",
        status=LegalStatus.REPEALED,
        scope="commune:villeurbanne",
        in_force_from=date(2026, 9, 1),
        in_force_until=date(2027, 8, 31),
        model_text=True,
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("type: arrêté", "charte, ligne-directrice, faq, glossaire"),
        ("type: regle", "charte, ligne-directrice, faq, glossaire"),
        ("statut: brouillon", "en vigueur, projet, abrogé"),
        ("id: Ma Charte", "ma-charte"),
        ("perimetre: commune:Saint Ouen", "commune:<nom>"),
        ("en_vigueur_depuis: 1er septembre", "AAAA-MM-JJ"),
        ("en_vigueur_depuis: 2026-09-01\nen_vigueur_jusqu_au: 2026-08-31", "postérieure"),
        ("texte_modele: oui", "true ou false"),
        ("version: [1, 2]", "un texte"),
    ],
)
def test_a_wrong_value_is_named_with_its_line(line: str, words: str) -> None:
    with pytest.raises(LocatedError, match=words) as caught:
        read_metadata(read_mapping(f"titre: Charte\n{line}\n", first_line=2))
    assert caught.value.line == 3 + line.count("\n")


def test_the_front_matter_of_another_tool_is_tolerated() -> None:
    front = read_mapping(
        "title: Un billet\ntype: post\nid: 12 B\ndate: 2024-01-01\ntags: [a]\ndescription: Court.\n"
    )
    metadata = read_metadata(front)
    assert (metadata.title, metadata.description) == ("Un billet", "Court.")
    assert (metadata.id, metadata.kind) == ("", DocumentKind.DOCUMENT)


def test_default_ids_are_stable_and_distinct() -> None:
    assert default_id("faq/Données perso.md") == "faq-donnees-perso"
    long = "a" * 90
    assert default_id(f"{long}1.pdf") != default_id(f"{long}2.pdf")
    assert default_id("文書.pdf") != default_id("規則.pdf")


def test_default_title_is_readable() -> None:
    assert default_title("notes/guide_des-achats 2026.docx") == "Guide des achats 2026"
