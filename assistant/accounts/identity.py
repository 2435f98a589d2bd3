"""What an account is made of: checked on the way in, frozen on the way out."""

from __future__ import annotations

import re
import unicodedata
from uuid import uuid4

from assistant.domain import Account, Role
from assistant.errors import AccountError
from assistant.storage.tables import AccountRow

LONGEST_EMAIL = 254
LONGEST_TEXT = 200
LONGEST_COMMUNE = 100
# One sane check, not the grammar of addresses: a local domain without a dot is usual on an intranet.
_EMAIL = re.compile(r"""\w[^\s@,;:<>()\[\]"\\]*@\w[\w-]*(\.\w[\w-]*)*""")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# A spreadsheet would take a name that begins so for a formula.
_FORMULA = ("=", "+", "-", "@")


def account_of(row: AccountRow) -> Account:
    """Return the account as the rest of the application sees it: without its password."""
    return Account(row.id, row.email, row.name, Role(row.role), row.service, row.commune, row.active)


def normal_email(email: str) -> str:
    """Return an e-mail address as it is kept and compared: trimmed, lower case."""
    return unicodedata.normalize("NFC", email.strip()).lower()


def new_row(*, email: str, name: str, role: Role, service: str = "", commune: str = "") -> AccountRow:
    """Return a new account, active and without password, from what somebody typed.

    Raises:
        AccountError: an e-mail, name, service or commune that cannot be kept.
    """
    return AccountRow(
        id=str(uuid4()),
        email=_checked_email(email),
        name=_checked_name(name),
        role=role.value,
        service=checked_service(service),
        commune=checked_commune(commune),
        password_hash="",
        active=True,
    )


def _checked_email(email: str) -> str:
    normal = normal_email(email)
    if len(normal) > LONGEST_EMAIL or not normal.isprintable() or not _EMAIL.fullmatch(normal):
        raise AccountError(
            f"« {_shown(email)} » n’est pas une adresse électronique.",
            f"Attendu : nom@domaine, sans espace, {LONGEST_EMAIL} caractères au plus.",
            "Corrigez l’adresse.",
        )
    return normal


def _checked_name(name: str) -> str:
    clean = _one_line(name)
    if not clean or len(clean) > LONGEST_TEXT or clean.startswith(_FORMULA):
        raise AccountError(
            f"« {_shown(name)} » n’est pas un nom." if clean else "Le nom est vide.",
            f"Attendu : le nom de la personne, {LONGEST_TEXT} caractères au plus.",
            "Donnez son nom.",
        )
    return clean


def checked_service(service: str) -> str:
    """Return a service's name on one line.

    Raises:
        AccountError: the name is too long.
    """
    clean = _one_line(service)
    if len(clean) > LONGEST_TEXT:
        raise AccountError(
            f"Le nom de service « {_shown(service)} » est trop long.",
            f"Attendu : {LONGEST_TEXT} caractères au plus.",
            "Abrégez-le.",
        )
    return clean


def checked_commune(commune: str) -> str:
    """Return a commune's slug, empty for the metropolis itself.

    Raises:
        AccountError: not a slug.
    """
    clean = commune.strip()
    if clean and (len(clean) > LONGEST_COMMUNE or not _SLUG.fullmatch(clean)):
        raise AccountError(
            f"« {_shown(commune)} » n’est pas un identifiant de commune.",
            "Attendu : des minuscules sans accent, des chiffres et des tirets (saint-martin), ou rien.",
            "Écrivez la commune comme dans la portée des documents (commune:saint-martin).",
        )
    return clean


def _one_line(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _shown(text: str) -> str:
    line = _one_line(text)
    return line if len(line) <= 60 else line[:59] + "…"
