"""A question in a discussion: masked, answered, escalated if need be, and kept before it is shown.

What the chat shows is on disk first: one transaction holds the question, the answer and the ticket, so a
kill at any moment leaves all of them or none. Asking again with the same question id changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from assistant.domain import Account, Answer, AnswerStatus, Sentence, Topic, Urgency
from assistant.escalation import queue, tickets
from assistant.escalation.replies import visible
from assistant.escalation.tickets import Draft, Lead, Reason, State
from assistant.logs import trace_id
from assistant.personal_data import Screening, mask, screen
from assistant.service import Assistant
from assistant.storage import threads
from assistant.storage.database import Database
from assistant.storage.threads import Standing, Step, StepKind

REMEMBERED = 5  # earlier questions that a follow-up may refer to
LEADS = 3


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message as the chat draws it: Markdown, and what its custom element needs."""

    text: str
    props: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is to be said: the answer, what the question gave away, its ticket if one was opened.

    ``rule`` is the sentence of the framework on personal data, when one is sure.
    """

    answer: Answer
    screening: Screening
    ticket: int | None = None
    rule: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its answer as kept, and what became of the answer since."""

    question: Step
    answer: Step
    standing: Standing = field(default_factory=Standing)


Compose = Callable[[Outcome], Rendered]


class Conversation:
    """Answers in discussions; keeps no state but in the database."""

    def __init__(self, assistant: Assistant, database: Database) -> None:
        self._assistant = assistant
        self._database = database

    async def ask(
        self, account: Account, thread_id: str, question_id: str, text: str, compose: Compose
    ) -> Exchange:
        """Answer a question and keep both; the same ``question_id`` again gives back what was kept.

        Raises:
            QuestionError: the question is too long; nothing is kept.
            HistoryError: the discussion is somebody else's.
        """
        answer_id = threads.answer_id(question_id)
        async with self._database.reading() as session:
            kept = await self._kept(session, account, thread_id, question_id, answer_id)
            earlier = await threads.questions(session, account.id, thread_id, REMEMBERED)
        if kept is not None:
            return kept
        outcome = await asyncio.to_thread(self._answered, account, text, earlier)
        async with self._database.writing() as session:
            kept = await self._kept(session, account, thread_id, question_id, answer_id)
            if kept is not None:
                return kept
            # dated now that nobody else writes: its answer comes next, whatever is asked meanwhile
            question = Step(question_id, StepKind.QUESTION, outcome.screening.text)
            thread = await threads.require(session, account.id, thread_id, question.text)
            # in place first: the ticket names it
            blank = Step(
                answer_id,
                StepKind.ANSWER,
                "",
                details=_details(outcome.answer),
                trace_id=outcome.answer.trace_id,
            )
            await threads.add(session, thread, question, blank)
            outcome = await self._escalated(session, account, thread_id, blank, outcome)
            rendered = compose(outcome)
            answer = replace(blank, text=rendered.text, props=rendered.props)
            await threads.fill(session, answer)
            state = State.OPEN.value if outcome.ticket is not None else ""
        return Exchange(question, answer, Standing(ticket=outcome.ticket, ticket_state=state))

    async def request(
        self,
        account: Account,
        answer_id: str,
        name_shown: bool,
        detail: str,
        compose: Callable[[int], Rendered],
        reason: Reason = Reason.REQUESTED,
    ) -> tuple[Standing, tuple[str, Step] | None]:
        """Hand the question behind an answer to the referents.

        Returns what became of the answer, and the discussion with the notice added to it; None when the
        question was with them already: the detail, if any, is then added to its ticket.

        Raises:
            HistoryError: it is not an answer given to this account.
            TicketError: the detail is too long, or comes after the reply.
        """
        async with self._database.writing() as session:
            thread_id, step = await threads.answer_of(session, account.id, answer_id)
            already = await tickets.for_step(session, answer_id)
            draft = _draft_of(step, thread_id, reason)
            number = await queue.open_ticket(session, account, draft, name_shown, detail)
            noted = None
            if already is None or already.state is State.WITHDRAWN:
                noted = await _noted(session, account, thread_id, compose(number))
            elif visible(detail):
                await queue.add_detail(session, number, account, detail)
            return await threads.standing(session, answer_id), noted

    async def detail(
        self, account: Account, number: int, text: str, said: Rendered
    ) -> tuple[str, Step] | None:
        """Add a detail to one's ticket, and a notice of it to its discussion.

        Raises:
            TicketError: the ticket is not there, somebody else's, or not open any more.
        """
        async with self._database.writing() as session:
            await queue.add_detail(session, number, account, text)
            return await self._ticket_noted(session, account, number, said)

    async def withdraw(self, account: Account, number: int, said: Rendered) -> tuple[str, Step] | None:
        """Withdraw one's ticket, and say so in its discussion.

        Raises:
            TicketError: see ``detail``.
        """
        async with self._database.writing() as session:
            await queue.withdraw(session, number, account)
            return await self._ticket_noted(session, account, number, said)

    async def judge(self, account: Account, answer_id: str, value: int, reason: str, comment: str) -> None:
        """Keep what the asker thinks of an answer.

        Raises:
            HistoryError: it is not an answer given to this account, or the opinion is not a proposed one.
        """
        async with self._database.writing() as session:
            said = mask(visible(comment))
            await threads.set_feedback(session, account.id, answer_id, value, reason, said)

    def _answered(self, account: Account, text: str, earlier: tuple[str, ...]) -> Outcome:
        self._assistant.check_length(text)
        screening = screen(visible(text))
        answer = self._assistant.ask(screening.text, earlier, account.scope)
        answer = replace(answer, trace_id=trace_id.get() or answer.trace_id)
        if answer.urgency is Urgency.HAPPENED:
            answer = replace(
                answer,
                status=AnswerStatus.ESCALATED,
                topic=Topic.SUBJECT,
                message=self._assistant.texts("answer.urgent"),
            )
        told = screening.findings or screening.sensitive
        return Outcome(answer, screening, rule=self._assistant.personal_data_rule() if told else None)

    @staticmethod
    async def _escalated(
        session: AsyncSession, account: Account, thread_id: str, step: Step, outcome: Outcome
    ) -> Outcome:
        if outcome.answer.status is not AnswerStatus.ESCALATED:
            return outcome
        reason = Reason.URGENT if outcome.answer.urgency is Urgency.HAPPENED else Reason.UNSURE
        draft = _draft_of(step, thread_id, reason)
        return replace(outcome, ticket=await queue.open_ticket(session, account, draft))

    @staticmethod
    async def _kept(
        session: AsyncSession, account: Account, thread_id: str, question_id: str, answer_id: str
    ) -> Exchange | None:
        question = await threads.step_of(session, account.id, question_id)
        answer = await threads.step_of(session, account.id, answer_id)
        if question is None or answer is None or question[0] != thread_id:
            return None
        return Exchange(question[1], answer[1], await threads.standing(session, answer_id))

    @staticmethod
    async def _ticket_noted(
        session: AsyncSession, account: Account, number: int, said: Rendered
    ) -> tuple[str, Step] | None:
        ticket = await tickets.ticket(session, number)
        return await _noted(session, account, ticket.thread_id, said) if ticket.thread_id else None


