import pytest

from assistant.domain import AnswerStatus, Topic, Verdict
from assistant.evaluation.figures import Figure
from assistant.evaluation.questions import Question
from assistant.evaluation.report import evaluation_json, evaluation_tables
from assistant.evaluation.rows import DatasetError
from assistant.evaluation.runner import Evaluation, Record, evaluate_questions, summarize
from assistant.service import Assistant, refresh
from assistant.settings import Settings
from assistant.texts import load_texts

CHARTER = """---
id: charte
titre: Charte d’usage de l’IA
type: charte
statut: en vigueur
---

# Charte d’usage de l’IA

## Article 1 – Outils {#article-1}

```fiche
questions:
  - quel assistant ai-je le droit d’utiliser
```

Les agents utilisent les outils d’intelligence artificielle autorisés par la direction du numérique.
Un compte personnel n’est pas utilisé pour le travail.

## Article 2 – Réunions {#article-2}

```fiche
questions:
  - puis-je transcrire une réunion automatiquement
verdict: autorisé sous conditions
```

Une réunion peut être transcrite par un outil autorisé. Les participants sont prévenus avant le début.
L’enregistrement est effacé après trente jours.
"""


def record(
    question: Question,
    status: AnswerStatus = AnswerStatus.VERIFIED,
    ranked: tuple[str, ...] = (),
    cited: tuple[str, ...] = (),
    quotes: tuple[str, ...] = ("Une phrase.",),
    verdict: Verdict | None = None,
    confidence: float = 0.9,
) -> Record:
    return Record(
        question=question,
        status=status,
        affirmed=status is AnswerStatus.VERIFIED,
        topic=Topic.SUBJECT,
        verdict=verdict,
        confidence=confidence,
        ranked=ranked,
        cited=cited,
        quotes=quotes,
        exact_quotes=len(quotes),
        milliseconds=10.0,
    )


def by_key(figures: tuple[Figure, ...]) -> dict[str, Figure]:
    return {figure.key.removeprefix("shipped."): figure for figure in figures}


KNOWN = Question(
    "k", "?", expected=("d#a", "d#b"), extracts=("L’usage est Interdit",), verdict=Verdict.FORBIDDEN
)


def test_right_needs_passage_sentence_and_verdict():
    quotes = ("Sauf accord, l'usage est interdit : toujours.",)
    good = record(KNOWN, cited=("d#x", "d#b~2"), quotes=quotes, verdict=Verdict.FORBIDDEN)
    assert good.passage_right and good.sentence_right and good.verdict_right and good.right
    assert not record(KNOWN, cited=("d#x",), quotes=quotes, verdict=Verdict.FORBIDDEN).right
    assert not record(KNOWN, cited=("d#a",), quotes=("L’usage est permis.",), verdict=Verdict.FORBIDDEN).right
    assert not record(KNOWN, cited=("d#a",), quotes=quotes, verdict=Verdict.ALLOWED).right


def test_an_extract_may_span_quotes_but_not_end_inside_a_word():
    spanning = Question("q", "?", expected=("d#a",), extracts=("le soir. Puis le matin",))
    assert record(spanning, quotes=("Fermé le soir.", "Puis le matin aussi.")).sentence_right
    cut = record(Question("q", "?", expected=("d#a",), extracts=("autoris",)), quotes=("Autorisé.",))
    assert not cut.sentence_right


def test_an_unlabelled_sentence_or_verdict_is_not_held_against_the_answer():
    plain = Question("q", "?", expected=("d#a",))
    assert record(plain, cited=("d#a",), quotes=("N’importe.",), verdict=Verdict.ALLOWED).right


def test_retrieval_counts_any_expected_passage_and_its_parts():
    figures = by_key(
        summarize(
            [
                record(KNOWN, ranked=("d#x", "d#b~2", "d#b~3")),
                record(Question("q", "?", expected=("d#z",)), ranked=("d#z",)),
                record(Question("u", "?"), ranked=("d#z",)),
            ]
        )
    )
    assert figures["retrieval.recall@1"] == Figure("shipped.retrieval.recall@1", 0.5, 1, 2)
    assert figures["retrieval.recall@5"].value == 1
    assert figures["retrieval.mrr"].value == 0.75
    # d#b at rank 2 of {d#a, d#b}: 0.63093 / 1.63093, its other part gains nothing; then 1
    assert figures["retrieval.ndcg@10"].value == pytest.approx((0.38685 + 1) / 2, abs=1e-5)


