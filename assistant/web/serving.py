"""How the application is served: one uvicorn worker; a failure to start is said plainly."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import signal
import socket
from types import FrameType

import uvicorn

from assistant.errors import SettingsError
from assistant.settings import Settings
from assistant.texts import load_texts
from assistant.web.app import create_app

# How long an open page may keep the server from stopping, in seconds.
PATIENCE = 2
logger = logging.getLogger(__name__)


def serve(settings: Settings, demo: bool = False) -> None:
    """Serve the site until interrupted (Ctrl-C or SIGTERM).

    Raises:
        SettingsError: the port is taken, or the address cannot be used as it is set.
        StoreError: there is no usable index.
        DatabaseError: the database cannot be opened, or is newer than this version.
    """
    check_address(settings, demo)
    listener = _listen(settings.host, settings.port)
    signal.signal(signal.SIGTERM, _stop)
    try:
        asyncio.run(_run(settings, listener, demo))
    except KeyboardInterrupt:
        logger.info("stopped")
    finally:
        listener.close()


def check_address(settings: Settings, demo: bool) -> None:
    """Refuse to let other computers reach a demonstration, or a site that does not know its own name.

    Raises:
        SettingsError: the address is not a loopback one, and that is not allowed.
    """
    if _is_loopback(settings.host):
        return
    if demo:
        raise SettingsError(
            f"REPERE_HOST vaut « {settings.host} » : d’autres postes pourraient ouvrir la démonstration.",
            "Une démonstration n’écoute que sur ce poste : 127.0.0.1, ::1 ou localhost.",
            "Retirez REPERE_HOST, ou lancez « assistant serve » sans --demo.",
        )
    if not settings.public_url:
        raise SettingsError(
            f"REPERE_HOST vaut « {settings.host} », sans REPERE_PUBLIC_URL.",
            "L’adresse que les agents tapent, par exemple https://repere.exemple.fr.",
            "Renseignez REPERE_PUBLIC_URL, ou écoutez sur 127.0.0.1 derrière un serveur mandataire.",
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


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


async def _run(settings: Settings, listener: socket.socket, demo: bool) -> None:
    app = create_app(settings, demo)
    config = uvicorn.Config(
        app,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        # Run here instead, so that a failure to start reaches the caller as it is.
        lifespan="off",
        ws="websockets-sansio",
        proxy_headers=True,
        forwarded_allow_ips=settings.proxies,
        timeout_graceful_shutdown=PATIENCE,
    )
    texts = load_texts(settings.language)
    async with app.router.lifespan_context(app):
        logger.info(texts("page.ready", address=settings.address))
        await uvicorn.Server(config).serve(sockets=[listener])


def _stop(_signal: int, _frame: FrameType | None) -> None:
    """End like Ctrl-C does, so that the assistant is closed on the way out."""
    raise KeyboardInterrupt
