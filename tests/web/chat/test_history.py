"""Discussions as Chainlit reads, renames and deletes them, through its routes; each for its asker alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from assistant.accounts import directory
from assistant.domain import Account, Role
from assistant.errors import HistoryError
from assistant.escalation import queue, tickets
from assistant.escalation.tickets import Draft
from assistant.storage import threads
from assistant.storage.audit import SYSTEM
from assistant.storage.tables import now
from assistant.storage.threads import Step, StepKind
from assistant.web.chat.messages import thread_record
from assistant.web.entry.access import running_account
from tests.escalation.making import asked
from tests.web.desk import Desk
from tests.web.newcomers import Discussion, browser_of, discussion_of
from tests.web.stage import Stage

QUESTION = "Puis-je relire la note 42 ?"


@pytest.fixture
def asker(desk: Desk) -> Account:
    return person(desk)


def person(desk: Desk) -> Account:
    """Make an account without a password: hashing one takes its time."""
    email = f"{uuid4().hex}@ville.example"
    return desk.run(
        lambda session: directory.create(
            session, email=email, name="Zoé Martin", role=Role.AGENT, actor=SYSTEM
        )
    )


@pytest.fixture
def discussion(desk: Desk, asker: Account) -> Discussion:
    return discussion_of(desk, asker, QUESTION)


@pytest.fixture
def browser(desk: Desk, asker: Account) -> TestClient:
    return browser_of(desk, asker)


@pytest.fixture
def stranger(desk: Desk) -> TestClient:
    return browser_of(desk, person(desk))


def listed(client: TestClient, first: int = 20, cursor: str = "", search: str = "") -> dict[str, Any]:
    """Return a page of the side bar."""
    pagination = {"first": first, **({"cursor": cursor} if cursor else {})}
    filters = {"search": search} if search else {}
    response = client.post("/project/threads", json={"pagination": pagination, "filter": filters})
    assert response.status_code == 200, response.text
    return response.json()


def names(page: dict[str, Any]) -> list[str]:
    return [thread["name"] for thread in page["data"]]


def keep_many(desk: Desk, asker: Account, number: int) -> None:
    """Keep discussions named « 0 », « 1 »… the first one the last active."""

    async def work(session: Any) -> None:
        for count in range(number):
            row = await threads.require(session, asker.id, str(uuid4()), f"{count}")
            await threads.add(session, row, Step(str(uuid4()), StepKind.QUESTION, f"{count}"))
            row.updated_at = now() - timedelta(minutes=count)

    desk.run(work)


# --- lists -------------------------------------------------------------------------------------


def test_the_list_comes_page_by_page(desk: Desk, asker: Account, browser: TestClient) -> None:
    keep_many(desk, asker, 5)
    first = listed(browser, 2)
    assert names(first) == ["0", "1"]
    assert first["pageInfo"] == {
        "hasNextPage": True,
        "startCursor": first["data"][0]["id"],
        "endCursor": first["data"][1]["id"],
    }
    second = listed(browser, 2, first["pageInfo"]["endCursor"])
    last = listed(browser, 2, second["pageInfo"]["endCursor"])
    assert (names(second), names(last)) == (["2", "3"], ["4"])
    assert (second["pageInfo"]["hasNextPage"], last["pageInfo"]["hasNextPage"]) == (True, False)


@pytest.mark.parametrize(("first", "shown"), [(0, 1), (-3, 1), (50, 50), (1_000_000, 50)])
def test_no_page_is_longer_than_the_side_bar_needs(
    first: int, shown: int, desk: Desk, asker: Account, browser: TestClient
) -> None:
    keep_many(desk, asker, 51)
    page = listed(browser, first)
    assert (len(page["data"]), page["pageInfo"]["hasNextPage"]) == (shown, True)


def test_a_list_without_discussions_is_empty(browser: TestClient) -> None:
    page = listed(browser)
    assert page["data"] == []
    assert page["pageInfo"] == {"hasNextPage": False, "startCursor": None, "endCursor": None}


def test_discussions_are_searched(desk: Desk, asker: Account, browser: TestClient) -> None:
    keep_many(desk, asker, 3)
    discussion_of(desk, asker, "ÉTÉ : 100 % des notes ?")
    assert names(listed(browser, search="été")) == ["ÉTÉ : 100 % des notes ?"]
    assert names(listed(browser, search="%")) == ["ÉTÉ : 100 % des notes ?"]
    assert names(listed(browser, search="voici les passages")) == ["ÉTÉ : 100 % des notes ?"]
    assert names(listed(browser, search="introuvable")) == []


def test_the_list_of_somebody_else_stays_theirs(
    asker: Account, discussion: Discussion, stranger: TestClient
) -> None:
    sent = {"pagination": {"first": 20}, "filter": {"userId": asker.id, "search": "note"}}
    assert stranger.post("/project/threads", json=sent).json()["data"] == []
    assert listed(stranger, cursor=discussion.thread)["data"] == []


# --- one discussion ----------------------------------------------------------------------------


def test_a_discussion_comes_back_with_its_buttons_as_they_are_now(
    desk: Desk, asker: Account, discussion: Discussion, browser: TestClient
) -> None:
    got = browser.get(f"/project/thread/{discussion.thread}").json()
    kept = desk.run(lambda session: threads.thread(session, asker.id, discussion.thread))
    assert kept is not None
    assert got == thread_record(kept, asker.id, "Zoé Martin")
    assert [(step["id"], step["type"]) for step in got["steps"]] == [
        (discussion.question, "user_message"),
        (discussion.answer, "assistant_message"),
    ]
    (element,) = got["elements"]
    assert (element["props"]["opinion"], element["props"]["ticket"]) == (0, discussion.ticket)
    assert element["props"]["ticketState"] == "open"
    desk.run(lambda session: queue.withdraw(session, discussion.ticket, asker))
    again = browser.get(f"/project/thread/{discussion.thread}").json()
    assert again["elements"][0]["props"]["ticketState"] == "withdrawn"


def test_what_draws_a_message_is_read_alone(discussion: Discussion, browser: TestClient) -> None:
    place = f"/project/thread/{discussion.thread}"
    element = browser.get(f"{place}/element/element-{discussion.answer}").json()
    assert element == browser.get(place).json()["elements"][0]
    assert browser.get(f"{place}/element/element-{discussion.question}").json() is None
    assert browser.get(f"{place}/element/absent").json() is None


def test_what_is_not_there_is_not_found(browser: TestClient) -> None:
    assert browser.get("/project/thread/absent").status_code == 404
    assert browser.get("/project/thread/absent/element/x").status_code == 404
    assert browser.put("/project/thread", json={"threadId": "absent", "name": "x"}).status_code == 404
    assert browser.request("DELETE", "/project/thread", json={"threadId": "absent"}).status_code == 404


# --- names -------------------------------------------------------------------------------------


def rename(client: TestClient, discussion: Discussion, name: str) -> int:
    sent = json.dumps({"threadId": discussion.thread, "name": name})
    headers = {"content-type": "application/json"}
    return client.put("/project/thread", content=sent, headers=headers).status_code


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Note de service", "Note de service"),
        ("Pour M. Lefèvre, 06 12 34 56 78", "Pour M. [nom masqué], [téléphone masqué]"),
        ("deux\nlignes", "deux lignes"),
        ("   ", QUESTION),
        ("a\x00b\ud800", "ab"),
        ("n" * 300, "n" * (threads.NAME_LENGTH - 1) + "…"),
    ],
)
def test_a_new_name_is_masked_and_kept(
    given: str, kept: str, discussion: Discussion, browser: TestClient
) -> None:
    assert rename(browser, discussion, given) == 200
    assert names(listed(browser)) == [kept]


# --- deletion ----------------------------------------------------------------------------------


def test_a_deleted_discussion_is_gone_but_not_its_ticket(
    desk: Desk, discussion: Discussion, browser: TestClient
) -> None:
    deleted = browser.request("DELETE", "/project/thread", json={"threadId": discussion.thread})
    assert deleted.status_code == 200
    assert listed(browser)["data"] == []
    assert browser.get(f"/project/thread/{discussion.thread}").status_code == 404
    ticket = desk.run(lambda session: tickets.ticket(session, discussion.ticket))
    assert (ticket.question, ticket.thread_id, ticket.step_id) == (QUESTION, None, None)


# --- somebody else's ---------------------------------------------------------------------------


def test_nothing_of_somebody_else_is_read_renamed_or_deleted(
    desk: Desk, discussion: Discussion, stranger: TestClient, browser: TestClient
) -> None:
    place = f"/project/thread/{discussion.thread}"
    mine = discussion_of(desk, person(desk))
    refused = [
        stranger.get(place),
        stranger.get(f"{place}/element/element-{discussion.answer}"),
        stranger.put("/project/thread", json={"threadId": discussion.thread, "name": "Pris"}),
        stranger.request("DELETE", "/project/thread", json={"threadId": discussion.thread}),
        stranger.get(f"/project/thread/{mine.thread}/element/element-{discussion.answer}"),
    ]
    assert [response.status_code for response in refused] == [401] * 5
    assert not [response.text for response in refused if "note 42" in response.text]
    kept = browser.get(place).json()
    assert (kept["name"], len(kept["steps"])) == (QUESTION, 2)


# --- the layer itself, as Chainlit calls it ----------------------------------------------------


@pytest.fixture
def layer(stage: Stage) -> Any:  # noqa: ARG001  (its database is the one that is read)
    from assistant.web.chat.history import History  # once Chainlit has a place to write

    return History()


@pytest.fixture
async def owner(stage: Stage) -> Account:
    return await stage.person(name="Zoé Martin")


@pytest.fixture
async def kept(stage: Stage, owner: Account) -> Draft:
    """Return a question of the owner's, with its answer, as a ticket would name it."""
    async with stage.site.database.writing() as session:
        return await asked(session, owner, QUESTION)


