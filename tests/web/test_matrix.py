"""Every route of the site, asked by everyone: what each gets is written here, not read in the policy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from assistant.storage import threads
from assistant.storage.tables import AuditRow
from assistant.texts import Texts
from assistant.web import current
from assistant.web.entry import policy
from assistant.web.entry.access import SESSION_COOKIE
from tests.web.desk import ADDRESS, PASSWORD, Desk
from tests.web.newcomers import Discussion, discussion_of, newcomer, session_of

PAGE = {"accept": "text/html"}
SOCKET = "/ws/socket.io/"
GUESTS = ("anonymous", "agent", "other", "trainer", "referent", "admin")
SIGNED_IN = GUESTS[1:]
Outcomes = Mapping[str, str]


def all_get(outcome: str) -> Outcomes:
    return dict.fromkeys(GUESTS, outcome)


def signed_in(outcome: str, **others: str) -> Outcomes:
    """Say what whoever is signed in gets, and who gets something else."""
    return {"anonymous": "to sign in", **dict.fromkeys(SIGNED_IN, outcome), **others}


def only(name: str, outcome: str, others: str = "not for this role") -> Outcomes:
    return signed_in(others, **{name: outcome})


FORM = "form refused"  # whoever may send it, but without the token of the page
LIST = {"pagination": {"first": 20}, "filter": {}}
RENAME = {"threadId": "{thread}", "name": "Un autre nom"}
NOTHING = {"threadId": "nothing"}
# Method, path, what is sent as JSON, what each gets.
TABLE: tuple[tuple[str, str, object, Outcomes], ...] = (
    ("GET", "/healthz", None, all_get("200")),
    ("GET", "/readyz", None, all_get("200")),
    ("GET", "/metrics", None, {**only("admin", "200"), "anonymous": "401"}),
    ("GET", "/robots.txt", None, all_get("200")),
    ("GET", "/static/pages.css", None, all_get("200")),
    ("GET", "/connexion", None, {"anonymous": "200", **dict.fromkeys(SIGNED_IN, "303 /")}),
    ("POST", "/connexion", None, all_get(FORM)),
    ("GET", "/login", None, all_get("303 /connexion")),
    ("POST", "/deconnexion", None, signed_in(FORM, anonymous="401")),
    ("GET", "/premier-acces/unknown", None, all_get("404")),
    ("POST", "/premier-acces/unknown", None, all_get(FORM)),
    ("GET", "/mot-de-passe/unknown", None, all_get("404")),
    ("POST", "/mot-de-passe/unknown", None, all_get(FORM)),
    ("GET", "/compte", None, signed_in("200")),
    ("GET", "/compte/donnees.json", None, signed_in("200")),
    ("POST", "/compte/mot-de-passe", None, signed_in(FORM, anonymous="401")),
    ("POST", "/compte/historique", None, signed_in(FORM, anonymous="401")),
    ("POST", "/compte/suppression", None, signed_in(FORM, anonymous="401")),
    ("GET", "/cadre", None, signed_in("200")),
    ("GET", "/cadre/{document}", None, signed_in("200")),
    ("GET", "/referents", None, only("referent", "200")),
    ("GET", "/referents/{ticket}", None, only("referent", "200")),
    ("POST", "/referents/{ticket}/reponse", None, {**only("referent", "403"), "anonymous": "401"}),
    ("GET", "/", None, signed_in("200")),
    ("GET", "/thread/{thread}", None, only("agent", "200", "404")),
    ("GET", "/thread/not-yet", None, signed_in("200")),
    ("GET", "/public/repere.css", None, all_get("200")),
    ("GET", "/assets/{asset}", None, all_get("200")),
    ("GET", "/favicon", None, all_get("200")),
    ("GET", "/logo", None, all_get("200")),
    ("GET", "/avatars/default", None, signed_in("200")),
    ("GET", "/auth/config", None, signed_in("200")),
    ("GET", "/user", None, signed_in("200")),
    ("POST", "/set-session-cookie", {"session_id": "x"}, signed_in("200", anonymous="401")),
    ("GET", "/project/translations?language=fr-FR", None, signed_in("200")),
    ("GET", "/project/settings", None, signed_in("200")),
    ("POST", "/project/threads", LIST, signed_in("200", anonymous="401")),
    # What is somebody else's: Chainlit itself says « unauthorized ».
    ("GET", "/project/thread/{thread}", None, only("agent", "200", "401")),
    ("PUT", "/project/thread", RENAME, {**only("agent", "200", "401"), "anonymous": "401"}),
    ("DELETE", "/project/thread", NOTHING, signed_in("404", anonymous="401")),
    ("GET", "/project/thread/{thread}/element/element-{answer}", None, only("agent", "200", "401")),
    ("POST", "/project/action", {}, signed_in("422", anonymous="401")),
)
# What of Chainlit's is open; the rest of its routes does not exist.
OF_CHAINLIT = {
    "GET /public/x",
    "GET /assets/x",
    "GET /favicon",
    "GET /logo",
    "GET /avatars/x",
    "GET /auth/config",
    "GET /user",
    "POST /set-session-cookie",
    "GET /project/translations",
    "GET /project/settings",
    "POST /project/threads",
    "GET /project/thread/x",
    "PUT /project/thread",
    "DELETE /project/thread",
    "GET /project/thread/x/element/x",
    "POST /project/action",
}


@pytest.fixture(scope="module")
def discussion(desk: Desk) -> Discussion:
    """Return what the agent asked."""
    return discussion_of(desk, desk.accounts["agent"])


@pytest.fixture(scope="module")
def browsers(desk: Desk) -> dict[str, TestClient]:
    """Return everyone's browser."""
    return {name: desk.client("" if name == "anonymous" else name) for name in GUESTS}


