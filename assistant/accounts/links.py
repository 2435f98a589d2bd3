"""Links that work once: the first administrator's, and those to choose a password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.accounts.tokens import new_token, token_hash
from assistant.errors import AccountError
from assistant.settings import Settings
from assistant.storage import audit
from assistant.storage.tables import AccountRow, LinkRow, now

FIRST_ADMINISTRATOR = "first-administrator"


@dataclass(frozen=True, slots=True)
class Link:
    """A link that can still be used; without account it makes the first administrator."""

    account_id: str | None
    expires_at: datetime


async def make(session: AsyncSession, account_id: str | None, hours: int, actor: str) -> str:
    """Make a link of so many hours; returns its token. Earlier links of the same account stop working.

    Raises:
        AccountError: the account does not exist or is disabled.
    """
    if account_id is not None:
        active = select(AccountRow.id).where(AccountRow.id == account_id, AccountRow.active)
        if await session.scalar(active) is None:
            raise AccountError(
                "Ce compte n’existe pas ou est désactivé.",
                "Attendu : un compte actif.",
                "Réactivez-le d’abord (assistant users enable), ou créez-le (assistant users add).",
            )
    await withdraw(session, account_id)
    token = add(session, account_id, hours, actor)
    await session.flush()
    return token


def add(session: AsyncSession, account_id: str | None, hours: int, actor: str) -> str:
    """Add the link of an account that has none yet, as ``make`` does."""
    token = new_token()
    ends = now() + timedelta(hours=hours)
    session.add(LinkRow(token_hash=token_hash(token), account_id=account_id, expires_at=ends))
    audit.record(session, actor, "account.link", account_id or FIRST_ADMINISTRATOR, {"hours": hours})
    return token


async def peek(session: AsyncSession, token: str) -> Link | None:
    """Return a link without using it, None when it cannot be used."""
    row = await session.scalar(select(LinkRow).where(_usable(token)))
    return Link(row.account_id, row.expires_at) if row else None


async def use(session: AsyncSession, token: str) -> Link:
    """Use a link up; of two transactions that try, one succeeds.

    Raises:
        AccountError: the link is unknown, used, withdrawn or expired.
    """
    used = (
        update(LinkRow)
        .where(_usable(token))
        .values(used_at=now())
        .returning(LinkRow.account_id, LinkRow.expires_at)
        .execution_options(synchronize_session=False)
    )
    row = (await session.execute(used)).one_or_none()
    if row is None:
        raise AccountError(
            "Ce lien ne fonctionne pas : il a déjà servi, il a expiré, ou il est incomplet.",
            "Attendu : un lien récent, copié en entier, qui n’a pas encore servi.",
            "Demandez-en un autre à l’administrateur de Repère.",
        )
    return Link(row.account_id, row.expires_at)


async def withdraw(session: AsyncSession, account_id: str | None) -> None:
    """Stop every link of an account that was not used yet."""
    owner = LinkRow.account_id.is_(None) if account_id is None else LinkRow.account_id == account_id
    await session.execute(delete(LinkRow).where(owner, LinkRow.used_at.is_(None)))


async def forget_expired(session: AsyncSession) -> int:
    """Delete the links past their time, used or not; returns how many."""
    ended = delete(LinkRow).where(LinkRow.expires_at <= now()).returning(LinkRow.token_hash)
    return len((await session.scalars(ended)).all())


def address(settings: Settings, token: str) -> str:
    """Return what to open in a browser: under the public address, or the one the chat listens on."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{settings.public_url or f'http://{host}:{settings.port}'}/mot-de-passe/{token}"


def _usable(token: str) -> ColumnElement[bool]:
    # The first administrator's link is worth nothing once somebody has an account.
    owned = or_(LinkRow.account_id.is_not(None), ~exists(select(AccountRow.id)))
    return and_(
        LinkRow.token_hash == token_hash(token), LinkRow.used_at.is_(None), LinkRow.expires_at > now(), owned
    )
