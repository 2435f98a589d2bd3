"""The part of a passage that shows why it was found, with the words found marked."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.domain import Query
from assistant.french import fold, stem, stems
from assistant.web.reading.typesetting import Line, Run

LENGTH = 320  # characters
_LEAD = 60  # characters shown before the first word found
_WORD = re.compile(r"[^\W_]+(?:(?<=\d)\.(?=\d)[^\W_]+)*")
# Search keeps these, since they make a rule; marked, they would hide the subject of the question.
_GRAMMAR = frozenset(stems("ne pas sans peut doit"))


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    stem: str


def sought(query: Query) -> frozenset[str]:
    """Return the stems of what is looked for: the question as corrected and the glossary's forms."""
    return frozenset(stems(" ".join((query.cleaned, *query.expansions)))) - _GRAMMAR


def extract(text: str, wanted: frozenset[str], length: int = LENGTH) -> Line:
    """Return at most ``length`` characters of the text, around the most of the wanted stems, and « … ».

    The characters are those of the text; the words found are the quoted runs.
    """
    found = [
        _Found(*match.span(), said)
        for match in _WORD.finditer(text)
        if (said := stem(fold(match.group()))) in wanted
    ]
    start, end = _window(text, found, length)
    runs = [Run("… ")] if start else []
    position = start
    for one in found:
        if start <= one.start and one.end <= end:
            runs += [Run(text[position : one.start]), Run(text[one.start : one.end], quoted=True)]
            position = one.end
    runs.append(Run(text[position:end]))
    if end < len(text):
        runs.append(Run(" …"))
    return tuple(run for run in runs if run.text)


def _window(text: str, found: list[_Found], length: int) -> tuple[int, int]:
    """Return the span to show, between words."""
    if len(text) <= length:
        return 0, len(text)
    reach = length - _LEAD

    def worth(one: _Found) -> tuple[int, int]:
        near = {other.stem for other in found if one.start <= other.start < one.start + reach}
        return len(near), -one.start

    best = max(found, key=worth).start if found else 0
    start = min(max(0, best - _LEAD), len(text) - length)
    if start:
        start = min(best, _after_blank(text, start))
    end = start + length
    return start, len(text) if end >= len(text) else _before_blank(text, start, end)


def _after_blank(text: str, position: int) -> int:
    blank = re.compile(r"\s").search(text, position - 1)
    return blank.end() if blank else position


def _before_blank(text: str, start: int, end: int) -> int:
    cut = text[start : end + 1].rsplit(None, 1)
    return start + len(cut[0]) if len(cut) > 1 else end
