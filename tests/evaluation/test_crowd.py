"""The crowd in front of a server that does on purpose what ours must not: lose, refuse, dawdle."""

import asyncio
import json
from collections.abc import AsyncIterator
from time import perf_counter

import pytest
from aiohttp import WSMsgType, web

from assistant.evaluation import crowd as crowd_module
from assistant.evaluation.chat_page import PageError, sign_in
from assistant.evaluation.crowd import Crowd, Due
from assistant.storage.threads import answer_id

SLOWNESS = 0.4


class Careless:
    """Speaks as the chat does; what it does with a question is the question's first word."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.pongs = 0

    async def page(self, request: web.Request) -> web.Response:
        refused = request.cookies.get("repere_session") == "unknown"
        return web.Response(status=401 if refused else 200)

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str('0{"sid":"a"}')
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await self.heard(socket, message.data)
        return socket

    async def heard(self, socket: web.WebSocketResponse, frame: str) -> None:
        if frame.startswith("40"):
            assert json.loads(frame[2:])["clientType"] == "webapp"
            await socket.send_str('40{"sid":"b"}')
        elif frame == '42["connection_successful"]':
            await socket.send_str("2")
            await self.emit(socket, "new_message", {"id": "greeting", "type": "system_message"})
        elif frame == "3":
            self.pongs += 1
        elif frame.startswith('42["client_message"'):
            message = json.loads(frame[2:])[1]["message"]
            self.asked.append(message["output"])
            await self.answer(socket, answer_id(message["id"]), message["output"].split()[0])

    async def answer(self, socket: web.WebSocketResponse, answer_id: str, wish: str) -> None:
        if wish == "leave":
            await socket.close()
        if wish == "slow":
            await asyncio.sleep(SLOWNESS)
        if wish in ("slow", "ticket", "half"):
            await self.emit(socket, "new_message", {"id": answer_id, "type": "assistant_message"})
        if wish in ("slow", "ticket", "bare"):
            ticket = 7 if wish == "ticket" else None
            await self.emit(socket, "element", {"forId": answer_id, "props": {"ticket": ticket}})

    @staticmethod
    async def emit(socket: web.WebSocketResponse, event: str, data: object) -> None:
        await socket.send_str(f"42{json.dumps([event, data])}")


@pytest.fixture
async def careless() -> AsyncIterator[tuple[Careless, str]]:
    server, app = Careless(), web.Application()
    app.router.add_get("/ws/socket.io/", server.socket)
    app.router.add_route("*", "/{rest:.*}", server.page)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield server, f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def ask(address: str, *questions: Due, agents: int = 1):
    crowd = Crowd(address, [f"token-{number}" for number in range(agents)])
    try:
        assert len(await crowd.open(100)) == agents
        return crowd, await crowd.ask(questions)
    finally:
        await crowd.close()


async def test_an_answer_is_shown_with_its_ticket(careless):
    server, address = careless
    crowd, (exchange,) = await ask(address, Due(0, 0, "ticket ?"))
    assert exchange.ticket == 7
    assert 0 <= exchange.lag_ms <= exchange.shown_ms < 10_000
    assert (crowd.troubles, server.asked, server.pongs) == ([], ["ticket ?"], 1)


@pytest.mark.parametrize("wish", ["never", "half", "bare"])
async def test_an_answer_that_does_not_come_whole_is_lost(careless, monkeypatch, wish):
    monkeypatch.setattr(crowd_module, "PATIENCE", 0.5)
    crowd, exchanges = await ask(careless[1], Due(0, 0, wish), Due(0, 0, "ticket ?"))
    assert [exchange.shown_ms is None for exchange in exchanges] == [True, False]
    assert len(crowd.troubles) == 1


async def test_a_connection_that_ends_loses_its_questions_but_not_those_of_others(careless):
    crowd, exchanges = await ask(
        careless[1], Due(0, 0, "leave"), Due(0.2, 0, "ticket ?"), Due(0.2, 1, "ticket ?"), agents=2
    )
    assert [exchange.shown_ms is None for exchange in exchanges] == [True, True, False]
    assert len(crowd.troubles) == 2


async def test_questions_do_not_wait_for_a_slow_server_and_its_delays_are_counted_from_when_they_were_due(
    careless,
):
    started = perf_counter()
    _, exchanges = await ask(careless[1], *(Due(n * 0.1, 0, "slow") for n in range(5)))
    # One after the other on the same connection: each one waits for those before it, and it is counted.
    waits = [exchange.shown_ms for exchange in exchanges]
    assert waits == sorted(waits)
    assert waits[-1] > 1000 * (5 * SLOWNESS - 0.4) * 0.95
    assert max(exchange.lag_ms for exchange in exchanges) < 1000 * SLOWNESS
    assert perf_counter() - started < 60


async def test_a_page_that_the_server_refuses_is_told(careless):
    crowd = Crowd(careless[1], ["token", "unknown"])
    assert len(await crowd.open(100)) == 1
    assert crowd.connected == 1
    (trouble,) = crowd.troubles
    assert "401" in trouble
    await crowd.close()
    assert crowd.connected == 0


async def test_a_sign_in_that_opens_nothing_is_an_error(careless):
    with pytest.raises(PageError, match="200"):
        await sign_in(careless[1], "agent@charge.invalid", "wrong")
