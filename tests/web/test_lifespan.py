"""What the server does by itself from its start to its end, on a database of its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from assistant.accounts import directory
from assistant.domain import Account, Role
from assistant.errors import DatabaseError, StoreError
from assistant.escalation import notices, queue
from assistant.settings import Settings
from assistant.storage import versions
from assistant.storage.audit import SYSTEM
from assistant.storage.tables import ThreadRow, now
from assistant.texts import Texts
from assistant.web import current
from assistant.web.current import Site
from assistant.web.lifespan import running
from tests.escalation.making import asked
from tests.web.desk import Desk

LIMIT = 30  # seconds


@contextmanager
def aside() -> Iterator[None]:
    """Put the site of the other tests back afterwards."""
    usual = current.site()
    try:
        yield
    finally:
        current.start(usual)


@pytest.fixture
def own(desk: Desk, tmp_path: Path) -> Settings:
    """Return settings with the same index and an empty database."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'repere.sqlite3'}"
    return desk.settings.model_copy(update={"database_url": url})


@pytest.fixture
async def site(own: Settings, texts: Texts) -> AsyncIterator[Site]:
    with aside():
        async with running(own, texts, demo=False) as one:
            yield one


async def replied(site: Site) -> tuple[Account, int]:
    """Have a question asked, handed over and answered; return its asker and its ticket."""
    async with site.database.writing() as session:
        agent = await directory.create(
            session, email="zoe@ville.example", name="Zoé", role=Role.AGENT, actor=SYSTEM
        )
        number = await queue.open_ticket(session, agent, await asked(session, agent))
        await queue.reply(session, number, None, "Oui.", site.texts)
    return agent, number


async def until(met: Callable[[], Awaitable[bool]]) -> None:
    """Wait until the server has done something by itself."""
    async with asyncio.timeout(LIMIT):
        while not await met():
            await asyncio.sleep(0.02)


async def test_a_running_site_is_the_one_that_is_served(site: Site) -> None:
    assert current.site() is site
    assert len(site.form_key) >= 32
    assert site.demo is False


async def test_replies_are_delivered_without_being_asked(site: Site) -> None:
    await replied(site)

    async def delivered() -> bool:
        async with site.database.reading() as session:
            return await notices.waiting(session) == []

    await until(delivered)


async def test_whatever_fails_the_work_goes_on(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    async with site.database.writing() as session:
        await session.execute(text("ALTER TABLE notices RENAME TO elsewhere"))

    async def failed() -> bool:
        return "it will be tried again" in caplog.text

    with caplog.at_level(logging.ERROR):
        await until(failed)
    async with site.database.writing() as session:
        await session.execute(text("ALTER TABLE elsewhere RENAME TO notices"))
    _, number = await replied(site)
    async with site.database.writing() as session:
        # What nobody foresaw: a ticket that cannot be read.
        await session.execute(text("UPDATE tickets SET leads = 'null'"))
    caplog.clear()
    with caplog.at_level(logging.ERROR):
        await until(failed)
    async with site.database.writing() as session:
        await session.execute(text("""UPDATE tickets SET leads = '{"passages": []}'"""))

    async def delivered() -> bool:
        async with site.database.reading() as session:
            return await notices.waiting(session) == []

    await until(delivered)
    assert number == 1


async def test_what_is_past_its_time_is_purged_at_the_start(own: Settings, texts: Texts) -> None:
    with aside():
        async with running(own, texts, demo=False) as site:
            agent, _ = await replied(site)
            old = now() - timedelta(days=own.retention_days + 1)
            async with site.database.writing() as session:
                row = ThreadRow(id="old", account_id=agent.id, name="A", created_at=old, updated_at=old)
                session.add(row)
        async with running(own, texts, demo=False) as site:

            async def purged() -> bool:
                async with site.database.reading() as session:
                    return "old" not in await session.scalars(select(ThreadRow.id))

            await until(purged)
            async with site.database.reading() as session:
                assert len(list(await session.scalars(select(ThreadRow.id)))) == 1


async def test_the_texts_that_are_served_are_kept(site: Site) -> None:
    info = site.assistant.document("charte").info
    async with site.database.reading() as session:
        assert await versions.version(session, "charte", info.hash) == site.assistant.document("charte")


async def test_a_second_server_is_refused_and_the_first_goes_on(
    site: Site, own: Settings, texts: Texts
) -> None:
    with pytest.raises(DatabaseError):
        async with running(own, texts, demo=False):
            pass
    assert current.site() is site
    await replied(site)


async def test_without_an_index_nothing_is_held(own: Settings, texts: Texts, tmp_path: Path) -> None:
    with aside():
        with pytest.raises(StoreError):
            async with running(own.model_copy(update={"store": tmp_path / "none"}), texts, demo=False):
                pass
        async with running(own, texts, demo=True) as site:
            assert site.demo is True
