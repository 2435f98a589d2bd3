"""The daily purge on a real database, with days of a few milliseconds."""

import asyncio
import logging
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from assistant.settings import Settings
from assistant.storage.database import Database, opened
from assistant.storage.tables import AccountRow, AuditRow, SessionRow, now
from assistant.web import metrics
from assistant.web.upkeep import purging_daily


async def runs(database: Database) -> int:
    async with database.reading() as session:
        return await session.scalar(select(func.count()).where(AuditRow.action == "purge.run")) or 0


async def until(database: Database, least: int) -> None:
    async with asyncio.timeout(10):
        while await runs(database) < least:
            await asyncio.sleep(0.01)


async def test_it_purges_at_the_start_and_every_day_until_the_end(
    database: Database, settings: Settings
) -> None:
    async with database.writing() as session:
        session.add(AccountRow(id="a", email="a@ville.example", name="A", role="agent"))
        session.add(SessionRow(token_hash="old", account_id="a", expires_at=now() - timedelta(seconds=1)))
    async with purging_daily(database, settings, pause=0.02):
        await until(database, 3)
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(SessionRow)) == 0
    done = await runs(database)
    await asyncio.sleep(0.1)
    assert await runs(database) == done


async def test_the_first_day_lasts(database: Database, settings: Settings) -> None:
    async with purging_daily(database, settings):
        await until(database, 1)
        await asyncio.sleep(0.1)
    assert await runs(database) == 1


async def test_a_failure_is_logged_counted_and_tried_again(
    tmp_path: Path, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    def failures() -> float:
        return metrics.REGISTRY.get_sample_value("repere_purge_failures_total") or 0

    before = failures()
    async with opened(f"sqlite+aiosqlite:///{tmp_path / 'repere.sqlite3'}") as database:
        async with database.writing() as session:
            await session.execute(text("ALTER TABLE threads RENAME TO hidden"))
        async with purging_daily(database, settings, retry=0.02):
            async with asyncio.timeout(10):
                while failures() < before + 2:
                    await asyncio.sleep(0.01)
            assert await runs(database) == 0
            async with database.writing() as session:
                await session.execute(text("ALTER TABLE hidden RENAME TO threads"))
            await until(database, 1)
    failed = [one for one in caplog.records if one.levelno == logging.ERROR]
    assert len(failed) >= 2
    assert "tried again" in failed[0].getMessage()
    assert failed[0].exc_info
