from assistant.domain import Account
from assistant.escalation import notices, queue
from assistant.storage import threads
from assistant.storage.database import Database
from assistant.texts import Texts
from tests.escalation.making import QUESTION, asked


async def test_a_reply_waits_to_be_shown_then_to_be_read(
    database: Database, agent: Account, other: Account, texts: Texts
) -> None:
    async with database.writing() as session:
        draft = await asked(session, agent)
        number = await queue.open_ticket(session, agent, draft)
        names = [await queue.reply(session, number, None, text, texts) for text in ("Un.", "Deux.")]
    async with database.reading() as session:
        found = await notices.waiting(session)
        assert [(one.step_id, one.ticket, one.account_id) for one in found] == [
            (name, number, agent.id) for name in names
        ]
        assert (found[0].thread_id, found[0].thread_name) == (draft.thread_id, QUESTION)
        assert found[0].text.endswith("Un.")
        assert found[0].props["state"] == "answered"
        assert await notices.waiting(session, 1) == found[:1]
        assert await notices.unseen(session, agent.id) == found
        assert await notices.unseen(session, other.id) == []

    async with database.writing() as session:
        await notices.delivered(session, [found[0].id])
        await notices.delivered(session, [])
    async with database.reading() as session:
        assert await notices.waiting(session) == found[1:]
        assert await notices.unseen(session, agent.id) == found

    async with database.writing() as session:
        await notices.seen(session, other.id, draft.thread_id)  # somebody else reads nothing of it
    async with database.reading() as session:
        assert await notices.unseen(session, agent.id) == found
    async with database.writing() as session:
        await notices.seen(session, agent.id, draft.thread_id)
    async with database.reading() as session:
        assert await notices.unseen(session, agent.id) == []
        assert await notices.waiting(session) == found[1:]


async def test_a_notice_goes_with_its_discussion(database: Database, agent: Account, texts: Texts) -> None:
    async with database.writing() as session:
        draft = await asked(session, agent)
        await queue.reply(session, await queue.open_ticket(session, agent, draft), None, "Oui.", texts)
    async with database.writing() as session:
        await threads.remove(session, agent.id, draft.thread_id)
    async with database.reading() as session:
        assert await notices.waiting(session) == await notices.unseen(session, agent.id) == []
