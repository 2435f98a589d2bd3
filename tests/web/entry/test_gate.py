from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup
from starlette.responses import JSONResponse, Response
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from assistant.accounts import directory, sessions
from assistant.domain import Account, Role
from assistant.settings import Settings
from assistant.storage.audit import SYSTEM
from assistant.texts import Texts
from assistant.web import current
from assistant.web.entry.access import SESSION_COOKIE, running_account
from assistant.web.entry.gate import ENDED, FOREIGN, Gate
from tests.web.desk import ADDRESS, Desk
from tests.web.newcomers import browser_of, newcomer, session_of

if TYPE_CHECKING:
    from chainlit import User

SOCKET = "ws://127.0.0.1:8000/ws/socket.io/?EIO=4&transport=websocket"
PUBLIC = "https://repere.example"
PAGE = {"accept": "text/html,application/xhtml+xml"}


class Behind:
    """What stands behind the gate in some of these tests: it shows what it was given."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.end: Message = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._talk(receive, send)
            return
        account = running_account.get()
        shown = {
            "method": scope["method"],
            "headers": [[name.decode(), value.decode()] for name, value in scope["headers"]],
            "account": account.id if account else None,
        }
        response: Response = JSONResponse(shown, headers={"Cache-Control": "max-age=60"})
        response.set_cookie("one", "1", samesite="none", secure=True)
        response.set_cookie("two", "2", samesite="lax")
        await response(scope, receive, send)

    async def _talk(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            self.heard.append(message["text"])
            await send({"type": "websocket.send", "text": message["text"]})
        self.end = message
        await send({"type": "websocket.send", "text": "too late"})


@pytest.fixture
def behind() -> Behind:
    return Behind()


@pytest.fixture
def gate(desk: Desk, behind: Behind) -> TestClient:
    """Return an anonymous browser before a gate that hides nothing of what it lets through."""
    return TestClient(Gate(behind, desk.settings), base_url=ADDRESS, follow_redirects=False)


@pytest.fixture
def over_tls(desk: Desk, behind: Behind) -> Iterator[TestClient]:  # noqa: ARG001  (its site is changed)
    """Return the same when a proxy serves the site over TLS."""
    site = current.site()
    settings: Settings = site.settings.model_copy(update={"public_url": PUBLIC})
    current.start(replace(site, settings=settings))
    yield TestClient(Gate(behind, settings), base_url=PUBLIC, follow_redirects=False)
    current.start(site)


def sign_in(client: TestClient, desk: Desk, account: Account, name: str = SESSION_COOKIE) -> TestClient:
    client.cookies.set(name, session_of(desk, account))
    return client


def cookies_behind(response: Response) -> dict[str, str]:
    sent = [value for name, value in response.json()["headers"] if name == "cookie"]
    assert len(sent) <= 1
    return dict(part.split("=", 1) for part in sent[0].split("; ")) if sent else {}


# --- headers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/connexion", "/robots.txt", "/public/a11y.js", "/static/pages.css", "/nowhere", "/compte"]
)
def test_every_response_carries_the_security_headers(path: str, site: TestClient) -> None:
    headers = site.get(path).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "strict-transport-security" not in headers  # plain http here


def test_a_refusal_carries_them_too(site: TestClient) -> None:
    response = site.get("/connexion", headers={"host": "exemple.fr"})
    assert response.status_code == 403
    assert "content-security-policy" in response.headers


def directive(response: Response, name: str) -> str:
    found = re.search(rf"{name} ([^;]*)", response.headers["content-security-policy"])
    assert found
    return found[1]


@pytest.mark.parametrize("path", ["/connexion", "/compte", "/nowhere"])
def test_our_own_pages_may_run_files_of_ours_only(path: str, desk: Desk) -> None:
    response = desk.client("agent" if path != "/connexion" else "").get(path, headers=PAGE)
    assert directive(response, "script-src") == "'self'"
    assert directive(response, "style-src") == "'self'"
    page = BeautifulSoup(response.text, "html.parser")
    assert page.select("[style], style, script:not([src])") == []
    assert [name for tag in page.find_all() for name in tag.attrs if name.startswith("on")] == []


@pytest.mark.parametrize("path", ["/", "/thread/whatever"])
def test_the_chat_may_run_its_own_inline_scripts_too(path: str, desk: Desk) -> None:
    response = desk.client("agent").get(path, headers=PAGE)
    scripts = directive(response, "script-src")
    assert "'unsafe-inline'" not in scripts
    inline = BeautifulSoup(response.text, "html.parser").select("script:not([src]):not([type])")
    assert len(inline) == scripts.count("sha256-") > 0


@pytest.mark.parametrize("path", ["/compte", "/", "/user", "/connexion", "/nowhere"])
def test_what_is_read_signed_in_stays_in_no_cache(path: str, gate: TestClient, desk: Desk) -> None:
    sign_in(gate, desk, desk.accounts["agent"])
    assert gate.get(path).headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/static/pages.css", "/public/a11y.js", "/assets/x.js", "/favicon"])
def test_the_files_of_everyone_may_be_kept(path: str, gate: TestClient) -> None:
    assert gate.get(path).headers["cache-control"] == "max-age=60"


def test_over_tls_browsers_are_told_to_stay_there(over_tls: TestClient) -> None:
    assert over_tls.get("/robots.txt").headers["strict-transport-security"].startswith("max-age=")


# --- our own name, our own pages ---------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["exemple.fr", "127.0.0.1.exemple.fr", "192.168.1.2:8000", "", "[", "repere.example"]
)
def test_another_host_name_is_turned_away(host: str, site: TestClient, texts: Texts) -> None:
    response = site.get("/connexion", headers={"host": host})
    assert (response.status_code, response.text) == (403, texts("refused.host"))


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "[::1]:8000", "LOCALHOST"])
def test_the_names_of_this_computer_are_served(host: str, site: TestClient) -> None:
    assert site.get("/connexion", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["repere.example", "REPERE.example", "repere.example:443", "127.0.0.1:8000"])
def test_the_public_name_is_served(host: str, over_tls: TestClient) -> None:
    assert over_tls.get("/robots.txt", headers={"host": host}).status_code == 200


FOREIGN_ORIGINS = ["http://exemple.fr", "null", "http://127.0.0.1:8001", "http://127.0.0.1", "http://["]


@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/connexion"), ("POST", "/project/action"), ("DELETE", "/project/thread")]
)
def test_a_page_elsewhere_can_change_nothing(
    method: str, path: str, origin: str, gate: TestClient, desk: Desk, texts: Texts
) -> None:
    sign_in(gate, desk, desk.accounts["agent"])
    response = gate.request(method, path, headers={"origin": origin})
    assert (response.status_code, response.text) == (403, texts("refused.origin"))
    assert gate.request(method, path, headers={"origin": ADDRESS}).status_code == 200


@pytest.mark.parametrize("host", ["repere.example", "127.0.0.1:8000"])
def test_behind_a_proxy_the_public_address_is_ours(host: str, over_tls: TestClient) -> None:
    headers = {"host": host, "origin": PUBLIC}
    assert over_tls.post("/connexion", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://repere.example", "https://repere.example:8443", "https://example"]
)
def test_behind_a_proxy_other_addresses_are_not(origin: str, over_tls: TestClient) -> None:
    assert over_tls.post("/connexion", headers={"origin": origin}).status_code == 403


def test_another_site_may_link_to_ours(site: TestClient) -> None:
    assert site.get("/connexion", headers={"origin": "http://exemple.fr"}).status_code == 200


# --- the policy --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/nowhere", "/docs", "/openapi.json", "/compte/", "//connexion", "/Compte"])
def test_what_no_rule_names_does_not_exist(path: str, desk: Desk, texts: Texts) -> None:
    for client in (desk.client(), desk.client("admin")):
        response = client.get(f"{ADDRESS}{path}", headers=PAGE)
        assert response.status_code == 404
        page = BeautifulSoup(response.text, "html.parser")
        assert page.h1 and page.h1.get_text() == texts("refused.unknown.title")
        assert client.get(f"{ADDRESS}{path}").json()["detail"] == texts("refused.unknown.text")


def test_who_is_signed_in_keeps_the_navigation_on_a_missing_page(desk: Desk, texts: Texts) -> None:
    assert texts("pages.nav.account") in desk.client("agent").get("/nowhere", headers=PAGE).text
    assert texts("pages.nav.account") not in desk.client().get("/nowhere", headers=PAGE).text


def test_head_is_asked_as_get(gate: TestClient) -> None:
    assert gate.head("/robots.txt").headers["content-type"] == "application/json"
    assert gate.head("/compte").status_code == 401
    assert gate.head("/nowhere").status_code == 404


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/", "/connexion"),
        ("/compte", "/connexion?suite=%2Fcompte"),
        ("/cadre/charte?v=abc&debut=1", "/connexion?suite=%2Fcadre%2Fcharte%3Fv%3Dabc%26debut%3D1"),
        ("/cadre/d%C3%A9mat?q=%C3%A9", "/connexion?suite=%2Fcadre%2Fd%25C3%25A9mat%3Fq%3D%25C3%25A9"),
    ],
)
def test_a_person_not_signed_in_is_led_to_the_sign_in_page(asked: str, led: str, site: TestClient) -> None:
    response = site.get(asked, headers=PAGE)
    assert (response.status_code, response.headers["location"]) == (303, led)


def test_a_script_not_signed_in_is_told_so(site: TestClient, texts: Texts) -> None:
    response = site.get("/user")
    assert (response.status_code, response.json()["detail"]) == (401, texts("refused.signed_out.text"))


def test_a_form_sent_after_the_session_is_not_led_anywhere(site: TestClient, texts: Texts) -> None:
    response = site.post("/compte/historique", headers=PAGE)
    assert response.status_code == 401
    assert texts("refused.signed_out.text") in response.text
    assert 'href="/connexion"' in response.text


@pytest.mark.parametrize("name", ["agent", "trainer", "admin"])
def test_a_page_for_another_role_is_refused(name: str, desk: Desk, texts: Texts) -> None:
    response = desk.client(name).get("/referents", headers=PAGE)
    assert response.status_code == 403
    assert texts("refused.role.text") in response.text
    assert desk.client("referent").get("/referents", headers=PAGE).status_code == 200


@pytest.mark.parametrize("cookie", ["", "x", "é", "a" * 3000, "' OR 1=1 --"])
def test_a_cookie_that_opens_nothing_is_no_sign_in(cookie: str, gate: TestClient) -> None:
    raw = [(b"host", b"127.0.0.1:8000"), (b"cookie", f"{SESSION_COOKIE}={cookie}".encode())]
    assert gate.get("/user", headers=raw).status_code == 401


def test_a_session_past_its_time_is_no_sign_in(desk: Desk, gate: TestClient) -> None:
    account = newcomer(desk)
    gate.cookies.set(SESSION_COOKIE, desk.run(lambda s: sessions.open_session(s, account.id, 0)))
    assert gate.get("/user").status_code == 401


def test_a_disabled_account_is_out_at_the_next_request(desk: Desk, gate: TestClient) -> None:
    account = newcomer(desk)
    sign_in(gate, desk, account)
    assert gate.get("/user").status_code == 200
    desk.run(lambda session: directory.set_active(session, account.id, False, SYSTEM))
    assert gate.get("/user").status_code == 401


def test_a_new_role_acts_at_the_next_request(desk: Desk) -> None:
    account = newcomer(desk, Role.REFERENT)
    client = browser_of(desk, account)
    assert client.get("/referents", headers=PAGE).status_code == 200
    desk.run(lambda session: directory.change_role(session, account.id, Role.AGENT, SYSTEM))
    assert client.get("/referents", headers=PAGE).status_code == 403


# --- what Chainlit is told ---------------------------------------------------------------------


def test_chainlit_is_told_who_asks(desk: Desk, gate: TestClient) -> None:
    account = desk.accounts["trainer"]
    response = sign_in(gate, desk, account).get("/user")
    cookies = cookies_behind(response)
    assert cookies.keys() == {"access_token"}
    told = user_of(cookies["access_token"])
    assert (told.identifier, told.metadata) == (account.id, {"role": "trainer"})
    assert response.json()["account"] == account.id
    assert sign_in(desk.client(), desk, account).get("/user").json()["identifier"] == account.id


def test_what_the_browser_says_of_itself_is_not_believed(desk: Desk, gate: TestClient) -> None:
    sign_in(gate, desk, desk.accounts["agent"])
    mine = cookies_behind(gate.get("/user"))["access_token"]
    forged = {"access_token": mine[:-2], "access_token_0": "a", "access_token_1": "b", "oauth_state": "c"}
    for name, value in forged.items():
        gate.cookies.set(name, value)
    response = gate.get("/user", headers={"authorization": f"Bearer {mine}"})
    cookies = cookies_behind(response)
    assert cookies.keys() == {"access_token"}
    assert user_of(cookies["access_token"]).identifier == desk.accounts["agent"].id
    assert "authorization" not in dict(response.json()["headers"])


def test_a_token_of_chainlit_is_no_sign_in(desk: Desk, gate: TestClient) -> None:
    stolen = cookies_behind(sign_in(gate, desk, desk.accounts["agent"]).get("/user"))["access_token"]
    client = desk.client()
    client.cookies.set("access_token", stolen)
    assert client.get("/user").status_code == 401
    assert client.get("/user", headers={"authorization": f"Bearer {stolen}"}).status_code == 401
    gate.cookies.clear()
    gate.cookies.set("access_token", stolen)
    assert cookies_behind(gate.get("/public/x")) == {}


def test_our_pages_keep_their_cookies(gate: TestClient, desk: Desk) -> None:
    sign_in(gate, desk, desk.accounts["agent"])
    assert SESSION_COOKIE in cookies_behind(gate.get("/compte"))


def user_of(token: str) -> User:
    from chainlit.auth import decode_jwt  # once the application has given Chainlit a place to write

    return decode_jwt(token)


def set_cookies(response: Response) -> list[str]:
    return response.headers.get_list("set-cookie")


def test_the_cookies_of_chainlit_are_as_safe_as_ours(desk: Desk, over_tls: TestClient) -> None:
    sign_in(over_tls, desk, desk.accounts["agent"], f"__Host-{SESSION_COOKIE}")
    assert set_cookies(over_tls.get("/user")) == [
        "one=1; Path=/; SameSite=Lax; Secure",
        "two=2; Path=/; SameSite=Lax; Secure",
    ]


def test_over_plain_http_no_cookie_pretends_otherwise(desk: Desk, gate: TestClient) -> None:
    sign_in(gate, desk, desk.accounts["agent"])
    assert set_cookies(gate.get("/user")) == ["one=1; Path=/; SameSite=Lax", "two=2; Path=/; SameSite=Lax"]


# --- the WebSocket -----------------------------------------------------------------------------


def closed_with(client: TestClient, url: str = SOCKET, **headers: str) -> int:
    with pytest.raises(WebSocketDisconnect) as refused, client.websocket_connect(url, headers=headers):
        pass
    return refused.value.code


def test_nobody_talks_without_a_session(gate: TestClient) -> None:
    assert closed_with(gate) == ENDED
    gate.cookies.set(SESSION_COOKIE, "unknown")
    assert closed_with(gate) == ENDED


@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
def test_a_page_elsewhere_cannot_open_a_chat(origin: str, desk: Desk, gate: TestClient) -> None:
    sign_in(gate, desk, desk.accounts["agent"])
    assert closed_with(gate, origin=origin) == FOREIGN


def test_a_chat_is_opened_at_its_own_address_and_name(desk: Desk, gate: TestClient) -> None:
    sign_in(gate, desk, desk.accounts["agent"])
    assert closed_with(gate, "ws://127.0.0.1:8000/ws/other") == FOREIGN
    assert closed_with(gate, "ws://127.0.0.1:8000/compte") == FOREIGN
    assert closed_with(gate, SOCKET.replace("127.0.0.1:8000", "exemple.fr")) == FOREIGN


def test_the_other_transport_of_the_chat_is_closed(desk: Desk) -> None:
    client = desk.client("agent")
    for transport in ("polling", "websocket"):
        assert client.get(f"/ws/socket.io/?EIO=4&transport={transport}").status_code == 404
        assert client.post(f"/ws/socket.io/?EIO=4&transport={transport}").status_code == 404


def test_our_own_page_can_open_a_chat(desk: Desk) -> None:
    headers = {"origin": ADDRESS, "upgrade": "websocket"}
    with desk.client("agent").websocket_connect(SOCKET, headers=headers) as connection:
        assert connection.receive_text().startswith("0")  # Engine.IO: the connection is open


Change = Callable[[Desk, Account], None]


def disable(desk: Desk, account: Account) -> None:
    desk.run(lambda session: directory.set_active(session, account.id, False, SYSTEM))


def change_role(desk: Desk, account: Account) -> None:
    desk.run(lambda session: directory.change_role(session, account.id, Role.REFERENT, SYSTEM))


def close_sessions(desk: Desk, account: Account) -> None:
    desk.run(lambda session: sessions.close_all(session, account.id))


def delete(desk: Desk, account: Account) -> None:
    desk.run(lambda session: directory.delete(session, account.id, SYSTEM))


@pytest.mark.parametrize("change", [disable, change_role, close_sessions, delete])
def test_nothing_is_heard_nor_said_once_the_session_ended(
    change: Change, desk: Desk, gate: TestClient, behind: Behind
) -> None:
    account = newcomer(desk)
    sign_in(gate, desk, account)
    with gate.websocket_connect(SOCKET) as connection:
        connection.send_text("before")
        assert connection.receive_text() == "before"
        change(desk, account)
        connection.send_text("after")
        with pytest.raises(WebSocketDisconnect) as closed:
            connection.receive_text()
    assert closed.value.code == ENDED
    assert behind.heard == ["before"]
    assert behind.end == {"type": "websocket.disconnect", "code": ENDED}


def test_the_real_chat_is_cut_off_at_once(desk: Desk) -> None:
    account = newcomer(desk)
    headers = {"origin": ADDRESS, "upgrade": "websocket"}
    with browser_of(desk, account).websocket_connect(SOCKET, headers=headers) as connection:
        connection.receive_text()
        disable(desk, account)
        connection.send_text("40" + json.dumps({"sessionId": "x", "clientType": "webapp"}))
        with pytest.raises(WebSocketDisconnect) as closed:
            connection.receive_text()
    assert closed.value.code == ENDED


def test_somebody_whose_account_does_not_change_talks_on(
    desk: Desk, gate: TestClient, behind: Behind
) -> None:
    sign_in(gate, desk, newcomer(desk))
    disable(desk, newcomer(desk))
    with gate.websocket_connect(SOCKET) as connection:
        for word in ("one", "two", "three"):
            connection.send_text(word)
            assert connection.receive_text() == word
    assert behind.heard == ["one", "two", "three"]
