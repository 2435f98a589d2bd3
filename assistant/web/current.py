"""The assistant that the running server uses.

Chainlit loads ``chat.py`` by its path, outside the package, so it cannot receive the assistant as an
argument: it asks for it here.
"""

from __future__ import annotations

from assistant.service import Assistant

_serving: list[Assistant] = []


def start(assistant: Assistant) -> None:
    """Make this assistant the one that the chat uses."""
    _serving[:] = [assistant]


def stop() -> None:
    """Forget the assistant; the chat cannot answer any more."""
    _serving.clear()


def assistant() -> Assistant:
    """Return the assistant that serves.

    Raises:
        RuntimeError: the server has not started (a programmer's mistake).
    """
    if not _serving:
        raise RuntimeError("the chat was called outside the server's lifespan")
    return _serving[0]
