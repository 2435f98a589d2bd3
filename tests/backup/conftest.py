"""An installation in use, its backup, and a second place to restore it to."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.settings import Settings, load_settings
from assistant.storage.database import opened
from assistant.storage.tables import AccountRow, LinkRow, SessionRow, ThreadRow

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


def run(settings: Settings, work: Callable[[AsyncSession], Awaitable[Any]]) -> Any:
    """Run a function in a writing transaction of this installation."""

    async def whole() -> Any:
        async with opened(settings.database_url) as database, database.writing() as session:
            return await work(session)

    return asyncio.run(whole())


async def people(session: AsyncSession) -> None:
    """Add somebody signed in, with a link and a discussion."""
    session.add(AccountRow(id="a", email="a@ville.example", name="A", role="agent"))
    await session.flush()
    ends = NOW + timedelta(days=3650)
    session.add(SessionRow(token_hash="s", account_id="a", expires_at=ends))
    session.add(LinkRow(token_hash="l", account_id="a", expires_at=ends))
    session.add(ThreadRow(id="t", account_id="a", name="Puis-je saisir un nom ?"))


def state(folder: Path) -> dict[str, str]:
    """Return the hash of every file of a tree, but for empty locks."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".lock"
    }


@pytest.fixture
def used(settings: Settings) -> Settings:
    """Return an installation whose database has somebody in it."""
    run(settings, people)
    return settings


@pytest.fixture
def place(tmp_path: Path) -> Settings:
    """Return the settings of another installation, where there is nothing yet."""
    return load_settings(
        corpus=tmp_path / "other" / "corpus",
        store=tmp_path / "other" / "store",
        database_url=f"sqlite+aiosqlite:///{tmp_path / 'other' / 'data' / 'repere.sqlite3'}",
    )
