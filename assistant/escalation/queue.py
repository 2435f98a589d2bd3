"""The questions handed to the referents: the only place where a ticket's state changes."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.domain import Account
from assistant.errors import TicketError
from assistant.escalation.replies import DETAIL_CHARACTERS, fit, kept, visible
from assistant.escalation.tickets import Draft, EventKind, State, Ticket, absent, reference, ticket
from assistant.storage import threads
from assistant.storage.audit import CONSOLE, record
from assistant.storage.tables import (
    AuditRow,
    NoticeRow,
    StepRow,
    ThreadRow,
    TicketEventRow,
    TicketRow,
    now,
)
from assistant.storage.threads import Step, StepKind
from assistant.texts import Texts


async def open_ticket(
    session: AsyncSession, account: Account, draft: Draft, name_shown: bool = False, detail: str = ""
) -> int:
    """Hand a question to the referents and return its number; asking again returns the same number.

    A ticket that the asker withdrew is opened again.

    Raises:
        TicketError: the answer is not there or somebody else's, or the detail is too long.
    """
    await _own_answer(session, account, draft)
    row = await session.scalar(select(TicketRow).where(TicketRow.step_id == draft.step_id))
    if row is not None and row.state != State.WITHDRAWN.value:
        return row.id
    if row is None:
        row = TicketRow(step_id=draft.step_id, thread_id=draft.thread_id, account_id=account.id)
        session.add(row)
    row.state, row.reason, row.urgent = State.OPEN.value, draft.reason.value, draft.urgent
    row.question, row.name_shown = visible(draft.question), name_shown
    row.service, row.commune = account.service, account.commune
    row.signals = {"status": draft.status, "values": dict(draft.signals)}
    row.leads = {"passages": [lead.record() for lead in draft.leads]}
    await session.flush()
    await _happened(session, row, EventKind.OPENED, account)
    if visible(detail):
        await _detailed(session, row, account, detail)
    details = {"reason": row.reason, "urgent": row.urgent, "name_shown": name_shown}
    record(session, account.id, "ticket.open", reference(row.id), details)
    return row.id


async def add_detail(session: AsyncSession, number: int, account: Account, text: str) -> None:
    """Add what the asker has to say to an open ticket.

    Raises:
        TicketError: it is not there, somebody else's or not open any more; or the text is empty or too long.
    """
    row = await _own_open(session, number, account)
    await _detailed(session, row, account, text)
    record(session, account.id, "ticket.detail", reference(number))


async def withdraw(session: AsyncSession, number: int, account: Account) -> None:
    """Take back an open ticket; it is for the asker alone.

    Raises:
        TicketError: it is not there, somebody else's, or not open any more.
    """
    row = await _own_open(session, number, account)
    row.state = State.WITHDRAWN.value
    await _happened(session, row, EventKind.WITHDRAWN, account)
    record(session, account.id, "ticket.withdraw", reference(number))


async def reply(
    session: AsyncSession,
    number: int,
    referent: Account | None,
    markdown: str,
    texts: Texts,
    reply_id: str = "",
) -> str:
    """Answer a ticket, in the asker's thread too while there is one, and return the reply's id.

    The reply's step has the same id. ``reply_id`` makes sending it again harmless. None as the
    ``referent`` is the command line.

    Raises:
        TicketError: it is not there or withdrawn, the text is empty or too long, or the id is that of
            another message.
    """
    text = fit(markdown)
    row = await _locked(session, number)
    if reply_id and await _sent(session, number, reply_id, text):
        return reply_id
    if row.state == State.WITHDRAWN.value:
        raise TicketError(
            f"La demande {reference(number)} a été retirée par son auteur.", "Attendu : une demande ouverte."
        )
    name = reply_id or str(uuid4())
    first = row.state == State.OPEN.value
    row.state = State.ANSWERED.value
    await _happened(session, row, EventKind.REPLY, referent, text, name)
    if row.thread_id is not None and row.account_id is not None:
        opening = texts("tickets.reply.first" if first else "tickets.reply.more", reference=reference(number))
        props = {"ticket": number, "reference": reference(number), "state": row.state}
        thread = await threads.require(session, row.account_id, row.thread_id)
        await threads.add(session, thread, Step(name, StepKind.REPLY, f"**{opening}**\n\n{text}", props))
        session.add(
            NoticeRow(account_id=row.account_id, thread_id=row.thread_id, step_id=name, ticket_id=number)
        )
    record(session, referent.id if referent else CONSOLE, "ticket.reply", reference(number), {"reply": name})
    return name


async def viewed(session: AsyncSession, number: int, referent: Account | None) -> Ticket:
    """Return a ticket to a referent (None: the command line); that they read it is noted once.

    Raises:
        TicketError: it is not there.
    """
    row = await _locked(session, number)
    actor = referent.id if referent else CONSOLE
    noted = select(AuditRow.id).where(
        AuditRow.at >= row.opened_at,  # the only indexed column: lines from before need not be read
        AuditRow.actor == actor,
        AuditRow.action == "ticket.view",
        AuditRow.target == reference(number),
    )
    if await session.scalar(noted.limit(1)) is None:
        record(session, actor, "ticket.view", reference(number))
    return await ticket(session, number)


async def _own_answer(session: AsyncSession, account: Account, draft: Draft) -> None:
    # Locked: two requests about the same answer come one after the other on any database.
    answer = (
        select(StepRow.id)
        .join(ThreadRow)
        .where(
            StepRow.id == draft.step_id,
            StepRow.thread_id == draft.thread_id,
            ThreadRow.account_id == account.id,
        )
        .with_for_update(of=StepRow)
    )
    if await session.scalar(answer) is None:
        raise TicketError("Cette réponse n’existe plus, ou ne vous a pas été donnée.")


async def _locked(session: AsyncSession, number: int) -> TicketRow:
    # Locked: two changes of a ticket come one after the other on any database.
    found = select(TicketRow).where(TicketRow.id == number).with_for_update()
    row = await session.scalar(found.execution_options(populate_existing=True))
    if row is None:
        raise absent(number)
    return row


async def _own_open(session: AsyncSession, number: int, account: Account) -> TicketRow:
    row = await session.scalar(
        select(TicketRow).where(TicketRow.id == number, TicketRow.account_id == account.id)
    )
    if row is None:  # somebody else's is as good as absent
        raise absent(number)
    row = await _locked(session, number)
    if row.state != State.OPEN.value:
        done = "déjà reçu une réponse" if row.state == State.ANSWERED.value else "été retirée"
        raise TicketError(
            f"La demande {reference(number)} a {done}.",
            "Attendu : une demande en attente de réponse.",
            "Posez une nouvelle question si vous en avez besoin.",
        )
    return row


async def _sent(session: AsyncSession, number: int, reply_id: str, text: str) -> bool:
    """Tell whether this very reply was already written on this ticket."""
    event = await session.scalar(select(TicketEventRow).where(TicketEventRow.reply_id == reply_id))
    if event is None and await session.get(StepRow, reply_id) is None:
        return False
    if event is None or (event.ticket_id, event.text) != (number, text):
        raise TicketError(
            "Ce formulaire a déjà servi à envoyer une autre réponse.",
            remedy="Si ce texte doit la compléter, envoyez-le de nouveau.",
        )
    return True


async def _detailed(session: AsyncSession, row: TicketRow, account: Account, text: str) -> None:
    said = kept(text, DETAIL_CHARACTERS, "La précision est vide.")
    await _happened(session, row, EventKind.DETAIL, account, said)


async def _happened(
    session: AsyncSession,
    row: TicketRow,
    kind: EventKind,
    who: Account | None,
    text: str = "",
    reply_id: str | None = None,
) -> None:
    row.updated_at = now()
    session.add(
        TicketEventRow(
            ticket_id=row.id,
            kind=kind.value,
            text=text,
            account_id=who.id if who else None,
            reply_id=reply_id,
        )
    )
    # one by one: the order of a single insert of many rows is not promised
    await session.flush()
