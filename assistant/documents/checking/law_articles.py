"""Articles named in a French text, alone or listed: « articles 13 et 14 », « L. 311-3-1 », « annexe III »."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LETTER = r"(?:LO|L|R|D|A)(?:\. ?|\*| )?"
_NUMBER = re.compile(
    rf"(?:(?:{_LETTER})?\d+(?:er|-\d+(?:-\d+)*)?(?: (?:bis|ter|quater|quinquies)(?!\w))?(?![\w°%])"
    r"(?! (?:heures|jours|mois|ans|agents|euros|habitants)\b)|premier(?!\w))"
)
_OPENING = re.compile(
    r"(?<!\w)(?:(?P<own>[Ss]on |[Ss]es )?(?P<word>[Aa]rticles?|[Aa]rt\.) (?=\d|LO|[LRDA][. \d]|premier)"
    r"|(?=(?:L|R|D)(?:\. ?\d|\d{3,4}-\d))|(?P<annex>[Aa]nnexes? (?:[IVX]+|\d+))(?!\w))"
)
# « , paragraphe 1, point e) », « , premier alinéa », « f) »
_PRECISION = re.compile(
    r"(?:,? (?:(?:paragraphes?|alinéas?|points?|§+) ?(?:\d+|[a-z](?=[),]| |$))\)?"
    r"(?:(?:, | et | ou | à )(?:\d+(?=,| du| de)|[a-z]\)))*"
    r"|(?:premier|deuxième|second|troisième|dernier) alinéa|[a-z]\)))*"
)
_WORD = r"(?:à |de |d')?(?:l'|les |aux? |des )?(?:articles?|art\.) "
_AND = r"(?:,? et |,? ou |, | à )"
_NEXT_OF_SEVERAL = re.compile(rf"{_AND}(?:{_WORD})?(?=\d|LO|[LRDA][. \d])")
# after « article 33 » a lone number is not one more article, unless it says so
_NEXT_OF_ONE = re.compile(rf"{_AND}(?:{_WORD}(?=\d|LO|[LRDA][. \d])|(?=[LRD]\. ?\d))")
_LONGEST_RANGE = 100


@dataclass(frozen=True, slots=True)
class Articles:
    """Articles named together; ``own``: « son article 5 », of what is spoken of."""

    start: int
    end: int
    numbers: tuple[str, ...]
    own: bool = False

    @property
    def of_a_code(self) -> bool:
        """Tell whether these numbers can only be those of a code (« L. 311-3-1 »)."""
        return all(re.match(r"[A-Z]", number) and "-" in number for number in self.numbers)


def article_key(number: str) -> str:
    """Return the number of an article however it is written: ``L. 311-3-1`` is ``L311-3-1``."""
    joined = re.sub(r"[.\s*]", "", number)
    if joined.lower().startswith("annexe"):
        return f"annexe {joined[6:].removeprefix('s')}"
    return {"premier": "1", "1er": "1"}.get(joined, joined)


def articles(text: str) -> Iterator[Articles]:
    """Yield the articles named in a text (already ``plain``), in order."""
    end = 0
    for opening in _OPENING.finditer(text):
        if opening.start() < end:
            continue
        if opening["annex"]:
            end = opening.end()
            yield Articles(opening.start(), end, (article_key(opening["annex"]),))
            continue
        several = bool(opening["word"]) and opening["word"].endswith("s")
        numbers, end = _listed(text, opening.end(), _NEXT_OF_SEVERAL if several else _NEXT_OF_ONE)
        if numbers:
            yield Articles(opening.start(), end, numbers, bool(opening["own"]))


def _listed(text: str, place: int, following: re.Pattern[str]) -> tuple[tuple[str, ...], int]:
    """Return the numbers of a list that begins here and where it ends, its precisions included."""
    numbers: list[str] = []
    end, link = place, ""
    while number := _NUMBER.match(text, place):
        key = article_key(number.group())
        if link.startswith(" à ") and numbers:
            numbers.extend(_between(numbers[-1], key))
        numbers.append(key)
        precision = _PRECISION.match(text, number.end())
        end = precision.end() if precision else number.end()
        separator = following.match(text, end)
        if separator is None:
            break
        link, place = separator.group(), separator.end()
    return tuple(numbers), end


def _between(first: str, last: str) -> Iterator[str]:
    """Yield the numbers between the bounds of « articles 12 à 15 »; none when they are not plain numbers."""
    if first.isdigit() and last.isdigit() and int(last) - int(first) < _LONGEST_RANGE:
        yield from map(str, range(int(first) + 1, int(last)))
