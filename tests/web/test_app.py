import re
import socket
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from assistant.errors import SettingsError
from assistant.settings import ROOT, load_settings
from assistant.texts import Texts
from assistant.web import workspace
from assistant.web.app import CLOSED, require_loopback, serve

SOCKET = "/ws/socket.io/?EIO=4&transport=websocket"


@pytest.fixture(scope="module")
def home(site: TestClient) -> BeautifulSoup:
    return BeautifulSoup(site.get("/").text, "html.parser")


@pytest.mark.parametrize("path", ["/", "/robots.txt", "/public/a11y.js", "/project/translations", "/docs"])
def test_every_response_carries_the_security_headers(path: str, site: TestClient) -> None:
    headers = site.get(path).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "camera=()" in headers["permissions-policy"]


def test_the_page_may_run_its_own_scripts_only(site: TestClient) -> None:
    response = site.get("/")
    scripts = re.search(r"script-src ([^;]*)", response.headers["content-security-policy"])
    assert scripts
    assert "'unsafe-inline'" not in scripts[1]
    inline = BeautifulSoup(response.text, "html.parser").select("script:not([src]):not([type])")
    assert len(inline) == scripts[1].count("sha256-") > 0


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


@pytest.mark.parametrize("host", ["exemple.fr", "127.0.0.1.exemple.fr", "192.168.1.2:8000", ""])
def test_another_host_name_is_turned_away(host: str, site: TestClient) -> None:
    assert site.get("/", headers={"host": host}).status_code == 403


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "[::1]:8000"])
def test_the_names_of_this_computer_are_served(host: str, site: TestClient) -> None:
    assert site.get("/", headers={"host": host}).status_code == 200


def test_a_page_elsewhere_cannot_open_a_chat(site: TestClient) -> None:
    with (
        pytest.raises(WebSocketDisconnect),
        site.websocket_connect(f"ws://127.0.0.1:8000{SOCKET}", headers={"origin": "http://exemple.fr"}),
    ):
        pass


def test_our_own_page_can_open_a_chat(site: TestClient) -> None:
    headers = {"origin": "http://127.0.0.1:8000", "upgrade": "websocket"}
    with site.websocket_connect(f"ws://127.0.0.1:8000{SOCKET}", headers=headers) as connection:
        assert connection.receive_text().startswith("0")  # Engine.IO: the connection is open


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
