"""People, discussions and drafts for tests of tickets, in a real database."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.domain import Account
from assistant.escalation.tickets import Draft, Lead, Reason
from assistant.storage import threads
from assistant.storage.tables import AuditRow, Table
from assistant.storage.threads import Step, StepKind

QUESTION = "Peut-on publier la liste des inscrits de la piscine ?"
LEAD = Lead(
    "charte#article-2~2", "charte", "Charte d’usage", "Article 2 – Données", "a" * 64, "Jamais.", 10, 17, 0.4
)
WEAK = {"coverage": 0.42, "cosine": 0.1, "asked_words": 0.1, "asked_cosine": 0.2, "confidence": 0.21}


async def asked(
    session: AsyncSession,
    account: Account,
    question: str = QUESTION,
    reason: Reason = Reason.UNSURE,
    urgent: bool = False,
    status: str = "escalated",
    signals: Mapping[str, float] = WEAK,
    leads: tuple[Lead, ...] = (LEAD,),
) -> Draft:
    """Keep a question with its answer in a new discussion, and return the ticket to open for it."""
    thread_id, question_id, answer_id = (str(uuid4()) for _ in range(3))
    thread = await threads.require(session, account.id, thread_id, question)
    await threads.add(session, thread, Step(question_id, StepKind.QUESTION, question))
    await threads.add(session, thread, Step(answer_id, StepKind.ANSWER, "Rien de sûr."))
    return Draft(question, reason, urgent, answer_id, thread_id, signals, leads, status)


async def audited(session: AsyncSession, target: str) -> list[tuple[str, str]]:
    """Return (actor, action) of the audit lines about a ticket, the oldest first."""
    found = select(AuditRow.actor, AuditRow.action).where(AuditRow.target == target).order_by(AuditRow.id)
    return [(actor, action) for actor, action in await session.execute(found)]


async def count(session: AsyncSession, table: type[Table]) -> int:
    """Return how many rows a table has."""
    return await session.scalar(select(func.count()).select_from(table)) or 0
