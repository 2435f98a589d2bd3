"""Signing in and out, the first administrator's link, and the choice of a password."""

from __future__ import annotations

import re
from urllib.parse import unquote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData

from assistant.accounts import directory, links, passwords, sessions, signing
from assistant.accounts.links import Link
from assistant.domain import Account, Role
from assistant.errors import AccountError
from assistant.storage import audit
from assistant.web import current, pages
from assistant.web.entry import policy
from assistant.web.entry.access import (
    FORM_COOKIE,
    SESSION_COOKIE,
    CheckedForm,
    SignedIn,
    field,
    session_token,
    set_cookie,
    signed_in,
)
from assistant.web.entry.attempts import TooManyAttemptsError, attempts

router = APIRouter()
# What the page may be asked to say (``etat``), and its key under ``signin.left``.
NOTICES = {"deconnexion": "signed_out", "suppression": "deleted"}
# Printable, without the backslash that browsers take for a slash, and not « //elsewhere ».
_LOCAL = re.compile(r"/(?!/)[!-\[\]-~]*")


def local_path(asked: str) -> str:
    """Return where to go after sign-in: the page of ours that was asked for, or else the chat."""
    if not _LOCAL.fullmatch(asked):
        return "/"
    rule = policy.rule_for("GET", unquote(asked.partition("?")[0]))
    return asked if rule is not None and rule.roles is not None and not rule.chainlit else "/"


def waiting(minutes: int) -> str:
    """Return the sentence that says when one may try again."""
    texts = current.site().texts
    return texts("signin.wait_one") if minutes == 1 else texts("signin.wait_many", minutes=minutes)


def address_of(request: Request) -> str:
    """Return where a request comes from, as far as the proxies that are believed can tell."""
    return request.client.host if request.client else ""


def leaving(state: str) -> Response:
    """Return the way out: the cookies are forgotten, the sign-in page says why."""
    response = RedirectResponse(f"/connexion?etat={state}", 303)
    for name in (SESSION_COOKIE, FORM_COOKIE):
        set_cookie(response.headers, name, "", 0)
    return response


@router.get("/login")
async def to_sign_in() -> Response:
    """Lead where Chainlit's own page would send somebody whose session ended."""
    return RedirectResponse("/connexion", 303)


@router.get("/connexion")
async def sign_in_page(request: Request, suite: str = "", etat: str = "") -> Response:
    """Show the sign-in form, or go on when there is nothing to sign in for."""
    if signed_in(request) is not None:
        return RedirectResponse(local_path(suite), 303)
    return _sign_in_page(request, suite, notice=NOTICES.get(etat, ""))


@router.post("/connexion")
async def sign_in(request: Request, form: CheckedForm) -> Response:
    """Open a session for whoever types the right password."""
    email, password, suite = field(form, "email"), field(form, "password"), field(form, "suite")
    texts = current.site().texts

    async def check() -> Account | None:
        async with current.site().database.reading() as session:
            return await signing.authenticate(session, email, password)

    try:
        account = await attempts().verify(email, address_of(request), check)
    except TooManyAttemptsError as refused:
        response = _sign_in_page(request, suite, email, waiting(refused.minutes), 429)
        response.headers["Retry-After"] = str(refused.minutes * 60)
        return response
    if account is None:
        return _sign_in_page(request, suite, email, texts("signin.wrong"), 401)
    async with current.site().database.writing() as session:
        await signing.renew(session, account.id, password)
        token = await _opened(session, request, account)
    return _entering(token, local_path(suite))


@router.post("/deconnexion")
async def sign_out(request: Request, account: SignedIn, _form: CheckedForm) -> Response:
    """Close the session, for good: the cookie would open nothing even if it were kept."""
    async with current.site().database.writing() as session:
        await sessions.close_session(session, session_token(request))
        audit.record(session, account.id, "session.close", account.id)
    return leaving("deconnexion")


@router.get("/premier-acces/{token}")
async def first_access_page(request: Request, token: str) -> Response:
    """Show the form of the first administrator; opening the link does not use it."""
    link = await _link(token)
    if link is None or link.account_id is not None:
        return _dead_link(request)
    return _password_page(request, None)


