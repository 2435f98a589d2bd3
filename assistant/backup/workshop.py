"""Folders to work aside, on the same disk as the result; what a killed process left there goes later."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

_PREFIX = ".repere-en-cours-"
_LOCK = "lock"


@contextmanager
def workshop(parent: Path) -> Iterator[Path]:
    """Make a folder in ``parent``, closed to other users, for the time of a block."""
    _tidy(parent)
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=parent) as name:
        folder = Path(name)
        with FileLock(folder / _LOCK):
            inside = folder / "work"
            inside.mkdir()
            yield inside


def _tidy(parent: Path) -> None:
    """Remove the folders whose process died: nobody holds their lock any more."""
    for abandoned in parent.glob(f"{_PREFIX}*"):
        try:
            with FileLock(abandoned / _LOCK, timeout=0):
                shutil.rmtree(abandoned, ignore_errors=True)
        except OSError:  # held, or somebody else's
            continue
