"""The referents' pages: questions waiting, one case, and the reply that leaves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from uuid import UUID, uuid4

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from assistant.domain import Account
from assistant.errors import TicketError
from assistant.escalation import queue, tickets
from assistant.escalation.replies import REPLY_CHARACTERS, fit, visible
from assistant.escalation.tickets import Counts, State
from assistant.personal_data import mask
from assistant.storage.tables import now
from assistant.web import current
from assistant.web.entry.access import SignedIn, checked_form, field
from assistant.web.pages import render
from assistant.web.referents import cases

PER_PAGE = 20
# Names of the states in addresses.
STATES = {"ouvertes": State.OPEN, "repondues": State.ANSWERED, "retirees": State.WITHDRAWN}
router = APIRouter()


@dataclass(frozen=True, slots=True)
class Filter:
    """A link that lists the tickets of one state."""

    name: str
    address: str
    here: bool


@dataclass(frozen=True, slots=True)
class Writing:
    """What the reply's form holds: the text as typed, what is wrong with it, how it will be shown.

    ``masked`` tells that personal data were taken out of ``preview`` (HTML).
    """

    typed: str = ""
    problem: str = ""
    preview: str = ""
    masked: bool = False


@router.get("/referents")
async def waiting(request: Request, etat: str = "ouvertes", page: str = "1") -> Response:
    """List the tickets of one state."""
    site = current.site()
    state = STATES.get(etat, State.OPEN)
    async with site.database.reading() as session:
        counts = await tickets.counts(session)
        pages = max(1, math.ceil(_total(counts, state) / PER_PAGE))
        number = min(pages, int(page)) if page.isdecimal() and len(page) < 9 and int(page) else 1
        found = await tickets.listing(
            session, state, urgent_first=state is State.OPEN, limit=PER_PAGE, offset=PER_PAGE * (number - 1)
        )
    name = next(name for name, one in STATES.items() if one is state)
    return render(
        request,
        "referents.html",
        site.texts("tickets.list.title"),
        filters=[
            Filter(
                site.texts(f"tickets.list.{one.value}", count=_total(counts, one)),
                f"/referents?etat={key}",
                one is state,
            )
            for key, one in STATES.items()
        ],
        urgent=counts.urgent,
        empty=site.texts(f"tickets.list.empty.{state.value}"),
        rows=[cases.row(one, now(), site.texts) for one in found],
        page=number,
        pages=pages,
        address=f"/referents?etat={name}&page=",
    )


@router.get("/referents/{number}")
async def one_case(request: Request, account: SignedIn, number: str, envoyee: str = "") -> Response:
    """Show a ticket and the form to answer it; ``envoyee`` is set after a reply was sent."""
    return await _page(request, account, number, Writing(), sent=bool(envoyee))


@router.post("/referents/{number}/reponse")
async def answer(request: Request, account: SignedIn, number: str) -> Response:
    """Preview a reply, or send it; whatever goes wrong, what was typed is shown again."""
    site = current.site()
    form = await request.form()
    typed = field(form, "reponse")
    try:
        await checked_form(request)
        reply_id = str(UUID(field(form, "envoi")))
    except (HTTPException, ValueError):
        problem = site.texts("tickets.form.expired")
        return await _page(request, account, number, Writing(typed, problem), status=403)
    try:
        if field(form, "action") != "envoyer":
            preview, masked = cases.reply_html(fit(typed)), mask(visible(typed)) != visible(typed)
            return await _page(request, account, number, Writing(typed, preview=preview, masked=masked))
        async with site.database.writing() as session:
            ticket = tickets.number_of(number)
            await queue.reply(session, ticket, account, typed, site.texts, reply_id)
    except TicketError as error:
        return await _page(request, account, number, Writing(typed, str(error)), status=422)
    return RedirectResponse(f"/referents/{tickets.reference(ticket)}?envoyee=1#message", 303)


async def _page(
    request: Request, account: Account, number: str, writing: Writing, status: int = 200, sent: bool = False
) -> Response:
    site = current.site()
    try:
        async with site.database.writing() as session:
            ticket = await queue.viewed(session, tickets.number_of(number), account)
    except TicketError as error:
        raise HTTPException(404, error.found) from error
    shown = cases.case(ticket, now(), site.texts)
    title = site.texts("tickets.case.title", reference=shown.reference)
    return render(
        request,
        "ticket.html",
        site.texts("tickets.case.wrong", title=title) if writing.problem else title,
        status,
        case=shown,
        heading=title,
        writing=writing,
        sent=sent and shown.answered,
        # A new one at each showing: the same form sent twice is one reply, two forms are two.
        envoi=str(uuid4()),
        longest=REPLY_CHARACTERS,
    )


def _total(counts: Counts, state: State) -> int:
    return {State.OPEN: counts.open, State.ANSWERED: counts.answered, State.WITHDRAWN: counts.withdrawn}[
        state
    ]
