"""An open chat page as the server sees it: what Chainlit's front end asks and sends, without a browser.

What is sent, and in which order, was noted from a real Chromium session. The files that browsers keep
(scripts, styles) are left out, but not the one that the front end fetches again after each answer.
"""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter
from typing import Any
from uuid import uuid4

import aiohttp

from assistant.errors import AssistantError
from assistant.storage import threads

SESSION_COOKIE = "repere_session"
SOCKET = "/ws/socket.io/?EIO=4&transport=websocket"
OPENING = (
    "/",
    "/auth/config",
    "/user",
    "/project/translations?language=fr-FR",
    "/project/settings?language=fr-FR",
)
DRAWING = ("/user", "/public/elements/Answer.jsx")
LISTS = (35, 35, 20)  # how many discussions the side bar asks for, each time there is a new one
CONNECTIONS = 6  # that a browser opens to one server, beside the socket
_TOKEN = re.compile(r'name="jeton" value="([^"]+)"')
# What a frame is, by its first characters: Engine.IO's digit, then Socket.IO's.
_OPEN, _PING, _PONG, _CONNECT, _EVENT = "0", "2", "3", "40", "42"


class PageError(AssistantError):
    """The server did not do for a page what it does for a browser."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer on the page with its citations and buttons: when it came, and the ticket that it names.

    ``at`` is on the clock of ``time.perf_counter``.
    """

    at: float
    ticket: int | None


async def sign_in(address: str, email: str, password: str) -> float:
    """Sign in through the form; return the seconds from its sending to the server's answer.

    Raises:
        PageError: no session was opened.
        aiohttp.ClientError: the server cannot be reached.
    """
    async with aiohttp.ClientSession(address, cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        async with browser.get("/connexion") as response:
            found = _TOKEN.search(await response.text())
        form = {"email": email, "password": password, "jeton": found[1] if found else "", "suite": ""}
        started = perf_counter()
        async with browser.post("/connexion", data=form, allow_redirects=False) as response:
            elapsed = perf_counter() - started
            if SESSION_COOKIE not in response.cookies:
                raise PageError(f"La connexion de « {email} » a échoué : réponse {response.status}.")
    return elapsed


class ChatPage:
    """A browser's tab with the chat open, in the session of an agent; made inside the running loop."""

    def __init__(self, address: str, token: str) -> None:
        self._address = address
        self._id = str(uuid4())
        self._browser = aiohttp.ClientSession(
            address,
            cookies={SESSION_COOKIE: token},
            cookie_jar=aiohttp.CookieJar(unsafe=True),  # unsafe: the server is an address without a name
            connector=aiohttp.TCPConnector(limit=CONNECTIONS + 1),
            headers={"Accept-Language": "fr-FR", "Origin": address},
        )
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None
        self._greeted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._awaited: dict[str, asyncio.Future[Shown]] = {}
        self._texts: set[str] = set()
        self._listed = False

    @property
    def connected(self) -> bool:
        """Tell whether one can ask."""
        return self._socket is not None and not self._socket.closed

    async def open(self) -> float:
        """Load the page and wait for the greeting; return the seconds from the socket's opening to it.

        Raises:
            PageError: the server refused something, or closed the connection.
            aiohttp.ClientError: it cannot be reached.
        """
        for path in OPENING:
            await self._request("GET", path)
        await self._request("POST", "/set-session-cookie", {"session_id": self._id})
        await self._list_threads()
        started = perf_counter()
        # Compressed as browsers do: it costs the server time and memory.
        self._socket = await self._browser.ws_connect(SOCKET, compress=15)
        self._reader = asyncio.create_task(self._listen(self._socket))
        await self._greeted
        return perf_counter() - started

    async def ask(self, text: str, question_id: str) -> Shown:
        """Ask a question and wait until its answer is shown.

        Raises:
            PageError: there is no connection, or it ends before the answer.
            aiohttp.ClientError: it breaks.
        """
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        message = {
            "threadId": "",
            "id": question_id,
            "name": "agent",
            "type": "user_message",
            "output": text,
            "createdAt": now,
            "metadata": {"location": f"{self._address}/"},
        }
        answer_id = threads.answer_id(question_id)
        shown: asyncio.Future[Shown] = asyncio.get_running_loop().create_future()
        self._awaited[answer_id] = shown
        try:
            await self._emit("client_message", {"message": message, "fileReferences": []})
            return await shown
        finally:
            del self._awaited[answer_id]
            self._texts.discard(answer_id)

    async def draw(self) -> None:
        """Ask for what the front end asks for once an answer is there.

        Raises:
            PageError: the server refused it.
            aiohttp.ClientError: it cannot be reached.
        """
        for path in DRAWING:
            await self._request("GET", path)
        if not self._listed:  # a discussion has begun
            self._listed = True
            await self._list_threads()

    async def close(self) -> None:
        """Close the tab."""
        if self._socket is not None:
            await self._socket.close()
        if self._reader is not None:
            await self._reader
        await self._browser.close()

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        try:
            async for message in socket:
                if message.type is not aiohttp.WSMsgType.TEXT or not await self._heard(message.data):
                    break
        except (aiohttp.ClientError, PageError):
            pass  # nothing more can be said: it is closed
        finally:
            await socket.close()
            closed = PageError("La connexion de la page s’est fermée.")
            if not self._greeted.done():
                self._greeted.set_exception(closed)
            for shown in self._awaited.values():
                if not shown.done():
                    shown.set_exception(closed)

    async def _heard(self, frame: str) -> bool:
        """Do with a frame what the front end does; tell whether the connection goes on."""
        if frame.startswith(_EVENT):
            self._happened(*json.loads(frame.removeprefix(_EVENT)))
        elif frame.startswith(_CONNECT):
            await self._emit("connection_successful")
            await self._emit("fetch_favorites")
        elif frame.startswith(_OPEN):
            who = {"clientType": "webapp", "sessionId": self._id, "threadId": "", "userEnv": "{}"}
            await self._send(_CONNECT, {**who, "chatProfile": ""})
        elif frame == _PING:
            await self._send(_PONG)
        else:  # refused, or told to leave
            return False
        return True

    def _happened(self, event: str, data: Any = None, *_more: object) -> None:
        if event == "new_message":
            if data["type"] == "system_message" and not self._greeted.done():
                self._greeted.set_result(None)
            elif data["id"] in self._awaited:
                self._texts.add(data["id"])
        elif event == "element" and data["forId"] in self._texts:
            shown = self._awaited[data["forId"]]
            if not shown.done():
                shown.set_result(Shown(perf_counter(), data["props"]["ticket"]))

    async def _emit(self, event: str, *data: object) -> None:
        await self._send(_EVENT, [event, *data])

    async def _send(self, kind: str, data: object = None) -> None:
        if self._socket is None or self._socket.closed:
            raise PageError("La page n’est pas connectée.")
        await self._socket.send_str(kind if data is None else kind + json.dumps(data, ensure_ascii=False))

    async def _list_threads(self) -> None:
        for first in LISTS:
            await self._request("POST", "/project/threads", {"pagination": {"first": first}, "filter": {}})

    async def _request(self, method: str, path: str, body: object = None) -> None:
        async with self._browser.request(method, path, json=body, allow_redirects=False) as response:
            await response.read()
            if response.status != 200:
                raise PageError(f"{method} {path} : réponse {response.status}, attendu 200.")
