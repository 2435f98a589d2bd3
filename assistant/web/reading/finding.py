"""A search in the reading room: the sections found, each with an extract."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.domain import Hit
from assistant.service import Assistant
from assistant.web.reading.addresses import passage_url
from assistant.web.reading.extracts import extract, sought
from assistant.web.reading.typesetting import Line

LONGEST = 500  # characters
LIMIT = 20
# The search ranks everything it knows. Without a word in common, a passage is shown from this closeness.
CLOSE = 0.35
_SHOWN = 80  # characters of the search in the title of the page


@dataclass(frozen=True, slots=True)
class Result:
    """A section found; ``trail`` leads to it from the title of its text, which it leaves out."""

    document: str
    address: str
    heading: str
    trail: tuple[str, ...]
    extract: Line


@dataclass(frozen=True, slots=True)
class Finding:
    """A search and what it gave; ``query`` is empty when nothing was searched."""

    query: str
    results: tuple[Result, ...] = ()
    corrections: tuple[tuple[str, str], ...] = ()
    problem: str = ""

    @property
    def shown(self) -> str:
        """Return the query, cut for a title."""
        return self.query if len(self.query) <= _SHOWN else self.query[: _SHOWN - 1] + "…"


def finding(assistant: Assistant, query: str, scope: str) -> Finding:
    """Search the texts in force of a perimeter; a query that is too long is a problem, not an error."""
    limit = min(LONGEST, assistant.settings.question_characters)
    if len(query) > limit:
        problem = assistant.texts("reading.search.long", count=len(query), limit=limit)
        return Finding(query, problem=problem)
    if not query:
        return Finding("")
    read = assistant.read(query, scope)
    wanted = sought(read)
    found: dict[str, Result] = {}
    for hit in assistant.search(query, LIMIT, scope):
        if _is_near(hit):
            # A long article is several passages: the best one stands for it.
            found.setdefault(passage_url(hit.passage), _result(hit, wanted))
    return Finding(query, tuple(found.values()), read.corrections)


def _is_near(hit: Hit) -> bool:
    closest = max(hit.signals["cosine"], hit.signals["asked_cosine"])
    return hit.signals["bm25"] > 0 or hit.signals["reference"] > 0 or closest >= CLOSE


def _result(hit: Hit, wanted: frozenset[str]) -> Result:
    passage = hit.passage
    title = passage.document.title
    return Result(
        document=title,
        address=passage_url(passage),
        heading=passage.heading,
        trail=tuple(heading for heading in passage.trail[:-1] if heading != title),
        extract=extract(passage.text, wanted),
    )
