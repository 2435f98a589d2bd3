"""Kills processes at random moments, and checks that what they acknowledged is there, whole and once."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from assistant.accounts import directory
from assistant.conversation import Conversation
from assistant.domain import Role
from assistant.escalation import queue
from assistant.service import Assistant
from assistant.settings import ROOT, Settings
from assistant.storage.audit import SYSTEM
from assistant.storage.database import opened
from assistant.storage.occupancy import file_of
from assistant.texts import load_texts
from assistant.web.chat.composing import composer
from assistant.web.current import Site
from tests.wholeness import answer_of, flaws

VICTIM = Path(__file__).parent / "victim.py"
# In the subject, outside of it, an incident: the first and the last open a ticket.
QUESTIONS = (
    "Puis-je saisir des données personnelles dans un outil grand public ?",
    "Quelle heure est-il à Tokyo ?",
    "J'ai envoyé par erreur un fichier avec des noms dans ChatGPT, je fais quoi ?",
)
# Sure of nothing: what is in the subject is escalated.
DOUBTS = {"verified_threshold": 1.0, "confirm_threshold": 1.0}
LONGEST = 0.25  # seconds that a victim works before it dies
START = 2.0  # within which it opens what it needs
AHEAD = 200  # pieces of work given at once: more than can be done meanwhile, less than a pipe holds

# A discussion or a ticket, an identifier, a text.
Piece = tuple[str | int, str, str]
# What came of it: an identifier, a ticket.
Told = tuple[str, int | None]
Check = Callable[[sqlite3.Connection, int, Told], None]


def question_of(number: int) -> Piece:
    """Return a question; four to a discussion."""
    name = str(uuid5(NAMESPACE_URL, f"question:{number}"))
    return f"thread {number // 4}", name, f"{QUESTIONS[number % len(QUESTIONS)]} ({number})"


def reply_of(number: int, tickets: int) -> Piece:
    """Return a reply to one of these many tickets."""
    name = str(uuid5(NAMESPACE_URL, f"reply:{number}"))
    return number % tickets + 1, name, f"Réponse numéro {number}."


def environment(settings: Settings) -> dict[str, str]:
    """Return the environment in which a process of its own works on this installation."""
    return os.environ | {
        "REPERE_CORPUS": str(settings.corpus),
        "REPERE_STORE": str(settings.store),
        "REPERE_DATABASE_URL": settings.database_url,
        "REPERE_VERIFIED_THRESHOLD": str(settings.verified_threshold),
        "REPERE_CONFIRM_THRESHOLD": str(settings.confirm_threshold),
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }


def killed(settings: Settings, arguments: tuple[str, ...], work: list[Piece], moment: float) -> list[Told]:
    """Run a victim, kill it so many seconds after its first acknowledgement, return what it acknowledged.

    A negative ``moment`` counts from its start.
    """
    command = [sys.executable, str(VICTIM), *arguments]
    with subprocess.Popen(
        command, env=environment(settings), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("".join(json.dumps(piece) + "\n" for piece in work))
        process.stdin.flush()
        first = process.stdout.readline() if moment >= 0 else ""
        time.sleep(abs(moment))  # any moment will do: nothing is waited for
        process.kill()
        lines = (first + process.stdout.read()).splitlines(keepends=True)
    assert process.returncode == -signal.SIGKILL, f"it ended by itself: {process.returncode}"
    return [tuple(json.loads(line)) for line in lines if line.endswith("\n")]


def kill_again_and_again(
    settings: Settings,
    kills: int,
    arguments: tuple[str, ...],
    piece_of: Callable[[int], Piece],
    check: Check,
    made: str,
) -> int:
    """Kill victims one after the other, each going on where the one before was; return how far they got.

    What a victim had not acknowledged is done again by the next one, as a browser does that got no answer.
    ``check`` is given each acknowledgement; the query ``made`` counts what there is.
    """
    file = file_of(settings.database_url)
    assert file is not None
    chance, told = random.Random(7), list[Told]()
    for turn in range(kills):
        # One in eight dies while it starts, as it opens the database that the one before left.
        moment = -chance.uniform(0, START) if turn % 8 == 5 else chance.uniform(0, LONGEST)
        work = [piece_of(number) for number in range(len(told), len(told) + AHEAD)]
        told += killed(settings, arguments, work, moment)
        assert flaws(file) == [], f"after kill {turn}"
        with closing(sqlite3.connect(file)) as connection:
            (there,) = connection.execute(made).fetchone()
            assert there - len(told) in (0, 1), f"after kill {turn}: {len(told)} told, {there} there"
            for number, one in enumerate(told):
                check(connection, number, one)
    return len(told)


def ask_and_kill(settings: Settings, kills: int, account_id: str) -> int:
    """Kill who asks: what was answered is kept with its ticket."""

    def check(connection: sqlite3.Connection, number: int, told: Told) -> None:
        thread, name, text = question_of(number)
        found = "SELECT thread_id, kind, text FROM steps WHERE id = ?"
        assert connection.execute(found, (name,)).fetchone() == (thread, "question", text)
        made, ticket = told
        assert made == answer_of(name)
        assert connection.execute(found, (made,)).fetchone()[:2] == (thread, "answer")
        assert (ticket is None) == (number % len(QUESTIONS) == 1)
        tickets = connection.execute("SELECT id, question FROM tickets WHERE step_id = ?", (made,)).fetchall()
        assert [one for one, _ in tickets] == ([] if ticket is None else [ticket])
        # what may follow another question is handed over after it
        assert all(asked.endswith(text) for _, asked in tickets)

    made = "SELECT count(*) FROM steps WHERE kind = 'question'"
    return kill_again_and_again(settings, kills, ("asking", account_id), question_of, check, made)


def reply_and_kill(settings: Settings, kills: int, tickets: int) -> int:
    """Kill who replies to these many tickets: what was sent is in its discussion, to be announced."""

    def check(connection: sqlite3.Connection, number: int, told: Told) -> None:
        ticket, name, text = reply_of(number, tickets)
        assert told == (name, ticket)
        event = "SELECT ticket_id, text FROM ticket_events WHERE reply_id = ?"
        assert connection.execute(event, (name,)).fetchone() == (ticket, text)
        (said,) = connection.execute("SELECT text FROM steps WHERE id = ?", (name,)).fetchone()
        assert said.endswith(text)

    made = "SELECT count(*) FROM ticket_events WHERE kind = 'reply'"
    return kill_again_and_again(
        settings, kills, ("replying",), lambda number: reply_of(number, tickets), check, made
    )


async def installed(settings: Settings, tickets: int = 0, replies: int = 0) -> str:
    """Make an account, have it ask until these many tickets are open, and answer some; return its id."""
    texts = load_texts()
    async with opened(settings.database_url) as database:
        async with database.writing() as session:
            account = await directory.create(
                session, email="zoe@ville.example", name="Zoé", role=Role.AGENT, actor=SYSTEM
            )
        with Assistant.open(settings, texts) as assistant:
            compose = composer(Site(settings, texts, assistant, database, b""))
            conversation, number = Conversation(assistant, database), 0
            while tickets:
                thread, name, text = question_of(number)
                exchange = await conversation.ask(account, str(thread), name, text, compose)
                number, tickets = number + 1, tickets - (exchange.standing.ticket is not None)
        async with database.writing() as session:
            for reply in range(replies):
                await queue.reply(session, reply + 1, None, "Oui.", texts)
    return account.id
