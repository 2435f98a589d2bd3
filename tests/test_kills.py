"""A few kills of who asks and of who replies; the long loops are in ``test_soak``."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from assistant.settings import Settings
from tests.kills import DOUBTS, ask_and_kill, installed, reply_and_kill
from tests.wholeness import QUERIES, flaws

KILLS = 2  # of each; ``make test`` as a whole has ten at most
TICKETS = 4


@pytest.fixture
def own(built_settings: Settings, tmp_path: Path) -> Settings:
    """Return doubtful settings, with the index of all tests and a database of this test's own."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'repere.sqlite3'}"
    return built_settings.model_copy(update={"database_url": url, **DOUBTS})


@pytest.fixture(scope="module")
def used(built_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database in use: some questions asked, handed over and answered; not to be changed."""
    file = tmp_path_factory.mktemp("used") / "repere.sqlite3"
    url = f"sqlite+aiosqlite:///{file}"
    asyncio.run(installed(built_settings.model_copy(update={"database_url": url, **DOUBTS}), TICKETS, 2))
    return file


@pytest.fixture
def file(used: Path, tmp_path: Path) -> Path:
    """Return a copy of it, free to be damaged."""
    return Path(shutil.copy(used, tmp_path / "repere.sqlite3"))


# --- the checks themselves ---------------------------------------------------------------------


def test_nothing_is_missing_in_a_database_in_use(file: Path) -> None:
    assert flaws(file) == []


DAMAGES = {
    "a question without its answer": "DELETE FROM steps WHERE kind = 'answer' AND id NOT IN (SELECT step_id FROM tickets)",
    "an answer without its question": "DELETE FROM steps WHERE kind = 'question'",
    "an answer that says nothing": "UPDATE steps SET text = '' WHERE kind = 'answer'",
    "a discussion without messages": "INSERT INTO threads SELECT 'empty', account_id, '', created_at, updated_at FROM threads LIMIT 1",
    "an escalated answer without a ticket": "DELETE FROM tickets WHERE id = 1",
    "a ticket of its own accord on a sure answer": """UPDATE steps SET details = '{"status": "verified"}'""",
    "a ticket without its answer": "UPDATE tickets SET step_id = NULL WHERE id = 1",
    "a ticket that was not opened once": "DELETE FROM ticket_events WHERE kind = 'opened'",
    "an opening that the audit does not have once": "DELETE FROM audit WHERE action = 'ticket.open'",
    "a ticket whose state is not that of its replies": "UPDATE tickets SET state = 'open'",
    "a reply that is not in the discussion": "DELETE FROM steps WHERE kind = 'reply'",
    "a reply that waits for nobody": "DELETE FROM notices",
    "a reply that the audit does not have once": "DELETE FROM audit WHERE action = 'ticket.reply'",
    "a broken reference": "DELETE FROM threads WHERE id = 'thread 0'",
}


@pytest.mark.parametrize("flaw", DAMAGES)
def test_each_flaw_would_be_seen(flaw: str, file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA foreign_keys").fetchone() == (0,)
        assert connection.execute(DAMAGES[flaw]).rowcount > 0
        connection.commit()
    assert flaw in {one.split(":")[0] for one in flaws(file)}


def test_a_damaged_file_would_be_seen(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (place,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'ix_steps_thread_id'"
        ).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with file.open("r+b") as stream:
        stream.seek((place - 1) * size + 3)
        stream.write(b"\0\0")  # no cell on that page any more
    assert any(one.startswith("a damaged file") for one in flaws(file))


def test_every_flaw_is_tried() -> None:
    assert QUERIES.keys() - DAMAGES.keys() == {"a damaged file"}


# --- kills -------------------------------------------------------------------------------------


@pytest.mark.slow
def test_what_was_answered_survives_a_kill(own: Settings) -> None:
    account_id = asyncio.run(installed(own))
    assert ask_and_kill(own, KILLS, account_id) >= KILLS


@pytest.mark.slow
def test_what_a_referent_sent_survives_a_kill(own: Settings) -> None:
    asyncio.run(installed(own, TICKETS))
    assert reply_and_kill(own, KILLS, TICKETS) >= KILLS
