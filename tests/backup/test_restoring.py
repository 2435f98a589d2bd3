"""Restorations: everything is back and answers, or nothing has changed."""

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

from assistant.backup.archive import DATABASE, MANIFEST, Manifest, described, pack, unpack
from assistant.backup.restoring import Restored, restore
from assistant.backup.saving import save
from assistant.errors import AssistantError, DatabaseError
from assistant.service import Assistant, refresh
from assistant.settings import ROOT, Settings
from assistant.storage import database as storage
from assistant.storage.occupancy import held
from assistant.storage.tables import AccountRow, AuditRow, LinkRow, SessionRow, Table, ThreadRow
from assistant.texts import Texts
from tests.backup.conftest import NOW, run, state

ASIDE = ".avant-restauration-20261125T030000"


@pytest.fixture
def file(used: Settings, tmp_path: Path) -> Path:
    """Return a backup of the installation in use."""
    (tmp_path / "backups").mkdir()
    return save(used, tmp_path / "backups" / "b.tar.gz", NOW).file


def database_of(settings: Settings) -> Path:
    return Path(settings.database_url.removeprefix("sqlite+aiosqlite:///"))


def count(settings: Settings, table: type[Table]) -> int:
    return run(settings, lambda session: session.scalar(select(func.count()).select_from(table)))


def refused(settings: Settings, file: Path, folder: Path, force: bool = True) -> AssistantError:
    """Check that a restoration fails and changes no file; returns its error."""
    before = state(folder)
    with pytest.raises(AssistantError) as caught:
        restore(settings, file, NOW, force)
    assert state(folder) == before
    return caught.value


def changed(file: Path, folder: Path, **manifest: object) -> Path:
    """Return a whole backup made of what is now in a folder, with another manifest."""
    (folder / MANIFEST).unlink(missing_ok=True)
    fields = {"repere": "0.1.0", "schema_revision": "0001", "made_at": NOW, "generation": None} | manifest
    pack(folder, Manifest(**fields, members=described(folder)), file)
    return file


