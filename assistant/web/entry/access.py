"""Who is asking: the account of a request, its cookies, and the tokens that tie a form to its reader."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from contextvars import ContextVar
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request
from starlette.datastructures import FormData, MutableHeaders
from starlette.requests import HTTPConnection

from assistant.domain import Account
from assistant.web import current

SESSION_COOKIE = "repere_session"
FORM_COOKIE = "repere_form"
# Names in the ``state`` of a request.
ACCOUNT = "account"
NEW_FORM_SEED = "new_form_seed"

# For what has no request at hand, such as the chat: set by the gate while a request or a WebSocket is served.
running_account: ContextVar[Account | None] = ContextVar("running_account", default=None)


def signed_in(request: HTTPConnection) -> Account | None:
    """Return who asks, None before sign-in."""
    account: Account | None = _state(request).get(ACCOUNT)
    return account


def account_of(request: Request) -> Account:
    """Return who asks, for routes that are only for people signed in.

    Raises:
        HTTPException: 401, nobody is signed in (the gate should have said so before).
    """
    account = signed_in(request)
    if account is None:
        raise HTTPException(401)
    return account


def session_token(request: HTTPConnection) -> str:
    """Return the token of the session cookie, empty without one; it proves nothing by itself."""
    return request.cookies.get(cookie_name(SESSION_COOKIE), "")


def cookie_name(name: str) -> str:
    """Return the name under which a cookie of ours goes: over TLS, one that no other site can plant."""
    return f"__Host-{name}" if current.site().secure else name


def set_cookie(headers: MutableHeaders, name: str, value: str, seconds: int | None = None) -> None:
    """Add a cookie that scripts cannot read; without a duration it lasts as long as the browser's window."""
    parts = [f"{cookie_name(name)}={value}", "Path=/", "HttpOnly", "SameSite=Lax"]
    if seconds is not None:
        parts.append(f"Max-Age={seconds}")
    if current.site().secure:
        parts.append("Secure")
    headers.append("set-cookie", "; ".join(parts))


def form_token(request: Request) -> str:
    """Return what every form of this page must send back as ``jeton``.

    It is bound to the session or, before sign-in, to a random cookie that the gate adds to the response.
    """
    return _signed(_seed(request) or _new_seed(request))


async def checked_form(request: Request) -> FormData:
    """Return the form that was sent, once sure that one of our own pages sent it for this reader.

    Raises:
        HTTPException: 403, the ``jeton`` is missing, out of date or somebody else's.
    """
    form = await request.form()
    seed = _seed(request)
    given = field(form, "jeton").encode()
    if not seed or not hmac.compare_digest(given, _signed(seed).encode()):
        raise HTTPException(403, current.site().texts("refused.form"))
    return form


def field(form: FormData, name: str) -> str:
    """Return what was typed in a field, empty when it was not sent."""
    value = form.get(name)
    return value if isinstance(value, str) else ""


SignedIn = Annotated[Account, Depends(account_of)]
CheckedForm = Annotated[FormData, Depends(checked_form)]


def _seed(request: HTTPConnection) -> str:
    if signed_in(request) is not None:
        return f"session {session_token(request)}"
    given = request.cookies.get(cookie_name(FORM_COOKIE), "")
    return f"form {given}" if given else ""


def _new_seed(request: HTTPConnection) -> str:
    # The same for all the forms of the page, hence kept beside the request.
    given = _state(request).setdefault(NEW_FORM_SEED, secrets.token_urlsafe(32))
    return f"form {given}"


def _signed(seed: str) -> str:
    return hmac.new(current.site().form_key, seed.encode(), hashlib.sha256).hexdigest()


def _state(request: HTTPConnection) -> dict[str, Any]:
    state: dict[str, Any] = request.scope.setdefault("state", {})
    return state
