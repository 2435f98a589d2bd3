"""The application as a whole: what is served besides our pages, and where Chainlit may write."""

from pathlib import Path

from starlette.testclient import TestClient

from assistant.settings import ROOT
from assistant.web.app import LONGEST_BODY
from assistant.web.chat import workspace
from tests.web.desk import Desk


def test_robots_stay_away(site: TestClient) -> None:
    assert site.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"


def test_the_chat_writes_nothing_among_the_sources(desk: Desk) -> None:
    desk.client("agent").get("/project/settings")
    written = {path.relative_to(workspace.FOLDER).parts[0] for path in workspace.FOLDER.rglob("*")}
    assert written == {".chainlit", "public"}
    assert [path.name for path in (workspace.FOLDER / ".chainlit").iterdir()] == ["config.toml"]
    assert not (ROOT / ".chainlit").exists()
    assert not (Path.cwd() / "chainlit.md").exists()


def test_upload_is_refused(desk: Desk) -> None:
    features = desk.client("agent").get("/project/settings").json()["features"]
    assert features["spontaneous_file_upload"]["enabled"] is False


def test_messages_are_not_edited_afterwards(desk: Desk) -> None:
    assert desk.client("agent").get("/project/settings").json()["features"]["edit_message"] is False


def test_nothing_longer_than_a_reply_is_read(desk: Desk) -> None:
    client = desk.client("agent")
    sent = {"threadId": "absent", "name": "x" * LONGEST_BODY}
    assert client.put("/project/thread", json=sent).status_code == 413
    assert client.put("/project/thread", json={**sent, "name": "x"}).status_code == 404


def test_our_files_are_served_as_they_are(site: TestClient) -> None:
    sheet = site.get("/static/pages.css")
    assert sheet.content == (Path(workspace.FOLDER).parent / "static" / "pages.css").read_bytes()
    assert site.get("/static/../app.py").status_code == 404
    assert site.get("/static/%2e%2e/app.py").status_code == 404
