import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select
from starlette.responses import Response
from starlette.testclient import TestClient

from assistant.accounts import directory, links
from assistant.domain import Role
from assistant.storage.audit import SYSTEM
from assistant.storage.database import Database
from assistant.storage.tables import AuditRow
from assistant.texts import Texts
from assistant.web import current
from assistant.web.entry.access import FORM_COOKIE, SESSION_COOKIE
from assistant.web.entry.attempts import attempts
from assistant.web.entry.signin import local_path
from tests.web.desk import PASSWORD, Desk
from tests.web.newcomers import actions_of, browser_of, newcomer, owner_of, session_of

NEW = "quatre mots sans rapport"


@pytest.fixture(autouse=True)
def no_earlier_failure() -> None:
    attempts.cache_clear()


def sign_in(
    desk: Desk, client: TestClient, email: str, password: str = PASSWORD, suite: str = ""
) -> Response:
    token = desk.token(client, "/connexion")
    return client.post(
        "/connexion", data={"jeton": token, "email": email, "password": password, "suite": suite}
    )


def soup(response: Response) -> BeautifulSoup:
    return BeautifulSoup(response.text, "html.parser")


def alert(response: Response) -> str:
    found = soup(response).select("[role=alert]")
    assert len(found) == 1
    return found[0].get_text()


# --- the page ----------------------------------------------------------------------------------


def test_the_page_is_ours_french_and_needs_no_script(site: TestClient, texts: Texts, desk: Desk) -> None:
    page = soup(site.get("/connexion"))
    assert page.html and page.html["lang"] == "fr"
    assert page.title and page.title.get_text() == f"{texts('signin.title')} – Repère"
    assert [one.get_text() for one in page.select("h1")] == [texts("signin.title")]
    assert page.select("script") == []
    assert desk.settings.referents_contact in page.get_text()
    for name, kind in (("email", "username"), ("password", "current-password")):
        field = page.select_one(f"input[name={name}]")
        assert field
        assert field["autocomplete"] == kind
        assert page.select_one(f"label[for={field['id']}]")


def test_the_page_gives_a_cookie_to_sign_its_form(desk: Desk) -> None:
    client = desk.client()
    cookie = client.get("/connexion").headers["set-cookie"]
    assert cookie.startswith(f"{FORM_COOKIE}=")
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert "set-cookie" not in client.get("/connexion").headers  # the same one goes on serving


def test_chainlit_s_own_sign_in_page_leads_to_ours(site: TestClient) -> None:
    response = site.get("/login")
    assert (response.status_code, response.headers["location"]) == (303, "/connexion")


def test_what_is_put_in_the_address_is_only_text(site: TestClient) -> None:
    page = soup(site.get("/connexion", params={"suite": '"><script>alert(1)</script>', "etat": "<b>"}))
    assert page.select("script, b") == []


# --- signing in --------------------------------------------------------------------------------


def test_the_right_password_opens_a_session(desk: Desk) -> None:
    account = newcomer(desk)
    client = desk.client()
    response = sign_in(desk, client, f" {account.email.upper()} ")
    assert (response.status_code, response.headers["location"]) == (303, "/")
    (cookie,) = [one for one in response.headers.get_list("set-cookie") if one.startswith(SESSION_COOKIE)]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    assert f"Max-Age={desk.settings.session_hours * 3600}" in cookie
    assert owner_of(desk, client.cookies[SESSION_COOKIE]) == account
    assert FORM_COOKIE not in client.cookies
    assert account.name in client.get("/compte").text
    assert actions_of(desk, account)[-1] == ("session.open", account.id, {})


def test_a_session_known_before_opens_nothing_after(desk: Desk) -> None:
    """Whoever planted a cookie in this browser, or used it before, does not share the new session."""
    account, previous = newcomer(desk), newcomer(desk)
    for planted in ("planted", session_of(desk, previous)):
        client = desk.client()
        token = desk.token(client, "/connexion")
        client.cookies.set(SESSION_COOKIE, planted)
        if owner_of(desk, planted):
            token = desk.token(client)
        response = client.post(
            "/connexion", data={"jeton": token, "email": account.email, "password": PASSWORD}
        )
        given = response.cookies[SESSION_COOKIE]
        assert given != planted
        assert owner_of(desk, given) == account
        assert owner_of(desk, planted) is None


