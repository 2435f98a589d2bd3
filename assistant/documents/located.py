"""Errors and problems that name the line of the file they come from."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.errors import DocumentError


class LocatedError(DocumentError):
    """A document error whose line in the file is known (``line`` counts from 1, or is None)."""

    def __init__(self, found: str, expected: str = "", remedy: str = "", line: int | None = None) -> None:
        self.line = line
        super().__init__(f"Ligne {line} : {found}" if line is not None else found, expected, remedy)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something to mend in a corpus: the file, the line when it is known, and what is wrong."""

    source: str
    line: int | None
    message: str

    def __str__(self) -> str:
        where = self.source if self.line is None else f"{self.source}, ligne {self.line}"
        return f"{where} : {self.message}"
