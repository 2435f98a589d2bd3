"""Versions kept in a real database, from the texts of the tiny corpus and hand-made ones."""

import hashlib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from assistant.documents.folder import read_folder
from assistant.domain import Document, DocumentInfo, DocumentKind, LegalStatus, Section
from assistant.storage import versions
from assistant.storage.database import Database
from assistant.storage.tables import AuditRow, VersionRow


def document(
    text: str = "Charte\n\nArticle 1\nUn agent relit.", name: str = "charte", version: str = "1"
) -> Document:
    info = DocumentInfo(
        id=name,
        title="Charte",
        kind=DocumentKind.CHARTER,
        version=version,
        status=LegalStatus.DRAFT,
        scope="metropole",
        source=f"{name}.md",
        hash=hashlib.sha256(text.encode()).hexdigest(),
        in_force_from=date(2026, 9, 1),
        model_text=True,
    )
    return Document(info, text, (Section("charte", ("Charte",), 0, len(text)),), (0, 4))


async def kept(database: Database, *documents: Document) -> int:
    async with database.writing() as session:
        return await versions.keep(session, documents)


async def test_a_kept_document_comes_back_equal(database: Database, corpus: Path) -> None:
    documents = read_folder(corpus, 1_000_000).documents
    assert await kept(database, *documents) == len(documents) == 4
    async with database.reading() as session:
        for one in documents:
            assert await versions.version(session, one.info.id, one.info.hash) == one


async def test_keeping_again_changes_nothing(database: Database) -> None:
    one = document()
    assert await kept(database, one) == 1
    assert await kept(database, one, one) == 0
    async with database.reading() as session:
        (only,) = await versions.versions_of(session, "charte")
        assert only.info == one.info
        assert await session.scalar(select(func.count()).select_from(VersionRow)) == 1
        assert await session.scalar(select(func.count()).select_from(AuditRow)) == 1


async def test_what_was_never_kept_is_not_found(database: Database) -> None:
    one = document()
    await kept(database, one)
    async with database.reading() as session:
        assert await versions.version(session, "charte", "0" * 64) is None
        assert await versions.version(session, "autre", one.info.hash) is None
        assert await versions.versions_of(session, "autre") == []


async def test_the_last_version_comes_first_and_the_old_text_stays(database: Database) -> None:
    old, new = document(), document("Charte\n\nArticle 1\nUn agent relit tout.", version="2")
    assert await kept(database, old) == 1
    assert await kept(database, new) == 1
    async with database.reading() as session:
        found = await versions.versions_of(session, "charte")
        assert [one.info.version for one in found] == ["2", "1"]
        assert found[0].first_seen_at > found[1].first_seen_at
        assert await versions.version(session, "charte", old.info.hash) == old


async def test_two_documents_may_have_the_same_text(database: Database) -> None:
    ours, theirs = document(name="charte-brest"), document(name="charte-plouzane")
    assert ours.info.hash == theirs.info.hash
    assert await kept(database, ours, theirs) == 2
    async with database.reading() as session:
        assert await versions.version(session, "charte-brest", ours.info.hash) == ours
        assert await versions.version(session, "charte-plouzane", ours.info.hash) == theirs


@pytest.mark.parametrize(
    "change",
    [
        {"status": LegalStatus.IN_FORCE},
        {"version": "1.1"},
        {"in_force_until": date(2027, 1, 1)},
        {"model_text": False},
    ],
)
async def test_the_same_text_takes_its_new_description(database: Database, change: dict[str, object]) -> None:
    one = document()
    await kept(database, one)
    adopted = replace(one, info=replace(one.info, **change))
    assert await kept(database, adopted) == 0
    async with database.reading() as session:
        assert [found.info for found in await versions.versions_of(session, "charte")] == [adopted.info]
        assert await versions.version(session, "charte", one.info.hash) == adopted


async def test_nothing_is_kept_when_the_transaction_fails(database: Database) -> None:
    with pytest.raises(RuntimeError):
        async with database.writing() as session:
            await versions.keep(session, [document()])
            raise RuntimeError
    async with database.reading() as session:
        assert await versions.versions_of(session, "charte") == []


async def test_each_new_version_is_in_the_audit(database: Database) -> None:
    one = document()
    async with database.writing() as session:
        await versions.keep(session, [one], "console")
    async with database.reading() as session:
        line = (await session.scalars(select(AuditRow))).one()
    assert (line.actor, line.action, line.target) == ("console", "version.keep", "charte")
    assert line.details == {"version": "1", "hash": one.info.hash}
