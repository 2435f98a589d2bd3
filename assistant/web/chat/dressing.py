"""The one HTML page that Chainlit serves, made ours: French, named for everyone, nothing from outside."""

from __future__ import annotations

import base64
import hashlib
import json
import re

from bs4 import BeautifulSoup, Tag

from assistant.texts import Texts

_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def dressed(html: str, texts: Texts, frame: str) -> str:
    """Return Chainlit's page in our language, without any outside address; ``frame`` opens its body."""
    page = BeautifulSoup(html, "html.parser")
    root, head, body = (_one(page, name) for name in ("html", "head", "body"))
    root["lang"] = texts("page.language")
    for link in page.select('link[href^="http"], link[rel="preconnect"], meta[property^="og:"]'):
        link.decompose()
    _one(page, "title").string = texts("page.title")
    description = head.select_one('meta[name="description"]')
    if description is not None:
        description["content"] = texts("page.description")
    # After Chainlit's own style sheet, so that ours decides.
    for sheet in head.select('link[href^="/public/"]'):
        head.append(sheet.extract())
    head.append(page.new_tag("link", rel="stylesheet", href="/static/masthead.css"))
    for script in ("resume", "session"):
        head.append(page.new_tag("script", src=f"/static/{script}.js"))
    body.insert(0, BeautifulSoup(frame, "html.parser"))
    return str(page)


def script_hashes(html: str) -> list[str]:
    """Return the Content-Security-Policy sources of the page's own inline scripts."""
    digests = (hashlib.sha256(script.encode()).digest() for script in _INLINE_SCRIPT.findall(html))
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


def labels(texts: Texts) -> str:
    """Return the words that the page's scripts use, as JSON that no HTML can end."""
    return json.dumps(texts.under("page.labels"), ensure_ascii=False).replace("<", "\\u003c")


def _one(page: BeautifulSoup, name: str) -> Tag:
    found = page.find(name)
    if not isinstance(found, Tag):
        raise ValueError(f"Chainlit's page has no <{name}>")
    return found
