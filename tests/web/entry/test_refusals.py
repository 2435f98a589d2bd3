import pytest
from bs4 import BeautifulSoup
from fastapi import FastAPI, HTTPException, Request
from starlette.responses import Response
from starlette.testclient import TestClient

from assistant.texts import Texts
from assistant.web.app import LONGEST_BODY
from assistant.web.entry import refusals
from tests.web.desk import ADDRESS, Desk

PAGE = {"accept": "text/html"}


@pytest.fixture(scope="module")
def routes(desk: Desk) -> TestClient:  # noqa: ARG001  (its words and frame are those of the pages)
    """Return a site whose routes refuse or fail."""
    app = FastAPI()

    @app.get("/refuse/{status}")
    async def refuse(status: int, said: str = "") -> None:
        raise HTTPException(status, said or None, {"X-Kept": "yes"})

    @app.get("/fail")
    async def fail() -> None:
        raise ValueError("a secret of the server")

    @app.post("/form")
    async def form(request: Request) -> dict[str, int]:
        return {"fields": len(await request.form())}

    for kind, handler in refusals.HANDLERS.items():
        app.add_exception_handler(kind, handler)
    return TestClient(app, base_url=ADDRESS, raise_server_exceptions=False)


def title(response: Response) -> str:
    page = BeautifulSoup(response.text, "html.parser")
    assert page.h1
    return page.h1.get_text()


@pytest.mark.parametrize(
    ("status", "reason"),
    [(401, "signed_out"), (403, "role"), (404, "unknown"), (405, "unknown"), (409, "other")],
)
def test_a_refusal_is_a_page_for_a_person_and_json_for_a_script(
    status: int, reason: str, routes: TestClient, texts: Texts
) -> None:
    page = routes.get(f"/refuse/{status}", headers=PAGE)
    assert (page.status_code, title(page)) == (status, texts(f"refused.{reason}.title"))
    assert texts(f"refused.{reason}.text") in page.text
    script = routes.get(f"/refuse/{status}")
    assert (script.status_code, script.json()) == (status, {"detail": texts(f"refused.{reason}.text")})
    assert script.headers["x-kept"] == "yes"


def test_the_sentence_of_a_route_is_said(routes: TestClient, texts: Texts) -> None:
    response = routes.get("/refuse/404", params={"said": "Pas <ici>."}, headers=PAGE)
    assert title(response) == texts("refused.unknown.title")
    assert "Pas &lt;ici&gt;." in response.text
    form = routes.get("/refuse/403", params={"said": "Ce formulaire…"}, headers=PAGE)
    assert title(form) == texts("refused.other.title")  # it is not a matter of role


def test_an_address_that_makes_no_sense_is_a_missing_page(routes: TestClient, texts: Texts) -> None:
    assert title(routes.get("/refuse/abc", headers=PAGE)) == texts("refused.unknown.title")


def test_what_the_framework_says_in_english_is_not_shown(routes: TestClient, texts: Texts) -> None:
    headers = {"content-type": "multipart/form-data; boundary=a"}
    response = routes.post("/form", content=b"--b\r\n", headers=headers)
    assert (response.status_code, response.json()["detail"]) == (400, texts("refused.other.text"))


def test_a_failure_says_nothing_of_the_server(routes: TestClient, texts: Texts) -> None:
    response = routes.get("/fail", headers=PAGE)
    assert (response.status_code, response.text) == (500, texts("refused.failure"))


@pytest.mark.parametrize("chunked", [False, True])
def test_what_is_too_long_is_not_read(chunked: bool, desk: Desk) -> None:
    body = b"a=" + b"b" * LONGEST_BODY
    response = desk.client().post(
        "/connexion",
        content=iter([body]) if chunked else body,
        headers=PAGE | {"content-type": "application/x-www-form-urlencoded"},
    )
    assert response.status_code == 413
