"""The accounts: made, found, changed, deleted; each change leaves its audit line."""

from __future__ import annotations

from sqlalchemy import delete as deletion
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.accounts import links, passwords, sessions
from assistant.accounts.identity import account_of, new_row, normal_email
from assistant.domain import Account, Role
from assistant.errors import AccountError
from assistant.storage import audit
from assistant.storage.tables import AccountRow


async def create(
    session: AsyncSession,
    *,
    email: str,
    name: str,
    role: Role,
    service: str = "",
    commune: str = "",
    actor: str,
) -> Account:
    """Make an account; it has no password until one is chosen.

    Raises:
        AccountError: a value that cannot be kept, or an e-mail that has an account already.
    """
    row = new_row(email=email, name=name, role=role, service=service, commune=commune)
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise AccountError(
            f"« {row.email} » a déjà un compte.",
            "Attendu : une adresse électronique sans compte.",
            "Nouveau mot de passe : assistant users reset-link ; autre rôle : assistant users role.",
        ) from error
    audit.record(session, actor, "account.create", row.id, {"role": role.value})
    await session.flush()
    return account_of(row)


async def by_id(session: AsyncSession, account_id: str) -> Account | None:
    """Return an account, disabled or not."""
    row = await session.get(AccountRow, account_id)
    return account_of(row) if row else None


async def by_email(session: AsyncSession, email: str) -> Account | None:
    """Return the account of an e-mail address, in any case, disabled or not."""
    row = await session.scalar(select(AccountRow).where(AccountRow.email == normal_email(email)))
    return account_of(row) if row else None


async def everyone(session: AsyncSession) -> list[Account]:
    """Return every account by e-mail."""
    return [account_of(row) for row in await session.scalars(select(AccountRow).order_by(AccountRow.email))]


async def any_account(session: AsyncSession) -> bool:
    """Tell whether there is an account at all."""
    return await session.scalar(select(AccountRow.id).limit(1)) is not None


async def change_role(session: AsyncSession, account_id: str, role: Role, actor: str) -> None:
    """Give another role; it acts at the next request.

    Raises:
        AccountError: no such account, or the last active administrator.
    """
    row = await _existing(session, account_id)
    if row.role == role:
        return
    await _keep_an_administrator(session, row)
    audit.record(session, actor, "account.role", row.id, {"from": row.role, "to": role.value})
    row.role = role.value
    await session.flush()


async def set_active(session: AsyncSession, account_id: str, active: bool, actor: str) -> None:
    """Disable an account (its sessions and links stop at once) or enable it again.

    Raises:
        AccountError: no such account, or the last active administrator.
    """
    row = await _existing(session, account_id)
    if row.active is active:
        return
    if not active:
        await _keep_an_administrator(session, row)
        await sessions.close_all(session, row.id)
        await links.withdraw(session, row.id)
    audit.record(session, actor, "account.enable" if active else "account.disable", row.id)
    row.active = active
    await session.flush()


async def set_password(
    session: AsyncSession, account_id: str, password: str, actor: str, keep_token: str = ""
) -> None:
    """Replace the password; the account's links and its other sessions stop at once.

    Raises:
        AccountError: no such account, or a password too easy to guess.
    """
    row = await _existing(session, account_id)
    passwords.check_strength(password, row.email)
    row.password_hash = await passwords.hashed(password)
    await sessions.close_all(session, row.id, keep_token)
    await links.withdraw(session, row.id)
    audit.record(session, actor, "account.password", row.id)
    await session.flush()


async def delete(session: AsyncSession, account_id: str, actor: str) -> None:
    """Delete an account with its discussions, feedback and notices; its tickets stay, without asker.

    Raises:
        AccountError: no such account, or the last active administrator.
    """
    row = await _existing(session, account_id)
    await _keep_an_administrator(session, row)
    session.expunge(row)
    await session.execute(deletion(AccountRow).where(AccountRow.id == account_id))
    audit.record(session, actor, "account.delete", account_id)
    await session.flush()


async def _existing(session: AsyncSession, account_id: str) -> AccountRow:
    row = await session.get(AccountRow, account_id, populate_existing=True)
    if row is None:
        raise AccountError(
            "Ce compte n’existe pas, ou plus.",
            "Attendu : un compte de la liste.",
            "Voyez « assistant users list ».",
        )
    return row


async def _keep_an_administrator(session: AsyncSession, row: AccountRow) -> None:
    if row.role != Role.ADMIN:
        return
    # Locked (where the database can), so that two administrators cannot remove each other at once.
    administrators = select(AccountRow.id).where(AccountRow.role == Role.ADMIN.value, AccountRow.active)
    if list(await session.scalars(administrators.with_for_update())) == [row.id]:
        raise AccountError(
            "C’est le dernier administrateur actif.",
            "Attendu : au moins un administrateur actif reste.",
            "Donnez d’abord ce rôle à quelqu’un d’autre (assistant users role ADRESSE admin).",
        )
