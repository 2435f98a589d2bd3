"""What the header of a prepared document must say, and dates that go with its status."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from assistant.documents.checking.entries import Entries
from assistant.documents.located import Problem
from assistant.domain import DocumentInfo, DocumentKind, LegalStatus

_REQUIRED = ("id", "titre", "type", "version", "statut", "en_vigueur_depuis")


def incomplete_headers(entries: Entries) -> Iterator[Problem]:
    """Yield the headers that lack a key: once adopted, a text is cited by its version and its date."""
    for document, header in entries.prepared():
        # the name of a file of rules already says its kind
        required = [key for key in _REQUIRED if key != "type" or document.info.kind is not DocumentKind.RULES]
        missing = [key for key in required if header.get(key) in (None, "")]
        if missing:
            names = ", ".join(f"« {key} »" for key in missing)
            yield Problem(document.info.source, header.line, f"il manque {names} à l’en-tête : complétez-le.")


def incoherent_dates(entries: Entries, today: date) -> Iterator[Problem]:
    """Yield the dates that contradict the status of a document."""
    for document, header in entries.prepared():
        found = _contradiction(document.info, today)
        if found:
            key, message = found
            yield Problem(document.info.source, header.line_of(key), message)


def _contradiction(info: DocumentInfo, today: date) -> tuple[str, str] | None:
    began, ended = info.in_force_from, info.in_force_until
    if info.status is LegalStatus.REPEALED and ended is None:
        return "statut", (
            "le texte est abrogé mais sa date de fin manque : ajoutez « en_vigueur_jusqu_au » à l’en-tête."
        )
    if info.status is not LegalStatus.IN_FORCE:
        return None
    if ended is not None and ended < today:
        return "en_vigueur_jusqu_au", (
            f"le texte est dit en vigueur mais il a pris fin le {ended} : "
            "écrivez « statut: abrogé », ou changez cette date."
        )
    if began is not None and began > today:
        return "en_vigueur_depuis", (
            f"le texte est dit en vigueur mais il ne commence que le {began} : "
            "écrivez « statut: projet » jusque-là, ou changez cette date."
        )
    return None
