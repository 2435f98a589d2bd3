"""Long loops, run by ``make soak`` only: kills, and questions while the index changes."""

import asyncio
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from assistant.backup.archive import DATABASE, unpack
from assistant.backup.saving import save
from assistant.domain import Answer
from assistant.service import Assistant, refresh
from assistant.settings import Settings
from assistant.storage.occupancy import file_of
from assistant.texts import Texts
from tests.kills import DOUBTS, ask_and_kill, environment, installed, reply_and_kill
from tests.wholeness import flaws

pytestmark = pytest.mark.soak

# 210 in all.
ASKING_KILLS = 64
REPLYING_KILLS = 56
INDEXING_KILLS = 50
BACKUP_KILLS = 25
RESTORE_KILLS = 15
TICKETS = 8
ROUNDS = 36
WARM = 18  # by then the threads' allocators have taken what they keep
QUESTIONS_A_ROUND = 400
CORPUS = Path(__file__).parent / "data" / "corpus"
NOW = datetime(2026, 11, 25, tzinfo=UTC)
QUESTIONS = (
    "Puis-je coller le courrier d’un habitant dans ChatGPT ?",
    "dois je dire que la photo vient d une ia",
    "noter mes collègues",
    "qui est le DPO ?",
    "quelle heure est-il à Tokyo ?",
)


@pytest.fixture
def own(built_settings: Settings, settings: Settings) -> Settings:
    """Return doubtful settings, with the index of all tests and a database of this test's own."""
    return built_settings.model_copy(update={"database_url": settings.database_url, **DOUBTS})


def test_kills_never_lose_nor_double_what_was_answered(own: Settings) -> None:
    account_id = asyncio.run(installed(own))
    assert ask_and_kill(own, ASKING_KILLS, account_id) > ASKING_KILLS


def test_kills_never_lose_nor_double_what_a_referent_sent(own: Settings) -> None:
    asyncio.run(installed(own, TICKETS))
    assert reply_and_kill(own, REPLYING_KILLS, TICKETS) > REPLYING_KILLS


def change(corpus: Path, turn: int) -> None:
    """Write another document, so that there is something to index."""
    text = f"# Note {turn}\n\n" + "".join(f"L’agent numéro {n} relit la note {turn}.\n\n" for n in range(200))
    (corpus / "note.md").write_text(text, encoding="utf-8")


def check_quotes(assistant: Assistant, answer: Answer) -> None:
    for citation in answer.citations:
        document = assistant.document(citation.document)
        if document.info.hash == citation.version_hash:
            assert document.text[citation.start : citation.end] == citation.quote


def test_kills_never_leave_the_index_unusable(settings: Settings, texts: Texts) -> None:
    refresh(settings)
    chance = random.Random(2)
    for turn in range(INDEXING_KILLS):
        change(settings.corpus, turn)
        command = [sys.executable, "-m", "assistant", "index"]
        process = subprocess.Popen(command, env=environment(settings), stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.3, 3.0))
        process.kill()
        process.wait()
        with Assistant.open(settings, texts) as assistant:
            answer = assistant.ask(QUESTIONS[0])
            assert answer.citations, f"no answer after kill {turn}"
            check_quotes(assistant, answer)
    assert refresh(settings).documents == 5
    assert not list(settings.store.rglob(".building-*"))


def command(settings: Settings, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "assistant", *arguments],
        env=environment(settings),
        stdout=subprocess.DEVNULL,
    )


def mark(file: Path, turn: int) -> None:
    """Write in a database which one it is; with the rest it takes some time to copy."""
    with closing(sqlite3.connect(file)) as connection:
        data = random.Random(turn).randbytes(4_000_000).hex()
        connection.execute("DELETE FROM secrets WHERE name LIKE 'mark%'")
        connection.execute("INSERT INTO secrets VALUES (?, ?)", (f"mark {turn}", data))
        connection.commit()


