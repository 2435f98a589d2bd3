"""What screening tells: the kinds of personal data, where each was found, the masked text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class DataKind(StrEnum):
    """A personal fact that is masked."""

    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    SOCIAL_SECURITY = "social_security"
    IBAN = "iban"
    PLATE = "plate"
    BIRTH_DATE = "birth_date"
    NAME = "name"


class SensitiveTopic(StrEnum):
    """A special category of data (GDPR, article 9) said of a person: reported, never masked."""

    HEALTH = "health"
    RELIGION = "religion"
    UNION = "union"


@dataclass(frozen=True, slots=True)
class Finding:
    """A personal fact: ``text[start:end]`` of the text given, in code points."""

    kind: DataKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Screening:
    """The masked text, what was masked in order of appearance, and the sensitive topics met."""

    text: str
    findings: tuple[Finding, ...]
    sensitive: tuple[SensitiveTopic, ...]
