"""What the buttons under an answer do: an opinion, a request to the referents, a detail, a withdrawal.

Each returns what the page needs to draw them again; what is said to the agent is a message of the discussion.
"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, StringConstraints

from assistant.conversation import Conversation
from assistant.domain import Account
from assistant.escalation.tickets import Reason, State, reference
from assistant.storage.threads import Step
from assistant.web import current
from assistant.web.chat import live
from assistant.web.chat.composing import said
from assistant.web.chat.markdown import literal

Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]


class _Payload(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Opinion(_Payload):
    """👍 or 👎 on an answer; ``send`` hands the question to the referents as well."""

    step: str
    value: int
    reason: str = ""
    comment: Short = ""
    send: bool = False


class Request(_Payload):
    """The question behind an answer, for the referents."""

    step: str
    detail: Short = ""
    name_shown: bool = False


class Detail(_Payload):
    """Something to add to a ticket."""

    ticket: int
    text: Short


class Withdrawal(_Payload):
    """A ticket to take back."""

    ticket: int


def new_id() -> str:
    """Return an identifier for a message of the tool."""
    return str(uuid4())


async def judge(account: Account, payload: dict[str, Any]) -> dict[str, Any]:
    """Keep an opinion, and hand the question to the referents if asked."""
    opinion = Opinion.model_validate(payload)
    await _conversation().judge(account, opinion.step, opinion.value, opinion.reason, opinion.comment)
    if not opinion.send:
        return {"message": current.site().texts("chat.opinion.kept")}
    return await _requested(account, opinion.step, False, opinion.comment, Reason.FEEDBACK)


async def request(account: Account, payload: dict[str, Any]) -> dict[str, Any]:
    """Hand the question behind an answer to the referents."""
    asked = Request.model_validate(payload)
    return await _requested(account, asked.step, asked.name_shown, asked.detail, Reason.REQUESTED)


async def detail(account: Account, payload: dict[str, Any]) -> dict[str, Any]:
    """Add a detail to a ticket."""
    more = Detail.model_validate(payload)
    message = current.site().texts("chat.ticket.detailed", ticket=reference(more.ticket))
    await _show(account, await _conversation().detail(account, more.ticket, more.text, said(message)))
    return {"ticket": more.ticket, "ticketState": State.OPEN.value}


async def withdraw(account: Account, payload: dict[str, Any]) -> dict[str, Any]:
    """Take a ticket back."""
    number = Withdrawal.model_validate(payload).ticket
    message = current.site().texts("chat.ticket.withdrawn", ticket=reference(number))
    await _show(account, await _conversation().withdraw(account, number, said(message)))
    return {"ticket": number, "ticketState": State.WITHDRAWN.value}


ALL = (judge, request, detail, withdraw)


async def _requested(
    account: Account, step_id: str, name_shown: bool, more: str, reason: Reason
) -> dict[str, Any]:
    standing, noted = await _conversation().request(
        account, step_id, name_shown, more, lambda number: said(_sent(number)), reason
    )
    await _show(account, noted)
    return {"ticket": standing.ticket, "ticketState": standing.ticket_state}


def _sent(number: int) -> str:
    site = current.site()
    return site.texts(
        "chat.ticket.sent",
        ticket=reference(number),
        referents=literal(site.settings.referents_contact),
        delay=literal(site.settings.referents_delay),
    )


async def _show(account: Account, noted: tuple[str, Step] | None) -> None:
    if noted is not None:
        await live.show(account, *noted)


def _conversation() -> Conversation:
    site = current.site()
    return Conversation(site.assistant, site.database)
