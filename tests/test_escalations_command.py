"""``assistant escalations`` as its user runs it: real processes over one database."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.accounts import directory
from assistant.domain import Account, Role
from assistant.escalation import notices, queue
from assistant.settings import ROOT
from assistant.storage.database import opened
from tests.escalation.making import QUESTION, asked, audited

pytestmark = pytest.mark.slow
Result = TypeVar("Result")


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'repere.sqlite3'}"


@pytest.fixture
def agent(url: str) -> Account:
    async def work(session: AsyncSession) -> Account:
        account = await directory.create(
            session, email="zoe@ville.example", name="Zoé Martin", role=Role.AGENT, actor="console"
        )
        for urgent in (False, True):
            draft = await asked(session, account, urgent=urgent)
            await queue.open_ticket(session, account, draft, detail="[bold]Pour demain[/bold]")
        return account

    return inside(url, work)


def inside(url: str, work: Callable[[AsyncSession], Awaitable[Result]]) -> Result:
    async def whole() -> Result:
        async with opened(url) as database, database.writing() as session:
            return await work(session)

    return asyncio.run(whole())


def escalations(url: str, *arguments: str, given: str | None = None, code: int = 0) -> tuple[str, str]:
    """Run the command and return what it writes: output, errors."""
    done = subprocess.run(
        [sys.executable, "-m", "assistant", "escalations", *arguments],
        env={**os.environ, "REPERE_DATABASE_URL": url, "COLUMNS": "200"},
        cwd=ROOT,
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout, done.stderr


def test_an_empty_queue_says_so(url: str) -> None:
    assert escalations(url, "list") == ("", "Aucune demande n’attend de réponse.\n")
    assert escalations(url, "list", "--json") == ("", "")


def test_a_question_is_listed_read_and_answered(url: str, agent: Account) -> None:
    shown, _ = escalations(url, "list")
    assert shown.index("R-0002") < shown.index("R-0001")
    assert shown.count("Urgente") == 1
    assert QUESTION in shown

    shown, _ = escalations(url, "show", "R-0001")
    for said in (QUESTION, "[bold]Pour demain[/bold]", "non communiqué", "environ 42 %", "« Jamais. »"):
        assert said in shown
    assert agent.name not in shown

    _, told = escalations(url, "reply", "1", "**Oui**, [sauf](/cadre/charte) refus.")
    assert told == "Réponse envoyée à la demande R-0001.\n"
    _, told = escalations(url, "reply", "R-0001", "-", given="Et prévenez\nles familles.\n")
    assert "R-0001" in told

    assert "R-0001" not in escalations(url, "list")[0]
    assert "Répondue" in escalations(url, "list", "--all")[0]
    waiting = inside(url, notices.waiting)
    assert [one.text.split("\n\n", 1)[1] for one in waiting] == [
        "**Oui**, [sauf](/cadre/charte) refus.",
        "Et prévenez\nles familles.",
    ]
    assert [one.account_id for one in waiting] == [agent.id] * 2
    actors = inside(url, lambda session: audited(session, "R-0001"))
    assert actors == [
        (agent.id, "ticket.open"),
        ("console", "ticket.view"),
        ("console", "ticket.reply"),
        ("console", "ticket.reply"),
    ]


def test_json_holds_everything_but_who_asked(url: str, agent: Account) -> None:
    lines = [json.loads(line) for line in escalations(url, "list", "--json")[0].splitlines()]
    assert [(line["number"], line["reference"], line["urgent"]) for line in lines] == [
        (2, "R-0002", True),
        (1, "R-0001", False),
    ]
    shown, _ = escalations(url, "show", "1", "--json")
    record = json.loads(shown)
    assert record.keys() > lines[1].keys()
    assert (record["asker"], record["status"], record["signals"]["coverage"]) == (None, "escalated", 0.42)
    assert record["leads"][0]["passage_id"] == "charte#article-2~2"
    assert [event["kind"] for event in record["events"]] == ["opened", "detail"]
    for hidden in (agent.id, agent.name, agent.email):
        assert hidden not in shown


@pytest.mark.parametrize(
    ("arguments", "given", "said"),
    [
        (("show", "99"), None, "pas de demande R-0099"),
        (("show", "abc"), None, "« abc » n’est pas un numéro de demande"),
        (("reply", "99", "Oui."), None, "pas de demande R-0099"),
        (("reply", "1"), "", "vide"),
        (("reply", "1", "a" * 8001), None, "8001 caractères"),
        (("reply", "2", "Oui."), None, "retirée par son auteur"),
    ],
)
def test_refusals(url: str, agent: Account, arguments: tuple[str, ...], given: str | None, said: str) -> None:
    inside(url, lambda session: queue.withdraw(session, 2, agent))
    assert said in escalations(url, *arguments, given=given, code=8)[1]
    assert inside(url, notices.waiting) == []


def test_a_reply_to_a_deleted_account_is_kept_and_says_so(url: str, agent: Account) -> None:
    inside(url, lambda session: directory.delete(session, agent.id, "console"))
    _, said = escalations(url, "reply", "1", "Oui.")
    assert "sans parvenir à l’agent" in said
    assert "Oui." in escalations(url, "show", "1")[0]
