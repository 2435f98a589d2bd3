"""Questions as they are asked, on a real index and a real database: masked, kept, escalated, once."""

from __future__ import annotations

import asyncio
import json
import logging
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from assistant.accounts import directory
from assistant.conversation import REMEMBERED, Conversation, Exchange, Outcome, Rendered
from assistant.domain import Account, AnswerStatus, Role, Urgency
from assistant.errors import HistoryError, QuestionError, TicketError
from assistant.escalation import queue, tickets
from assistant.escalation.tickets import EventKind, Reason, State, Ticket
from assistant.personal_data import mask
from assistant.settings import Settings
from assistant.storage import threads
from assistant.storage.database import Database
from assistant.storage.tables import (
    AuditRow,
    FeedbackRow,
    StepRow,
    Table,
    ThreadRow,
    TicketEventRow,
    TicketRow,
)
from assistant.storage.threads import Standing, Step, StepKind
from assistant.texts import Texts
from assistant.web.chat.composing import composer, said
from assistant.web.current import Site
from tests.leaks import leaked, written
from tests.wholeness import flaws

if TYPE_CHECKING:
    from assistant.service import Assistant

SURE = "Puis-je saisir des données personnelles dans un outil grand public ?"
OFF_TOPIC = "Quelle heure est-il à Tokyo ?"
HAPPENED = "J'ai envoyé par erreur un fichier avec des noms dans ChatGPT, je fais quoi ?"
INCIDENT = "Qui prévenir en cas de fuite de données ?"
TYPED = {
    "06 12 34 56 78": "[téléphone masqué]",
    "paul.lefevre@exemple.fr": "[adresse électronique masquée]",
    "Lefèvre": "[nom masqué]",
}
WITH_DATA = "Puis-je écrire à M. Lefèvre, paul.lefevre@exemple.fr ou 06 12 34 56 78, avec une IA ?"
AT_ONCE = 20


class Remembering:
    """Composes messages as the site does, and remembers what it was given."""

    def __init__(self, compose: Callable[[Outcome], Rendered]) -> None:
        self._compose = compose
        self.outcomes: list[Outcome] = []

    def __call__(self, outcome: Outcome) -> Rendered:
        self.outcomes.append(outcome)
        return self._compose(outcome)


@pytest.fixture(scope="session")
def unsure(built_settings: Settings, texts: Texts) -> Iterator[Assistant]:
    """Return an assistant that is sure of nothing: whatever is in the subject is escalated."""
    from assistant.service import Assistant

    changes = {"verified_threshold": 1.0, "confirm_threshold": 1.0, "subject_threshold": 0.1}
    with Assistant.open(built_settings.model_copy(update=changes), texts) as opened:
        yield opened


@pytest.fixture
def compose(assistant: Assistant, database: Database, texts: Texts) -> Remembering:
    return Remembering(composer(Site(assistant.settings, texts, assistant, database, b"key")))


@pytest.fixture
def conversation(assistant: Assistant, database: Database) -> Conversation:
    return Conversation(assistant, database)


@pytest.fixture
def doubtful(unsure: Assistant, database: Database) -> Conversation:
    return Conversation(unsure, database)


@pytest.fixture
async def agent(database: Database) -> Account:
    return await person(database, "zoe")


@pytest.fixture
async def other(database: Database) -> Account:
    return await person(database, "ali")


async def person(database: Database, name: str) -> Account:
    async with database.writing() as session:
        return await directory.create(
            session,
            email=f"{name}@ville.example",
            name=name,
            role=Role.AGENT,
            service="Accueil",
            commune="saint-martin",
            actor="console",
        )


async def ask(
    conversation: Conversation, account: Account, text: str, compose: Remembering, thread: str = ""
) -> Exchange:
    return await conversation.ask(account, thread or str(uuid4()), str(uuid4()), text, compose)


