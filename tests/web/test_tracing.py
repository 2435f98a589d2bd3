"""Traces of requests to an application that answers, fails, or keeps a connection open."""

import logging

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from assistant.logs import trace_id
from assistant.web.tracing import HEADER, Tracing


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer the trace id it sees, 404 outside of the reading room."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept" if scope["path"] == "/ws/socket.io/" else "websocket.close"})
        while (await receive())["type"] != "websocket.disconnect":
            await send({"type": "websocket.send", "text": trace_id.get()})
        return
    if scope["path"] == "/compte":
        raise ValueError("failed")
    status = 200 if scope["path"].startswith(("/cadre", "/healthz", "/static")) else 404
    await PlainTextResponse(trace_id.get(), status)(scope, receive, send)


@pytest.fixture
def client(caplog: pytest.LogCaptureFixture) -> TestClient:
    caplog.set_level(logging.INFO, "assistant.web.tracing")
    return TestClient(Tracing(application), raise_server_exceptions=False)


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.name == "assistant.web.tracing"]


def test_each_request_has_an_id_of_its_own(client: TestClient) -> None:
    first, second = client.get("/cadre"), client.get("/cadre", headers={HEADER: "chosen"})
    assert len({first.text, second.text, "chosen", ""}) == 4
    assert (first.headers[HEADER], second.headers[HEADER]) == (first.text, second.text)


def test_the_line_names_the_route_and_not_the_address(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    client.get("/cadre/dupont?q=malade")
    client.post("/cadre/dupont")
    client.get("/dupont/malade")
    shapes = [line.rsplit(" ", 2)[0] for line in lines(caplog)]
    assert shapes == ["GET /cadre/{document_id} 200", "POST (unknown) 200", "GET (unknown) 404"]
    record = next(one for one in caplog.records if one.name == "assistant.web.tracing")
    assert vars(record).items() >= {"method": "GET", "route": "/cadre/{document_id}", "status": 200}.items()
    assert 0 <= record.duration_ms < 10_000


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/static/pages.css", "/assets/index.js"])
def test_what_is_asked_all_the_time_has_no_line(
    path: str, client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    assert client.get(path).headers[HEADER]
    assert lines(caplog) == []


def test_a_failure_has_its_line(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    assert client.get("/compte").status_code == 500
    assert lines(caplog)[0].startswith("GET /compte 500 ")


def test_a_connection_has_its_line_when_it_ends(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with client.websocket_connect("/ws/socket.io/") as connection:
        connection.send_text("x")
        assert len(connection.receive_text()) == 32
        assert lines(caplog) == []
    assert lines(caplog)[0].startswith("WEBSOCKET /ws/socket.io/ 101 ")


def test_a_refused_connection(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/elsewhere/dupont"):
        pass
    assert lines(caplog)[0].startswith("WEBSOCKET (unknown) 403 ")
