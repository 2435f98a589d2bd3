"""What an agent sees before asking: what the tool is, who reads what, replies that came, first questions."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.escalation.notices import Notice
from assistant.escalation.tickets import reference
from assistant.web.chat.markdown import literal
from assistant.web.current import Site


def greeting(site: Site, unseen: Sequence[Notice]) -> str:
    """Return the opening message, replies not read yet first."""
    texts, settings = site.texts, site.settings
    paragraphs = [_replies(site, unseen)] if unseen else []
    paragraphs.append(
        texts(
            "chat.welcome",
            authority=literal(settings.authority),
            referents=literal(settings.referents_contact),
        )
    )
    paragraphs.append(
        texts(
            "chat.privacy",
            days=settings.retention_days,
            ticket_days=settings.ticket_retention_days,
            referents=literal(settings.referents_contact),
        )
    )
    return "\n\n".join(paragraphs)


def _replies(site: Site, unseen: Sequence[Notice]) -> str:
    lines = [site.texts("chat.replies.title")]
    for notice in {one.thread_id: one for one in unseen}.values():
        ticket = reference(notice.ticket) if notice.ticket else ""
        lines.append(f"- [{literal(notice.thread_name)}](/thread/{notice.thread_id}) {ticket}".rstrip())
    return "\n".join(lines)


def suggestions(site: Site, role: str) -> list[tuple[str, str]]:
    """Return (label, question) pairs: those of the reader's role, then one for each theme."""
    found = []
    for group in (f"chat.starters_of.{role}", "chat.starters"):
        entries = site.texts.under(group)
        names = dict.fromkeys(key.partition(".")[0] for key in entries)
        found += [(entries[f"{name}.label"], entries[f"{name}.message"]) for name in names]
    return found