@router.post("/premier-acces/{token}")
async def first_access(request: Request, token: str, form: CheckedForm) -> Response:
    """Make the first administrator, and sign in."""
    link = await _link(token)
    if link is None or link.account_id is not None:
        return _dead_link(request)
    try:
        password = _typed_twice(form)
        # All or nothing: a password that is refused leaves the link unused.
        async with current.site().database.writing() as session:
            await links.use(session, token)
            account = await directory.create(
                session,
                email=field(form, "email"),
                name=field(form, "name"),
                role=Role.ADMIN,
                actor=audit.SYSTEM,
            )
            await directory.set_password(session, account.id, password, account.id)
            opened = await _opened(session, request, account)
    except AccountError as error:
        return _password_page(request, None, form, error)
    return _entering(opened, "/")


@router.get("/mot-de-passe/{token}")
async def password_page(request: Request, token: str) -> Response:
    """Show the form to choose a password; opening the link does not use it."""
    link = await _link(token)
    account = await _account_of(link)
    if link is not None and link.account_id is None:
        return RedirectResponse(f"/premier-acces/{token}", 303)
    return _dead_link(request) if account is None else _password_page(request, account)


@router.post("/mot-de-passe/{token}")
async def choose_password(request: Request, token: str, form: CheckedForm) -> Response:
    """Keep the password, close the account's other sessions, and sign in."""
    account = await _account_of(await _link(token))
    if account is None:
        return _dead_link(request)
    try:
        password = _typed_twice(form)
        async with current.site().database.writing() as session:
            await links.use(session, token)
            await directory.set_password(session, account.id, password, account.id)
            opened = await _opened(session, request, account)
    except AccountError as error:
        return _password_page(request, account, form, error)
    return _entering(opened, "/")


async def _link(token: str) -> Link | None:
    async with current.site().database.reading() as session:
        return await links.peek(session, token)


async def _account_of(link: Link | None) -> Account | None:
    if link is None or link.account_id is None:
        return None
    async with current.site().database.reading() as session:
        return await directory.by_id(session, link.account_id)


async def _opened(session: AsyncSession, request: Request, account: Account) -> str:
    """Open a new session in place of the one that this browser had, and return its token."""
    await sessions.close_session(session, session_token(request))
    token = await sessions.open_session(session, account.id, current.site().settings.session_hours)
    audit.record(session, account.id, "session.open", account.id)
    return token


def _entering(token: str, path: str) -> Response:
    response = RedirectResponse(path, 303)
    hours = current.site().settings.session_hours
    set_cookie(response.headers, SESSION_COOKIE, token, hours * 3600)
    set_cookie(response.headers, FORM_COOKIE, "", 0)
    return response


def _typed_twice(form: FormData) -> str:
    password = field(form, "password")
    if password != field(form, "again"):
        raise AccountError(current.site().texts("signin.differ"))
    return password


def _sign_in_page(
    request: Request, suite: str, email: str = "", error: str = "", status: int = 200, notice: str = ""
) -> Response:
    site = current.site()
    return pages.render(
        request,
        "signin.html",
        site.texts("signin.title"),
        status,
        suite=suite,
        email=email,
        error=error,
        notice=site.texts(f"signin.left.{notice}") if notice else "",
        referents=site.settings.referents_contact,
    )


def _password_page(
    request: Request, account: Account | None, form: FormData | None = None, error: AccountError | None = None
) -> Response:
    """Return the form to choose a password, of an account or (None) of the first administrator to be made."""
    texts = current.site().texts
    return pages.render(
        request,
        "choose_password.html",
        texts("signin.first.title" if account is None else "signin.choose.title"),
        200 if error is None else 400,
        owner=account,
        email=field(form, "email") if form else "",
        name=field(form, "name") if form else "",
        error=str(error) if error else "",
        shortest=passwords.SHORTEST,
        longest=passwords.LONGEST,
    )


def _dead_link(request: Request) -> Response:
    texts = current.site().texts
    said = texts("signin.dead.text", referents=current.site().settings.referents_contact)
    return pages.render(request, "refused.html", texts("signin.dead.title"), 404, reason="dead", said=said)
