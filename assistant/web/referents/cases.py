"""What a referent reads of a ticket, in plain words: why it came, the passages found, the exchange."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from assistant.escalation.tickets import Event, EventKind, Lead, Reason, State, Summary, Ticket, reference
from assistant.texts import Texts
from assistant.web.dates import spoken
from assistant.web.reading.addresses import quote_url

QUESTION_CUT = 240  # characters of a question in the list
# Under these, a signal of the best passage (in [0, 1]) is worth a word to the referent.
FEW_WORDS = 0.6
FAR = 0.4
UNUSUAL = 0.35
_LINK = re.compile(r"https?://|[/#]")
_DEEPER = 3  # levels: the page's own headings stand above those of a reply
_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as people say it, how long ago it was, and as machines read it."""

    said: str
    ago: str
    iso: str


@dataclass(frozen=True, slots=True)
class Row:
    """A ticket in the list."""

    reference: str
    question: str
    urgent: bool
    reason: str
    where: str
    opened: Moment


@dataclass(frozen=True, slots=True)
class Found:
    """A passage near the question, and the address where it can be read."""

    title: str
    quote: str
    address: str


@dataclass(frozen=True, slots=True)
class Said:
    """An event of the ticket, with what was said; ``html`` draws a reply, whose ``text`` is Markdown."""

    title: str
    moment: Moment
    text: str = ""
    html: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One ticket as its page shows it; ``reaches`` tells that a reply gets to the asker."""

    reference: str
    question: str
    state: str
    withdrawn: bool
    answered: bool
    urgent: bool
    where: str
    asker: str
    opened: Moment
    reasons: tuple[str, ...]
    found: tuple[Found, ...]
    said: tuple[Said, ...]
    reaches: bool


def row(ticket: Summary, now: datetime, texts: Texts) -> Row:
    """Return a line of the list."""
    question = " ".join(ticket.question.split())
    if len(question) > QUESTION_CUT:
        question = question[: QUESTION_CUT - 1].rstrip() + "…"
    return Row(
        reference=reference(ticket.number),
        question=question,
        urgent=ticket.urgent,
        reason=texts(f"tickets.reasons.{ticket.reason.value}"),
        where=where(ticket, texts),
        opened=moment(ticket.opened_at, now, texts),
    )


def case(ticket: Ticket, now: datetime, texts: Texts) -> Case:
    """Return a ticket as its page shows it."""
    return Case(
        reference=reference(ticket.number),
        question=ticket.question,
        state=texts(f"tickets.states.{ticket.state.value}"),
        withdrawn=ticket.state is State.WITHDRAWN,
        answered=ticket.state is State.ANSWERED,
        urgent=ticket.urgent,
        where=where(ticket, texts),
        asker=ticket.asker or texts("tickets.case.unnamed"),
        opened=moment(ticket.opened_at, now, texts),
        reasons=tuple(reasons(ticket, texts)),
        found=tuple(_found(lead, texts) for lead in ticket.leads),
        said=tuple(_said(event, now, texts) for event in ticket.events),
        reaches=ticket.reachable,
    )


def where(ticket: Summary, texts: Texts) -> str:
    """Return the asker's service and commune."""
    parts = [ticket.service, texts("tickets.commune", commune=ticket.commune) if ticket.commune else ""]
    return ", ".join(part for part in parts if part) or texts("tickets.nowhere")


def reasons(ticket: Ticket, texts: Texts) -> Iterator[str]:
    """Yield why the question came to the referents, one sentence each."""
    if ticket.urgent:
        yield texts("tickets.why.urgent")
    if ticket.reason is not Reason.URGENT:
        yield texts(f"tickets.why.{ticket.reason.value}")
    yield texts(f"tickets.why.status.{ticket.status}")
    if not ticket.leads:
        yield texts("tickets.why.nothing")
        return
    yield from _weak(ticket.signals, texts)


def _weak(signals: Mapping[str, float], texts: Texts) -> Iterator[str]:
    """Yield what makes the nearest passage a doubtful answer."""
    coverage = signals.get("coverage", 1.0)
    if coverage < FEW_WORDS:
        yield texts("tickets.why.few_words", percent=round(100 * max(0.0, coverage)))
    if max(signals.get("cosine", 1.0), signals.get("asked_cosine", 1.0)) < FAR:
        yield texts("tickets.why.far")
    if signals.get("asked_words", 1.0) < UNUSUAL:
        yield texts("tickets.why.unusual")


def moment(at: datetime, now: datetime, texts: Texts) -> Moment:
    """Return a time in words, in the server's own time zone."""
    local = at.astimezone()
    said = texts("tickets.moment", date=spoken(local.date(), texts), hour=local.hour, minute=f"{local:%M}")
    return Moment(said, ago(at, now, texts), at.isoformat(timespec="seconds"))


def ago(at: datetime, now: datetime, texts: Texts) -> str:
    """Return how long ago it was, in the largest unit that fits."""
    minutes = max(0, int((now - at).total_seconds()) // 60)
    for length, one, many in (
        (30 * _DAY, "month", "months"),
        (_DAY, "day", "days"),
        (60, "hour", "hours"),
        (1, "minute", "minutes"),
    ):
        if minutes >= length:
            count = minutes // length
            return texts(f"tickets.ago.{one if count == 1 else many}", count=count)
    return texts("tickets.ago.now")


def _found(lead: Lead, texts: Texts) -> Found:
    title = lead.title
    if lead.heading != lead.title:
        title = texts("chat.source", title=lead.title, heading=lead.heading)
    return Found(title, lead.quote, quote_url(lead.document, lead.version_hash, lead.start, lead.end))


def _said(event: Event, now: datetime, texts: Texts) -> Said:
    at = moment(event.at, now, texts)
    if event.kind is not EventKind.REPLY:
        return Said(texts(f"tickets.events.{event.kind.value}"), at, event.text)
    author = event.author or texts("tickets.events.console")
    return Said(texts("tickets.events.reply", author=author), at, event.text, reply_html(event.text))


def reply_html(markdown: str) -> str:
    """Return a reply as HTML: nothing of what was typed is HTML, no image, links to the web or this site."""
    html: str = _renderer().render(markdown)
    return html


class _Replies(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 (the name that markdown-it gives it)
        return _LINK.match(url.strip().lower()) is not None


@cache
def _renderer() -> MarkdownIt:
    renderer = _Replies("commonmark", {"html": False})
    renderer.enable(["table", "strikethrough"])  # the chat draws them too
    renderer.disable(["image", "autolink", "html_block", "html_inline"])
    renderer.add_render_rule("link_open", _link_open)
    for name in ("heading_open", "heading_close"):
        renderer.add_render_rule(name, _heading)
    return renderer


def _link_open(
    renderer: RendererHTML, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType
) -> str:
    tokens[place].attrSet("rel", "noopener")
    return renderer.renderToken(tokens, place, options, env)


def _heading(
    renderer: RendererHTML, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType
) -> str:
    token = tokens[place]
    token.tag = f"h{min(6, int(token.tag[1]) + _DEEPER)}"
    return renderer.renderToken(tokens, place, options, env)
