"""What the site bears: hundreds of agents with the chat open, some of them asking, on this computer alone.

The server is a process of its own, over a database of its own; this process is the agents.
"""

from __future__ import annotations

import asyncio
import random
import re
import secrets
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from sqlalchemy import select

from assistant.accounts import directory, sessions
from assistant.domain import Role
from assistant.evaluation.chat_page import sign_in
from assistant.evaluation.crowd import Crowd, Due, Exchange
from assistant.evaluation.figures import Figure
from assistant.evaluation.metrics import percentile
from assistant.evaluation.server_probe import HOST, Server, resident_megabytes, running_server
from assistant.storage.audit import CONSOLE
from assistant.storage.database import opened
from assistant.storage.tables import StepRow, TicketRow
from assistant.storage.threads import answer_id

SEED = 8
OPENINGS = 10.0  # pages opened a second
WARM_UP = 5  # seconds of questions that are not counted: much is loaded on first use
SIGN_INS = 20
HOURS = 2  # of a session; a run is shorter
LINES = 5
Progress = Callable[[str], None]
_COMPLAINT = re.compile(r"\S+ \S+ (WARNING|ERROR|CRITICAL) |Traceback ")
# Whatever the environment says: the pages speak plain HTTP, and the log is read by this module.
_FIXED = ("REPERE_PUBLIC_URL=", "REPERE_LOG_LEVEL=INFO", "REPERE_LOG_FORMAT=text")


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """How many agents have the chat open, and how many questions a second they ask, for so long."""

    agents: int
    rate: int
    seconds: int


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What was measured, and the first of the troubles: of the pages, then of the server's log."""

    figures: tuple[Figure, ...]
    troubles: tuple[str, ...]

    def value(self, key: str) -> float | None:
        """Return the value of a figure, None when it was not measured."""
        return next((figure.value for figure in self.figures if figure.key == key), None)


@dataclass(frozen=True, slots=True)
class _Agent:
    """An account with an open session; only the first ones have a password."""

    email: str
    token: str
    password: str


@dataclass(frozen=True, slots=True)
class _Run:
    """What the agents saw, in milliseconds, and the server's memory in 10⁶ bytes around the questions."""

    sign_ins: Sequence[float]
    openings: Sequence[float]
    connected: int
    exchanges: Sequence[Exchange]
    memory: tuple[float, float]
    troubles: Sequence[str]


def run_load(plan: LoadPlan, questions: Sequence[str], progress: Progress) -> LoadReport:
    """Start a server, load it as planned, stop it; ``progress`` is told, in French, what begins.

    The server inherits the environment, hence the corpus and the index of the settings.

    Raises:
        ServerError: the server does not start.
        PageError: a sign-in fails.
    """
    load_before = psutil.getloadavg()[0]
    with TemporaryDirectory(prefix="repere-load-") as name:
        url = f"sqlite+aiosqlite:///{name}/repere.sqlite3"
        log = Path(name) / "server.log"
        progress("Création des comptes…")
        agents = asyncio.run(_enrolled(url, plan.agents))
        progress("Démarrage du serveur…")
        command = ["env", f"REPERE_DATABASE_URL={url}", *_FIXED, sys.executable, "-m", "assistant"]
        with log.open("w+b") as output, running_server([*command, "serve", "--host", HOST], output) as server:
            run = asyncio.run(_driven(server, agents, plan, questions, progress))
            lines = log.read_text(encoding="utf-8").split("\n")
        kept, tickets = asyncio.run(_kept(url))
    complaints = [line for line in lines if _COMPLAINT.match(line)]
    figures = (
        Figure("machine.cores", psutil.cpu_count() or 1),
        Figure("machine.load_before", load_before),
        Figure("load.agents", plan.agents),
        *_delays(run),
        *_losses(run, kept, tickets),
        *_memory(*run.memory),
        Figure("load.troubles", len(run.troubles)),
        Figure("load.errors", len(complaints)),
    )
    return LoadReport(figures, (*run.troubles[:LINES], *complaints[:LINES]))