async def counts(database: Database, *tables: type[Table]) -> list[int]:
    async with database.reading() as session:
        return [await session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


async def steps_of(database: Database, account: Account, exchange: Exchange) -> tuple[Step, ...]:
    """Return the messages of the discussion that an exchange is in."""
    async with database.reading() as session:
        found = await threads.step_of(session, account.id, exchange.answer.id)
        assert found is not None
        thread = await threads.thread(session, account.id, found[0])
    assert thread is not None
    return thread.steps


async def ticket_of(database: Database, number: int | None) -> Ticket:
    assert number is not None
    async with database.reading() as session:
        return await tickets.ticket(session, number)


def contents(database: Database) -> list[str]:
    with closing(sqlite3.connect(str(database.url.database))) as connection:
        return list(connection.iterdump())


# --- what is kept ------------------------------------------------------------------------------


async def test_an_exchange_is_kept_before_it_is_given(
    conversation: Conversation, database: Database, agent: Account, compose: Remembering
) -> None:
    exchange = await ask(conversation, agent, SURE, compose)
    assert exchange.question.text == SURE
    assert exchange.answer.details["status"] == AnswerStatus.VERIFIED.value
    assert exchange.standing == Standing()
    kept = await steps_of(database, agent, exchange)
    assert [step.kind for step in kept] == [StepKind.QUESTION, StepKind.ANSWER]
    assert [step.text for step in kept] == [SURE, exchange.answer.text]
    assert kept[1].props == json.loads(json.dumps(exchange.answer.props))
    assert kept[1].trace_id == compose.outcomes[0].answer.trace_id
    assert flaws(database) == []


async def test_personal_data_reaches_no_file(
    conversation: Conversation,
    database: Database,
    agent: Account,
    compose: Remembering,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    exchange = await ask(conversation, agent, WITH_DATA, compose)
    assert leaked(database, TYPED) == set()
    for placeholder in TYPED.values():
        assert placeholder in exchange.question.text
        assert placeholder.encode() in written(database), "the search would find nothing at all"
    assert {one.kind.value for one in compose.outcomes[0].screening.findings} == {"name", "email", "phone"}
    assert not [text for text in TYPED if text in caplog.text]


async def test_personal_data_reaches_no_file_through_the_buttons(
    doubtful: Conversation, database: Database, agent: Account, compose: Remembering
) -> None:
    thread = str(uuid4())
    first = await ask(doubtful, agent, WITH_DATA, compose, thread)
    assert first.standing.ticket is not None
    second = await ask(doubtful, agent, "Et pour ce courrier à M. Lefèvre ?", compose, thread)
    number = first.standing.ticket
    await doubtful.detail(agent, number, WITH_DATA, said("Ajouté."))
    await doubtful.judge(agent, first.answer.id, 0, "other", WITH_DATA)
    await doubtful.withdraw(agent, second.standing.ticket or 0, said("Retirée."))
    await doubtful.request(agent, second.answer.id, False, WITH_DATA, lambda _: said("Transmise."))
    assert leaked(database, TYPED) == set()
    ticket = await ticket_of(database, number)
    assert ticket.question == mask(WITH_DATA)
    assert [event.text for event in ticket.events] == ["", mask(WITH_DATA)]


async def test_what_cannot_be_seen_is_not_kept(
    conversation: Conversation, database: Database, agent: Account, compose: Remembering
) -> None:
    exchange = await ask(conversation, agent, "  Puis-je\x00 relire\u202e\ud800 ?\r\nOui ?\n", compose)
    assert exchange.question.text == "Puis-je relire ?\nOui ?"
    await conversation.judge(agent, exchange.answer.id, 0, "other", "Pas\x00 clair\ud83d.")
    async with database.reading() as session:
        assert (await session.get_one(FeedbackRow, exchange.answer.id)).comment == "Pas clair."


@pytest.mark.parametrize("text", ["", "   ", "\u200b"])
async def test_an_empty_message_is_answered_like_any_other(
    text: str,
    conversation: Conversation,
    database: Database,
    agent: Account,
    compose: Remembering,
    texts: Texts,
) -> None:
    exchange = await ask(conversation, agent, text, compose)
    assert exchange.answer.text == texts("answer.empty")
    assert await counts(database, StepRow, TicketRow) == [2, 0]


async def test_a_question_that_is_too_long_leaves_nothing(
    conversation: Conversation, database: Database, agent: Account, compose: Remembering
) -> None:
    with pytest.raises(QuestionError, match="4001 caractères"):
        await ask(conversation, agent, "é" * 4001, compose)
    assert await counts(database, ThreadRow, StepRow, TicketRow) == [0, 0, 0]
    await ask(conversation, agent, "é" * 4000, compose)
    assert await counts(database, ThreadRow, StepRow) == [1, 2]


# --- once, and whole ---------------------------------------------------------------------------


async def test_the_same_question_again_gets_the_same_answer(
    doubtful: Conversation, database: Database, agent: Account, compose: Remembering
) -> None:
    first = await doubtful.ask(agent, "t", "q", SURE, compose)
    again = await doubtful.ask(agent, "t", "q", "Tout autre chose ?", compose)
    assert (again.question, again.answer.text) == (first.question, first.answer.text)
    assert again.standing == first.standing == Standing(ticket=1, ticket_state="open")
    await doubtful.withdraw(agent, 1, said("Retirée."))
    later = await doubtful.ask(agent, "t", "q", SURE, compose)
    assert later.standing == Standing(ticket=1, ticket_state="withdrawn")
    assert len(compose.outcomes) == 1
    assert await counts(database, ThreadRow, TicketRow) == [1, 1]


async def test_the_same_question_many_times_at_once_is_asked_once(
    doubtful: Conversation, database: Database, agent: Account, compose: Remembering
) -> None:
    asked = (doubtful.ask(agent, "t", "q", SURE, compose) for _ in range(AT_ONCE))
    exchanges = await asyncio.gather(*asked)
    assert {(one.question.text, one.answer.id, one.answer.text) for one in exchanges} == {
        (SURE, exchanges[0].answer.id, exchanges[0].answer.text)
    }
    assert {one.answer.trace_id for one in exchanges} == {compose.outcomes[0].answer.trace_id}
    assert {one.standing for one in exchanges} == {Standing(ticket=1, ticket_state="open")}
    assert await counts(database, ThreadRow, StepRow, TicketRow, TicketEventRow) == [1, 2, 1, 1]
    assert flaws(database) == []


async def test_many_questions_at_once_are_all_kept(
    doubtful: Conversation, database: Database, agent: Account, other: Account, compose: Remembering
) -> None:
    asked = (
        doubtful.ask(who, f"{who.id[:8]} {number % 3}", str(uuid4()), f"{SURE} ({number})", compose)
        for number in range(AT_ONCE)
        for who in (agent, other)
    )
    exchanges = await asyncio.gather(*asked)
    assert sorted(one.standing.ticket or 0 for one in exchanges) == list(range(1, 2 * AT_ONCE + 1))
    assert await counts(database, ThreadRow, StepRow) == [6, 4 * AT_ONCE]
    assert flaws(database) == []


async def test_each_answer_comes_after_its_question(
    conversation: Conversation, database: Database, agent: Account, compose: Remembering
) -> None:
    asked = (conversation.ask(agent, "t", f"q{number}", f"{SURE} ({number})", compose) for number in range(8))
    exchanges = await asyncio.gather(*asked)
    ids = [step.id for step in await steps_of(database, agent, exchanges[0])]
    assert sorted(zip(ids[::2], ids[1::2], strict=True)) == [
        (one.question.id, one.answer.id) for one in exchanges
    ]


async def test_when_the_message_cannot_be_composed_nothing_is_left(
    doubtful: Conversation, database: Database, agent: Account, compose: Remembering
) -> None:
    def broken(outcome: Outcome) -> Rendered:
        assert outcome.ticket == 1, "the ticket is opened before the message that names it"
        raise ValueError("no message")

    audited = await counts(database, AuditRow)
    with pytest.raises(ValueError, match="no message"):
        await doubtful.ask(agent, "t", "q", SURE, broken)
    assert await counts(database, ThreadRow, StepRow, TicketRow, TicketEventRow) == [0, 0, 0, 0]
    assert await counts(database, AuditRow) == audited
    exchange = await doubtful.ask(agent, "t", "q", SURE, compose)
    assert exchange.standing.ticket == 1
    assert flaws(database) == []


async def test_a_question_that_is_stopped_is_kept_whole_or_not_at_all(
    doubtful: Conversation, database: Database, agent: Account, compose: Remembering
) -> None:
    chance, longest, rounds, stopped = random.Random(5), 0.02, 0, 0
    while rounds < 40 or not 5 < stopped < rounds - 5:
        asked = asyncio.create_task(doubtful.ask(agent, f"t{rounds}", f"q{rounds}", SURE, compose))
        await asyncio.wait([asked], timeout=chance.uniform(0, longest))
        asked.cancel()
        await asyncio.wait([asked])
        rounds, stopped = rounds + 1, stopped + asked.cancelled()
        # As many are stopped as not, whatever the speed of this computer.
        longest *= 1.1 if asked.cancelled() else 0.9
        assert rounds < 400
    assert flaws(database) == []
    kept, messages = await counts(database, ThreadRow, StepRow)
    assert messages == 2 * kept
    assert kept >= rounds - stopped
    for number in range(rounds):
        await doubtful.ask(agent, f"t{number}", f"q{number}", SURE, compose)
    assert flaws(database) == []
    assert await counts(database, ThreadRow, StepRow, TicketRow) == [rounds, 2 * rounds, rounds]


async def test_somebody_else_s_discussion_is_refused(
    conversation: Conversation, database: Database, agent: Account, other: Account, compose: Remembering
) -> None:
    await conversation.ask(agent, "t", "q", SURE, compose)
    with pytest.raises(HistoryError, match="pas la vôtre"):
        await conversation.ask(other, "t", "another", "Et alors ?", compose)
    assert compose.outcomes[-1].answer.question == SURE, "a message was made of it"
    assert await counts(database, ThreadRow, StepRow) == [1, 2]


# --- follow-ups --------------------------------------------------------------------------------


async def test_earlier_questions_are_read_from_the_database(
    assistant: Assistant, database: Database, agent: Account, compose: Remembering
) -> None:
    asked = [f"Puis-je coller le courrier numéro {number} dans ChatGPT ?" for number in range(7)]
    for text in (*asked, "Et avec le nom de M. Lefèvre ?"):
        # As after a restart: nothing but the database remembers.
        await ask(Conversation(assistant, database), agent, text, compose, "t")
    assert compose.outcomes[0].answer.query.history == ()
    assert compose.outcomes[-1].answer.query.history == tuple(asked[-REMEMBERED:])
    assert asked[-1] in compose.outcomes[-1].answer.query.cleaned
    await ask(Conversation(assistant, database), agent, "Et ensuite ?", compose, "elsewhere")
    assert compose.outcomes[-1].answer.query.history == ()


async def test_the_texts_of_the_asker_s_commune_are_searched(
    conversation: Conversation, agent: Account, compose: Remembering
) -> None:
    await ask(conversation, agent, SURE, compose)
    assert compose.outcomes[0].answer.query.scope == "commune:saint-martin"


# --- tickets -----------------------------------------------------------------------------------


async def test_a_referent_reads_what_a_follow_up_follows(
    doubtful: Conversation, database: Database, agent: Account, compose: Remembering
) -> None:
    await ask(doubtful, agent, "Puis-je faire transcrire le conseil municipal ?", compose, "t")
    exchange = await ask(doubtful, agent, "Et pour Mme Lefèvre, au 06 12 34 56 78 ?", compose, "t")
    ticket = await ticket_of(database, exchange.standing.ticket)
    before, own = ticket.question.split("\n\n")
    assert before == "Puis-je faire transcrire le conseil municipal ?"
    assert own == exchange.question.text
    assert "06 12" not in ticket.question


async def test_a_question_without_a_sure_answer_opens_its_ticket(
    doubtful: Conversation, unsure: Assistant, database: Database, agent: Account, compose: Remembering
) -> None:
    exchange = await ask(doubtful, agent, WITH_DATA, compose)
    ticket = await ticket_of(database, exchange.standing.ticket)
    assert exchange.standing == Standing(ticket=1, ticket_state="open")
    assert (ticket.state, ticket.reason, ticket.urgent) == (State.OPEN, Reason.UNSURE, False)
    assert (ticket.question, ticket.status) == (mask(WITH_DATA), "escalated")
    assert (ticket.step_id, ticket.account_id) == (exchange.answer.id, agent.id)
    assert (ticket.service, ticket.commune, ticket.asker) == ("Accueil", "saint-martin", None)
    assert "R-0001" in exchange.answer.text
    assert ticket.signals["confidence"] == compose.outcomes[0].answer.confidence
    assert [lead.passage_id for lead in ticket.leads] == [
        hit.passage.id for hit in compose.outcomes[0].answer.hits[:3]
    ]
    for lead in ticket.leads:
        document = unsure.document(lead.document)
        assert document.info.hash == lead.version_hash
        text = document.text[lead.start : lead.end]
        assert text == (lead.quote or unsure.passage(lead.passage_id).text)
    await ask(doubtful, agent, SURE, compose)
    assert await counts(database, TicketRow) == [2]
    assert flaws(database) == []


@pytest.mark.parametrize("question", [OFF_TOPIC, "Bonjour", "Merci beaucoup !", "Qui es-tu ?"])
async def test_what_is_outside_the_subject_disturbs_nobody(
    question: str, conversation: Conversation, database: Database, agent: Account, compose: Remembering
) -> None:
    exchange = await ask(conversation, agent, question, compose)
    assert exchange.answer.details["status"] == AnswerStatus.DECLINED.value
    assert exchange.standing == Standing()
    assert await counts(database, TicketRow) == [0]


async def test_an_incident_is_urgent(
    conversation: Conversation, database: Database, agent: Account, compose: Remembering, texts: Texts
) -> None:
    exchange = await ask(conversation, agent, f"{HAPPENED} Mon numéro : 06 12 34 56 78.", compose)
    assert exchange.answer.details["status"] == AnswerStatus.ESCALATED.value
    assert exchange.answer.props["status"] == "urgent"
    assert exchange.answer.text.startswith(f"**{texts('status.urgent.label')}** – Prévenez tout de suite")
    ticket = await ticket_of(database, exchange.standing.ticket)
    assert (ticket.urgent, ticket.reason, ticket.state) == (True, Reason.URGENT, State.OPEN)
    assert ticket.question.endswith("[téléphone masqué].")
    assert flaws(database) == []


@pytest.mark.parametrize("told", ["On s’est fait pirater ce matin", "Nous sommes victimes d'un rançongiciel"])
async def test_an_incident_is_urgent_even_outside_the_subject(
    told: str, conversation: Conversation, database: Database, agent: Account, compose: Remembering
) -> None:
    exchange = await ask(conversation, agent, told, compose)
    assert (await ticket_of(database, exchange.standing.ticket)).urgent is True
    assert exchange.answer.text.startswith("**Urgent** – ")


async def test_what_follows_an_incident_is_not_another_one(
    conversation: Conversation, database: Database, agent: Account, compose: Remembering
) -> None:
    await conversation.ask(agent, "t", "q1", HAPPENED, compose)
    await conversation.ask(agent, "t", "q2", "Et ensuite ?", compose)
    first, second = (outcome.answer for outcome in compose.outcomes)
    assert HAPPENED in second.query.cleaned, "it is searched with what came before"
    assert (first.urgency, second.urgency) == (Urgency.HAPPENED, Urgency.NONE)
    async with database.reading() as session:
        assert (await tickets.counts(session)).urgent == 1


async def test_asking_about_incidents_opens_nothing_by_itself(
    conversation: Conversation, database: Database, agent: Account, compose: Remembering
) -> None:
    exchange = await ask(conversation, agent, INCIDENT, compose)
    answer = compose.outcomes[0].answer
    assert answer.urgency is Urgency.ASKED
    assert answer.status is not AnswerStatus.ESCALATED
    assert exchange.standing == Standing()
    assert "prévenez d’abord" in exchange.answer.text
    assert await counts(database, TicketRow) == [0]


# --- the buttons -------------------------------------------------------------------------------


@pytest.mark.parametrize("question", [SURE, OFF_TOPIC])
async def test_any_answer_may_be_handed_to_the_referents(
    question: str, conversation: Conversation, database: Database, agent: Account, compose: Remembering
) -> None:
    exchange = await ask(conversation, agent, question, compose)
    detail = "Mon numéro : 06 12 34 56 78."
    standing, noted = await conversation.request(
        agent,
        exchange.answer.id,
        True,
        detail,
        lambda number: said(f"Transmise : {number}."),
        Reason.FEEDBACK,
    )
    assert standing == Standing(ticket=1, ticket_state="open")
    ticket = await ticket_of(database, 1)
    assert (ticket.question, ticket.status) == (question, exchange.answer.details["status"])
    assert (ticket.reason, ticket.urgent, ticket.asker) == (Reason.FEEDBACK, False, "zoe")
    assert [(event.kind, event.text) for event in ticket.events] == [
        (EventKind.OPENED, ""),
        (EventKind.DETAIL, "Mon numéro : [téléphone masqué]."),
    ]
    *_, notice = await steps_of(database, agent, exchange)
    assert (notice.kind, notice.text) == (StepKind.NOTICE, "Transmise : 1.")
    assert noted is not None
    assert noted[1].id == notice.id
    assert ticket.leads == tuple(tickets.Lead(**lead) for lead in exchange.answer.details["leads"])


async def test_asking_again_loses_nothing_and_says_nothing_twice(
    conversation: Conversation, database: Database, agent: Account, compose: Remembering
) -> None:
    exchange = await ask(conversation, agent, SURE, compose)
    for detail in ("", "Une précision.", "  "):
        standing, noted = await conversation.request(
            agent, exchange.answer.id, False, detail, lambda _: said("Transmise.")
        )
        assert (standing.ticket, standing.ticket_state) == (1, "open")
        assert (noted is None) == (detail != "")
    assert [event.text for event in (await ticket_of(database, 1)).events] == ["", "Une précision."]
    assert len(await steps_of(database, agent, exchange)) == 3


async def test_a_ticket_that_was_withdrawn_is_opened_again_and_it_is_said(
    conversation: Conversation, database: Database, agent: Account, compose: Remembering
) -> None:
    exchange = await ask(conversation, agent, SURE, compose)
    request = (agent, exchange.answer.id, False, "", lambda number: said(f"Transmise : {number}."))
    await conversation.request(*request)
    await conversation.withdraw(agent, 1, said("Retirée."))
    standing, noted = await conversation.request(*request)
    assert (standing.ticket, standing.ticket_state) == (1, "open")
    assert noted is not None
    notices = (await steps_of(database, agent, exchange))[2:]
    assert [step.text for step in notices] == ["Transmise : 1.", "Retirée.", "Transmise : 1."]


async def test_after_the_reply_a_request_tells_where_it_stands(
    conversation: Conversation, database: Database, agent: Account, compose: Remembering, texts: Texts
) -> None:
    exchange = await ask(conversation, agent, SURE, compose)
    request = (agent, exchange.answer.id, False)
    await conversation.request(*request, "", lambda _: said("Transmise."))
    async with database.writing() as session:
        await queue.reply(session, 1, None, "Oui.", texts)
    standing, noted = await conversation.request(*request, "", lambda _: said("Transmise."))
    assert (standing.ticket_state, noted) == ("answered", None)
    with pytest.raises(TicketError, match="déjà reçu une réponse"):
        await conversation.request(*request, "Encore ceci.", lambda _: said("Transmise."))


async def test_a_detail_and_a_withdrawal_are_said_in_the_discussion(
    doubtful: Conversation, database: Database, agent: Account, compose: Remembering
) -> None:
    exchange = await ask(doubtful, agent, SURE, compose)
    added = await doubtful.detail(agent, 1, "C’est pour demain.", said("Ajouté."))
    withdrawn = await doubtful.withdraw(agent, 1, said("Retirée."))
    *_, first, second = await steps_of(database, agent, exchange)
    assert added is not None and withdrawn is not None
    assert [first.id, second.id] == [added[1].id, withdrawn[1].id]
    assert [(one.kind, one.text) for one in (first, second)] == [
        (StepKind.NOTICE, "Ajouté."),
        (StepKind.NOTICE, "Retirée."),
    ]
    assert (await ticket_of(database, 1)).state is State.WITHDRAWN
    with pytest.raises(TicketError, match="été retirée"):
        await doubtful.detail(agent, 1, "Trop tard ?", said("Ajouté."))
    assert len(await steps_of(database, agent, exchange)) == 4, "a notice without its detail"


async def test_a_ticket_outlives_its_discussion(
    doubtful: Conversation, database: Database, agent: Account, compose: Remembering
) -> None:
    await doubtful.ask(agent, "t", "q", SURE, compose)
    async with database.writing() as session:
        await threads.remove(session, agent.id, "t")
    assert await doubtful.detail(agent, 1, "Toujours utile.", said("Ajouté.")) is None
    assert await doubtful.withdraw(agent, 1, said("Retirée.")) is None
    assert (await ticket_of(database, 1)).state is State.WITHDRAWN


async def test_an_opinion_is_masked_and_counted_once(
    conversation: Conversation, database: Database, agent: Account, compose: Remembering
) -> None:
    exchange = await ask(conversation, agent, SURE, compose)
    await conversation.judge(agent, exchange.answer.id, 0, "unclear", "Appelez le 06 12 34 56 78.")
    async with database.reading() as session:
        row = await session.get_one(FeedbackRow, exchange.answer.id)
    assert (row.value, row.reason, row.comment) == (0, "unclear", "Appelez le [téléphone masqué].")
    await conversation.judge(agent, exchange.answer.id, 1, "", "")
    assert await counts(database, FeedbackRow) == [1]


async def test_the_buttons_are_for_the_asker_alone(
    doubtful: Conversation, database: Database, agent: Account, other: Account, compose: Remembering
) -> None:
    exchange = await ask(doubtful, agent, SURE, compose)
    answer, question = exchange.answer.id, exchange.question.id
    before = contents(database)
    for step in (answer, question, "absent"):
        with pytest.raises(HistoryError):
            await doubtful.request(other, step, False, "", lambda _: said("Transmise."))
        with pytest.raises(HistoryError):
            await doubtful.judge(other, step, 1, "", "")
    for attempt in (
        doubtful.detail(other, 1, "Je m’en mêle.", said("Ajouté.")),
        doubtful.withdraw(other, 1, said("Retirée.")),
    ):
        with pytest.raises(TicketError, match="Il n’y a pas de demande R-0001"):
            await attempt
    with pytest.raises(HistoryError):
        await doubtful.request(agent, question, False, "", lambda _: said("Transmise."))
    assert contents(database) == before
