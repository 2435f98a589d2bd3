"""The web application: our routes, then Chainlit at the root of the site; and how it is served."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import signal
import socket
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from types import FrameType

import uvicorn
from fastapi import FastAPI, HTTPException
from fastapi.responses import PlainTextResponse

from assistant.errors import SettingsError
from assistant.service import Assistant
from assistant.settings import Settings
from assistant.texts import Texts, load_texts
from assistant.web import current, page, workspace
from assistant.web.protection import Protection

CHAT = Path(__file__).parent / "chat.py"
# Chainlit documents its own API there, with scripts from outside.
CLOSED = ("/docs", "/docs/oauth2-redirect", "/redoc", "/openapi.json")
# How long an open page may keep the server from stopping, in seconds.
PATIENCE = 2
logger = logging.getLogger(__name__)


def create_app(settings: Settings) -> FastAPI:
    """Return the application; opening the assistant is left to its lifespan.

    Chainlit keeps its configuration and sessions in module globals: one application per process.
    """
    texts = load_texts(settings.language)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        assistant = await asyncio.to_thread(_opened, settings, texts)
        current.start(assistant)
        try:
            yield
        finally:
            current.stop()
            assistant.close()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    _add_routes(app)
    html = _mount_chainlit(app, texts)
    app.add_middleware(Protection, script_hashes=page.script_hashes(html))
    return app


def _opened(settings: Settings, texts: Texts) -> Assistant:
    """Open the assistant and ask it something, so that the first agent does not wait."""
    assistant = Assistant.open(settings, texts)
    assistant.ask(texts("chat.starters.data.message"))
    return assistant


def _add_routes(app: FastAPI) -> None:
    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        """Answer only once the assistant is warm."""
        current.assistant()
        return {"status": "ok"}

    @app.get("/robots.txt")
    async def robots() -> PlainTextResponse:
        return PlainTextResponse("User-agent: *\nDisallow: /\n")

    async def closed() -> None:
        raise HTTPException(404)

    for path in CLOSED:
        app.add_api_route(path, closed)


def _mount_chainlit(app: FastAPI, texts: Texts) -> str:
    """Mount Chainlit last, since it takes every remaining path, and return the page it will serve."""
    _workspace(texts)
    # It announces each of the translations that it copies.
    logging.getLogger("chainlit").setLevel(logging.WARNING)
    import chainlit.server
    from chainlit.config import config
    from chainlit.utils import mount_chainlit

    # Follow the agent’s system: the page knows this word, the configuration file refuses it.
    config.ui.default_theme = "system"
    template: Callable[[str], str] = chainlit.server.get_html_template
    html = page.dressed(template(""), texts)
    # The only way to change the page short of shipping a rebuilt front end.
    chainlit.server.get_html_template = lambda _root_path: html
    mount_chainlit(app=app, target=str(CHAT), path="/")
    return html


@cache
def _workspace(texts: Texts) -> tempfile.TemporaryDirectory[str]:
    """Keep the folder for the life of the process: Chainlit reads its place only once."""
    return workspace.prepare(texts)


def serve(settings: Settings) -> None:
    """Serve the chat until interrupted (Ctrl-C or SIGTERM).

    Raises:
        SettingsError: the address is not this computer's own, or the port is taken.
        StoreError: there is no usable index.
    """
    require_loopback(settings.host)
    listener = _listen(settings.host, settings.port)
    signal.signal(signal.SIGTERM, _stop)
    try:
        asyncio.run(_run(settings, listener))
    except KeyboardInterrupt:
        logger.info("stopped")
    finally:
        listener.close()


def require_loopback(host: str) -> None:
    """Refuse any address that other computers could reach: there are no accounts.

    Raises:
        SettingsError: the address is not a loopback one.
    """
    if host == "localhost":
        return
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise SettingsError(
            f"REPERE_HOST vaut « {host} » : d’autres postes pourraient ouvrir Repère.",
            "Sans comptes, Repère n’écoute que sur ce poste : 127.0.0.1, ::1 ou localhost.",
            "Retirez REPERE_HOST ou donnez-lui la valeur 127.0.0.1.",
        )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise SettingsError(
            f"Impossible d’écouter sur {host}, port {port} : {error.strerror}.",
            "Un port libre de ce poste.",
            "Arrêtez le programme qui l’occupe, ou choisissez un autre port avec REPERE_PORT.",
        ) from error


async def _run(settings: Settings, listener: socket.socket) -> None:
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        log_config=None,
        log_level="warning",
        access_log=False,
        # Run here instead, so that a failure to start reaches the caller as it is.
        lifespan="off",
        ws="websockets-sansio",
        timeout_graceful_shutdown=PATIENCE,
    )
    texts = load_texts(settings.language)
    async with app.router.lifespan_context(app):
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        logger.info(texts("page.ready", address=f"http://{host}:{settings.port}"))
        await uvicorn.Server(config).serve(sockets=[listener])


def _stop(_signal: int, _frame: FrameType | None) -> None:
    """End like Ctrl-C does, so that the assistant is closed on the way out."""
    raise KeyboardInterrupt
