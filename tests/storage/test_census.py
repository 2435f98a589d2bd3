"""Counts over rows of every kind."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.storage.census import Census, take
from assistant.storage.database import Database
from assistant.storage.tables import AccountRow, NoticeRow, StepRow, ThreadRow, TicketRow, now


async def counted(database: Database) -> Census:
    async with database.reading() as session:
        return await take(session)


async def test_an_empty_database(database: Database) -> None:
    assert await counted(database) == Census(0, {}, {}, 0, 0)


@pytest.mark.parametrize("order", [1, -1])
async def test_each_is_counted_once(database: Database, order: int) -> None:
    async with database.writing() as session:
        await fill(session, order)
    assert await counted(database) == Census(4, {"agent": 2, "referent": 1}, {"open": 2, "answered": 1}, 1, 1)


async def fill(session: AsyncSession, order: int) -> None:
    people = [("a", "agent", True), ("b", "agent", True), ("c", "referent", True), ("d", "admin", False)]
    for name, role, active in people[::order]:
        session.add(AccountRow(id=name, email=name, name=name, role=role, active=active))
    session.add(ThreadRow(id="t", account_id="a", name="t"))
    await session.flush()
    for name, delivered in [("s1", None), ("s2", now())][::order]:
        session.add(StepRow(id=name, thread_id="t", kind="reply", text=""))
        await session.flush()
        session.add(NoticeRow(account_id="a", thread_id="t", step_id=name, delivered_at=delivered))
    for state, urgent in [("open", True), ("open", False), ("answered", True)][::order]:
        session.add(TicketRow(question="q", state=state, reason="r", urgent=urgent))
