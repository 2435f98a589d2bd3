from pathlib import Path

from sqlalchemy import select

from assistant.service import Assistant, refresh
from assistant.settings import Settings
from assistant.storage.database import Database
from assistant.storage.tables import AuditRow, VersionRow
from assistant.texts import Texts
from assistant.web.keeping import keep_current


async def test_each_generation_is_kept_once(
    database: Database, settings: Settings, texts: Texts, corpus: Path
) -> None:
    refresh(settings)
    with Assistant.open(settings, texts) as assistant:
        kept = await keep_current(database, assistant)
        assert kept == assistant.manifest.id
        first = await found(database)
        assert first == {(one.info.id, one.info.hash) for one in assistant.documents()}

        charter = corpus / "charte.md"
        charter.write_text(
            charter.read_text(encoding="utf-8").replace("stagiaires", "apprentis"), encoding="utf-8"
        )
        refresh(settings)
        again = await keep_current(database, assistant, kept)
        assert again != kept
        assert await found(database) == first | {("charte", assistant.document("charte").info.hash)}


async def test_an_unchanged_generation_is_not_read_again(
    database: Database, settings: Settings, texts: Texts
) -> None:
    refresh(settings)
    with Assistant.open(settings, texts) as assistant:
        assert await keep_current(database, assistant, assistant.manifest.id) == assistant.manifest.id
    assert await found(database) == set()
    async with database.reading() as session:
        assert list(await session.scalars(select(AuditRow))) == []


async def found(database: Database) -> set[tuple[str, str]]:
    async with database.reading() as session:
        rows = await session.execute(select(VersionRow.document_id, VersionRow.hash))
        return {(document_id, digest) for document_id, digest in rows}
