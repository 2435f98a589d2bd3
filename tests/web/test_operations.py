"""Health, readiness and metrics of the real application, whole and with each of its parts broken."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.testclient import TestClient

from assistant.indexing.encoder import Vectors
from assistant.service import Assistant, refresh
from assistant.settings import Settings
from assistant.storage.database import Database
from assistant.storage.retention import Purged
from assistant.storage.tables import NoticeRow, StepRow, ThreadRow, TicketRow
from assistant.texts import Texts
from assistant.web import current, metrics
from tests.web.desk import Desk

TOKEN = "un-jeton-de-supervision"
PERSONAL = re.compile(r"ville\.example|Personne|Accueil|127\.0\.0\.1")


@contextmanager
def serving(**parts: object) -> Iterator[None]:
    """Serve with other parts for the time of a block."""
    whole = current.site()
    current.start(replace(whole, **parts))
    try:
        yield
    finally:
        current.start(whole)


@pytest.fixture
def with_token(desk: Desk) -> Iterator[TestClient]:
    with serving(settings=desk.settings.model_copy(update={"metrics_token": TOKEN})):
        yield desk.client()


def values(text: str) -> dict[str, float]:
    """Return each sample of an exposition, named with its labels."""
    return {
        f"{sample.name}{sorted(sample.labels.values()) or ''}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def scraped(desk: Desk) -> dict[str, float]:
    return values(desk.client("admin").get("/metrics").text)


# --- health and readiness ----------------------------------------------------------------------


def test_a_live_process_says_so_to_anyone(site: TestClient) -> None:
    response = site.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert response.headers["cache-control"] == "no-store"


def test_a_whole_site_is_ready(site: TestClient) -> None:
    response = site.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"status": "ready", "database": True, "index": True, "encoder": True}


def failing(site: TestClient, part: str) -> None:
    response = site.get("/readyz")
    assert response.status_code == 503
    expected = {"status": "failing", "database": True, "index": True, "encoder": True, part: False}
    assert response.json() == expected
    assert site.get("/healthz").status_code == 200


def test_a_database_whose_file_is_gone(site: TestClient, desk: Desk, tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'gone.sqlite3'}"
    with serving(settings=desk.settings.model_copy(update={"database_url": url})):
        failing(site, "database")


def test_a_damaged_database(site: TestClient, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.sqlite3"
    damaged.write_bytes(b"not a database" * 500)
    with serving(database=Database(f"sqlite+aiosqlite:///{damaged}")):
        failing(site, "database")


@pytest.fixture
def own(settings: Settings, texts: Texts) -> Iterator[Assistant]:
    refresh(settings)
    with Assistant.open(settings, texts) as opened:
        yield opened


def test_an_index_that_cannot_be_opened(site: TestClient, own: Assistant) -> None:
    """As when another encoder made the index that a command has just published."""
    with serving(assistant=own):
        assert site.get("/readyz").status_code == 200
        (pointer,) = own.settings.store.rglob("CURRENT")
        generation = pointer.parent / pointer.read_text(encoding="utf-8")
        other = generation.rename(generation.with_name("20991231T000000000000-ffffff"))
        manifest = json.loads((other / "manifest.json").read_text(encoding="utf-8"))
        (other / "manifest.json").write_text(json.dumps({**manifest, "id": other.name, "encoder": "x"}))
        pointer.write_text(other.name, encoding="utf-8")
        failing(site, "index")


class LostEncoder:
    """An encoder whose model cannot be reached any more."""

    dimension = 8
    fingerprint = "lost"

    def encode(self, texts: list[str]) -> Vectors:
        raise OSError(f"cannot encode {texts}")


def test_an_encoder_that_fails(site: TestClient, own: Assistant) -> None:
    own.encoder = LostEncoder()
    with serving(assistant=own):
        failing(site, "encoder")


# --- metrics -----------------------------------------------------------------------------------


def test_metrics_are_for_administrators(desk: Desk) -> None:
    assert desk.client().get("/metrics").status_code == 401
    for name in ("agent", "trainer", "referent"):
        assert desk.client(name).get("/metrics").status_code == 403, name
    assert desk.client("admin").get("/metrics").status_code == 200


@pytest.mark.parametrize("given", ["Bearer ", "Bearer  ", "Bearer None", "", "Basic dTpw"])
def test_without_a_token_in_the_settings_no_token_opens(given: str, site: TestClient) -> None:
    assert site.get("/metrics", headers={"authorization": given}).status_code == 401


def test_the_token_of_the_settings_opens(with_token: TestClient) -> None:
    for scheme in ("Bearer", "bearer"):
        headers = {"authorization": f"{scheme} {TOKEN}"}
        assert with_token.get("/metrics", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "given", [f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", TOKEN, f"Basic {TOKEN}", "Bearer é", "Bearer"]
)
def test_another_token_does_not(given: str, with_token: TestClient) -> None:
    response = with_token.get("/metrics", headers={"authorization": given.encode("latin-1")})
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"


def test_metrics_tell_the_state_of_the_database_and_of_the_index(desk: Desk) -> None:
    before = scraped(desk)

    async def work(session: AsyncSession) -> None:
        account = desk.accounts["agent"].id
        session.add(ThreadRow(id="m", account_id=account, name="Une question"))
        await session.flush()
        session.add(StepRow(id="m1", thread_id="m", kind="reply", text="t"))
        await session.flush()
        session.add(NoticeRow(account_id=account, thread_id="m", step_id="m1"))
        session.add(TicketRow(question="Q", state="open", reason="unsure", urgent=True))
        session.add(TicketRow(question="Q", state="withdrawn", reason="unsure", urgent=True))

    desk.run(work)
    after = scraped(desk)
    assert after["repere_tickets['open']"] == before["repere_tickets['open']"] + 1
    assert after["repere_tickets['withdrawn']"] == before["repere_tickets['withdrawn']"] + 1
    assert after["repere_urgent_tickets"] == before["repere_urgent_tickets"] + 1
    assert after["repere_accounts['agent']"] >= 2
    manifest = current.site().assistant.manifest
    assert after["repere_index_passages"] == manifest.passages > 0
    assert after["repere_index_timestamp_seconds"] == pytest.approx(manifest.built_at.timestamp())

    async def delivered(session: AsyncSession) -> None:
        await session.delete(await session.get_one(ThreadRow, "m"))
        for row in await session.scalars(select(TicketRow).where(TicketRow.question == "Q")):
            await session.delete(row)

    desk.run(delivered)
    assert scraped(desk)["repere_notices_waiting"] == before["repere_notices_waiting"]


def test_metrics_count_the_open_pages(desk: Desk) -> None:
    def pages() -> float:
        return scraped(desk)["repere_open_pages"]

    before = pages()
    address = "ws://127.0.0.1:8000/ws/socket.io/?EIO=4&transport=websocket"
    with desk.client("agent").websocket_connect(address, headers={"upgrade": "websocket"}) as connection:
        connection.receive_text()  # Engine.IO: open
        auth = {"sessionId": str(uuid4()), "clientType": "webapp", "userEnv": "{}"}
        connection.send_text("40" + json.dumps(auth))
        assert connection.receive_text().startswith("40")
        assert pages() == before + 1
    limit = time.monotonic() + 10  # the server learns of it a moment after the browser left
    while pages() != before and time.monotonic() < limit:
        time.sleep(0.05)
    assert pages() == before


def test_metrics_count_what_happened(desk: Desk) -> None:
    before = scraped(desk)
    metrics.answered("verified", 0.2)
    metrics.answered("something typed", 3)
    metrics.sign_in_failed()
    metrics.purge_done(Purged(threads=3, tickets=1, sessions=0, links=0))
    metrics.purge_failed()
    after = scraped(desk)
    grown = {name: after[name] - before.get(name, 0) for name in after if name.startswith("repere")}
    assert grown["repere_questions_total['verified']"] == 1
    assert grown["repere_questions_total['error']"] == 1
    assert grown["repere_answer_seconds_bucket['0.25']"] == 1
    assert grown["repere_answer_seconds_count"] == 2
    assert grown["repere_sign_in_failures_total"] == 1
    assert grown["repere_purged_total['threads']"] == 3
    assert grown["repere_purge_failures_total"] == 1
    assert after["repere_last_purge_timestamp_seconds"] > 1.7e9
    assert after["process_resident_memory_bytes"] > 0


def test_metrics_name_nobody(desk: Desk) -> None:
    text = desk.client("admin").get("/metrics").text
    assert not PERSONAL.search(text)
    assert "something typed" not in text


def test_a_scrape_leaves_nothing_behind(desk: Desk) -> None:
    names = [list(scraped(desk)) for _ in range(2)]
    assert names[0] == names[1]