async def _enrolled(url: str, number: int) -> list[_Agent]:
    """Make accounts with an open session each, and a password for the first ones."""
    agents = []
    async with opened(url) as database, database.writing() as session:
        for rank in range(number):
            email, password = f"agent-{rank}@charge.invalid", ""
            account = await directory.create(
                session, email=email, name=f"Agent {rank}", role=Role.AGENT, actor=CONSOLE
            )
            if rank < SIGN_INS:
                password = secrets.token_urlsafe(16)
                await directory.set_password(session, account.id, password, CONSOLE)
            agents.append(_Agent(email, await sessions.open_session(session, account.id, HOURS), password))
    return agents


async def _driven(
    server: Server, agents: Sequence[_Agent], plan: LoadPlan, questions: Sequence[str], progress: Progress
) -> _Run:
    address = f"http://{HOST}:{server.port}"
    progress("Connexions par le formulaire…")
    sign_ins = [await sign_in(address, one.email, one.password) * 1000 for one in agents if one.password]
    chance = random.Random(SEED)  # noqa: S311 - the same questions at each run
    crowd = Crowd(address, [agent.token for agent in agents])
    try:
        progress(f"Ouverture de {plan.agents} pages…")
        openings = await crowd.open(OPENINGS)
        progress(f"Mise en route, {WARM_UP} s…")
        await crowd.ask(_schedule(plan, WARM_UP, questions, chance))
        before = resident_megabytes(server.pid)
        progress(f"{plan.rate} questions par seconde pendant {plan.seconds} s…")
        exchanges = await crowd.ask(_schedule(plan, plan.seconds, questions, chance))
        memory = (before, resident_megabytes(server.pid))
        return _Run(sign_ins, openings, crowd.connected, exchanges, memory, crowd.troubles)
    finally:
        await crowd.close()


def _schedule(plan: LoadPlan, seconds: int, questions: Sequence[str], chance: random.Random) -> list[Due]:
    return [
        Due(number / plan.rate, chance.randrange(plan.agents), chance.choice(questions))
        for number in range(plan.rate * seconds)
    ]


async def _kept(url: str) -> tuple[frozenset[str], Mapping[str, int]]:
    """Return the ids of the messages in the database, and the tickets by the answer they come from."""
    async with opened(url) as database, database.reading() as session:
        steps = frozenset(await session.scalars(select(StepRow.id)))
        tickets = (await session.execute(select(TicketRow.step_id, TicketRow.id))).all()
    return steps, {step_id: number for step_id, number in tickets if step_id is not None}


def _delays(run: _Run) -> list[Figure]:
    shown = [one.shown_ms for one in run.exchanges if one.shown_ms is not None]
    late = [one.lag_ms for one in run.exchanges]
    return [
        Figure("load.sign_in_p95_ms", percentile(run.sign_ins, 0.95), of=len(run.sign_ins)),
        Figure("load.connect_p95_ms", percentile(run.openings, 0.95), of=len(run.openings)),
        Figure("load.p50_ms", percentile(shown, 0.50), of=len(shown)),
        Figure("load.p95_ms", percentile(shown, 0.95), of=len(shown)),
        Figure("load.max_ms", percentile(shown, 1), of=len(shown)),
        # how late this process itself was: its share of the delays
        Figure("load.lag_p95_ms", percentile(late, 0.95), of=len(late)),
    ]


def _losses(run: _Run, kept: frozenset[str], tickets: Mapping[str, int]) -> list[Figure]:
    asked = len(run.exchanges)
    answered = sum(one.shown_ms is not None for one in run.exchanges)
    both = sum({one.question_id, answer_id(one.question_id)} <= kept for one in run.exchanges)
    pairs = [(tickets.get(answer_id(one.question_id)), one.ticket) for one in run.exchanges]
    pairs = [pair for pair in pairs if any(pair)]
    return [
        Figure("load.connected", run.connected),
        Figure("load.questions", asked),
        Figure("load.answered", answered, of=asked),
        Figure("load.lost", asked - answered, of=asked),
        Figure("load.kept", both, of=asked),
        Figure("load.tickets", sum(in_base is not None for in_base, _ in pairs)),
        Figure("load.tickets_shown", sum(in_base == shown for in_base, shown in pairs), of=len(pairs)),
    ]


def _memory(before: float, after: float) -> list[Figure]:
    return [
        Figure("load.memory_start_mb", before),
        Figure("load.memory_end_mb", after),
        Figure("load.memory_growth_percent", (after - before) / before * 100),
    ]
