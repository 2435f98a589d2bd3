"""Backups of an installation in use: whole, consistent, and never half written."""

import os
import random
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from assistant.backup.archive import DATABASE, unpack
from assistant.backup.saving import save
from assistant.errors import AssistantError, CorpusError, DatabaseError
from assistant.service import refresh
from assistant.settings import ROOT, Settings
from tests.backup.conftest import NOW


def rows(file: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(statement).fetchall()


def contents(file: Path, folder: Path) -> Path:
    folder.mkdir()
    unpack(file, folder)
    return folder


def environment(settings: Settings) -> dict[str, str]:
    return os.environ | {
        "REPERE_CORPUS": str(settings.corpus),
        "REPERE_STORE": str(settings.store),
        "REPERE_DATABASE_URL": settings.database_url,
    }


def test_it_holds_the_database_the_texts_and_what_the_index_was(used: Settings, tmp_path: Path) -> None:
    built = refresh(used)
    saved = save(used, tmp_path / "b.tar.gz", NOW)
    assert saved.bytes == (tmp_path / "b.tar.gz").stat().st_size
    assert (tmp_path / "b.tar.gz").stat().st_mode & 0o777 == 0o600
    assert saved.manifest.generation == built
    assert (saved.manifest.schema_revision, saved.manifest.made_at) == ("0001", NOW)
    folder = contents(tmp_path / "b.tar.gz", tmp_path / "out")
    assert rows(folder / DATABASE, "SELECT name FROM threads") == [("Puis-je saisir un nom ?",)]
    assert rows(folder / DATABASE, "PRAGMA journal_mode") == [("delete",)]
    for text in used.corpus.iterdir():
        assert (folder / "corpus" / text.name).read_bytes() == text.read_bytes()
    assert not list(tmp_path.glob(".*"))


def test_without_an_index(used: Settings, tmp_path: Path) -> None:
    assert save(used, tmp_path / "b.tar.gz", NOW).manifest.generation is None


def test_what_is_not_a_file_of_the_corpus_is_left_out_and_named(used: Settings, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key").write_text("k", encoding="utf-8")
    (used.corpus / "out.md").symlink_to(tmp_path / "secret" / "key")
    (used.corpus / "folder").symlink_to(tmp_path / "secret")
    (used.corpus / "lost.md").symlink_to("nowhere")
    (used.corpus / "same.md").symlink_to("faq.md")
    os.mkfifo(used.corpus / "pipe")
    (used.corpus / os.fsdecode(b"\xff.md")).write_text("x", encoding="utf-8")
    saved = save(used, tmp_path / "b.tar.gz", NOW)
    assert set(saved.left_out) == {"out.md", "folder", "lost.md", "pipe", "?.md"}
    folder = contents(tmp_path / "b.tar.gz", tmp_path / "out")
    assert (folder / "corpus" / "same.md").read_bytes() == (used.corpus / "faq.md").read_bytes()
    assert not (folder / "corpus" / "same.md").is_symlink()


def test_it_replaces_an_earlier_backup_and_nothing_else(used: Settings, tmp_path: Path) -> None:
    file = tmp_path / "b.tar.gz"
    save(used, file, NOW)
    before = file.read_bytes()
    (used.corpus / "more.md").write_text("# Plus\n", encoding="utf-8")
    save(used, file, NOW)
    assert file.read_bytes() != before
    database = Path(used.database_url.removeprefix("sqlite+aiosqlite:///"))
    for wrong, reason in (
        (database, "n’est pas une sauvegarde"),
        (tmp_path, "n’est pas une sauvegarde"),
        (used.corpus / "b.tar.gz", "dans le dossier du corpus"),
        (tmp_path / "nowhere" / "b.tar.gz", "n’existe pas"),
    ):
        with pytest.raises(AssistantError, match=reason):
            save(used, wrong, NOW)
    assert rows(database, "SELECT id FROM accounts") == [("a",)]


def test_no_database(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="Pas de base"):
        save(settings, tmp_path / "b.tar.gz", NOW)
    assert not (tmp_path / "repere.sqlite3").exists()


def test_a_damaged_database_is_not_saved(used: Settings, tmp_path: Path) -> None:
    save(used, tmp_path / "b.tar.gz", NOW)
    before = (tmp_path / "b.tar.gz").read_bytes()
    database = tmp_path / "repere.sqlite3"
    data = bytearray(database.read_bytes())
    data[4096:] = random.Random(1).randbytes(len(data) - 4096)
    database.write_bytes(data)
    with pytest.raises(DatabaseError, match="abîmée"):
        save(used, tmp_path / "b.tar.gz", NOW)
    assert (tmp_path / "b.tar.gz").read_bytes() == before


def test_no_corpus(used: Settings, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="REPERE_CORPUS"):
        save(used.model_copy(update={"corpus": tmp_path / "nowhere"}), tmp_path / "b.tar.gz", NOW)


def test_another_kind_of_database(used: Settings, tmp_path: Path) -> None:
    other = used.model_copy(update={"database_url": "postgresql+asyncpg://u@127.0.0.1/repere"})
    with pytest.raises(AssistantError, match="pg_dump"):
        save(other, tmp_path / "b.tar.gz", NOW)


@pytest.mark.slow
def test_no_room_leaves_the_earlier_backup(used: Settings, tmp_path: Path) -> None:
    file = tmp_path / "b.tar.gz"
    save(used, file, NOW)
    before = file.read_bytes()
    done = subprocess.run(
        [sys.executable, "-m", "assistant", "backup", str(file)],
        env=environment(used),
        cwd=ROOT,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 6, done.stderr
    assert "espace libre" in done.stderr
    assert "Traceback" not in done.stderr
    assert file.read_bytes() == before
    assert not list(tmp_path.glob(".repere*"))


WRITING = """
import asyncio, sys
from assistant.storage.database import opened
from assistant.storage.tables import SecretRow
async def main():
    async with opened(sys.argv[1]) as database:
        for number in range(1_000_000):
            async with database.writing() as session:
                session.add(SecretRow(name=f"left {number}", value="v" * 150))
                await session.flush()
                session.add(SecretRow(name=f"right {number}", value="v" * 150))
            print(number, flush=True)
asyncio.run(main())
"""


@contextmanager
def writer(settings: Settings) -> Iterator["subprocess.Popen[str]"]:
    """Run another process that writes pairs of rows, and prints the number of each committed pair."""
    command = [sys.executable, "-c", WRITING, settings.database_url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


@pytest.mark.slow
def test_while_another_process_writes(used: Settings, tmp_path: Path) -> None:
    sizes = []
    with writer(used) as process:
        assert process.stdout
        for turn in range(4):
            committed = [int(process.stdout.readline()) for _ in range(25)][-1]
            save(used, tmp_path / f"{turn}.tar.gz", NOW)
            database = contents(tmp_path / f"{turn}.tar.gz", tmp_path / f"out{turn}") / DATABASE
            assert rows(database, "PRAGMA integrity_check") == [("ok",)]
            names = [str(name) for (name,) in rows(database, "SELECT name FROM secrets")]
            left = {name.removeprefix("left ") for name in names if name.startswith("left ")}
            right = {name.removeprefix("right ") for name in names if name.startswith("right ")}
            assert left == right, "half of a transaction"
            assert {str(number) for number in range(committed + 1)} <= left, "an acknowledged row is missing"
            sizes.append(len(left))
        assert process.poll() is None, "the backups stopped the writer"
    assert sizes == sorted(set(sizes)), "the writer did not write meanwhile"


@pytest.mark.parametrize(
    "kills", [pytest.param(2, marks=pytest.mark.slow), pytest.param(60, marks=pytest.mark.soak)]
)
def test_a_kill_leaves_the_earlier_backup_or_the_whole_new_one(
    kills: int, used: Settings, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "repere.sqlite3")) as connection:
        large = random.Random(3).randbytes(8_000_000).hex()
        connection.execute("INSERT INTO secrets VALUES ('large', ?)", (large,))
        connection.commit()
    file = tmp_path / "backups" / "b.tar.gz"
    file.parent.mkdir()
    earlier, chance, late = b"", random.Random(4), 0
    for turn in range(kills):
        command = [sys.executable, "-m", "assistant", "backup", str(file)]
        process = subprocess.Popen(command, env=environment(used), cwd=ROOT, stderr=subprocess.PIPE)
        while not list(file.parent.glob(".repere-en-cours-*/work/*")):
            assert process.poll() is None, process.communicate()
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.4))
        process.kill()
        process.communicate()
        if file.exists() and file.read_bytes() != earlier:
            late += 1  # it was renamed already: then it is whole
            assert rows(contents(file, tmp_path / f"late{turn}") / DATABASE, "SELECT id FROM accounts") == [
                ("a",)
            ]
        save(used, file, NOW)
        earlier = file.read_bytes()
        assert [path.name for path in file.parent.iterdir()] == [file.name], "something was left behind"
    assert late < kills, "every kill came too late"
    assert rows(contents(file, tmp_path / "out") / DATABASE, "SELECT id FROM accounts") == [("a",)]


def test_two_backups_at_once_do_not_disturb_each_other(used: Settings, tmp_path: Path) -> None:
    from assistant.backup.workshop import workshop

    with workshop(tmp_path) as other:
        (other / "half").write_text("x", encoding="utf-8")
        save(used, tmp_path / "b.tar.gz", NOW)
        assert (other / "half").is_file()
