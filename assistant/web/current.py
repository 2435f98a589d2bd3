"""What the running server uses: the assistant, the database, the words of the interface.

Chainlit loads ``chat.py`` by its path, outside the package, so it cannot receive them as arguments: it
asks for them here.
"""

from __future__ import annotations

from dataclasses import dataclass

from assistant.service import Assistant
from assistant.settings import Settings
from assistant.storage.database import Database
from assistant.texts import Texts


@dataclass(frozen=True, slots=True)
class Site:
    """Everything that a page needs; ``form_key`` signs the forms, ``demo`` tells a demonstration."""

    settings: Settings
    texts: Texts
    assistant: Assistant
    database: Database
    form_key: bytes
    demo: bool = False

    @property
    def secure(self) -> bool:
        """Tell whether agents reach the site over TLS."""
        return self.settings.public_url.startswith("https:")


_serving: list[Site] = []


def start(site: Site) -> None:
    """Make this the site that the pages and the chat use."""
    _serving[:] = [site]


def stop() -> None:
    """Forget the site; nothing can be served any more."""
    _serving.clear()


def site() -> Site:
    """Return what the server serves.

    Raises:
        RuntimeError: the server has not started (a programmer's mistake).
    """
    if not _serving:
        raise RuntimeError("a page was asked for outside the server's lifespan")
    return _serving[0]
