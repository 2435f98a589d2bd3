"""The database as processes use it: settings, migrations, refusals, writers that wait for each other."""

import asyncio
import random
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, func, null, select, text

from assistant.errors import DatabaseError, SettingsError
from assistant.storage.database import PATIENCE, Database, opened
from assistant.storage.tables import SecretRow, SessionRow, Table, now

WRITERS = 50


def address(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


async def names(database: Database) -> set[str]:
    async with database.reading() as session:
        return set(await session.scalars(select(SecretRow.name)))


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1)],
)
async def test_what_is_committed_is_on_disk_and_references_hold(
    database: Database, pragma: str, value: object
) -> None:
    async with database.writing() as session:
        assert await session.scalar(text(f"PRAGMA {pragma}")) == value
    async with database.reading() as session:
        assert await session.scalar(text(f"PRAGMA {pragma}")) == value


async def test_the_migrations_make_what_the_tables_say(database: Database) -> None:
    engine = create_engine(f"sqlite:///{database.url.database}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []
    engine.dispose()


async def test_migrating_again_keeps_what_is_there(database: Database) -> None:
    async with database.writing() as session:
        session.add(SecretRow(name="kept", value="v"))
    async with opened(database.url.render_as_string()) as again:
        assert await names(again) == {"kept"}


async def test_a_newer_schema_is_refused_and_left_alone(database: Database) -> None:
    async with database.writing() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseError, match=r"plus récente.*9999.*Installez"):
        async with opened(database.url.render_as_string()):
            pass
    async with database.reading() as session:
        assert await session.scalar(text("SELECT version_num FROM alembic_version")) == "9999"


async def test_a_database_that_does_not_open(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="REPERE_DATABASE_URL"):
        async with opened(address(tmp_path)):
            pass


async def test_a_file_that_is_not_a_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("Ceci n’est pas une base. " * 100, encoding="utf-8")
    with pytest.raises(DatabaseError, match=r"ne s’ouvre pas.*REPERE_DATABASE_URL"):
        await Database(address(file)).migrate()
    assert file.read_text(encoding="utf-8").startswith("Ceci")


async def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseError, match="ne s’ouvre pas"):
        await Database(address(tmp_path / "file" / "repere.sqlite3")).migrate()


@pytest.mark.parametrize("driver", ["postgresql+asyncpg", "sqlite", "nonsense"])
def test_a_driver_that_is_missing_or_not_asynchronous_is_said(driver: str) -> None:
    with pytest.raises(SettingsError, match="pilote"):
        Database(f"{driver}://localhost/repere")


def test_an_address_that_is_none() -> None:
    with pytest.raises(SettingsError, match="sqlite\\+aiosqlite"):
        Database("repere.sqlite3")


async def test_the_folder_is_made(tmp_path: Path) -> None:
    async with opened(address(tmp_path / "new" / "folder" / "repere.sqlite3")) as database:
        assert await names(database) == set()


async def test_a_failed_block_leaves_nothing(database: Database) -> None:
    async def failing() -> None:
        async with database.writing() as session:
            session.add(SecretRow(name="lost", value="v"))
            await session.flush()
            raise KeyError("lost")

    with pytest.raises(KeyError):
        await failing()
    assert await names(database) == set()
    async with database.writing() as session:  # the writer's turn was given back
        session.add(SecretRow(name="next", value="v"))
    assert await names(database) == {"next"}


async def test_a_reference_to_nothing_is_refused(database: Database) -> None:
    from sqlalchemy.exc import IntegrityError

    with pytest.raises(IntegrityError):
        async with database.writing() as session:
            session.add(SessionRow(token_hash="h", account_id="nobody", expires_at=now()))


async def test_an_error_does_not_tell_what_was_written(database: Database) -> None:
    from sqlalchemy.exc import IntegrityError

    async def twice() -> None:
        async with database.writing() as session:
            session.add(SecretRow(name="same", value="what somebody typed"))

    await twice()
    with pytest.raises(IntegrityError) as caught:
        await twice()
    assert "what somebody typed" not in str(caught.value)


async def test_a_naive_time_is_refused(database: Database) -> None:
    from sqlalchemy.exc import StatementError

    with pytest.raises(StatementError, match="naive"):
        async with database.writing() as session:
            session.add(SessionRow(token_hash="h", account_id="a", expires_at=now().replace(tzinfo=None)))


async def test_a_reader_keeps_its_picture_while_somebody_writes(database: Database) -> None:
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(SecretRow)) == 0
        async with database.writing() as writer:
            writer.add(SecretRow(name="new", value="v"))
        assert await session.scalar(select(func.count()).select_from(SecretRow)) == 0
    assert await names(database) == {"new"}


async def test_fifty_writers_each_read_then_write_without_a_lock_error(tmp_path: Path) -> None:
    """Ten engines, as ten processes would have: they share nothing but the file."""
    url = address(tmp_path / "repere.sqlite3")
    async with opened(url) as first:
        async with first.writing() as session:
            session.add(SecretRow(name="counter", value="0"))
        engines = [first, *(Database(url) for _ in range(9))]

        async def add_one(database: Database) -> None:
            async with database.writing() as session:
                row = await session.get_one(SecretRow, "counter")
                await asyncio.sleep(0)
                row.value = str(int(row.value) + 1)

        await asyncio.gather(*(add_one(engines[number % 10]) for number in range(WRITERS)))
        for other in engines[1:]:
            await other.close()
    with sqlite3.connect(tmp_path / "repere.sqlite3") as connection:
        assert connection.execute("SELECT value FROM secrets").fetchone() == (str(WRITERS),)


async def test_a_writer_that_is_stopped_midway_leaves_nothing_and_stops_nobody(database: Database) -> None:
    async with database.writing() as session:
        session.add_all(SecretRow(name=f"kept {number}", value="v" * 50) for number in range(50))
    chance, longest, stopped = random.Random(1), 0.01, 0

    async def change(number: int) -> None:
        async with database.writing() as session:
            session.add(SecretRow(name=f"left {number}", value="v"))
            await session.flush()
            (await session.scalars(select(SecretRow))).first()  # a statement that is not read to its end
            session.add(SecretRow(name=f"right {number}", value="v"))

    async with asyncio.timeout(PATIENCE):  # the others wait no longer, and fail then
        for number in range(60):
            task = asyncio.create_task(change(number))
            await asyncio.wait([task], timeout=chance.uniform(0, longest))
            task.cancel()
            await asyncio.wait([task])
            stopped += task.cancelled()
            longest *= 1.1 if task.cancelled() else 0.9
    assert 5 < stopped < 55, "every moment was the same"
    left = {name for name in await names(database) if not name.startswith("kept")}
    assert {name.replace("right", "left") for name in left} == {one for one in left if "left" in one}
    assert len(left) >= 2 * (60 - stopped)


async def test_accented_letters_are_put_in_lower_case_as_elsewhere(database: Database) -> None:
    async with database.reading() as session:
        assert await session.scalar(select(func.lower("ÉTÉ À L’ŒUVRE"))) == "été à l’œuvre"
        assert await session.scalar(select(func.lower(null()))) is None
