"""Signing in with an e-mail and a password."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.accounts import passwords
from assistant.accounts.identity import account_of, normal_email
from assistant.domain import Account
from assistant.storage.tables import AccountRow


async def authenticate(session: AsyncSession, email: str, password: str) -> Account | None:
    """Return the account when the password is right, None otherwise or when it is disabled.

    Takes as long whether the account exists or not. Reads only: hashing must not make writers wait.
    """
    row = await session.scalar(select(AccountRow).where(AccountRow.email == normal_email(email)))
    right = await passwords.matches(row.password_hash if row else "", password)
    return account_of(row) if row and right and row.active else None


async def renew(session: AsyncSession, account_id: str, password: str) -> None:
    """Hash a password that has just been verified again, when argon2's parameters changed since."""
    row = await session.get(AccountRow, account_id)
    if row and passwords.outdated(row.password_hash):
        row.password_hash = await passwords.hashed(password)
        await session.flush()
