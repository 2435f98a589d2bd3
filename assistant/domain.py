"""The frozen data that crosses the stages: documents, passages, queries, hits, answers.

Every offset counts Unicode code points in the *canonical text* of a document, the plain text that
its reader produced whatever the source format was. ``text[start:end]`` is always the exact quote.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class DocumentKind(StrEnum):
    """What a document is; anything read without front matter is a plain ``document``."""

    CHARTER = "charte"
    GUIDELINE = "ligne-directrice"
    FAQ = "faq"
    GLOSSARY = "glossaire"
    RULES = "regle"
    DOCUMENT = "document"


class LegalStatus(StrEnum):
    """Whether a text binds today; only texts in force are cited as rules."""

    IN_FORCE = "en vigueur"
    DRAFT = "projet"
    REPEALED = "abrogé"


class Verdict(StrEnum):
    """What a rule says of a use."""

    ALLOWED = "autorisé"
    CONDITIONAL = "autorisé sous conditions"
    FORBIDDEN = "interdit"
    ASK_REFERENT = "demander au référent"


class AnswerStatus(StrEnum):
    """The one visible status of an answer (design, section 1)."""

    VALIDATED = "validated"
    VERIFIED = "verified"
    TO_CONFIRM = "to_confirm"
    ESCALATED = "escalated"
    DECLINED = "declined"
    CLARIFY = "clarify"


class Topic(StrEnum):
    """What the question is about, decided before any passage is quoted."""

    SUBJECT = "subject"
    OFF_TOPIC = "off_topic"
    GREETING = "greeting"
    THANKS = "thanks"
    IDENTITY = "identity"
    EMPTY = "empty"


class Urgency(StrEnum):
    """Whether a question tells of an incident that happened, only asks about one, or neither."""

    NONE = "none"
    ASKED = "asked"
    HAPPENED = "happened"


class Role(StrEnum):
    """What an account may do; each page says which roles it is for."""

    AGENT = "agent"
    TRAINER = "trainer"
    REFERENT = "referent"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in; ``commune`` is a slug, empty for the metropolis itself."""

    id: str
    email: str
    name: str
    role: Role
    service: str = ""
    commune: str = ""
    active: bool = True

    @property
    def scope(self) -> str:
        """Return the perimeter of the texts that apply to this person."""
        return f"commune:{self.commune}" if self.commune else "metropole"


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What is known of a document besides its text.

    ``id`` is a slug that stays the same over versions; ``hash`` is the SHA-256 (hexadecimal) of the
    canonical text and names one version exactly. ``scope`` is ``metropole`` or ``commune:<slug>``.
    ``model_text`` marks a text shipped as a model that no authority has adopted.
    """

    id: str
    title: str
    kind: DocumentKind
    version: str
    status: LegalStatus
    scope: str
    source: str
    hash: str
    in_force_from: date | None = None
    in_force_until: date | None = None
    model_text: bool = False

    def citable_on(self, day: date) -> bool:
        """Tell whether the text may be cited as a rule on that day."""
        started = self.in_force_from is None or self.in_force_from <= day
        ended = self.in_force_until is not None and self.in_force_until < day
        return self.status is LegalStatus.IN_FORCE and started and not ended


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the text under it, up to the next heading of any level.

    ``anchor`` is unique within the document; ``trail`` holds the headings from the outermost one to
    this one. ``questions``, ``references``, ``synonyms`` and ``verdict`` come from the section's own
    ``fiche`` block (Markdown) or row (rules); foreign documents have none. ``references`` are
    passage addresses ``<document>#<anchor>``.
    """

    anchor: str
    trail: tuple[str, ...]
    start: int
    end: int
    questions: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A document as read: its description, canonical text, sections and page starts.

    ``page_starts[i]`` is the offset at which page ``i + 1`` begins; empty when the format has no
    pages.
    """

    info: DocumentInfo
    text: str
    sections: tuple[Section, ...]
    page_starts: tuple[int, ...] = ()

    def page_at(self, offset: int) -> int | None:
        """Return the page (from 1) that holds this offset, or None without pages."""
        if not self.page_starts:
            return None
        return max(1, bisect_right(self.page_starts, offset))


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit that is searched and quoted: an article, a FAQ entry, a rule, a glossary term.

    ``id`` is ``<document>#<anchor>`` (``…~2`` for the second part of a long article). ``hash``
    covers text, heading trail and questions, so an unchanged passage keeps its vectors.
    """

    id: str
    document: DocumentInfo
    trail: tuple[str, ...]
    text: str
    start: int
    end: int
    hash: str
    page: int | None = None
    questions: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    verdict: Verdict | None = None

    @property
    def heading(self) -> str:
        """Return the innermost heading, or the document's title when there is none."""
        return self.trail[-1] if self.trail else self.document.title


@dataclass(frozen=True, slots=True)
class Query:
    """A question made ready for search.

    ``text`` is what was typed, ``cleaned`` what is searched; ``corrections`` maps a typed word to the
    corpus word put in its place, ``expansions`` lists the glossary forms added.
    """

    text: str
    cleaned: str
    scope: str = "metropole"
    history: tuple[str, ...] = ()
    corrections: tuple[tuple[str, str], ...] = ()
    expansions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found, its fused score in [0, 1] and the raw signals behind it."""

    passage: Passage
    score: float
    signals: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Citation:
    """The exact characters that support a sentence: ``document.text[start:end] == quote``."""

    passage_id: str
    document: str
    title: str
    heading: str
    version: str
    version_hash: str
    quote: str
    start: int
    end: int
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer and what it rests on."""

    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the agent gets.

    ``sentences`` are quotes of the framework, empty when nothing is affirmed nor proposed;
    ``message`` is the tool's own sentence around them (a key of ``prompts/fr.yaml`` already
    rendered). ``confidence`` is a provisional score in [0, 1] that orders answers; ``probability``
    is the calibrated probability of being right, None while no calibration binds this corpus.
    ``omitted`` counts the items of a quoted list that were left out for length. ``urgency`` is what the
    question tells of an incident; acting on it is left to the chat. ``timings`` are milliseconds by stage.
    """

    question: str
    status: AnswerStatus
    topic: Topic
    message: str
    sentences: tuple[Sentence, ...]
    hits: tuple[Hit, ...]
    query: Query
    as_of: date
    trace_id: str
    confidence: float
    probability: float | None = None
    verdict: Verdict | None = None
    omitted: int = 0
    urgency: Urgency = Urgency.NONE
    timings: Mapping[str, float] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Return what is said: the quotes alone when affirmed, else the tool's message before them."""
        quoted = " ".join(sentence.text for sentence in self.sentences)
        return quoted if self.affirmed else f"{self.message} {quoted}".strip()

    @property
    def affirmed(self) -> bool:
        """Tell whether the answer commits the framework."""
        return self.status in (AnswerStatus.VALIDATED, AnswerStatus.VERIFIED)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Return the distinct citations in order of appearance."""
        seen: dict[Citation, None] = {}
        for sentence in self.sentences:
            for citation in sentence.citations:
                seen.setdefault(citation)
        return tuple(seen)


@dataclass(frozen=True, slots=True)
class Rejection:
    """A file that could not be read: where, why, and what to do, in French for whoever owns it."""

    source: str
    reason: str
    remedy: str
