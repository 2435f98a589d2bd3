"""JSON Lines files read row by row, with errors that name the file and the line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError


class DatasetError(AssistantError):
    """A file of questions or of judgements cannot be used as it is."""

    exit_code = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a JSON Lines file: where it stands and its fields."""

    source: Path
    line: int
    fields: dict[str, Any]

    def wrong(self, found: str, expected: str) -> DatasetError:
        """Return the error that says what is wrong with this line."""
        return DatasetError(f"{self.source}, ligne {self.line} : {found}", expected, "Corrigez cette ligne.")

    def text(self, name: str) -> str:
        """Return a field that must be a text with something in it.

        Raises:
            DatasetError: the field is missing, empty or not a text.
        """
        value = self.fields.get(name)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(f"« {name} » manque ou n’est pas un texte.", f'Attendu : "{name}": "…".')
        return value

    def optional_text(self, name: str) -> str:
        """Return a field that may be missing or null, as an empty text then.

        Raises:
            DatasetError: the field is there and is not a text.
        """
        value = self.fields.get(name)
        if value is not None and not isinstance(value, str):
            raise self.wrong(f"« {name} » n’est pas un texte.", "Attendu : un texte ou null.")
        return value or ""

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a field that must be a list of texts, empty when missing or null.

        Raises:
            DatasetError: the field is there and is not such a list.
        """
        value = self.fields.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise self.wrong(f"« {name} » n’est pas une liste de textes.", 'Attendu : ["…", "…"] ou [].')
        return tuple(value)


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the numbered lines that are not blank.

    Raises:
        DatasetError: the file is missing, unreadable or not in UTF-8.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        what = "est introuvable" if isinstance(error, FileNotFoundError) else "ne peut pas être lu"
        raise DatasetError(f"{path} {what}.", "Un fichier lisible.", "Vérifiez le chemin.") from error
    except UnicodeDecodeError as error:
        raise DatasetError(
            f"{path} n’est pas encodé en UTF-8.", "Un fichier texte en UTF-8.", "Réenregistrez-le en UTF-8."
        ) from error
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, line.rstrip("\r")


def read_rows(path: Path) -> Iterator[Row]:
    """Yield the objects of a JSON Lines file, blank lines skipped.

    Raises:
        DatasetError: the file cannot be read, or a line is not a JSON object.
    """
    for number, line in read_lines(path):
        try:
            fields = json.loads(line)
        except json.JSONDecodeError as error:
            raise DatasetError(
                f"{path}, ligne {number} : JSON invalide ({error.msg}, colonne {error.colno}).",
                "Un objet JSON par ligne.",
                "Corrigez cette ligne.",
            ) from error
        row = Row(path, number, fields if isinstance(fields, dict) else {})
        if not isinstance(fields, dict):
            raise row.wrong("ce n’est pas un objet.", "Un objet JSON par ligne : {…}.")
        yield row
