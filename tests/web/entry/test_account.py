import json
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response
from starlette.testclient import TestClient

from assistant.accounts import directory, signing
from assistant.domain import Account, Role
from assistant.escalation import queue
from assistant.escalation.tickets import Ticket, reference, ticket
from assistant.storage import threads
from assistant.storage.audit import SYSTEM
from assistant.storage.tables import AccountRow, FeedbackRow, StepRow, ThreadRow
from assistant.texts import Texts
from assistant.web import current
from assistant.web.entry.access import SESSION_COOKIE
from assistant.web.entry.attempts import attempts
from tests.web.desk import PASSWORD, Desk
from tests.web.newcomers import actions_of, browser_of, discussion_of, newcomer, owner_of, session_of

NEW = "quatre mots sans rapport"
WRONG = "un mauvais mot de passe"


@pytest.fixture(autouse=True)
def no_earlier_failure() -> None:
    attempts.cache_clear()


def soup(response: Response) -> BeautifulSoup:
    return BeautifulSoup(response.text, "html.parser")


def said(response: Response, role: str = "alert") -> str:
    found = soup(response).select(f"[role={role}]")
    assert len(found) == 1
    return found[0].get_text()


def send(desk: Desk, client: TestClient, form: str, **fields: str) -> Response:
    return client.post(f"/compte/{form}", data={"jeton": desk.token(client)} | fields)


def signs_in(desk: Desk, account: Account, password: str) -> bool:
    return desk.run(lambda session: signing.authenticate(session, account.email, password)) is not None


def ticket_of(desk: Desk, number: int) -> Ticket:
    return desk.run(lambda session: ticket(session, number))


# --- the page ----------------------------------------------------------------------------------


def test_the_page_says_who_one_is(desk: Desk, texts: Texts) -> None:
    account = newcomer(desk, Role.TRAINER, name="Zoé <Petit>", service="État civil", commune="ville-basse")
    facts = [one.get_text() for one in soup(browser_of(desk, account).get("/compte")).select(".facts dd")]
    assert facts == ["Zoé <Petit>", account.email, texts("roles.trainer"), "État civil", "ville-basse"]


def test_what_is_not_known_is_said(desk: Desk, texts: Texts) -> None:
    facts = soup(browser_of(desk, newcomer(desk)).get("/compte")).select(".facts dd")
    assert [one.get_text() for one in facts[-2:]] == [texts("account.none"), texts("account.no_commune")]


@pytest.mark.parametrize("role", Role)
def test_every_role_has_its_page_and_a_french_name(role: Role, desk: Desk, texts: Texts) -> None:
    assert texts(f"roles.{role.value}") in browser_of(desk, newcomer(desk, role)).get("/compte").text


@pytest.mark.parametrize(("days", "in_words"), [(1, "un jour"), (31, "31 jours")])
def test_how_long_things_are_kept_is_read_in_the_settings(days: int, in_words: str, desk: Desk) -> None:
    site, client = current.site(), desk.client("agent")
    changes = {"retention_days": days, "ticket_retention_days": days + 400, "session_hours": 7}
    current.start(replace(site, settings=site.settings.model_copy(update=changes)))
    try:
        text = soup(client.get("/compte")).get_text()
    finally:
        current.start(site)
    assert f"{in_words} après son dernier message" in text
    assert f"{days + 400} jours après sa réponse" in text
    assert "7 h au plus" in text


def test_one_s_requests_lead_to_their_discussions(desk: Desk, texts: Texts) -> None:
    account = newcomer(desk)
    first, second = (
        discussion_of(desk, account, "La <première> ?"),
        discussion_of(desk, account, "La seconde ?"),
    )
    foreign = discussion_of(desk, newcomer(desk), "Celle d’un autre ?")
    desk.run(lambda session: queue.withdraw(session, first.ticket, account))
    page = soup(browser_of(desk, account).get("/compte"))
    rows = [one.get_text(" ", strip=True) for one in page.select(".asked li")]
    for row, number, question, state in (
        (rows[0], second.ticket, "La seconde ?", "open"),
        (rows[1], first.ticket, "La <première> ?", "withdrawn"),
    ):
        assert row.startswith(f"{reference(number)} {texts(f'account.asked.states.{state}')} {question}")
    links = {link.get_text(): link["href"] for link in page.select(".asked a")}
    assert links == {reference(one.ticket): f"/thread/{one.thread}" for one in (first, second)}
    assert reference(foreign.ticket) not in page.get_text()


