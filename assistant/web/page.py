"""The one HTML page that Chainlit serves, made ours: French, named for everyone, nothing from outside."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from jinja2 import Environment, FileSystemLoader, select_autoescape

from assistant.texts import Texts

TEMPLATES = Path(__file__).parent / "templates"
_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def dressed(html: str, texts: Texts) -> str:
    """Return Chainlit's page with our language, titles and landmarks, without any outside address."""
    page = BeautifulSoup(html, "html.parser")
    root, head, body = (_one(page, name) for name in ("html", "head", "body"))
    root["lang"] = "fr"
    for link in page.select('link[href^="http"], link[rel="preconnect"], meta[property^="og:"]'):
        link.decompose()
    _one(page, "title").string = texts("page.title")
    description = head.select_one('meta[name="description"]')
    if description is not None:
        description["content"] = texts("page.description")
    # After Chainlit's own style sheet, so that ours decides.
    for sheet in head.select('link[href^="/public/"]'):
        head.append(sheet.extract())
    body.insert(0, BeautifulSoup(_opening(texts), "html.parser"))
    return str(page)


def script_hashes(html: str) -> list[str]:
    """Return the Content-Security-Policy sources of the page's own inline scripts."""
    digests = (hashlib.sha256(script.encode()).digest() for script in _INLINE_SCRIPT.findall(html))
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


def _opening(texts: Texts) -> str:
    """Return what comes before the chat: skip link, banner, name, live region, words for the script."""
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape())
    labels = json.dumps(texts.under("page.labels"), ensure_ascii=False).replace("<", "\\u003c")
    return environment.get_template("opening.html").render(
        skip=texts("page.skip"),
        banner=texts("page.banner"),
        name=texts("page.name"),
        tagline=texts("page.tagline"),
        labels=labels,
    )


def _one(page: BeautifulSoup, name: str) -> Tag:
    found = page.find(name)
    if not isinstance(found, Tag):
        raise ValueError(f"Chainlit's page has no <{name}>")
    return found
