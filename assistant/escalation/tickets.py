"""What a ticket is, and the questions one can ask about tickets; changing them is for ``queue``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.errors import TicketError
from assistant.storage.tables import AccountRow, TicketEventRow, TicketRow

_REFERENCE = re.compile(r"\s*(?:[Rr]-?)?0*([1-9][0-9]{0,8})\s*", re.ASCII)


class Reason(StrEnum):
    """What sent a question to the referents."""

    UNSURE = "unsure"
    URGENT = "urgent"
    REQUESTED = "requested"
    FEEDBACK = "feedback"


class State(StrEnum):
    """Where a ticket stands."""

    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class EventKind(StrEnum):
    """What can happen to a ticket."""

    OPENED = "opened"
    DETAIL = "detail"
    REPLY = "reply"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Lead:
    """A passage near the question: ``quote`` stands at ``start:end`` of that version, or is empty."""

    passage_id: str
    document: str
    title: str
    heading: str
    version_hash: str
    quote: str
    start: int
    end: int
    score: float

    def record(self) -> dict[str, Any]:
        """Return the lead ready for JSON; ``Lead(**record)`` reads it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Draft:
    """A ticket to open: the masked question, the answer that it got (``step_id``, ``status``), and why."""

    question: str
    reason: Reason
    urgent: bool
    step_id: str
    thread_id: str
    signals: Mapping[str, float]
    leads: tuple[Lead, ...]
    status: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a ticket; ``author`` is the referent who replied, empty for the console."""

    kind: EventKind
    text: str
    at: datetime
    author: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """A ticket in a list."""

    number: int
    question: str
    state: State
    reason: Reason
    urgent: bool
    service: str
    commune: str
    opened_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Ticket(Summary):
    """A whole ticket, events the oldest first; ``asker`` is a name only if the asker wanted it shown."""

    asker: str | None
    account_id: str | None
    thread_id: str | None
    step_id: str | None
    signals: Mapping[str, float]
    leads: tuple[Lead, ...]
    status: str
    events: tuple[Event, ...]

    @property
    def reachable(self) -> bool:
        """Tell whether a reply gets to the asker: account and discussion are still there."""
        return self.account_id is not None and self.thread_id is not None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many tickets stand where; ``urgent`` are among the open ones."""

    open: int = 0
    answered: int = 0
    withdrawn: int = 0
    urgent: int = 0


def reference(number: int) -> str:
    """Return a ticket's number as people see it: « R-0012 »."""
    return f"R-{number:04d}"


def number_of(text: str) -> int:
    """Return the number behind « 12 » or « R-0012 ».

    Raises:
        TicketError: it is neither.
    """
    found = _REFERENCE.fullmatch(text)
    if found is None:
        raise TicketError(f"« {text[:40]} » n’est pas un numéro de demande.", "Attendu : 12, ou R-0012.")
    return int(found[1])


async def ticket(session: AsyncSession, number: int) -> Ticket:
    """Return a whole ticket.

    Raises:
        TicketError: it is not there.
    """
    row = await session.get(TicketRow, number)
    if row is None:
        raise absent(number)
    asker = await session.get(AccountRow, row.account_id) if row.account_id and row.name_shown else None
    found = (
        select(TicketEventRow, AccountRow.name)
        .outerjoin(AccountRow, AccountRow.id == TicketEventRow.account_id)
        .where(TicketEventRow.ticket_id == number)
        .order_by(TicketEventRow.id)
    )
    events = [
        Event(
            kind := EventKind(event.kind),
            event.text,
            event.created_at,
            (name or "") if kind is EventKind.REPLY else "",
        )
        for event, name in await session.execute(found)
    ]
    return Ticket(
        **asdict(_summary(row)),
        asker=asker.name if asker else None,
        account_id=row.account_id,
        thread_id=row.thread_id,
        step_id=row.step_id,
        signals=row.signals["values"],
        leads=tuple(Lead(**lead) for lead in row.leads["passages"]),
        status=row.signals["status"],
        events=tuple(events),
    )


async def listing(
    session: AsyncSession,
    state: State | None = None,
    urgent_first: bool = True,
    limit: int | None = None,
    offset: int = 0,
) -> list[Summary]:
    """Return tickets, of one state if given: urgent then oldest first, or else the last changed first."""
    found = select(TicketRow)
    if state is not None:
        found = found.where(TicketRow.state == state.value)
    order = (
        (TicketRow.urgent.desc(), TicketRow.opened_at, TicketRow.id)
        if urgent_first
        else (TicketRow.updated_at.desc(), TicketRow.id.desc())
    )
    return await _summaries(session, found.order_by(*order).limit(limit).offset(offset))


async def of_account(session: AsyncSession, account_id: str) -> list[Summary]:
    """Return somebody's tickets, the last opened first."""
    found = select(TicketRow).where(TicketRow.account_id == account_id)
    return await _summaries(session, found.order_by(TicketRow.id.desc()))


async def for_step(session: AsyncSession, step_id: str) -> Summary | None:
    """Return the ticket of an answer, None when it was not handed to the referents."""
    found = await _summaries(session, select(TicketRow).where(TicketRow.step_id == step_id))
    return found[0] if found else None


async def counts(session: AsyncSession) -> Counts:
    """Return how many tickets there are of each state."""
    found = select(TicketRow.state, TicketRow.urgent, func.count()).group_by(
        TicketRow.state, TicketRow.urgent
    )
    numbers = {(state, urgent): number for state, urgent, number in await session.execute(found)}
    totals = {one: numbers.get((one.value, False), 0) + numbers.get((one.value, True), 0) for one in State}
    return Counts(
        open=totals[State.OPEN],
        answered=totals[State.ANSWERED],
        withdrawn=totals[State.WITHDRAWN],
        urgent=numbers.get((State.OPEN.value, True), 0),
    )


def absent(number: int) -> TicketError:
    """Return the refusal of a number that no ticket has, or not one of whoever asks."""
    return TicketError(
        f"Il n’y a pas de demande {reference(number)}.",
        "Attendu : le numéro d’une demande qui existe.",
        "Vérifiez-le dans la liste des demandes.",
    )


async def _summaries(session: AsyncSession, found: Select[TicketRow]) -> list[Summary]:
    return [_summary(row) for row in await session.scalars(found)]


def _summary(row: TicketRow) -> Summary:
    return Summary(
        number=row.id,
        question=row.question,
        state=State(row.state),
        reason=Reason(row.reason),
        urgent=row.urgent,
        service=row.service,
        commune=row.commune,
        opened_at=row.opened_at,
        updated_at=row.updated_at,
    )