def test_without_requests_the_page_says_so(desk: Desk, texts: Texts) -> None:
    page = soup(browser_of(desk, newcomer(desk)).get("/compte"))
    assert texts("account.asked.nothing") in page.get_text()
    assert page.select(".asked, script") == []


def test_every_field_of_the_page_has_a_name(desk: Desk) -> None:
    page = soup(desk.client("agent").get("/compte"))
    fields = page.select("main input:not([type=hidden], [hidden])")
    assert len(fields) == 6
    for field in fields:
        assert page.select_one(f"label[for={field['id']}]")
    identifiers = [tag["id"] for tag in page.select("[id]")]
    assert len(identifiers) == len(set(identifiers))


# --- one's own data ----------------------------------------------------------------------------


def test_one_s_data_are_given_in_a_file(desk: Desk) -> None:
    account = newcomer(desk, name="Zoé Petit")
    discussion_of(desk, account, "Une question à moi ?")
    discussion_of(desk, newcomer(desk), "Une question d’un autre ?")
    response = browser_of(desk, account).get("/compte/donnees.json")
    assert response.headers["content-disposition"] == 'attachment; filename="repere-mes-donnees.json"'
    assert response.headers["content-type"] == "application/json"
    assert "\n  " in response.text
    assert "Zoé" in response.text  # as people read it, not \\u00e9
    kept = json.loads(response.content)
    assert kept["account"]["email"] == account.email
    assert [thread["name"] for thread in kept["threads"]] == ["Une question à moi ?"]
    assert len(kept["tickets"]) == 1
    assert "d’un autre" not in response.text


# --- the password ------------------------------------------------------------------------------


def test_a_new_password_closes_the_other_sessions_only(desk: Desk, texts: Texts) -> None:
    account = newcomer(desk)
    client, other = browser_of(desk, account), session_of(desk, account)
    response = send(desk, client, "mot-de-passe", current=PASSWORD, password=NEW, again=NEW)
    assert (response.status_code, response.headers["location"]) == (
        303,
        "/compte?fait=mot-de-passe#mot-de-passe",
    )
    assert said(client.get("/compte?fait=mot-de-passe"), "status") == texts("account.password.done")
    assert owner_of(desk, other) is None
    assert signs_in(desk, account, NEW)
    assert not signs_in(desk, account, PASSWORD)


@pytest.mark.parametrize(
    ("known", "password", "again", "why"),
    [
        (WRONG, NEW, NEW, "actuel ne convient pas"),
        (PASSWORD, NEW, WRONG, "ne sont pas les mêmes"),
        (PASSWORD, "court", "court", "5 caractères"),
        ("", "", "", "actuel ne convient pas"),
    ],
)
def test_a_password_is_not_changed_without_proof_nor_for_a_weak_one(
    known: str, password: str, again: str, why: str, desk: Desk
) -> None:
    account = newcomer(desk)
    client, other = browser_of(desk, account), session_of(desk, account)
    response = send(desk, client, "mot-de-passe", current=known, password=password, again=again)
    assert response.status_code == 400
    assert why in said(response)
    assert soup(response).select_one("#mot-de-passe [role=alert]")
    assert PASSWORD not in response.text
    assert signs_in(desk, account, PASSWORD)
    assert owner_of(desk, other) == account


def test_the_present_password_cannot_be_guessed_here_either(desk: Desk, texts: Texts) -> None:
    account = newcomer(desk)
    client = browser_of(desk, account)
    for _ in range(5):
        send(desk, client, "mot-de-passe", current=WRONG, password=NEW, again=NEW)
    response = send(desk, client, "suppression", current=PASSWORD, sure="oui")
    assert said(response) == texts("signin.wait_many", minutes=15)
    assert owner_of(desk, client.cookies[SESSION_COOKIE]) == account


# --- the discussions ---------------------------------------------------------------------------


async def kept_of(session: AsyncSession, account: Account) -> tuple[int, int, int]:
    mine = select(ThreadRow.id).where(ThreadRow.account_id == account.id)
    steps = select(StepRow.id).where(StepRow.thread_id.in_(mine))
    feedback = select(FeedbackRow.step_id).where(FeedbackRow.step_id.in_(steps))
    return tuple([len((await session.scalars(one)).all()) for one in (mine, steps, feedback)])


