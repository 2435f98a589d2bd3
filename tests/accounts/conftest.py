"""What the tests of accounts share: an administrator and an agent in a real database."""

from __future__ import annotations

import pytest

from assistant.accounts import directory
from assistant.domain import Account, Role
from assistant.storage.database import Database


@pytest.fixture
async def admin(database: Database) -> Account:
    async with database.writing() as session:
        return await directory.create(
            session, email="admin@metropole.fr", name="Claude Chef", role=Role.ADMIN, actor="console"
        )


@pytest.fixture
async def agent(database: Database, admin: Account) -> Account:
    async with database.writing() as session:
        return await directory.create(
            session,
            email="zoe.martin@metropole.fr",
            name="Zoé Martin",
            role=Role.AGENT,
            service="Voirie",
            commune="saint-martin",
            actor=admin.id,
        )
