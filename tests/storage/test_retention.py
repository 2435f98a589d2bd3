"""The purge on real tables: what is past its time goes with all that hangs on it, the rest stays."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.settings import Settings
from assistant.storage.database import Database
from assistant.storage.retention import Purged, due, purge
from assistant.storage.tables import (
    AccountRow,
    AuditRow,
    FeedbackRow,
    LinkRow,
    NoticeRow,
    SessionRow,
    StepRow,
    Table,
    ThreadRow,
    TicketEventRow,
    TicketRow,
)

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
NOTHING = Purged(0, 0, 0, 0)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


@pytest.fixture
async def account(database: Database) -> str:
    async with database.writing() as session:
        session.add(AccountRow(id="a", email="a@ville.example", name="A", role="agent"))
    return "a"


async def discussion(database: Database, name: str, *ages: float) -> None:
    """Keep a discussion with a message of each age, in days, the oldest first."""
    async with database.writing() as session:
        session.add(
            ThreadRow(id=name, account_id="a", name=name, created_at=ago(ages[0]), updated_at=ago(ages[-1]))
        )
        await session.flush()
        for number, age in enumerate(ages):
            step = f"{name}-{number}"
            session.add(StepRow(id=step, thread_id=name, kind="answer", text="t", created_at=ago(age)))
            await session.flush()
            session.add(FeedbackRow(step_id=step, value=1))
            session.add(NoticeRow(account_id="a", thread_id=name, step_id=step))


async def ticket(database: Database, number: int, state: str, age: float, step: str | None = None) -> None:
    async with database.writing() as session:
        session.add(
            TicketRow(
                id=number,
                question="q",
                state=state,
                reason="unsure",
                account_id="a",
                step_id=step,
                thread_id=step.split("-")[0] if step else None,
                opened_at=ago(age + 1),
                updated_at=ago(age),
            )
        )
        await session.flush()
        session.add(TicketEventRow(ticket_id=number, kind="opened"))


async def run(database: Database, settings: Settings) -> Purged:
    async with database.writing() as session:
        counted = await due(session, settings, NOW)
        assert await purge(session, settings, NOW) == counted
    return counted


async def count(session: AsyncSession, table: type[Table]) -> int:
    return await session.scalar(select(func.count()).select_from(table)) or 0


async def left(database: Database, table: type[Table]) -> int:
    async with database.reading() as session:
        return await count(session, table)


@pytest.mark.usefixtures("account")
async def test_a_discussion_goes_when_its_last_message_is_too_old(
    database: Database, settings: Settings
) -> None:
    await discussion(database, "old", 200, 90.01)
    await discussion(database, "resumed", 200, 89.99)
    assert await run(database, settings) == Purged(threads=1, tickets=0, sessions=0, links=0)
    async with database.reading() as session:
        assert await session.scalar(select(ThreadRow.id)) == "resumed"
        for table in (StepRow, FeedbackRow, NoticeRow):
            assert await count(session, table) == 2, table


@pytest.mark.usefixtures("account")
async def test_renaming_does_not_prolong_but_an_empty_new_discussion_stays(
    database: Database, settings: Settings
) -> None:
    await discussion(database, "renamed", 100)
    async with database.writing() as session:
        (await session.get_one(ThreadRow, "renamed")).updated_at = NOW
        session.add(ThreadRow(id="empty", account_id="a", name="n", created_at=ago(1), updated_at=ago(1)))
    assert (await run(database, settings)).threads == 1
    async with database.reading() as session:
        assert await session.scalar(select(ThreadRow.id)) == "empty"


@pytest.mark.usefixtures("account")
async def test_the_settings_decide(database: Database, settings: Settings) -> None:
    await discussion(database, "t", 8)
    await ticket(database, 1, "answered", 8)
    assert await run(database, settings) == NOTHING
    short = settings.model_copy(update={"retention_days": 7, "ticket_retention_days": 7})
    assert await run(database, short) == Purged(threads=1, tickets=1, sessions=0, links=0)


@pytest.mark.usefixtures("account")
async def test_ended_tickets_go_after_their_time_and_open_ones_never(
    database: Database, settings: Settings
) -> None:
    states = {1: ("answered", 366), 2: ("withdrawn", 366), 3: ("open", 3000), 4: ("answered", 364)}
    for number, (state, age) in states.items():
        await ticket(database, number, state, age)
    assert await run(database, settings) == Purged(threads=0, tickets=2, sessions=0, links=0)
    async with database.reading() as session:
        assert (await session.scalars(select(TicketRow.id).order_by(TicketRow.id))).all() == [3, 4]
        assert (await session.scalars(select(TicketEventRow.ticket_id))).all() == [3, 4]


@pytest.mark.usefixtures("account")
async def test_a_ticket_outlives_its_discussion(database: Database, settings: Settings) -> None:
    await discussion(database, "old", 100)
    await ticket(database, 1, "answered", 100, step="old-0")
    assert (await run(database, settings)).threads == 1
    async with database.reading() as session:
        row = await session.get_one(TicketRow, 1)
        assert (row.thread_id, row.step_id, row.account_id) == (None, None, "a")


@pytest.mark.usefixtures("account")
async def test_a_discussion_that_waits_for_a_referent_is_kept(database: Database, settings: Settings) -> None:
    await discussion(database, "waiting", 200)
    await discussion(database, "answered", 200)
    await ticket(database, 1, "open", 200, "waiting-0")
    await ticket(database, 2, "answered", 100, "answered-0")
    assert (await run(database, settings)).threads == 1
    async with database.reading() as session:
        assert list(await session.scalars(select(ThreadRow.id))) == ["waiting"]


@pytest.mark.usefixtures("account")
async def test_ended_sessions_and_links_go(database: Database, settings: Settings) -> None:
    async with database.writing() as session:
        for name, ends in (("ended", ago(0)), ("good", ago(-1))):
            session.add(SessionRow(token_hash=name, account_id="a", expires_at=ends))
            session.add(LinkRow(token_hash=name, account_id="a", expires_at=ends))
    assert await run(database, settings) == Purged(threads=0, tickets=0, sessions=1, links=1)
    async with database.reading() as session:
        assert await session.scalar(select(SessionRow.token_hash)) == "good"
        assert await session.scalar(select(LinkRow.token_hash)) == "good"


@pytest.mark.usefixtures("account")
async def test_each_purge_is_audited_once_with_its_counts(database: Database, settings: Settings) -> None:
    await discussion(database, "old", 100)
    await run(database, settings)
    await run(database, settings)
    async with database.reading() as session:
        lines = (await session.scalars(select(AuditRow).order_by(AuditRow.id))).all()
    assert [(line.actor, line.action, line.details["threads"]) for line in lines] == [
        ("system", "purge.run", 1),
        ("system", "purge.run", 0),
    ]


@pytest.mark.usefixtures("account")
async def test_counting_what_is_due_changes_nothing(database: Database, settings: Settings) -> None:
    await discussion(database, "old", 100)
    async with database.writing() as session:
        assert (await due(session, settings, NOW)).threads == 1
    assert await left(database, ThreadRow) == 1
    assert await left(database, AuditRow) == 0
