"""The outbox at work: a referent's reply, already in its discussion, reaches the pages that are open."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from assistant.accounts import directory
from assistant.escalation import notices, tickets
from assistant.escalation.notices import Notice
from assistant.escalation.tickets import reference
from assistant.storage import threads
from assistant.storage.threads import Standing, Step
from assistant.web.chat import live
from assistant.web.current import Site

BATCH = 50


async def deliver(site: Site) -> int:
    """Show every waiting notice to its account's open pages and return how many there were."""
    async with site.database.reading() as session:
        waiting = await notices.waiting(session, BATCH)
    for notice in waiting:
        seen = await _show(site, notice)
        # one by one: what stops the next one must not have this one shown again
        async with site.database.writing() as session:
            await notices.delivered(session, [notice.id])
            if seen:
                await notices.seen(session, notice.account_id, notice.thread_id)
    return len(waiting)


async def _show(site: Site, notice: Notice) -> bool:
    """Show a notice where its discussion is open and tell whether there was such a page."""
    async with site.database.reading() as session:
        account = await directory.by_id(session, notice.account_id)
        found = await threads.step_of(session, notice.account_id, notice.step_id)
        asked = await _asked(session, notice)
    if account is None or not account.active or found is None:
        return False
    if asked is not None:
        await live.redraw(account.id, notice.thread_id, *asked)
    seen = await live.show(account, notice.thread_id, found[1])
    ticket = reference(notice.ticket) if notice.ticket else ""
    await live.announce(account.id, notice.thread_id, site.texts("chat.reply_elsewhere", ticket=ticket))
    return seen


async def _asked(session: AsyncSession, notice: Notice) -> tuple[Step, Standing] | None:
    """Return the answer that the ticket came from, whose buttons change with the reply."""
    if notice.ticket is None:
        return None
    step_id = (await tickets.ticket(session, notice.ticket)).step_id
    found = await threads.step_of(session, notice.account_id, step_id) if step_id else None
    return None if found is None else (found[1], await threads.standing(session, found[1].id))
