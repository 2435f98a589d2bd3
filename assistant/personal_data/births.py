"""Dates of birth, beside the words that make them so.

A day and month, or a month and year (« née en mars 1987 »), are masked. A year alone (« né en 1987 ») and an
age are not: they tell little of anyone, and what was founded in a year is said to be born too.
"""

from __future__ import annotations

import re

from assistant.personal_data.surface import Span, before, disjoint
from assistant.personal_data.words import THINGS

MONTHS = (
    r"(?:janvier|janv|jan|fevrier|fevr|fev|mars|avril|avr|mai|juin|juillet|juil|aout|septembre|sept"
    r"|octobre|oct|novembre|nov|decembre|dec)\b\.?"
)
_DAY = r"(?:3[01]|[12][0-9]|0?[1-9])"
_MONTH = r"(?:1[0-2]|0?[1-9])"
_YEAR = r"(?:(?:19|20)[0-9]{2}|[0-9]{2})"
_DATE = (
    rf"(?:(?:19|20)[0-9]{{2}}[/.\- ]{_MONTH}[/.\- ]{_DAY}"
    rf"|{_DAY} ?[/.\- ] ?{_MONTH} ?[/.\- ] ?{_YEAR}"
    rf"|{_DAY}(?: ?er)? {MONTHS}(?: {_YEAR})?"
    rf"|{MONTHS} {_YEAR}"
    r"|[0-3][0-9][01][0-9](?:19|20)[0-9]{2})(?![0-9])"
)
_BORN = r"\bnee?(?:\(e\)|\.e|·e|/e|s)?s?"
_WEEKDAY = r"(?:(?:lun|mar|mercre|jeu|vendre|same)di |dimanche )?"
_MAIDEN = r"(?: (?-i:[A-Z][\w'-]*+)){0,3}"  # « née NGUYEN le… »
# « né à Lyon le… »: the place is short and holds no digit but its department
_WHERE = r"(?: ?,? ?(?:a|au|aux|en|dans) [^0-9\n.;!?\ue000\ue001]{2,40}?(?:\([0-9]{2,5}\))?)?"
_BIRTH = (
    r"(?:\bdate de naiss\w*[^0-9.;!?\n\ue000\ue001]{0,40}?|\bd\.?d\.?n\b"
    r"|\bnaissance(?: est| prevue)?(?: le| du)?)\.?"
)
_CUED = re.compile(
    rf"(?P<verb>{_BORN}){_MAIDEN}{_WHERE} ?,? ?(?:les?|en|au mois de|:|un)? ?:? ?{_WEEKDAY}(?P<date>{_DATE})"
    rf"|{_BIRTH}[ :=(]{{0,3}}(?P<written>{_DATE})",
    re.IGNORECASE,
)
_NEXT = re.compile(rf" ?(?:,|et|ou|&|puis) (?:le )?({_DATE})", re.IGNORECASE)
_LAST_WORD = re.compile(r"([a-z]+)(?: (?:est|etait|etaient|sont))?\W*$")


def birth_dates(text: str) -> list[Span]:
    """Return the spans of the dates that follow « né(e) le », « date de naissance », « DDN »."""
    found: list[Span] = []
    for match in _CUED.finditer(text):
        if match["verb"] and _is_a_thing(before(text, match.start())):
            continue
        group = "date" if match["verb"] else "written"
        found.append(match.span(group))
        other = _NEXT.match(text, match.end())
        while other:  # « nés le 12/03/2015 et le 14/06/2018 »
            found.append(other.span(1))
            other = _NEXT.match(text, other.end())
    return disjoint(found)


def _is_a_thing(context: str) -> bool:
    subject = _LAST_WORD.search(context)
    return subject is not None and subject[1] in THINGS
