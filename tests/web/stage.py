"""The application over real HTTP and WebSockets, in the test's own loop: several tabs, as browsers open them."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

import httpx
import uvicorn
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from assistant.accounts import directory, sessions
from assistant.domain import Account, Role
from assistant.storage.audit import SYSTEM
from assistant.web.current import Site
from assistant.web.entry.access import SESSION_COOKIE

LIMIT = 30  # seconds after which what is awaited will not come
Record = dict[str, Any]


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """Serve the application, whose lifespan runs elsewhere, and yield its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", ws="websockets-sansio")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    await serving


@dataclass
class Stage:
    """A site with a database of its own, its address, and the tabs that are open."""

    site: Site
    address: str
    tabs: list[Tab] = field(default_factory=list)

    async def person(self, role: Role = Role.AGENT, name: str = "Camille Essai") -> Account:
        """Make an account."""
        async with self.site.database.writing() as session:
            email = f"{uuid4().hex}@ville.example"
            return await directory.create(
                session, email=email, name=name, role=role, service="Accueil", actor=SYSTEM
            )

    async def tab(self, account: Account, thread_id: str = "") -> Tab:
        """Open a tab on a new discussion, or on one that exists, in a new session of this person."""
        one = await self.unopened(account, thread_id)
        await one.open()
        return one

    async def unopened(self, account: Account, thread_id: str = "") -> Tab:
        """Return the same before it connects."""
        async with self.site.database.writing() as session:
            token = await sessions.open_session(session, account.id, 1)
        one = Tab(self.address, token, thread_id)
        self.tabs.append(one)
        return one


class Tab:
    """What a browser's tab hears and says; the frames are Socket.IO's, written by hand."""

    def __init__(self, address: str, token: str, thread_id: str) -> None:
        self.session = str(uuid4())
        self.heard: list[tuple[str, Any]] = []
        self.code: int | None = None  # of the closing, once closed
        self.greeting: Record | None = None
        self.resumed: Record | None = None
        self._address = address
        self._thread = thread_id
        self._headers = {"Cookie": f"{SESSION_COOKIE}={token}", "Origin": address}
        self._news = asyncio.Condition()
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect and wait until the chat has said something: a greeting, or the discussion."""
        assert not await self.refused()
        await self.listen()
        await self.emit("connection_successful")
        if self._thread:
            self.resumed = await self.hear("resume_thread")
        else:
            self.greeting = await self.hear("new_message")

    async def refused(self) -> bool:
        """Connect and tell whether the chat refused to be."""
        said = await self._connect()
        assert said.startswith(("40", "44")), said
        return said.startswith("44")

    async def listen(self) -> None:
        """Hear from now on what the server says."""
        assert self._socket is not None
        self._reader = asyncio.create_task(self._read(self._socket))

    async def vanish(self) -> None:
        """Break the connection, as when a computer goes to sleep, and wait until the server knows."""
        assert self._socket is not None
        self._socket.transport.abort()
        await self.end()

    async def close(self) -> None:
        """Close the tab for good."""
        if self._socket is None:
            return
        if self._reader is None:
            await self._socket.close()
            return
        if self.code is None:
            await self.emit("clear_session")
            await self._socket.close()
        await self._reader

    async def emit(self, event: str, *data: object) -> None:
        """Say something to the server."""
        assert self._socket is not None
        await self._socket.send("42" + json.dumps([event, *data]))

    async def ask(self, text: str, question_id: str = "") -> tuple[Record, Record]:
        """Ask a question and return its answer: the message, and what draws it."""
        name = await self.send(text, question_id)
        answer_id = str(uuid5(NAMESPACE_URL, f"answer:{name}"))
        shown = await self.hear("new_message", lambda record: record["id"] == answer_id)
        drawn = await self.hear("element", lambda record: record["forId"] == answer_id)
        await self.hear("task_end")
        return shown, drawn

    async def fail(self, text: str, question_id: str = "") -> Record:
        """Ask a question that gets no answer, and return what is said instead."""
        await self.send(text, question_id)
        said: Record = await self.hear("new_message", lambda record: record["type"] == "assistant_message")
        assert (await self.hear("element"))["props"]["status"] == "error"
        await self.hear("task_end")
        return said

    async def send(self, text: str, question_id: str = "") -> str:
        """Send a question without waiting, and return its identifier."""
        name = question_id or str(uuid4())
        self.heard = [one for one in self.heard if one[0] != "task_end"]
        message = {"id": name, "threadId": "", "name": "x", "type": "user_message", "output": text}
        await self.emit("client_message", {"message": {**message, "createdAt": ""}, "fileReferences": []})
        return name

    async def press(self, name: str, **payload: object) -> Record:
        """Press a button and return what the page is told."""
        action = {"id": str(uuid4()), "name": name, "payload": payload, "label": "", "tooltip": ""}
        sent = {"sessionId": self.session, "action": action}
        async with httpx.AsyncClient(base_url=self._address, headers=self._headers) as browser:
            response = await browser.post("/project/action", json=sent)
        assert response.status_code == 200, response.text
        told: Record = response.json()["response"]
        return told

    async def hear(self, event: str, wanted: Callable[[Any], bool] = lambda _: True) -> Any:
        """Return what was said of an event, waiting for it if need be; it is heard once."""
        found: list[tuple[str, Any]] = []

        def met() -> bool:
            found[:] = [one for one in self.heard if one[0] == event and wanted(one[1])]
            return bool(found) or self.code is not None

        async with asyncio.timeout(LIMIT), self._news:
            await self._news.wait_for(met)
        assert found, f"closed ({self.code}) before {event}; heard {[name for name, _ in self.heard]}"
        self.heard.remove(found[0])
        return found[0][1]

    async def silence(self) -> list[str]:
        """Return the names of the events that were said and not heard, once all of them have come."""
        assert self._socket is not None
        await self._socket.send('420["fetch_favorites"]')  # it says nothing, and is acknowledged
        await self.hear("acknowledged")
        return [name for name, _ in self.heard]

    async def end(self) -> int | None:
        """Wait until the server has closed the tab, and return its code."""
        assert self._reader is not None
        async with asyncio.timeout(LIMIT):
            await self._reader
        return self.code

    async def _connect(self) -> str:
        url = self._address.replace("http", "ws", 1) + "/ws/socket.io/?EIO=4&transport=websocket"
        self._socket = await connect(url, additional_headers=self._headers)
        assert str(await self._socket.recv()).startswith("0")
        who = {"clientType": "webapp", "sessionId": self.session, "userEnv": "{}", "chatProfile": ""}
        await self._socket.send("40" + json.dumps({**who, "threadId": self._thread}))
        return str(await self._socket.recv())

    async def _read(self, socket: ClientConnection) -> None:
        try:
            async for frame in socket:
                await self._received(socket, str(frame))
        except ConnectionClosed:
            pass
        async with self._news:
            self.code = socket.close_code
            self._news.notify_all()

    async def _received(self, socket: ClientConnection, frame: str) -> None:
        if frame == "2":
            await socket.send("3")
        elif frame.startswith("43"):
            await self._happened("acknowledged")
        elif frame.startswith("42"):
            await self._happened(*json.loads(frame.removeprefix("42")))

    async def _happened(self, event: str, data: Any = None, *_more: object) -> None:
        if event == "new_message" and data["type"] == "run":
            return  # Chainlit’s own steps, which the page does not draw
        async with self._news:
            self.heard.append((event, data))
            self._news.notify_all()
