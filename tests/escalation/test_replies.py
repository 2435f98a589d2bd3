import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.errors import TicketError
from assistant.escalation.replies import fit, kept


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        # images
        ("![plan](https://ailleurs.fr/p.png) du site", "plan du site"),
        ("![](https://ailleurs.fr/p.png) Voici.", "Voici."),
        ("![plan][1]\n\n[1]: https://ailleurs.fr/p.png", "!\\[plan][1]\n\n[1]: https://ailleurs.fr/p.png"),
        ("!![](x)[c](https://a.fr/d)", "!\\[c](https://a.fr/d)"),
        # bare addresses
        ("Voyez https://exemple.fr/a, puis www.b.fr.", "Voyez `https://exemple.fr/a`, puis `www.b.fr`."),
        ("<https://exemple.fr/a>", "`https://exemple.fr/a`"),
        # what stays as it is
        ("[la page](https://exemple.fr/a_(b)) et [l’article](/cadre/charte)",) * 2,
        ("`https://exemple.fr` et ``a ` https://b.fr``",) * 2,
        ("[p]\n\n[p]: https://exemple.fr/a",) * 2,
        ("# Titre\n\n- **un**\n- *deux*\n\n> cité\n\n1 < 2 & 3",) * 2,
        # « :nom » is drawn as nothing by the chat
        ("Objet:Réunion à 14:30, note : oui ::: a", "Objet\\:Réunion à 14:30, note : oui \\:\\:: a"),
        # characters that cannot be seen, line ends
        ("un\r\ndeux\u200b\u202e\x1b[31m\ud800\x00", "un\ndeux[31m"),
        # personal data
        ("Appelez le 06 12 34 56 78.", "Appelez le [téléphone masqué]."),
    ],
)
def test_a_reply_is_made_fit(typed: str, expected: str) -> None:
    assert fit(typed) == expected


@given(st.text("!\\[]()<>`:a /\n-|&#33;", min_size=1, max_size=40))
def test_no_text_draws_an_image(typed: str) -> None:
    try:
        text = fit(typed)
    except TicketError:
        return
    assert "![" not in text
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    assert "image" not in {child.type for token in tokens for child in token.children or ()}


def test_an_image_alone_is_an_empty_reply() -> None:
    with pytest.raises(TicketError, match="vide"):
        fit("![](https://ailleurs.fr/p.png)")


def test_a_text_out_of_bounds_is_refused_with_its_length() -> None:
    with pytest.raises(TicketError, match=r"vide.*1 à 5"):
        kept(" \n", 5, "Le texte est vide.")
    with pytest.raises(TicketError, match="6 caractères"):
        kept("123456", 5, "")
    assert kept(" 12345 ", 5, "") == "12345"
