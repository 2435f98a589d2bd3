from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from assistant.accounts import directory, passwords, sessions, signing
from assistant.domain import Account, Role
from assistant.storage.database import Database
from assistant.storage.tables import AccountRow

GOOD = "cheval-pile-agrafe"


@pytest.fixture
async def signed(database: Database, agent: Account) -> Account:
    async with database.writing() as session:
        await directory.set_password(session, agent.id, GOOD, agent.id)
    return agent


async def test_the_right_password_opens_in_any_case_of_the_address(
    database: Database, signed: Account
) -> None:
    async with database.reading() as session:
        assert await signing.authenticate(session, "  ZOE.Martin@metropole.fr ", GOOD) == signed


@pytest.mark.usefixtures("signed")
@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("zoe.martin@metropole.fr", "cheval-pile-agraf"),
        ("zoe.martin@metropole.fr", ""),
        ("zoe.martin@metropole.fr", GOOD * 10_000),
        ("nobody@metropole.fr", GOOD),
        ("", ""),
        ("admin@metropole.fr", ""),  # has no password yet
        ("admin@metropole.fr", GOOD),
        ("%", GOOD),
    ],
)
async def test_nothing_else_opens(database: Database, email: str, password: str) -> None:
    async with database.reading() as session:
        assert await signing.authenticate(session, email, password) is None


async def test_a_disabled_account_can_neither_sign_in_nor_go_on(
    database: Database, signed: Account, admin: Account
) -> None:
    async with database.writing() as session:
        token = await sessions.open_session(session, signed.id, 12)
    async with database.writing() as session:
        await directory.set_active(session, signed.id, False, admin.id)
    async with database.reading() as session:
        assert await signing.authenticate(session, signed.email, GOOD) is None
        assert await sessions.account_for(session, token) is None
    async with database.writing() as session:
        await directory.set_active(session, signed.id, True, admin.id)
    async with database.reading() as session:
        assert await sessions.account_for(session, token) is None  # the old cookie stays closed
        assert await signing.authenticate(session, signed.email, GOOD) == signed


async def test_a_role_changed_is_seen_at_once(database: Database, signed: Account, admin: Account) -> None:
    async with database.writing() as session:
        token = await sessions.open_session(session, signed.id, 12)
        await directory.change_role(session, signed.id, Role.REFERENT, admin.id)
    async with database.reading() as session:
        found = await sessions.account_for(session, token)
        assert found is not None
        assert found.role is Role.REFERENT


async def test_an_old_hash_is_renewed_and_still_opens(database: Database, agent: Account) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=64).hash(GOOD)
    async with database.writing() as session:
        (await session.get_one(AccountRow, agent.id)).password_hash = old
    async with database.writing() as session:
        assert await signing.authenticate(session, agent.email, GOOD) == agent
        await signing.renew(session, agent.id, GOOD)
    async with database.writing() as session:
        renewed = (await session.get_one(AccountRow, agent.id)).password_hash
        assert renewed != old
        assert not passwords.outdated(renewed)
        assert await signing.authenticate(session, agent.email, GOOD) == agent
        await signing.renew(session, agent.id, GOOD)
    async with database.reading() as session:
        assert (await session.get_one(AccountRow, agent.id)).password_hash == renewed