@pytest.mark.parametrize("email", ["absent@ville.example", "", "not an e-mail", "a" * 5000, "é\x00@x"])
def test_it_does_not_say_whether_an_account_exists(email: str, desk: Desk, texts: Texts) -> None:
    account, disabled = newcomer(desk), newcomer(desk)
    desk.run(lambda session: directory.set_active(session, disabled.id, False, SYSTEM))
    known = sign_in(desk, desk.client(), account.email, "un mauvais mot de passe")
    assert known.status_code == 401
    assert alert(known) == texts("signin.wrong")
    for other in (
        sign_in(desk, desk.client(), email, PASSWORD),
        sign_in(desk, desk.client(), disabled.email, PASSWORD),
    ):
        assert (other.status_code, alert(other)) == (known.status_code, alert(known))
        assert SESSION_COOKIE not in other.cookies


def test_what_was_typed_stays_but_for_the_password(desk: Desk) -> None:
    response = sign_in(desk, desk.client(), "moi@ville.example", "un mauvais mot de passe", "/compte")
    page = soup(response)
    assert page.select_one("#email")["value"] == "moi@ville.example"
    assert page.select_one("[name=suite]")["value"] == "/compte"
    assert not page.select_one("#password").has_attr("value")
    assert page.select_one("#password")["aria-describedby"] == page.select_one("[role=alert]")["id"]


def test_too_many_failures_make_one_wait(desk: Desk, texts: Texts) -> None:
    account, other = newcomer(desk), newcomer(desk)
    for _ in range(5):
        assert sign_in(desk, desk.client(), account.email, "un mauvais mot de passe").status_code == 401
    response = sign_in(desk, desk.client(), account.email)
    assert response.status_code == 429
    assert alert(response) == texts("signin.wait_many", minutes=15)
    assert response.headers["retry-after"] == "900"
    assert soup(response).select_one("#email")["value"] == account.email
    assert sign_in(desk, desk.client(), other.email).status_code == 303


def test_who_is_signed_in_has_nothing_to_do_there(desk: Desk) -> None:
    response = desk.client("agent").get("/connexion", params={"suite": "/compte"})
    assert (response.status_code, response.headers["location"]) == (303, "/compte")


ELSEWHERE = [
    "//exemple.fr",
    "///exemple.fr",
    "/\\exemple.fr",
    "\\\\exemple.fr",
    "https://exemple.fr",
    "http:exemple.fr",
    "javascript:alert(1)",
    "exemple.fr",
    "/\t/exemple.fr",
    "/\n/exemple.fr",
    "\t//exemple.fr",
    " //exemple.fr",
    "/%09/exemple.fr",
    "/%2F/exemple.fr",
    "/.//exemple.fr",
    "/compte\r\nSet-Cookie: a=b",
    "/compté",
    "/compte\x00",
    "/connexion",
    "/deconnexion",
    "/user",
    "/nowhere",
    "/healthz",
    "",
]


@pytest.mark.parametrize("asked", ELSEWHERE)
def test_nothing_leads_elsewhere(asked: str) -> None:
    assert local_path(asked) == "/"


@pytest.mark.parametrize(
    "asked",
    ["/", "/compte", "/cadre/charte?v=abc&debut=1&fin=2", "/thread/0b5a", "/cadre/d%C3%A9mat", "/referents"],
)
def test_one_gets_where_one_wanted_to_go(asked: str) -> None:
    assert local_path(asked) == asked


def test_signing_in_leads_there(desk: Desk) -> None:
    account = newcomer(desk)
    for suite, led in (("/compte", "/compte"), ("//exemple.fr", "/")):
        assert sign_in(desk, desk.client(), account.email, suite=suite).headers["location"] == led


def test_the_way_through_the_sign_in_page_is_kept(desk: Desk) -> None:
    client, account = desk.client(), newcomer(desk)
    wanted = "/cadre/charte?v=abc&q=%C3%A9t%C3%A9"
    led = client.get(wanted, headers={"accept": "text/html"}).headers["location"]
    page = soup(client.get(led))
    data = {field["name"]: field.get("value", "") for field in page.select("form [name]")}
    response = client.post("/connexion", data={**data, "email": account.email, "password": PASSWORD})
    assert response.headers["location"] == wanted


# --- signing out -------------------------------------------------------------------------------


