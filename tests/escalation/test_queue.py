import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import select

from assistant.accounts import directory
from assistant.domain import Account
from assistant.errors import TicketError
from assistant.escalation import queue, tickets
from assistant.escalation.tickets import Draft, EventKind, Reason, State, Ticket
from assistant.storage import threads
from assistant.storage.database import Database
from assistant.storage.tables import NoticeRow, StepRow, TicketEventRow, TicketRow
from assistant.texts import Texts
from tests.escalation.making import LEAD, QUESTION, WEAK, asked, audited, count

MARKDOWN = "**Non.** Voyez l’[article 2](/cadre/charte)."


@pytest.fixture
async def draft(database: Database, agent: Account) -> Draft:
    async with database.writing() as session:
        return await asked(session, agent)


@pytest.fixture
async def number(database: Database, agent: Account, draft: Draft) -> int:
    async with database.writing() as session:
        return await queue.open_ticket(session, agent, draft)


async def read(database: Database, number: int) -> Ticket:
    async with database.reading() as session:
        return await tickets.ticket(session, number)


# --- opening --------------------------------------------------------------------------------------


async def test_a_ticket_says_what_the_referent_needs_and_not_who_asks(
    database: Database, agent: Account, draft: Draft, number: int
) -> None:
    ticket = await read(database, number)
    assert (ticket.question, ticket.state, ticket.reason, ticket.urgent) == (
        QUESTION,
        State.OPEN,
        Reason.UNSURE,
        False,
    )
    assert ticket.asker is None
    assert (ticket.service, ticket.commune) == ("Piscines", "saint-martin")
    assert (ticket.step_id, ticket.thread_id, ticket.account_id) == (draft.step_id, draft.thread_id, agent.id)
    assert (ticket.signals, ticket.leads, ticket.status) == (WEAK, (LEAD,), "escalated")
    assert [(event.kind, event.text, event.author) for event in ticket.events] == [(EventKind.OPENED, "", "")]
    assert ticket.opened_at.tzinfo is not None
    async with database.reading() as session:
        assert await audited(session, tickets.reference(number)) == [(agent.id, "ticket.open")]


async def test_the_name_is_shown_only_when_the_asker_wants(database: Database, agent: Account) -> None:
    async with database.writing() as session:
        named = await queue.open_ticket(session, agent, await asked(session, agent), name_shown=True)
    assert (await read(database, named)).asker == "Zoe Durand"


async def test_asking_again_gives_the_same_number_and_changes_nothing(
    database: Database, agent: Account, draft: Draft, number: int
) -> None:
    async with database.writing() as session:
        again = await queue.open_ticket(session, agent, draft, name_shown=True, detail="Encore moi")
        assert again == number
        assert await count(session, TicketEventRow) == 1
        assert len(await audited(session, tickets.reference(number))) == 1
    assert (await read(database, number)).asker is None


async def test_a_withdrawn_ticket_asked_for_again_waits_again(
    database: Database, agent: Account, draft: Draft, number: int
) -> None:
    async with database.writing() as session:
        await queue.withdraw(session, number, agent)
    async with database.writing() as session:
        wanted = replace(draft, reason=Reason.REQUESTED)
        assert await queue.open_ticket(session, agent, wanted, detail="Finalement oui.") == number
    ticket = await read(database, number)
    assert (ticket.state, ticket.reason) == (State.OPEN, Reason.REQUESTED)
    assert [event.kind for event in ticket.events] == ["opened", "withdrawn", "opened", "detail"]


async def test_nobody_opens_a_ticket_on_the_answer_of_somebody_else(
    database: Database, other: Account, draft: Draft
) -> None:
    for wrong in (draft, replace(draft, step_id=str(uuid4()))):
        with pytest.raises(TicketError, match="ne vous a pas été donnée"):
            async with database.writing() as session:
                await queue.open_ticket(session, other, wrong)
    async with database.reading() as session:
        assert await count(session, TicketRow) == 0


async def test_fifty_requests_about_one_answer_make_one_ticket(
    database: Database, agent: Account, draft: Draft
) -> None:
    async def one() -> int:
        async with database.writing() as session:
            return await queue.open_ticket(session, agent, draft)

    numbers = await asyncio.gather(*(one() for _ in range(50)))
    assert len(set(numbers)) == 1
    async with database.reading() as session:
        assert await count(session, TicketRow) == await count(session, TicketEventRow) == 1


