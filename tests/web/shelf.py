"""Two hand-made documents in memory, and answers that quote them."""

from dataclasses import dataclass
from datetime import date

from assistant.domain import (
    Answer,
    AnswerStatus,
    Citation,
    Document,
    DocumentInfo,
    DocumentKind,
    Hit,
    LegalStatus,
    Passage,
    Query,
    Sentence,
    Topic,
    Verdict,
)

RULE = "Un agent ne saisit jamais de nom dans un outil public."
EXCEPTION = "Par exception, un outil validé peut traiter ces noms."
MARKED = "Écrivez <b>*ceci*</b> et [cela](https://exemple.fr) :\n- dans `la note`"


@dataclass(frozen=True)
class Shelf:
    """Two documents in memory, read as the assistant reads its index."""

    documents: dict[str, Document]
    passages: dict[str, Passage]

    def document(self, document_id: str) -> Document:
        """Return a document."""
        return self.documents[document_id]

    def passage(self, passage_id: str) -> Passage:
        """Return a passage."""
        return self.passages[passage_id]

    def hit(self, passage_id: str) -> Hit:
        """Return a passage as search finds it."""
        return Hit(self.passages[passage_id], 0.9)

    def sentence(self, passage_id: str, quote: str) -> Sentence:
        """Return a sentence of the passage with its citation."""
        passage = self.passages[passage_id]
        document = self.documents[passage.document.id]
        start = document.text.index(quote)
        info = document.info
        citation = Citation(
            passage.id,
            info.id,
            info.title,
            passage.heading,
            info.version,
            info.hash,
            quote,
            start,
            start + len(quote),
            passage.page,
        )
        return Sentence(quote, (citation,))

    def answer(
        self,
        status: AnswerStatus,
        *quotes: tuple[str, str],
        verdict: Verdict | None = None,
        message: str = "Voici.",
    ) -> Answer:
        """Return an answer that quotes these (passage, sentence) pairs."""
        return Answer(
            question="Puis-je saisir un nom ?",
            status=status,
            topic=Topic.SUBJECT,
            message=message,
            sentences=tuple(self.sentence(*quote) for quote in quotes),
            hits=tuple(self.hit(name) for name in self.passages),
            query=Query("Puis-je saisir un nom ?", "Puis-je saisir un nom ?"),
            as_of=date(2026, 11, 23),
            trace_id="t",
            confidence=0.9,
            verdict=verdict,
        )


def _document(info: DocumentInfo, *articles: tuple[str, str]) -> tuple[Document, list[Passage]]:
    text, passages = info.title, []
    for number, (heading, body) in enumerate(articles, 1):
        text += f"\n\n{heading}\n\n"
        start = len(text)
        text += body
        trail = (info.title, heading)
        passages.append(
            Passage(f"{info.id}#a{number}", info, trail, body, start, len(text), "h", page=number + 2)
        )
    return Document(info, text, ()), passages


def filled() -> Shelf:
    """Return a model charter in force since a date, and a dateless guide."""
    charter = DocumentInfo(
        id="charte",
        title="Charte d’usage",
        kind=DocumentKind.CHARTER,
        version="1.0",
        status=LegalStatus.IN_FORCE,
        scope="metropole",
        source="charte.md",
        hash="c",
        in_force_from=date(2026, 9, 1),
        model_text=True,
    )
    guide = DocumentInfo(
        "guide", "Guide", DocumentKind.GUIDELINE, "2", LegalStatus.IN_FORCE, "metropole", "guide.md", "g"
    )
    first = _document(charter, ("Article 1 – Noms", f"{RULE} {EXCEPTION}"), ("Article 2 – Notes", MARKED))
    second = _document(guide, ("Relire", "Relisez tout."))
    return Shelf(
        {document.info.id: document for document, _ in (first, second)},
        {passage.id: passage for _, passages in (first, second) for passage in passages},
    )