async def _noted(session: AsyncSession, account: Account, thread_id: str, said: Rendered) -> tuple[str, Step]:
    step = Step(str(uuid4()), StepKind.NOTICE, said.text, said.props)
    thread = await threads.require(session, account.id, thread_id)
    await threads.add(session, thread, step)
    return thread_id, step


def _understandable(answer: Answer) -> str:
    """Return the question as a referent can read it alone: a follow-up comes after what it follows."""
    question, followed = answer.question, answer.query.history
    return f"{followed[-1]}\n\n{question}" if followed else question


def _details(answer: Answer) -> dict[str, Any]:
    """Return what a later ticket needs to know of an answer."""
    return {
        "question": _understandable(answer),
        "status": answer.status.value,
        "urgent": answer.urgency is Urgency.HAPPENED,
        "signals": _signals(answer),
        "leads": [lead.record() for lead in _leads(answer)],
    }


def _draft_of(step: Step, thread_id: str, reason: Reason) -> Draft:
    kept = step.details
    return Draft(
        question=kept["question"],
        reason=reason,
        urgent=kept["urgent"],
        step_id=step.id,
        thread_id=thread_id,
        signals=kept["signals"],
        leads=tuple(Lead(**lead) for lead in kept["leads"]),
        status=kept["status"],
    )


def _signals(answer: Answer) -> dict[str, float]:
    best = dict(answer.hits[0].signals) if answer.hits else {}
    return {**best, "confidence": answer.confidence}


def _leads(answer: Answer) -> tuple[Lead, ...]:
    """Return the passages nearest to the question, with the sentence quoted of each when there is one."""
    quoted = {citation.passage_id: citation for citation in answer.citations}
    leads = []
    for hit in answer.hits[:LEADS]:
        passage, citation = hit.passage, quoted.get(hit.passage.id)
        leads.append(
            Lead(
                passage_id=passage.id,
                document=passage.document.id,
                title=passage.document.title,
                heading=passage.heading,
                version_hash=passage.document.hash,
                quote=citation.quote if citation else "",
                start=citation.start if citation else passage.start,
                end=citation.end if citation else passage.end,
                score=hit.score,
            )
        )
    return tuple(leads)
