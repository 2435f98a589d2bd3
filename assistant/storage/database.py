"""The one database: engine, transactions, and a schema brought up to date at start."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.util.concurrency import in_greenlet

from assistant.errors import DatabaseError, SettingsError

MIGRATIONS = Path(__file__).parent / "migrations"
# How long a writer waits for another process's transaction, in seconds.
PATIENCE = 30
_WRITES = "repere_writes"


class Database:
    """Opens transactions; ``writing`` ones come one after the other on SQLite, which has a single writer.

    What a ``writing`` block did is on disk when it ends, or nothing of it is (SQLite: write-ahead log,
    ``synchronous=FULL``).
    """

    def __init__(self, url: str) -> None:
        self.url = _parsed(url)
        try:
            self._engine = _engine(self.url)
        except (ImportError, ArgumentError, InvalidRequestError) as error:
            raise SettingsError(
                f"REPERE_DATABASE_URL demande un pilote absent : {error}.",
                "sqlite+aiosqlite, ou un pilote asynchrone installé (postgresql+asyncpg).",
                "Installez-le dans .venv, ou corrigez l’adresse.",
            ) from error
        self._turn = asyncio.Lock() if self.is_sqlite else None

    @property
    def is_sqlite(self) -> bool:
        """Tell whether the database is a file of SQLite."""
        return self.url.get_backend_name() == "sqlite"

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Open a transaction that only reads: one consistent picture."""
        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            yield session

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """Open a transaction that is committed at the end of the block, undone if it raises."""
        async with AsyncExitStack() as stack:
            if self._turn is not None:
                await stack.enter_async_context(self._turn)
            connection = await stack.enter_async_context(self._connected())
            await connection.execution_options(**{_WRITES: True})
            session = AsyncSession(connection, expire_on_commit=False)
            await stack.enter_async_context(session)
            async with session.begin():
                yield session

    async def migrate(self) -> None:
        """Bring the schema up to this version of Repère; creates the database when there is none.

        Raises:
            DatabaseError: a newer Repère made the database, or it cannot be opened.
        """
        try:
            if self.is_sqlite and self.url.database:
                Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
                # Here first: the driver's thread would outlive the event loop to tell its failure.
                sqlite3.connect(self.url.database).close()
            async with self._connected() as connection:
                await connection.execution_options(**{_WRITES: True})
                await connection.run_sync(_upgrade)
                await connection.commit()
        except (DBAPIError, sqlite3.Error, OSError) as error:
            raise DatabaseError(
                f"La base de données ne s’ouvre pas : {getattr(error, 'orig', error)}.",
                f"Attendu : une base accessible en écriture ({self.url.render_as_string()}).",
                "Vérifiez REPERE_DATABASE_URL, les droits du dossier et l’espace libre.",
            ) from error

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[AsyncConnection]:
        async with self._engine.connect() as connection:
            yield connection


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """Open the database, up to date, for the time of a block.

    Raises:
        DatabaseError: see ``Database.migrate``.
    """
    database = Database(url)
    try:
        await database.migrate()
        yield database
    finally:
        await database.close()


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError as error:
        raise SettingsError(
            f"REPERE_DATABASE_URL n’est pas une adresse de base de données : {url!r}.",
            "Par exemple : sqlite+aiosqlite:////var/lib/repere/repere.sqlite3.",
            "Corrigez la variable d’environnement ou le fichier .env.",
        ) from error


def _engine(url: URL) -> AsyncEngine:
    # Parameters hold what agents typed: they must not reach a log through an error's message.
    if url.get_backend_name() != "sqlite":
        return create_async_engine(url, hide_parameters=True, pool_pre_ping=True)
    engine = create_async_engine(url, hide_parameters=True, connect_args={"timeout": PATIENCE})
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    event.listen(engine.sync_engine, "invalidate", _let_go)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    # The driver must not open transactions by itself: ``_begin`` does, with the right lock.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    # SQLite's own leaves accented capitals as they are; PostgreSQL's does not.
    connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _let_go(connection: Any, _record: object, _error: BaseException | None) -> None:
    # A task that is cancelled leaves a statement half read, which keeps its closed connection, and the
    # lock on the whole database, until Python collects it: the lock must be gone before.
    if connection is not None and in_greenlet():
        connection.rollback()


def _begin(connection: Connection) -> None:
    # A transaction that reads first and then asks to write would fail at once if another one wrote in
    # between; one that will write takes its place in the queue from the start.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    from alembic.migration import MigrationContext

    current = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        raise DatabaseError(
            f"La base de données vient d’une version plus récente de Repère (schéma {current}).",
            "Attendu : un schéma connu de cette version.",
            "Installez la version récente de Repère, ou restaurez une sauvegarde faite par celle-ci.",
        )
    command.upgrade(config, "head")
