"""What a document says of itself: keys of a front matter, checked, with defaults for anyone's files."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import PurePosixPath
from typing import TypeVar

from assistant.documents.yamltext import YamlMapping
from assistant.domain import DocumentInfo, DocumentKind, LegalStatus
from assistant.french import fold, slug

# A front matter with one of these was written for Repère, so its other keys are checked too.
OWN_KEYS = frozenset("titre statut perimetre texte_modele en_vigueur_depuis en_vigueur_jusqu_au".split())
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SCOPE = re.compile(r"metropole|commune:[a-z0-9]+(?:-[a-z0-9]+)*")
_WRITTEN_KINDS = tuple(kind for kind in DocumentKind if kind is not DocumentKind.RULES)
Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of a document before its text is assembled; empty ``id`` or ``title``: by default."""

    id: str = ""
    title: str = ""
    description: str = ""
    kind: DocumentKind = DocumentKind.DOCUMENT
    version: str = "1"
    status: LegalStatus = LegalStatus.IN_FORCE
    scope: str = "metropole"
    in_force_from: date | None = None
    in_force_until: date | None = None
    model_text: bool = False


def read_metadata(front: YamlMapping, kind: DocumentKind | None = None) -> Metadata:
    """Check the keys of a front matter; ``kind`` is imposed for rules.

    A front matter that has none of our own keys belongs to somebody else: only its title,
    description and what happens to be valid are kept.

    Raises:
        LocatedError: a key of ours has a value that cannot be used.
    """
    title = front.text("titre") or _plain(front, "title")
    description = _plain(front, "description")
    if kind is None and not OWN_KEYS & set(front):
        return _foreign(front, title, description)
    began, ended = _day(front, "en_vigueur_depuis"), _day(front, "en_vigueur_jusqu_au")
    if began and ended and ended < began:
        raise front.error(
            "en_vigueur_jusqu_au", f"fin {ended} avant le début {began}.", "Attendu : une date postérieure."
        )
    return Metadata(
        id=_identifier(front),
        title=title,
        description=description,
        kind=kind or _choice(front, "type", _WRITTEN_KINDS, DocumentKind.DOCUMENT),
        version=front.text("version") or "1",
        status=_choice(front, "statut", tuple(LegalStatus), LegalStatus.IN_FORCE),
        scope=_scope(front),
        in_force_from=began,
        in_force_until=ended,
        model_text=_flag(front, "texte_modele"),
    )


def _foreign(front: YamlMapping, title: str, description: str) -> Metadata:
    identifier, kind = _plain(front, "id"), _plain(front, "type")
    return Metadata(
        id=identifier if _SLUG.fullmatch(identifier) else "",
        title=title,
        description=description,
        kind=next((known for known in _WRITTEN_KINDS if known == kind), DocumentKind.DOCUMENT),
        version=_plain(front, "version") or "1",
    )


def _plain(front: YamlMapping, key: str) -> str:
    value = front.get(key)
    return " ".join(str(value).split()) if isinstance(value, str | int | float) else ""


def _identifier(front: YamlMapping) -> str:
    value = front.text("id")
    if value and not _SLUG.fullmatch(value):
        raise front.error(
            "id",
            f"identifiant « {value} ».",
            "Attendu : minuscules sans accent, chiffres et tirets.",
            f"Par exemple : {slug(value)}.",
        )
    return value


def _scope(front: YamlMapping) -> str:
    value = front.text("perimetre") or "metropole"
    if not _SCOPE.fullmatch(value):
        raise front.error("perimetre", f"périmètre « {value} ».", "Attendu : metropole ou commune:<nom>.")
    return value


def _choice(front: YamlMapping, key: str, allowed: tuple[Choice, ...], default: Choice) -> Choice:
    value = front.text(key)
    if not value:
        return default
    for choice in allowed:
        if fold(choice) == fold(value):
            return choice
    raise front.error(key, f"{key} « {value} ».", f"Attendu : {', '.join(allowed)}.")


def _day(front: YamlMapping, key: str) -> date | None:
    value = front.get(key)
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise front.error(
            key, f"date « {value} ».", "Attendu : AAAA-MM-JJ, par exemple 2026-09-01."
        ) from error


def _flag(front: YamlMapping, key: str) -> bool:
    value = front.get(key)
    if value is None:
        return False
    if isinstance(value, bool):
        return value
    raise front.error(key, f"{key} « {value} ».", "Attendu : true ou false.")


def default_id(source: str) -> str:
    """Return the slug of a path without its suffix; a hash is added when the slug loses part of it."""
    path = PurePosixPath(source)
    stem = path.with_suffix("").as_posix()
    name = slug(stem)
    complete = len(re.sub(r"[^a-z0-9]+", "-", fold(stem)).strip("-")) == len(name)
    if complete and any(char.isalnum() for char in fold(path.stem) if char.isascii()):
        return name
    return f"{name[:70].rstrip('-')}-{hashlib.sha256(stem.encode()).hexdigest()[:8]}"


def default_title(source: str) -> str:
    """Return a readable title made of a file's name."""
    words = re.sub(r"[_\s]+|(?<=\w)-(?=\w)", " ", PurePosixPath(source).stem).strip()
    return words[:1].upper() + words[1:]


def describe(metadata: Metadata, source: str, title: str, text: str) -> DocumentInfo:
    """Return the description of a document whose canonical text is known."""
    return DocumentInfo(
        id=metadata.id or default_id(source),
        title=metadata.title or title or default_title(source),
        kind=metadata.kind,
        version=metadata.version,
        status=metadata.status,
        scope=metadata.scope,
        source=source,
        hash=hashlib.sha256(text.encode()).hexdigest(),
        in_force_from=metadata.in_force_from,
        in_force_until=metadata.in_force_until,
        model_text=metadata.model_text,
    )