async def test_fifty_questions_from_two_processes_make_fifty_tickets(
    database: Database, agent: Account
) -> None:
    """Two ``Database`` objects share no lock in memory, as the server and the command line do."""
    second = Database(database.url.render_as_string(hide_password=False))

    async def one(own: Database) -> int:
        async with own.writing() as session:
            return await queue.open_ticket(session, agent, await asked(session, agent))

    numbers = await asyncio.gather(*(one((database, second)[place % 2]) for place in range(50)))
    await second.close()
    assert sorted(numbers) == list(range(1, 51))


async def test_a_number_is_never_given_twice(database: Database, agent: Account, number: int) -> None:
    async with database.writing() as session:
        await session.delete(await session.get_one(TicketRow, number))
    async with database.writing() as session:
        assert await queue.open_ticket(session, agent, await asked(session, agent)) > number


# --- what the asker may do ------------------------------------------------------------------------


async def test_details_are_masked_cleaned_and_kept_in_order(
    database: Database, agent: Account, number: int
) -> None:
    async with database.writing() as session:
        await queue.add_detail(session, number, agent, "  Mon numéro : 06 12 34 56 78\r\nMerci\x00 !\u202e ")
        await queue.add_detail(session, number, agent, "Et aussi <b>ceci</b>.")
    said = [event.text for event in (await read(database, number)).events[1:]]
    assert said == ["Mon numéro : [téléphone masqué]\nMerci !", "Et aussi <b>ceci</b>."]
    async with database.reading() as session:
        actions = [action for _, action in await audited(session, tickets.reference(number))]
    assert actions == ["ticket.open", "ticket.detail", "ticket.detail"]


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b\x00", "a" * 2001])
async def test_a_detail_that_is_empty_or_too_long_is_refused(
    database: Database, agent: Account, number: int, text: str
) -> None:
    with pytest.raises(TicketError, match=r"vide|trop long"):
        async with database.writing() as session:
            await queue.add_detail(session, number, agent, text)
    assert len((await read(database, number)).events) == 1


async def test_only_the_asker_adds_and_withdraws(database: Database, other: Account, number: int) -> None:
    """Somebody else's ticket and one that does not exist are refused in the same words."""
    for wrong in (number, 999):
        with pytest.raises(TicketError, match=f"pas de demande {tickets.reference(wrong)}"):
            async with database.writing() as session:
                await queue.add_detail(session, wrong, other, "moi")
        with pytest.raises(TicketError, match=f"pas de demande {tickets.reference(wrong)}"):
            async with database.writing() as session:
                await queue.withdraw(session, wrong, other)
    assert (await read(database, number)).state is State.OPEN


@pytest.mark.parametrize("state", [State.ANSWERED, State.WITHDRAWN])
async def test_what_is_over_is_over(
    database: Database, agent: Account, number: int, state: State, texts: Texts
) -> None:
    async with database.writing() as session:
        if state is State.ANSWERED:
            await queue.reply(session, number, None, MARKDOWN, texts)
        else:
            await queue.withdraw(session, number, agent)
    said = "déjà reçu une réponse" if state is State.ANSWERED else "été retirée"
    with pytest.raises(TicketError, match=said):
        async with database.writing() as session:
            await queue.withdraw(session, number, agent)
    with pytest.raises(TicketError, match=said):
        async with database.writing() as session:
            await queue.add_detail(session, number, agent, "encore")
    assert (await read(database, number)).state is state


# --- replies --------------------------------------------------------------------------------------


