"""The documents and passages of one generation, in a read-only SQLite file fetched row by row.

Loading a passage only when it is found keeps memory flat whatever the size of the corpus.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from pydantic import TypeAdapter

from assistant.documents.splitter import section_address
from assistant.domain import Document, Passage

_DOCUMENT = TypeAdapter(Document)
_PASSAGE = TypeAdapter(Passage)
_SCHEMA = """
CREATE TABLE documents (
    id TEXT PRIMARY KEY, source TEXT NOT NULL, file_hash TEXT NOT NULL, body BLOB NOT NULL
);
CREATE TABLE passages (
    row INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, hash TEXT NOT NULL, first_question INTEGER NOT NULL,
    questions INTEGER NOT NULL, body BLOB NOT NULL
);
CREATE INDEX passages_by_hash ON passages (hash);
CREATE TABLE vocabulary (word TEXT PRIMARY KEY, frequency INTEGER NOT NULL);
CREATE TABLE forms (form TEXT NOT NULL, term TEXT NOT NULL);
CREATE TABLE supports (citing INTEGER NOT NULL, cited INTEGER NOT NULL, PRIMARY KEY (citing, cited));
"""


class Content:
    """Read access; safe from several threads."""

    def __init__(self, path: Path) -> None:
        address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        self._connection = sqlite3.connect(address, uri=True, check_same_thread=False)
        self._lock = threading.Lock()
        self.passage = lru_cache(maxsize=4096)(self._passage)
        self.document = lru_cache(maxsize=64)(self._document)

    def _all(self, query: str, *values: object) -> list[tuple[object, ...]]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    def _passage(self, row: int) -> Passage:
        """Return the passage of a row."""
        return _PASSAGE.validate_json(_blob(self._all("SELECT body FROM passages WHERE row = ?", row)[0][0]))

    def _document(self, document_id: str) -> Document | None:
        """Return a document, or None when this generation does not hold it."""
        found = self._all("SELECT body FROM documents WHERE id = ?", document_id)
        return _DOCUMENT.validate_json(_blob(found[0][0])) if found else None

    def row_of(self, passage_id: str) -> int | None:
        """Return the row of a passage id, or None."""
        found = self._all("SELECT row FROM passages WHERE id = ?", passage_id)
        return int(str(found[0][0])) if found else None

    def documents(self) -> list[Document]:
        """Return every document, ordered by id."""
        ids = self._all("SELECT id FROM documents ORDER BY id")
        return [document for (name,) in ids if (document := self.document(str(name))) is not None]

    def read_files(self) -> dict[str, tuple[str, Document]]:
        """Return, by source path, the hash of the file and the document read from it."""
        rows = self._all("SELECT source, file_hash, id FROM documents")
        found = {str(source): (str(digest), self.document(str(name))) for source, digest, name in rows}
        return {source: (digest, document) for source, (digest, document) in found.items() if document}

    def rows_by_hash(self) -> dict[str, tuple[int, int, int]]:
        """Return, by passage hash, its row, its first question row and its number of question rows."""
        rows = self._all("SELECT hash, row, first_question, questions FROM passages")
        return {str(digest): (_int(row), _int(first), _int(count)) for digest, row, first, count in rows}

    def question_owners(self) -> list[int]:
        """Return, for each question row, the row of its passage."""
        rows = self._all("SELECT row, questions FROM passages ORDER BY row")
        return [_int(row) for row, count in rows for _ in range(_int(count))]

    def vocabulary(self) -> dict[str, int]:
        """Return how many times each folded word occurs in the corpus."""
        return {str(word): _int(count) for word, count in self._all("SELECT word, frequency FROM vocabulary")}

    def forms(self) -> list[tuple[str, str]]:
        """Return the glossary as (form, term) pairs: each synonym or acronym and the term it stands for."""
        return [(str(form), str(term)) for form, term in self._all("SELECT form, term FROM forms")]

    def supports(self) -> list[tuple[int, int]]:
        """Return the (citing, cited) rows: a passage and each passage that it rests on."""
        return [
            (_int(citing), _int(cited)) for citing, cited in self._all("SELECT citing, cited FROM supports")
        ]

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def write_content(
    path: Path,
    documents: Iterable[Document],
    passages: Sequence[Passage],
    question_counts: Sequence[int],
    file_hashes: Mapping[str, str],
    vocabulary: Mapping[str, int],
    forms: Iterable[tuple[str, str]],
) -> None:
    """Write the file; ``question_counts[row]`` is the number of question rows of each passage."""
    connection = sqlite3.connect(path)
    try:
        connection.executescript(_SCHEMA)
        connection.executemany(
            "INSERT INTO documents VALUES (?, ?, ?, ?)",
            (
                (one.info.id, one.info.source, file_hashes.get(one.info.source, ""), _DOCUMENT.dump_json(one))
                for one in documents
            ),
        )
        first = 0
        rows = []
        for row, (passage, count) in enumerate(zip(passages, question_counts, strict=True)):
            rows.append((row, passage.id, passage.hash, first, count, _PASSAGE.dump_json(passage)))
            first += count
        connection.executemany("INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?)", rows)
        connection.executemany("INSERT INTO supports VALUES (?, ?)", _supports(passages))
        connection.executemany("INSERT INTO vocabulary VALUES (?, ?)", vocabulary.items())
        connection.executemany("INSERT INTO forms VALUES (?, ?)", forms)
        connection.commit()
    finally:
        connection.close()


def _supports(passages: Sequence[Passage]) -> set[tuple[int, int]]:
    """Return the (citing, cited) rows; a reference to an article is to each of its parts."""
    rows: dict[str, list[int]] = {}
    for row, passage in enumerate(passages):
        rows.setdefault(section_address(passage.id), []).append(row)
    return {
        (citing, cited)
        for citing, passage in enumerate(passages)
        for reference in passage.references
        for cited in rows.get(reference, ())
        if cited != citing
    }


def _blob(value: object) -> bytes:
    if not isinstance(value, bytes):
        raise TypeError(f"expected bytes in the content file, found {type(value).__name__}")
    return value


def _int(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"expected an integer in the content file, found {type(value).__name__}")
    return value
