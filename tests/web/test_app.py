import re
import socket
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from assistant.errors import SettingsError
from assistant.settings import ROOT, load_settings
from assistant.texts import Texts
from assistant.web import workspace
from assistant.web.app import CLOSED, require_loopback, serve


@pytest.fixture(scope="module")
def home(site: TestClient) -> BeautifulSoup:
    return BeautifulSoup(site.get("/").text, "html.parser")


def test_the_page_names_no_address_outside(home: BeautifulSoup) -> None:
    assert not re.search(r"(?:https?:)?//\w", str(home))


def test_the_page_is_french_and_ours(home: BeautifulSoup, texts: Texts) -> None:
    assert home.html and home.html["lang"] == "fr"
    assert home.title and home.title.string == texts("page.title")
    assert home.select('meta[property^="og:"]') == []
    assert [one.get_text() for one in home.select("h1")] == [texts("page.name")]
    assert home.select("body > :first-child")[0]["href"] == "#chat-input"
    assert texts("page.banner") in home.get_text()
    assert home.select_one("#answer-announcer[aria-live=polite]")


def test_the_same_page_answers_at_every_address_of_the_chat(site: TestClient) -> None:
    assert site.get("/thread/whatever").text == site.get("/").text


@pytest.mark.parametrize("path", CLOSED)
def test_the_documentation_of_chainlit_is_closed(path: str, site: TestClient) -> None:
    assert site.get(path).status_code == 404


def test_robots_stay_away(site: TestClient) -> None:
    assert "Disallow: /" in site.get("/robots.txt").text


def test_the_chat_writes_nothing_among_the_sources(site: TestClient) -> None:
    site.get("/project/settings")
    written = {path.relative_to(workspace.FOLDER).parts[0] for path in workspace.FOLDER.rglob("*")}
    assert written == {".chainlit", "public"}
    assert [path.name for path in (workspace.FOLDER / ".chainlit").iterdir()] == ["config.toml"]
    assert not (ROOT / ".chainlit").exists()
    assert not (Path.cwd() / "chainlit.md").exists()


def test_upload_is_refused(site: TestClient) -> None:
    assert site.get("/project/settings").json()["features"]["spontaneous_file_upload"]["enabled"] is False


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "exemple.fr", ""])  # noqa: S104
def test_the_server_refuses_to_be_reached_from_elsewhere(host: str) -> None:
    with pytest.raises(SettingsError, match="comptes"):
        serve(load_settings(host=host))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.5", "::1", "localhost"])
def test_loopback_addresses_are_accepted(host: str) -> None:
    require_loopback(host)


def test_a_port_already_taken_is_said_in_french() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"port {port}.*REPERE_PORT"):
            serve(load_settings(port=port))