async def test_a_reply_reaches_the_thread_the_outbox_and_the_ticket_at_once(
    database: Database, agent: Account, referent: Account, draft: Draft, number: int, texts: Texts
) -> None:
    async with database.reading() as session:
        before = (await threads.listing(session, agent.id, 10))[0].updated_at
    async with database.writing() as session:
        name = await queue.reply(session, number, referent, MARKDOWN, texts)
    ticket = await read(database, number)
    assert ticket.state is State.ANSWERED
    assert [(event.kind, event.text, event.author) for event in ticket.events[1:]] == [
        (EventKind.REPLY, MARKDOWN, "Rose Durand")
    ]
    async with database.reading() as session:
        thread = await threads.thread(session, agent.id, draft.thread_id)
        assert thread
        step = thread.steps[-1]
        assert (step.id, step.kind) == (name, "reply")
        assert step.text == f"**Réponse de l’équipe référente à votre demande R-0001**\n\n{MARKDOWN}"
        assert "Rose" not in step.text
        assert step.props == {"ticket": number, "reference": "R-0001", "state": "answered"}
        assert thread.summary.updated_at > before
        (notice,) = (await session.scalars(select(NoticeRow))).all()
        assert (notice.account_id, notice.thread_id, notice.step_id, notice.ticket_id) == (
            agent.id,
            draft.thread_id,
            name,
            number,
        )
        assert (await audited(session, "R-0001"))[1:] == [(referent.id, "ticket.reply")]


async def test_a_second_reply_is_one_more_message(
    database: Database, agent: Account, draft: Draft, number: int, texts: Texts
) -> None:
    for text in ("Oui.", "Je précise."):
        async with database.writing() as session:
            await queue.reply(session, number, None, text, texts)
    async with database.reading() as session:
        thread = await threads.thread(session, agent.id, draft.thread_id)
        assert await audited(session, "R-0001") == [
            (agent.id, "ticket.open"),
            ("console", "ticket.reply"),
            ("console", "ticket.reply"),
        ]
    assert thread
    assert [step.text.split("\n\n")[1] for step in thread.steps[-2:]] == ["Oui.", "Je précise."]
    assert thread.steps[-1].text.startswith("**Nouvelle réponse de l’équipe référente")


async def test_the_same_reply_sent_again_is_one_reply(
    database: Database, number: int, referent: Account, texts: Texts
) -> None:
    name = str(uuid4())

    async def send() -> str:
        async with database.writing() as session:
            return await queue.reply(session, number, referent, MARKDOWN, texts, name)

    assert set(await asyncio.gather(*(send() for _ in range(10)))) == {name}
    async with database.reading() as session:
        assert await count(session, NoticeRow) == 1
        assert len(await audited(session, "R-0001")) == 2


async def test_an_id_that_was_used_for_another_message_is_refused(
    database: Database, agent: Account, draft: Draft, number: int, texts: Texts
) -> None:
    name = str(uuid4())
    async with database.writing() as session:
        await queue.reply(session, number, None, "Oui.", texts, name)
        second = await queue.open_ticket(session, agent, await asked(session, agent))
    for wrong, text, used in (
        (number, "Non.", name),
        (second, "Oui.", name),
        (second, "Oui.", draft.step_id),
    ):
        with pytest.raises(TicketError, match="déjà servi"):
            async with database.writing() as session:
                await queue.reply(session, wrong, None, text, texts, used)
    assert (await read(database, second)).state is State.OPEN


@pytest.mark.parametrize("text", ["", " \r\n ", "a" * 8001])
async def test_a_reply_that_is_empty_or_too_long_changes_nothing(
    database: Database, number: int, texts: Texts, text: str
) -> None:
    with pytest.raises(TicketError, match=r"vide|trop long"):
        async with database.writing() as session:
            await queue.reply(session, number, None, text, texts)
    assert (await read(database, number)).state is State.OPEN


async def test_the_longest_reply_is_accepted(database: Database, number: int, texts: Texts) -> None:
    async with database.writing() as session:
        await queue.reply(session, number, None, "é" * 8000, texts)
    assert (await read(database, number)).events[-1].text == "é" * 8000


async def test_a_withdrawn_or_absent_ticket_gets_no_reply(
    database: Database, agent: Account, number: int, texts: Texts
) -> None:
    async with database.writing() as session:
        await queue.withdraw(session, number, agent)
    for wrong, said in ((number, "retirée par son auteur"), (999, "pas de demande R-0999")):
        with pytest.raises(TicketError, match=said):
            async with database.writing() as session:
                await queue.reply(session, wrong, None, MARKDOWN, texts)
    async with database.reading() as session:
        assert await count(session, NoticeRow) == 0


