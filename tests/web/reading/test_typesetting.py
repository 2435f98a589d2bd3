from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents.blocks import Block, build_document
from assistant.documents.metadata import Metadata
from assistant.domain import Document
from assistant.web.reading.typesetting import Entry, Part, contents, section_at, typeset

WORDS = st.text(alphabet="abé .,;:<>&*_#`[]()«»\u00a0’-1", min_size=1, max_size=30)
MARKS = st.sampled_from(["", "– ", "- ", "a) ", "b) ", "1. ", "(2) ", "i) ", "• "])
BODIES = st.builds(lambda mark, words: Block(mark + words), MARKS, WORDS)
HEADINGS = st.builds(lambda words, level: Block(words, level=level), WORDS, st.integers(1, 9))
LABELS = st.builds(
    lambda words, label, alone: Block(words, label=f"N{label}", detached=alone), WORDS, WORDS, st.booleans()
)
BLOCKS = st.lists(st.one_of(BODIES, BODIES, HEADINGS, LABELS), max_size=25)


def document(*blocks: Block) -> Document:
    return build_document(Metadata(id="texte", in_force_from=date(2026, 1, 1)), "texte.md", blocks)


def written(parts: list[Part]) -> str:
    return "".join(run.text for part in parts for line in part.lines for run in line)


def marked(parts: list[Part]) -> list[str]:
    return [run.text for part in parts for line in part.lines for run in line if run.quoted]


@given(BLOCKS)
def test_every_character_is_set_once_and_in_order(blocks: list[Block]) -> None:
    one = document(*blocks, Block("fin"))
    assert written(typeset(one)) == one.text


@given(BLOCKS)
def test_no_heading_level_is_skipped(blocks: list[Block]) -> None:
    above = 1  # the title is the only level 1, in the text or above it
    for number, part in enumerate(typeset(document(*blocks, Block("fin")))):
        assert (part.level == 1) <= (number == 0)
        assert bool(part.level) == bool(part.title)
        if part.level:
            assert part.level <= min(6, above + 1)
            above = part.level


@given(BLOCKS, st.data())
def test_exactly_the_quote_is_marked(blocks: list[Block], data: st.DataObject) -> None:
    one = document(*blocks, Block("fin"))
    start = data.draw(st.integers(0, len(one.text) - 1))
    end = data.draw(st.integers(start + 1, len(one.text)))
    quote = one.text[start:end]
    parts = typeset(one, (start, end))
    assert written(parts) == one.text
    assert "".join(marked(parts)).split() == quote.split()
    if quote == quote.strip():
        assert "".join(marked(parts)) == quote
    firsts = [run for part in parts for line in part.lines for run in line if run.first]
    assert len(firsts) == bool(quote.strip())
    assert firsts == firsts[:1] and all(run.quoted for run in firsts)


@given(BLOCKS)
def test_a_list_has_two_items_or_more_and_loses_none_of_their_marks(blocks: list[Block]) -> None:
    for part in typeset(document(*blocks, Block("fin"))):
        for block in part.blocks:
            assert (len(block.lines) > 1) == block.is_list


def test_a_text_that_begins_with_its_title_has_one_level_1() -> None:
    parts = typeset(
        document(Block("Charte", level=1), Block("Article 1", level=2), Block("Tout."), Block("a", level=4))
    )
    assert [(part.level, part.title) for part in parts] == [(1, "Charte"), (2, "Article 1"), (3, "a")]


def test_a_text_without_a_title_of_its_own_starts_at_level_2() -> None:
    parts = typeset(
        document(Block("Avant."), Block("Un", level=1), Block("Sous", level=2), Block("Deux", level=1))
    )
    assert [(part.level, part.title) for part in parts] == [(0, ""), (2, "Un"), (3, "Sous"), (2, "Deux")]


def test_lines_with_marks_make_lists_as_they_are() -> None:
    (part,) = typeset(
        document(
            Block("Charte", level=1),
            Block("Ainsi :"),
            Block("a) lire ;"),
            Block("b) relire."),
            Block("1. Seul."),
        )
    )
    assert [
        (block.is_list, ["".join(run.text for run in line).strip() for line in block.lines])
        for block in part.blocks
    ] == [
        (False, ["Ainsi :"]),
        (True, ["a) lire ;", "b) relire.", "1. Seul."]),
    ]
    (part,) = typeset(document(Block("Charte", level=1), Block("– seul"), Block("Suite.")))
    assert not any(block.is_list for block in part.blocks)


def test_a_label_that_the_text_lacks_is_shown_and_is_not_of_the_text() -> None:
    one = document(Block("Règlement", level=1), Block("(1) Attendu.", label="Considérant 1"))
    part = typeset(one)[1]
    assert (part.label, part.heading, part.title, part.level) == ("Considérant 1", (), "Considérant 1", 2)
    assert "Considérant" not in written([part])


def test_footnotes_interrupt_a_section_without_closing_it() -> None:
    one = document(
        Block("Règlement", level=1),
        Block("(1) Attendu.", label="Considérant 1"),
        Block("(a) JO.", label="Notes de bas de page", detached=True),
        Block("(2) Attendu.", label="Considérant 2"),
    )
    parts = typeset(one)
    assert [(part.level, part.aside) for part in parts] == [(1, False), (2, False), (3, True), (2, False)]
    assert [entry.title for entry in contents(parts)] == ["Considérant 1", "Considérant 2"]


def test_the_contents_follow_the_levels() -> None:
    one = document(
        Block("Charte", level=1),
        Block("I", level=2),
        Block("A", level=3),
        Block("B", level=3),
        Block("II", level=2),
    )
    below = (Entry("a", "A"), Entry("b", "B"))
    assert contents(typeset(one)) == (Entry("i", "I", below), Entry("ii", "II"))
    assert contents(typeset(one), deepest=2) == (Entry("i", "I"), Entry("ii", "II"))


@pytest.mark.parametrize(("offset", "anchor"), [(0, "charte"), (8, "i"), (10_000, None)])
def test_the_section_of_an_offset_is_found(offset: int, anchor: str | None) -> None:
    one = document(Block("Charte", level=1), Block("I", level=2), Block("Texte."))
    found = section_at(one, offset)
    assert (found and found.anchor) == anchor


def test_blank_lines_are_kept_and_not_marked() -> None:
    one = document(Block("Un", level=1), Block("Deux"))
    wide = replace(one, text="Un\n \n\nDeux", sections=(replace(one.sections[0], end=10),))
    parts = typeset(wide, (2, 10))
    assert written(parts) == wide.text
    assert marked(parts) == ["Deux"]
