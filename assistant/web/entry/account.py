"""One's own page: what is kept, exported, deleted."""

from __future__ import annotations

import json
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.accounts import directory, export, passwords, signing
from assistant.domain import Account
from assistant.errors import AccountError
from assistant.escalation.tickets import reference
from assistant.storage import audit, threads
from assistant.storage.tables import TicketRow
from assistant.texts import Texts
from assistant.web import current, pages
from assistant.web.dates import spoken
from assistant.web.entry.access import CheckedForm, SignedIn, field, session_token
from assistant.web.entry.attempts import TooManyAttemptsError, attempts
from assistant.web.entry.signin import address_of, leaving, waiting

router = APIRouter()
# The forms of the page, by the end of their address, which is also their anchor.
PASSWORD, HISTORY, DELETION = "mot-de-passe", "historique", "suppression"
DONE = {PASSWORD: "password", HISTORY: "history"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question handed to the referents, as a line of the page; without ``path`` its discussion is gone."""

    reference: str
    question: str
    state: str
    opened: str
    path: str


@router.get("/compte")
async def account_page(request: Request, account: SignedIn, fait: str = "") -> Response:
    """Show who one is, what is kept, who reads it, and what can be done about it."""
    return await _page(request, account, done=fait if fait in DONE else "")


@router.get("/compte/donnees.json")
async def data(account: SignedIn) -> Response:
    """Give everything that is kept about oneself."""
    async with current.site().database.reading() as session:
        kept = await export.personal_data(session, account.id)
    text = json.dumps(kept, ensure_ascii=False, indent=2) + "\n"
    name = f'attachment; filename="{current.site().texts("account.data.file")}"'
    return Response(text, media_type="application/json", headers={"Content-Disposition": name})


@router.post("/compte/mot-de-passe")
async def change_password(request: Request, account: SignedIn, form: CheckedForm) -> Response:
    """Replace the password, given the present one; the other browsers are signed out."""
    texts = current.site().texts
    if error := await _unsure(request, account, field(form, "current")):
        return await _page(request, account, PASSWORD, error)
    if field(form, "password") != field(form, "again"):
        return await _page(request, account, PASSWORD, texts("signin.differ"))
    try:
        async with current.site().database.writing() as session:
            await directory.set_password(
                session, account.id, field(form, "password"), account.id, session_token(request)
            )
    except AccountError as refused:
        return await _page(request, account, PASSWORD, str(refused))
    return _done(PASSWORD)


@router.post("/compte/historique")
async def delete_history(request: Request, account: SignedIn, form: CheckedForm) -> Response:
    """Delete all one's discussions; what was asked of the referents stays, detached from them."""
    if not field(form, "sure"):
        return await _page(request, account, HISTORY, current.site().texts("account.unsure"))
    async with current.site().database.writing() as session:
        count = await threads.remove_all(session, account.id)
        audit.record(session, account.id, "history.delete", account.id, {"threads": count})
    return _done(HISTORY)


@router.post("/compte/suppression")
async def delete_account(request: Request, account: SignedIn, form: CheckedForm) -> Response:
    """Delete one's account and discussions, given the password; the last administrator stays."""
    if not field(form, "sure"):
        return await _page(request, account, DELETION, current.site().texts("account.unsure"))
    if error := await _unsure(request, account, field(form, "current")):
        return await _page(request, account, DELETION, error)
    try:
        async with current.site().database.writing() as session:
            await directory.delete(session, account.id, account.id)
    except AccountError as refused:
        return await _page(request, account, DELETION, str(refused))
    return leaving("suppression")


def _done(form: str) -> Response:
    return RedirectResponse(f"/compte?fait={form}#{form}", 303)


async def _unsure(request: Request, account: Account, password: str) -> str:
    """Return why the password typed does not prove who is there, empty when it does."""

    async def check() -> Account | None:
        async with current.site().database.reading() as session:
            return await signing.authenticate(session, account.email, password)

    try:
        proved = await attempts().verify(account.email, address_of(request), check)
    except TooManyAttemptsError as refused:
        return waiting(refused.minutes)
    return "" if proved else current.site().texts("account.wrong_password")


async def _page(
    request: Request, account: Account, wrong: str = "", error: str = "", done: str = ""
) -> Response:
    """Return the page; ``wrong`` is the form that could not be obeyed, ``done`` the one that was."""
    site = current.site()
    async with site.database.reading() as session:
        asked = await _asked(session, account, site.texts)
    return pages.render(
        request,
        "account.html",
        site.texts("account.title"),
        400 if error else 200,
        role=site.texts(f"roles.{account.role.value}"),
        kept_days=_days(site.settings.retention_days, site.texts),
        tickets_days=_days(site.settings.ticket_retention_days, site.texts),
        session_hours=site.settings.session_hours,
        asked=asked,
        wrong=wrong,
        error=error,
        done=done,
        said=site.texts(f"account.{DONE[done]}.done") if done else "",
        shortest=passwords.SHORTEST,
        longest=passwords.LONGEST,
    )


async def _asked(session: AsyncSession, account: Account, texts: Texts) -> list[Asked]:
    mine = select(TicketRow).where(TicketRow.account_id == account.id).order_by(TicketRow.id.desc())
    return [
        Asked(
            reference(row.id),
            row.question,
            texts(f"account.asked.states.{row.state}"),
            spoken(row.opened_at.astimezone().date(), texts),
            f"/thread/{row.thread_id}" if row.thread_id else "",
        )
        for row in await session.scalars(mine)
    ]


def _days(count: int, texts: Texts) -> str:
    return texts("account.day") if count == 1 else texts("account.days", count=count)
