"""The history of discussions: threads, their messages, and what the askers thought of the answers.

Each function names the account that asks: a thread of somebody else's is as good as absent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import ColumnElement, delete, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.errors import HistoryError
from assistant.storage.tables import FeedbackRow, StepRow, ThreadRow, TicketRow, now

NAME_LENGTH = 120
REASONS = ("beside", "incomplete", "outdated", "unclear", "other")


class StepKind(StrEnum):
    """Who speaks in a message."""

    QUESTION = "question"
    ANSWER = "answer"
    NOTICE = "notice"
    REPLY = "reply"


@dataclass(frozen=True, slots=True)
class Step:
    """One message as kept; ``props`` is what the page needs to draw it, ``details`` what it was worth."""

    id: str
    kind: StepKind
    text: str
    props: Mapping[str, Any] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)
    trace_id: str = ""
    created_at: datetime = field(default_factory=now)


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of an answer since: the asker's opinion, and its ticket with its state."""

    value: int | None = None
    reason: str = ""
    ticket: int | None = None
    ticket_state: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """A discussion in a list."""

    id: str
    name: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Thread:
    """A whole discussion; ``standings`` are by step id."""

    summary: Summary
    steps: tuple[Step, ...]
    standings: Mapping[str, Standing]


def answer_id(question_id: str) -> str:
    """Return the id that the answer to a question has: asking again finds it."""
    return str(uuid5(NAMESPACE_URL, f"answer:{question_id}"))


def absent() -> HistoryError:
    """Return the refusal of a discussion that is not there, or not for whoever asks."""
    return HistoryError(
        "Cette discussion n’existe pas, ou n’est pas la vôtre.",
        "Une de vos discussions.",
        "Ouvrez-en une dans la liste, ou commencez-en une nouvelle.",
    )


async def owner(session: AsyncSession, thread_id: str) -> str | None:
    """Return the account that a thread belongs to, None when there is no such thread."""
    return await session.scalar(select(ThreadRow.account_id).where(ThreadRow.id == thread_id))


async def require(
    session: AsyncSession, account_id: str, thread_id: str, first: str | None = None
) -> ThreadRow:
    """Return one's own thread; makes it, named after its ``first`` question, when there is none yet.

    Raises:
        HistoryError: it is somebody else's, or there is none and no first question.
    """
    row = await session.get(ThreadRow, thread_id)
    if row is None and first is not None:
        row = ThreadRow(id=thread_id, account_id=account_id, name=shortened(first))
        session.add(row)
        await session.flush()
    if row is None or row.account_id != account_id:
        raise absent()
    return row


def shortened(text: str) -> str:
    """Return a text on one line, cut to the length of a thread's name."""
    line = " ".join(text.split())
    return line if len(line) <= NAME_LENGTH else line[: NAME_LENGTH - 1].rstrip() + "…"


async def add(session: AsyncSession, thread: ThreadRow, *steps: Step) -> None:
    """Add messages at the end of a thread."""
    for step in steps:
        session.add(
            StepRow(
                id=step.id,
                thread_id=thread.id,
                kind=step.kind.value,
                text=step.text,
                props=dict(step.props),
                details=dict(step.details),
                trace_id=step.trace_id,
                created_at=step.created_at,
            )
        )
        # one by one: the order of a single insert of many rows is not promised
        await session.flush()
    thread.updated_at = now()


async def fill(session: AsyncSession, step: Step) -> None:
    """Give a message already added its text and what draws it."""
    row = await session.get_one(StepRow, step.id)
    row.text, row.props = step.text, dict(step.props)


async def step_of(session: AsyncSession, account_id: str, step_id: str) -> tuple[str, Step] | None:
    """Return one's own message with the thread it is in, None when it is not there or somebody else's."""
    found = select(StepRow).join(ThreadRow).where(StepRow.id == step_id, ThreadRow.account_id == account_id)
    row = await session.scalar(found)
    return None if row is None else (row.thread_id, _step(row))


async def answer_of(session: AsyncSession, account_id: str, step_id: str) -> tuple[str, Step]:
    """Return one's own answer with the thread it is in.

    Raises:
        HistoryError: it is not an answer given to this account.
    """
    found = await step_of(session, account_id, step_id)
    if found is None or found[1].kind is not StepKind.ANSWER:
        raise HistoryError("Cette réponse n’existe pas, ou ne vous a pas été donnée.")
    return found


