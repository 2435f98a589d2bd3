"""``escalations``: the questions handed to the referents, from the command line."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.commands.context import JsonOption, err, in_transaction, out, read_context
from assistant.errors import TicketError
from assistant.texts import Texts

if TYPE_CHECKING:  # the database takes time to import; the other commands need not wait for it
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from assistant.escalation.tickets import Summary, Ticket

NumberArgument = Annotated[
    str, typer.Argument(metavar="NUMÉRO", help="Numéro de la demande : 12, ou R-0012.")
]


def listing(
    everything: Annotated[
        bool, typer.Option("--all", help="Lister aussi les demandes répondues ou retirées.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Lister les demandes qui attendent une réponse, les urgentes puis les plus anciennes d’abord."""
    from assistant.escalation import tickets

    async def work(session: AsyncSession) -> list[Summary]:
        return await tickets.listing(session, None if everything else tickets.State.OPEN)

    settings, texts = read_context()
    found = in_transaction(settings, work)
    if as_json:
        for one in found:
            typer.echo(json.dumps(_record(one), ensure_ascii=False))
    elif found:
        _list(found, texts)
    else:
        err.print(texts("cli.escalations.none"))


def show(number: NumberArgument, as_json: JsonOption = False) -> None:
    """Montrer une demande : la question, pourquoi elle est là, les passages proches, les échanges."""
    from assistant.escalation import queue, tickets

    async def work(session: AsyncSession) -> Ticket:
        return await queue.viewed(session, tickets.number_of(number), None)

    settings, texts = read_context()
    ticket = in_transaction(settings, work)
    if as_json:
        typer.echo(json.dumps(_whole_record(ticket), ensure_ascii=False))
    else:
        _show(ticket, texts)


def reply(
    number: NumberArgument,
    text: Annotated[
        str,
        typer.Argument(metavar="TEXTE", help="La réponse, en Markdown ; « - » : lue sur l’entrée standard."),
    ] = "-",
) -> None:
    """Répondre à une demande ; l’agent lit la réponse dans sa discussion."""
    from assistant.escalation import queue, tickets

    settings, texts = read_context()
    if text == "-" and sys.stdin.isatty():
        raise TicketError(texts("cli.escalations.no_text"))
    written = sys.stdin.read() if text == "-" else text

    async def work(session: AsyncSession) -> Ticket:
        ticket = tickets.number_of(number)
        await queue.reply(session, ticket, None, written, texts)
        return await tickets.ticket(session, ticket)

    done = in_transaction(settings, work)
    said = texts(
        "cli.escalations.sent" if done.reachable else "cli.escalations.kept",
        reference=tickets.reference(done.number),
    )
    err.print(said, markup=False)


def _record(ticket: Summary) -> dict[str, Any]:
    from assistant.escalation.tickets import reference

    return {
        "number": ticket.number,
        "reference": reference(ticket.number),
        "state": ticket.state.value,
        "reason": ticket.reason.value,
        "urgent": ticket.urgent,
        "service": ticket.service,
        "commune": ticket.commune,
        "question": ticket.question,
        "opened_at": _time(ticket.opened_at),
        "updated_at": _time(ticket.updated_at),
    }


def _whole_record(ticket: Ticket) -> dict[str, Any]:
    """Return the ticket without what would tell who asked, unless the asker wanted it."""
    return {
        **_record(ticket),
        "asker": ticket.asker,
        "status": ticket.status,
        "signals": dict(ticket.signals),
        "leads": [lead.record() for lead in ticket.leads],
        "events": [
            {"kind": event.kind.value, "text": event.text, "at": _time(event.at), "author": event.author}
            for event in ticket.events
        ],
    }


def _time(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _list(tickets: list[Summary], texts: Texts) -> None:
    from rich.table import Table
    from rich.text import Text

    from assistant.storage.tables import now
    from assistant.web.referents import cases

    table = Table()
    for heading in texts.under("cli.escalations.columns").values():
        table.add_column(heading, overflow="fold")
    for ticket in tickets:
        row = cases.row(ticket, now(), texts)
        state = texts(f"tickets.states.{ticket.state.value}")
        urgent = texts("tickets.urgent") if row.urgent else ""
        cells = (row.reference, state, urgent, row.opened.ago, row.where, row.question)
        table.add_row(*(Text(cell) for cell in cells))
    out.print(table)


def _show(ticket: Ticket, texts: Texts) -> None:
    from assistant.storage.tables import now
    from assistant.web.referents import cases

    case = cases.case(ticket, now(), texts)
    lines = [
        f"{case.reference} – {case.state}" + (f" – {texts('tickets.urgent')}" if case.urgent else ""),
        f"{texts('tickets.case.asked')} {case.opened.said} ({case.opened.ago})",
        f"{texts('tickets.case.from')} {case.where} ({case.asker})",
        "",
        case.question,
        "",
        f"{texts('tickets.case.why')} :",
        *(f"- {reason}" for reason in case.reasons),
        "",
        f"{texts('tickets.case.leads')} :",
        *(f"- {one.title}" + (f"\n  « {one.quote} »" if one.quote else "") for one in case.found),
    ]
    for one in case.said:
        lines += ["", f"{one.title}, {one.moment.said}", *([one.text] if one.text else [])]
    typer.echo("\n".join(lines))
