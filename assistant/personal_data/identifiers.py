"""Social-security numbers, bank accounts and vehicle plates.

The first two are found anywhere when their key is right, and with a wrong or missing key (a typing error)
beside the word that names them. The NIR key is 97 − (number mod 97). Plates since 2009 are AA-123-AA.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.personal_data.surface import Span, before, disjoint

_GAP = r"[ .\-_/]{0,2}"

# --- social security -----------------------------------------------------------------------------

_NIR = re.compile(
    rf"(?<![0-9A-Za-z])[1-478](?:{_GAP}[0-9]){{4}}{_GAP}(?:2[AB]|[0-9]{_GAP}[0-9])(?:{_GAP}[0-9]){{6}}"
    rf"({_GAP}[0-9]{_GAP}[0-9])?(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_NIR_CUE = re.compile(r"\b(?:nir|nss|n\.s\.s|insee|secu\w*|ss|vitale)\b")


def social_security_numbers(text: str) -> list[Span]:
    """Return the spans of NIR numbers, Corsican ones and numbers typed in groups included."""
    return [match.span() for match in _NIR.finditer(text) if _is_nir(text, match)]


def _is_nir(text: str, match: re.Match[str]) -> bool:
    from stdnum.fr import nir  # as slow to import as it is rarely needed

    if _NIR_CUE.search(before(text, match.start())):
        return True
    return match.group(1) is not None and nir.is_valid(re.sub(r"[^0-9A-Za-z]", "", match.group()))


# --- bank accounts -------------------------------------------------------------------------------

_IBAN = re.compile(r"(?<![0-9A-Za-z])[A-Z]{2} ?[0-9]{2}(?:[ .\-]{0,2}[A-Z0-9]){11,30}", re.IGNORECASE)
_FRENCH_IBAN = re.compile(rf"FR ?[0-9]{{2}}(?:{_GAP}[A-Z0-9]){{23}}(?![A-Z0-9])", re.IGNORECASE)
_RIB = re.compile(
    rf"(?<![0-9A-Za-z])[0-9](?:{_GAP}[0-9]){{9}}(?:{_GAP}[A-Z0-9]){{11}}{_GAP}[0-9]{_GAP}[0-9](?![0-9A-Z])",
    re.IGNORECASE,
)
_BANK_CUE = re.compile(r"\b(?:iban|rib|bancaire|compte)\b")
_CUT = re.compile(r"(?<=[A-Za-z0-9])(?![A-Za-z0-9])")


def bank_accounts(text: str) -> list[Span]:
    """Return the spans of IBAN, and of French account numbers beside the word RIB."""
    found = list(_ibans(text))
    found += [match.span() for match in _RIB.finditer(text) if _BANK_CUE.search(before(text, match.start()))]
    return disjoint(found)


def _ibans(text: str) -> Iterator[Span]:
    position = 0
    while match := _IBAN.search(text, position):
        end = _iban_end(match)
        if end is None and _BANK_CUE.search(before(text, match.start())):
            typed = _FRENCH_IBAN.match(text, match.start())
            end = typed.end() if typed else None
        if end is not None:
            yield match.start(), end
        # what looked like a beginning may hide the true one: « de 75 à FR76… »
        position = end or match.start() + 1


def _iban_end(match: re.Match[str]) -> int | None:
    """Return where the longest valid IBAN ends; the words that follow it were read with it."""
    from stdnum import iban

    typed = match.group()
    for cut in reversed([found.start() for found in _CUT.finditer(typed)]):
        compact = re.sub(r"[^0-9A-Za-z]", "", typed[:cut])
        if len(compact) < 15:  # the shortest, Norway's
            return None
        if iban.is_valid(compact):
            return match.start() + cut
    return None


# --- vehicle plates ------------------------------------------------------------------------------

_PAIR = "[A-HJ-NP-TV-Z]{2}"
_PLATE = re.compile(rf"(?<![\w-])({_PAIR})([ -]?)[0-9]{{3}}([ -]?)({_PAIR})(?![\w-])", re.IGNORECASE)
_OLD_PLATE = re.compile(
    r"(?<![\w-])[0-9]{1,4}([ -]?)([A-Z]{2,3})\1(?:0[1-9]|[1-8][0-9]|9[0-5]|2[AB]|97[1-6])(?![\w-])",
    re.IGNORECASE,
)
_VEHICLE_CUE = re.compile(
    r"\b(?:immat\w*|plaques?|vehicules?|voitures?|scooters?|motos?|camions?|camionnettes?|fourgons?"
    r"|utilitaires?|automobiles?|autos?|caravanes?|remorques?|gares?|garees?|stationnee?s?)\b"
)
_CODE_CUE = re.compile(
    r"\b(?:marches?|ref\w*|tickets?|dossiers?|codes?|commandes?|factures?|lots?|salles?)\W*(?:n\W*)?$"
)
_NOT_PLATES = frozenset("de en le la et ce sa ma ta je me te se ne es ch km kg cm mm cv".split())


def plates(text: str) -> list[Span]:
    """Return the spans of plates: the current form, and the one before 2009 beside a word of vehicles."""
    found = [match.span() for match in _PLATE.finditer(text) if _is_plate(text, match)]
    for match in _OLD_PLATE.finditer(text):
        letters = match.group(2)
        if letters.lower() not in _NOT_PLATES and _VEHICLE_CUE.search(before(text, match.start())):
            found.append(match.span())
    return disjoint(found)


def _is_plate(text: str, match: re.Match[str]) -> bool:
    """Tell a plate from a code or from words (« de 150 ch »): its hyphens or capitals, or a word before."""
    left, first, second, right = match.groups()
    context = before(text, match.start())
    if first == second == "-":
        return not _CODE_CUE.search(context)
    if {left.lower(), right.lower()} & _NOT_PLATES and not (left + right).isupper():
        return False
    capitals = (left + right).isupper() and first == second and not _CODE_CUE.search(context)
    return capitals or bool(_VEHICLE_CUE.search(context))