async def test_a_reply_undone_leaves_nothing(database: Database, number: int, texts: Texts) -> None:
    with pytest.raises(RuntimeError, match="power cut"):
        async with database.writing() as session:
            steps = await count(session, StepRow)
            await queue.reply(session, number, None, MARKDOWN, texts)
            raise RuntimeError("power cut")
    assert (await read(database, number)).state is State.OPEN
    async with database.reading() as session:
        assert await count(session, StepRow) == steps
        assert await count(session, NoticeRow) == 0
        assert len(await audited(session, "R-0001")) == 1


@pytest.mark.parametrize("gone", ["thread", "account"])
async def test_without_thread_or_account_the_reply_stays_on_the_ticket_once(
    database: Database, agent: Account, draft: Draft, number: int, texts: Texts, gone: str
) -> None:
    async with database.writing() as session:
        if gone == "thread":
            await threads.remove(session, agent.id, draft.thread_id)
        else:
            await directory.delete(session, agent.id, "console")
    name = str(uuid4())
    for _ in range(2):
        async with database.writing() as session:
            assert await queue.reply(session, number, None, MARKDOWN, texts, name) == name
    ticket = await read(database, number)
    assert (ticket.state, ticket.reachable, ticket.asker) == (State.ANSWERED, False, None)
    assert [event.text for event in ticket.events if event.kind is EventKind.REPLY] == [MARKDOWN]
    assert (ticket.service, ticket.question) == ("Piscines", QUESTION)
    async with database.reading() as session:
        assert await count(session, NoticeRow) == 0


async def test_a_name_shown_goes_with_the_account(database: Database, agent: Account) -> None:
    async with database.writing() as session:
        named = await queue.open_ticket(session, agent, await asked(session, agent), name_shown=True)
        await directory.delete(session, agent.id, "console")
    assert (await read(database, named)).asker is None


# --- reading --------------------------------------------------------------------------------------


async def test_a_view_is_noted_once_per_referent(database: Database, referent: Account, number: int) -> None:
    for who in (referent, referent, None, None):
        async with database.writing() as session:
            assert (await queue.viewed(session, number, who)).number == number
    async with database.reading() as session:
        assert (await audited(session, "R-0001"))[1:] == [
            (referent.id, "ticket.view"),
            ("console", "ticket.view"),
        ]


async def test_the_list_puts_urgent_then_old_ones_first(
    database: Database, agent: Account, other: Account, texts: Texts
) -> None:
    async with database.writing() as session:
        made = [
            await queue.open_ticket(session, who, await asked(session, who, urgent=urgent))
            for who, urgent in ((agent, False), (other, True), (agent, False), (agent, True))
        ]
        first, second, third, fourth = made
        await queue.withdraw(session, third, agent)
    async with database.writing() as session:
        await queue.reply(session, second, None, MARKDOWN, texts)
        step = (await tickets.ticket(session, first)).step_id
    async with database.reading() as session:
        opened = await tickets.listing(session, State.OPEN)
        assert [one.number for one in opened] == [fourth, first]
        assert [one.number for one in await tickets.listing(session)] == [second, fourth, first, third]
        assert [one.number for one in await tickets.listing(session, limit=2, offset=1)] == [fourth, first]
        last = await tickets.listing(session, urgent_first=False, limit=2)
        assert [one.number for one in last] == [second, third]
        assert await tickets.counts(session) == tickets.Counts(open=2, answered=1, withdrawn=1, urgent=1)
        assert [one.number for one in await tickets.of_account(session, agent.id)] == [fourth, third, first]
        assert step is not None
        found = await tickets.for_step(session, step)
        assert found is not None
        assert found.number == first
        assert await tickets.for_step(session, "nowhere") is None
        with pytest.raises(TicketError, match="R-0999"):
            await tickets.ticket(session, 999)


@pytest.mark.parametrize(
    ("text", "expected"), [("12", 12), (" R-0012 ", 12), ("r12", 12), ("R-12345", 12345)]
)
def test_a_number_is_read_as_people_write_it(text: str, expected: int) -> None:
    assert tickets.number_of(text) == expected
    assert tickets.number_of(tickets.reference(expected)) == expected


@pytest.mark.parametrize("text", ["", "0", "R-0000", "-1", "12a", "1 2", "9999999999", "١٢", "../12"])
def test_what_is_not_a_number_is_refused(text: str) -> None:
    with pytest.raises(TicketError, match="n’est pas un numéro de demande"):
        tickets.number_of(text)
