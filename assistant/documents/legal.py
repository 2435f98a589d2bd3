"""How French legal texts head their parts: « CHAPITRE IV », « Article 12 – Objet », « ANNEXE »."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.french import fold, slug

# From the outermost to the innermost; annexes stand beside the outermost one.
RANKS = ("livre", "partie", "titre", "chapitre", "section", "sous-section", "article")
ANNEXES = ("annexe", "appendice")
ANNEX_RANK = 0
_NUMBER = (
    r"(?:(?i:premi(?:er|ère)|unique|préliminaire)|(?:[LRD]\.?\s?)?\d+(?:[.-]\d+)*"
    r"|[IVXLCDM]+|[A-Z](?![\w’']))"
)
_MARK = re.compile(
    r"(?P<kind>(?i:livre|partie|titre|chapitre|section|sous-section|article|annexe|appendice))[sS]?"
    rf"(?:\s+(?P<number>{_NUMBER}(?:er|ère|ᵉʳ)?(?:\s(?i:bis|ter|quater|quinquies))?))?"
    r"(?P<separator>\s*[-–—:.]+)?(?:\s+(?P<rest>\S.*))?",
    re.DOTALL,
)
_LONGEST_TITLE = 160


@dataclass(frozen=True, slots=True)
class LegalMark:
    """The mark of a part: its kind, the mark as written, and what follows it on its line."""

    kind: str
    mark: str
    rest: str
    separated: bool

    @property
    def anchor(self) -> str:
        """Return ``article-5`` for « Article 5 » and ``article-1`` for « Article premier »."""
        number = re.sub(r"premi(?:er|ere)$|1er$|1ere$", "1", fold(self.mark))
        return slug(number)

    @property
    def runs_in(self) -> bool:
        """Tell whether the text of the part, not its title, follows on the same line."""
        long = len(self.rest) > _LONGEST_TITLE
        return long or (self.separated and self.rest.endswith((".", ";", ":")))


def legal_mark(text: str) -> LegalMark | None:
    """Return the mark that heads this line, None for a sentence that only begins like one."""
    match = _MARK.fullmatch(text)
    if not match or not text[:1].isupper():
        return None
    kind = fold(match.group("kind"))
    number, rest = match.group("number"), match.group("rest") or ""
    if number is None and (kind not in ANNEXES or rest):
        return None
    mark = text[: match.end("number") if number else match.end("kind")]
    return LegalMark(kind, mark.strip(), rest.strip(), bool(match.group("separator")))


def rank(kind: str) -> int:
    """Return the depth of a kind among all kinds; annexes stand beside the outermost."""
    return ANNEX_RANK if kind in ANNEXES else RANKS.index(kind) + 1
