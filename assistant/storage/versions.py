"""Every version of every document, kept by the hash of its text so that old citations still open."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.documents.serial import from_json, to_json
from assistant.domain import Document, DocumentInfo
from assistant.storage.audit import SYSTEM, record
from assistant.storage.tables import VersionRow

# What the audit table can hold as a target.
_TARGET = 100


@dataclass(frozen=True, slots=True)
class KeptVersion:
    """A version without its text: what it said of itself, and when it first served here."""

    info: DocumentInfo
    first_seen_at: datetime


async def keep(session: AsyncSession, documents: Iterable[Document], actor: str = SYSTEM) -> int:
    """Keep the versions that are not kept yet and return how many; the texts already kept stay.

    A version whose text is the same but whose description changed (adopted, repealed, dated) takes the
    new description.
    """
    given = {(one.info.id, one.info.hash): one for one in documents}
    known = await _described(session, {digest for _, digest in given})
    added = 0
    for (document_id, digest), document in given.items():
        described = known.get((document_id, digest))
        if described is None:
            session.add(VersionRow(document_id=document_id, hash=digest, record=_record(document)))
            details = {"version": document.info.version, "hash": digest}
            record(session, actor, "version.keep", document_id[:_TARGET], details)
            added += 1
        elif described != document.info:
            row = await session.get_one(VersionRow, (document_id, digest))
            row.record = _record(document)
    await session.flush()
    return added


async def version(session: AsyncSession, document_id: str, digest: str) -> Document | None:
    """Return a document as it was when its text had this hash, None when it was never kept."""
    row = await session.get(VersionRow, (document_id, digest))
    return None if row is None else from_json(json.dumps(row.record))


async def versions_of(session: AsyncSession, document_id: str) -> list[KeptVersion]:
    """Return the versions of a document, the last one to appear first."""
    query = (
        select(VersionRow.record["info"], VersionRow.first_seen_at)
        .where(VersionRow.document_id == document_id)
        .order_by(VersionRow.first_seen_at.desc(), VersionRow.hash)
    )
    return [KeptVersion(_info(described), seen) for described, seen in await session.execute(query)]


async def _described(session: AsyncSession, digests: set[str]) -> dict[tuple[str, str], DocumentInfo]:
    query = select(VersionRow.document_id, VersionRow.hash, VersionRow.record["info"])
    rows = await session.execute(query.where(VersionRow.hash.in_(digests)))
    return {(document_id, digest): _info(described) for document_id, digest, described in rows}


def _record(document: Document) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(to_json(document))
    return parsed


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[DocumentInfo]:
    return TypeAdapter(DocumentInfo)


def _info(described: object) -> DocumentInfo:
    return _adapter().validate_python(described)