@contextmanager
def running(account: Account) -> Iterator[None]:
    """Be in a request of this account's."""
    token = running_account.set(account)
    yield
    running_account.reset(token)


async def test_outside_a_signed_in_request_nothing_is_answered(layer: Any, kept: Draft) -> None:
    from chainlit.types import Pagination, ThreadFilter

    for attempt in (
        layer.list_threads(Pagination(first=5), ThreadFilter()),
        layer.get_thread(kept.thread_id),
        layer.get_element(kept.thread_id, f"element-{kept.step_id}"),
        layer.update_thread(kept.thread_id, name="Pris"),
        layer.delete_thread(kept.thread_id),
        layer.upsert_feedback(None),
        layer.delete_feedback("x"),
    ):
        with pytest.raises(HistoryError, match="pas la vôtre"):
            await attempt


async def test_opinions_are_not_given_through_chainlit(layer: Any, owner: Account, kept: Draft) -> None:
    from chainlit.types import Feedback

    with running(owner), pytest.raises(HistoryError):
        await layer.upsert_feedback(Feedback(forId=kept.step_id, value=1))
    with running(owner), pytest.raises(HistoryError):
        await layer.delete_feedback(kept.step_id)


async def test_of_somebody_else_s_discussion_one_learns_whose_it_is_and_no_more(
    stage: Stage, layer: Any, owner: Account, kept: Draft
) -> None:
    with running(await stage.person()):
        found = await layer.get_thread(kept.thread_id)
        for attempt in (
            layer.update_thread(kept.thread_id, name="Pris"),
            layer.delete_thread(kept.thread_id),
        ):
            with pytest.raises(HistoryError):
                await attempt
        assert await layer.get_element(kept.thread_id, f"element-{kept.step_id}") is None
        assert await layer.get_thread("absent") is None
    assert found["userIdentifier"] == owner.id
    assert (found["name"], found["steps"], found["elements"]) == ("", [], [])
    assert await layer.get_thread_author(kept.thread_id) == owner.id
    assert await layer.get_thread_author("absent") == ""


