"""What the server does by itself, again and again; each day, the purge of what is past its time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import asdict

from assistant.settings import Settings
from assistant.storage import retention
from assistant.storage.database import Database
from assistant.storage.tables import now
from assistant.web import metrics

DAY = 24 * 3600.0  # seconds
RETRY = 15 * 60.0
logger = logging.getLogger(__name__)


@asynccontextmanager
async def repeated(
    work: Callable[[], Awaitable[object]],
    pause: float,
    retry: float | None = None,
    failed: Callable[[], None] | None = None,
) -> AsyncIterator[None]:
    """Do something now and again for the time of a block, whatever goes wrong; pauses are in seconds.

    A failure is logged and tried again after ``retry`` (``pause`` when None); ``failed`` is told of it.
    """

    async def forever() -> None:
        while True:
            (outcome,) = await asyncio.gather(work(), return_exceptions=True)
            wait = pause
            if isinstance(outcome, BaseException):
                logger.error("work of the server failed; it will be tried again", exc_info=outcome)
                wait = pause if retry is None else retry
                if failed is not None:
                    failed()
            await asyncio.sleep(wait)

    task = asyncio.create_task(forever())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def purging_daily(
    database: Database, settings: Settings, pause: float = DAY, retry: float = RETRY
) -> AbstractAsyncContextManager[None]:
    """Purge now and then every day, for the time of a block; pauses are in seconds."""
    return repeated(lambda: _purge(database, settings), pause, retry, metrics.purge_failed)


async def _purge(database: Database, settings: Settings) -> None:
    async with database.writing() as session:
        purged = await retention.purge(session, settings, now())
    metrics.purge_done(purged)
    logger.info("purged: %s", asdict(purged))
