"""The real server in a process of its own, and a headless Chromium that may reach nothing else."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from assistant.domain import Role
from assistant.service import refresh
from assistant.settings import Settings, load_settings
from assistant.web.entry.access import SESSION_COOKIE
from tests.browser.pages import LIGHT, Chat, Traffic
from tests.browser.server import Server

CORPUS = Path(__file__).parent / "corpus"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


@pytest.fixture(scope="session")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return settings for the corpus of these tests, indexed once; its database is not made yet."""
    settings = load_settings(corpus=CORPUS, store=tmp_path_factory.mktemp("store"))
    assert refresh(settings).rejections == ()
    return settings


def served(settings: Settings, folder: Path, data: Path) -> Iterator[Server]:
    url = f"sqlite+aiosqlite:///{data / 'repere.sqlite3'}"
    running = Server(settings.model_copy(update={"database_url": url}), folder).start()
    try:
        yield running
    finally:
        running.stop()
    assert [path.name for path in folder.iterdir()] == [running.log.name], "it wrote where it was started"
    assert "Traceback" not in running.said()


@pytest.fixture(scope="session")
def server(indexed: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a running server, shared by the tests: each makes accounts of its own."""
    yield from served(indexed, tmp_path_factory.mktemp("server"), tmp_path_factory.mktemp("data"))


@pytest.fixture
def own_server(indexed: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a running server without any account, for one test that may stop it."""
    yield from served(indexed, tmp_path_factory.mktemp("server"), tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def english_server(indexed: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a running server whose interface is in English."""
    english = indexed.model_copy(update={"language": "en"})
    yield from served(english, tmp_path_factory.mktemp("server"), tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Return the driver."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Return Debian's Chromium."""
    chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
    yield chromium
    chromium.close()


@pytest.fixture
def look() -> dict[str, object]:
    """Return the browser's look; tests parametrize it."""
    return {}


@pytest.fixture
def window(browser: Browser, server: Server) -> Iterator[Callable[..., BrowserContext]]:
    """Return what opens a browser signed in with a new account of some role, to the shared server."""
    contexts = []

    def opened(role: Role = Role.AGENT, **look: object) -> BrowserContext:
        _account, token = server.account(role)
        context = browser.new_context(locale="fr-FR", reduced_motion="reduce", **{**LIGHT, **look})
        context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": server.address}])
        contexts.append(context)
        return context

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def chat(window: Callable[..., BrowserContext], server: Server, look: dict[str, object]) -> Iterator[Chat]:
    """Return the chat's home page; afterwards, fail if a request left this computer or went wrong."""
    page = window(**look).new_page()
    traffic = Traffic(server.address)
    traffic.watch(page)
    yield Chat(page, traffic).open()
    assert traffic.outside == []
    assert traffic.failed == []
