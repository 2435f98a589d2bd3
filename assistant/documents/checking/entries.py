"""The entries of a prepared corpus and the lines of the files they stand on, for checks across files."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path

from assistant.documents.decoding import decode
from assistant.documents.located import LocatedError, Problem
from assistant.documents.metadata import OWN_KEYS
from assistant.documents.readers import RULES_FILE, WRITTEN_SUFFIXES
from assistant.documents.yamltext import YamlMapping, read_mapping
from assistant.domain import Document, DocumentKind, Section
from assistant.errors import DocumentError
from assistant.french import fold

_MARKDOWN = frozenset({".md", ".markdown"})
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*$", re.DOTALL | re.MULTILINE)


def comparable(text: str) -> str:
    """Return text as it is compared: folded, without final punctuation."""
    return " ".join(fold(text).split()).rstrip(" ?.!")


@dataclass(frozen=True, slots=True)
class Entry:
    """A section and the document that it belongs to."""

    document: Document
    section: Section

    @property
    def address(self) -> str:
        """Return what references call it."""
        return f"{self.document.info.id}#{self.section.anchor}"

    @property
    def kind(self) -> DocumentKind:
        """Return the kind of its document."""
        return self.document.info.kind

    @property
    def heading(self) -> str:
        """Return its own heading, or the document's title when there is none."""
        return self.section.trail[-1] if self.section.trail else self.document.info.title

    @property
    def body(self) -> str:
        """Return its text without its heading."""
        text = self.document.text[self.section.start : self.section.end]
        return text.removeprefix(self.heading).strip()

    @property
    def questions(self) -> Sequence[str]:
        """Return what people ask: the heading of a FAQ entry, then the questions of the fiche; none twice."""
        own = (self.heading,) if self.kind is DocumentKind.FAQ else ()
        return list({comparable(question): question for question in (*own, *self.section.questions)}.values())


class SourceFile:
    """A text file as its author wrote it, to name the line of what is wrong."""

    def __init__(self, path: Path, text: str) -> None:
        self.text = text
        self._path = path

    @cached_property
    def header(self) -> YamlMapping | None:
        """Return the keys of the rules, or the front matter when it has a key of ours; else None."""
        try:
            if self._path.name.lower() == RULES_FILE:
                return read_mapping(self.text)
            match = _FRONT_MATTER.match(self.text) if self._path.suffix.lower() in _MARKDOWN else None
            front = read_mapping(match.group(1), first_line=2) if match else None
        except LocatedError:  # the reader has already said so
            return None
        return front if front and OWN_KEYS & set(front) else None

    def line_of(self, words: str, first: int = 1) -> int | None:
        """Return the line on which these words begin, from line ``first`` on, though they run over lines."""
        starts, joined = self._joined
        found = joined.find(comparable(words), starts[min(first, len(starts)) - 1])
        return bisect_right(starts, found) if found >= 0 else None

    def line_of_entry(self, entry: Entry) -> int:
        """Return the line of an entry's heading or identifier, 1 when it is not found."""
        anchor, heading = entry.section.anchor, comparable(entry.heading)
        identifiers = (f"- id: {anchor}", f"id: {anchor}")
        for number, line in enumerate(self._lines, start=1):
            if line in identifiers or (line.startswith("#") and heading in line):
                return number
        return 1

    @cached_property
    def _lines(self) -> list[str]:
        return [comparable(line) for line in self.text.split("\n")]

    @cached_property
    def _joined(self) -> tuple[list[int], str]:
        starts = accumulate((len(line) + 1 for line in self._lines[:-1]), initial=0)
        return list(starts), " ".join(self._lines)


class Entries:
    """The documents of a corpus that could be read, looked at together."""

    def __init__(self, folder: Path, documents: Sequence[Document]) -> None:
        self.documents = documents
        self.every = [Entry(document, section) for document in documents for section in document.sections]
        self.by_address = {entry.address: entry for entry in self.every}
        self._folder = folder
        self._files: dict[str, SourceFile | None] = {}

    def leaves(self, *kinds: DocumentKind) -> Iterator[Entry]:
        """Yield the entries of these kinds of documents: sections that hold no other section."""
        for document in self.documents:
            if document.info.kind not in kinds:
                continue
            parents = {section.trail[:-1] for section in document.sections}
            for section in document.sections:
                if section.trail and section.trail not in parents:
                    yield Entry(document, section)

    def file(self, source: str) -> SourceFile | None:
        """Return a text file, None for another format or a file that has gone since it was read."""
        if source not in self._files:
            self._files[source] = self._read(source)
        return self._files[source]

    def _read(self, source: str) -> SourceFile | None:
        path = self._folder / source
        if path.suffix.lower() not in WRITTEN_SUFFIXES:
            return None
        try:
            return SourceFile(path, decode(path.read_bytes()))
        except (OSError, DocumentError):
            return None

    def prepared(self) -> Iterator[tuple[Document, YamlMapping]]:
        """Yield the documents written for Repère and their headers: those of others are free."""
        for document in self.documents:
            file = self.file(document.info.source)
            if file and file.header:
                yield document, file.header

    def problem(self, entry: Entry, words: str, message: str) -> Problem:
        """Return a problem on the line that holds these words, looked for from the entry's heading on."""
        source = entry.document.info.source
        file = self.file(source)
        if file is None:
            return Problem(source, None, message)
        first = file.line_of_entry(entry)
        return Problem(source, file.line_of(words, first) or first, message)