def test_abstention_separates_no_answer_from_off_topic_and_bounds_the_errors():
    unanswerable = Question("u", "?", kind="unanswerable")
    off_topic = Question("o", "?", kind="off_topic")
    plain = Question("q", "?", expected=("d#a",))
    figures = by_key(
        summarize(
            [
                record(plain, cited=("d#a",), confidence=0.9),
                record(plain, AnswerStatus.TO_CONFIRM, cited=("d#a",), confidence=0.5),
                record(unanswerable, cited=("d#a",), confidence=0.6),
                record(unanswerable, AnswerStatus.ESCALATED, confidence=0.2),
                record(off_topic, AnswerStatus.DECLINED, confidence=0.1),
            ]
        )
    )
    assert figures["abstention.coverage"] == Figure("shipped.abstention.coverage", 0.5, 1, 2)
    assert figures["abstention.unanswerable_affirmed"] == Figure(
        "shipped.abstention.unanswerable_affirmed", 0.5, 1, 2
    )
    assert figures["abstention.off_topic_affirmed"] == Figure(
        "shipped.abstention.off_topic_affirmed", 0, 0, 1
    )
    assert figures["abstention.error_affirmed"].value == 0.5
    # one error in two: the bound solves 1 - p² = 0.05
    assert figures["abstention.error_affirmed_upper95"].value == pytest.approx(0.95**0.5)
    assert figures["abstention.auroc"].value == pytest.approx(5 / 6)
    assert figures["status.unanswerable.escalated"].count == 1


def test_nothing_measured_is_unknown_not_zero():
    figures = by_key(summarize([record(Question("u", "?"), AnswerStatus.DECLINED, quotes=())]))
    assert figures["retrieval.recall@5"].value is None
    assert figures["citations.exact"].value is None


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("evaluation")
    corpus = folder / "corpus"
    corpus.mkdir()
    (corpus / "charte.md").write_text(CHARTER, encoding="utf-8")
    settings = Settings(corpus=corpus, store=folder / "store")
    refresh(settings)
    with Assistant.open(settings, load_texts()) as opened:
        yield opened


QUESTIONS = (
    Question(
        "transcrire",
        "Puis-je transcrire une réunion automatiquement ?",
        expected=("charte#article-2",),
        extracts=("Une réunion peut être transcrite",),
        verdict=Verdict.CONDITIONAL,
        kind="everyday",
    ),
    Question("compte", "compte personnel pour le travail", expected=("charte#article-1",), kind="keyword"),
    Question("bonjour", "Bonjour !", kind="greeting"),
)


@pytest.fixture(scope="module")
def evaluation(assistant: Assistant) -> Evaluation:
    return evaluate_questions(QUESTIONS, assistant)


def test_a_real_corpus_is_measured_end_to_end(evaluation: Evaluation):
    figures = by_key(evaluation.figures)
    assert figures["retrieval.recall@1"] == Figure("shipped.retrieval.recall@1", 1, 2, 2)
    assert figures["citations.exact"].value == 1
    assert figures["abstention.off_topic_affirmed"].count == 0
    assert evaluation.records[2].topic is Topic.GREETING
    first = evaluation.records[0]
    assert first.affirmed
    assert first.right
    assert 0 < first.milliseconds < 2000


def test_progress_is_told_after_each_question(assistant: Assistant):
    told: list[tuple[int, int]] = []
    evaluate_questions(QUESTIONS, assistant, lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize("label", ["charte#article-9", "autre#article-1"])
def test_a_label_that_the_corpus_does_not_hold_is_refused(assistant: Assistant, label: str):
    with pytest.raises(DatasetError, match=label):
        evaluate_questions([Question("q", "?", expected=(label,))], assistant)


def test_the_report_shows_figures_with_counts_and_statuses_by_kind(evaluation: Evaluation):
    figures, statuses = evaluation_tables(evaluation)
    rows = list(zip(*(column.cells for column in figures.columns), strict=True))
    assert ("Bon passage parmi les 5 premiers", "1,000", "2 / 2") in rows
    assert len(rows) == 18
    assert list(statuses.columns[0].cells) == ["everyday", "keyword", "greeting"]
    assert list(statuses.columns[-1].cells) == ["1", "1", "1"]


def test_json_has_stable_keys_and_one_record_per_question(evaluation: Evaluation):
    report = evaluation_json(evaluation)
    shipped = report["shipped"]
    assert shipped["retrieval"]["recall@5"] == 1
    assert (shipped["retrieval"]["recall@5_count"], shipped["retrieval"]["recall@5_of"]) == (2, 2)
    assert 0 <= shipped["abstention"]["error_affirmed_upper95"] <= 1
    assert [one["id"] for one in report["records"]] == ["transcrire", "compte", "bonjour"]
    assert report["records"][0]["ranked"][0] == "charte#article-2"