@pytest.mark.slow
def test_restored_elsewhere_it_answers(used: Settings, place: Settings, tmp_path: Path, texts: Texts) -> None:
    refresh(used)
    file = save(used, tmp_path / "b.tar.gz", NOW).file
    done = subprocess.run(
        [sys.executable, "-m", "assistant", "restore", str(file)],
        env=os.environ
        | {
            "REPERE_CORPUS": str(place.corpus),
            "REPERE_STORE": str(place.store),
            "REPERE_DATABASE_URL": place.database_url,
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "remise en place" in done.stdout
    assert "assistant purge" in done.stderr
    with Assistant.open(place, texts) as assistant, Assistant.open(used, texts) as before:
        question = "Puis-je saisir des données personnelles ?"
        answer = assistant.ask(question)
        assert answer.citations
        assert answer.sentences == before.ask(question).sentences
    assert database_of(place).stat().st_mode & 0o777 == 0o600


def test_people_come_back_but_nobody_is_signed_in(place: Settings, file: Path) -> None:
    assert restore(place, file, NOW) == Restored(_manifest(file), (), True)
    assert count(place, AccountRow) == count(place, ThreadRow) == 1
    assert count(place, SessionRow) == count(place, LinkRow) == 0
    line = run(place, lambda session: session.scalar(select(AuditRow)))
    assert (line.actor, line.action, line.details["made_at"]) == (
        "console",
        "backup.restore",
        NOW.isoformat(),
    )
    assert {path.name for path in database_of(place).parent.iterdir()} <= {
        "repere.sqlite3",
        "repere.sqlite3.lock",
    }


def _manifest(file: Path) -> Manifest:
    folder = file.parent / "out"
    folder.mkdir()
    return unpack(file, folder)


def test_something_in_place_is_not_replaced_without_force(used: Settings, file: Path, tmp_path: Path) -> None:
    error = refused(used, file, tmp_path, force=False)
    assert "repere.sqlite3" in error.found
    assert "corpus" not in error.found  # it is the same
    assert "--force" in error.remedy
    (used.corpus / "more.md").write_text("# Plus\n", encoding="utf-8")
    assert "le corpus" in refused(used, file, tmp_path, force=False).found


def test_the_same_corpus_stays_in_place(used: Settings, file: Path, tmp_path: Path) -> None:
    database_of(used).unlink()
    before = used.corpus.stat().st_ino
    done = restore(used, file, NOW)
    assert (done.corpus_replaced, done.aside) == (False, ())
    assert used.corpus.stat().st_ino == before
    assert count(used, AccountRow) == 1
    assert not list(tmp_path.glob(".repere*"))


def test_what_is_replaced_is_kept_beside(used: Settings, file: Path, tmp_path: Path) -> None:
    original = state(used.corpus)
    run(used, lambda session: session.execute(delete(AccountRow)))
    (used.corpus / "faq.md").write_text("# Autre\n\nUne phrase.\n", encoding="utf-8")
    (used.corpus / "more.md").write_text("# Plus\n", encoding="utf-8")
    newer = state(used.corpus)
    done = restore(used, file, NOW, force=True)
    corpus, database = tmp_path / f"corpus{ASIDE}", tmp_path / f"repere.sqlite3{ASIDE}"
    assert set(done.aside) == {corpus, database}
    assert (state(used.corpus), state(corpus)) == (original, newer)
    assert count(used, AccountRow) == 1
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT count(*) FROM accounts").fetchone() == (0,)


def test_a_corpus_behind_a_link(used: Settings, file: Path, tmp_path: Path) -> None:
    (used.corpus / "more.md").write_text("# Plus\n", encoding="utf-8")
    link = tmp_path / "link"
    link.symlink_to(used.corpus)
    restore(used.model_copy(update={"corpus": link}), file, NOW, force=True)
    assert link.is_symlink()
    assert not (link / "more.md").exists()


def test_not_while_a_server_holds_the_database(used: Settings, file: Path, tmp_path: Path) -> None:
    with held(used.database_url):
        assert "Arrêtez-le" in refused(used, file, tmp_path).remedy


def test_not_while_another_program_has_the_database_open(used: Settings, file: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(database_of(used))) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("SELECT * FROM accounts").fetchall()
        error = refused(used, file, tmp_path)
    assert isinstance(error, DatabaseError)
    assert "autre programme" in error.found


def test_a_damaged_database_and_its_log_give_way(used: Settings, file: Path, tmp_path: Path) -> None:
    database = database_of(used)
    database.write_bytes(b"\0" * 10_000)
    database.with_name("repere.sqlite3-wal").write_bytes(b"left by a crash")
    restore(used, file, NOW, force=True)
    assert (tmp_path / f"repere.sqlite3{ASIDE}").read_bytes() == b"\0" * 10_000
    assert count(used, AccountRow) == 1


def test_the_log_of_a_lost_database_does_not_join_the_new_one(
    used: Settings, file: Path, tmp_path: Path
) -> None:
    database = database_of(used)
    database.unlink()
    database.with_name("repere.sqlite3-wal").write_bytes(b"left by a crash")
    assert restore(used, file, NOW).aside == (tmp_path / f"repere.sqlite3{ASIDE}-wal",)
    assert count(used, AccountRow) == 1


@pytest.mark.parametrize("place_name", ["database", "corpus"])
def test_a_failure_half_way_puts_everything_back(
    place_name: str, used: Settings, file: Path, tmp_path: Path
) -> None:
    (used.corpus / "more.md").write_text("# Plus\n", encoding="utf-8")
    name = "repere.sqlite3" if place_name == "database" else "corpus"
    (tmp_path / f"{name}{ASIDE}" / "taken").mkdir(parents=True)
    before = state(used.corpus)
    with pytest.raises(AssistantError, match="n’a pas pu se faire"):
        restore(used, file, NOW, force=True)
    assert state(used.corpus) == before
    assert count(used, AccountRow) == count(used, SessionRow) == 1
    assert not list(tmp_path.glob(".repere*"))


def test_a_newer_backup_is_refused(used: Settings, place: Settings, file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "newer"
    folder.mkdir()
    unpack(file, folder)
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    newer = changed(tmp_path / "newer.tar.gz", folder, schema_revision="9999")
    for settings in (used, place):
        error = refused(settings, newer, tmp_path)
        assert isinstance(error, DatabaseError)
        assert "plus récente" in error.found


NEXT = """
import sqlalchemy as sa
from alembic import op
revision = "0002"
down_revision = "0001"
def upgrade() -> None:
    op.create_table("added", sa.Column("id", sa.Integer, primary_key=True))
"""


def test_an_older_backup_is_brought_up_to_date(
    place: Settings, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrations = Path(shutil.copytree(storage.MIGRATIONS, tmp_path / "migrations"))
    (migrations / "versions" / "schema_0002.py").write_text(NEXT, encoding="utf-8")
    monkeypatch.setattr(storage, "MIGRATIONS", migrations)
    restore(place, file, NOW)
    with closing(sqlite3.connect(database_of(place))) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0002",)
        assert connection.execute("SELECT count(*) FROM added").fetchone() == (0,)
        assert connection.execute("SELECT id FROM accounts").fetchone() == ("a",)


def test_a_database_that_is_not_ours(used: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "strange"
    folder.mkdir()
    (folder / DATABASE).write_bytes(b"not a database" * 1000)
    assert "abîmée" in refused(used, changed(tmp_path / "1.tar.gz", folder), tmp_path).found
    (folder / DATABASE).unlink()
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    assert "pas celle d’un Repère" in refused(used, changed(tmp_path / "2.tar.gz", folder), tmp_path).found
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version VALUES ('0001')")
        connection.commit()
    assert "pas celle d’un Repère" in refused(used, changed(tmp_path / "3.tar.gz", folder), tmp_path).found
    other = changed(tmp_path / "4.tar.gz", folder, schema_revision="0000")
    assert "schéma" in refused(used, other, tmp_path).found


@pytest.mark.parametrize("length", [0, 1000, -1000])
def test_a_damaged_file_changes_nothing(length: int, used: Settings, file: Path, tmp_path: Path) -> None:
    file.write_bytes(file.read_bytes()[:length])
    refused(used, file, tmp_path)
    assert count(used, AccountRow) == count(used, SessionRow) == 1


def test_no_file(used: Settings, tmp_path: Path) -> None:
    assert "n’existe pas" in refused(used, tmp_path / "nowhere.tar.gz", tmp_path).found


def test_another_kind_of_database(used: Settings, file: Path) -> None:
    other = used.model_copy(update={"database_url": "postgresql+asyncpg://u@127.0.0.1/repere"})
    with pytest.raises(AssistantError, match="pg_restore"):
        restore(other, file, NOW, force=True)


def test_twice_over(used: Settings, place: Settings, file: Path) -> None:
    """A restored installation can be saved and restored again."""
    restore(place, file, NOW)
    again = save(place, file.with_name("again.tar.gz"), NOW)
    assert again.manifest.texts() == _manifest(file).texts()
    restore(used, again.file, NOW, force=True)
    assert count(used, AccountRow) == 1
    assert json.loads(again.manifest.model_dump_json())["schema_revision"] == "0001"


@pytest.mark.parametrize(
    "kills", [pytest.param(2, marks=pytest.mark.slow), pytest.param(40, marks=pytest.mark.soak)]
)
def test_a_kill_leaves_one_of_the_two_databases_and_it_can_be_done_again(
    kills: int, used: Settings, file: Path, tmp_path: Path
) -> None:
    environment = os.environ | {
        "REPERE_CORPUS": str(used.corpus),
        "REPERE_STORE": str(used.store),
        "REPERE_DATABASE_URL": used.database_url,
    }
    original, chance = state(used.corpus), random.Random(5)
    for _ in range(kills):
        run(used, lambda session: session.execute(delete(AccountRow)))
        (used.corpus / "more.md").write_text("# Plus\n", encoding="utf-8")
        command = [sys.executable, "-m", "assistant", "restore", "--force", str(file)]
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.PIPE)
        while not list(tmp_path.glob(".repere-en-cours-*")):
            assert process.poll() is None, process.communicate()
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.3))
        process.kill()
        process.communicate()
        assert count(used, AccountRow) in (0, 1)
        again = restore(used, file, NOW, force=True)
        assert state(used.corpus) == original
        assert (count(used, AccountRow), count(used, SessionRow)) == (1, 0)
        assert not list(tmp_path.glob(".repere-en-cours-*"))
        for path in again.aside:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
