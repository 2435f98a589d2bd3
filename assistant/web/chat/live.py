"""What is shown at once in the pages that are open, whichever tab they are in.

Everything shown here is already kept: a page that is not there reads it at its next visit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from assistant.domain import Account
from assistant.storage.threads import Standing, Step
from assistant.web.chat.messages import element_record, step_record

if TYPE_CHECKING:
    from chainlit.session import WebsocketSession


def connected(account_id: str) -> Iterator[WebsocketSession]:
    """Yield the open pages of an account; Chainlit keeps closed ones for a while, which are left out."""
    from chainlit.server import sio
    from chainlit.session import ws_sessions_id

    for session in list(ws_sessions_id.values()):
        mine = session.user is not None and session.user.identifier == account_id
        if mine and sio.manager.is_connected(session.socket_id, "/"):
            yield session


def open_pages() -> int:
    """Return how many chat pages are connected."""
    from chainlit.server import sio

    return sum(1 for _ in sio.manager.get_participants("/", None))


async def show(account: Account, thread_id: str, step: Step, standing: Standing | None = None) -> bool:
    """Show a message in every page where its discussion is open; tell whether there was one."""
    record = step_record(step, thread_id, account.name)
    element = element_record(step, thread_id, standing)
    seen = False
    for session in connected(account.id):
        if session.thread_id == thread_id:
            await _emit(session, "new_message", record)
            if element is not None:
                await _emit(session, "element", element)
            seen = True
    return seen


async def redraw(account_id: str, thread_id: str, step: Step, standing: Standing) -> None:
    """Draw the buttons of a message again in the pages where its discussion is open."""
    element = element_record(step, thread_id, standing)
    for session in connected(account_id):
        if session.thread_id == thread_id and element is not None:
            await _emit(session, "element", element)


async def announce(account_id: str, thread_id: str, text: str) -> None:
    """Say something in the other pages of an account, over whatever they show."""
    for session in connected(account_id):
        if session.thread_id != thread_id:
            await _emit(session, "toast", {"message": text, "type": "info"})


async def _emit(session: WebsocketSession, event: str, data: dict[str, Any]) -> None:
    # declared to return nothing, although it returns what must be awaited
    await cast(Any, session.emit)(event, data)
