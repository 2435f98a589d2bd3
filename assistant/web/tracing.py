"""A trace id for each request and connection, and one log line when it ends."""

from __future__ import annotations

import logging
from time import perf_counter

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.logs import new_trace, trace_id
from assistant.web.entry import policy

HEADER = "X-Trace-Id"
# Asked every few seconds, or many times a page.
QUIET = frozenset(
    {"/healthz", "/readyz", "/metrics", "/favicon", "/logo"}
    | {f"/{folder}/{{rest:path}}" for folder in ("static", "public", "assets")}
)
_UNKNOWN = "(unknown)"
_UPGRADED = 101
logger = logging.getLogger(__name__)


class Tracing:
    """ASGI middleware, the outermost one; its line names the rule of the policy, never the address itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or connection."""
        if scope["type"] == "http":
            await self._traced(scope["method"], scope, receive, send)
        elif scope["type"] == "websocket":
            await self._traced("WEBSOCKET", scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _traced(self, method: str, scope: Scope, receive: Receive, send: Send) -> None:
        # Never reset: a server gives each request a task, and logs its failure after this returns.
        trace = new_trace()
        trace_id.set(trace)
        status, started = 500, perf_counter()

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = trace
            elif message["type"] == "websocket.accept":
                status = _UPGRADED
            elif message["type"] == "websocket.close" and status != _UPGRADED:
                status = 403
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            _log(method, scope["path"], status, round((perf_counter() - started) * 1000))


def _log(method: str, path: str, status: int, milliseconds: int) -> None:
    rule = policy.rule_for(method, path)
    route = rule.path if rule is not None else _UNKNOWN
    if route not in QUIET:
        facts = {"method": method, "route": route, "status": status, "duration_ms": milliseconds}
        logger.info("%s %s %d %d ms", method, route, status, milliseconds, extra=facts)
