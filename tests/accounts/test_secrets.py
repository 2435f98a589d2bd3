from __future__ import annotations

import asyncio

from sqlalchemy import func, select

from assistant.accounts.secrets import form_key
from assistant.storage.database import Database, opened
from assistant.storage.tables import SecretRow


async def test_the_key_is_made_once_and_stays(database: Database) -> None:
    async with database.writing() as session:
        first = await form_key(session)
    async with opened(str(database.url)) as again, again.reading() as session:
        assert await form_key(session) == first
    assert len(first) == 32


async def test_two_processes_agree_on_the_key(database: Database) -> None:
    async def start() -> bytes:
        async with opened(str(database.url)) as own, own.writing() as session:
            return await form_key(session)

    assert len(set(await asyncio.gather(*(start() for _ in range(4))))) == 1
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(SecretRow)) == 1


async def test_another_database_has_another_key(database: Database, tmp_path_factory) -> None:
    other = f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('other') / 'repere.sqlite3'}"
    async with database.writing() as session, opened(other) as second, second.writing() as elsewhere:
        assert await form_key(session) != await form_key(elsewhere)
