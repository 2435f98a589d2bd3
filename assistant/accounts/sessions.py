"""Signed-in browsers: opened at sign-in, checked at every request, closed at once."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.accounts.identity import account_of
from assistant.accounts.tokens import new_token, token_hash
from assistant.domain import Account
from assistant.storage.tables import AccountRow, SessionRow, now


async def open_session(session: AsyncSession, account_id: str, hours: int) -> str:
    """Open a session of so many hours; returns the token to put in a cookie."""
    token = new_token()
    ends = now() + timedelta(hours=hours)
    session.add(SessionRow(token_hash=token_hash(token), account_id=account_id, expires_at=ends))
    await session.flush()
    return token


async def account_for(session: AsyncSession, token: str) -> Account | None:
    """Return whose session this is, None when unknown, ended, or of a disabled account."""
    found = await session.scalar(
        select(AccountRow)
        .join(SessionRow, SessionRow.account_id == AccountRow.id)
        .where(SessionRow.token_hash == token_hash(token), SessionRow.expires_at > now(), AccountRow.active)
    )
    return account_of(found) if found else None


async def close_session(session: AsyncSession, token: str) -> None:
    """Close one session; an unknown token is no error."""
    await session.execute(delete(SessionRow).where(SessionRow.token_hash == token_hash(token)))


async def close_all(session: AsyncSession, account_id: str, keep_token: str = "") -> None:
    """Close every session of an account, except the one that asks for it."""
    await session.execute(
        delete(SessionRow).where(
            SessionRow.account_id == account_id, SessionRow.token_hash != token_hash(keep_token)
        )
    )


async def forget_expired(session: AsyncSession) -> int:
    """Delete the sessions that ended; returns how many."""
    ended = delete(SessionRow).where(SessionRow.expires_at <= now()).returning(SessionRow.token_hash)
    return len((await session.scalars(ended)).all())
