"""A process made to be killed: it asks questions or answers tickets, and tells each one once it is kept.

``victim.py asking ACCOUNT`` or ``victim.py replying``; the work comes on the standard input, an array in JSON
a line: discussion or ticket, identifier, text. Run by its path (see ``kills``).
"""

from __future__ import annotations

import asyncio
import json
import sys

from assistant.accounts import directory
from assistant.conversation import Conversation
from assistant.escalation import queue
from assistant.service import Assistant
from assistant.settings import load_settings
from assistant.storage.database import Database, opened
from assistant.texts import load_texts
from assistant.web.chat.composing import composer
from assistant.web.current import Site

settings, texts = load_settings(), load_texts()


def tell(made: str, ticket: int | None) -> None:
    sys.stdout.write(json.dumps([made, ticket]) + "\n")
    sys.stdout.flush()


async def asking(database: Database, account_id: str) -> None:
    with Assistant.open(settings, texts) as assistant:
        async with database.reading() as session:
            account = await directory.by_id(session, account_id)
        assert account is not None
        conversation = Conversation(assistant, database)
        compose = composer(Site(settings, texts, assistant, database, b""))
        for line in sys.stdin:
            exchange = await conversation.ask(account, *json.loads(line), compose)
            tell(exchange.answer.id, exchange.standing.ticket)


async def replying(database: Database) -> None:
    for line in sys.stdin:
        ticket, name, text = json.loads(line)
        async with database.writing() as session:
            made = await queue.reply(session, ticket, None, text, texts, name)
        tell(made, ticket)


async def work(mode: str, *about: str) -> None:
    async with opened(settings.database_url) as database:
        await (asking(database, *about) if mode == "asking" else replying(database))


if __name__ == "__main__":
    asyncio.run(work(*sys.argv[1:]))
