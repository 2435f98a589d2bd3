"""An answer as plain text with its sources, ready to be pasted into a letter or a message."""

from __future__ import annotations

from assistant.domain import Answer, Citation
from assistant.texts import Texts
from assistant.web.chat.rendering import standing
from assistant.web.current import Site
from assistant.web.dates import spoken
from assistant.web.reading.addresses import citation_url


def copied(answer: Answer, site: Site) -> str:
    """Return the question, the answer, each quote with its number, and where each one is written.

    Empty when nothing is quoted: there is no source to carry along.
    """
    texts = site.texts
    numbers: dict[str, int] = {}
    for citation in answer.citations:
        numbers.setdefault(citation.passage_id, len(numbers) + 1)
    if not numbers:
        return ""
    lines = [texts("copy.question", question=answer.question), "", _heading(answer, texts)]
    for sentence in answer.sentences:
        marks = "".join(f" [{numbers[one.passage_id]}]" for one in sentence.citations)
        lines.append(f"«\u00a0{sentence.text.strip()}\u00a0»{marks}")
    lines += ["", texts("chat.sources")]
    firsts = {numbers[one.passage_id]: one for one in reversed(answer.citations)}
    for number in sorted(firsts):
        lines += _source(number, firsts[number], site)
    if any(site.assistant.document(one.document).info.model_text for one in answer.citations):
        lines += ["", texts("page.model_text")]
    return "\n".join(lines)


def _heading(answer: Answer, texts: Texts) -> str:
    status = texts(f"status.{answer.status.value}.label")
    if answer.verdict and answer.affirmed:
        status = f"{status} – {texts(f'verdict.{answer.verdict.name.lower()}.label')}"
    return texts("copy.answer", date=spoken(answer.as_of, texts), status=status)


def _source(number: int, citation: Citation, site: Site) -> list[str]:
    texts = site.texts
    info = site.assistant.document(citation.document).info
    place = texts("chat.source", title=citation.title, heading=citation.heading)
    if citation.page is not None:
        place = texts("chat.source_page", source=place, page=citation.page)
    return [
        f"[{number}] {place}, {standing(info, texts)}",
        f"    {site.settings.address}{citation_url(citation)}",
    ]