@pytest.fixture(scope="module")
def places(discussion: Discussion) -> dict[str, str]:
    """Return what stands between braces in the paths."""
    import chainlit.server  # once the application has given it a place to write

    asset = min(path.name for path in Path(chainlit.server.build_dir, "assets").glob("*.js"))
    return {
        "document": current.site().assistant.documents()[0].info.id,
        "ticket": str(discussion.ticket),
        "thread": discussion.thread,
        "answer": discussion.answer,
        "asset": asset,
    }


def filled(value: object, places: Mapping[str, str]) -> object:
    if isinstance(value, str):
        return re.sub(r"\{(\w+)\}", lambda found: places[found[1]], value)
    if isinstance(value, dict):
        return {key: filled(one, places) for key, one in value.items()}
    return value


def outcome(response: Response, texts: Texts) -> str:
    """Return what a guest got, in the words of the table; « absent » is the gate's own refusal."""
    location = response.headers.get("location", "")
    said = {
        (403, "refused.role.text"): "not for this role",
        (403, "refused.form"): FORM,
        (404, "refused.unknown.text"): "absent",
    }
    for (status, key), words in said.items():
        if response.status_code == status and texts(key) in response.text:
            return words
    if location.startswith("/connexion?suite="):
        return "to sign in"
    return f"{response.status_code} {location}".strip()


@pytest.mark.parametrize(
    ("method", "path", "body", "outcomes"), TABLE, ids=lambda value: value if isinstance(value, str) else ""
)
def test_everyone_gets_what_the_table_says(
    method: str,
    path: str,
    body: object,
    outcomes: Outcomes,
    browsers: dict[str, TestClient],
    places: dict[str, str],
    texts: Texts,
) -> None:
    address = str(filled(path, places))
    got = {}
    for name, browser in browsers.items():
        json = {} if body is None else {"json": filled(body, places)}
        got[name] = outcome(browser.request(method, address, headers=PAGE, **json), texts)
    # The home page needs no « come back there ».
    expected = {**outcomes, **({"anonymous": "303 /connexion"} if path == "/" else {})}
    assert got == expected


