"""Everything that is kept about a person, for that person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.storage.tables import (
    AccountRow,
    AuditRow,
    FeedbackRow,
    NoticeRow,
    SessionRow,
    StepRow,
    Table,
    ThreadRow,
    TicketEventRow,
    TicketRow,
)

_ACCOUNT = "id email name role service commune active created_at".split()
_STEP = "id kind text props details trace_id created_at".split()
_TICKET = (
    "id thread_id step_id question state reason urgent name_shown service commune signals leads opened_at "
    "updated_at"
).split()


async def personal_data(session: AsyncSession, account_id: str) -> dict[str, Any]:
    """Return what is kept about a person, ready for JSON; empty when there is no such account.

    Times are ISO 8601 in UTC. Secrets (password, tokens) are left out, and so is who else took part.
    """
    account = await session.get(AccountRow, account_id)
    if account is None:
        return {}
    return {
        "account": _fields(account, _ACCOUNT),
        "threads": await _threads(session, account_id),
        "tickets": await _tickets(session, account_id),
        "written_for_others": await _written_for_others(session, account_id),
        "notices": await _rows(
            session,
            select(NoticeRow).where(NoticeRow.account_id == account_id).order_by(NoticeRow.id),
            "thread_id step_id ticket_id created_at delivered_at seen_at".split(),
        ),
        "sessions": await _rows(
            session,
            select(SessionRow).where(SessionRow.account_id == account_id).order_by(SessionRow.created_at),
            ["created_at", "expires_at"],
        ),
        "actions": await _actions(session, account_id),
    }


async def _threads(session: AsyncSession, account_id: str) -> list[dict[str, Any]]:
    mine = ThreadRow.account_id == account_id
    feedback = {
        row.step_id: _fields(row, "value reason comment updated_at".split())
        for row in await session.scalars(select(FeedbackRow).join(StepRow).join(ThreadRow).where(mine))
    }
    steps: dict[str, list[dict[str, Any]]] = defaultdict(list)
    ordered = select(StepRow).join(ThreadRow).where(mine).order_by(StepRow.created_at, StepRow.id)
    for row in await session.scalars(ordered):
        steps[row.thread_id].append(_fields(row, _STEP) | {"feedback": feedback.get(row.id)})
    threads = await session.scalars(select(ThreadRow).where(mine).order_by(ThreadRow.created_at))
    return [
        _fields(row, "id name created_at updated_at".split()) | {"steps": steps[row.id]} for row in threads
    ]


async def _tickets(session: AsyncSession, account_id: str) -> list[dict[str, Any]]:
    mine = TicketRow.account_id == account_id
    events: dict[int, list[dict[str, Any]]] = defaultdict(list)
    ordered = select(TicketEventRow).join(TicketRow).where(mine).order_by(TicketEventRow.id)
    for row in await session.scalars(ordered):
        by_me = {"by_me": row.account_id == account_id}
        events[row.ticket_id].append(_fields(row, "kind text created_at".split()) | by_me)
    tickets = await session.scalars(select(TicketRow).where(mine).order_by(TicketRow.id))
    return [_fields(row, _TICKET) | {"events": events[row.id]} for row in tickets]


async def _written_for_others(session: AsyncSession, account_id: str) -> list[dict[str, Any]]:
    return await _rows(
        session,
        select(TicketEventRow)
        .join(TicketRow)
        .where(
            TicketEventRow.account_id == account_id,
            or_(TicketRow.account_id.is_(None), TicketRow.account_id != account_id),
        )
        .order_by(TicketEventRow.id),
        "ticket_id kind text created_at".split(),
    )


async def _actions(session: AsyncSession, account_id: str) -> list[dict[str, Any]]:
    about_me = or_(AuditRow.actor == account_id, AuditRow.target == account_id)
    return [
        _fields(row, ["at", "action", "details"]) | {"by_me": row.actor == account_id}
        for row in await session.scalars(select(AuditRow).where(about_me).order_by(AuditRow.id))
    ]


async def _rows(session: AsyncSession, query: Select[Any], names: Iterable[str]) -> list[dict[str, Any]]:
    return [_fields(row, names) for row in await session.scalars(query)]


def _fields(row: Table, names: Iterable[str]) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
