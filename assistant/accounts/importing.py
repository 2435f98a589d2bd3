"""Accounts out of a CSV file, as a spreadsheet writes it: all of them, or none."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.accounts import directory, links
from assistant.accounts.identity import (
    account_of,
    checked_commune,
    checked_service,
    new_row,
    normal_email,
)
from assistant.documents.decoding import decode
from assistant.domain import Account, Role
from assistant.errors import AccountError, DocumentError
from assistant.french import fold
from assistant.storage import audit
from assistant.storage.tables import AccountRow

_HEADINGS = {
    "email": "email",
    "e-mail": "email",
    "mail": "email",
    "courriel": "email",
    "adresse electronique": "email",
    "nom": "name",
    "name": "name",
    "role": "role",
    "service": "service",
    "commune": "commune",
}
_ROLES = {
    "agent": Role.AGENT,
    "agente": Role.AGENT,
    "trainer": Role.TRAINER,
    "formateur": Role.TRAINER,
    "formatrice": Role.TRAINER,
    "referent": Role.REFERENT,
    "referente": Role.REFERENT,
    "admin": Role.ADMIN,
    "administrateur": Role.ADMIN,
    "administratrice": Role.ADMIN,
}
_SEPARATORS = (";", "\t", ",")
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the file; None where it has no such column (or, for the role, nothing in it)."""

    line: int
    email: str
    name: str
    role: Role | None
    service: str | None
    commune: str | None


@dataclass(frozen=True, slots=True)
class Invitation:
    """A new account and the token of the link that lets its owner choose a password."""

    account: Account
    token: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did; ``existing`` are the addresses that had an account already."""

    invitations: tuple[Invitation, ...]
    existing: tuple[str, ...]
    updated: int


def read_entries(data: bytes) -> list[Entry]:
    """Read a CSV file with a heading line, whatever spreadsheet wrote it.

    Raises:
        AccountError: not CSV, a column missing or unknown, lines that cannot be accounts (each is named).
    """
    try:
        text = decode(data)
    except DocumentError as error:
        raise _refusal([error.found]) from error
    records = _records(text)
    _, heading = next(records, (0, []))
    entries, wrong = _entries(records, _columns(heading))
    if wrong:
        raise _refusal(wrong)
    return entries


async def import_accounts(
    session: AsyncSession, entries: Sequence[Entry], *, update: bool, hours: int, actor: str
) -> Imported:
    """Make an account and a link of so many hours for each address that has none.

    With ``update``, the others take the role, service and commune of the file, where it gives them.

    Raises:
        AccountError: a change that is refused, such as that of the last administrator.
    """
    known = {row.email: row for row in await session.scalars(select(AccountRow))}
    fresh = [_row(entry) for entry in entries if normal_email(entry.email) not in known]
    session.add_all(fresh)
    await session.flush()
    invitations = []
    for row in fresh:
        audit.record(session, actor, "account.create", row.id, {"role": row.role})
        invitations.append(Invitation(account_of(row), links.add(session, row.id, hours, actor)))
    present = [entry for entry in entries if normal_email(entry.email) in known]
    updated = 0
    if update:
        # Promotions first: the last administrator may hand over in the same file.
        for entry in sorted(present, key=lambda entry: entry.role is not Role.ADMIN):
            updated += await _update(session, known[normal_email(entry.email)], entry, actor)
    counts = {"created": len(fresh), "updated": updated, "existing": len(present)}
    audit.record(session, actor, "account.import", "accounts", counts)
    await session.flush()
    return Imported(tuple(invitations), tuple(normal_email(entry.email) for entry in present), updated)


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record that is not empty with the line it begins on."""
    lines = text.split("\n")
    skipped = 0
    separator = ""
    if lines[0].strip().lower().startswith("sep="):  # Excel's own way to say it
        separator = lines[0].strip()[4:] or "\t"
        skipped = 1
    while skipped < len(lines) and not lines[skipped].strip(" ;,\t"):
        skipped += 1
    remaining = lines[skipped:]
    if not separator and remaining:
        separator = max(_SEPARATORS, key=remaining[0].count)
    reader = csv.reader((line + "\n" for line in remaining), delimiter=separator or ";", strict=True)
    begins = skipped + 1
    try:
        for record in reader:
            cells = [cell.strip() for cell in record]
            if any(cells):
                yield begins, cells
            begins = skipped + reader.line_num + 1
    except csv.Error as error:
        raise _refusal([f"Ligne {begins} : guillemets mal fermés, ou cellule démesurée."]) from error


