"""The real server in a process of its own, and a headless Chromium that may reach nothing else."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from assistant.service import refresh
from assistant.settings import ROOT, load_settings
from tests.browser.pages import Chat, Traffic

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
START = 90  # seconds


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    limit = time.monotonic() + START
    while time.monotonic() < limit and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"the server did not start:\n{log.read_text(encoding='utf-8')}")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start ``assistant serve`` on the corpus of these tests and return its address."""
    settings = load_settings(corpus=CORPUS, store=tmp_path_factory.mktemp("store"))
    assert refresh(settings).rejections == ()
    folder = tmp_path_factory.mktemp("server")
    log = folder / "server.log"
    address = f"http://127.0.0.1:{(port := _free_port())}"
    environment = {
        **os.environ,
        "REPERE_CORPUS": str(settings.corpus),
        "REPERE_STORE": str(settings.store),
        # How a sure answer looks is tested here, not how sure an answer is.
        "REPERE_VERIFIED_THRESHOLD": "0.3",
        "REPERE_CONFIRM_THRESHOLD": "0.2",
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    command = [sys.executable, "-m", "assistant", "serve", "--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=output)
    try:
        _wait(address, process, log)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)
    assert [path.name for path in folder.iterdir()] == [log.name], "the server wrote where it was started"
    assert "Traceback" not in log.read_text(encoding="utf-8")


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
def chat(browser: Browser, server: str, look: dict[str, object]) -> Iterator[Chat]:
    """Return the chat's home page; afterwards, fail if a request left this computer or went wrong."""
    context = browser.new_context(locale="fr-FR", reduced_motion="reduce", **look)
    page = context.new_page()
    traffic = Traffic(server)
    traffic.watch(page)
    yield Chat(page, traffic).open()
    context.close()
    assert traffic.outside == []
    assert traffic.failed == []
