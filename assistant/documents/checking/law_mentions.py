"""Mentions of law in a French text: each law named, and each article with the law it belongs to.

« Article 5 » alone, or « article 5 de la charte », is not law. Nothing is known here of what the law says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.documents.checking.law_articles import Articles, articles
from assistant.documents.checking.law_texts import LawText, law_texts, plain
from assistant.french import fold

# « article 33 (du) RGPD »: what may stand between an article and the law that follows.
_OF = re.compile(r",? (?:du|de la|des|de)(?: même| présente?| ce| cette)? |,? de l'| \(?")
# « RGPD(, notamment en son) article 33 »: what may stand between a law and the article that follows.
_THEN = re.compile(
    r"\)?(?: modifiée?)?(?: ?[,:(] ?| )(?:notamment |en particulier |voir "
    r"|(?:notamment |voir )?(?:dont |en |à |dans )(?:l'|les |son |ses )|aux? )?"
)
# « l’article 47 de la même loi », « de ce règlement »: the last one named.
_SAME = re.compile(
    r",? (?:du|de la|de l'|de) ?(?P<same>même |cette |ce |ledit |ladite |dudit )?"
    r"(?P<kind>loi|code|règlement|directive|décret|ordonnance)(?!\w)"
)
_UNKNOWN_CODE = re.compile(
    r",? du (code (?!de (?:conduite|déontologie|bonne))(?:d|général )[^.,;:()«»\n]{1,60})"
)
_ELSEWHERE = re.compile(r",? (?:du|de la|de l'|des|d'un|d'une) ?[^\W\d]| de [^\W\d]")
_OTHER_OWNER = re.compile(r"[.;!?\n]|\b(?:charte|guide|ligne directrice|règle|convention|contrat|marché)\b")
_KINDS = frozenset("loi code reglement directive decret ordonnance decision".split())


@dataclass(frozen=True, slots=True)
class Mention:
    """A law, or articles of a law, as written from ``start`` to ``end``.

    ``keys`` name the law as a list knows it (``law_keys``): none when only the articles are said.
    ``articles`` are ``article_key`` numbers, none when the law is named alone.
    """

    start: int
    end: int
    keys: tuple[str, ...]
    articles: tuple[str, ...] = ()


def law_mentions(text: str, names: Sequence[str] = ()) -> list[Mention]:
    """Return the laws and the articles of law that a text names, in order.

    ``names`` are further names of laws (« RGPD »), besides numbers, dates and the codes of France.
    """
    simple = plain(text)
    laws = law_texts(simple, tuple(names))
    found = [Mention(law.start, law.end, law.keys) for law in laws]
    for group in articles(simple):
        found.extend(_owned(simple, laws, group))
    return sorted(found, key=lambda mention: (mention.start, mention.end))


def _owned(text: str, laws: list[LawText], group: Articles) -> Iterator[Mention]:
    """Yield the mention of some articles of a law, nothing when they are not of a law."""
    following = next((law for law in laws if law.start >= group.end), None)
    before = [law for law in laws if law.end <= group.start]
    if following and _OF.fullmatch(text, group.end, following.start):
        yield Mention(group.start, following.end, following.keys, group.numbers)
    elif code := _UNKNOWN_CODE.match(text, group.end):
        yield Mention(group.start, code.end(), (fold(code.group(1)),), group.numbers)
    elif same := _SAME.match(text, group.end):
        yield from _of_the_same(same, before, group)
    elif _ELSEWHERE.match(text, group.end):
        return
    elif before and _follows(text, before[-1], group):
        yield Mention(before[-1].start, group.end, before[-1].keys, group.numbers)
    elif group.of_a_code:
        yield Mention(group.start, group.end, (), group.numbers)


def _of_the_same(same: re.Match[str], before: list[LawText], group: Articles) -> Iterator[Mention]:
    kind = fold(same["kind"])
    fitting = [law for law in before if law.kind == kind or (same["same"] and law.kind not in _KINDS)]
    if fitting:
        yield Mention(group.start, same.end(), fitting[-1].keys, group.numbers)
    elif kind == "loi" or group.of_a_code:  # « l’article 5 de la loi »: nobody can look it up
        yield Mention(group.start, same.end(), (kind,), group.numbers)


def _follows(text: str, law: LawText, group: Articles) -> bool:
    """Tell whether articles named after a law belong to it: « RGPD, article 33 », « … à son article 33 »."""
    between = text[law.end : group.start]
    return bool(_THEN.fullmatch(between)) or (group.own and not _OTHER_OWNER.search(between))
