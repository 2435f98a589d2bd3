"""Passwords: which are accepted, and their argon2 hashes."""

from __future__ import annotations

import asyncio
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from assistant.errors import AccountError

SHORTEST = 12
LONGEST = 200
_PRODUCT = "repere"
# A shorter local part (« al@… ») is found in too many good passwords by chance.
_TELLING = 4
_HASHER = PasswordHasher()


def check_strength(password: str, email: str) -> None:
    """Refuse a password too easy to guess for this account.

    Raises:
        AccountError: too short, too long, one character repeated, or holding the e-mail or « Repère ».
    """
    plain = _plain(password)
    local = _plain(email).partition("@")[0]
    if not SHORTEST <= len(password) <= LONGEST:
        found = f"Ce mot de passe a {len(password)} caractère{'s' if len(password) > 1 else ''}."
    elif len(set(plain)) == 1:
        found = "Ce mot de passe répète un seul caractère."
    elif len(local) >= _TELLING and local in plain:
        found = "Ce mot de passe contient votre adresse électronique."
    elif _PRODUCT in plain:
        found = "Ce mot de passe contient « repere »."
    else:
        return
    raise AccountError(
        found,
        f"Attendu : {SHORTEST} à {LONGEST} caractères, pas tous les mêmes, sans le début de votre adresse "
        "électronique ni « repere ».",
        "Choisissez par exemple quatre ou cinq mots sans rapport entre eux.",
    )


async def hashed(password: str) -> str:
    """Return the argon2 hash to keep, computed in a thread."""
    return await asyncio.to_thread(_HASHER.hash, _typed(password))


async def matches(known: str, password: str) -> bool:
    """Tell whether the password is the one of this hash; as long when there is no hash."""
    return await asyncio.to_thread(_matches, known, password)


def outdated(known: str) -> bool:
    """Tell whether a hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(known)


def _matches(known: str, password: str) -> bool:
    stand_in = _stand_in()  # before anything else: the first call of all must not tell either
    try:
        return _HASHER.verify(known or stand_in, _typed(password)) and bool(known)
    except (VerifyMismatchError, InvalidHashError):
        return False


@cache
def _stand_in() -> str:
    return _HASHER.hash("no account has this password")


def _typed(password: str) -> bytes:
    # One keyboard composes « é », another one sends « e » and its accent: both are the same password.
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def _plain(text: str) -> str:
    # Not french.fold: it remembers what it folded.
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))