def _columns(heading: Sequence[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    wrong = []
    for index, title in enumerate(heading):
        name = _HEADINGS.get(" ".join(fold(title).split()))
        if name is None and title:
            wrong.append(f"Colonne inconnue : « {title[:60]} ».")
        elif name in columns:
            wrong.append(f"Colonne en double : « {title} ».")
        elif name:
            columns[name] = index
    wrong.extend(
        f"Colonne absente : « {title} »."
        for name, title in (("email", "email"), ("name", "nom"))
        if name not in columns
    )
    if wrong:
        raise _refusal(wrong)
    return columns


def _entries(
    records: Iterator[tuple[int, list[str]]], columns: Mapping[str, int]
) -> tuple[list[Entry], list[str]]:
    entries: list[Entry] = []
    wrong: list[str] = []
    lines: dict[str, int] = {}
    width = max(columns.values()) + 1
    for line, cells in records:
        try:
            if any(cells[width:]):
                raise AccountError(
                    "Plus de cellules que de colonnes (une virgule ou un point-virgule en trop ?)."
                )
            entry = _entry(line, cells, columns)
            email = normal_email(entry.email)
            if email in lines:
                raise AccountError(f"« {email} » est déjà à la ligne {lines[email]}.")
        except AccountError as error:
            wrong.append(f"Ligne {line} : {error.found}")
            continue
        lines[email] = line
        entries.append(entry)
    return entries, wrong


def _entry(line: int, cells: Sequence[str], columns: Mapping[str, int]) -> Entry:
    given = {name: cells[index] if index < len(cells) else "" for name, index in columns.items()}
    role = None
    if given.get("role"):
        role = _ROLES.get(fold(given["role"]))
        if role is None:
            raise AccountError(f"« {given['role'][:60]} » n’est pas un rôle ({', '.join(Role)}).")
    entry = Entry(line, given["email"], given["name"], role, given.get("service"), given.get("commune"))
    _row(entry)  # refused now, with its line, rather than in the middle of the import
    return entry


def _row(entry: Entry) -> AccountRow:
    return new_row(
        email=entry.email,
        name=entry.name,
        role=entry.role or Role.AGENT,
        service=entry.service or "",
        commune=entry.commune or "",
    )


async def _update(session: AsyncSession, row: AccountRow, entry: Entry, actor: str) -> bool:
    before = account_of(row)
    if entry.service is not None:
        row.service = checked_service(entry.service)
    if entry.commune is not None:
        row.commune = checked_commune(entry.commune)
    changed = [name for name in ("service", "commune") if getattr(row, name) != getattr(before, name)]
    if changed:
        audit.record(session, actor, "account.import", row.id, {"changed": changed})
    if entry.role is None or entry.role == row.role:
        return bool(changed)
    await session.flush()
    try:
        await directory.change_role(session, row.id, entry.role, actor)
    except AccountError as error:
        raise _refusal([f"Ligne {entry.line} : {error.found}"]) from error
    return True


def _refusal(wrong: Sequence[str]) -> AccountError:
    shown = list(wrong[:_SHOWN])
    if len(wrong) > _SHOWN:
        shown.append(f"… et {len(wrong) - _SHOWN} autres lignes.")
    return AccountError(
        "\n".join(shown),
        "Attendu : un fichier CSV dont la première ligne nomme les colonnes email, nom et, si besoin, role, "
        "service, commune ; une personne par ligne.",
        "Rien n’a été importé. Corrigez le fichier et recommencez.",
    )
