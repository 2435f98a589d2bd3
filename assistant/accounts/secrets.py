"""Secrets made at the first start and kept in the database."""

from __future__ import annotations

import secrets

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.storage.tables import SecretRow

_FORMS = "forms"
_BYTES = 32


async def form_key(session: AsyncSession) -> bytes:
    """Return the key that signs forms, made the first time (in a writing transaction)."""
    known = select(SecretRow.value).where(SecretRow.name == _FORMS)
    value = await session.scalar(known)
    if value is None:
        try:
            async with session.begin_nested():
                session.add(SecretRow(name=_FORMS, value=secrets.token_hex(_BYTES)))
        except IntegrityError:
            pass  # another process made it in the meantime: its key is the one
        value = (await session.scalars(known)).one()
    return bytes.fromhex(value)
