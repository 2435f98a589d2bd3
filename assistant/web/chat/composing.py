"""From the outcome of a question to the message kept and shown: urgency, ticket, warning, answer, copy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, replace

from assistant.conversation import Outcome, Rendered
from assistant.domain import Answer, AnswerStatus, Urgency
from assistant.escalation.tickets import reference
from assistant.personal_data import Screening
from assistant.texts import Texts
from assistant.web.chat.copying import copied
from assistant.web.chat.rendering import Aside, reply
from assistant.web.current import Site


def composer(site: Site) -> Callable[[Outcome], Rendered]:
    """Return what composes the messages of this site."""

    def compose(outcome: Outcome) -> Rendered:
        answer, label = _announced(outcome, site)
        asides = tuple(_warnings(outcome, site.texts))
        shown = reply(answer, site.assistant, site.texts, label, asides)
        props = asdict(shown)
        text = props.pop("text")
        return Rendered(text, {**props, "copy": copied(answer, site)})

    return compose


def said(text: str, status: str = "notice") -> Rendered:
    """Return a message of the tool itself, that quotes nothing."""
    return Rendered(text, {"status": status, "verdict": "", "panels": [], "copy": ""})


def _announced(outcome: Outcome, site: Site) -> tuple[Answer, str]:
    """Return the answer with the first sentence that the agent must read, and the name of its status."""
    answer, texts, settings = outcome.answer, site.texts, site.settings
    ticket = reference(outcome.ticket) if outcome.ticket is not None else ""
    if answer.urgency is Urgency.HAPPENED and ticket:
        message = texts(
            "chat.urgent",
            contact=settings.urgent_contact,
            ticket=ticket,
            referents=settings.referents_contact,
        )
        return replace(answer, message=message), "urgent"
    if answer.status is AnswerStatus.ESCALATED and ticket:
        message = texts(
            "chat.ticket.opened",
            ticket=ticket,
            referents=settings.referents_contact,
            delay=settings.referents_delay,
        )
        answer = replace(answer, message=message)
    if answer.urgency is Urgency.ASKED:
        first = texts("chat.urgent_asked", contact=settings.urgent_contact)
        answer = replace(answer, message=f"{first} {answer.message}")
    return answer, ""


def _warnings(outcome: Outcome, texts: Texts) -> Iterator[Aside]:
    screening = outcome.screening
    if screening.findings:
        yield Aside(texts("chat.personal_data.masked", kinds=_kinds(screening, texts)), outcome.rule)
    if screening.sensitive:
        topics = _listed(
            [texts(f"chat.personal_data.topics.{one.value}") for one in screening.sensitive], texts
        )
        rule = None if screening.findings else outcome.rule
        yield Aside(texts("chat.personal_data.sensitive", topics=topics), rule)


def _kinds(screening: Screening, texts: Texts) -> str:
    kinds = dict.fromkeys(finding.kind for finding in screening.findings)
    return _listed([texts(f"chat.personal_data.kinds.{kind.value}") for kind in kinds], texts)


def _listed(names: list[str], texts: Texts) -> str:
    *first, last = names
    return texts("chat.list_end", first=", ".join(first), last=last) if first else last