@pytest.mark.parametrize("row", [row for row in TABLE if row[0] == "GET"], ids=lambda row: row[1])
def test_a_script_is_never_led_to_the_sign_in_page(
    row: tuple[str, str, object, Outcomes], browsers: dict[str, TestClient], places: dict[str, str]
) -> None:
    _, path, _, outcomes = row
    status = browsers["anonymous"].get(str(filled(path, places))).status_code
    assert status == 401 if outcomes["anonymous"] == "to sign in" else status != 401 or path == "/metrics"


@pytest.mark.parametrize("name", GUESTS)
def test_only_who_is_signed_in_opens_a_chat(name: str, browsers: dict[str, TestClient]) -> None:
    address = f"ws://127.0.0.1:8000{SOCKET}?EIO=4&transport=websocket"
    headers = {"origin": ADDRESS, "upgrade": "websocket"}
    if name == "anonymous":
        with pytest.raises(WebSocketDisconnect), browsers[name].websocket_connect(address, headers=headers):
            pass
    else:
        with browsers[name].websocket_connect(address, headers=headers) as connection:
            assert connection.receive_text().startswith("0")


def test_the_table_has_every_rule_and_nothing_else() -> None:
    asked = {(method, re.sub(r"\?.*|[{}]", "", path)) for method, path, *_ in TABLE}
    asked.add(("WEBSOCKET", SOCKET))
    met = {(method, policy.rule_for(method, path)) for method, path in asked}
    assert (None in {rule for _, rule in met}) is False
    assert met == {(method, rule) for rule in policy.RULES for method in rule.methods.split()}


# --- routes that the policy does not name ------------------------------------------------------


@dataclass(frozen=True)
class Route:
    """A method and a path, its parameters written « x »."""

    method: str
    path: str


def routes(found: Iterable[BaseRoute]) -> Iterator[Route]:
    """Yield the routes of an application, those of its routers included."""
    for one in found:
        if (router := getattr(one, "original_router", None)) is not None:
            yield from routes(router.routes)
        elif not isinstance(one, Mount):
            path = re.sub(r"\{\w+(:\w+)?\}", "x", one.path)
            yield from (Route(method, path) for method in one.methods - {"HEAD"})


def test_every_route_of_ours_has_a_rule(desk: Desk) -> None:
    ours = set(routes(desk.app.routes))
    assert Route("GET", "/compte") in ours
    assert Route("POST", "/referents/x/reponse") in ours
    assert [one for one in ours if policy.rule_for(one.method, one.path) is None] == []


def test_every_rule_of_ours_has_a_route(desk: Desk) -> None:
    ours = set(routes(desk.app.routes))
    ruled = {
        Route(method, re.sub(r"\{\w+\}", "x", rule.path))
        for rule in policy.RULES
        for method in rule.methods.split()
        if not rule.chainlit and not rule.path.startswith("/static/")
    }
    assert ruled == ours


@pytest.mark.parametrize("name", ["anonymous", "admin"])
def test_what_of_chainlit_is_not_needed_does_not_exist(name: str, desk: Desk, texts: Texts) -> None:
    import chainlit.server

    theirs = set(routes(chainlit.server.app.routes))
    for closed in ("PUT /feedback", "POST /login", "POST /project/file", "POST /mcp", "POST /auth/jwt"):
        assert Route(*closed.split()) in theirs
    # What is open is asked without what it expects, and may fail.
    client = TestClient(desk.app, base_url=ADDRESS, raise_server_exceptions=False)
    if name == "admin":
        client.cookies.set(SESSION_COOKIE, session_of(desk, desk.accounts[name]))
    answered = {
        f"{one.method} {one.path}"
        for one in theirs
        if outcome(client.request(one.method, one.path), texts) != "absent"
    }
    assert answered == OF_CHAINLIT


# --- forms -------------------------------------------------------------------------------------


async def lines(session: AsyncSession) -> int | None:
    return await session.scalar(select(func.count()).select_from(AuditRow))


