"""What a running server holds and does by itself, from its start to its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from assistant.accounts.secrets import form_key
from assistant.service import Assistant
from assistant.settings import Settings
from assistant.storage.database import opened
from assistant.storage.occupancy import held
from assistant.texts import Texts
from assistant.web import current
from assistant.web.chat.notices import deliver
from assistant.web.current import Site
from assistant.web.keeping import keep_current
from assistant.web.upkeep import purging_daily, repeated

# A reply or an index may come from another process: both are looked for, nothing is signalled. Seconds.
DELIVERY_PAUSE = 1.0
TEXTS_PAUSE = 5.0


@asynccontextmanager
async def running(settings: Settings, texts: Texts, demo: bool) -> AsyncIterator[Site]:
    """Open the site for the time of a block; what it does by itself starts and ends with it.

    Raises:
        DatabaseError: the database cannot be opened, or something else holds it.
        StoreError: there is no usable index.
    """
    async with AsyncExitStack() as stack:
        stack.enter_context(held(settings.database_url))
        database = await stack.enter_async_context(opened(settings.database_url))
        async with database.writing() as session:
            key = await form_key(session)
        assistant = await asyncio.to_thread(_opened, settings, texts)
        stack.callback(assistant.close)
        site = Site(settings, texts, assistant, database, key, demo)
        kept = await keep_current(database, assistant)
        current.start(site)
        stack.callback(current.stop)
        await stack.enter_async_context(purging_daily(database, settings))
        await stack.enter_async_context(repeated(lambda: deliver(site), DELIVERY_PAUSE))
        await stack.enter_async_context(repeated(_texts_keeper(site, kept), TEXTS_PAUSE))
        yield site


def _opened(settings: Settings, texts: Texts) -> Assistant:
    """Open the assistant and ask it something, so that the first agent does not wait."""
    assistant = Assistant.open(settings, texts)
    assistant.ask(texts("chat.starters.data.message"))
    return assistant


def _texts_keeper(site: Site, kept: str) -> Callable[[], Awaitable[object]]:
    generation = kept

    async def keep() -> None:
        nonlocal generation
        generation = await keep_current(site.database, site.assistant, generation)

    return keep
