"""Looks for what was typed in the very bytes of the database's files."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from assistant.storage.database import Database


def written(database: Database) -> bytes:
    """Return the bytes of the database's files, those of the write-ahead log included."""
    file = Path(str(database.url.database))
    parts = sorted(file.parent.glob(f"{file.name}*"))
    assert f"{file.name}-wal" in {part.name for part in parts}
    return b"\n".join(part.read_bytes() for part in parts)


def leaked(database: Database, typed: Iterable[str]) -> set[str]:
    """Return which of these are in the files, as text or inside JSON."""
    found = written(database)
    forms = {text: (text.encode(), json.dumps(text)[1:-1].encode()) for text in typed}
    return {text for text, both in forms.items() if any(form in found for form in both)}
