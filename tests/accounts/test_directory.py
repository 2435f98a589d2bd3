from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.accounts import directory, links, sessions, signing
from assistant.domain import Account, Role
from assistant.errors import AccountError
from assistant.storage.database import Database
from assistant.storage.tables import (
    AccountRow,
    AuditRow,
    FeedbackRow,
    LinkRow,
    NoticeRow,
    SessionRow,
    StepRow,
    ThreadRow,
    TicketEventRow,
    TicketRow,
)

GOOD = "cheval-pile-agrafe"
LAST = "dernier administrateur"
Change = Callable[[AsyncSession, str], Awaitable[None]]
# What takes an administrator away, by any name.
REMOVALS: list[Change] = [
    lambda session, account_id: directory.change_role(session, account_id, Role.REFERENT, "console"),
    lambda session, account_id: directory.set_active(session, account_id, False, "console"),
    lambda session, account_id: directory.delete(session, account_id, "console"),
]


async def actions(database: Database) -> list[tuple[str, str, str, dict[str, Any]]]:
    async with database.reading() as session:
        rows = await session.scalars(select(AuditRow).order_by(AuditRow.id))
        return [(row.actor, row.action, row.target, row.details) for row in rows]


async def test_accounts_are_found_by_identifier_and_address(
    database: Database, agent: Account, admin: Account
) -> None:
    async with database.reading() as session:
        assert await directory.by_id(session, agent.id) == agent
        assert await directory.by_email(session, " Zoe.Martin@METROPOLE.fr") == agent
        assert await directory.by_id(session, "unknown") is None
        assert await directory.by_email(session, "nobody@metropole.fr") is None
        assert await directory.everyone(session) == [admin, agent]


async def test_there_is_nobody_at_first(database: Database) -> None:
    async with database.reading() as session:
        assert await directory.everyone(session) == []
        assert not await directory.any_account(session)


async def test_any_account(database: Database, agent: Account) -> None:
    assert agent.active
    async with database.reading() as session:
        assert await directory.any_account(session)


async def test_an_address_has_one_account_and_the_transaction_can_go_on(
    database: Database, agent: Account
) -> None:
    async with database.writing() as session:
        with pytest.raises(AccountError, match="a déjà un compte"):
            await directory.create(
                session, email="ZOE.martin@metropole.fr", name="Zoé", role=Role.ADMIN, actor="console"
            )
        await directory.create(session, email="x@y", name="Ysé", role=Role.AGENT, actor="console")
    async with database.reading() as session:
        assert [account.email for account in await directory.everyone(session)] == [
            "admin@metropole.fr",
            "x@y",
            agent.email,
        ]


async def test_every_change_is_audited_without_name_nor_address(
    database: Database, agent: Account, admin: Account
) -> None:
    async with database.writing() as session:
        await directory.change_role(session, agent.id, Role.TRAINER, admin.id)
        await directory.change_role(session, agent.id, Role.TRAINER, admin.id)  # changes nothing
        await directory.set_active(session, agent.id, True, admin.id)  # changes nothing
        await directory.set_active(session, agent.id, False, admin.id)
        await directory.set_active(session, agent.id, True, "console")
        await directory.set_password(session, agent.id, GOOD, agent.id)
        await directory.delete(session, agent.id, agent.id)
    lines = await actions(database)
    assert lines == [
        ("console", "account.create", admin.id, {"role": "admin"}),
        (admin.id, "account.create", agent.id, {"role": "agent"}),
        (admin.id, "account.role", agent.id, {"from": "agent", "to": "trainer"}),
        (admin.id, "account.disable", agent.id, {}),
        ("console", "account.enable", agent.id, {}),
        (agent.id, "account.password", agent.id, {}),
        (agent.id, "account.delete", agent.id, {}),
    ]
    assert "metropole" not in str(lines)
    assert "Martin" not in str(lines)


@pytest.mark.parametrize(
    "change",
    [*REMOVALS, lambda session, account_id: directory.set_password(session, account_id, GOOD, "console")],
)
async def test_an_unknown_account_is_refused(database: Database, change: Change) -> None:
    with pytest.raises(AccountError, match="n’existe pas"):
        async with database.writing() as session:
            await change(session, "unknown")


@pytest.mark.parametrize("change", REMOVALS)
async def test_the_last_administrator_stays(
    database: Database, agent: Account, admin: Account, change: Change
) -> None:
    with pytest.raises(AccountError, match=LAST) as caught:
        async with database.writing() as session:
            await change(session, admin.id)
    assert caught.value.remedy
    async with database.reading() as session:
        assert await directory.by_id(session, admin.id) == admin
    # with a second one, the first may go; then the second stays
    async with database.writing() as session:
        await directory.change_role(session, agent.id, Role.ADMIN, admin.id)
        await change(session, admin.id)
    with pytest.raises(AccountError, match=LAST):
        async with database.writing() as session:
            await change(session, agent.id)


