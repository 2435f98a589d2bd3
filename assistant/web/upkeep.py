"""What the server does by itself each day: the purge of what is past its time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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
async def purging_daily(
    database: Database, settings: Settings, pause: float = DAY, retry: float = RETRY
) -> AsyncIterator[None]:
    """Purge now and then every day, for the time of a block; pauses are in seconds."""
    task = asyncio.create_task(_purge_forever(database, settings, pause, retry))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _purge_forever(database: Database, settings: Settings, pause: float, retry: float) -> None:
    while True:
        # Whatever goes wrong, the next day has its purge.
        (outcome,) = await asyncio.gather(_purge(database, settings), return_exceptions=True)
        if isinstance(outcome, BaseException):
            metrics.purge_failed()
            logger.error("the purge failed; it will be tried again", exc_info=outcome)
        await asyncio.sleep(retry if isinstance(outcome, BaseException) else pause)


async def _purge(database: Database, settings: Settings) -> None:
    async with database.writing() as session:
        purged = await retention.purge(session, settings, now())
    metrics.purge_done(purged)
    logger.info("purged: %s", asdict(purged))
