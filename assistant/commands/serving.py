"""``serve``: opens the chat."""

from __future__ import annotations

import logging
from typing import Annotated

import typer

from assistant.commands.context import open_assistant
from assistant.settings import load_settings
from assistant.texts import load_texts


def serve(
    host: Annotated[str | None, typer.Option("--host", help="Adresse d’écoute (boucle locale).")] = None,
    port: Annotated[int | None, typer.Option("--port", help="Port d’écoute.")] = None,
) -> None:
    """Ouvrir le chat dans un navigateur de ce poste."""
    from assistant.web.app import require_loopback
    from assistant.web.app import serve as serve_chat

    settings = load_settings(host=host, port=port)
    require_loopback(settings.host)
    texts = load_texts(settings.language)
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    open_assistant(settings, texts, None).close()
    serve_chat(settings)