def test_signing_out_closes_the_session_for_good(desk: Desk, texts: Texts) -> None:
    account = newcomer(desk)
    client = browser_of(desk, account)
    session = client.cookies[SESSION_COOKIE]
    response = client.post("/deconnexion", data={"jeton": desk.token(client)})
    assert (response.status_code, response.headers["location"]) == (303, "/connexion?etat=deconnexion")
    assert f"{SESSION_COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0" in response.headers.get_list(
        "set-cookie"
    )
    assert owner_of(desk, session) is None
    assert actions_of(desk, account)[-1] == ("session.close", account.id, {})
    message = soup(desk.client().get(response.headers["location"])).select("[role=status]")
    assert [one.get_text() for one in message] == [texts("signin.left.signed_out")]


def test_signing_out_leaves_the_other_browsers(desk: Desk) -> None:
    account = newcomer(desk)
    client, other = browser_of(desk, account), browser_of(desk, account)
    client.post("/deconnexion", data={"jeton": desk.token(client)})
    assert other.get("/compte").status_code == 200


# --- the link to choose a password -------------------------------------------------------------


def choose(client: TestClient, desk: Desk, path: str, password: str = NEW, **fields: str) -> Response:
    token = desk.token(client, path)
    return client.post(path, data={"jeton": token, "password": password, "again": password} | fields)


def test_a_link_lets_one_choose_a_password_and_signs_in(desk: Desk) -> None:
    account = newcomer(desk)
    before = session_of(desk, account)
    path = f"/mot-de-passe/{desk.run(lambda s: links.make(s, account.id, 1, SYSTEM))}"
    client = desk.client()
    page = soup(client.get(path))
    assert account.email in page.get_text()
    assert [one["autocomplete"] for one in page.select("[type=password]")] == ["new-password"] * 2
    for _ in range(3):  # mail scanners open links
        assert client.get(path).status_code == client.head(path).status_code == 200
    response = choose(client, desk, path)
    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert owner_of(desk, client.cookies[SESSION_COOKIE]) == account
    assert owner_of(desk, before) is None
    assert ("session.open", account.id, {}) in actions_of(desk, account)
    assert sign_in(desk, desk.client(), account.email, NEW).status_code == 303
    assert sign_in(desk, desk.client(), account.email, PASSWORD).status_code == 401


def test_a_link_works_once(desk: Desk, texts: Texts) -> None:
    account = newcomer(desk)
    path = f"/mot-de-passe/{desk.run(lambda s: links.make(s, account.id, 1, SYSTEM))}"
    late = desk.client()
    token = desk.token(late, path)
    assert choose(desk.client(), desk, path).status_code == 303
    for response in (
        late.get(path),
        late.post(path, data={"jeton": token, "password": "un tout autre mot", "again": "un tout autre mot"}),
    ):
        assert response.status_code == 404
        assert texts("signin.dead.title") in response.text
    assert sign_in(desk, desk.client(), account.email, NEW).status_code == 303


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        (NEW, "autre chose de long", "ne sont pas les mêmes"),
        ("court", "court", "12"),
        ("", "", "0 caractère"),
    ],
)
def test_a_refused_password_does_not_use_the_link(password: str, again: str, said: str, desk: Desk) -> None:
    account = newcomer(desk)
    path = f"/mot-de-passe/{desk.run(lambda s: links.make(s, account.id, 1, SYSTEM))}"
    client = desk.client()
    response = choose(client, desk, path, password, again=again)
    assert response.status_code == 400
    assert said in alert(response)
    assert SESSION_COOKIE not in client.cookies
    assert choose(client, desk, path).status_code == 303


def test_a_link_opened_by_somebody_signed_in_changes_who_is_there(desk: Desk) -> None:
    admin, account = newcomer(desk, Role.ADMIN), newcomer(desk)
    client = browser_of(desk, admin)
    before = client.cookies[SESSION_COOKIE]
    path = f"/mot-de-passe/{desk.run(lambda s: links.make(s, account.id, 1, SYSTEM))}"
    response = choose(client, desk, path)
    assert owner_of(desk, response.cookies[SESSION_COOKIE]) == account
    assert owner_of(desk, before) is None


