"""Public test sets of questions and judged documents, in the BEIR layout.

``PREFIX.corpus.jsonl`` holds ``{"id", "title", "text"}``, ``PREFIX.queries.jsonl`` ``{"id", "text"}``
and ``PREFIX.qrels.tsv`` a query, a document and a gain per line.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.domain import Document, DocumentInfo, DocumentKind, LegalStatus, Section
from assistant.evaluation.figures import Figure, mean
from assistant.evaluation.metrics import ndcg_at, recall_at, reciprocal_rank
from assistant.evaluation.rows import DatasetError, read_lines, read_rows

DEPTH = 10
Search = Callable[[str, int], Sequence[str]]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Text:
    """One document of a test set."""

    id: str
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """Documents, queries by id, and the gains of the judged documents by query id."""

    name: str
    texts: tuple[Text, ...]
    queries: Mapping[str, str]
    judgements: Mapping[str, Mapping[str, float]]

    @property
    def judged(self) -> list[str]:
        """Return the ids of the queries with a document worth finding; the others measure nothing."""
        gains = {query: self.judgements.get(query, {}) for query in self.queries}
        return [query for query in gains if any(gain > 0 for gain in gains[query].values())]


def load_judged_set(prefix: Path) -> JudgedSet:
    """Read the three files of a test set.

    Raises:
        DatasetError: a file is missing or malformed, an id comes twice, or no query is judged.
    """
    texts = _texts(_part(prefix, "corpus.jsonl"))
    queries = _queries(_part(prefix, "queries.jsonl"))
    judgements = _judgements(_part(prefix, "qrels.tsv"))
    loaded = JudgedSet(prefix.name, texts, queries, judgements)
    if not loaded.judged:
        raise DatasetError(
            f"{prefix}.qrels.tsv ne juge aucune question de {prefix}.queries.jsonl.",
            "Des identifiants de questions communs aux deux fichiers.",
            "Vérifiez que les trois fichiers viennent du même jeu.",
        )
    return loaded


def _part(prefix: Path, part: str) -> Path:
    return prefix.with_name(f"{prefix.name}.{part}")


def _texts(path: Path) -> tuple[Text, ...]:
    texts: dict[str, Text] = {}
    for row in read_rows(path):
        text = Text(row.text("id"), row.optional_text("title"), row.optional_text("text"))
        if not (text.title + text.body).strip():
            raise row.wrong("ni titre ni texte.", 'Attendu : "title" ou "text".')
        if texts.setdefault(text.id, text) is not text:
            raise row.wrong(f"l’identifiant « {text.id} » est déjà pris.", "Chaque document une seule fois.")
    return tuple(texts.values())


def _queries(path: Path) -> dict[str, str]:
    queries: dict[str, str] = {}
    for row in read_rows(path):
        identifier = row.text("id")
        if identifier in queries:
            raise row.wrong(
                f"l’identifiant « {identifier} » est déjà pris.", "Chaque question une seule fois."
            )
        queries[identifier] = row.text("text")
    return queries


def _judgements(path: Path) -> dict[str, dict[str, float]]:
    judgements: dict[str, dict[str, float]] = {}
    for number, line in read_lines(path):
        fields = line.split("\t")
        try:
            query, document, gain = fields[0], fields[1], float(fields[2])
        except (IndexError, ValueError) as error:
            if number == 1 and len(fields) == 3:
                continue  # sets published elsewhere start with the names of the columns
            raise DatasetError(
                f"{path}, ligne {number} : « {line[:80]} ».",
                "Trois colonnes séparées par des tabulations : question, document, gain.",
                "Corrigez cette ligne.",
            ) from error
        judgements.setdefault(query, {})[document] = gain
    return judgements


def as_document(text: Text) -> Document:
    """Return a document of a test set as one of ours, so that our own splitter and index are measured."""
    body = text.body.strip() or text.title
    trail = (text.title,) if text.title else ()
    return Document(
        info=DocumentInfo(
            id=text.id,
            title=text.title or text.id,
            kind=DocumentKind.DOCUMENT,
            version="1",
            status=LegalStatus.IN_FORCE,
            scope="metropole",
            source=text.id,
            hash=hashlib.sha256(body.encode()).hexdigest(),
        ),
        text=body,
        sections=(Section(anchor="texte", trail=trail, start=0, end=len(body)),),
    )


def measure(name: str, judged_set: JudgedSet, search: Search, progress: Progress) -> list[Figure]:
    """Put every judged query to ``search`` (query, limit → document ids, best first) and measure."""
    rankings: list[tuple[list[str], Mapping[str, float]]] = []
    judged = judged_set.judged
    for done, query in enumerate(judged, start=1):
        ranked = list(dict.fromkeys(search(judged_set.queries[query], DEPTH)))
        rankings.append((ranked, judged_set.judgements[query]))
        progress(done, len(judged))
    relevant = [
        (ranked, [item for item, gain in gains.items() if gain > 0], gains) for ranked, gains in rankings
    ]
    recalls = [
        mean(f"{name}.recall@{depth}", [recall_at(ranked, wanted, depth) for ranked, wanted, _ in relevant])
        for depth in (1, 5, 10)
    ]
    return [
        mean(f"{name}.ndcg@10", [ndcg_at(ranked, gains, DEPTH) for ranked, _, gains in relevant]),
        *recalls,
        mean(f"{name}.mrr", [reciprocal_rank(ranked, wanted) for ranked, wanted, _ in relevant]),
    ]
