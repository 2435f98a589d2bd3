"""Turns an answer into what the chat shows: readable Markdown, and the panels behind its citations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from assistant.domain import Answer, AnswerStatus, Citation, DocumentInfo, Hit, Sentence, Topic, Verdict
from assistant.texts import Texts
from assistant.web.chat.markdown import literal, quotation
from assistant.web.chat.panels import Library, Panel, lead, quoted
from assistant.web.dates import spoken

LEADS = 3
# The mark of a list item means nothing between quotation marks; the panel shows it in its place.
_BULLET = re.compile(r"^[-–—•*]\s+")
_VERDICTS = {
    Verdict.ALLOWED: "allowed",
    Verdict.CONDITIONAL: "conditional",
    Verdict.FORBIDDEN: "forbidden",
    Verdict.ASK_REFERENT: "ask_referent",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """A message. Its links ``#citation-1``, ``#citation-2``… open the panels in the same order.

    ``status`` and ``verdict`` are words for the style sheet; empty when the answer has none.
    """

    text: str
    status: str = ""
    verdict: str = ""
    panels: tuple[Panel, ...] = ()


@dataclass(frozen=True, slots=True)
class Aside:
    """A remark that comes with an answer: a warning, and the sentence of the framework behind it."""

    text: str
    rule: Sentence | None = None


class _Sources:
    """Numbers the quoted passages in order of appearance and collects a panel for every link."""

    def __init__(self, library: Library, texts: Texts) -> None:
        self._library = library
        self._texts = texts
        self.panels: list[Panel] = []
        self.documents: dict[str, DocumentInfo] = {}
        self._names: dict[str, str] = {}

    def cite(self, citation: Citation) -> str:
        """Return the numbered link that opens this citation."""
        info = self._library.document(citation.document).info
        panel = quoted(citation, self._library, self._texts)
        number = self._add(citation.passage_id, panel, info, citation.heading, citation.page)
        return f"[[{number}]](#citation-{len(self.panels)})"

    def suggest(self, hit: Hit) -> None:
        """Add a passage that is a lead, not a quote."""
        passage = hit.passage
        panel = lead(passage, self._library, self._texts)
        self._add(passage.id, panel, passage.document, passage.heading, passage.page)

    def mention(self, citation: Citation) -> str:
        """Return a link that names its article, for a quote that is not part of the answer."""
        self.panels.append(quoted(citation, self._library, self._texts))
        return f"[{literal(citation.heading)}](#citation-{len(self.panels)})"

    def listed(self) -> str:
        """Return the numbered list of the passages."""
        return "\n".join(f"{number}. {name}" for number, name in enumerate(self._names.values(), 1))

    def _add(self, passage_id: str, panel: Panel, info: DocumentInfo, heading: str, page: int | None) -> int:
        self.panels.append(panel)
        self.documents.setdefault(info.id, info)
        name = f"[{self._name(info, heading, page)}](#citation-{len(self.panels)})"
        self._names.setdefault(passage_id, name)
        return list(self._names).index(passage_id) + 1

    def _name(self, info: DocumentInfo, heading: str, page: int | None) -> str:
        name = info.title
        if heading != info.title:
            name = self._texts("chat.source", title=name, heading=heading)
        if page is not None:
            name = self._texts("chat.source_page", source=name, page=page)
        return literal(name)


def reply(
    answer: Answer, library: Library, texts: Texts, label: str = "", asides: Sequence[Aside] = ()
) -> Reply:
    """Return the message for an answer; ``label`` names its status otherwise than the status itself does.

    Raises:
        StoreError: the quoted text has changed since the answer was made.
    """
    status = answer.status.value
    sources = _Sources(library, texts)
    if answer.topic is not Topic.SUBJECT or answer.status in (AnswerStatus.DECLINED, AnswerStatus.CLARIFY):
        parts = [literal(answer.message), *_asides(asides, sources)]
        return Reply("\n\n".join(parts), status, panels=tuple(sources.panels))
    verdict = _VERDICTS[answer.verdict] if answer.affirmed and answer.verdict else ""
    body = _quotes(answer, sources)
    if not answer.sentences:
        for hit in answer.hits[:LEADS]:
            sources.suggest(hit)
    parts = [
        f"**{texts(f'status.{label or status}.label')}** – {literal(answer.message)}",
        _verdict(verdict, texts),
        _corrections(answer, texts),
        body,
        _omitted(answer.omitted, texts),
        *_origin(answer, sources, texts),
        *_asides(asides, sources),
    ]
    return Reply("\n\n".join(part for part in parts if part), label or status, verdict, tuple(sources.panels))


def _asides(asides: Sequence[Aside], sources: _Sources) -> Iterator[str]:
    for aside in asides:
        rule = aside.rule
        if rule is None:
            yield literal(aside.text)
            continue
        links = " ".join(sources.mention(citation) for citation in rule.citations)
        yield f"{literal(aside.text)} «\u00a0{literal(_BULLET.sub('', rule.text.strip()))}\u00a0» ({links})"


def _verdict(verdict: str, texts: Texts) -> str:
    if not verdict:
        return ""
    label, explanation = (texts(f"verdict.{verdict}.{part}") for part in ("label", "explanation"))
    return texts("chat.verdict", verdict=label, explanation=explanation)


def _corrections(answer: Answer, texts: Texts) -> str:
    return "\n".join(
        f"*{texts('chat.corrected', word=literal(word), correction=literal(correction))}*"
        for word, correction in answer.query.corrections
    )


def _quotes(answer: Answer, sources: _Sources) -> str:
    """Return a quotation for each run of sentences of one passage, each sentence with its citations."""
    blocks = []
    for _passages, run in groupby(answer.sentences, key=_passages_of):
        lines = []
        for sentence in run:
            links = " ".join(sources.cite(citation) for citation in sentence.citations)
            lines.append(f"«\u00a0{literal(_BULLET.sub('', sentence.text.strip()))}\u00a0» {links}".rstrip())
        blocks.append(quotation("\n\n".join(lines)))
    return "\n\n".join(blocks)


def _passages_of(sentence: Sentence) -> tuple[str, ...]:
    return tuple(citation.passage_id for citation in sentence.citations)


def _omitted(count: int, texts: Texts) -> str:
    if count == 0:
        return ""
    return texts("chat.omitted_one") if count == 1 else texts("chat.omitted_many", count=count)


def _origin(answer: Answer, sources: _Sources, texts: Texts) -> list[str]:
    """Return what the answer rests on: the versions in force, the warning on model texts, the list."""
    if not sources.panels:
        return []
    documents = sources.documents.values()
    standings = {standing(info, texts) for info in documents}
    if len(documents) > 1 and len(standings) == 1:
        # The titles are in the list: one line for all says the rest.
        named = [f"{texts('chat.texts')}, {standings.pop()}"]
    else:
        named = [f"{info.title}, {standing(info, texts)}" for info in documents]
    rests_on = literal(texts("chat.separator").join(named))
    heading = texts("chat.sources" if answer.affirmed else "chat.lead_sources")
    return [
        f"**{heading}**",
        sources.listed(),
        f"*{texts('chat.as_of', documents=rests_on, date=spoken(answer.as_of, texts))}*",
        texts("chat.model_text") if any(info.model_text for info in documents) else "",
    ]


def standing(info: DocumentInfo, texts: Texts) -> str:
    """Return the version of a text and since when it is in force."""
    parts = [texts("chat.version", version=info.version)]
    if info.in_force_from:
        parts.append(texts("chat.in_force", date=spoken(info.in_force_from, texts)))
    return ", ".join(parts)
