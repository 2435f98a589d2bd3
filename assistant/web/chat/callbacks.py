"""What Chainlit runs: greets, suggests questions, answers, hears the buttons. Stateless, loaded by path."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

import chainlit as cl
from chainlit.chat_context import chat_contexts
from chainlit.server import sio
from chainlit.session import WebsocketSession
from chainlit.types import ThreadDict
from pydantic import ValidationError

from assistant.conversation import Conversation
from assistant.domain import Account
from assistant.errors import AssistantError
from assistant.escalation import notices
from assistant.logs import new_trace, trace_id
from assistant.storage.threads import Standing, Step, StepKind
from assistant.web import current, metrics
from assistant.web.chat import actions, live
from assistant.web.chat.composing import composer, said
from assistant.web.chat.greeting import greeting, suggestions
from assistant.web.chat.history import History
from assistant.web.chat.markdown import literal
from assistant.web.entry.access import running_account

logger = logging.getLogger(__name__)


@cl.data_layer
def history() -> History:
    """Return where discussions are read from."""
    return History()


@cl.set_starters
async def starters(user: cl.User | None = None, _language: str | None = None) -> list[cl.Starter]:
    """Return everyday questions, one a theme, and those of the reader's role."""
    role = (user.metadata if user else {}).get("role", "")
    return [cl.Starter(label=label, message=message) for label, message in suggestions(current.site(), role)]


@cl.on_chat_start
async def greet() -> None:
    """Say what Repère is, what it does not know, who reads what, and which replies came meanwhile."""
    site, account = current.site(), _account()
    async with site.database.reading() as session:
        unseen = await notices.unseen(session, account.id)
    # A « system » message leaves the starters on screen; an assistant's one would hide them.
    message = cl.Message(content=greeting(site, unseen), type="system_message")
    await message.send()  # type: ignore[no-untyped-call]


@cl.on_chat_resume
async def resume(thread: ThreadDict) -> None:
    """Note that the replies of this discussion are read; the messages come from the data layer."""
    async with current.site().database.writing() as session:
        await notices.seen(session, _account().id, thread["id"])


@cl.on_chat_end
async def leave() -> None:
    """Forget a page that closed: Chainlit would remember it for as long as the server lives."""
    chat_contexts.pop(cl.context.session.id, None)


@cl.on_message
async def answer(message: cl.Message) -> None:
    """Answer a question; what is shown is already kept."""
    # Chainlit remembers questions as they were typed; ours are read from the database, masked.
    cl.chat_context.clear()
    site, account = current.site(), _account()
    thread_id = cl.context.session.thread_id
    conversation = Conversation(site.assistant, site.database)
    # one of its own for each question: the connection's lasts as long as the page
    trace_id.set(new_trace())
    started = perf_counter()
    (outcome,) = await asyncio.gather(
        conversation.ask(account, thread_id, message.id, message.content, composer(site)),
        return_exceptions=True,
    )
    if isinstance(outcome, BaseException):
        shown, standing = _failed(outcome), Standing()
    else:
        shown, standing = outcome.answer, outcome.standing
    metrics.answered(str(shown.details.get("status", "error")), perf_counter() - started)
    await live.show(account, thread_id, shown, standing)


@sio.on("edit_message")  # type: ignore[untyped-decorator]
async def edit(_socket_id: str, _payload: object) -> None:
    """Do nothing: our page has no such button, and what was asked stays as it was asked."""


@sio.on("stop")  # type: ignore[untyped-decorator]
async def stop(socket_id: str) -> None:
    """Stop answering; takes the place of Chainlit's own way, which says so in English."""
    session = WebsocketSession.get(socket_id)
    task = session.current_task if session else None
    if session is None or task is None or task.done():
        return
    task.cancel()
    rendered = said(current.site().texts("chat.stopped"))
    notice = Step(actions.new_id(), StepKind.NOTICE, rendered.text, rendered.props)
    await live.show(_account(), session.thread_id, notice)


def _failed(error: BaseException) -> Step:
    """Return what the agent reads instead of an answer; an unexpected error goes to the log."""
    site = current.site()
    if isinstance(error, AssistantError):
        reason = literal(str(error))
    else:
        logger.error("the question could not be answered", exc_info=error)
        reason = site.texts("chat.failure", referents=literal(site.settings.referents_contact))
    rendered = said(f"**{site.texts('chat.question_error')}** – {reason}", "error")
    return Step(actions.new_id(), StepKind.NOTICE, rendered.text, rendered.props)


def _button(name: str, handle: Callable[[Account, dict[str, Any]], Awaitable[dict[str, Any]]]) -> None:
    """Let a button of the page call a function; what goes wrong is said in the page."""

    @cl.action_callback(name)
    async def pressed(action: cl.Action) -> dict[str, Any]:
        try:
            return {"done": True, **await handle(_account(), action.payload)}
        except AssistantError as error:
            return {"done": False, "message": str(error)}
        except ValidationError:
            # Our own page sends nothing of the kind.
            return {"done": False, "message": current.site().texts("chat.action_error")}


for button in actions.ALL:
    _button(button.__name__, button)


def _account() -> Account:
    account = running_account.get()
    if account is None:
        raise RuntimeError("the chat was called outside a signed-in connection")
    return account
