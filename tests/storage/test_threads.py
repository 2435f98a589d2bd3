"""Discussions in a real database: their order, their pages, and that each is for its asker alone."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.accounts import directory
from assistant.domain import Account, Role
from assistant.errors import HistoryError
from assistant.escalation import queue
from assistant.escalation.tickets import Draft, Reason
from assistant.storage import threads
from assistant.storage.database import Database
from assistant.storage.tables import FeedbackRow, NoticeRow, StepRow, Table, ThreadRow, TicketRow
from assistant.storage.threads import Standing, Step, StepKind

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
ABSENT = "pas la vôtre"
NOT_YOURS = "ne vous a pas été donnée"


@pytest.fixture
async def agent(database: Database) -> Account:
    return await person(database, "zoe")


@pytest.fixture
async def other(database: Database) -> Account:
    return await person(database, "ali")


async def person(database: Database, name: str) -> Account:
    async with database.writing() as session:
        return await directory.create(
            session, email=f"{name}@ville.example", name=name, role=Role.AGENT, actor="console"
        )


def question(number: int, text: str = "Et là ?") -> Step:
    return Step(f"q{number}", StepKind.QUESTION, text, created_at=START + timedelta(seconds=number))


def answer(number: int, text: str = "Voici.") -> Step:
    return Step(
        f"a{number}",
        StepKind.ANSWER,
        text,
        {"status": "verified", "panels": [{"quote": "« Été »"}]},
        {"confidence": 0.5},
        "trace",
        START + timedelta(seconds=number),
    )


async def keep(
    database: Database, account: Account, name: str, *steps: Step, at: datetime | None = None
) -> None:
    """Keep a discussion; ``at`` is the time of its last message."""
    async with database.writing() as session:
        row = await threads.require(session, account.id, name, steps[0].text if steps else name)
        await threads.add(session, row, *steps)
        row.updated_at = at or row.updated_at


async def hand_over(session: AsyncSession, account: Account, thread_id: str, step_id: str) -> int:
    draft = Draft("Et là ?", Reason.REQUESTED, False, step_id, thread_id, {}, (), "verified")
    return await queue.open_ticket(session, account, draft)


async def count(session: AsyncSession, table: type[Table]) -> int:
    return await session.scalar(select(func.count()).select_from(table)) or 0


# --- a discussion ------------------------------------------------------------------------------


async def test_messages_come_back_whole_and_in_their_order(database: Database, agent: Account) -> None:
    steps = (question(1), answer(2), question(3), answer(4))
    await keep(database, agent, "t", *steps)
    async with database.reading() as session:
        kept = await threads.thread(session, agent.id, "t")
    assert kept is not None
    assert kept.steps == steps


async def test_the_order_is_that_of_time_not_of_names(database: Database, agent: Account) -> None:
    late = Step("a", StepKind.NOTICE, "Plus tard.", created_at=START + timedelta(hours=1))
    await keep(database, agent, "t", late)
    await keep(database, agent, "t", Step("z", StepKind.QUESTION, "D’abord ?", created_at=START))
    async with database.reading() as session:
        kept = await threads.thread(session, agent.id, "t")
    assert kept is not None
    assert [step.id for step in kept.steps] == ["z", "a"]


@pytest.mark.parametrize(
    ("first", "name"),
    [
        ("Puis-je\n  faire\tcela ?", "Puis-je faire cela ?"),
        ("x" * threads.NAME_LENGTH, "x" * threads.NAME_LENGTH),
        ("mot " * 60, ("mot " * 60)[: threads.NAME_LENGTH - 1].rstrip() + "…"),
        ("  ", ""),
    ],
)
async def test_a_discussion_is_named_after_its_first_question(
    first: str, name: str, database: Database, agent: Account
) -> None:
    async with database.writing() as session:
        assert (await threads.require(session, agent.id, "t", first)).name == name
    async with database.writing() as session:
        assert (await threads.require(session, agent.id, "t", "Une autre ?")).name == name


async def test_without_a_first_question_nothing_is_begun(database: Database, agent: Account) -> None:
    with pytest.raises(HistoryError, match=ABSENT):
        async with database.writing() as session:
            await threads.require(session, agent.id, "t")
    async with database.reading() as session:
        assert await threads.owner(session, "t") is None


async def test_a_message_is_filled_in_its_place(database: Database, agent: Account) -> None:
    await keep(database, agent, "t", question(1), Step("a2", StepKind.ANSWER, "", created_at=START))
    async with database.writing() as session:
        await threads.fill(session, Step("a2", StepKind.ANSWER, "Voici.", {"status": "verified"}))
    async with database.reading() as session:
        found = await threads.step_of(session, agent.id, "a2")
    assert found == ("t", Step("a2", StepKind.ANSWER, "Voici.", {"status": "verified"}, created_at=START))


async def test_the_last_questions_come_the_oldest_first(database: Database, agent: Account) -> None:
    steps = [step for n in range(0, 8, 2) for step in (question(n, f"Question {n} ?"), answer(n + 1))]
    await keep(database, agent, "t", *steps)
    await keep(database, agent, "u", question(20, "Ailleurs ?"))
    async with database.reading() as session:
        assert await threads.questions(session, agent.id, "t", 3) == (
            "Question 2 ?",
            "Question 4 ?",
            "Question 6 ?",
        )
        assert await threads.questions(session, agent.id, "nowhere", 3) == ()


# --- somebody else's ---------------------------------------------------------------------------


async def test_somebody_else_s_discussion_is_as_good_as_absent(
    database: Database, agent: Account, other: Account
) -> None:
    await keep(database, agent, "t", question(1), answer(2))
    async with database.reading() as session:
        assert await threads.thread(session, other.id, "t") is None
        assert await threads.step_of(session, other.id, "a2") is None
        assert await threads.questions(session, other.id, "t", 5) == ()
        assert await threads.listing(session, other.id, 10) == []
        assert await threads.listing(session, other.id, 10, search="là") == []
        assert await threads.owner(session, "t") == agent.id
    for change in (
        lambda session: threads.require(session, other.id, "t", "Le mien ?"),
        lambda session: threads.rename(session, other.id, "t", "Pris"),
        lambda session: threads.remove(session, other.id, "t"),
    ):
        with pytest.raises(HistoryError, match=ABSENT):
            async with database.writing() as session:
                await change(session)
    with pytest.raises(HistoryError, match=NOT_YOURS):
        async with database.writing() as session:
            await threads.set_feedback(session, other.id, "a2", 1)
    async with database.writing() as session:
        assert await threads.remove_all(session, other.id) == 0
    async with database.reading() as session:
        kept = await threads.thread(session, agent.id, "t")
        assert kept is not None
        assert (kept.summary.name, len(kept.steps)) == ("Et là ?", 2)
        assert await count(session, FeedbackRow) == 0


async def test_somebody_else_s_discussion_is_no_place_in_a_list(
    database: Database, agent: Account, other: Account
) -> None:
    await keep(database, agent, "mine", question(1), at=START)
    await keep(database, other, "theirs", question(2), at=START - timedelta(days=1))
    async with database.reading() as session:
        found = await threads.listing(session, agent.id, 10, after="theirs")
        assert found == await threads.listing(session, agent.id, 10, after="absent")
        assert [one.id for one in found] == ["mine"]


# --- lists -------------------------------------------------------------------------------------


async def pages(database: Database, account: Account, size: int) -> list[list[str]]:
    """Return the discussions page by page, as the side bar asks for them."""
    found: list[list[str]] = []
    after = ""
    async with database.reading() as session:
        while page := await threads.listing(session, account.id, size, after):
            found.append([one.id for one in page])
            after = page[-1].id
    return found


async def test_pages_hold_every_discussion_once_the_last_active_first(
    database: Database, agent: Account
) -> None:
    # Three at the same instant, on both sides of the end of a page.
    times = {"a": 0, "b": 3, "c": 3, "d": 3, "e": 1, "f": 5, "g": 4}
    for name, seconds in times.items():
        await keep(database, agent, name, at=START + timedelta(seconds=seconds))
    assert await pages(database, agent, 3) == [["f", "g", "d"], ["c", "b", "e"], ["a"]]
    assert await pages(database, agent, 50) == [["f", "g", "d", "c", "b", "e", "a"]]


async def test_times_that_differ_by_a_microsecond_are_told_apart(database: Database, agent: Account) -> None:
    for number, name in enumerate("cab"):
        await keep(database, agent, name, at=START + timedelta(microseconds=number))
    assert await pages(database, agent, 1) == [["b"], ["a"], ["c"]]


async def test_a_new_message_brings_its_discussion_to_the_top(database: Database, agent: Account) -> None:
    await keep(database, agent, "old", question(1), at=START)
    await keep(database, agent, "new", question(2), at=START + timedelta(seconds=1))
    await keep(database, agent, "old", answer(3))
    assert await pages(database, agent, 5) == [["old", "new"]]


SAID = {
    "percent": "Faut-il 100 % de relecture ?",
    "snake": "Et le champ nom_usager ?",
    "event": "ÉVÉNEMENT à l’Hôtel de ville",
    "work": "L’ŒUVRE d’une IA",
    "slash": r"Le dossier C:\temp est-il sûr ?",
}


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("%", {"percent"}),
        ("_", {"snake"}),
        ("nom_usager", {"snake"}),
        ("nomXusager", set()),
        ("\\", {"slash"}),
        (r"c:\TEMP", {"slash"}),
        ("événement", {"event"}),
        ("ÉVÉNEMENT", {"event"}),
        ("Événement", {"event"}),
        ("œuvre", {"work"}),
        ("  hôtel  ", {"event"}),
        ("' OR 1=1 --", set()),
        ("   ", set(SAID)),
        ("absent", set()),
    ],
)
async def test_a_search_takes_what_is_typed_literally(
    search: str, found: set[str], database: Database, agent: Account
) -> None:
    for number, (name, text) in enumerate(SAID.items()):
        await keep(database, agent, name, question(number, text))
    async with database.reading() as session:
        assert {one.id for one in await threads.listing(session, agent.id, 10, search=search)} == found


async def test_a_search_reads_names_and_messages_and_goes_on_over_pages(
    database: Database, agent: Account
) -> None:
    for number, name in enumerate("abc"):
        steps = (question(2 * number, "Bonjour"), answer(2 * number + 1, "Relisez la **note**."))
        await keep(database, agent, name, *steps, at=START + timedelta(seconds=number))
    await keep(database, agent, "d", question(9, "Rien"), at=START)
    async with database.writing() as session:
        await threads.rename(session, agent.id, "d", "Ma note")
    async with database.reading() as session:
        first = await threads.listing(session, agent.id, 2, search="NOTE")
        rest = await threads.listing(session, agent.id, 9, first[-1].id, "NOTE")
    assert [one.id for one in (*first, *rest)] == ["c", "b", "d", "a"]


async def test_a_new_name_is_cut_and_never_empty(database: Database, agent: Account) -> None:
    await keep(database, agent, "t", question(1))
    names = []
    for name in ("Deux\nlignes", "  ", "n" * 500):
        async with database.writing() as session:
            await threads.rename(session, agent.id, "t", name)
            names.append((await threads.require(session, agent.id, "t")).name)
    assert names == ["Deux lignes", "Deux lignes", "n" * (threads.NAME_LENGTH - 1) + "…"]


# --- opinions and tickets ----------------------------------------------------------------------


@pytest.mark.parametrize("value", [0, 1])
@pytest.mark.parametrize("reason", ["", *threads.REASONS])
async def test_an_opinion_is_kept_with_its_reason(
    value: int, reason: str, database: Database, agent: Account
) -> None:
    await keep(database, agent, "t", question(1), answer(2))
    async with database.writing() as session:
        await threads.set_feedback(session, agent.id, "a2", value, reason, "Peu clair.")
    async with database.reading() as session:
        assert await threads.standing(session, "a2") == Standing(value, reason)
        row = await session.get_one(FeedbackRow, "a2")
        assert row.comment == "Peu clair."


async def test_a_second_opinion_replaces_the_first(database: Database, agent: Account) -> None:
    await keep(database, agent, "t", question(1), answer(2))
    for opinion in ((0, "beside", "Non."), (1, "", "")):
        async with database.writing() as session:
            await threads.set_feedback(session, agent.id, "a2", *opinion)
    async with database.reading() as session:
        row = await session.get_one(FeedbackRow, "a2")
        assert (row.value, row.reason, row.comment) == (1, "", "")
        assert await count(session, FeedbackRow) == 1


@pytest.mark.parametrize(
    ("step", "value", "reason"),
    [("a2", 2, ""), ("a2", -1, ""), ("a2", 0, "rude"), ("q1", 1, ""), ("x", 1, "")],
)
async def test_other_opinions_are_refused(
    step: str, value: int, reason: str, database: Database, agent: Account
) -> None:
    await keep(database, agent, "t", question(1), answer(2))
    with pytest.raises(HistoryError):
        async with database.writing() as session:
            await threads.set_feedback(session, agent.id, step, value, reason)
    async with database.reading() as session:
        assert await count(session, FeedbackRow) == 0


async def test_the_standing_of_each_answer_is_its_own(database: Database, agent: Account) -> None:
    await keep(database, agent, "t", question(1), answer(2), question(3), answer(4), question(5), answer(6))
    async with database.writing() as session:
        number = await hand_over(session, agent, "t", "a4")
        await threads.set_feedback(session, agent.id, "a4", 0, "outdated")
        await threads.set_feedback(session, agent.id, "a6", 1)
    async with database.reading() as session:
        kept = await threads.thread(session, agent.id, "t")
        assert kept is not None
        assert kept.standings == {
            "a2": Standing(),
            "a4": Standing(0, "outdated", number, "open"),
            "a6": Standing(1),
        }
        assert await threads.standing(session, "a4") == kept.standings["a4"]
        assert await threads.standing(session, "absent") == Standing()


# --- deletion ----------------------------------------------------------------------------------


async def test_a_deleted_discussion_goes_with_all_but_its_tickets(database: Database, agent: Account) -> None:
    await keep(database, agent, "t", question(1), answer(2))
    await keep(database, agent, "u", question(3), answer(4))
    async with database.writing() as session:
        number = await hand_over(session, agent, "t", "a2")
        for step in ("a2", "a4"):
            await threads.set_feedback(session, agent.id, step, 1)
        session.add(NoticeRow(account_id=agent.id, thread_id="t", step_id="a2", ticket_id=number))
    async with database.writing() as session:
        await threads.remove(session, agent.id, "t")
    async with database.reading() as session:
        assert await threads.owner(session, "t") is None
        assert set(await session.scalars(select(StepRow.id))) == {"q3", "a4"}
        assert list(await session.scalars(select(FeedbackRow.step_id))) == ["a4"]
        assert await count(session, NoticeRow) == 0
        ticket = await session.get_one(TicketRow, number)
        assert (ticket.thread_id, ticket.step_id, ticket.account_id) == (None, None, agent.id)


async def test_all_of_ones_discussions_can_be_deleted_at_once(
    database: Database, agent: Account, other: Account
) -> None:
    for number in range(3):
        await keep(database, agent, f"t{number}", question(2 * number), answer(2 * number + 1))
    await keep(database, other, "theirs", question(9))
    async with database.writing() as session:
        number = await hand_over(session, agent, "t1", "a3")
        await threads.set_feedback(session, agent.id, "a1", 0, "other")
        assert await threads.remove_all(session, agent.id) == 3
    async with database.reading() as session:
        assert list(await session.scalars(select(ThreadRow.id))) == ["theirs"]
        assert list(await session.scalars(select(StepRow.id))) == ["q9"]
        assert await count(session, FeedbackRow) == 0
        assert (await session.get_one(TicketRow, number)).thread_id is None
