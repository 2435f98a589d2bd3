"""French analysis in one place: folding, elision, tokens, stems, sentences with offsets.

Pure functions, no state but the stemmer. The order fold-then-stem was measured to be as good as
stem-then-fold and makes a question without accents equal to one with them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import Stemmer

_STEMMER = Stemmer.Stemmer("french")
_APOSTROPHES = str.maketrans({"’": "'", "ʼ": "'", "‘": "'", "`": "'", "´": "'", "‐": "-", "‑": "-", "­": None})
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "Œ": "Oe", "Æ": "Ae"})
_WORD = re.compile(r"[^\W_]+(?:['\-.][^\W_]+)*")
_JOINT = re.compile(r"['\-]|(?<!\d)\.|\.(?!\d)")  # a dot between two digits joins them
# Forms that Snowball leaves apart: a question says « je peux », the text « un agent peut ».
_MODAL_FORMS = {
    **dict.fromkeys("peux peut peuvent pouvez pouvons pourrait pourrais puis puisse".split(), "pouvoir"),
    **dict.fromkeys("dois doit doivent devons devez devrait devrais faut".split(), "devoir"),
}
_ELIDED = frozenset("l d j m n s t c qu jusqu lorsqu puisqu quoiqu presqu".split())

# Words that carry no subject. Negation and modality (ne, pas, sans, doit, peut, interdit, seul…) are
# kept: in a framework of rules they are the meaning.
STOP_WORDS = frozenset(
    """a ai aie aient as au aura aurait aux avaient avais avait avec avez avoir avons c ca car ce ceci
    cela celle celles celui ces cet cette ceux ci comme d dans de des donc du elle elles en es est et
    etaient etais etait etant ete etes etre eu eux fut ici il ils j je l la le les leur leurs lui m ma
    mais me meme memes mes moi mon n ni nos notre nous on ont or ou par parce pour puis qu quand que quel
    quelle quelles quels qui quoi s sa se sera serait seront ses si soit sommes son sont sous suis sur t
    ta te tel telle tes toi ton tu un une vers vos votre vous y alors ainsi aussi comment pourquoi
    combien lequel laquelle lesquels lesquelles dont chez faire fait fais font faites quoi deja tout tous
    toute toutes tres bien veux veut voudrais etc""".split()
)


def normalize(text: str) -> str:
    """Return NFC text with one kind of apostrophe and hyphen and no soft hyphen."""
    return unicodedata.normalize("NFC", text).translate(_APOSTROPHES)


@lru_cache(maxsize=200_000)
def fold(text: str) -> str:
    """Return text in lower case without accents nor ligatures (``Œuvré`` → ``oeuvre``)."""
    plain = text.translate(_APOSTROPHES).translate(_LIGATURES)
    # twice: compatibility letters (𝕏, №) become capitals, and some capitals become compositions
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", plain).casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char)).translate(_APOSTROPHES)


def words(text: str) -> list[str]:
    """Return the folded words without elided articles; compounds are given part by part.

    A number with a dot (``3.2``, ``2024.1689``) stays one word.
    """
    found: list[str] = []
    for match in _WORD.findall(fold(normalize(text))):
        parts = _JOINT.split(match)
        found.extend(part for part in parts if part and not (part in _ELIDED and len(parts) > 1))
    return found


def content_words(text: str) -> list[str]:
    """Return the folded words that carry meaning: no stop word, no lone letter but digits."""
    return [word for word in words(text) if word not in STOP_WORDS and (len(word) > 1 or word.isdigit())]


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """Return the Snowball French stem of a folded word.

    Snowball keeps the plural of words in -o (photos, vidéos, logos): it is removed first. The forms
    of *pouvoir* and *devoir* share one stem each.
    """
    if word in _MODAL_FORMS:
        return _MODAL_FORMS[word]
    singular = word[:-1] if len(word) > 4 and word.endswith("os") else word
    return str(_STEMMER.stemWord(singular))


def stems(text: str) -> list[str]:
    """Return the stems of the content words, in order, repetitions kept."""
    return [stem(word) for word in content_words(text)]


def grams(text: str, size: int = 4) -> list[str]:
    """Return character n-grams of the content words, bounded by ``_``; they survive typing errors."""
    found: list[str] = []
    for word in content_words(text):
        padded = f"_{word}_"
        last = max(1, len(padded) - size + 1)
        found.extend(padded[start : start + size] for start in range(last))
    return found


def slug(text: str) -> str:
    """Return an ASCII slug of at most 80 characters, ``section`` when nothing is left."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")[:80].rstrip("-") or "section"


# --- sentences -----------------------------------------------------------------------------------

_TITLES = frozenset("M MM Mme Mmes Mlle Mlles Me Mes Dr Pr St Ste".split())
_ALWAYS_SHORT = frozenset("cf ex env av bd ref tel".split())
# These open a reference and are ordinary words elsewhere (« en cas de vol. »).
_BEFORE_REFERENCE = frozenset("art al p pp n no vol chap fig".split())
# possessive, and begun only at the first mark: a megabyte of dots must not take quadratic time
_BOUNDARY = re.compile(r"(?<![.!?…])[.!?…]++(?:[\u00a0\u202f ]?»|[”\")\]])*+(?=\s)|\n+")
_BEFORE_DOT = re.compile(r"\w+$")
_FOLLOWING = re.compile(r"[ \u00a0\u202f\t]*(\S?\.?)")
_POINT = re.compile(r"\(?(?:\d+(?:\.\d+)*|[IVXLC]+|[a-z])\)?")
_LONGEST_POINT = 12


def _ends_sentence(text: str, start: int, match: re.Match[str]) -> bool:
    """Tell whether this punctuation closes the sentence begun at ``start``."""
    mark = match.group()
    if mark.startswith("\n"):
        return True
    following = _FOLLOWING.match(text, match.end())
    after = following.group(1) if following else ""
    if after[:1].islower():
        return False
    return mark != "." or not (
        _is_shortened(text, match.start(), after) or _is_point(text, start, match.start())
    )


def _is_shortened(text: str, dot: int, after: str) -> bool:
    """Tell whether the word before this dot is an abbreviation or an initial."""
    before = _BEFORE_DOT.search(text[max(0, dot - 20) : dot])
    if before is None:
        return False
    word = before.group()
    if word in _TITLES or (len(word) == 1 and word.isupper()) or fold(word) in _ALWAYS_SHORT:
        return True
    # « art. 5 », « art. L. 311-1 »
    return fold(word) in _BEFORE_REFERENCE and (after[:1].isdigit() or after.endswith("."))


def _is_point(text: str, start: int, dot: int) -> bool:
    """Tell whether all that precedes this dot is the number of a point (``2.``, ``3.1.``, ``IV.``)."""
    if dot - start > _LONGEST_POINT:
        return False
    return _POINT.fullmatch(text[start:dot].strip()) is not None


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return the (start, end) of each sentence, without surrounding blanks.

    A line break always ends a sentence, since readers put each paragraph, item or table row on its
    own line. French abbreviations (``art.``, ``M.``, ``p.``), initials and numbered points do not
    end one.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _BOUNDARY.finditer(text):
        if not _ends_sentence(text, start, match):
            continue
        _append_trimmed(text, start, match.end(), spans)
        start = match.end()
    _append_trimmed(text, start, len(text), spans)
    return spans


def _append_trimmed(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> None:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    right = len(piece.rstrip())
    if right > left:
        spans.append((start + left, start + right))
