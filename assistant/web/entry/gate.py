"""What every request must pass: our own name, our own pages, a rule of the policy, a session."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import quote, urlsplit

from fastapi import Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.accounts import sessions
from assistant.domain import Account
from assistant.settings import LOOPBACK, Settings
from assistant.web import current
from assistant.web.entry import policy
from assistant.web.entry.access import (
    ACCOUNT,
    FORM_COOKIE,
    NEW_FORM_SEED,
    running_account,
    session_token,
    set_cookie,
)
from assistant.web.entry.policy import Rule
from assistant.web.entry.refusals import refusal, wants_page

SAFE = frozenset({"GET", "HEAD"})
# Files that are the same for everybody: no session is looked up for them, browsers may keep them.
FILES = re.compile(r"/(static|public|assets)/|/(favicon|logo)\Z")
# Of the range that WebSocket leaves to applications; reads as HTTP's 401.
ENDED = 4401
FOREIGN = 1008

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # « no-referrer » would make browsers hide the origin of our own forms.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_CONTENT = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def content_policy(script_hashes: Sequence[str] | None = None) -> str:
    """Return the Content-Security-Policy of our pages or, given hashes of its inline scripts, of the chat's.

    ``unsafe-eval`` is what Chainlit's custom elements need (they are compiled in the browser);
    its components set inline styles.
    """
    rules = dict(_CONTENT)
    if script_hashes is not None:
        rules["script-src"] = " ".join(["'self'", "'unsafe-eval'", *script_hashes])
        rules["style-src"] = "'self' 'unsafe-inline'"
        rules["img-src"] = "'self' data: blob:"
        rules["worker-src"] = "'self' blob:"
    return "; ".join(f"{name} {value}" for name, value in rules.items())


class Gate:
    """ASGI middleware: whatever it lets through was asked by someone who may, from one of our pages."""

    def __init__(self, app: ASGIApp, settings: Settings, script_hashes: Sequence[str] = ()) -> None:
        self._app = app
        self._origin = settings.public_url.lower()
        self._names = LOOPBACK | {urlsplit(self._origin).hostname or "localhost"}
        self._secure = self._origin.startswith("https:")
        self._strict = content_policy()
        self._chat = content_policy(script_hashes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or connection."""
        if scope["type"] == "websocket":
            await self._connect(scope, receive, send)
        elif scope["type"] == "http":
            # A copy: the server answers HEAD without a body because its own scope says HEAD.
            await self._serve(
                {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope, receive, send
            )
        else:
            await self._app(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        path = scope["path"]
        rule = policy.rule_for(scope["method"], path)
        send = self._dressed(scope, rule, send)
        response = self._untrusted(request)
        if response is None:
            account = None if FILES.match(path) else await _account(request)
            scope.setdefault("state", {})[ACCOUNT] = account
            response = _unfit(request, rule, account)
        if response is not None:
            await response(scope, receive, send)
            return
        if rule is not None and rule.chainlit:
            _introduce(scope, account)
        with _running(account):
            await self._app(scope, receive, send)

    async def _connect(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = HTTPConnection(scope)
        rule = policy.rule_for("WEBSOCKET", scope["path"])
        if rule is None or not self._named(connection.headers) or not self._from_our_page(connection.headers):
            await send({"type": "websocket.close", "code": FOREIGN})
            return
        account = await _account(connection)
        if account is None or rule.roles is None or account.role not in rule.roles:
            await send({"type": "websocket.close", "code": ENDED})
            return
        scope.setdefault("state", {})[ACCOUNT] = account
        _introduce(scope, account)
        watched = _Watched(connection, account, receive, send)
        with _running(account):
            await self._app(scope, watched.receive, watched.send)

    def _untrusted(self, request: Request) -> Response | None:
        """Return what to answer to a request that did not come to our name, or from our page."""
        texts = current.site().texts
        if not self._named(request.headers):
            return PlainTextResponse(texts("refused.host"), 403)
        if request.method not in SAFE and not self._from_our_page(request.headers):
            return PlainTextResponse(texts("refused.origin"), 403)
        return None

    def _named(self, headers: Headers) -> bool:
        # Otherwise a name of somebody else's that leads to this address could read the pages (DNS rebinding).
        return _hostname(headers.get("host", "")) in self._names

    def _from_our_page(self, headers: Headers) -> bool:
        origin = headers.get("origin")
        if origin is None or origin.lower() == self._origin:
            return True
        host = headers.get("host", "")
        return _hostname(host) in LOOPBACK and origin in (f"http://{host}", f"https://{host}")

    def _dressed(self, scope: Scope, rule: Rule | None, send: Send) -> Send:
        """Return ``send`` with our headers on the response."""
        path = scope["path"]
        chat = rule is not None and (rule.chainlit or path == "/" or path.startswith("/thread/"))

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_HEADERS)
                headers["Content-Security-Policy"] = self._chat if chat else self._strict
                if not FILES.match(path):
                    headers["Cache-Control"] = "no-store"
                if self._secure:
                    headers["Strict-Transport-Security"] = "max-age=31536000"
                if rule is not None and rule.chainlit:
                    self._harden_cookies(message)
                if seed := scope.get("state", {}).get(NEW_FORM_SEED):
                    set_cookie(headers, FORM_COOKIE, seed)
            await send(message)

        return dressed

    def _harden_cookies(self, message: Message) -> None:
        """Give Chainlit's cookies the same protection as ours."""
        ending = b"; SameSite=Lax; Secure" if self._secure else b"; SameSite=Lax"
        message["headers"] = [
            (name, _bare(value) + ending) if name.lower() == b"set-cookie" else (name, value)
            for name, value in message["headers"]
        ]


class _Watched:
    """A WebSocket that ends with the session: nothing is heard nor said after that.

    Chainlit knows who asks since the connection only, so the account is looked up again at each message;
    when anything in it changed, the browser must connect anew.
    """

    def __init__(self, connection: HTTPConnection, account: Account, receive: Receive, send: Send) -> None:
        self._connection = connection
        self._account = account
        self._receive = receive
        self._send = send
        self._ended = False

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "websocket.receive" and await _account(self._connection) != self._account:
            self._ended = True
            await self._send({"type": "websocket.close", "code": ENDED})
            return {"type": "websocket.disconnect", "code": ENDED}
        return message

    async def send(self, message: Message) -> None:
        if not self._ended:
            await self._send(message)


def _unfit(request: Request, rule: Rule | None, account: Account | None) -> Response | None:
    """Return what to answer to somebody who may not have this, or when it does not exist."""
    if rule is None:
        return refusal(request, 404)
    if rule.roles is None or (account is not None and account.role in rule.roles):
        return None
    if account is not None:
        return refusal(request, 403)
    if request.method in SAFE and wants_page(request.headers):
        return RedirectResponse(f"/connexion{_wanted(request)}", 303)
    return refusal(request, 401)


def _wanted(request: Request) -> str:
    path = quote(request.url.path) + (f"?{request.url.query}" if request.url.query else "")
    return "" if path == "/" else f"?suite={quote(path, safe='')}"


async def _account(connection: HTTPConnection) -> Account | None:
    token = session_token(connection)
    if not token:
        return None
    async with current.site().database.reading() as session:
        return await sessions.account_for(session, token)


def _introduce(scope: Scope, account: Account | None) -> None:
    """Tell Chainlit who asks, and let nothing else that the browser sent say so.

    Its own token lasts for days; this one is made for each request and never leaves the server.
    """
    headers = [(n, v) for n, v in scope["headers"] if n not in (b"cookie", b"authorization")]
    if account is not None:
        import chainlit
        from chainlit.auth import create_jwt

        user = chainlit.User(
            identifier=account.id, display_name=account.name, metadata={"role": account.role.value}
        )
        headers.append((b"cookie", f"access_token={create_jwt(user)}".encode()))
    scope["headers"] = headers


@contextmanager
def _running(account: Account | None) -> Iterator[None]:
    previous = running_account.set(account)
    try:
        yield
    finally:
        running_account.reset(previous)


def _hostname(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _bare(cookie: bytes) -> bytes:
    parts = cookie.split(b";")
    return b";".join(part for part in parts if not part.strip().lower().startswith((b"samesite", b"secure")))
