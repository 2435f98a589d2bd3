"""People made for one test, who may be disabled, renamed or deleted without a trace in the others."""

from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.testclient import TestClient

from assistant.accounts import directory, sessions
from assistant.domain import Account, Role
from assistant.escalation import queue
from assistant.escalation.tickets import Draft, Reason
from assistant.storage import threads
from assistant.storage.audit import SYSTEM
from assistant.storage.tables import AuditRow
from assistant.storage.threads import Step, StepKind
from assistant.web.entry.access import SESSION_COOKIE
from tests.web.desk import PASSWORD, Desk


def newcomer(desk: Desk, role: Role = Role.AGENT, **details: str) -> Account:
    """Make an account of this test's own, with the usual password."""

    async def work(session: AsyncSession) -> Account:
        made = await directory.create(
            session,
            email=f"{uuid4().hex}@ville.example",
            name=details.pop("name", "Nouvelle Personne"),
            role=role,
            actor=SYSTEM,
            **details,
        )
        await directory.set_password(session, made.id, PASSWORD, SYSTEM)
        return made

    return desk.run(work)


def session_of(desk: Desk, account: Account) -> str:
    """Open a session from outside and return its token."""
    return desk.run(lambda session: sessions.open_session(session, account.id, 1))


def browser_of(desk: Desk, account: Account) -> TestClient:
    """Return a browser in which this person is signed in."""
    client = desk.client()
    client.cookies.set(SESSION_COOKIE, session_of(desk, account))
    return client


def owner_of(desk: Desk, token: str) -> Account | None:
    """Return whose session a token opens."""
    return desk.run(lambda session: sessions.account_for(session, token))


def actions_of(desk: Desk, account: Account) -> list[tuple[str, str, dict[str, object]]]:
    """Return what the audit says that somebody did: action, target, details."""

    async def work(session: AsyncSession) -> list[tuple[str, str, dict[str, object]]]:
        lines = await session.scalars(
            select(AuditRow).where(AuditRow.actor == account.id).order_by(AuditRow.id)
        )
        return [(line.action, line.target, line.details) for line in lines]

    return desk.run(work)


@dataclass(frozen=True)
class Discussion:
    """A question, its answer, and the ticket that came of it."""

    thread: str
    question: str
    answer: str
    ticket: int


def discussion_of(desk: Desk, account: Account, question: str = "Puis-je faire cela ?") -> Discussion:
    """Keep a question that this person asked and handed to the referents."""
    thread, asked, answer = (str(uuid4()) for _ in range(3))

    async def work(session: AsyncSession) -> Discussion:
        row = await threads.require(session, account.id, thread, question)
        await threads.add(
            session,
            row,
            Step(asked, StepKind.QUESTION, question),
            Step(answer, StepKind.ANSWER, "Voici les passages.", {"status": "escalated"}),
        )
        await threads.set_feedback(session, account.id, answer, 0, "unclear", "Peu clair.")
        draft = Draft(question, Reason.REQUESTED, False, answer, thread, {}, (), "escalated")
        return Discussion(thread, asked, answer, await queue.open_ticket(session, account, draft))

    return desk.run(work)
