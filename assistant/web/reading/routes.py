"""The reading room: every text of the framework as a page, its versions, and a search in them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from assistant.domain import Account, Document, DocumentInfo, DocumentKind, Role
from assistant.errors import StoreError
from assistant.service import Assistant
from assistant.storage.tables import now
from assistant.storage.versions import KeptVersion, version, versions_of
from assistant.web import current
from assistant.web.dates import spoken
from assistant.web.entry.access import SignedIn
from assistant.web.pages import render
from assistant.web.reading.addresses import document_url, element_id
from assistant.web.reading.finding import LONGEST, finding
from assistant.web.reading.standing import Standing, label, standing
from assistant.web.reading.typesetting import Entry, Span, contents, section_at, typeset

# Reading order.
ORDER = (
    DocumentKind.CHARTER,
    DocumentKind.GUIDELINE,
    DocumentKind.FAQ,
    DocumentKind.RULES,
    DocumentKind.GLOSSARY,
    DocumentKind.DOCUMENT,
)
# What is long and ordered: the list of texts shows its first two levels.
DETAILED = frozenset({DocumentKind.CHARTER, DocumentKind.GUIDELINE})
DETAILED_TO = 3
LONGEST_OFFSET = 9  # digits
router = APIRouter()


@dataclass(frozen=True, slots=True)
class Row:
    """A text in the list."""

    info: DocumentInfo
    address: str
    standing: Standing
    commune: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The texts of one kind."""

    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version in the list at the end of a text."""

    label: str
    seen: str
    address: str
    shown: bool
    current: bool


@dataclass(frozen=True, slots=True)
class Replacement:
    """What has come in the place of an old version; ``anchors`` are the sections it still has.

    ``address`` leads to the cited section when it is among them; empty when the text is gone.
    """

    said: str
    address: str = ""
    anchors: frozenset[str] = frozenset()


@router.get("/cadre")
async def framework(request: Request, reader: SignedIn, q: str = "") -> HTMLResponse:
    """List the texts of the framework, or what a search found in them."""
    return await asyncio.to_thread(_framework, request, reader, q)


@router.get("/cadre/{document_id}")
async def text(
    request: Request, reader: SignedIn, document_id: str, v: str = "", debut: str = "", fin: str = ""
) -> HTMLResponse:
    """Show a text as it is today, or the version ``v`` (a hash), with the cited characters marked.

    ``debut`` and ``fin`` are offsets in the canonical text; what is not one is ignored.
    """
    site = current.site()
    present = await asyncio.to_thread(_present, site.assistant, document_id, reader)
    shown: Document | None = present
    # A database refuses what cannot be printed, such as a null character.
    if not f"{document_id}{v}".isprintable():
        raise HTTPException(404, site.texts("reading.unknown"))
    async with site.database.reading() as session:
        kept = [one for one in await versions_of(session, document_id) if readable(one.info, reader)]
        if v and (present is None or v != present.info.hash):
            shown = await version(session, document_id, v)
    if shown is None or not readable(shown.info, reader):
        known = present is not None or bool(kept)
        raise HTTPException(404, site.texts("reading.unknown_version" if known and v else "reading.unknown"))
    if present and all(one.info.hash != present.info.hash for one in kept):
        kept.insert(0, KeptVersion(present.info, now()))
    quote = _span(shown.text, debut, fin)
    return await asyncio.to_thread(_text, request, shown, present, kept, quote)


def readable(info: DocumentInfo, reader: Account) -> bool:
    """Tell whether a text applies to this reader; referents read those of every commune."""
    return reader.role is Role.REFERENT or info.scope in ("metropole", reader.scope)


def _framework(request: Request, reader: Account, typed: str) -> HTMLResponse:
    site = current.site()
    title = site.texts("reading.title")
    search = finding(site.assistant, " ".join(typed.split()), reader.scope)
    groups: list[Group] = []
    if not search.query:
        groups = _groups([one for one in site.assistant.documents() if readable(one.info, reader)])
    else:
        title = site.texts("reading.search.title", query=search.shown)
    return render(
        request,
        "reading.html",
        title,
        400 if search.problem else 200,
        search=search,
        groups=groups,
        longest=LONGEST,
        element_id=element_id,
    )


def _groups(documents: Sequence[Document]) -> list[Group]:
    texts = current.site().texts
    return [
        Group(
            texts(f"reading.kinds.{kind.name.lower()}"),
            tuple(_row(one) for one in documents if one.info.kind is kind),
        )
        for kind in ORDER
        if any(one.info.kind is kind for one in documents)
    ]


def _row(document: Document) -> Row:
    info = document.info
    return Row(
        info=info,
        address=document_url(info.id),
        standing=standing(info, date.today(), current.site().texts),
        commune=_commune(info),
        entries=contents(typeset(document), DETAILED_TO) if info.kind in DETAILED else (),
    )


def _commune(info: DocumentInfo) -> str:
    kind, _, slug = info.scope.partition(":")
    return slug if kind == "commune" else ""


def _present(assistant: Assistant, document_id: str, reader: Account) -> Document | None:
    """Return the text as it is today, None when there is none that this reader may see."""
    try:
        document = assistant.document(document_id)
    except StoreError:
        return None
    return document if readable(document.info, reader) else None


def _span(text: str, start: str, end: str) -> Span | None:
    """Return the offsets given, None when they do not lie in the text."""
    if not all(one.isascii() and one.isdigit() and len(one) <= LONGEST_OFFSET for one in (start, end)):
        return None
    span = int(start), int(end)
    return span if span[0] < span[1] <= len(text) else None


def _text(
    request: Request,
    shown: Document,
    present: Document | None,
    kept: Sequence[KeptVersion],
    quote: Span | None,
) -> HTMLResponse:
    site = current.site()
    day = date.today()
    parts = typeset(shown, quote)
    titled = parts and parts[0].level == 1
    return render(
        request,
        "document.html",
        shown.info.title,
        info=shown.info,
        commune=_commune(shown.info),
        standing=standing(shown.info, day, site.texts),
        headline=parts[0] if titled else None,
        parts=parts,
        entries=contents(parts),
        cited=any(run.quoted for part in parts for line in part.lines for run in line),
        replacement=_replacement(shown, present, kept, quote, day),
        versions=[_version_row(one, shown, present, day) for one in kept],
        printed=spoken(day, site.texts),
        element_id=element_id,
    )


def _replacement(
    shown: Document, present: Document | None, kept: Sequence[KeptVersion], quote: Span | None, day: date
) -> Replacement | None:
    """Return what to say above an old version, None for the present one."""
    texts = current.site().texts
    if present is None:
        return Replacement(texts("reading.old.gone"))
    if shown.info.hash == present.info.hash:
        return None
    named = next(label(one, day, texts) for one in kept if one.info.hash == present.info.hash)
    status = standing(present.info, day, texts).pill
    anchors = frozenset(section.anchor for section in present.sections)
    cited = section_at(shown, quote[0]) if quote else None
    anchor = cited.anchor if cited and cited.anchor in anchors else ""
    said = texts("reading.old.in_force", version=named)
    if status:
        said = texts("reading.old.current", version=named, status=status.lower())
    return Replacement(said, document_url(present.info.id, anchor=anchor), anchors)


def _version_row(one: KeptVersion, shown: Document, present: Document | None, day: date) -> VersionRow:
    texts = current.site().texts
    seen = texts("reading.standing.seen", date=spoken(one.first_seen_at.astimezone().date(), texts))
    named = label(one, day, texts)
    is_present = present is not None and one.info.hash == present.info.hash
    return VersionRow(
        label=named,
        seen="" if named.endswith(seen) else seen,
        address=document_url(one.info.id, "" if is_present else one.info.hash),
        shown=one.info.hash == shown.info.hash,
        current=is_present,
    )
