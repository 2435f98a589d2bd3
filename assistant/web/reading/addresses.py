"""The addresses of the reading room, made in one place.

``/cadre/<document>`` is a document as it is today, ``?v=<hash>`` one version of it, ``#<anchor>`` one of its
sections. A citation is ``/cadre/<document>?v=<hash>&debut=<start>&fin=<end>#citation``: the page marks these
characters and opens on them, without any script. ``#<anchor>`` after the same query opens on the section.
"""

from __future__ import annotations

from urllib.parse import quote, urlencode

from assistant.documents.splitter import section_address
from assistant.domain import Citation, Passage

CITATION = "citation"
# Identifiers that the pages use for themselves; a section of that name gets another one. Our other
# identifiers have an underscore, which no anchor has.
_TAKEN = frozenset({"contenu", CITATION})


def element_id(anchor: str) -> str:
    """Return the identifier of a section in its page."""
    return f"{anchor}_" if anchor in _TAKEN else anchor


def document_url(document_id: str, version: str = "", anchor: str = "") -> str:
    """Return the address of a document, of one version of it (a hash), of one of its sections."""
    query = f"?{urlencode({'v': version})}" if version else ""
    fragment = f"#{quote(element_id(anchor))}" if anchor else ""
    return f"/cadre/{quote(document_id, safe='')}{query}{fragment}"


def passage_url(passage: Passage) -> str:
    """Return the address of the section that holds a passage, in the text of today."""
    anchor = section_address(passage.id).partition("#")[2]
    return document_url(passage.document.id, anchor=anchor)


def quote_url(document_id: str, version: str, start: int, end: int) -> str:
    """Return the address that opens a version (a hash) on these characters, marked."""
    query = urlencode({"v": version, "debut": start, "fin": end})
    return f"/cadre/{quote(document_id, safe='')}?{query}#{CITATION}"


def citation_url(citation: Citation) -> str:
    """Return the address that opens the cited version on the quote, marked; it never goes stale."""
    return quote_url(citation.document, citation.version_hash, citation.start, citation.end)
