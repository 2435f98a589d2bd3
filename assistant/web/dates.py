"""Dates as people say them: « 1er septembre 2026 »."""

from __future__ import annotations

from datetime import date

from assistant.texts import Texts


def spoken(day: date, texts: Texts) -> str:
    """Return the date in words, with the month names and the ordinal of the interface's language."""
    month = texts("page.date.months").split()[day.month - 1]
    number = texts("page.date.first") if day.day == 1 else str(day.day)
    return texts("page.date.format", day=number, month=month, year=day.year)