@pytest.mark.parametrize("change", REMOVALS)
async def test_a_disabled_administrator_does_not_count(
    database: Database, agent: Account, admin: Account, change: Change
) -> None:
    async with database.writing() as session:
        await directory.change_role(session, agent.id, Role.ADMIN, admin.id)
        await directory.set_active(session, agent.id, False, admin.id)
    with pytest.raises(AccountError, match=LAST):
        async with database.writing() as session:
            await change(session, admin.id)
    async with database.writing() as session:  # and may itself be changed
        await change(session, agent.id)


async def test_a_new_password_closes_the_other_sessions(
    database: Database, agent: Account, admin: Account
) -> None:
    async with database.writing() as session:
        mine, elsewhere = [await sessions.open_session(session, agent.id, 12) for _ in range(2)]
        theirs = await sessions.open_session(session, admin.id, 12)
        await directory.set_password(session, agent.id, GOOD, agent.id, keep_token=mine)
    async with database.reading() as session:
        assert await sessions.account_for(session, mine) == agent
        assert await sessions.account_for(session, elsewhere) is None
        assert await sessions.account_for(session, theirs) == admin
        assert await signing.authenticate(session, agent.email, GOOD) == agent
    async with database.writing() as session:
        await directory.set_password(session, agent.id, GOOD + "-2", agent.id)
    async with database.reading() as session:
        assert await sessions.account_for(session, mine) is None
        assert await signing.authenticate(session, agent.email, GOOD) is None


async def test_a_weak_password_changes_nothing(database: Database, agent: Account) -> None:
    async with database.writing() as session:
        token = await sessions.open_session(session, agent.id, 12)
    for weak in ("court", "zoe.martin-2026", "repere-repere"):
        with pytest.raises(AccountError, match="Ce mot de passe"):
            async with database.writing() as session:
                await directory.set_password(session, agent.id, weak, agent.id)
    async with database.reading() as session:
        assert await sessions.account_for(session, token) == agent
        assert (await session.get_one(AccountRow, agent.id)).password_hash == ""


async def test_the_password_is_nowhere_in_the_database(
    database: Database, agent: Account, tmp_path: Path
) -> None:
    async with database.writing() as session:
        await directory.set_password(session, agent.id, GOOD, agent.id)
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("repere.sqlite3*"))
    assert b"$argon2id$" in kept
    assert GOOD.encode() not in kept


def discussion(owner: Account, key: str) -> list[list[Any]]:
    """Return the rows of a discussion with an answer liked, escalated and replied to, parents first."""
    return [
        [ThreadRow(id=f"thread-{key}", account_id=owner.id, name="Puis-je ?")],
        [StepRow(id=f"step-{key}", thread_id=f"thread-{key}", kind="answer", text="Oui.")],
        [
            FeedbackRow(step_id=f"step-{key}", value=1),
            TicketRow(
                step_id=f"step-{key}",
                thread_id=f"thread-{key}",
                account_id=owner.id,
                question=f"Puis-je {key} ?",
                state="open",
                reason="asked",
            ),
        ],
    ]


async def keep(session: AsyncSession, groups: list[list[Any]]) -> None:
    for group in groups:
        session.add_all(group)
        await session.flush()


async def test_deletion_leaves_tickets_and_nothing_else_of_the_person(
    database: Database, agent: Account, admin: Account
) -> None:
    async with database.writing() as session:
        await keep(session, discussion(agent, "mine"))
        await keep(session, discussion(admin, "theirs"))
        for owner, key, ticket in ((agent, "mine", 1), (admin, "theirs", 2)):
            session.add(
                TicketEventRow(ticket_id=ticket, kind="detail", text=f"détail {key}", account_id=owner.id)
            )
            session.add(
                NoticeRow(
                    account_id=owner.id, thread_id=f"thread-{key}", step_id=f"step-{key}", ticket_id=ticket
                )
            )
            await sessions.open_session(session, owner.id, 12)
            await links.make(session, owner.id, 24, "console")
    async with database.writing() as session:
        await directory.delete(session, agent.id, agent.id)
    async with database.reading() as session:
        for table in (AccountRow, SessionRow, LinkRow, ThreadRow, StepRow, FeedbackRow, NoticeRow):
            assert await session.scalar(select(func.count()).select_from(table)) == 1, table
        assert await directory.everyone(session) == [admin]
        mine, theirs = (await session.scalars(select(TicketRow).order_by(TicketRow.id))).all()
        assert (mine.account_id, mine.thread_id, mine.step_id) == (None, None, None)
        assert mine.question == "Puis-je mine ?"
        assert (theirs.account_id, theirs.thread_id) == (admin.id, "thread-theirs")
        events = (await session.scalars(select(TicketEventRow).order_by(TicketEventRow.id))).all()
        assert [(event.text, event.account_id) for event in events] == [
            ("détail mine", None),
            ("détail theirs", admin.id),
        ]


async def test_a_deleted_address_can_have_a_new_account(database: Database, agent: Account) -> None:
    async with database.writing() as session:
        await directory.delete(session, agent.id, "console")
        again = await directory.create(
            session, email=agent.email, name="Zoé Martin", role=Role.AGENT, actor="console"
        )
    assert again.id != agent.id
