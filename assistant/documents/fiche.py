"""The ``fiche`` of a section: how people ask for it, what it rests on, its verdict."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.documents.yamltext import YamlMapping, read_mapping
from assistant.domain import Verdict

KEYS = ("questions", "references", "verdict", "synonymes")
REFERENCE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*#[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Fiche:
    """What the owner of a corpus says of a section, beside its text."""

    questions: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    verdict: Verdict | None = None


def read_fiche(text: str, first_line: int) -> Fiche:
    """Read the YAML of a ``fiche`` block.

    Raises:
        LocatedError: not YAML, an unknown key, or a value of the wrong kind.
    """
    return fiche_from(read_mapping(text, first_line))


def fiche_from(mapping: YamlMapping) -> Fiche:
    """Check the keys and values of a fiche.

    Raises:
        LocatedError: an unknown key, or a value of the wrong kind.
    """
    for key in mapping:
        if key not in KEYS:
            raise mapping.error(key, f"clé inconnue « {key} ».", f"Attendu : {', '.join(KEYS)}.")
    return Fiche(
        questions=mapping.texts("questions"),
        references=references(mapping, "references"),
        synonyms=mapping.texts("synonymes"),
        verdict=verdict(mapping),
    )


def references(mapping: YamlMapping, key: str) -> tuple[str, ...]:
    """Return passage addresses, given as a list or as one text.

    Raises:
        LocatedError: an address is not ``document#ancre``.
    """
    value = mapping.get(key)
    found = (value.strip(),) if isinstance(value, str) else mapping.texts(key)
    for address in found:
        if not REFERENCE.fullmatch(address):
            raise mapping.error(key, f"référence « {address} ».", "Attendu : document#ancre.")
    return found


def verdict(mapping: YamlMapping) -> Verdict | None:
    """Return the verdict, None when there is none.

    Raises:
        LocatedError: the value is not one of the four verdicts.
    """
    value = mapping.text("verdict")
    if not value:
        return None
    try:
        return Verdict(value)
    except ValueError as error:
        raise mapping.error("verdict", f"verdict « {value} ».", f"Attendu : {', '.join(Verdict)}.") from error
