"""Names of persons, masked only beside a cue: a title, « s’appelle », « le dossier de », a personal fact.

A name in small letters is told from a verb by lists (``words``), so a rare one may be missed or a rare verb
taken. A lone initial (« M. X ») is a pseudonym and stays; so do roles (« M. le maire »).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from assistant.french import sentence_spans
from assistant.personal_data.surface import FACT, WORD, Span, before, disjoint
from assistant.personal_data.words import (
    AFTER_LE,
    ARTICLES,
    FIRST_NAMES,
    MACHINES,
    NEVER_NAMES,
    NEVER_SMALL_NAMES,
    PARTICLES,
    PEOPLE,
    WORDS_TOO,
    about_a_thing,
)

_LONGEST = 5  # words of a name, particles apart
_OF = frozenset("de du des".split())
_INITIALS = re.compile(r"(?:[A-Z]\.[ -]?){1,3}(?=[A-Z][a-z])")

# --- one name ------------------------------------------------------------------------------------


def _core(word: str) -> str:
    """Return a word in small letters without an elided article (``d'Artagnan`` → ``artagnan``)."""
    return word.lower().split("'")[-1] if word[:2].lower() in ("d'", "l'") else word.lower()


def _may_name(word: str) -> bool:
    """Tell whether a word can be part of a name: no role, no service, no verb in small letters."""
    small = _core(word)
    if word.lower().startswith("qu'"):
        return False
    if len(small) < 2 or small in NEVER_NAMES or word.lower() in NEVER_NAMES:
        return False
    if word[0].isupper() or (word[:2] == "d'" and word[2:3].isupper()):
        return True
    # the imperfect and the adverbs, that no list can hold
    verb = small.endswith(("ait", "aient", "ement", "amment", "emment")) and small not in FIRST_NAMES
    parts = {small, *small.split("-")}
    return parts.isdisjoint(NEVER_SMALL_NAMES) and not verb and "'" not in word


def _is_first_name(word: str) -> bool:
    return all(part in FIRST_NAMES for part in word.lower().split("-"))


def _after_particles(text: str, start: int) -> tuple[list[str], re.Match[str] | None]:
    """Return the particles found from ``start`` and the word after them."""
    particles: list[str] = []
    match = WORD.match(text, start)
    while match and match.group().lower() in PARTICLES and text[match.end() : match.end() + 1] == " ":
        particles.append(match.group())
        match = WORD.match(text, match.end() + 1)
    return particles, match


def _name_end(text: str, start: int) -> int | None:
    """Return where the name that begins at ``start`` ends, or None when no name begins there."""
    initials = _INITIALS.match(text, start)
    particles, match = _after_particles(text, initials.end() if initials else start)
    if not match or not _may_name(match.group()) or not _allow(particles, match.group()):
        return None
    end, last, small_words = match.end(), match.group(), int(match.group()[0].islower())
    for _ in range(_LONGEST):
        if text[end : end + 1] != " ":
            break
        particles, match = _after_particles(text, end + 1)
        if not match or not _may_name(match.group()):
            break
        word = match.group()
        # « M. Dupont de Lyon » is Dupont; « Jean de La Fontaine » goes on
        if ((particles and particles[0].lower() in _OF) or word[:2] == "d'") and not _is_first_name(last):
            break
        if word[0].islower() and "'" not in word:
            small_words += 1
            follows = _is_first_name(last) or (_is_first_name(word) and word not in WORDS_TOO)
            if small_words > 2 or not follows:
                break
        if not _allow(particles, word):
            break
        end, last = match.end(), word
    return end


def _allow(particles: list[str], word: str) -> bool:
    """Tell « de Souza », « Le Gall » and « le gall » from « la directrice » and « du service »."""
    if not particles or word[0].isupper():
        return True
    if particles[-1] == "le" and word in AFTER_LE:
        return True
    return not any(particle in ARTICLES for particle in particles)


# --- cues ----------------------------------------------------------------------------------------

# In small letters, « m » is a pronoun, « me » as well but where a sentence begins, « pr » short for « pour ».
_TITLE = re.compile(
    r"(?<![\w'-])(?:(?P<many>MM\.?|(?i:mmes|mlles|messieurs|mesdames)\.?)"
    r"|(?i:mme|mlle|mr|dr|monsieur|madame|mademoiselle)\b\.?"
    r"|(?P<metre>M\.|M(?= [A-Z])|m\.(?= ?[A-Za-z]{2}))"
    r"|(?P<formal>Me\b|(?<![\w,'-] )me(?= [A-Z][a-z])|Pr\b\.?"
    r"|(?i:maitre|docteure?|professeure?|famille|epoux)\b)) ?"
)
_CALLED = re.compile(
    r"\b(?:(?:s'|m'|t')(?:app?ell?(?:e|ent|ait|aient)|surnomme)|se (?:nomme|prenomme))\b:? ?"
    r"|\b(?P<named>(?P<the>(?:le|la|un|une) )?(?:pre|de)?nommee?s?|(?:[ms]on|leur) (?:pre)?nom (?:est|c'est))"
    r"(?:\(e\))?,? "
    r"|\b(?P<field>(?:noms?|prenoms?)(?: (?:de (?:famille|naissance|jeune fille)|d'usage|complet"
    r"|(?:et |/ ?)?prenoms?|de l'(?:usager|usagere|agent|eleve|enfant)))?) ?[:=] ?",
    re.IGNORECASE,
)
_PAPERS = """dossiers? courriers? lettres? mails? courriels? messages? demandes? plaintes? situation cas
    contrat nom adresse recours reclamation fiche cv candidature compte entretien evaluation salaire conges
    absence part""".split()
_OWNER = re.compile(
    rf"\b(?:(?:{'|'.join(_PAPERS)}) d(?:e |')|(?:je suis|c'est|ici) "
    rf"|(?:signee?|{'|'.join(sorted(PEOPLE))})(?: ?: ?| )"
    r"|(?:cordialement|cdt|bien a vous|salutations),?[ \n]{1,3})(?=[A-Za-z])"
    r"|(?:^|\n)(?:de|a|from|to|cc) ?: ?",  # the head of a message
    re.IGNORECASE,
)
_AND = re.compile(r",? (?:et |ou )?(?=[A-Z])")
_BORN_AS = re.compile(r",? \(?(?:nee|epouse|ep\.?|veuve) (?=[A-Z])")


def names(text: str) -> list[Span]:
    """Return the spans of the names that a cue announces, titles left out."""
    return disjoint([*_after_titles(text), *_after_calling(text), *_after_owners(text), *_beside_facts(text)])


def _after_titles(text: str) -> Iterator[Span]:
    for match in _TITLE.finditer(text):
        start = match.end()
        if match["metre"] and re.search(r"[0-9] ?$", before(text, match.start())):
            continue  # « 3 m. de large »
        first = WORD.match(text, start)
        if match["formal"] and not (first and (first.group()[0].isupper() or _is_first_name(first.group()))):
            continue
        end = _name_end(text, start)
        while end:
            yield start, end
            other = _BORN_AS.match(text, end) or (_AND.match(text, end) if match["many"] else None)
            start = other.end() if other else end
            end = _name_end(text, start) if other else None


def _after_calling(text: str) -> Iterator[Span]:
    for match in _CALLED.finditer(text):
        end = _name_end(text, match.end())
        if end is None:
            continue
        name = text[match.end() : end]
        if match["named"] and not match["the"] and not (name[0].isupper() or _is_first_name(name.split()[0])):
            continue
        context, machine = before(text, match.start(), 60), name.lower() in MACHINES
        if match["field"] or not about_a_thing(context, pronouns=not machine):
            yield match.end(), end


def _after_owners(text: str) -> Iterator[Span]:
    for match in _OWNER.finditer(text):
        first = WORD.match(text, match.end())
        if not first or not (_is_first_name(first.group()) or _is_family_first(text, first)):
            continue
        end = _name_end(text, match.end())
        word = first.group()
        alone = end == first.end()
        # « je suis Claire Roux » is a name, « je suis claire » is not; nor is « l’agent Albert » alone
        common = word.lower() in WORDS_TOO and (alone or word[0].islower())
        if end and not common and not (alone and word.lower() in MACHINES):
            yield match.end(), end


def _is_family_first(text: str, first: re.Match[str]) -> bool:
    """Tell whether two capitalised words end with a given name (« Lefort Isabelle »)."""
    second = WORD.match(text, first.end() + 1)
    return bool(
        second
        and text[first.end()] == " "
        and first.group()[0].isupper()
        and second.group()[0].isupper()
        and _is_first_name(second.group())
    )


# --- beside a personal fact ----------------------------------------------------------------------

_FURTHEST = 120
_BUILDINGS = frozenset(
    """rue avenue boulevard place quai cours square ecole college lycee gymnase stade hopital salle
    mediatheque bibliotheque piscine residence creche foyer centre parc pont espace groupe maison fondation
    prix theatre""".split()
)
_LINE_PAIR = re.compile(
    r"(?:^|[\n,;:(>•]|(?<=\s)-) ?([^\W\d_][\w'-]++ [^\W\d_][\w'-]++)(?=[ ,;:(\n-]{1,3}"
    r"(?:(?:nee?(?:\(e\))?|tel|telephone|portable|mail|demeurant|domiciliee?|habitant|habite|resid\w{2,4})\b\.?"
    rf"(?: le| au| a)?[ :]{{1,3}})?{FACT})"
)


def _beside_facts(text: str) -> Iterator[Span]:
    """Yield « Prénom Nom » in the sentence of a masked fact, and two likely words just before one."""
    if FACT not in text:
        return
    for match in _LINE_PAIR.finditer(text):
        pair = match.group(1).split()
        known = any(_is_first_name(word) and word not in WORDS_TOO for word in pair)
        if all(_may_name(word) and (known or word[0].isupper()) for word in pair):
            yield match.span(1)
    # a line break does not part a name from the address under it
    for start, end in sentence_spans(text.replace("\n", " ")):
        facts = [position for position in range(start, end) if text[position] == FACT]
        if facts:
            yield from _pairs(text, start, end, facts)


def _pairs(text: str, start: int, end: int, facts: list[int]) -> Iterator[Span]:
    previous = ""
    reached = start
    for match in WORD.finditer(text, start, end):
        word = match.group()
        nearest = bisect_left(facts, match.start() - _FURTHEST)
        near = nearest < len(facts) and facts[nearest] <= match.start() + _FURTHEST
        if match.start() < reached or not near:
            pass
        elif _is_first_name(word) and _core(previous) not in _BUILDINGS:
            stop = _name_end(text, match.start())
            family = previous.isupper() and len(previous) > 1 and _may_name(previous)
            if stop and stop > match.end() and (word[0].isupper() or word not in WORDS_TOO):
                reached = stop
                yield match.start(), stop
            elif family and text[match.start() - 1] == " ":  # « DURAND Sophie »
                reached = match.end()
                yield match.start() - len(previous) - 1, match.end()
        previous = word
