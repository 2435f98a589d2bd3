"""Many agents with the chat open: their pages opened at a bounded rate, their questions asked on time.

Questions leave at fixed times whatever the server does, and a delay is counted from the time when the
question was due, so that a slow server does not slow the questions down.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TypeVar
from uuid import uuid4

import aiohttp

from assistant.evaluation.chat_page import ChatPage, PageError

PATIENCE = 60.0  # seconds after which a page or an answer is given up
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Due:
    """A question to ask ``after`` so many seconds, by the agent of this number."""

    after: float
    agent: int
    text: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question that was asked: how late it left, when its answer was shown (None: never), its ticket.

    Both delays are in milliseconds, from the time when the question was due.
    """

    question_id: str
    lag_ms: float
    shown_ms: float | None
    ticket: int | None


class Crowd:
    """The pages of the agents, made inside the running loop; ``troubles`` says what went wrong in them."""

    def __init__(self, address: str, tokens: Sequence[str]) -> None:
        self._pages = [ChatPage(address, token) for token in tokens]
        self.troubles: list[str] = []

    @property
    def connected(self) -> int:
        """Return how many pages are connected."""
        return sum(page.connected for page in self._pages)

    async def open(self, rate: float) -> list[float]:
        """Open every page, ``rate`` a second; return how long those that did open took, in milliseconds."""
        start = perf_counter()

        async def opened(number: int, page: ChatPage) -> float | None:
            await _until(start + number / rate)
            return await self._tried(page.open())

        seconds = await asyncio.gather(*(opened(number, page) for number, page in enumerate(self._pages)))
        return [one * 1000 for one in seconds if one is not None]

    async def ask(self, schedule: Sequence[Due]) -> list[Exchange]:
        """Ask these questions at their times, and wait for the answers."""
        start = perf_counter()
        return await asyncio.gather(*(self._exchange(due, start + due.after) for due in schedule))

    async def _exchange(self, due: Due, time: float) -> Exchange:
        await _until(time)
        page, question_id, lag = self._pages[due.agent], str(uuid4()), perf_counter() - time
        shown = await self._tried(page.ask(due.text, question_id))
        if shown is None:
            return Exchange(question_id, lag * 1000, None, None)
        await self._tried(page.draw())
        return Exchange(question_id, lag * 1000, (shown.at - time) * 1000, shown.ticket)

    async def close(self) -> None:
        """Close every page."""
        await asyncio.gather(*(page.close() for page in self._pages))

    async def _tried(self, work: Awaitable[Result]) -> Result | None:
        """Return what comes out, None (and one trouble more) when nothing does."""
        try:
            return await asyncio.wait_for(work, PATIENCE)
        except (PageError, aiohttp.ClientError) as error:
            self.troubles.append(f"{type(error).__name__} : {error}")
        except TimeoutError:
            self.troubles.append(f"Rien après {PATIENCE:.0f} s.")
        return None


async def _until(time: float) -> None:
    await asyncio.sleep(max(0.0, time - perf_counter()))