@pytest.mark.parametrize("path", ["/mot-de-passe", "/premier-acces"])
@pytest.mark.parametrize("token", ["unknown", "é", "a" * 2000])
def test_a_wrong_link_says_what_to_do(path: str, token: str, desk: Desk, texts: Texts) -> None:
    response = desk.client().get(f"{path}/{token}")
    assert response.status_code == 404
    assert desk.settings.referents_contact in response.text
    assert texts("signin.dead.title") in response.text


def test_the_link_of_a_disabled_account_is_dead(desk: Desk) -> None:
    account = newcomer(desk)
    token = desk.run(lambda session: links.make(session, account.id, 1, SYSTEM))
    desk.run(lambda session: directory.set_active(session, account.id, False, SYSTEM))
    assert desk.client().get(f"/mot-de-passe/{token}").status_code == 404


# --- the first administrator -------------------------------------------------------------------


@pytest.fixture
def new_town(desk: Desk, tmp_path: Path) -> Iterator[Desk]:
    """Serve a database without any account."""
    site = current.site()
    url = f"sqlite+aiosqlite:///{tmp_path / 'new.sqlite3'}"
    town = Desk(desk.app, desk.settings.model_copy(update={"database_url": url}), desk.main)
    database = Database(url)
    asyncio.run(database.migrate())
    current.start(replace(site, database=database))
    yield town
    current.start(site)
    asyncio.run(database.close())


def first_link(town: Desk) -> str:
    return town.run(lambda session: links.make(session, None, 1, SYSTEM))


WHO = {"email": "Premiere@ville.example", "name": "Première Personne"}


def test_the_first_link_makes_an_administrator(new_town: Desk, texts: Texts) -> None:
    path, client = f"/premier-acces/{first_link(new_town)}", new_town.client()
    page = soup(client.get(path))
    assert texts("signin.first.intro") in page.get_text()
    assert {one["name"] for one in page.select("main label ~ input")} == {
        "name",
        "email",
        "password",
        "again",
    }
    response = choose(client, new_town, path, **WHO)
    assert (response.status_code, response.headers["location"]) == (303, "/")
    account = owner_of(new_town, client.cookies[SESSION_COOKIE])
    assert account
    assert (account.email, account.name, account.role) == ("premiere@ville.example", WHO["name"], Role.ADMIN)
    assert sign_in(new_town, new_town.client(), account.email, NEW).status_code == 303
    assert choose_again(new_town, path) == 404

    async def made(session: object) -> list[tuple[str, str]]:
        lines = await session.execute(select(AuditRow.actor, AuditRow.action).order_by(AuditRow.id))
        return [tuple(line) for line in lines]

    assert (SYSTEM, "account.create") in new_town.run(made)


def choose_again(town: Desk, path: str) -> int:
    client = town.client()
    data = {"jeton": town.token(client, "/connexion"), "password": NEW, "again": NEW}
    return client.post(path, data=data | {"email": "autre@ville.example", "name": "Autre"}).status_code


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "not an e-mail"},
        {"name": "  "},
        {"again": "autre chose de long"},
        {"password": "court", "again": "court"},
    ],
)
def test_a_mistake_leaves_the_first_link_unused(wrong: dict[str, str], new_town: Desk) -> None:
    path, client = f"/premier-acces/{first_link(new_town)}", new_town.client()
    response = choose(client, new_town, path, **(WHO | wrong))
    assert response.status_code == 400
    assert alert(response)
    assert soup(response).select_one("#email")["value"] == (WHO | wrong)["email"]
    assert not new_town.run(directory.any_account)
    assert choose(client, new_town, path, **WHO).status_code == 303


def test_the_first_link_is_worth_nothing_once_there_is_an_account(new_town: Desk) -> None:
    token = first_link(new_town)
    assert new_town.client().get(f"/premier-acces/{token}").status_code == 200
    newcomer(new_town)
    assert new_town.client().get(f"/premier-acces/{token}").status_code == 404
    assert choose_again(new_town, f"/premier-acces/{token}") == 404


def test_each_kind_of_link_has_its_own_page(new_town: Desk) -> None:
    token = first_link(new_town)
    response = new_town.client().get(f"/mot-de-passe/{token}")
    assert response.headers["location"] == f"/premier-acces/{token}"
    account = newcomer(new_town)
    token = new_town.run(lambda session: links.make(session, account.id, 1, SYSTEM))
    assert new_town.client().get(f"/premier-acces/{token}").status_code == 404
