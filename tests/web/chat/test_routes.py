"""The page of the chat: for whoever is signed in, in our frame, at its addresses; nothing from outside."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from assistant.texts import Texts
from assistant.web import current
from assistant.web.chat import routes
from tests.web.desk import Desk
from tests.web.newcomers import discussion_of

PAGE = {"accept": "text/html"}
ADDRESSES = ["/", "/thread/not-yet"]


def page_of(client: TestClient, path: str = "/") -> BeautifulSoup:
    response = client.get(path, headers=PAGE)
    assert response.status_code == 200
    return BeautifulSoup(response.text, "html.parser")


def places(page: BeautifulSoup) -> list[str]:
    return [str(link["href"]) for link in page.select("header nav a")]


@pytest.mark.parametrize("path", ADDRESSES)
def test_nobody_reads_it_before_signing_in(path: str, site: TestClient) -> None:
    response = site.get(path, headers=PAGE)
    assert (response.status_code, response.headers["location"].split("?")[0]) == (303, "/connexion")
    assert site.get(path).status_code == 401
    assert "page-labels" not in response.text


@pytest.mark.parametrize("name", ["agent", "trainer", "referent", "admin"])
def test_the_navigation_is_that_of_the_role(name: str, desk: Desk) -> None:
    expected = ["/", "/cadre", *(["/referents"] if name == "referent" else []), "/compte"]
    page = page_of(desk.client(name))
    assert places(page) == expected
    assert [str(link["href"]) for link in page.select('header nav a[aria-current="page"]')] == ["/"]


@pytest.mark.parametrize("path", ADDRESSES)
def test_it_is_chainlit_s_page_in_our_frame(path: str, desk: Desk, texts: Texts) -> None:
    page = page_of(desk.client("agent"), path)
    assert page.select_one("#root") is not None
    assert [one.get_text() for one in page.select("h1")] == [texts("page.heading")]
    skip = page.select_one("body > :first-child")
    assert skip is not None
    assert (skip["href"], skip.get_text()) == ("#chat-input", texts("page.skip"))
    assert page.select_one("#answer-announcer[aria-live=polite]") is not None
    assert routes.FRAME not in str(page)


def test_it_is_the_same_for_everyone_but_for_the_frame(desk: Desk) -> None:
    agent, admin = (page_of(desk.client(name)) for name in ("agent", "admin"))
    for page in (agent, admin):
        for one in page.select('input[name="jeton"]'):
            one["value"] = ""
    assert str(agent) == str(admin)
    assert desk.accounts["admin"].name not in str(admin), "an answer could be kept for somebody else"


def test_the_words_of_the_scripts_are_on_the_page(desk: Desk, texts: Texts) -> None:
    labels = page_of(desk.client("agent")).select_one("#page-labels")
    assert labels is not None
    assert json.loads(labels.get_text()) == texts.under("page.labels")


@pytest.mark.parametrize("path", ADDRESSES)
def test_it_names_no_address_outside(path: str, desk: Desk) -> None:
    page = page_of(desk.client("agent"), path)
    assert not re.search(r"(?:https?:)?//\w", str(page))
    for tag, name in (("link", "href"), ("script", "src"), ("img", "src"), ("form", "action")):
        assert all(str(one[name]).startswith("/") for one in page.select(f"{tag}[{name}]"))


def test_one_signs_out_from_it(desk: Desk) -> None:
    client = desk.client("agent")
    form = page_of(client).select_one('form[action="/deconnexion"]')
    assert form is not None
    token = form.select_one('input[name="jeton"]')
    assert token is not None
    assert client.post("/deconnexion", data={"jeton": str(token["value"])}).status_code == 303
    assert client.get("/").status_code == 401


def test_a_demonstration_says_so(desk: Desk, texts: Texts) -> None:
    usual = current.site()
    assert texts("page.demo") not in page_of(desk.client("agent")).get_text()
    current.start(replace(usual, demo=True))
    try:
        assert texts("page.demo") in page_of(desk.client("agent")).get_text()
    finally:
        current.start(usual)


# --- a discussion's address --------------------------------------------------------------------


def test_one_s_own_discussion_has_its_page(desk: Desk) -> None:
    one = discussion_of(desk, desk.accounts["agent"])
    page = page_of(desk.client("agent"), f"/thread/{one.thread}")
    assert page.select_one("#root") is not None
    assert places(page)[0] == "/"


@pytest.mark.parametrize("name", ["other", "trainer", "referent", "admin"])
def test_somebody_else_s_discussion_is_not_found(name: str, desk: Desk, texts: Texts) -> None:
    one = discussion_of(desk, desk.accounts["agent"], "Secret d’un agent ?")
    response = desk.client(name).get(f"/thread/{one.thread}", headers=PAGE)
    assert response.status_code == 404
    assert texts("refused.missing.text") in response.text
    assert "Secret" not in response.text
    assert 'id="root"' not in response.text


@pytest.mark.parametrize("path", ["/thread/", "/thread/a/b", "/thread"])
def test_there_is_nothing_around_discussions(path: str, desk: Desk) -> None:
    assert desk.client("agent").get(path, headers=PAGE).status_code == 404
