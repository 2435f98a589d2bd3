"""The outbox at work: what a referent wrote reaches open pages once, and nothing is lost on the way."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from assistant.accounts import directory
from assistant.domain import Account
from assistant.escalation import notices, queue
from assistant.escalation.notices import Notice
from assistant.escalation.tickets import Draft
from assistant.storage import threads
from assistant.storage.audit import SYSTEM
from assistant.storage.database import opened
from assistant.texts import Texts
from assistant.web.chat.notices import BATCH, deliver
from tests.escalation.making import asked
from tests.web.stage import Stage, Tab


async def ticket(stage: Stage, account: Account) -> tuple[Draft, int]:
    """Keep a question in a new discussion, and hand it to the referents."""
    async with stage.site.database.writing() as session:
        draft = await asked(session, account)
        return draft, await queue.open_ticket(session, account, draft)


async def reply(stage: Stage, number: int, said: str = "Oui.") -> str:
    """Answer from another process, as the command line does."""
    url = stage.site.database.url.render_as_string()
    async with opened(url) as database, database.writing() as session:
        return await queue.reply(session, number, None, said, stage.site.texts)


async def outbox(stage: Stage, account: Account) -> tuple[list[Notice], list[Notice]]:
    """Return the notices still to be delivered, and those this account has not read."""
    async with stage.site.database.reading() as session:
        return await notices.waiting(session), await notices.unseen(session, account.id)


async def said(tab: Tab) -> list[str]:
    return [name for name in await tab.silence() if name in ("new_message", "element", "toast")]


async def test_a_reply_reaches_the_page_of_its_discussion_and_is_read(stage: Stage) -> None:
    agent = await stage.person()
    draft, number = await ticket(stage, agent)
    tab = await stage.tab(agent, draft.thread_id)
    name = await reply(stage, number)
    assert await deliver(stage.site) == 1
    buttons = await tab.hear("element", lambda record: record["forId"] == draft.step_id)
    assert (buttons["props"]["ticket"], buttons["props"]["ticketState"]) == (number, "answered")
    shown = await tab.hear("new_message")
    assert (shown["id"], shown["threadId"]) == (name, draft.thread_id)
    assert shown["output"].endswith("Oui.")
    assert (await tab.hear("element"))["props"]["kind"] == "reply"
    assert await outbox(stage, agent) == ([], [])
    assert await deliver(stage.site) == 0
    assert await said(tab) == []


async def test_elsewhere_it_is_announced_and_still_to_be_read(stage: Stage, texts: Texts) -> None:
    agent = await stage.person()
    _, number = await ticket(stage, agent)
    elsewhere, stranger = await stage.tab(agent), await stage.tab(await stage.person())
    await reply(stage, number)
    await deliver(stage.site)
    assert (await elsewhere.hear("toast"))["message"] == texts("chat.reply_elsewhere", ticket="R-0001")
    assert [await said(tab) for tab in (elsewhere, stranger)] == [[], []]
    waiting, unseen = await outbox(stage, agent)
    assert (waiting, [one.ticket for one in unseen]) == ([], [number])


async def test_without_any_page_it_waits_for_the_next_visit(stage: Stage, texts: Texts) -> None:
    agent = await stage.person()
    draft, number = await ticket(stage, agent)
    await reply(stage, number)
    assert await deliver(stage.site) == 1
    greeting = (await stage.tab(agent)).greeting
    assert greeting is not None
    assert texts("chat.replies.title") in greeting["output"]
    assert f"/thread/{draft.thread_id}" in greeting["output"]


async def test_a_disabled_account_is_shown_nothing(stage: Stage) -> None:
    agent = await stage.person()
    draft, number = await ticket(stage, agent)
    tab = await stage.tab(agent, draft.thread_id)
    async with stage.site.database.writing() as session:
        await directory.set_active(session, agent.id, False, SYSTEM)
    await reply(stage, number)
    assert await deliver(stage.site) == 1
    await tab.emit("fetch_favorites")  # anything: the gate closes the page at its next message
    await tab.end()
    assert [name for name, _ in tab.heard if name in ("new_message", "element", "toast")] == []
    waiting, unseen = await outbox(stage, agent)
    assert (waiting, len(unseen)) == ([], 1), "it is there when the account is enabled again"


async def test_what_was_shown_but_not_noted_is_shown_again(stage: Stage) -> None:
    agent = await stage.person()
    draft, number = await ticket(stage, agent)
    tab = await stage.tab(agent, draft.thread_id)
    name = await reply(stage, number)
    # The process dies between showing and noting: nobody may write, until it is gone.
    async with stage.site.database.writing():
        delivery = asyncio.create_task(deliver(stage.site))
        await tab.hear("new_message", lambda record: record["id"] == name)
        delivery.cancel()
        await asyncio.wait([delivery])
    waiting, unseen = await outbox(stage, agent)
    assert ([one.step_id for one in waiting], len(unseen)) == ([name], 1)
    assert await deliver(stage.site) == 1
    await tab.hear("new_message", lambda record: record["id"] == name)
    assert await outbox(stage, agent) == ([], [])


async def test_what_stops_one_notice_does_not_have_the_others_shown_again(stage: Stage) -> None:
    agent = await stage.person()
    first, number = await ticket(stage, agent)
    tab = await stage.tab(agent, first.thread_id)
    await reply(stage, number)
    _, broken = await ticket(stage, agent)
    await reply(stage, broken)
    async with stage.site.database.writing() as session:
        # What nobody foresaw: here, a ticket that cannot be read.
        await session.execute(text("UPDATE tickets SET leads = 'null' WHERE id = :id"), {"id": broken})
    for _ in range(2):
        with pytest.raises(TypeError):
            await deliver(stage.site)
    shown = [name for name in await tab.silence() if name == "new_message"]
    assert len(shown) == 1
    waiting, _ = await outbox(stage, agent)
    assert [one.ticket for one in waiting] == [broken]


async def test_many_are_delivered_the_oldest_first(stage: Stage) -> None:
    agent = await stage.person()
    draft, number = await ticket(stage, agent)
    tab = await stage.tab(agent, draft.thread_id)
    for count in range(BATCH + 3):
        async with stage.site.database.writing() as session:
            await queue.reply(session, number, None, f"Réponse {count}", stage.site.texts)
    assert [await deliver(stage.site) for _ in range(3)] == [BATCH, 3, 0]
    for count in range(BATCH + 3):
        assert (await tab.hear("new_message"))["output"].endswith(f"Réponse {count}")


async def test_a_reply_whose_discussion_was_deleted_disturbs_nobody(stage: Stage) -> None:
    agent = await stage.person()
    draft, number = await ticket(stage, agent)
    tab = await stage.tab(agent)
    await reply(stage, number)
    async with stage.site.database.writing() as session:
        await threads.remove(session, agent.id, draft.thread_id)
    assert await deliver(stage.site) == 0
    assert await said(tab) == []
