import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents.blocks import Block, build_document, clean_line, starts_item
from assistant.documents.metadata import Metadata
from assistant.errors import DocumentError

BLOCKS = st.lists(
    st.builds(
        Block,
        text=st.text(max_size=40),
        level=st.integers(0, 4),
        page=st.integers(1, 5),
        anchor=st.sampled_from(["", "", "article-1", "article-2"]),
        label=st.sampled_from(["", "", "Considérant 1"]),
    ),
    max_size=20,
).map(lambda blocks: sorted(blocks, key=lambda block: block.page or 0))


@given(BLOCKS)
def test_sections_are_ordered_disjoint_and_cover_the_text(blocks: list[Block]) -> None:
    document = build_document(Metadata(), "a.md", [*blocks, Block("Une phrase.", page=5)], pages=5)
    end = 0
    for section in document.sections:
        assert section.start == end
        assert section.end > section.start
        end = section.end
    assert end == len(document.text)
    anchors = [section.anchor for section in document.sections]
    assert len(anchors) == len(set(anchors))


@given(BLOCKS)
def test_every_block_is_one_clean_line_and_headings_start_their_section(blocks: list[Block]) -> None:
    document = build_document(Metadata(), "a.md", [*blocks, Block("Une phrase.", page=5)], pages=5)
    wanted = [clean_line(block.text) for block in blocks if clean_line(block.text)] + ["Une phrase."]
    assert [line for line in document.text.split("\n") if line] == wanted
    assert unicodedata.is_normalized("NFC", document.text)
    assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in document.text.replace("\n", ""))
    for section in document.sections:
        opener = document.text[section.start : section.end].split("\n")[0]
        assert not section.trail or opener == section.trail[-1] or "Considérant 1" in section.trail
    assert len(document.page_starts) == 5
    assert list(document.page_starts) == sorted(document.page_starts)


def test_trail_follows_levels() -> None:
    blocks = [
        Block("Charte", level=1),
        Block("Titre I", level=2),
        Block("Article 1", level=3, anchor="article-1"),
        Block("Un."),
        Block("Titre II", level=2),
        Block("Deux."),
    ]
    document = build_document(Metadata(), "charte.md", blocks)
    assert [section.trail for section in document.sections] == [
        ("Charte",),
        ("Charte", "Titre I"),
        ("Charte", "Titre I", "Article 1"),
        ("Charte", "Titre II"),
    ]
    assert document.info.title == "Charte"


def test_label_opens_a_section_that_leaves_the_headings_as_they_were() -> None:
    blocks = [
        Block("Chapitre", level=1),
        Block("(1) Un.", label="Considérant 1", anchor="considerant-1"),
        Block("(9) Note.", label="Notes", detached=True),
        Block("Article 2", level=2),
        Block("Deux."),
    ]
    document = build_document(Metadata(), "a.pdf", blocks)
    trails = [section.trail for section in document.sections]
    assert trails == [("Chapitre",), ("Chapitre", "Considérant 1"), ("Notes",), ("Chapitre", "Article 2")]
    assert "Considérant" not in document.text


def test_a_slug_never_takes_a_wished_anchor() -> None:
    blocks = [Block("Objet", level=1), Block("a b"), Block("Autre", level=1, anchor="objet"), Block("c d")]
    document = build_document(Metadata(), "a.md", blocks)
    assert [section.anchor for section in document.sections] == ["objet-2", "objet"]


def test_pages_start_inside_a_block_too() -> None:
    text = "Une phrase commencée ici et finie là."
    blocks = [Block(text, page=1, breaks=((text.index("finie"), 2),)), Block("Fin.", page=4)]
    document = build_document(Metadata(), "a.pdf", blocks, pages=5)
    assert document.page_at(0) == 1
    assert document.page_at(text.index("finie") - 1) == 1
    assert document.page_at(text.index("finie")) == 2
    assert document.page_at(document.text.index("Fin.")) == 4


def test_clean_line_folds_white_space_but_keeps_french_spaces() -> None:
    assert clean_line(" Est-ce\tpermis\u00a0?\n ") == "Est-ce permis\u00a0?"
    assert clean_line("a \u00a0 b") == "a b"
    assert clean_line("de\u0301cision\u200b, admi\u00adnistration\x07fin") == "décision, administration fin"
    assert clean_line("\uf0b7 puce \ud83d") == "• puce"


def test_an_item_is_told_from_the_rest_of_a_sentence() -> None:
    assert starts_item("Sont interdits :", "a) la notation sociale ;")
    assert starts_item("a) la notation ; et", "b) le profilage")
    assert not starts_item("prévues aux points", "a) et b) du présent article")
    assert not starts_item("Une phrase.", "Une autre phrase.")


def test_document_without_words_is_refused() -> None:
    with pytest.raises(DocumentError, match="aucun texte"):
        build_document(Metadata(), "a.md", [Block("***"), Block(" ")])
