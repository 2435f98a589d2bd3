from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from assistant.documents.blocks import Block, build_document
from assistant.documents.metadata import Metadata
from assistant.documents.splitter import LIMIT, split
from assistant.domain import Document
from assistant.french import sentence_spans

Read = Callable[[bytes | str, str], Document]
SENTENCE = "L’agent relit le texte avant de le signer et il en reste responsable devant tous."  # 15 words


def test_short_section_is_one_passage_without_its_heading(read: Read) -> None:
    (passage,) = split(read("# Titre\n\n## Article 1 {#article-1}\n\nUn agent relit.\n\nToujours.\n", "a.md"))
    assert passage.id == "a#article-1"
    assert passage.trail == ("Titre", "Article 1")
    assert passage.text == "Un agent relit.\nToujours."


def test_headings_alone_and_crumbs_give_no_passage(read: Read) -> None:
    assert split(read("# Titre\n\n## Vide\n\n## Miette\n\nOui.\n", "a.md")) == []


def test_a_long_section_is_cut_between_sentences(read: Read) -> None:
    document = read("## Long {#long}\n\n" + "\n\n".join([SENTENCE + " " + SENTENCE] * 20), "a.md")
    passages = split(document)
    assert [one.id for one in passages] == ["a#long", "a#long~2", "a#long~3"]
    for one in passages:
        assert one.text == document.text[one.start : one.end]
        assert one.text.startswith("L’agent")
        assert one.text.endswith("tous.")
        assert len(one.text.split()) <= LIMIT + 40


def test_a_lead_in_stays_with_its_first_item(read: Read) -> None:
    filler = "\n\n".join([SENTENCE] * 13)
    items = "\n".join(f"- {SENTENCE}" for _ in range(8))
    passages = split(read(f"## A\n\n{filler}\n\nSont interdits :\n\n{items}\n", "a.md"))
    assert len(passages) == 2
    assert not passages[0].text.endswith(":")
    assert passages[1].text.startswith("Sont interdits :\n– L’agent")


def test_an_entry_is_one_passage_however_long(read: Read) -> None:
    body = "\n\n".join([SENTENCE] * 40)
    text = f"---\ntitre: Q\ntype: faq\n---\n## Puis-je ? {{#q}}\n\n```fiche\nquestions:\n  - je peux ?\n```\n\n{body}\n"
    (passage,) = split(read(text, "faq.md"))
    assert passage.id == "faq#q"
    assert passage.questions == ("je peux ?",)
    assert passage.text.count("L’agent") == 40


def test_every_part_of_a_section_carries_its_questions(read: Read) -> None:
    text = "## A\n\n```fiche\nquestions: [qui relit]\n```\n\n" + "\n\n".join([SENTENCE] * 40)
    passages = split(read(text, "a.md"))
    assert len(passages) > 1
    assert {one.questions for one in passages} == {("qui relit",)}


def test_the_hash_covers_title_trail_text_and_questions(read: Read) -> None:
    base = "## A\n\n```fiche\nquestions: [qui relit]\n```\n\nUn agent relit tout.\n"
    changed = [
        base,
        base.replace("## A", "## B"),
        base.replace("qui relit", "qui signe"),
        base.replace("tout", "bien"),
    ]
    hashes = [split(read(text, "a.md"))[0].hash for text in changed]
    hashes.append(split(read("---\ntitre: Z\n---\n" + base, "a.md"))[0].hash)
    assert len(set(hashes)) == 5
    assert split(read(base, "a.md"))[0].hash == hashes[0]


WORDS = st.text("abc .:;\n", max_size=300)


@given(st.lists(st.tuples(st.integers(0, 2), WORDS), min_size=1, max_size=12))
def test_passages_are_ordered_quotes_that_lose_no_sentence(given_blocks: list[tuple[int, str]]) -> None:
    blocks = [Block(text, level=level) for level, text in given_blocks]
    document = build_document(Metadata(), "a.md", [*blocks, Block("un deux trois")])
    end = 0
    for passage in split(document):
        assert passage.text == document.text[passage.start : passage.end]
        assert passage.start >= end
        end = passage.end
        spans = [(passage.start + a, passage.start + b) for a, b in sentence_spans(passage.text)]
        assert spans[0][0] == passage.start
        assert spans[-1][1] == passage.end
