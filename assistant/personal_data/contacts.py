"""Telephone numbers and e-mail addresses.

Every ordinary number is personal: a landline does not tell a home from a counter. Service numbers (short
ones, 08, and the 09 69 3 of customer services) stay, and so do the numbers of files, invoices or tickets.
"""

from __future__ import annotations

import re

from assistant.personal_data.surface import Span, before, disjoint

# --- e-mail --------------------------------------------------------------------------------------

_AT = r"(?: ?@ ?| ?[\[(] ?(?:at|arobase|a) ?[\])] ?| arobase )"
_DOT = r"(?:\.| ?[\[(] ?(?:dot|point) ?[\])] ?)"
# the part before the sign is possessive and begins where no such character precedes: linear time
_EMAIL = re.compile(rf"(?<![\w.+%-])[\w.+%-]++{_AT}(?:[\w-]++{_DOT})+[A-Za-z]{{2,24}}(?!\w)", re.IGNORECASE)


def emails(text: str) -> list[Span]:
    """Return the spans of e-mail addresses, whoever they belong to, with ``@`` or ``[at]``."""
    return [match.span() for match in _EMAIL.finditer(text)]


# --- telephone -----------------------------------------------------------------------------------

_GAP = r"[ .\-/_]{0,3}"
_TRUNK = rf"(?:(?:\+|00 ?)33{_GAP}(?:\(0\)|0)?{_GAP}|\((?=0[1-9]\))0|0 ?)"
_NATIONAL = re.compile(
    rf"(?:(?<![0-9A-Za-z+])(?<![0-9]\.)|(?<=(?i:tel))){_TRUNK}([1-9])\)?(?:{_GAP}[0-9]){{8}}(?![0-9])"
)
_ABROAD = re.compile(r"(?<![0-9A-Za-z+])(?:\+|00)(?!33)[1-9](?:[ .\-/()]{0,3}[0-9]){6,14}(?![0-9])")
# the first zero is lost in spreadsheets; without it, only the word before tells a telephone number
_CUED = re.compile(
    r"\b(?:tel|telephone|portable|mobile|fixe|gsm|joignable|rappeler|appeler)\b[^0-9\n\ue000\ue001]{0,12}"
    rf"(?<![0-9+])([1-79](?:{_GAP}[0-9]{{2}}){{4}})(?![0-9])",
    re.IGNORECASE,
)
_IN_PAIRS = re.compile(rf"0[1-79](?:[ .\-/_]{_GAP}[0-9]{{2}}){{4}}")
_DATE = re.compile(r"[0-9]{2}([/.\-])(?:[0-9]{2}\1)?(?:19|20)[0-9]{2}(?![0-9])")
_CODES = re.compile(
    r"\b(?:siret|siren|siege|factures?|tickets?|marches?|commandes?|dossiers?|references?|ref|lots?|isbn|issn"
    r"|doi|series?|versions?|budgets?|imputation|lignes?|articles?|bons?|devis|contrats?|engagements?|mandats?"
    r"|titres?)\b(?:[^A-Za-z\n]|\b(?:n|no|num|numero|est|le|la|du|de)\b)*$",
)
_SERVICE = re.compile(r"8|9693")
_OVERSEAS = ("FR", "GP", "MQ", "GF", "RE", "YT")


def phones(text: str) -> list[Span]:
    """Return the spans of telephone numbers, French (overseas included) or written with a country code."""
    found: list[Span] = []
    for match in _NATIONAL.finditer(text):
        if _is_french(text, match):
            found.append(match.span())
    for match in _ABROAD.finditer(text):
        end = _foreign_end(match)
        if end:
            found.append((match.start(), end))
    found += [match.span(1) for match in _CUED.finditer(text)]
    return disjoint(found)


def _is_french(text: str, match: re.Match[str]) -> bool:
    """Tell whether ten digits are a subscriber's number rather than a service, a date or a file number."""
    typed = match.group()
    national = re.sub(r"[^0-9]", "", typed[match.start(1) - match.start() :])
    if _SERVICE.match(national) or _DATE.match(typed):
        return False
    # the numbering plan grows: what is written two by two is a telephone number, assigned or not
    if not typed.startswith("0") or typed.startswith("00") or _IN_PAIRS.fullmatch(typed):
        return True
    return not _CODES.search(before(text, match.start())) and _is_assigned(national)


def _is_assigned(national: str) -> bool:
    return any(_number("0" + national, region) for region in _OVERSEAS)


def _foreign_end(match: re.Match[str]) -> int | None:
    """Return where a number with a country code ends: the longest cut between digits that is valid."""
    typed = match.group()
    cuts = [len(typed), *(cut.start() for cut in re.finditer(r"(?<=[0-9])[^0-9]", typed))]
    for cut in sorted(cuts, reverse=True):
        digits = re.sub(r"[^0-9]", "", typed[:cut].removeprefix("00"))
        if _number("+" + digits, None):
            return match.start() + cut
    return None


def _number(digits: str, region: str | None) -> bool:
    """Tell whether digits make the number of a subscriber, as far as the numbering plans tell."""
    import phonenumbers  # some 20 ms, which only a text with such digits needs

    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return False
    kinds = phonenumbers.PhoneNumberType
    services = (kinds.TOLL_FREE, kinds.PREMIUM_RATE, kinds.SHARED_COST, kinds.UAN)
    return phonenumbers.is_valid_number(number) and phonenumbers.number_type(number) not in services
