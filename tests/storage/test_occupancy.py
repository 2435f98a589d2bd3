"""The lock of the database, between real processes."""

import subprocess
import sys
from pathlib import Path

import pytest

from assistant.errors import DatabaseError
from assistant.storage.occupancy import file_of, held

HOLDING = """
import sys
from assistant.storage.occupancy import held
with held(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_another_process_is_refused_until_the_first_dies(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'data' / 'repere.sqlite3'}"
    command = [sys.executable, "-c", HOLDING, url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout and other.stdout.readline() == "held\n"
        with pytest.raises(DatabaseError, match=r"repere\.sqlite3.*Arrêtez-le"), held(url):
            pass
        other.kill()
        other.wait()
        with held(url):
            pass


def test_it_can_be_held_again_after_a_failure(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'repere.sqlite3'}"
    with pytest.raises(KeyError), held(url):
        raise KeyError("failed")
    with held(url):
        pass


def test_a_database_that_is_not_a_file_is_not_held() -> None:
    url = "postgresql+asyncpg://u@127.0.0.1/repere"
    assert file_of(url) is None
    with held(url), held(url):
        pass
