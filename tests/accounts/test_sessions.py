from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from assistant.accounts import directory, sessions
from assistant.domain import Account
from assistant.storage.database import Database
from assistant.storage.tables import SessionRow, now


async def opened_for(database: Database, account: Account, count: int = 1) -> list[str]:
    async with database.writing() as session:
        return [await sessions.open_session(session, account.id, 12) for _ in range(count)]


async def still_open(database: Database, tokens: list[str]) -> list[bool]:
    async with database.reading() as session:
        return [await sessions.account_for(session, token) is not None for token in tokens]


async def test_a_token_opens_its_own_account(database: Database, agent: Account, admin: Account) -> None:
    (mine,) = await opened_for(database, agent)
    (theirs,) = await opened_for(database, admin)
    async with database.reading() as session:
        assert await sessions.account_for(session, mine) == agent
        assert await sessions.account_for(session, theirs) == admin
        for wrong in ("", mine[:-1], mine + "a", mine.swapcase(), "\udc80"):
            assert await sessions.account_for(session, wrong) is None


async def test_the_token_is_nowhere_in_the_database(
    database: Database, agent: Account, tmp_path: Path
) -> None:
    (token,) = await opened_for(database, agent)
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("repere.sqlite3*"))
    assert agent.email.encode() in kept
    assert token.encode() not in kept


async def test_what_is_kept_does_not_open(database: Database, agent: Account) -> None:
    await opened_for(database, agent)
    async with database.reading() as session:
        kept = (await session.scalars(select(SessionRow.token_hash))).one()
        assert await sessions.account_for(session, kept) is None


async def test_a_session_ends_by_itself(database: Database, agent: Account) -> None:
    ended, running = await opened_for(database, agent, 2)
    async with database.writing() as session:
        row = await session.get_one(SessionRow, sessions.token_hash(ended))
        assert timedelta(hours=11, minutes=59) < row.expires_at - now() <= timedelta(hours=12)
        row.expires_at = now() - timedelta(seconds=1)
    assert await still_open(database, [ended, running]) == [False, True]
    async with database.writing() as session:
        assert await sessions.forget_expired(session) == 1
        assert await sessions.forget_expired(session) == 0
        assert await session.scalar(select(func.count()).select_from(SessionRow)) == 1
    assert await still_open(database, [running]) == [True]


async def test_closing_one_leaves_the_others(database: Database, agent: Account) -> None:
    tokens = await opened_for(database, agent, 3)
    async with database.writing() as session:
        await sessions.close_session(session, tokens[1])
        await sessions.close_session(session, "unknown")
    assert await still_open(database, tokens) == [True, False, True]


async def test_closing_all_keeps_the_one_that_asks_and_other_people(
    database: Database, agent: Account, admin: Account
) -> None:
    mine = await opened_for(database, agent, 3)
    theirs = await opened_for(database, admin)
    async with database.writing() as session:
        await sessions.close_all(session, agent.id, keep_token=mine[2])
    assert await still_open(database, mine + theirs) == [False, False, True, True]
    async with database.writing() as session:
        await sessions.close_all(session, agent.id, keep_token=theirs[0])
    assert await still_open(database, mine + theirs) == [False, False, False, True]


async def test_a_session_opened_while_the_account_is_being_disabled_opens_nothing(
    database: Database, agent: Account
) -> None:
    async with database.writing() as session:
        await directory.set_active(session, agent.id, False, "console")
    assert await still_open(database, await opened_for(database, agent)) == [False]
