"""The chat over real WebSockets: asked, answered, resumed, refused; what is shown is already kept."""

from __future__ import annotations

import logging
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from assistant.accounts import directory
from assistant.domain import Account, Role
from assistant.escalation import notices, queue
from assistant.storage import threads
from assistant.storage.audit import SYSTEM
from assistant.storage.database import Database
from assistant.storage.tables import StepRow, ThreadRow
from assistant.storage.threads import Standing, StepKind, Thread
from assistant.texts import Texts
from assistant.web.chat.messages import element_record, step_record
from assistant.web.entry.gate import ENDED
from tests.escalation.making import asked
from tests.leaks import leaked
from tests.web.desk import Desk
from tests.web.stage import Stage
from tests.wholeness import flaws

QUESTION = "Puis-je saisir des données personnelles dans un outil grand public ?"


async def kept(stage: Stage, account: Account, thread_id: str) -> Thread:
    async with stage.site.database.reading() as session:
        found = await threads.thread(session, account.id, thread_id)
    assert found is not None
    return found


async def size(database: Database) -> tuple[int, int]:
    """Return how many discussions and messages there are."""
    async with database.reading() as session:
        counts = [
            await session.scalar(select(func.count()).select_from(table)) or 0
            for table in (ThreadRow, StepRow)
        ]
    return counts[0], counts[1]


async def test_what_is_shown_is_what_is_kept_and_resumed(stage: Stage) -> None:
    agent = await stage.person(name="Zoé Martin")
    tab = await stage.tab(agent)
    shown, drawn = await tab.ask(QUESTION)
    thread = await kept(stage, agent, shown["threadId"])
    question, answer = thread.steps
    assert (question.kind, question.text) == (StepKind.QUESTION, QUESTION)
    assert shown == step_record(answer, thread.summary.id, "Zoé Martin")
    assert drawn == element_record(answer, thread.summary.id, Standing())
    assert thread.summary.name == QUESTION
    again = await stage.tab(agent, thread.summary.id)
    resumed = again.resumed
    assert resumed is not None
    assert resumed["steps"] == [step_record(question, thread.summary.id, "Zoé Martin"), shown]
    assert resumed["elements"] == [drawn]
    assert "new_message" not in await again.silence(), "a discussion that goes on is not greeted"


async def test_a_discussion_goes_on_where_it_stopped(stage: Stage) -> None:
    agent = await stage.person()
    shown, _ = await (await stage.tab(agent)).ask(QUESTION)
    again = await stage.tab(agent, shown["threadId"])
    more, _ = await again.ask("Et pour une photo ?")
    assert more["threadId"] == shown["threadId"]
    assert len((await kept(stage, agent, shown["threadId"])).steps) == 4
    assert flaws(stage.site.database) == []


async def test_personal_data_typed_in_a_page_reaches_no_file(stage: Stage) -> None:
    typed = {"06 12 34 56 78", "paul.lefevre@exemple.fr", "Lefèvre"}
    agent = await stage.person()
    tab = await stage.tab(agent)
    shown, _ = await tab.ask("Puis-je écrire à M. Lefèvre, paul.lefevre@exemple.fr ou 06 12 34 56 78 ?")
    assert "Donnée personnelle masquée" in shown["output"]
    await tab.close()  # Chainlit keeps its own session then, if it can
    thread = await kept(stage, agent, shown["threadId"])
    assert thread.summary.name.startswith("Puis-je écrire à M. [nom masqué], [adresse électronique masquée]")
    assert leaked(stage.site.database, typed) == set()
    assert leaked(stage.site.database, ["masquée]"]) == {"masquée]"}, "nothing would be found at all"


async def test_a_message_sent_again_is_the_same_question(stage: Stage) -> None:
    agent = await stage.person()
    tab = await stage.tab(agent)
    name = str(uuid4())
    first, _ = await tab.ask(QUESTION, name)
    again, _ = await tab.ask(QUESTION, name)
    assert again == first
    assert await size(stage.site.database) == (1, 2)


