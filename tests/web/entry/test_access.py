from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi import HTTPException, Request
from starlette.datastructures import FormData, Headers, MutableHeaders, UploadFile

from assistant.web import current
from assistant.web.entry import access
from tests.web.desk import Desk

FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def over_tls(desk: Desk) -> Iterator[None]:  # noqa: ARG001  (its site is the one that is changed)
    """Serve the site as if a proxy did so over TLS."""
    site = current.site()
    settings = site.settings.model_copy(update={"public_url": "https://repere.example"})
    current.start(replace(site, settings=settings))
    yield
    current.start(site)


def request(desk: Desk, name: str = "", cookie: str = "", **form: str) -> Request:
    """Return a request as the gate hands it over."""

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    body = "&".join(f"{key}={value}" for key, value in form.items()).encode()
    headers = Headers({**FORM, **({"cookie": cookie} if cookie else {})})
    account = desk.accounts[name] if name else None
    scope = {"type": "http", "method": "POST", "headers": headers.raw, "state": {"account": account}}
    return Request(scope, receive)


def test_before_the_gate_nobody_is_signed_in(desk: Desk) -> None:
    assert access.signed_in(Request({"type": "http", "headers": []})) is None
    assert access.running_account.get() is None
    with pytest.raises(HTTPException) as refused:
        access.account_of(request(desk))
    assert refused.value.status_code == 401


def test_the_account_is_the_one_the_gate_found(desk: Desk) -> None:
    assert access.account_of(request(desk, "referent")) == desk.accounts["referent"]


def test_a_token_is_of_one_session(desk: Desk) -> None:
    mine = access.form_token(request(desk, "agent", "repere_session=one"))
    assert mine == access.form_token(request(desk, "agent", "repere_session=one; other=1"))
    assert mine != access.form_token(request(desk, "agent", "repere_session=two"))
    # The session's own token cannot be read in the page.
    assert "one" not in mine


def test_a_session_and_a_browser_that_bear_the_same_value_have_other_tokens(desk: Desk) -> None:
    signed = access.form_token(request(desk, "agent", "repere_session=same"))
    assert signed != access.form_token(request(desk, "", "repere_form=same"))


def test_a_session_cookie_that_opens_nothing_gives_no_token(desk: Desk) -> None:
    first, second = (request(desk, "", "repere_session=stale") for _ in range(2))
    assert access.form_token(first) != access.form_token(second)


def test_the_forms_of_an_anonymous_page_share_a_new_seed(desk: Desk) -> None:
    page = request(desk)
    token = access.form_token(page)
    assert token == access.form_token(page)
    seed = page.scope["state"][access.NEW_FORM_SEED]
    assert token == access.form_token(request(desk, "", f"repere_form={seed}"))


async def test_the_form_is_given_to_whoever_has_the_token(desk: Desk) -> None:
    token = access.form_token(request(desk, "agent", "repere_session=one"))
    form = await access.checked_form(request(desk, "agent", "repere_session=one", jeton=token, word="oui"))
    assert access.field(form, "word") == "oui"
    assert access.field(form, "absent") == ""


@pytest.mark.parametrize("given", ["", "0" * 64, "%C3%A9", "%00"])
async def test_another_token_is_refused(given: str, desk: Desk) -> None:
    with pytest.raises(HTTPException) as refused:
        await access.checked_form(request(desk, "agent", "repere_session=one", jeton=given))
    assert refused.value.status_code == 403


async def test_without_any_cookie_no_token_is_right(desk: Desk) -> None:
    # What an attacker could compute if an absent cookie counted as an empty one.
    token = access.form_token(request(desk, "", "repere_form="))
    with pytest.raises(HTTPException):
        await access.checked_form(request(desk, jeton=token))


def test_a_file_is_not_a_word() -> None:
    form = FormData([("jeton", UploadFile(file=None, filename="x"))])  # type: ignore[arg-type]
    assert access.field(form, "jeton") == ""


@pytest.mark.usefixtures("desk")
def test_a_cookie_cannot_be_read_by_scripts_nor_sent_by_other_sites() -> None:
    headers = MutableHeaders()
    access.set_cookie(headers, access.SESSION_COOKIE, "value", 3600)
    assert headers["set-cookie"] == "repere_session=value; Path=/; HttpOnly; SameSite=Lax; Max-Age=3600"


@pytest.mark.usefixtures("over_tls")
def test_over_tls_a_cookie_is_secure_and_only_ours() -> None:
    headers = MutableHeaders()
    access.set_cookie(headers, access.SESSION_COOKIE, "value")
    assert headers["set-cookie"] == "__Host-repere_session=value; Path=/; HttpOnly; SameSite=Lax; Secure"
    planted = Request({"type": "http", "headers": [(b"cookie", b"repere_session=planted")]})
    assert access.session_token(planted) == ""
