"""The web application: our routes, then Chainlit at the root of the site."""

from __future__ import annotations

import logging
import os
import secrets
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from fastapi.staticfiles import StaticFiles

from assistant.settings import Settings
from assistant.texts import Texts, load_texts
from assistant.web import operations, pages
from assistant.web.chat import dressing, workspace
from assistant.web.chat import routes as chat
from assistant.web.entry import account, refusals, signin
from assistant.web.entry.gate import Gate
from assistant.web.lifespan import running
from assistant.web.reading import routes as reading
from assistant.web.referents import routes as referents
from assistant.web.tracing import Tracing

CHAT = Path(__file__).parent / "chat" / "callbacks.py"
LONGEST_BODY = 1_000_000  # bytes; the longest thing sent is a referent's reply
logger = logging.getLogger(__name__)


def create_app(settings: Settings, demo: bool = False) -> FastAPI:
    """Return the application; opening the assistant and the database is left to its lifespan.

    Chainlit keeps its configuration and sessions in module globals: one application per process.
    """
    texts = load_texts(settings.language)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with running(settings, texts, demo):
            yield

    app = FastAPI(lifespan=lifespan, openapi_url=None, max_body_size=LONGEST_BODY)
    for kind, handler in refusals.HANDLERS.items():
        app.add_exception_handler(kind, handler)
    app.mount("/static", StaticFiles(directory=pages.STATIC))
    for module in (operations, signin, account, reading, referents, chat):
        app.include_router(module.router)

    @app.get("/robots.txt")
    async def robots() -> PlainTextResponse:
        return PlainTextResponse("User-agent: *\nDisallow: /\n")

    html = _mount_chainlit(app, texts)
    app.add_middleware(Gate, settings=settings, script_hashes=dressing.script_hashes(html))
    app.add_middleware(Tracing)
    return app


def _mount_chainlit(app: FastAPI, texts: Texts) -> str:
    """Mount Chainlit last, since it takes every remaining path, and return the page of the chat."""
    _workspace(texts)
    # Chainlit signs its own token with it. The gate makes that token for each request and it never
    # leaves this process, so the secret lives no longer than the process.
    os.environ["CHAINLIT_AUTH_SECRET"] = secrets.token_hex(32)
    os.environ["CHAINLIT_CUSTOM_AUTH"] = "true"
    # It announces each of the translations that it copies.
    logging.getLogger("chainlit").setLevel(logging.WARNING)
    import chainlit.server
    from chainlit.config import config
    from chainlit.utils import mount_chainlit

    # Follow the agent’s system: the page knows this word, the configuration file refuses it.
    config.ui.default_theme = "system"
    template: Callable[[str], str] = chainlit.server.get_html_template
    html = chat.prepare(template(""), texts)
    mount_chainlit(app=app, target=str(CHAT), path="/")
    return html


@cache
def _workspace(texts: Texts) -> tempfile.TemporaryDirectory[str]:
    """Keep the folder for the life of the process: Chainlit reads its place only once."""
    return workspace.prepare(texts)
