"""The outbox: replies already in a discussion, still to be shown live, and those not read yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.storage.tables import NoticeRow, StepRow, ThreadRow, now


@dataclass(frozen=True, slots=True)
class Notice:
    """A reply to announce: where it stands, and the step (text, props) that draws it."""

    id: int
    account_id: str
    thread_id: str
    thread_name: str
    step_id: str
    ticket: int | None
    text: str
    props: Mapping[str, Any]
    created_at: datetime


async def waiting(session: AsyncSession, limit: int = 100) -> list[Notice]:
    """Return the notices that were not delivered, the oldest first."""
    found = select(NoticeRow, StepRow, ThreadRow.name).where(NoticeRow.delivered_at.is_(None))
    return await _notices(session, found.order_by(NoticeRow.id).limit(limit))


async def delivered(session: AsyncSession, ids: Sequence[int]) -> None:
    """Note that these were shown, or left for the next visit; ``waiting`` gives them no more."""
    change = update(NoticeRow).where(NoticeRow.id.in_(ids), NoticeRow.delivered_at.is_(None))
    await session.execute(change.values(delivered_at=now()))


async def seen(session: AsyncSession, account_id: str, thread_id: str) -> None:
    """Note that somebody read their discussion."""
    change = update(NoticeRow).where(
        NoticeRow.account_id == account_id, NoticeRow.thread_id == thread_id, NoticeRow.seen_at.is_(None)
    )
    await session.execute(change.values(seen_at=now()))


async def unseen(session: AsyncSession, account_id: str) -> list[Notice]:
    """Return the replies that somebody has not read yet, the oldest first."""
    found = select(NoticeRow, StepRow, ThreadRow.name).where(
        NoticeRow.account_id == account_id, NoticeRow.seen_at.is_(None)
    )
    return await _notices(session, found.order_by(NoticeRow.id))


async def _notices(session: AsyncSession, found: Select[NoticeRow, StepRow, str]) -> list[Notice]:
    joined = found.join(StepRow, StepRow.id == NoticeRow.step_id).join(
        ThreadRow, ThreadRow.id == NoticeRow.thread_id
    )
    return [
        Notice(
            id=row.id,
            account_id=row.account_id,
            thread_id=row.thread_id,
            thread_name=name,
            step_id=row.step_id,
            ticket=row.ticket_id,
            text=step.text,
            props=step.props,
            created_at=row.created_at,
        )
        for row, step, name in await session.execute(joined)
    ]
