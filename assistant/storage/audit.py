"""The audit log: every change of state, written in the transaction of the change itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from assistant.storage.tables import AuditRow

CONSOLE = "console"
SYSTEM = "system"


def record(
    session: AsyncSession, actor: str, action: str, target: str, details: Mapping[str, Any] | None = None
) -> None:
    """Add a line: who (an account's id, ``console`` or ``system``) did what to what.

    ``action`` is ``<thing>.<verb>`` (``account.disable``, ``ticket.reply``), ``target`` an identifier;
    ``details`` never holds what somebody typed.
    """
    session.add(AuditRow(actor=actor, action=action, target=target, details=dict(details or {})))
