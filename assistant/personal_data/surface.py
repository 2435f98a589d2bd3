"""The text as the detectors read it: no accents, plain spaces, nothing invisible, offsets kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from assistant.personal_data.findings import DataKind

PLACEHOLDERS = {
    DataKind.PHONE: "[téléphone masqué]",
    DataKind.EMAIL: "[adresse électronique masquée]",
    DataKind.ADDRESS: "[adresse masquée]",
    DataKind.SOCIAL_SECURITY: "[numéro de sécurité sociale masqué]",
    DataKind.IBAN: "[IBAN masqué]",
    DataKind.PLATE: "[plaque masquée]",
    DataKind.BIRTH_DATE: "[date de naissance masquée]",
    DataKind.NAME: "[nom masqué]",
}
PLACEHOLDER = re.compile("|".join(map(re.escape, PLACEHOLDERS.values())))

# One private character stands for each masked piece, whatever its length: what is masked looks the same to
# the detectors as its placeholder does, which is what makes masking idempotent.
FACT = "\ue000"
NAME = "\ue001"
Span = tuple[int, int]

_SAME = str.maketrans(
    dict.fromkeys("’ʼ‘`´′", "'") | dict.fromkeys("‐‑‒–—−", "-") | {"œ": "oe", "Œ": "Oe", "æ": "ae", "Æ": "Ae"}
)
_ENDS_LINE = "\n\r\v\f\x85\u2028\u2029"


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    """Return what one character is read as: letters without accents, ASCII digits, or nothing."""
    if char in (FACT, NAME):
        return "\ufffd"
    if char in _ENDS_LINE:
        return "\n"
    category = unicodedata.category(char)
    if category == "Cf":
        return ""
    if category in ("Cc", "Zs"):
        return " "
    if category == "Nd":
        return str(unicodedata.decimal(char))
    letters = unicodedata.normalize("NFKD", char.translate(_SAME)).translate(_SAME)
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    # « ⅓ » or « ⑫ » would be read as several characters of which a finding could cut one off
    return kept if len(kept) <= 1 or kept.isalpha() else char


@dataclass(frozen=True, slots=True)
class Surface:
    """``text`` is what is read; ``starts[i]`` and ``ends[i]`` bound its character ``i`` in the text given."""

    text: str
    starts: list[int]
    ends: list[int]

    def hide(self, spans: Iterable[Span], mark: str) -> Surface:
        """Return the surface in which each span (ordered, disjoint) has become one ``mark``."""
        pieces: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        reached = 0
        for start, end in spans:
            pieces += [self.text[reached:start], mark]
            starts += [*self.starts[reached:start], self.starts[start]]
            ends += [*self.ends[reached:start], self.ends[end - 1]]
            reached = end
        pieces.append(self.text[reached:])
        return Surface("".join(pieces), starts + self.starts[reached:], ends + self.ends[reached:])


def read(text: str) -> Surface:
    """Return the surface of a text, in which the placeholders of an earlier screening are hidden."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    masked = {match.start(): match for match in PLACEHOLDER.finditer(text)}
    position = 0
    while position < len(text):
        match = masked.get(position)
        if match:
            shown = NAME if match.group() == PLACEHOLDERS[DataKind.NAME] else FACT
            end = match.end()
        else:
            shown, end = _plain(text[position]), position + 1
        pieces.append(shown)
        starts += [position] * len(shown)
        ends += [end] * len(shown)
        position = end
    return Surface("".join(pieces), starts, ends)


# --- what the detectors share --------------------------------------------------------------------

WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")


def before(text: str, position: int, length: int = 40) -> str:
    """Return the characters that precede a position on the same line, in lower case."""
    start = max(0, position - length)
    return text[start:position].rpartition("\n")[2].lower()


def disjoint(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in order, without those that overlap an earlier one."""
    kept: list[Span] = []
    for start, end in sorted(spans):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept
