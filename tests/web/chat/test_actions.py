"""The buttons under an answer, pressed through Chainlit's own route."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.domain import Account
from assistant.escalation import queue, tickets
from assistant.escalation.tickets import Reason, State, Ticket
from assistant.storage.tables import FeedbackRow
from assistant.storage.threads import StepKind
from assistant.texts import Texts
from assistant.web.chat import actions
from tests.leaks import leaked
from tests.web.stage import Stage, Tab

QUESTION = "Puis-je saisir des données personnelles dans un outil grand public ?"
NUMBER = "06 12 34 56 78"


@pytest.fixture
async def agent(stage: Stage) -> Account:
    return await stage.person(name="Zoé Martin")


@pytest.fixture
async def tab(stage: Stage, agent: Account) -> Tab:
    return await stage.tab(agent)


@pytest.fixture
async def answer(tab: Tab) -> str:
    """Return the id of an answer that was given."""
    shown, _ = await tab.ask(QUESTION)
    return str(shown["id"])


async def ticket_of(stage: Stage, number: int) -> Ticket:
    async with stage.site.database.reading() as session:
        return await tickets.ticket(session, number)


async def opinion_of(stage: Stage, answer: str) -> tuple[int, str, str] | None:
    async with stage.site.database.reading() as session:
        row = await session.get(FeedbackRow, answer)
    return None if row is None else (row.value, row.reason, row.comment)


# --- opinions ----------------------------------------------------------------------------------


async def test_an_opinion_is_kept_masked(stage: Stage, tab: Tab, answer: str, texts: Texts) -> None:
    told = await tab.press("judge", step=answer, value=0, reason="unclear", comment=f" Voir {NUMBER} ")
    assert told == {"done": True, "message": texts("chat.opinion.kept")}
    assert await opinion_of(stage, answer) == (0, "unclear", "Voir [téléphone masqué]")
    assert (await tab.press("judge", step=answer, value=1))["done"] is True
    assert await opinion_of(stage, answer) == (1, "", "")
    assert leaked(stage.site.database, [NUMBER]) == set()


async def test_an_opinion_can_go_to_the_referents_with_the_question(
    stage: Stage, tab: Tab, answer: str
) -> None:
    told = await tab.press("judge", step=answer, value=0, reason="beside", comment="À côté.", send=True)
    assert told == {"done": True, "ticket": 1, "ticketState": "open"}
    ticket = await ticket_of(stage, 1)
    assert (ticket.reason, ticket.asker, ticket.question) == (Reason.FEEDBACK, None, QUESTION)
    assert [event.text for event in ticket.events] == ["", "À côté."]
    assert await opinion_of(stage, answer) == (0, "beside", "À côté.")
    assert "R-0001" in (await tab.hear("new_message"))["output"]


# --- requests ----------------------------------------------------------------------------------


async def test_a_request_is_said_in_the_discussion_with_its_number_and_delay(
    stage: Stage, agent: Account, tab: Tab, answer: str, texts: Texts
) -> None:
    told = await tab.press("request", step=answer, detail=f"Voir {NUMBER}", name_shown=True)
    assert told == {"done": True, "ticket": 1, "ticketState": "open"}
    ticket = await ticket_of(stage, 1)
    assert (ticket.reason, ticket.asker, ticket.service) == (Reason.REQUESTED, agent.name, "Accueil")
    assert [event.text for event in ticket.events] == ["", "Voir [téléphone masqué]"]
    notice = await tab.hear("new_message")
    assert notice["output"] == texts(
        "chat.ticket.sent", ticket="R-0001", referents="l’équipe référente", delay="trois jours ouvrés"
    )
    assert (await tab.hear("element"))["props"]["kind"] == StepKind.NOTICE.value
    again = await stage.tab(agent, notice["threadId"])
    assert again.resumed is not None
    assert again.resumed["steps"][-1] == notice
    (buttons, _) = again.resumed["elements"]
    assert (buttons["props"]["ticket"], buttons["props"]["ticketState"]) == (1, "open")


async def test_an_old_tab_is_told_where_the_ticket_stands(
    stage: Stage, tab: Tab, answer: str, texts: Texts
) -> None:
    await tab.press("request", step=answer)
    async with stage.site.database.writing() as session:
        await queue.reply(session, 1, None, "Oui.", texts)
    assert await tab.press("request", step=answer) == {
        "done": True,
        "ticket": 1,
        "ticketState": "answered",
    }
    told = await tab.press("request", step=answer, detail="Encore ceci.")
    assert told["done"] is False
    assert "déjà reçu une réponse" in told["message"]


async def test_a_detail_is_added_and_said(stage: Stage, tab: Tab, answer: str, texts: Texts) -> None:
    await tab.press("request", step=answer)
    await tab.hear("new_message")
    told = await tab.press("detail", ticket=1, text="C’est pour demain.")
    assert told == {"done": True, "ticket": 1, "ticketState": "open"}
    assert (await tab.hear("new_message"))["output"] == texts("chat.ticket.detailed", ticket="R-0001")
    assert [event.text for event in (await ticket_of(stage, 1)).events] == ["", "C’est pour demain."]


async def test_a_ticket_is_withdrawn_and_can_be_sent_again(
    stage: Stage, tab: Tab, answer: str, texts: Texts
) -> None:
    await tab.press("request", step=answer)
    await tab.hear("new_message")
    assert await tab.press("withdraw", ticket=1) == {"done": True, "ticket": 1, "ticketState": "withdrawn"}
    assert (await tab.hear("new_message"))["output"] == texts("chat.ticket.withdrawn", ticket="R-0001")
    refused = await tab.press("withdraw", ticket=1)
    assert (refused["done"], "été retirée" in refused["message"]) == (False, True)
    assert (await tab.press("request", step=answer))["ticketState"] == "open"
    assert "R-0001" in (await tab.hear("new_message"))["output"]
    assert (await ticket_of(stage, 1)).state is State.OPEN


# --- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("judge", {"step": "absent", "value": 1}),
        ("request", {"step": "absent"}),
        ("detail", {"ticket": 12, "text": "Je m’en mêle."}),
        ("withdraw", {"ticket": 12}),
    ],
)
async def test_what_is_not_there_is_refused_in_words(name: str, payload: dict[str, Any], tab: Tab) -> None:
    told = await tab.press(name, **payload)
    assert told["done"] is False
    assert "n’existe pas" in told["message"] or "Il n’y a pas de demande R-0012" in told["message"]


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("judge", {"step": "{answer}", "value": "1"}),
        ("judge", {"step": "{answer}", "value": 1, "more": 1}),
        ("judge", {"value": 1}),
        ("judge", {"step": "{answer}", "value": 0, "comment": "x" * 2001}),
        ("request", {"step": "{answer}", "name_shown": "oui"}),
        ("request", {"step": "{answer}", "detail": "x" * 2001}),
        ("request", {"step": ["{answer}"]}),
        ("detail", {"ticket": "1", "text": "x"}),
        ("withdraw", {}),
    ],
)
async def test_what_our_page_never_sends_changes_nothing(
    name: str, payload: dict[str, Any], stage: Stage, tab: Tab, answer: str, texts: Texts
) -> None:
    sent = {key: answer if value == "{answer}" else value for key, value in payload.items()}
    assert await tab.press(name, **sent) == {"done": False, "message": texts("chat.action_error")}
    assert await opinion_of(stage, answer) is None
    async with stage.site.database.reading() as session:
        assert await tickets.counts(session) == tickets.Counts()


@pytest.mark.parametrize(("value", "reason"), [(2, ""), (-1, ""), (0, "rude")])
async def test_an_opinion_is_one_of_those_proposed(
    value: int, reason: str, stage: Stage, tab: Tab, answer: str
) -> None:
    told = await tab.press("judge", step=answer, value=value, reason=reason)
    assert (told["done"], "n’est pas un de ceux" in told["message"]) == (False, True)
    assert await opinion_of(stage, answer) is None


async def test_a_stranger_presses_in_vain(stage: Stage, tab: Tab, answer: str) -> None:
    await tab.press("request", step=answer)
    stranger = await stage.tab(await stage.person())
    for name, payload in (
        ("judge", {"step": answer, "value": 1}),
        ("request", {"step": answer, "detail": "Moi aussi."}),
        ("detail", {"ticket": 1, "text": "Je m’en mêle."}),
        ("withdraw", {"ticket": 1}),
    ):
        assert (await stranger.press(name, **payload))["done"] is False
    ticket = await ticket_of(stage, 1)
    assert (ticket.state, len(ticket.events)) == (State.OPEN, 1)
    assert await opinion_of(stage, answer) is None


async def test_nobody_presses_in_the_page_of_somebody_else(stage: Stage, tab: Tab, answer: str) -> None:
    stranger = await stage.tab(await stage.person())
    stranger.session = tab.session
    with pytest.raises(AssertionError, match="not authorized"):
        await stranger.press("judge", step=answer, value=1)
    assert await opinion_of(stage, answer) is None


def test_every_button_of_the_page_has_its_function() -> None:
    assert [one.__name__ for one in actions.ALL] == ["judge", "request", "detail", "withdraw"]
    assert len({actions.new_id() for _ in range(100)}) == 100