def test_no_form_is_obeyed_without_the_token_of_its_reader(
    desk: Desk, browsers: dict[str, TestClient], places: dict[str, str]
) -> None:
    forms = [one.path for one in routes(desk.app.routes) if one.method == "POST"]
    assert len(forms) == 8
    stranger = desk.token(desk.client(), "/connexion")
    fields = {"sure": "oui", "current": PASSWORD, "email": "agent@ville.example", "password": PASSWORD}
    desk.token(browsers["referent"])
    before = desk.run(lines)
    for path in forms:
        name = "referent" if path.startswith("/referents") else "agent"
        address = path.replace("x", places["ticket"]) if name == "referent" else path
        for token in (None, "", stranger, desk.token(browsers["other"])):
            sent = {**fields, "reponse": "Oui.", "action": "envoyer"} | (
                {} if token is None else {"jeton": token}
            )
            assert browsers[name].post(address, data=sent).status_code == 403, (path, token)
    for path in ("/connexion", "/premier-acces/x", "/mot-de-passe/x"):
        for token in (None, "", stranger, desk.token(browsers["other"])):
            sent = fields if token is None else {**fields, "jeton": token}
            assert browsers["anonymous"].post(path, data=sent).status_code == 403
    # Reading the case to show the form again may be noted, once; nothing else is.
    assert desk.run(lines) - before <= 1


def test_a_token_does_not_outlive_its_session(desk: Desk) -> None:
    client = desk.client("other")
    token = desk.token(client)
    client.post("/deconnexion", data={"jeton": token})
    again = desk.client("other")
    assert again.post("/compte/historique", data={"jeton": token, "sure": "oui"}).status_code == 403


# --- what is somebody else's -------------------------------------------------------------------


@pytest.mark.parametrize("name", ["other", "trainer", "referent", "admin"])
def test_a_discussion_is_for_its_asker_alone(name: str, desk: Desk) -> None:
    owner = newcomer(desk)
    one = discussion_of(desk, owner, "Une question qui n’est qu’à moi ?")
    client = desk.client(name)
    sent = {"threadId": one.thread, "name": "Pris"}
    responses = [
        client.get(f"/thread/{one.thread}", headers=PAGE),
        client.get(f"/project/thread/{one.thread}"),
        client.get(f"/project/thread/{one.thread}/element/element-{one.answer}"),
        client.put("/project/thread", json=sent),
        client.request("DELETE", "/project/thread", json={"threadId": one.thread}),
    ]
    assert {response.status_code for response in responses} <= {401, 403, 404}
    assert all("qu’à moi" not in response.text for response in responses)
    everything = client.post("/project/threads", json={**LIST, "filter": {"userId": owner.id}})
    assert everything.status_code == 200
    assert one.thread not in everything.text
    assert one.thread not in client.get("/compte/donnees.json").text
    kept = desk.run(lambda session: threads.thread(session, owner.id, one.thread))
    assert kept is not None
    assert kept.summary.name == "Une question qui n’est qu’à moi ?"
    assert len(kept.steps) == 2


def test_a_thread_of_ones_own_does_not_open_somebody_else_s_element(desk: Desk) -> None:
    mine, other = discussion_of(desk, desk.accounts["other"]), discussion_of(desk, newcomer(desk), "Secret ?")
    response = desk.client("other").get(f"/project/thread/{mine.thread}/element/element-{other.answer}")
    assert response.json() is None


def test_the_asker_does_all_that(desk: Desk) -> None:
    """Otherwise the refusals above would prove nothing."""
    one = discussion_of(desk, desk.accounts["other"])
    client = desk.client("other")
    assert client.get(f"/project/thread/{one.thread}").json()["id"] == one.thread
    element = client.get(f"/project/thread/{one.thread}/element/element-{one.answer}").json()
    assert element["forId"] == one.answer
    assert client.put("/project/thread", json={"threadId": one.thread, "name": "Mon nom"}).status_code == 200
    assert "Mon nom" in client.post("/project/threads", json=LIST).text
    assert client.request("DELETE", "/project/thread", json={"threadId": one.thread}).status_code == 200
    assert client.get(f"/project/thread/{one.thread}").status_code == 404
