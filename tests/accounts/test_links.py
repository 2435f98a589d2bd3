from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from assistant.accounts import directory, links
from assistant.domain import Account, Role
from assistant.errors import AccountError
from assistant.settings import load_settings
from assistant.storage.database import Database, opened
from assistant.storage.tables import AuditRow, LinkRow, now

GOOD = "cheval-pile-agrafe"


async def link_for(database: Database, account: Account | None, hours: int = 24) -> str:
    async with database.writing() as session:
        return await links.make(session, account.id if account else None, hours, "console")


async def used(database: Database, token: str) -> links.Link:
    async with database.writing() as session:
        return await links.use(session, token)


async def test_a_link_is_looked_at_often_and_used_once(database: Database, agent: Account) -> None:
    token = await link_for(database, agent)
    for _ in range(2):
        async with database.reading() as session:
            seen = await links.peek(session, token)
            assert seen is not None
            assert seen.account_id == agent.id
            assert timedelta(hours=23, minutes=59) < seen.expires_at - now() <= timedelta(hours=24)
    assert await used(database, token) == seen
    with pytest.raises(AccountError, match="déjà servi"):
        await used(database, token)
    async with database.reading() as session:
        assert await links.peek(session, token) is None


async def test_of_many_that_use_it_at_once_one_succeeds(database: Database, agent: Account) -> None:
    token = await link_for(database, agent)

    async def attempt() -> bool:
        # each with its own connection and its own turn, as separate processes would be
        async with opened(str(database.url)) as own:
            try:
                async with own.writing() as session:
                    await links.use(session, token)
                    await asyncio.sleep(0.02)
            except AccountError:
                return False
            return True

    assert sum(await asyncio.gather(*(attempt() for _ in range(5)))) == 1


async def test_an_attempt_that_fails_later_does_not_use_it_up(database: Database, agent: Account) -> None:
    token = await link_for(database, agent)
    with pytest.raises(AccountError, match="caractères"):
        async with database.writing() as session:
            await links.use(session, token)
            await directory.set_password(session, agent.id, "court", agent.id)
    assert (await used(database, token)).account_id == agent.id


@pytest.mark.parametrize("token", ["", "unknown", "\udc80"])
async def test_an_unknown_link_is_refused(database: Database, token: str) -> None:
    async with database.reading() as session:
        assert await links.peek(session, token) is None
    with pytest.raises(AccountError) as caught:
        await used(database, token)
    assert caught.value.remedy


async def test_a_link_expires(database: Database, agent: Account) -> None:
    token = await link_for(database, agent)
    async with database.writing() as session:
        await session.execute(update(LinkRow).values(expires_at=now() - timedelta(seconds=1)))
    async with database.reading() as session:
        assert await links.peek(session, token) is None
    with pytest.raises(AccountError, match="expiré"):
        await used(database, token)
    async with database.writing() as session:
        assert await links.forget_expired(session) == 1
        assert (await session.scalars(select(LinkRow))).all() == []


async def test_a_new_link_stops_the_earlier_one_of_the_same_account(
    database: Database, agent: Account, admin: Account
) -> None:
    other = await link_for(database, admin)
    earlier = await link_for(database, agent)
    later = await link_for(database, agent)
    with pytest.raises(AccountError):
        await used(database, earlier)
    assert (await used(database, later)).account_id == agent.id
    assert (await used(database, other)).account_id == admin.id


async def test_a_password_chosen_or_an_account_disabled_stops_links(
    database: Database, agent: Account, admin: Account
) -> None:
    token = await link_for(database, agent)
    async with database.writing() as session:
        await directory.set_password(session, agent.id, GOOD, agent.id)
    with pytest.raises(AccountError):
        await used(database, token)
    token = await link_for(database, agent)
    async with database.writing() as session:
        await directory.set_active(session, agent.id, False, admin.id)
        await directory.set_active(session, agent.id, True, admin.id)
    with pytest.raises(AccountError):
        await used(database, token)


async def test_no_link_for_a_disabled_or_unknown_account(
    database: Database, agent: Account, admin: Account
) -> None:
    async with database.writing() as session:
        await directory.set_active(session, agent.id, False, admin.id)
    for account_id in (agent.id, "unknown"):
        with pytest.raises(AccountError, match="désactivé"):
            async with database.writing() as session:
                await links.make(session, account_id, 24, "console")


async def test_the_first_administrators_link_is_worth_nothing_once_there_is_an_account(
    database: Database,
) -> None:
    token = await link_for(database, None)
    async with database.reading() as session:
        seen = await links.peek(session, token)
        assert seen is not None
        assert seen.account_id is None
    async with database.writing() as session:
        await directory.create(session, email="a@b", name="Anne", role=Role.AGENT, actor="console")
    async with database.reading() as session:
        assert await links.peek(session, token) is None
    with pytest.raises(AccountError):
        await used(database, token)


async def test_the_first_administrator_uses_it_and_the_last_one_printed_is_the_good_one(
    database: Database,
) -> None:
    earlier, later = await link_for(database, None), await link_for(database, None)
    with pytest.raises(AccountError):
        await used(database, earlier)
    assert (await used(database, later)).account_id is None
    with pytest.raises(AccountError):
        await used(database, later)


async def test_the_token_is_nowhere_in_the_database_and_the_audit_says_who_made_it(
    database: Database, agent: Account, tmp_path: Path
) -> None:
    token = await link_for(database, agent)
    first = await link_for(database, None)
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("repere.sqlite3*"))
    assert agent.email.encode() in kept
    assert token.encode() not in kept
    assert first.encode() not in kept
    async with database.reading() as session:
        lines = (await session.scalars(select(AuditRow).where(AuditRow.action == "account.link"))).all()
    assert [(line.actor, line.target, line.details) for line in lines] == [
        ("console", agent.id, {"hours": 24}),
        ("console", "first-administrator", {"hours": 24}),
    ]


@pytest.mark.parametrize(
    ("changes", "start"),
    [
        ({}, "http://127.0.0.1:8000/"),
        ({"host": "::1", "port": 80}, "http://[::1]:80/"),
        ({"public_url": "https://repere.metropole.fr"}, "https://repere.metropole.fr/"),
    ],
)
def test_address(changes: dict[str, object], start: str) -> None:
    assert links.address(load_settings(**changes), "jeton") == f"{start}mot-de-passe/jeton"
