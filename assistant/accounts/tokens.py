"""Random tokens that open something; the database holds their SHA-256 only."""

from __future__ import annotations

import hashlib
import secrets


def new_token() -> str:
    """Return 256 random bits that fit in a cookie or an address."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return what is kept of a token, from which it cannot be found again."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