async def test_a_message_edited_afterwards_changes_nothing(stage: Stage) -> None:
    agent = await stage.person()
    tab = await stage.tab(agent)
    name = str(uuid4())
    shown, _ = await tab.ask(QUESTION, name)
    before = await kept(stage, agent, shown["threadId"])
    # Our page has no such button; a forged one may say so all the same.
    message = {"id": name, "type": "user_message", "name": "x", "output": "Tout autre chose ?"}
    await tab.emit("edit_message", {"message": message})
    await tab.emit("edit_message", {"message": {**message, "id": str(uuid4())}})
    await tab.ask("Et pour une photo ?")
    after = await kept(stage, agent, shown["threadId"])
    assert after.steps[:2] == before.steps


async def test_an_empty_message_gets_an_answer(stage: Stage, texts: Texts) -> None:
    shown, _ = await (await stage.tab(await stage.person())).ask("  ")
    assert shown["output"] == texts("answer.empty")


# --- the greeting ------------------------------------------------------------------------------


async def test_the_greeting_says_what_this_is_and_which_replies_came(stage: Stage, texts: Texts) -> None:
    agent = await stage.person()
    greeted = (await stage.tab(agent)).greeting
    assert greeted is not None
    assert greeted["name"] == "Repère"
    assert "90 jours" in greeted["output"]
    assert texts("chat.replies.title") not in greeted["output"]
    async with stage.site.database.writing() as session:
        draft = await asked(session, agent)
        number = await queue.open_ticket(session, agent, draft)
        await queue.reply(session, number, None, "Oui.", texts)
    greeted = (await stage.tab(agent)).greeting
    assert greeted is not None
    assert greeted["output"].startswith(texts("chat.replies.title"))
    assert f"](/thread/{draft.thread_id}) R-0001" in greeted["output"]
    other = (await stage.tab(await stage.person())).greeting
    assert other is not None
    assert draft.thread_id not in other["output"]


async def test_a_reply_is_read_once_its_discussion_was_opened(stage: Stage, texts: Texts) -> None:
    agent = await stage.person()
    async with stage.site.database.writing() as session:
        draft = await asked(session, agent)
        await queue.reply(session, await queue.open_ticket(session, agent, draft), None, "Oui.", texts)
    tab = await stage.tab(agent, draft.thread_id)
    assert tab.resumed is not None
    assert [step["output"] for step in tab.resumed["steps"]][-1].endswith("Oui.")
    async with stage.site.database.reading() as session:
        assert await notices.unseen(session, agent.id) == []


@pytest.mark.parametrize(
    ("name", "own"), [("agent", None), ("referent", "Rôle du référent"), ("trainer", "Formation")]
)
def test_first_questions_are_proposed_by_role(name: str, own: str | None, desk: Desk, texts: Texts) -> None:
    starters = desk.client(name).get("/project/settings?language=fr-FR").json()["starters"]
    labels = [one["label"] for one in starters]
    common = [text for key, text in texts.under("chat.starters").items() if key.endswith(".label")]
    assert labels == ([own] if own else []) + common
    assert all(one["message"].endswith("?") for one in starters)


# --- what goes wrong ---------------------------------------------------------------------------


async def test_a_question_that_is_too_long_is_said_and_not_kept(stage: Stage, texts: Texts) -> None:
    tab = await stage.tab(await stage.person())
    said = await tab.fail("é" * 4001)
    assert said["output"].startswith(f"**{texts('chat.question_error')}** – Votre message compte 4001")
    assert await size(stage.site.database) == (0, 0)
    await tab.ask(QUESTION)