async def test_chainlit_s_own_writing_leaves_no_trace(
    stage: Stage, layer: Any, owner: Account, kept: Draft
) -> None:
    typed = {"id": "x", "output": "06 12 34 56 78", "threadId": kept.thread_id}
    async with stage.site.database.reading() as session:
        before = await threads.thread(session, owner.id, kept.thread_id)
    with running(owner):
        await layer.create_step(typed)
        await layer.update_step({**typed, "id": kept.step_id})
        await layer.delete_step(kept.step_id)
        await layer.create_element(None)
        await layer.delete_element(f"element-{kept.step_id}", kept.thread_id)
        # At the first message of a discussion, unmasked; then at each disconnection.
        await layer.update_thread(kept.thread_id, name="06 12 34 56 78", user_id=owner.id)
        await layer.update_thread(kept.thread_id, metadata={"typed": "06 12 34 56 78"})
        await layer.update_thread("new", name="06 12 34 56 78", user_id=owner.id)
    async with stage.site.database.reading() as session:
        assert await threads.thread(session, owner.id, kept.thread_id) == before
        assert await threads.owner(session, "new") is None
    assert await layer.get_favorite_steps(owner.id) == []
    assert await layer.build_debug_url() == ""


async def test_accounts_are_those_of_the_directory(stage: Stage, layer: Any, owner: Account) -> None:
    user = await layer.get_user(owner.id)
    assert (user.id, user.identifier, user.display_name) == (owner.id, owner.id, "Zoé Martin")
    assert user.metadata == {"role": "agent"}
    assert await layer.create_user(user) is None
    assert await layer.get_user("absent") is None
    async with stage.site.database.writing() as session:
        await directory.set_active(session, owner.id, False, SYSTEM)
    assert await layer.get_user(owner.id) is None
