"""``backup``, ``restore`` and ``purge`` beside a real server, and what that server's log holds after a day's work."""

import asyncio
import http.client
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from sqlalchemy import func, select

from assistant.accounts import directory, links, sessions
from assistant.domain import Role
from assistant.settings import Settings
from assistant.storage.audit import SYSTEM
from assistant.storage.database import opened
from assistant.storage.tables import AccountRow, AuditRow, SessionRow, ThreadRow, now
from assistant.web.entry.access import SESSION_COOKIE
from tests.browser.server import Server

pytestmark = pytest.mark.slow
TOKEN = "jeton-de-supervision"
EMAIL, NAME, PASSWORD = "jeanne.dupont@ville.example", "Jeanne Dupont", "coquelicots en avril"
SEARCHED = "zizanie hypertension"
TYPED = (EMAIL, "jeanne.dupont", "Dupont", "coquelicots", "zizanie", "hypertension")


@dataclass
class Watched(Server):
    """A server whose log is made for machines, and whose metrics have a token."""

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, "REPERE_LOG_FORMAT": "json", "REPERE_METRICS_TOKEN": TOKEN}

    def ask(
        self, method: str, path: str, sent: dict[str, str] | str | None = None, **headers: str
    ) -> tuple[int, dict[str, str], str]:
        """Send one request; what is sent is a form, or a body as it is."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        if isinstance(sent, dict):
            sent, headers["content-type"] = urlencode(sent), "application/x-www-form-urlencoded"
        connection.request(method, path, sent, headers)
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, text

    def records(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.said().splitlines() if line.startswith("{")]


@pytest.fixture(scope="module")
def server(built_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    url = f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('data') / 'repere.sqlite3'}"
    folder = tmp_path_factory.mktemp("server")
    running = Watched(built_settings.model_copy(update={"database_url": url}), folder)
    asyncio.run(_past(url))
    running.start()
    yield running
    running.stop()


async def _past(url: str) -> None:
    """Keep somebody, a discussion too old to be kept, and a session that ended."""
    old = now() - timedelta(days=91)
    async with opened(url) as database, database.writing() as session:
        made = await directory.create(session, email=EMAIL, name=NAME, role=Role.AGENT, actor=SYSTEM)
        await directory.set_password(session, made.id, PASSWORD, SYSTEM)
        session.add(ThreadRow(id="t", account_id=made.id, name="n", created_at=old, updated_at=old))
        session.add(SessionRow(token_hash="h", account_id=made.id, expires_at=old))


async def _counts(url: str) -> tuple[int, ...]:
    async with opened(url) as database, database.reading() as session:
        tables = (AccountRow, ThreadRow, SessionRow)
        return tuple([await session.scalar(select(func.count()).select_from(one)) or 0 for one in tables])


def until(done: Callable[[], bool], what: str) -> None:
    limit = time.monotonic() + 20
    while not done():
        assert time.monotonic() < limit, what
        time.sleep(0.1)


def refusal(server: Server, *arguments: str) -> str:
    with pytest.raises(AssertionError) as caught:
        server.command(*arguments)
    return str(caught.value)


def test_the_log_tells_what_was_asked_for_and_nothing_that_was_typed(server: Watched) -> None:
    _, headers, page = server.ask("GET", "/connexion")
    cookie = headers["set-cookie"].partition(";")[0]
    token = re.search(r'name="jeton" value="([^"]+)"', page)
    assert token
    form = {"jeton": token[1], "email": EMAIL, "password": PASSWORD}
    for typed in (
        {**form, "password": "coquelicots"},
        form,
        {**form, "jeton": "x"},
    ):
        assert server.ask("POST", "/connexion", typed, cookie=cookie)[0] < 500

    async def opens() -> tuple[str, str]:
        async with opened(server.settings.database_url) as database, database.writing() as session:
            account = await directory.by_email(session, EMAIL)
            assert account
            return (
                await sessions.open_session(session, account.id, 1),
                await links.make(session, account.id, 1, SYSTEM),
            )

    session, link = asyncio.run(opens())
    mine = f"{SESSION_COOKIE}={session}"
    for path in (
        f"/cadre?q={quote(SEARCHED)}",
        f"/cadre/{quote(NAME)}?q={quote(SEARCHED)}",
        f"/{quote(SEARCHED)}",
        f"/mot-de-passe/{link}",
        f"/thread/{quote(NAME)}",
        "/",
        "/compte",
    ):
        assert server.ask("GET", path, cookie=mine)[0] < 500, path
    body = json.dumps(
        {"sessionId": SEARCHED, "action": {"name": SEARCHED, "payload": [EMAIL]}, "filter": SEARCHED}
    )
    for path in ("/project/action", "/project/threads", "/set-session-cookie"):
        server.ask("POST", path, body, **{"content-type": "application/json", "cookie": mine})
    said = server.said()
    for word in (*TYPED, PASSWORD, session, link, token[1]):
        assert word not in said, word
    routes = [record["route"] for record in server.records() if "route" in record]
    assert {"/connexion", "/cadre", "/cadre/{document_id}", "/mot-de-passe/{token}", "(unknown)"} <= set(
        routes
    )
    assert "/healthz" not in routes
    traced = [record for record in server.records() if "route" in record]
    assert len({record["trace_id"] for record in traced}) == len(traced)
    assert all(record["level"] == "INFO" and isinstance(record["duration_ms"], int) for record in traced)


def test_a_server_is_watched_saved_and_restored(server: Watched, tmp_path: Path) -> None:
    url = server.settings.database_url
    until(lambda: asyncio.run(_counts(url))[:2] == (1, 0), "the purge of the start")
    assert server.ask("GET", "/readyz")[0] == 200
    assert server.ask("GET", "/metrics")[0] == 401
    status, _, metrics = server.ask("GET", "/metrics", authorization=f"Bearer {TOKEN}")
    assert status == 200
    assert 'repere_purged_total{kind="threads"} 1.0' in metrics

    file = tmp_path / "b.tar.gz"
    assert "Sauvegarde faite" in server.command("backup", str(file))
    assert "sert déjà de la base" in refusal(server, "restore", str(file), "--force")
    assert "Rien n’a été effacé" in server.command("purge", "--dry-run")
    assert server.ask("GET", "/readyz")[0] == 200

    async def work() -> None:
        async with opened(url) as database, database.writing() as session:
            account = await directory.by_email(session, EMAIL)
            assert account
            await directory.delete(session, account.id, SYSTEM)

    asyncio.run(work())
    server.stop()
    assert "--force" in refusal(server, "restore", str(file))
    said = server.command("restore", str(file), "--force")
    assert "remise en place" in said
    assert "reconnecter" in said
    assert asyncio.run(_counts(url)) == (1, 0, 0)
    assert "Effacé : 0 discussion(s)" in server.command("purge")

    async def audited() -> list[tuple[str, str]]:
        async with opened(url) as database, database.reading() as session:
            lines = await session.execute(select(AuditRow.actor, AuditRow.action).order_by(AuditRow.id))
            return [(actor, action) for actor, action in lines]

    lines = asyncio.run(audited())
    assert lines[-2:] == [("console", "backup.restore"), ("console", "purge.run")]
    assert ("system", "purge.run") in lines
    assert server.start().ask("GET", "/readyz")[0] == 200
