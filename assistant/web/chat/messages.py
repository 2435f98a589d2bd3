"""Messages as Chainlit's page wants them: one builder for what is shown live and what is resumed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from assistant.storage.threads import Standing, Step, StepKind, Summary, Thread

AUTHOR = "Repère"
ELEMENT = "Answer"


def moment(time: datetime) -> str:
    """Return a UTC time as the page reads it."""
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def step_record(step: Step, thread_id: str, asker: str) -> dict[str, Any]:
    """Return a message; ``asker`` is the name shown beside questions."""
    asked = step.kind is StepKind.QUESTION
    time = moment(step.created_at)
    return {
        "id": step.id,
        "threadId": thread_id,
        "parentId": None,
        "createdAt": time,
        "start": time,
        "end": time,
        "output": step.text,
        "name": asker if asked else AUTHOR,
        "type": "user_message" if asked else "assistant_message",
        "language": None,
        "streaming": False,
        "isError": False,
        "waitForAnswer": False,
        "metadata": {},
        "tags": None,
        "command": None,
        "modes": None,
    }


def element_record(step: Step, thread_id: str, standing: Standing | None = None) -> dict[str, Any] | None:
    """Return what draws the citations and the buttons under a message; questions have none."""
    if step.kind is StepKind.QUESTION:
        return None
    return {
        # one per message, so that sending it again replaces it
        "id": f"element-{step.id}",
        "threadId": thread_id,
        "type": "custom",
        "name": ELEMENT,
        "display": "inline",
        "forId": step.id,
        "mime": "application/json",
        "url": None,
        "chainlitKey": None,
        "props": {**step.props, "thread": thread_id, **_standing(step, standing or Standing())},
    }


def _standing(step: Step, standing: Standing) -> Mapping[str, Any]:
    if step.kind is not StepKind.ANSWER:
        return {"step": step.id, "kind": step.kind.value}
    return {
        "step": step.id,
        "kind": step.kind.value,
        "opinion": standing.value,
        "ticket": standing.ticket,
        "ticketState": standing.ticket_state,
    }


def summary_record(summary: Summary, account_id: str) -> dict[str, Any]:
    """Return a discussion of a list; its date is that of its last message, which is how lists are sorted."""
    return {
        "id": summary.id,
        "name": summary.name,
        "createdAt": moment(summary.updated_at),
        "userId": account_id,
        "userIdentifier": account_id,
        "tags": [],
        "metadata": {},
        "steps": [],
        "elements": [],
    }


def thread_record(thread: Thread, account_id: str, asker: str) -> dict[str, Any]:
    """Return a whole discussion, its buttons and citations included."""
    identifier = thread.summary.id
    elements = [element_record(step, identifier, thread.standings.get(step.id)) for step in thread.steps]
    return {
        **summary_record(thread.summary, account_id),
        "steps": [step_record(step, identifier, asker) for step in thread.steps],
        "elements": [element for element in elements if element is not None],
    }
