"""Postal addresses: a number, a kind of street and its name, with or without postcode and town.

Whoever lives there: nothing in « 20 rue du Lac » tells a home from an office, so the address of a public
building is masked too. A street without a number, a postcode or a town alone are not addresses; a place-name
without a number (« lieu-dit Les Granges ») is one when a postcode follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.personal_data.births import MONTHS
from assistant.personal_data.surface import WORD, Span, before, disjoint
from assistant.personal_data.words import FIRST_NAMES, NEVER_NAMES, NEVER_SMALL_NAMES

_SURE = (
    r"(?:petite |vieille |ancienne )?rue|avenue|aven|ave?\b\.?|boulevard|boul\b\.?|bl?v?d\b\.?|chemin"
    r"|ch(?:em)?\.|impasse|imp\b\.?|allees?|all\.|all(?= d)|quai|route|rte\b\.?|ruelle|sentier|esplanade"
    r"|faubourg|fb?g\b\.?|montee|mtee|traverse|venelle|square|sq\b\.?|promenade|rond[ -]point|chaussee"
    r"|r\.|r(?= (?-i:[A-Z]))"
)
# these count other things too (« 2 places », « 5 cours »): their name must look like a street's
_OTHER = (
    r"place|pl\b\.?|cours?|passage|voie|domaine|mail|parvis|villa|cite|clos|hameau|lotissement|residence"
    r"|res\b\.?"
)
_NAMELESS = r"lieu[ -]?dit|hameau|residence|lotissement"
_START = re.compile(
    r"(?<![\w/.])(?<![0-9][-,])(?:n[o°.] ?)?(?P<number>[0-9]{1,4})(?: ?(?:bis|ter|quater|[a-d])\b)?"
    r"(?: ?(?:[-/&]|et|a) ?[0-9]{1,4}\b)?(?: ?(?:bis|ter|quater)\b)? ?,? ?"
    rf"(?:(?P<main>grande?[ '-]rue)|(?P<sure>{_SURE})|{_OTHER})(?![\w'-])(?P<gap> ?)",
    re.IGNORECASE,
)
_PLACE_NAME = re.compile(rf"\b(?:{_NAMELESS})(?!\w) ?", re.IGNORECASE)

_LINKS = frozenset("de du des la le les l d aux au sur sous en".split())
_IN_TOWNS = frozenset("en sur sous les".split())  # these join small letters too: « vaulx en velin »
_SAINTS = frozenset("saint sainte st ste".split())
_TITLES = frozenset(
    """general docteur dr marechal saint sainte st ste president professeur pr colonel commandant capitaine
    abbe pere mere soeur frere sergent lieutenant amiral cardinal eveque pasteur grande grand petite petit
    vieille vieux haute haut basse bas nouvelle belle beau pierre""".split()
)
_NOT_STREETS = frozenset(
    """barree fermee ferme ouverte libre libres deserte entiere pietonne principale et ou qui que est sont
    de du a en pour par avec dans sans car mais parking stationnement creche reservee disponible vacante
    assise""".split()
)
_LONGEST_NAME = 7  # words
_POSTCODE = r"[0-9]{2} ?[0-9]{3}(?![0-9])"
_STREET_DATE = re.compile(rf"(?:du |des )?[0-9]{{1,2}}(?:er)? {MONTHS}(?: [0-9]{{4}})?", re.IGNORECASE)
_TO_POSTCODE = re.compile(
    rf"[^\W\d_]++(?:[ '-][^\W\d_]++){{0,{_LONGEST_NAME}}}(?=[ ,;\n-]{{1,4}}{_POSTCODE},? ?[A-Za-z])"
)
_UNIT = re.compile(
    r"[ ,\n-]{0,3}\b(?:appartement|appart|appt?|apt|bat(?:iment)?|escalier|esc|porte|lot)\b\.? ?(?:n[o°] ?)?"
    r"(?:[0-9]{1,4}[A-Z]?|[A-Z][0-9]{0,3})(?![\w'])",
    re.IGNORECASE,
)
_BEFORE_TOWN = re.compile(rf"[ ,;\n-]{{0,4}}{_POSTCODE},? ?")
_AFTER_TOWN = re.compile(r" (?:cedex(?: [0-9]{1,2})?|[1-9][0-9]?(?:er|e|eme)\b)", re.IGNORECASE)
_LIVES = re.compile(
    r"\b(?:habit|demeur|domicil|resid|loge|locataire|adresse|situee?|sise?|vit|livr|chez|voisin)"
)
# « en 2025 rue Garibaldi », « bus 27 rue Garibaldi », « article 5 place… »
_NOT_A_NUMBER = re.compile(
    r"\b(?:bus|lignes?|tram(?:way)?|metro|article|art|chapitre|page|version|etape|phase|tranche|lot"
    r"|zone)s? ?\.?$"
)
_ERA = re.compile(r"J\.? ?-?C\b")  # « 350 av. J.-C. »
_YEAR_BEFORE = re.compile(rf"(?:\b(?:en|depuis|fin|debut|annee|l'an|de)|{MONTHS}|[0-9][/-]) ?$")


def addresses(text: str) -> list[Span]:
    """Return the spans of addresses, from the number to the town when there is one."""
    return disjoint([*_with_number(text), *_with_place_name(text)])


def _with_number(text: str) -> Iterator[Span]:
    for match in _START.finditer(text):
        context = before(text, match.start())
        number = match["number"]
        if (
            _NOT_A_NUMBER.search(context)
            or _ERA.match(text, match.end())
            or (1900 <= int(number) < 2100 and _YEAR_BEFORE.search(context))
        ):
            continue
        street = _street_end(text, match.end()) or (match["main"] and match.start("gap"))
        if not street:
            continue
        end = _whole_end(text, street)
        name = text[match.end() : street]
        if (
            match["main"]
            or match["sure"]
            or end > street
            or _looks_like_a_street(name)
            or _LIVES.search(context)
        ):
            yield match.start(), end


def _with_place_name(text: str) -> Iterator[Span]:
    for match in _PLACE_NAME.finditer(text):
        street = _street_end(text, match.end())
        if street is not None and _BEFORE_TOWN.match(text, street):
            yield match.start(), _whole_end(text, street)


def _looks_like_a_street(name: str) -> bool:
    """Tell « Bellecour » and « de la République » from « de parking »."""
    return any(word[0].isupper() for word in WORD.findall(name))


def _street_end(text: str, start: int) -> int | None:
    """Return where the name of a street that begins at ``start`` ends, or None without a name."""
    date = _STREET_DATE.match(text, start)
    if date:
        return date.end()
    reaching = _TO_POSTCODE.match(text, start)
    if reaching:
        return reaching.end()
    end: int | None = None
    wanting = True  # a title or a given name calls for one more word
    for word, stop in _words_from(text, start):
        small = word.lower().split("'")[-1]
        if small in _LINKS:
            continue
        named = end is not None
        if small in _NOT_STREETS | NEVER_SMALL_NAMES or (named and not wanting and word[0].islower()):
            break
        if named and small in NEVER_NAMES:  # « rue des Lilas Tél »
            break
        end = stop
        wanting = small in _TITLES or small in FIRST_NAMES
    return end


def _words_from(text: str, start: int) -> Iterator[tuple[str, int]]:
    """Yield the next words, one space apart, with their ends."""
    position = start
    for _ in range(_LONGEST_NAME):
        match = WORD.match(text, position)
        if not match:
            return
        yield match.group(), match.end()
        position = match.end() + 1
        if text[match.end() : position] != " ":
            return


def _whole_end(text: str, street: int) -> int:
    """Return where the address ends, with the flat, the postcode and the town that follow the street."""
    end = street
    while unit := _UNIT.match(text, end):
        end = unit.end()
    postcode = _BEFORE_TOWN.match(text, end)
    if postcode:
        town = _town_end(text, postcode.end())
        end = town or end + len(postcode.group().rstrip(" ,"))
    return end


def _town_end(text: str, start: int) -> int | None:
    """Return where a town's name ends: « Lyon 3e », « vaulx en velin », « Sainte-Foy-lès-Lyon »."""
    end: int | None = None
    joined = True  # nothing yet, or a linking word, before this one
    for word, stop in _words_from(text, start):
        small = word.lower()
        if small in _SAINTS or (small in _LINKS and (end is None or joined or small in _IN_TOWNS)):
            joined = True
            continue
        if small in _LINKS:
            joined = False
            continue
        if (small in NEVER_NAMES or small in NEVER_SMALL_NAMES) or not (joined or word[0].isupper()):
            break
        end, joined = stop, False
    if end is not None and (more := _AFTER_TOWN.match(text, end)):
        end = more.end()
    return end
