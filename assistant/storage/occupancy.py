"""Who holds a database kept in a file: the server while it serves, or the restoration that replaces it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from assistant.errors import DatabaseError


def file_of(url: str) -> Path | None:
    """Return the file of a SQLite database, None when the address is not that of one."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return None
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    return Path(parsed.database)


@contextmanager
def held(url: str) -> Iterator[None]:
    """Hold the database for the time of a block; the system lets go of it when the process dies.

    A database that is not a file is left to its own server.

    Raises:
        DatabaseError: another process holds it.
    """
    file = file_of(url)
    if file is None:
        yield
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(file.with_name(f"{file.name}.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise DatabaseError(
            f"Un autre Repère se sert déjà de la base {file}.",
            "Un seul serveur à la fois, arrêté pendant une restauration.",
            "Arrêtez-le, puis relancez la commande.",
        ) from error
    try:
        yield
    finally:
        lock.release()
