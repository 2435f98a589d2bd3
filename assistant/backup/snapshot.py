"""A SQLite database as one whole file: copied while it serves, folded before it is replaced."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from assistant.errors import AssistantError, DatabaseError
from assistant.settings import Settings
from assistant.storage.occupancy import file_of

# How long to wait for a writer, in seconds.
_PATIENCE = 30


def database_file(settings: Settings) -> Path:
    """Return the file of the database.

    Raises:
        AssistantError: the database is not SQLite; its own tool saves it.
    """
    file = file_of(settings.database_url)
    if file is None:
        raise AssistantError(
            "REPERE_DATABASE_URL ne désigne pas une base SQLite.",
            "« assistant backup » et « assistant restore » ne savent traiter que SQLite.",
            "Servez-vous de l’outil de votre base (pour PostgreSQL : pg_dump et pg_restore).",
        )
    return file.absolute()


def copy(source: Path, target: Path) -> None:
    """Copy a database, as it is at one instant, even while other processes write to it.

    Raises:
        DatabaseError: there is none, it is damaged, or there is no room.
    """
    if not source.is_file():
        raise DatabaseError(
            f"Pas de base de données : {source}.",
            "La base d’un Repère déjà démarré.",
            "Vérifiez REPERE_DATABASE_URL, ou démarrez Repère une fois (assistant serve).",
        )
    try:
        with closing(_opened(source)) as live, closing(sqlite3.connect(target)) as whole:
            live.backup(whole)
            whole.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        raise DatabaseError(
            f"La base {source} n’a pas pu être copiée ({error}).",
            "Une base lisible, et la place d’en écrire une copie.",
            "Vérifiez les droits et l’espace libre, puis relancez.",
        ) from error
    except sqlite3.DatabaseError as error:
        raise _damaged(source, str(error)) from error


def check(file: Path) -> str:
    """Read a whole database for damage; returns the revision of its schema.

    Raises:
        DatabaseError: it is damaged, or not a database of Repère.
    """
    try:
        with closing(_opened(file)) as connection:
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as error:
        raise _damaged(file, str(error)) from error
    if verdict != "ok" or revision is None:
        raise _damaged(file, verdict)
    return str(revision[0])


def fold(file: Path) -> None:
    """Put what the write-ahead log holds into the file itself; a damaged database is left as it is.

    Raises:
        DatabaseError: another program has the database open.
    """
    try:
        with closing(_opened(file, timeout=0)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return
        raise DatabaseError(
            f"La base {file} est ouverte par un autre programme.",
            "Un Repère arrêté : ni serveur, ni commande en cours.",
            "Arrêtez-le, puis relancez la restauration.",
        ) from error
    except sqlite3.DatabaseError:
        return


def _opened(file: Path, timeout: float = _PATIENCE) -> sqlite3.Connection:
    # « rw »: a file that is not there is an error, not a new empty database.
    return sqlite3.connect(f"file:{quote(str(file))}?mode=rw", uri=True, timeout=timeout)


def _damaged(file: Path, reason: str) -> DatabaseError:
    return DatabaseError(
        f"La base {file} est abîmée, ou n’est pas celle d’un Repère ({reason}).",
        "Une base SQLite entière, faite par Repère.",
        "Restaurez une sauvegarde (assistant restore), ou vérifiez REPERE_DATABASE_URL.",
    )
