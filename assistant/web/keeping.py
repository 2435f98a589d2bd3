"""Keeps the texts of the index that serves, so that what is cited today can still be opened later."""

from __future__ import annotations

import asyncio

from assistant.service import Assistant
from assistant.storage.database import Database
from assistant.storage.versions import keep


async def keep_current(database: Database, assistant: Assistant, kept: str = "") -> str:
    """Keep every text of the current generation and return its id; nothing is done when it is ``kept``.

    To be called before serving, then often: only a new generation costs anything.
    """
    generation = await asyncio.to_thread(lambda: assistant.manifest.id)
    if generation != kept:
        documents = await asyncio.to_thread(assistant.documents)
        async with database.writing() as session:
            await keep(session, documents)
    return generation
