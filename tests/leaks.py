"""Looks for what was typed in the very bytes of the database's files."""

from __future__ import annotations

import json
from collections.abc import Iterable

from assistant.storage.database import Database
from assistant.storage.occupancy import file_of


def written(database: Database | str) -> bytes:
    """Return the bytes of the files of a database in use, those of the write-ahead log included."""
    file = file_of(database if isinstance(database, str) else database.url.render_as_string())
    assert file is not None
    parts = sorted(file.parent.glob(f"{file.name}*"))
    assert f"{file.name}-wal" in {part.name for part in parts}
    return b"\n".join(part.read_bytes() for part in parts)


def leaked(database: Database | str, typed: Iterable[str]) -> set[str]:
    """Return which of these are in the files, as text or inside JSON."""
    found = written(database)
    forms = {text: (text.encode(), json.dumps(text)[1:-1].encode()) for text in typed}
    return {text for text, both in forms.items() if any(form in found for form in both)}
