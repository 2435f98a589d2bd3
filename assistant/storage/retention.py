"""What is kept for how long, and the purge of what is past its time."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.settings import Settings
from assistant.storage import audit
from assistant.storage.tables import LinkRow, SessionRow, StepRow, Table, ThreadRow, TicketRow

# The states after which nothing more is expected of a ticket; an open one is never past its time.
ENDED = ("answered", "withdrawn")


@dataclass(frozen=True, slots=True)
class Purged:
    """How many of each were deleted, or are due; what hangs on them goes with them and is not counted."""

    threads: int
    tickets: int
    sessions: int
    links: int


async def due(session: AsyncSession, settings: Settings, moment: datetime) -> Purged:
    """Count what is past its time at this moment; changes nothing."""
    counts = [
        await session.scalar(select(func.count()).select_from(table).where(ended))
        for table, ended in _past(settings, moment)
    ]
    return Purged(*(count or 0 for count in counts))


async def purge(
    session: AsyncSession, settings: Settings, moment: datetime, actor: str = audit.SYSTEM
) -> Purged:
    """Delete what is past its time at this moment: discussions, ended tickets, sessions and links."""
    purged = await due(session, settings, moment)
    for table, ended in _past(settings, moment):
        await session.execute(delete(table).where(ended).execution_options(synchronize_session=False))
    audit.record(session, actor, "purge.run", "retention", asdict(purged))
    return purged


def _past(settings: Settings, moment: datetime) -> tuple[tuple[type[Table], ColumnElement[bool]], ...]:
    """Return the tables in the order of ``Purged``, each with the condition of being past its time."""
    silent_since = moment - timedelta(days=settings.retention_days)
    unchanged_since = moment - timedelta(days=settings.ticket_retention_days)
    # The last message decides, not ``updated_at``: renaming a discussion does not prolong it.
    recent = exists().where(StepRow.thread_id == ThreadRow.id, StepRow.created_at >= silent_since)
    # A discussion that still waits for a referent is not over: the reply must find it.
    waiting = exists().where(TicketRow.thread_id == ThreadRow.id, TicketRow.state.not_in(ENDED))
    return (
        (ThreadRow, and_(ThreadRow.created_at < silent_since, ~recent, ~waiting)),
        (TicketRow, and_(TicketRow.state.in_(ENDED), TicketRow.updated_at < unchanged_since)),
        (SessionRow, SessionRow.expires_at <= moment),
        (LinkRow, LinkRow.expires_at <= moment),
    )
