import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from assistant.web.chat.markdown import literal, quotation

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
# Letters and everything that Markdown gives a meaning to.
SIGNS = st.text(alphabet="ab1 é\n`*_[]()<>~|&;#+-.!=:\\{}$\"'@/", max_size=60)


def shown(markdown: str) -> str:
    """Return the text that a reader of the rendered Markdown sees; fails if it holds anything but text."""
    return "\n".join(
        "".join(read(token) for token in block.children or [])
        for block in READER.parse(markdown)
        if texts(block)
    )


def texts(block: Token) -> bool:
    assert block.type in ("paragraph_open", "paragraph_close", "inline"), block.type
    return block.type == "inline"


def read(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return "\n"
    assert token.type in ("text", "text_special"), token.type
    return token.content


def words(text: str) -> list[str]:
    return text.split()


@given(SIGNS)
def test_any_text_is_shown_as_it_is(text: str) -> None:
    assert words(shown(literal(text))) == words(text)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](https://exemple.fr/i.png)",
        "# Titre",
        "- un\n- deux",
        "1. un\n2) deux",
        "a\n===",
        "a\n---",
        "    code",
        "> cité",
        "| a |\n|---|\n| b |",
        "~~non~~ &amp; &#60; `code`",
    ],
)
def test_known_tricks_stay_text(text: str) -> None:
    assert words(shown(literal(text))) == words(text)


def test_ordinary_french_is_left_as_it_is() -> None:
    sentence = "Non : l’agent n’envoie rien (ni nom, ni adresse) avant 14:30 – voir l’article 6.1 !"
    assert literal(sentence) == sentence


@pytest.mark.parametrize("directive", [":note", "::note", ":::note", "a:b[c]{d}"])
def test_directives_of_the_chat_are_disarmed(directive: str) -> None:
    before, colon, _after = literal(directive).rpartition(":")
    assert colon
    assert before.endswith("\\")


def test_the_cursor_character_is_dropped() -> None:
    assert literal("a\u200bb") == "ab"


def test_a_quotation_keeps_its_lines_together() -> None:
    assert quotation("un\n\ndeux") == "> un\n>\n> deux"
