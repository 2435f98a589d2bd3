"""What Chainlit runs: greets, suggests questions, answers. Keeps no state; loaded by its path."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import asdict

import chainlit as cl

from assistant.errors import AssistantError
from assistant.service import Assistant
from assistant.web import current
from assistant.web.markdown import literal
from assistant.web.rendering import Reply, reply

logger = logging.getLogger(__name__)


@cl.set_starters
async def starters(_user: cl.User | None = None, _language: str | None = None) -> list[cl.Starter]:
    """Return everyday questions, one a theme."""
    entries = current.assistant().texts.under("chat.starters")
    themes = dict.fromkeys(key.partition(".")[0] for key in entries)
    return [cl.Starter(label=entries[f"{name}.label"], message=entries[f"{name}.message"]) for name in themes]


@cl.on_chat_start
async def greet() -> None:
    """Say what Repère is, what it does not know, and who decides."""
    assistant = current.assistant()
    text = await asyncio.to_thread(_welcome, assistant)
    # A « system » message leaves the starters on screen; an assistant's one would hide them.
    await cl.Message(content=text, type="system_message").send()  # type: ignore[no-untyped-call]


@cl.on_message
async def answer(message: cl.Message) -> None:
    """Answer a question with the earlier ones of the discussion as context."""
    assistant = current.assistant()
    said = cl.chat_context.get()
    history = [one.content for one in said if one.type == "user_message" and one.id != message.id]
    (outcome,) = await asyncio.gather(
        asyncio.to_thread(_answered, assistant, message.content, history), return_exceptions=True
    )
    if isinstance(outcome, BaseException):
        outcome = _failed(outcome, assistant)
    props = asdict(outcome)
    text = props.pop("text")
    element = cl.CustomElement(name="Answer", props=props, display="inline")
    await cl.Message(content=text, elements=[element]).send()  # type: ignore[no-untyped-call]


def _welcome(assistant: Assistant) -> str:
    settings, texts = assistant.settings, assistant.texts
    text = texts(
        "chat.welcome",
        authority=literal(settings.authority),
        referents=literal(settings.referents_contact),
    )
    model = any(document.info.model_text for document in assistant.documents())
    return f"{text}\n\n{texts('chat.model_text')}" if model else text


def _answered(assistant: Assistant, question: str, history: list[str]) -> Reply:
    found = assistant.ask(question, history)
    return reply(found, assistant, assistant.texts)


def _failed(error: BaseException, assistant: Assistant) -> Reply:
    """Return what the agent reads instead of an answer; an unexpected error goes to the log."""
    texts = assistant.texts
    if isinstance(error, AssistantError):
        said = literal(str(error))
    else:
        logger.error("the question could not be answered", exc_info=error)
        said = texts("chat.failure", referents=literal(assistant.settings.referents_contact))
    return Reply(f"**{texts('chat.question_error')}** – {said}", "error")
