"""Shows what was measured: tables in French for the terminal, stable keys for machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import isnan
from typing import TYPE_CHECKING, Any, Final

from rich.table import Table

from assistant.domain import AnswerStatus
from assistant.evaluation.bench import BenchReport
from assistant.evaluation.comparison import BeirReport
from assistant.evaluation.figures import Figure, nested
from assistant.evaluation.runner import Evaluation, Record

if TYPE_CHECKING:  # the database and the HTTP client take time to import
    from assistant.evaluation.load import LoadReport

LABELS: Final[Mapping[str, str]] = {
    "shipped.retrieval.recall@1": "Bon passage en tête",
    "shipped.retrieval.recall@5": "Bon passage parmi les 5 premiers",
    "shipped.retrieval.recall@10": "Bon passage parmi les 10 premiers",
    "shipped.retrieval.mrr": "MRR (sur 10 passages)",
    "shipped.retrieval.ndcg@10": "nDCG@10",
    "shipped.answer.passage_right": "Affirmées : bon passage cité",
    "shipped.answer.sentence_right": "Affirmées : phrase attendue citée",
    "shipped.answer.verdict_right": "Affirmées : bon verdict",
    "shipped.answer.right": "Affirmées : tout est juste",
    "shipped.citations.exact": "Citations exactes au caractère près",
    "shipped.abstention.coverage": "Questions avec réponse : affirmées",
    "shipped.abstention.error_affirmed": "Erreurs parmi toutes les réponses affirmées",
    "shipped.abstention.error_affirmed_upper95": "Erreurs parmi les affirmées, borne haute à 95 %",
    "shipped.abstention.unanswerable_affirmed": "Affirmées à tort : sans réponse dans le cadre",
    "shipped.abstention.off_topic_affirmed": "Affirmées à tort : hors sujet, politesse",
    "shipped.abstention.auroc": "AUROC de la confiance (répondable ou non)",
    "shipped.latency.p50_ms": "Délai médian, en ms",
    "shipped.latency.p95_ms": "Délai au 95e centile, en ms",
}
MEASURES: Final[Mapping[str, str]] = {
    "ndcg@10": "nDCG@10",
    "recall@1": "Rappel@1",
    "recall@5": "Rappel@5",
    "recall@10": "Rappel@10",
    "mrr": "MRR@10",
}
STATUSES: Final[Mapping[AnswerStatus, str]] = {
    AnswerStatus.VALIDATED: "Validée",
    AnswerStatus.VERIFIED: "Vérifiée",
    AnswerStatus.TO_CONFIRM: "À confirmer",
    AnswerStatus.ESCALATED: "Sans réponse sûre",
    AnswerStatus.DECLINED: "Hors du sujet",
    AnswerStatus.CLARIFY: "À préciser",
}

BENCH_LABELS: Final[Mapping[str, str]] = {
    "index.build_seconds": "Index construit de zéro, en s",
    "cold.seconds": "Question à froid (nouveau processus), médiane en s",
    "warm.p50_ms": "Question à chaud, médiane en ms",
    "warm.p95_ms": "Question à chaud, 95e centile en ms",
    "server.ready_seconds": "Serveur prêt, en s",
    "server.resident_megabytes": "Mémoire résidente du serveur, en Mo",
}
LOAD_LABELS: Final[Mapping[str, str]] = {
    "load.connected": "Pages ouvertes, encore connectées à la fin",
    "load.questions": "Questions posées",
    "load.answered": "Réponses affichées",
    "load.lost": "Réponses perdues",
    "load.kept": "Échanges retrouvés dans la base",
    "load.tickets": "Demandes dans la base",
    "load.tickets_shown": "Demandes affichées avec leur bon numéro",
    "load.p50_ms": "De la question à la réponse, médiane en ms",
    "load.p95_ms": "De la question à la réponse, 95e centile en ms",
    "load.max_ms": "De la question à la réponse, maximum en ms",
    "load.lag_p95_ms": "dont retard du banc lui-même, 95e centile en ms",
    "load.connect_p95_ms": "De la connexion du chat à l’accueil, 95e centile en ms",
    "load.sign_in_p95_ms": "Connexion par mot de passe, 95e centile en ms",
    "load.memory_start_mb": "Mémoire du serveur avant les questions, en Mo",
    "load.memory_end_mb": "Mémoire du serveur après les questions, en Mo",
    "load.memory_growth_percent": "Croissance de la mémoire, en %",
    "load.troubles": "Incidents vus par les pages",
    "load.errors": "Avertissements et erreurs au journal du serveur",
}


def number(value: float | None, digits: int = 3) -> str:
    """Return a figure as French text, a dash when it was not measured."""
    if value is None or isnan(value):
        return "–"
    return f"{value:.{digits}f}".replace(".", ",")


def evaluation_tables(evaluation: Evaluation) -> list[Table]:
    """Return the tables of a run over labelled questions: figures, then statuses by kind."""
    return [_figures_table(evaluation.figures), _status_table(evaluation.records)]


def _figures_table(figures: Sequence[Figure]) -> Table:
    table = Table(title="Évaluation sur des questions étiquetées", title_justify="left")
    table.add_column("Mesure")
    table.add_column("Valeur", justify="right")
    table.add_column("Effectif", justify="right")
    for figure in figures:
        if figure.key in LABELS:
            digits = 1 if figure.key.endswith("_ms") else 3
            table.add_row(LABELS[figure.key], number(figure.value, digits), _counts(figure))
    return table


def _counts(figure: Figure) -> str:
    if figure.of is None:
        return ""
    return f"n = {figure.of}" if figure.count is None else f"{figure.count} / {figure.of}"


def _status_table(records: Sequence[Record]) -> Table:
    counts = Counter((record.question.kind, record.status) for record in records)
    kinds = Counter(record.question.kind for record in records)
    shown = [status for status in AnswerStatus if any(counts[kind, status] for kind in kinds)]
    table = Table(title="Statut des réponses par genre de question", title_justify="left")
    table.add_column("Genre")
    for status in shown:
        table.add_column(STATUSES[status], justify="right")
    table.add_column("Total", justify="right")
    for kind, total in kinds.items():
        table.add_row(kind, *(str(counts[kind, status]) for status in shown), str(total))
    return table


def evaluation_json(evaluation: Evaluation) -> dict[str, Any]:
    """Return the figures as nested objects, then one object per question."""
    return {**nested(evaluation.figures), "records": [_record_json(one) for one in evaluation.records]}


def _record_json(record: Record) -> dict[str, Any]:
    return {
        "id": record.question.id,
        "question": record.question.text,
        "kind": record.question.kind,
        "status": record.status.value,
        "topic": record.topic.value,
        "confidence": round(record.confidence, 4),
        "verdict": record.verdict.value if record.verdict else None,
        "expected": list(record.question.expected),
        "ranked": list(record.ranked),
        "cited": list(record.cited),
        "right": record.right if record.question.answerable else None,
        "milliseconds": round(record.milliseconds, 2),
    }


def beir_table(report: BeirReport) -> Table:
    """Return the product beside French BM25 alone, and the difference."""
    size = f"{report.documents} documents, {report.passages} passages, {report.queries} questions"
    table = Table(title=f"{report.name} : {size}", title_justify="left")
    table.add_column("Mesure")
    for heading in ("Repère", "BM25 français seul", "Écart"):
        table.add_column(heading, justify="right")
    for measure, label in MEASURES.items():
        shipped, bm25 = (report.value(f"{system}.retrieval.{measure}") for system in ("shipped", "bm25"))
        difference = f"{shipped - bm25:+.4f}".replace(".", ",")
        table.add_row(label, number(shipped, 4), number(bm25, 4), difference)
    return table


def beir_json(report: BeirReport) -> dict[str, Any]:
    """Return the figures of a test set as nested objects."""
    sizes = {"documents": report.documents, "passages": report.passages, "queries": report.queries}
    return {"name": report.name, **sizes, **nested(report.figures)}


def bench_table(report: BenchReport) -> Table:
    """Return the times of the product beside those of the usual pipeline, and how many times faster it is."""
    passages = number(report.value("shipped.passages"), 0)
    table = Table(title=f"Banc d’essai sur {passages} passages", title_justify="left")
    table.add_column("Mesure")
    for heading in ("Repère", "Chaîne usuelle", "Rapport"):
        table.add_column(heading, justify="right")
    for key, label in BENCH_LABELS.items():
        shipped, usual = report.value(f"shipped.{key}"), report.value(f"usual.{key}")
        ratio = f"× {number(usual / shipped, 1)}" if shipped and usual else ""
        table.add_row(label, number(shipped, 2), number(usual, 2) if usual else "", ratio)
    heavy = ", ".join(report.heavy_imports) or "aucune"
    cores, load = number(report.value("machine.cores"), 0), number(report.value("machine.load_before"), 1)
    table.caption = (
        f"Bibliothèques lourdes importées par une question à froid : {heavy}. "
        f"{cores} cœurs, charge de {load} avant la mesure."
    )
    return table


def bench_json(report: BenchReport) -> dict[str, Any]:
    """Return the bench's figures as nested objects, with the heavy libraries imported."""
    return {**nested(report.figures), "heavy_imports": list(report.heavy_imports)}


def load_table(report: LoadReport) -> Table:
    """Return what the agents saw under load."""
    agents = number(report.value("load.agents"), 0)
    table = Table(title=f"Montée en charge : {agents} agents connectés", title_justify="left")
    table.add_column("Mesure")
    table.add_column("Valeur", justify="right")
    table.add_column("Effectif", justify="right")
    for figure in report.figures:
        if figure.key in LOAD_LABELS:
            digits = 1 if figure.key.endswith(("_mb", "_percent")) else 0
            table.add_row(LOAD_LABELS[figure.key], number(figure.value, digits), _counts(figure))
    cores, load = number(report.value("machine.cores"), 0), number(report.value("machine.load_before"), 1)
    table.caption = "\n".join([f"{cores} cœurs, charge de {load} avant la mesure.", *report.troubles])
    return table


def load_json(report: LoadReport) -> dict[str, Any]:
    """Return the figures of a run under load as nested objects, with the first troubles."""
    return {**nested(report.figures), "troubles": list(report.troubles)}