def marked(file: Path) -> str:
    """Return which database it is."""
    with closing(sqlite3.connect(file)) as connection:
        (name,) = connection.execute("SELECT name FROM secrets WHERE name LIKE 'mark%'").fetchone()
    return str(name)


def test_kills_leave_the_earlier_backup_or_the_whole_new_one(own: Settings, tmp_path: Path) -> None:
    asyncio.run(installed(own, TICKETS, replies=2))
    database = file_of(own.database_url)
    assert database is not None
    file = tmp_path / "backups" / "b.tar.gz"
    file.parent.mkdir()
    chance, earlier, replaced = random.Random(3), "", 0
    for turn in range(BACKUP_KILLS):
        mark(database, turn)
        process = command(own, "backup", str(file))
        while not list(file.parent.glob(".repere-en-cours-*")):
            assert process.poll() is None
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 1.0))
        process.kill()
        process.wait()
        assert flaws(database) == []
        if file.exists():
            place = tmp_path / f"out{turn}"
            place.mkdir()
            unpack(file, place)
            assert flaws(place / DATABASE) == []
            assert marked(place / DATABASE) in (earlier, f"mark {turn}")
            replaced += marked(place / DATABASE) != earlier
            earlier = marked(place / DATABASE)
    assert replaced < BACKUP_KILLS, "every kill came too late"
    save(own, file, NOW)
    assert [path.name for path in file.parent.iterdir()] == [file.name], "something was left behind"


def test_kills_leave_the_database_in_place_or_the_restored_one(settings: Settings, tmp_path: Path) -> None:
    refresh(settings)
    asyncio.run(installed(settings.model_copy(update=DOUBTS), TICKETS, replies=2))
    database, file = file_of(settings.database_url), tmp_path / "b.tar.gz"
    assert database is not None
    mark(database, 0)
    save(settings, file, NOW)
    chance, seen = random.Random(4), set()
    for turn in range(1, RESTORE_KILLS + 1):
        mark(database, turn)
        (settings.corpus / "note.md").write_text(f"# Note {turn}\n\nRelisez.\n", encoding="utf-8")
        process = command(settings, "restore", str(file), "--force")
        time.sleep(chance.uniform(0.8, 3.0))
        process.kill()
        process.wait()
        assert flaws(database) == []
        assert marked(database) in (f"mark {turn}", "mark 0")
        seen.add(marked(database))
        assert command(settings, "restore", str(file), "--force").wait() == 0
        assert marked(database) == "mark 0"
        assert sorted(path.name for path in settings.corpus.iterdir()) == sorted(
            path.name for path in CORPUS.iterdir()
        )
        for aside in tmp_path.glob("*.avant-restauration-*"):
            shutil.rmtree(aside) if aside.is_dir() else aside.unlink()
        assert not list(tmp_path.glob(".repere-en-cours-*"))
    assert len(seen) > 2, "every kill came too early, or too late"


def test_answers_hold_while_the_index_changes_under_load(settings: Settings, texts: Texts) -> None:
    refresh(settings)
    process, sizes, files = psutil.Process(), [], []
    with Assistant.open(settings, texts) as assistant, ThreadPoolExecutor(8) as pool:
        for turn in range(ROUNDS):
            asked = [
                pool.submit(assistant.ask, QUESTIONS[number % len(QUESTIONS)])
                for number in range(QUESTIONS_A_ROUND)
            ]
            change(settings.corpus, turn)
            refresh(settings)
            for future in asked:
                check_quotes(assistant, future.result())
            sizes.append(process.memory_info().rss / 1e6)
            files.append(process.num_fds())
        assert assistant.search("note relue par l’agent numéro 7", 1)[0].passage.document.id == "note"
    assert files[-1] - files[WARM] < 30, f"replaced generations stay open: {files}"
    assert sizes[-1] - sizes[WARM] < 60, f"memory grows: {sizes}"
