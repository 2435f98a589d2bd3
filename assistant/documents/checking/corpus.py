"""Checks a prepared corpus before it is published: ``assistant corpus check``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from assistant.documents.checking.duplicates import near_questions, repeated_questions, repeated_terms
from assistant.documents.checking.entries import Entries
from assistant.documents.checking.headers import incoherent_dates, incomplete_headers
from assistant.documents.checking.law_list import check_law
from assistant.documents.checking.verdicts import (
    contradictory_openings,
    contradictory_verdicts,
    too_few_questions,
    unsourced,
)
from assistant.documents.folder import read_folder
from assistant.documents.located import Problem
from assistant.documents.placeholders import PLACEHOLDERS, find_placeholders
from assistant.documents.readers import MEGABYTE
from assistant.domain import Rejection

_LINE = re.compile(r"^Ligne (\d+) : ")


def check(folder: Path, today: date, max_bytes: int = 40 * MEGABYTE) -> list[Problem]:
    """Return what is wrong in a corpus, by file and line; empty when all is well.

    Raises:
        CorpusError: the folder is missing or holds no document.
    """
    reading = read_folder(folder, max_bytes)
    entries = Entries(folder, reading.documents)
    problems = {
        *(_refused(rejection) for rejection in reading.rejections),
        *incomplete_headers(entries),
        *incoherent_dates(entries, today),
        *unknown_placeholders(entries),
        *unresolved(entries),
        *unsourced(entries),
        *too_few_questions(entries),
        *contradictory_openings(entries),
        *contradictory_verdicts(entries),
        *repeated_questions(entries),
        *near_questions(entries),
        *repeated_terms(entries),
        *check_law(folder, entries),
    }
    return sorted(problems, key=lambda problem: (problem.source, problem.line or 0, problem.message))


def _refused(rejection: Rejection) -> Problem:
    match = _LINE.match(rejection.reason)
    reason = rejection.reason[match.end() :] if match else rejection.reason
    message = f"{reason} {rejection.remedy}".strip()
    return Problem(rejection.source, int(match.group(1)) if match else None, message)


def unknown_placeholders(entries: Entries) -> Iterator[Problem]:
    """Yield placeholders that no setting fills: agents would read the braces."""
    for document in entries.documents:
        source = document.info.source
        file = entries.file(source)
        for line, name in find_placeholders(file.text) if file else ():
            if name not in PLACEHOLDERS:
                written = name if "{" in name else f"{{{{{name}}}}}"
                yield Problem(
                    source,
                    line,
                    f"repère inconnu ou mal écrit « {written} » : attendu, entre deux accolades de chaque "
                    f"côté, {', '.join(PLACEHOLDERS)}.",
                )


def unresolved(entries: Entries) -> Iterator[Problem]:
    """Yield references that lead nowhere."""
    known = {document.info.id for document in entries.documents}
    for entry in entries.every:
        for address in entry.section.references:
            if address in entries.by_address:
                continue
            name, _, anchor = address.partition("#")
            missing = f"l’ancre « {anchor} » dans « {name} »" if name in known else f"le document « {name} »"
            yield entries.problem(
                entry,
                address,
                f"la référence « {address} » ne mène nulle part : il manque {missing}. "
                "Corrigez-la ou retirez-la.",
            )
