from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from assistant.accounts import directory, links, sessions
from assistant.accounts.export import personal_data
from assistant.domain import Account
from assistant.storage.database import Database
from assistant.storage.tables import (
    AccountRow,
    FeedbackRow,
    NoticeRow,
    StepRow,
    ThreadRow,
    TicketEventRow,
    TicketRow,
)

GOOD = "cheval-pile-agrafe"
ASKED = datetime(2026, 5, 4, 8, 30, tzinfo=UTC)
LATER = datetime(2026, 5, 4, 8, 31, tzinfo=UTC)


def question_and_answer(owner: Account, word: str) -> list[list[Any]]:
    thread = f"thread-{word}"
    return [
        [ThreadRow(id=thread, account_id=owner.id, name=f"Question {word}", created_at=ASKED)],
        [
            # the answer first: what is exported is in the order of time
            StepRow(
                id=f"b-{word}",
                thread_id=thread,
                kind="answer",
                text=f"Réponse {word}",
                props={"status": "escalated"},
                details={"probability": 0.25},
                created_at=LATER,
            ),
            StepRow(
                id=f"c-{word}", thread_id=thread, kind="question", text=f"Question {word}", created_at=ASKED
            ),
        ],
        [
            FeedbackRow(step_id=f"b-{word}", value=0, reason="incomplete", comment=f"Commentaire {word}"),
            TicketRow(
                step_id=f"b-{word}",
                thread_id=thread,
                account_id=owner.id,
                question=f"Question {word}",
                state="open",
                reason="unsure",
                service="Voirie",
                signals={"probability": 0.25},
            ),
        ],
    ]


async def kept(database: Database, agent: Account, admin: Account) -> None:
    async with database.writing() as session:
        for group in (*question_and_answer(agent, "agent"), *question_and_answer(admin, "chef")):
            session.add_all(group)
            await session.flush()
        session.add_all(
            [
                TicketEventRow(ticket_id=1, kind="detail", text="Précision agent", account_id=agent.id),
                TicketEventRow(ticket_id=1, kind="reply", text="Avis du chef", account_id=admin.id),
                TicketEventRow(ticket_id=2, kind="detail", text="Précision chef", account_id=admin.id),
            ]
        )
        session.add(NoticeRow(account_id=agent.id, thread_id="thread-agent", step_id="b-agent", ticket_id=1))
        await directory.set_password(session, agent.id, GOOD, agent.id)


async def test_what_was_put_in_comes_out(database: Database, agent: Account, admin: Account) -> None:
    await kept(database, agent, admin)
    async with database.reading() as session:
        data = await personal_data(session, agent.id)
    assert data["account"] | {"created_at": ""} == {
        "id": agent.id,
        "email": "zoe.martin@metropole.fr",
        "name": "Zoé Martin",
        "role": "agent",
        "service": "Voirie",
        "commune": "saint-martin",
        "active": True,
        "created_at": "",
    }
    (thread,) = data["threads"]
    assert thread["name"] == "Question agent"
    assert thread["created_at"] == "2026-05-04T08:30:00+00:00"
    question, answer = thread["steps"]
    assert (question["kind"], question["text"], question["feedback"]) == ("question", "Question agent", None)
    assert answer["text"] == "Réponse agent"
    assert answer["props"] == {"status": "escalated"}
    assert answer["details"] == {"probability": 0.25}
    assert answer["feedback"]["comment"] == "Commentaire agent"
    (ticket,) = data["tickets"]
    assert (ticket["question"], ticket["service"]) == ("Question agent", "Voirie")
    assert ticket["signals"] == {"probability": 0.25}
    assert [(event["text"], event["by_me"]) for event in ticket["events"]] == [
        ("Précision agent", True),
        ("Avis du chef", False),
    ]
    assert [notice["ticket_id"] for notice in data["notices"]] == [1]
    assert data["written_for_others"] == []
    assert [(line["action"], line["by_me"]) for line in data["actions"]] == [
        ("account.create", False),
        ("account.password", True),
    ]


async def test_it_is_json_and_holds_nobody_else(database: Database, agent: Account, admin: Account) -> None:
    await kept(database, agent, admin)
    async with database.reading() as session:
        written = json.dumps(await personal_data(session, agent.id), ensure_ascii=False)
    for foreign in (admin.id, admin.email, admin.name, "Question chef", "Réponse chef", "Précision chef"):
        assert foreign not in written


async def test_secrets_stay_out(database: Database, agent: Account, admin: Account) -> None:
    await kept(database, agent, admin)
    async with database.writing() as session:
        session_token = await sessions.open_session(session, agent.id, 12)
        link_token = await links.make(session, agent.id, 24, "console")
    async with database.reading() as session:
        data = await personal_data(session, agent.id)
        row = await session.get_one(AccountRow, agent.id)
    written = json.dumps(data)
    assert row.password_hash.startswith("$argon2id$")
    assert len(data["sessions"]) == 1
    for secret in (row.password_hash, session_token, link_token, sessions.token_hash(session_token)):
        assert secret not in written


async def test_what_a_referent_wrote_for_others_is_theirs_too(
    database: Database, agent: Account, admin: Account
) -> None:
    await kept(database, agent, admin)
    async with database.writing() as session:
        await directory.delete(session, agent.id, agent.id)
    async with database.reading() as session:
        data = await personal_data(session, admin.id)
        assert await personal_data(session, agent.id) == {}
    assert [event["text"] for event in data["written_for_others"]] == ["Avis du chef"]
    assert [event["text"] for event in data["tickets"][0]["events"]] == ["Précision chef"]
