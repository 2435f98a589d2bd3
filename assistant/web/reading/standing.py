"""What is said of a version: its number, its dates, and whether it binds today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from assistant.domain import DocumentInfo, LegalStatus
from assistant.storage.versions import KeptVersion
from assistant.texts import Texts
from assistant.web.dates import spoken


@dataclass(frozen=True, slots=True)
class Standing:
    """``said`` is the version and its dates; ``pill`` is empty for a text in force, ``tone`` styles it."""

    said: str
    pill: str = ""
    tone: str = ""


def standing(info: DocumentInfo, day: date, texts: Texts) -> Standing:
    """Return what is said of a version on that day."""
    reason = _reason(info, day)
    pill = texts(f"reading.standing.{reason}") if reason else ""
    tone = "bad" if reason in ("repealed", "ended") else "warn"
    return Standing(_joined(info, _dates(info, day, texts), texts), pill, tone if reason else "")


def label(kept: KeptVersion, day: date, texts: Texts) -> str:
    """Return what tells a version from the others: its number and dates, or when it first served here."""
    seen = texts("reading.standing.seen", date=spoken(kept.first_seen_at.astimezone().date(), texts))
    return _joined(kept.info, _dates(kept.info, day, texts) or seen, texts)


def _joined(info: DocumentInfo, dates: str, texts: Texts) -> str:
    version = texts("chat.version", version=info.version)
    return f"{version}, {dates}" if dates else version


def _reason(info: DocumentInfo, day: date) -> str:
    """Return why the text does not bind that day, empty when it does; a key of ``reading.standing``."""
    if info.citable_on(day):
        return ""
    if info.status is LegalStatus.IN_FORCE:
        return "future" if info.in_force_from and info.in_force_from > day else "ended"
    return "draft" if info.status is LegalStatus.DRAFT else "repealed"


def _dates(info: DocumentInfo, day: date, texts: Texts) -> str:
    start = spoken(info.in_force_from, texts) if info.in_force_from else ""
    end = spoken(info.in_force_until, texts) if info.in_force_until else ""
    if start and end:
        return texts("reading.standing.between", start=start, end=end)
    if end:
        return texts("reading.standing.until", date=end)
    if start and info.citable_on(day):
        return texts("chat.in_force", date=start)
    return texts("reading.standing.start", date=start) if start else ""
