"""Chainlit's page dressed: language, title, style sheets in order, scripts allowed by their hash."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest
from bs4 import BeautifulSoup

from assistant.texts import Texts
from assistant.web.chat.dressing import dressed, labels, script_hashes

HTML = """<!doctype html>
<html lang="en"><head>
<title>Assistant</title>
<meta name="description" content="Made with Chainlit">
<meta property="og:image" content="https://chainlit.example/x.png">
<link rel="preconnect" href="/nowhere">
<link rel="stylesheet" href="https://fonts.example/inter.css">
<link rel="stylesheet" href="/public/repere.css">
<link rel="stylesheet" href="/assets/index.css">
<script>const theme = "a" && 'b';</script>
<script type="module" src="/assets/index.js"></script>
</head><body><div id="root"></div></body></html>"""


@pytest.fixture
def page(texts: Texts) -> BeautifulSoup:
    return BeautifulSoup(dressed(HTML, texts, "<!-- frame -->"), "html.parser")


def test_it_speaks_our_language(page: BeautifulSoup, texts: Texts) -> None:
    assert page.html is not None
    assert page.html["lang"] == "fr"
    assert page.title is not None
    assert page.title.get_text() == texts("page.title")
    assert page.select('meta[name="description"]')[0]["content"] == texts("page.description")


def test_nothing_comes_from_outside(page: BeautifulSoup) -> None:
    assert "//" not in str(page).replace("<!--", "")
    assert page.select('meta[property^="og:"], link[rel="preconnect"]') == []


def test_our_style_sheets_decide(page: BeautifulSoup) -> None:
    assert [link["href"] for link in page.select('link[rel="stylesheet"]')] == [
        "/assets/index.css",
        "/public/repere.css",
        "/static/masthead.css",
    ]


def test_the_frame_opens_the_body(page: BeautifulSoup) -> None:
    assert page.body is not None
    assert str(page.body).startswith('<body><!-- frame --><div id="root">')


def test_another_page_of_chainlit_s_is_noticed(texts: Texts) -> None:
    with pytest.raises(ValueError, match="<title>"):
        dressed(HTML.replace("<title>Assistant</title>", ""), texts, "")


def test_inline_scripts_are_allowed_as_they_are(texts: Texts) -> None:
    html = dressed(HTML, texts, "")
    (hashed,) = script_hashes(html)
    script = """const theme = "a" && 'b';"""
    assert script in html
    assert hashed == f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def test_no_word_ends_the_script_that_holds_it() -> None:
    said = labels(Texts({"page.labels.send": "</script><b>Envoyé</b>", "page.other": "x"}))
    assert "<" not in said
    assert json.loads(said) == {"send": "</script><b>Envoyé</b>"}
    assert "Envoyé" in said
