"""What every test shares: no connection beyond loopback, no setting from outside, a tiny corpus."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant.domain import AnswerStatus
from assistant.settings import Settings, load_settings
from assistant.storage.database import Database, opened
from assistant.texts import Texts, load_texts

if TYPE_CHECKING:  # the index takes seconds to import; a test file without it need not wait
    from assistant.service import Assistant

TESTS = Path(__file__).parent
GUARD = TESTS / "guard"
sys.path.insert(0, str(GUARD))
import outbound  # noqa: E402  (found once its folder is on the path)

SLOWEST_LAST = ("slow", "browser", "soak")


def pytest_configure() -> None:
    """Clean the environment, then watch connections here and in the processes to come."""
    for name in [name for name in os.environ if name.startswith("REPERE_")]:
        del os.environ[name]
    Settings.model_config["env_file"] = None  # a developer's own .env is not the tests'
    handle, record = tempfile.mkstemp(prefix="outbound-", suffix=".log")
    os.close(handle)
    os.environ[outbound.LOG] = record
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(GUARD), os.environ.get("PYTHONPATH"))))
    outbound.install()


def pytest_unconfigure() -> None:
    """Remove the record of connections."""
    Path(os.environ[outbound.LOG]).unlink(missing_ok=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run fast tests first; leave the soak loops out unless ``-m`` names them."""
    if "soak" not in config.option.markexpr:
        soaks = [item for item in items if item.get_closest_marker("soak")]
        config.hook.pytest_deselected(items=soaks)
        items[:] = [item for item in items if item not in soaks]
    items.sort(key=_slowness)


def _slowness(item: pytest.Item) -> int:
    marks = [rank for rank, name in enumerate(SLOWEST_LAST, start=1) if item.get_closest_marker(name)]
    return max(marks, default=0)


@pytest.fixture(autouse=True)
def nothing_leaves_the_machine() -> Iterator[None]:
    """Fail the test during which something tried to connect beyond loopback, even if it was swallowed."""
    record = Path(os.environ[outbound.LOG])
    already = record.stat().st_size
    yield
    tried = record.read_text(encoding="utf-8")[already:]
    assert not tried, f"connection beyond loopback:\n{tried}"


@pytest.fixture(scope="session")
def texts() -> Texts:
    """Return the French words of the interface."""
    return load_texts()


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Return a copy of the tiny corpus, free to change."""
    return Path(shutil.copytree(TESTS / "data" / "corpus", tmp_path / "corpus"))


@pytest.fixture
def settings(tmp_path: Path, corpus: Path) -> Settings:
    """Return settings for a corpus and a store of this test's own."""
    return load_settings(
        corpus=corpus,
        store=tmp_path / "store",
        database_url=f"sqlite+aiosqlite:///{tmp_path / 'repere.sqlite3'}",
    )


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """Return an empty database of this test's own, its schema up to date."""
    async with opened(f"sqlite+aiosqlite:///{tmp_path / 'repere.sqlite3'}") as one:
        yield one


@pytest.fixture(scope="session")
def built_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return settings whose tiny corpus is indexed, once for all tests; change neither."""
    from assistant.service import refresh

    folder = tmp_path_factory.mktemp("built")
    corpus = shutil.copytree(TESTS / "data" / "corpus", folder / "corpus")
    settings = load_settings(
        corpus=corpus,
        store=folder / "store",
        database_url=f"sqlite+aiosqlite:///{folder / 'repere.sqlite3'}",
    )
    refresh(settings)
    return settings


@pytest.fixture(scope="session")
def assistant(built_settings: Settings, texts: Texts) -> Iterator[Assistant]:
    """Return the assistant over the tiny corpus, shared by all tests."""
    from assistant.service import Assistant

    with Assistant.open(built_settings, texts) as opened:
        assert opened.ask("Puis-je saisir des données personnelles ?").status is not AnswerStatus.DECLINED
        yield opened