async def test_an_unexpected_failure_is_logged_and_tells_nothing(
    stage: Stage, texts: Texts, caplog: pytest.LogCaptureFixture
) -> None:
    mine, theirs = [await stage.tab(await stage.person()) for _ in range(2)]
    name = str(uuid4())
    await mine.ask(QUESTION, name)
    # The same identifier in another discussion: nothing but a forged page does that.
    said = await theirs.fail("Quel est son secret ?", name)
    assert said["output"].endswith(texts("chat.failure", referents="l’équipe référente"))
    assert "the question could not be answered" in caplog.text
    assert "secret" not in caplog.text
    assert await size(stage.site.database) == (1, 2)
    assert flaws(stage.site.database) == []


async def test_an_answer_can_be_stopped_and_stops_nobody_else(stage: Stage, texts: Texts) -> None:
    tab, other = [await stage.tab(await stage.person()) for _ in range(2)]
    for _ in range(20):
        await tab.send(QUESTION)
        await tab.emit("stop")
        await tab.hear("task_end")
    await other.ask(QUESTION)
    await tab.ask(QUESTION)
    said = {record["output"] for event, record in tab.heard if event == "new_message"}
    assert texts("chat.stopped") in said
    assert not [text for text in said if "stopped" in text], "Chainlit says so in English"
    assert flaws(stage.site.database) == []
    tab.heard.clear()
    await tab.emit("stop")
    assert await tab.silence() == [], "there was nothing to stop any more"


async def test_somebody_else_s_discussion_cannot_be_connected_to(stage: Stage) -> None:
    shown, _ = await (await stage.tab(await stage.person())).ask(QUESTION)
    stranger = await stage.unopened(await stage.person(), shown["threadId"])
    assert await stranger.refused()
    assert stranger.heard == []


async def test_a_session_of_somebody_else_s_cannot_be_taken_over(stage: Stage) -> None:
    tab = await stage.tab(await stage.person())
    await tab.ask(QUESTION)
    stranger = await stage.unopened(await stage.person())
    stranger.session = tab.session
    assert await stranger.refused()


# --- the end of an account ---------------------------------------------------------------------


async def test_a_disabled_account_is_out_at_the_next_message_and_nothing_is_kept(stage: Stage) -> None:
    agent = await stage.person()
    tab = await stage.tab(agent)
    await tab.ask(QUESTION)
    before = await size(stage.site.database)
    async with stage.site.database.writing() as session:
        await directory.set_active(session, agent.id, False, SYSTEM)
    await tab.send("Et cette question, est-elle gardée ?")
    assert await tab.end() == ENDED
    assert await size(stage.site.database) == before
    assert leaked(stage.site.database, ["est-elle gardée"]) == set()


async def test_a_new_role_closes_the_page_too_but_not_the_door(stage: Stage) -> None:
    agent = await stage.person()
    tab = await stage.tab(agent)
    async with stage.site.database.writing() as session:
        await directory.change_role(session, agent.id, Role.REFERENT, SYSTEM)
    await tab.send(QUESTION)
    assert await tab.end() == ENDED
    assert await size(stage.site.database) == (0, 0)
    await (await stage.tab(agent)).ask(QUESTION)


async def test_other_people_talk_on(stage: Stage) -> None:
    gone, stays = await stage.person(), await stage.person()
    tab = await stage.tab(stays)
    async with stage.site.database.writing() as session:
        await directory.set_active(session, gone.id, False, SYSTEM)
    await tab.ask(QUESTION)


def test_the_logs_of_chainlit_are_quiet(desk: Desk) -> None:  # noqa: ARG001  (it has started it)
    assert logging.getLogger("chainlit").level == logging.WARNING


async def test_the_server_does_not_remember_what_was_typed(stage: Stage) -> None:
    from chainlit.chat_context import chat_contexts  # once the application has given Chainlit its place

    tab = await stage.tab(await stage.person())
    await tab.ask(f"{QUESTION} Mme Durand attend au 06 12 34 56 78.")
    remembered = [message.content for messages in chat_contexts.values() for message in messages]
    assert not [text for text in remembered if "06 12 34 56 78" in text]
