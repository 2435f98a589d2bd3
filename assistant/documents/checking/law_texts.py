"""Names of laws in a French text: « règlement (UE) 2016/679 », « loi n° 78-17 du 6 janvier 1978 », codes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from assistant.french import fold

# As long as what it replaces, so that offsets stay true.
_PLAIN = str.maketrans({"’": "'", "ʼ": "'", "\u00a0": " ", "\u202f": " ", "‑": "-", "º": "°"})
_DATE = (
    r"(?P<day>\d{1,2})(?:er)? (?P<month>janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre"
    r"|novembre|décembre) (?P<year>\d{4})"
)
_EUROPEAN = (
    r"(?:(?:(?P<act>règlement|directive|décision)s?(?: européenne?| d'exécution| déléguée?)* )?"
    r"\(?(?:UE|CE|CEE)\)? (?:n° ?)?|(?P<plain_act>règlement|directive)s? (?:n° ?)?)"
    r"(?P<european>\d{2,4}/\d{1,4})(?:/(?:UE|CE|CEE|JAI))?(?!\w)"
)
_NATIONAL = (
    r"(?P<national>loi|décret|ordonnance)s?(?: organique| constitutionnelle)?(?: modifiée?)?"
    r"(?:(?: (?:n° ?|no )?(?P<number>\d{2,4}-\d{1,5})(?!\w))(?: modifiée?)?(?: du " + _DATE + r")?"
    r"| du " + _DATE.replace("P<", "P<only_") + r"| de (?P<only_of>(?:1[89]|20)\d\d)(?!\w))"
)
# Codes, by how their names begin: « code d’accès », « code source », « code de la porte » are none.
_CODES = (
    r"code (?:civil|pénal|électoral|forestier|minier|rural|monétaire et financier"
    r"|général d(?:e l'|e la |es |u |e )[\w-]+(?: [\w-]+)?"
    r"|de (?:commerce|justice (?:administrative|militaire)|procédure (?:civile|pénale)|déontologie médicale"
    r"|l'(?:action sociale et des familles|artisanat|aviation civile|éducation|énergie|environnement"
    r"|urbanisme|entrée et du séjour des étrangers et du droit d'asile|expropriation|organisation judiciaire)"
    r"|la (?:commande publique|consommation|construction et de l'habitation|défense|mutualité|nationalité"
    r"|propriété intellectuelle|recherche|route|santé publique|sécurité (?:intérieure|sociale)"
    r"|voirie routière))"
    r"|d(?:u (?:cinéma|patrimoine|service national|sport|tourisme|travail)"
    r"|es (?:assurances|communes|douanes|impositions|juridictions financières|marchés publics|pensions|ports"
    r"|postes|procédures|relations entre le public et l'administration|transports)))(?!\w)"
)
# Laws known by a proper name: « loi Sapin II », « directive NIS 2 »; and the acronyms that only name a law.
_CALLED = (
    r"(?-i:[Ll]oi [A-ZÉÈ][\w-]+(?: (?:et )?[A-ZÉÈ][\w-]*)*"
    r"|(?:[Dd]irective|[Rr]èglement) e?[A-Z]{2,}[\w-]*(?: \d(?!\w))?"
    r"|(?:RGPD|GDPR|CRPA|CGCT|CGFP|AI Act|IA Act|Data Act|Digital (?:Services|Markets) Act)(?!\w))"
    r"|règlement (?:général sur la protection des données|européen sur (?:l'|la |les )[\w-]+)"
)


@dataclass(frozen=True, slots=True)
class LawText:
    """A law named in a text, with the keys by which a list may know it: all must agree."""

    start: int
    end: int
    keys: tuple[str, ...]

    @property
    def kind(self) -> str:
        """Return the first word of its name: ``loi``, ``code`` or ``reglement``."""
        return self.keys[0].split()[0]


def plain(text: str) -> str:
    """Return text with one kind of apostrophe, hyphen and space, of the same length."""
    return text.translate(_PLAIN)


def law_texts(text: str, names: tuple[str, ...] = ()) -> list[LawText]:
    """Return the laws named in a text (already ``plain``), in order; ``names`` are further names of laws."""
    return [LawText(match.start(), match.end(), _keys(match)) for match in _pattern(names).finditer(text)]


def law_keys(name: str) -> tuple[str, ...]:
    """Return the keys of a law by its name: its number, its date and its year, or else its words."""
    whole = plain(" ".join(name.split()))
    match = _pattern(()).fullmatch(whole)
    return _keys(match) if match else (fold(whole),)


@lru_cache(maxsize=8)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    # a number says more than a name that would begin at the same word, so it goes first
    kinds = [_EUROPEAN, _NATIONAL, *([_named(names)] if names else []), _CODES, _CALLED]
    return re.compile(r"(?<!\w)(?:" + "|".join(kinds) + ")", re.IGNORECASE)


def _named(names: tuple[str, ...]) -> str:
    """Return the pattern of these names: letter case counts in an acronym (« le CRPA », not « crpa »)."""
    patterns = [
        re.escape(name) if any(char.islower() for char in name) else f"(?-i:{re.escape(name)})"
        for name in sorted(map(plain, names), key=len, reverse=True)
    ]
    return rf"(?:(?:loi|règlement|directive) )?(?P<named>{'|'.join(patterns)})(?!\w)"


def _keys(match: re.Match[str]) -> tuple[str, ...]:
    group = match.groupdict()
    if group["european"]:
        number, act = f"ue {group['european']}", group["act"] or group["plain_act"]
        return (f"{fold(act)} {number}", number) if act else (number,)
    if not group["national"]:
        return (fold(group.get("named") or match.group()),)
    kind = fold(group["national"])
    day, month, year = (group[part] or group[f"only_{part}"] for part in ("day", "month", "year"))
    year = year or group["only_of"]
    keys = [f"{kind} n° {group['number']}"] if group["number"] else []
    if month:
        keys.append(f"{kind} du {int(day)} {fold(month)} {year}")
    return (*keys, f"{kind} de {year}") if year else tuple(keys)