async def questions(session: AsyncSession, account_id: str, thread_id: str, limit: int) -> tuple[str, ...]:
    """Return the last questions of one's own thread, the oldest first."""
    asked = (
        select(StepRow.text)
        .join(ThreadRow)
        .where(
            StepRow.thread_id == thread_id,
            StepRow.kind == StepKind.QUESTION.value,
            ThreadRow.account_id == account_id,
        )
    )
    last = (await session.scalars(asked.order_by(StepRow.created_at.desc()).limit(limit))).all()
    return tuple(reversed(last))


async def thread(session: AsyncSession, account_id: str, thread_id: str) -> Thread | None:
    """Return one's own discussion with all its messages, None when it is not there or somebody else's."""
    row = await session.get(ThreadRow, thread_id)
    if row is None or row.account_id != account_id:
        return None
    steps = (
        await session.scalars(
            select(StepRow).where(StepRow.thread_id == thread_id).order_by(StepRow.created_at, StepRow.id)
        )
    ).all()
    return Thread(
        Summary(row.id, row.name, row.updated_at),
        tuple(_step(step) for step in steps),
        await _standings(session, StepRow.thread_id == thread_id),
    )


async def standing(session: AsyncSession, step_id: str) -> Standing:
    """Return what became of one answer."""
    return (await _standings(session, StepRow.id == step_id)).get(step_id, Standing())


async def _standings(session: AsyncSession, which: ColumnElement[bool]) -> dict[str, Standing]:
    found = (
        select(StepRow.id, FeedbackRow.value, FeedbackRow.reason, TicketRow.id, TicketRow.state)
        .outerjoin(FeedbackRow, FeedbackRow.step_id == StepRow.id)
        .outerjoin(TicketRow, TicketRow.step_id == StepRow.id)
        .where(which, StepRow.kind == StepKind.ANSWER.value)
    )
    return {
        step_id: Standing(value, reason or "", number, state or "")
        for step_id, value, reason, number, state in await session.execute(found)
    }


async def listing(
    session: AsyncSession, account_id: str, first: int, after: str = "", search: str = ""
) -> Sequence[Summary]:
    """Return one's discussions, the last active first: at most ``first``, after the one named ``after``."""
    found = select(ThreadRow).where(ThreadRow.account_id == account_id)
    previous = await session.get(ThreadRow, after) if after else None
    if previous is not None and previous.account_id == account_id:
        place = tuple_(ThreadRow.updated_at, ThreadRow.id)
        found = found.where(place < tuple_(previous.updated_at, previous.id))
    if search.strip():
        like = f"%{_escaped(search.strip().lower())}%"
        said = select(StepRow.thread_id).where(func.lower(StepRow.text).like(like, escape="\\"))
        found = found.where(or_(func.lower(ThreadRow.name).like(like, escape="\\"), ThreadRow.id.in_(said)))
    ordered = found.order_by(ThreadRow.updated_at.desc(), ThreadRow.id.desc()).limit(first)
    return [Summary(row.id, row.name, row.updated_at) for row in await session.scalars(ordered)]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


async def rename(session: AsyncSession, account_id: str, thread_id: str, name: str) -> None:
    """Give one's own thread another name, already masked.

    Raises:
        HistoryError: see ``require``.
    """
    row = await require(session, account_id, thread_id)
    row.name = shortened(name) or row.name


async def remove(session: AsyncSession, account_id: str, thread_id: str) -> None:
    """Delete one's own thread with its messages; its tickets stay, detached from it.

    Raises:
        HistoryError: see ``require``.
    """
    await session.delete(await require(session, account_id, thread_id))


async def remove_all(session: AsyncSession, account_id: str) -> int:
    """Delete all the threads of an account and return how many there were."""
    count = select(func.count()).select_from(ThreadRow).where(ThreadRow.account_id == account_id)
    number = await session.scalar(count)
    await session.execute(delete(ThreadRow).where(ThreadRow.account_id == account_id))
    return number or 0


async def set_feedback(
    session: AsyncSession, account_id: str, step_id: str, value: int, reason: str = "", comment: str = ""
) -> None:
    """Keep what the asker thinks of an answer: 1 or 0, a reason of ``REASONS``, a masked comment.

    Raises:
        HistoryError: it is not an answer given to this account, or the reason is unknown.
    """
    await answer_of(session, account_id, step_id)
    if value not in (0, 1) or reason not in ("", *REASONS):
        raise HistoryError("Cet avis n’est pas un de ceux qui sont proposés.")
    row = await session.get(FeedbackRow, step_id)
    if row is None:
        row = FeedbackRow(step_id=step_id)
        session.add(row)
    row.value, row.reason, row.comment, row.updated_at = value, reason, comment, now()


def _step(row: StepRow) -> Step:
    return Step(row.id, StepKind(row.kind), row.text, row.props, row.details, row.trace_id, row.created_at)
