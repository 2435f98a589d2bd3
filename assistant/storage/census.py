"""How many accounts, tickets and notices there are: what operators watch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.storage.tables import AccountRow, NoticeRow, TicketRow


@dataclass(frozen=True, slots=True)
class Census:
    """What there is at one instant: active accounts by role, tickets by state, notices to deliver."""

    accounts: int
    active: Mapping[str, int]
    tickets: Mapping[str, int]
    urgent: int
    waiting: int


async def take(session: AsyncSession) -> Census:
    """Count."""
    roles = select(AccountRow.role, func.count()).where(AccountRow.active).group_by(AccountRow.role)
    states = select(TicketRow.state, func.count()).group_by(TicketRow.state)
    urgent = select(func.count()).where(TicketRow.urgent, TicketRow.state == "open")
    return Census(
        accounts=await session.scalar(select(func.count()).select_from(AccountRow)) or 0,
        active=dict((await session.execute(roles)).all()),
        tickets=dict((await session.execute(states)).all()),
        urgent=await session.scalar(urgent) or 0,
        waiting=await session.scalar(select(func.count()).where(NoticeRow.delivered_at.is_(None))) or 0,
    )
