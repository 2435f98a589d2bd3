"""Chainlit's data layer on our tables: reads, renames and deletes one's own discussions, and nothing else.

The chat writes its messages itself, in one transaction and before it shows them (``conversation``), so
the writing half of the layer does nothing: Chainlit calls it without waiting, and unmasked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from chainlit.data.base import BaseDataLayer
from chainlit.types import PageInfo, PaginatedResponse
from chainlit.user import PersistedUser

from assistant.accounts import directory
from assistant.domain import Account
from assistant.escalation.replies import visible
from assistant.personal_data import mask
from assistant.storage import threads
from assistant.storage.tables import now
from assistant.storage.threads import Summary
from assistant.web import current
from assistant.web.chat.messages import summary_record, thread_record
from assistant.web.entry.access import running_account

if TYPE_CHECKING:
    from chainlit.element import Element, ElementDict
    from chainlit.step import StepDict
    from chainlit.types import Feedback, Pagination, ThreadDict, ThreadFilter
    from chainlit.user import User

PAGE = 50  # discussions of one request at most


class History(BaseDataLayer):
    """Answers for the account that the gate let in; a discussion of somebody else's does not exist."""

    async def get_user(self, identifier: str) -> PersistedUser | None:
        """Return the account of a signed-in browser, None when it may not be there any more."""
        async with current.site().database.reading() as session:
            account = await directory.by_id(session, identifier)
        if account is None or not account.active:
            return None
        return PersistedUser(
            id=account.id,
            createdAt="",
            identifier=account.id,
            display_name=account.name,
            metadata={"role": account.role.value},
        )

    async def create_user(self, user: User) -> PersistedUser | None:
        """Make nobody: accounts are made by an administrator."""
        return None

    async def list_threads(
        self, pagination: Pagination, filters: ThreadFilter
    ) -> PaginatedResponse[ThreadDict]:
        """Return a page of one's own discussions, the last active first."""
        account = _account()
        wanted = max(1, min(pagination.first, PAGE))
        async with current.site().database.reading() as session:
            found = await threads.listing(
                session, account.id, wanted + 1, pagination.cursor or "", filters.search or ""
            )
        shown = [cast("ThreadDict", summary_record(one, account.id)) for one in found[:wanted]]
        more = len(found) > wanted
        ends = (shown[0]["id"], shown[-1]["id"]) if shown else (None, None)
        return PaginatedResponse(PageInfo(more, *ends), shown)

    async def get_thread(self, thread_id: str) -> ThreadDict | None:
        """Return one's own discussion, with its buttons as they are now.

        Of somebody else's it tells nothing but whose it is: Chainlit then refuses the connection.
        """
        account = _account()
        async with current.site().database.reading() as session:
            found = await threads.thread(session, account.id, thread_id)
            author = account.id if found else await threads.owner(session, thread_id)
        if found is not None:
            return cast("ThreadDict", thread_record(found, account.id, account.name))
        if author is None:
            return None
        return cast("ThreadDict", summary_record(Summary(thread_id, "", now()), author))

    async def get_thread_author(self, thread_id: str) -> str:
        """Return whose a discussion is, nobody's when there is none: Chainlit then says « not found »."""
        async with current.site().database.reading() as session:
            return await threads.owner(session, thread_id) or ""

    async def update_thread(
        self,
        thread_id: str,
        name: str | None = None,
        user_id: str | None = None,
        metadata: dict[str, Any] | None = None,
        tags: list[str] | None = None,
    ) -> None:
        """Rename one's own discussion; Chainlit's first naming comes before there is one, and is left out."""
        if name is None or user_id is not None:
            return
        async with current.site().database.writing() as session:
            await threads.rename(session, _account().id, thread_id, mask(visible(name)))

    async def delete_thread(self, thread_id: str) -> None:
        """Delete one's own discussion."""
        async with current.site().database.writing() as session:
            await threads.remove(session, _account().id, thread_id)

    async def get_element(self, thread_id: str, element_id: str) -> ElementDict | None:
        """Return what draws one message of one's own discussion."""
        found = await self.get_thread(thread_id)
        elements = found["elements"] or [] if found else []
        return next((element for element in elements if element["id"] == element_id), None)

    async def create_step(self, step_dict: StepDict) -> None:
        """Do nothing: see the module."""

    async def update_step(self, step_dict: StepDict) -> None:
        """Do nothing: see the module."""

    async def delete_step(self, step_id: str) -> None:
        """Do nothing: no message is taken back."""

    async def create_element(self, element: Element) -> None:
        """Do nothing: see the module."""

    async def delete_element(self, element_id: str, thread_id: str | None = None) -> None:
        """Do nothing: what draws a message goes with it."""

    async def upsert_feedback(self, feedback: Feedback) -> str:
        """Refuse: opinions are given through our own buttons, which check whose answer it is."""
        raise threads.absent()

    async def delete_feedback(self, feedback_id: str) -> bool:
        """Refuse: see ``upsert_feedback``."""
        raise threads.absent()

    async def get_favorite_steps(self, user_id: str) -> list[StepDict]:
        """Return none: there are no favourites."""
        return []

    async def build_debug_url(self) -> str:
        """Return none: there is no debugging page."""
        return ""

    async def close(self) -> None:
        """Do nothing: the database is closed by the application's lifespan."""


def _account() -> Account:
    account = running_account.get()
    if account is None:
        raise threads.absent()
    return account
