"""Checks a prepared corpus before it is published: ``assistant corpus check``."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.documents.decoding import decode
from assistant.documents.folder import FolderReading, read_folder
from assistant.documents.located import Problem
from assistant.documents.readers import MEGABYTE
from assistant.domain import Document, DocumentKind, Rejection, Section
from assistant.errors import DocumentError
from assistant.french import fold

_LINE = re.compile(r"^Ligne (\d+) : ")
_TEXT_SUFFIXES = frozenset({".md", ".markdown", ".yaml", ".yml"})


def check(folder: Path, max_bytes: int = 40 * MEGABYTE) -> list[Problem]:
    """Return what is wrong in a corpus, by file and line; empty when all is well.

    Raises:
        CorpusError: the folder is missing or holds no document.
    """
    reading = read_folder(folder, max_bytes)
    corpus = _Corpus(folder, reading)
    problems = [
        *(_refused(rejection) for rejection in reading.rejections),
        *corpus.unresolved(),
        *corpus.unsourced(),
        *corpus.repeated_questions(),
        *corpus.repeated_terms(),
    ]
    return sorted(problems, key=lambda problem: (problem.source, problem.line or 0, problem.message))


def _refused(rejection: Rejection) -> Problem:
    match = _LINE.match(rejection.reason)
    reason = rejection.reason[match.end() :] if match else rejection.reason
    message = f"{reason} {rejection.remedy}".strip()
    return Problem(rejection.source, int(match.group(1)) if match else None, message)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A section and the document that it belongs to."""

    document: Document
    section: Section

    @property
    def address(self) -> str:
        return f"{self.document.info.id}#{self.section.anchor}"

    @property
    def heading(self) -> str:
        return self.section.trail[-1] if self.section.trail else self.document.info.title


class _Corpus:
    """The documents that could be read, looked at together."""

    def __init__(self, folder: Path, reading: FolderReading) -> None:
        self._folder = folder
        self._documents = reading.documents
        self._entries = [
            _Entry(document, section) for document in self._documents for section in document.sections
        ]
        self._addresses = {entry.address for entry in self._entries}
        self._lines: dict[str, list[str]] = {}

    def unresolved(self) -> Iterator[Problem]:
        """Yield references that lead nowhere."""
        known = {document.info.id for document in self._documents}
        for entry in self._entries:
            for address in entry.section.references:
                name, _, anchor = address.partition("#")
                if address in self._addresses:
                    continue
                missing = (
                    f"l’ancre « {anchor} » dans « {name} »" if name in known else f"le document « {name} »"
                )
                yield self._problem(
                    entry, address, f"la référence « {address} » ne mène nulle part : il manque {missing}."
                )

    def unsourced(self) -> Iterator[Problem]:
        """Yield FAQ entries and rules that cite no article."""
        for entry in self._leaves(DocumentKind.FAQ, DocumentKind.RULES):
            if not entry.section.references:
                yield self._problem(
                    entry,
                    entry.heading,
                    f"« {entry.heading} » ne cite aucun article : ajoutez « references » à sa fiche.",
                )

    def repeated_questions(self) -> Iterator[Problem]:
        """Yield questions that two entries share: search could not tell which one answers."""
        first: dict[str, _Entry] = {}
        for entry in self._entries:
            for question in _questions(entry):
                other = first.setdefault(_key(question), entry)
                if other is not entry:
                    yield self._problem(
                        entry, question, f"la question « {question} » est aussi celle de {other.address}."
                    )

    def repeated_terms(self) -> Iterator[Problem]:
        """Yield terms and synonyms that the glossary defines twice."""
        owners: dict[str, dict[str, _Entry]] = defaultdict(dict)
        for entry in self._leaves(DocumentKind.GLOSSARY):
            for term in dict.fromkeys((entry.heading, *entry.section.synonyms)):
                owners[_key(term)].setdefault(entry.address, entry)
        for term, entries in owners.items():
            first, *others = entries.values()
            for entry in others:
                yield self._problem(
                    entry, entry.heading, f"le terme « {term} » est déjà défini par {first.address}."
                )

    def _leaves(self, *kinds: DocumentKind) -> Iterator[_Entry]:
        """Yield the entries of these kinds of documents: sections that hold no other section."""
        for document in self._documents:
            if document.info.kind not in kinds:
                continue
            parents = {section.trail[:-1] for section in document.sections}
            for section in document.sections:
                if section.trail and section.trail not in parents:
                    yield _Entry(document, section)

    def _problem(self, entry: _Entry, words: str, message: str) -> Problem:
        source = entry.document.info.source
        return Problem(source, self._line(source, entry, words), message)

    def _line(self, source: str, entry: _Entry, words: str) -> int | None:
        """Return the line of a text file that holds these words, looked for from the entry's heading on."""
        if Path(source).suffix.lower() not in _TEXT_SUFFIXES:
            return None
        lines = self._source_lines(source)
        wanted = _key(words)
        begin = next((n for n, line in enumerate(lines) if _opens(line, entry)), 0)
        following = (n for n in range(begin, len(lines)) if wanted in lines[n])
        return next(following, begin) + 1

    def _source_lines(self, source: str) -> list[str]:
        if source not in self._lines:
            try:
                text = decode((self._folder / source).read_bytes())
            except (OSError, DocumentError):  # changed since it was read: the problem has no line
                text = ""
            self._lines[source] = [_key(line) for line in text.split("\n")]
        return self._lines[source]


def _opens(line: str, entry: _Entry) -> bool:
    heading = line.startswith("#") and _key(entry.heading) in line
    return heading or line in (f"- id: {entry.section.anchor}", f"id: {entry.section.anchor}")


def _questions(entry: _Entry) -> Iterable[str]:
    own = (entry.heading,) if entry.document.info.kind is DocumentKind.FAQ else ()
    return {_key(question): question for question in (*own, *entry.section.questions)}.values()


def _key(text: str) -> str:
    """Return text as it is compared: folded, without final punctuation."""
    return " ".join(fold(text).split()).rstrip(" ?.!")