def test_deleting_one_s_discussions_leaves_the_requests(desk: Desk, texts: Texts) -> None:
    account, other = newcomer(desk), newcomer(desk)
    mine = [discussion_of(desk, account), discussion_of(desk, account)]
    discussion_of(desk, other)
    client = browser_of(desk, account)
    response = send(desk, client, "historique", sure="oui")
    assert (response.status_code, response.headers["location"]) == (303, "/compte?fait=historique#historique")
    page = client.get("/compte?fait=historique")
    assert said(page, "status") == texts("account.history.done")
    assert desk.run(lambda session: kept_of(session, account)) == (0, 0, 0)
    assert desk.run(lambda session: kept_of(session, other)) == (1, 2, 1)
    assert desk.run(lambda session: threads.thread(session, account.id, mine[0].thread)) is None
    for one in mine:
        left = ticket_of(desk, one.ticket)
        assert (left.question, left.account_id) == ("Puis-je faire cela ?", account.id)
        assert (left.thread_id, left.step_id) == (None, None)
        assert reference(one.ticket) in page.text
    assert soup(page).select(".asked a") == []
    assert actions_of(desk, account)[-1] == ("history.delete", account.id, {"threads": 2})


def test_discussions_are_not_deleted_without_a_confirmation(desk: Desk, texts: Texts) -> None:
    account = newcomer(desk)
    discussion_of(desk, account)
    response = send(desk, browser_of(desk, account), "historique")
    assert (response.status_code, said(response)) == (400, texts("account.unsure"))
    assert desk.run(lambda session: kept_of(session, account)) == (1, 2, 1)


# --- the account -------------------------------------------------------------------------------


def test_a_deleted_account_leaves_its_requests_without_a_name(desk: Desk, texts: Texts) -> None:
    account = newcomer(desk)
    left = discussion_of(desk, account)
    client, other = browser_of(desk, account), session_of(desk, account)
    response = send(desk, client, "suppression", current=PASSWORD, sure="oui")
    assert (response.status_code, response.headers["location"]) == (303, "/connexion?etat=suppression")
    assert f"{SESSION_COOKIE}=; Path=/" in response.headers["set-cookie"]
    assert said(client.get(response.headers["location"]), "status") == texts("signin.left.deleted")
    assert desk.run(lambda session: directory.by_id(session, account.id)) is None
    assert owner_of(desk, other) is None
    assert desk.run(lambda session: kept_of(session, account)) == (0, 0, 0)
    kept = ticket_of(desk, left.ticket)
    assert (kept.account_id, kept.thread_id, kept.question) == (None, None, "Puis-je faire cela ?")
    assert [action for action, *_ in actions_of(desk, account)].count("account.delete") == 1


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"current": PASSWORD}, "account.unsure"),
        ({"current": WRONG, "sure": "oui"}, "account.wrong_password"),
        ({"sure": "oui"}, "account.wrong_password"),
    ],
)
def test_an_account_is_not_deleted_without_proof(
    fields: dict[str, str], key: str, desk: Desk, texts: Texts
) -> None:
    account = newcomer(desk)
    client = browser_of(desk, account)
    response = send(desk, client, "suppression", **fields)
    assert (response.status_code, said(response)) == (400, texts(key))
    assert owner_of(desk, client.cookies[SESSION_COOKIE]) == account


def test_the_last_administrator_stays(desk: Desk) -> None:
    async def the_only_one(session: AsyncSession) -> list[str]:
        others = await session.scalars(
            select(AccountRow).where(AccountRow.role == Role.ADMIN.value, AccountRow.active)
        )
        disabled = []
        for row in others:
            if row.id != desk.accounts["admin"].id:
                row.active = False
                disabled.append(row.id)
        return disabled

    async def back(session: AsyncSession) -> None:
        for identifier in disabled:
            await directory.set_active(session, identifier, True, SYSTEM)

    disabled = desk.run(the_only_one)
    client = desk.client("admin")
    response = send(desk, client, "suppression", current=PASSWORD, sure="oui")
    desk.run(back)
    assert response.status_code == 400
    assert "dernier administrateur" in said(response)
    assert desk.run(lambda session: directory.by_id(session, desk.accounts["admin"].id)) is not None


def test_an_administrator_among_others_may_leave(desk: Desk) -> None:
    account = newcomer(desk, Role.ADMIN)
    response = send(desk, browser_of(desk, account), "suppression", current=PASSWORD, sure="oui")
    assert response.status_code == 303
