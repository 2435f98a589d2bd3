"""What the tests of tickets share: two agents and a referent in a real database."""

from __future__ import annotations

import pytest

from assistant.accounts import directory
from assistant.domain import Account, Role
from assistant.storage.database import Database


async def _made(database: Database, name: str, role: Role) -> Account:
    async with database.writing() as session:
        return await directory.create(
            session,
            email=f"{name.lower()}@ville.example",
            name=f"{name} Durand",
            role=role,
            service="Piscines",
            commune="saint-martin",
            actor="console",
        )


@pytest.fixture
async def agent(database: Database) -> Account:
    return await _made(database, "Zoe", Role.AGENT)


@pytest.fixture
async def other(database: Database) -> Account:
    return await _made(database, "Ali", Role.AGENT)


@pytest.fixture
async def referent(database: Database) -> Account:
    return await _made(database, "Rose", Role.REFERENT)
