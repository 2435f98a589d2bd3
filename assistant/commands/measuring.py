"""``evaluate`` and ``bench``: how good, and how fast."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from assistant.commands.context import CorpusOption, JsonOption, err, open_assistant, out, read_context
from assistant.errors import SettingsError
from assistant.service import LEXICON, Assistant, without_questions
from assistant.settings import ROOT, Settings
from assistant.texts import Texts

SAMPLE = ROOT / "tests" / "questions" / "sample.jsonl"


def evaluate(
    questions: Annotated[
        Path | None, typer.Option("--questions", help="Questions étiquetées, un objet JSON par ligne.")
    ] = None,
    beir: Annotated[
        Path | None,
        typer.Option("--beir", help="Préfixe d’un jeu .corpus.jsonl, .queries.jsonl, .qrels.tsv."),
    ] = None,
    bare: Annotated[
        bool,
        typer.Option("--bare", help="Avec --questions : sans les formulations que le corpus donne lui-même."),
    ] = False,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Mesurer la recherche et les réponses sur des questions étiquetées."""
    settings, texts = read_context(corpus)
    if (questions is None) == (beir is None) or (bare and questions is None):
        raise SettingsError(texts("cli.evaluate_one"))
    if questions is not None:
        with open_assistant(settings, texts, corpus) as assistant:
            _evaluate_questions(questions, assistant, bare, as_json)
    elif beir is not None:
        _evaluate_beir(beir, settings, as_json)


def _evaluate_questions(file: Path, assistant: Assistant, bare: bool, as_json: bool) -> None:
    from assistant.evaluation.questions import load_questions
    from assistant.evaluation.report import evaluation_json, evaluation_tables
    from assistant.evaluation.runner import evaluate_questions

    asked = load_questions(file)
    with without_questions(assistant) if bare else nullcontext(assistant) as evaluated:
        evaluation = evaluate_questions(asked, evaluated)
    if as_json:
        _write(evaluation_json(evaluation))
    else:
        for table in evaluation_tables(evaluation):
            out.print(table)


def _evaluate_beir(prefix: Path, settings: Settings, as_json: bool) -> None:
    from assistant.evaluation.comparison import evaluate_beir
    from assistant.evaluation.report import beir_json, beir_table

    report = evaluate_beir(prefix, settings, LEXICON, lambda *_: None)
    if as_json:
        _write(beir_json(report))
    else:
        out.print(beir_table(report))


def bench(
    load: Annotated[
        bool, typer.Option("--load", help="Mesurer plutôt ce que le site supporte, agents connectés.")
    ] = False,
    agents: Annotated[int, typer.Option("--agents", min=1, max=1000, help="Avec --load : agents.")] = 500,
    rate: Annotated[int, typer.Option("--rate", min=1, max=50, help="Avec --load : questions/s.")] = 8,
    seconds: Annotated[int, typer.Option("--seconds", min=1, max=600, help="Avec --load : durée.")] = 60,
    as_json: JsonOption = False,
) -> None:
    """Comparer les temps de réponse à ceux de la chaîne LlamaIndex usuelle (quelques minutes)."""
    settings, texts = read_context()
    if load:
        _bench_load(settings, texts, as_json, (agents, rate, seconds))
    else:
        _bench_times(settings, texts, as_json)


def _bench_times(settings: Settings, texts: Texts, as_json: bool) -> None:
    from assistant.documents.splitter import split
    from assistant.evaluation.bench import Workload, run_bench
    from assistant.evaluation.questions import load_questions
    from assistant.evaluation.report import bench_json, bench_table

    with open_assistant(settings, texts, None) as assistant:
        passages = [passage for document in assistant.documents() for passage in split(document)]
        asked = [question.text for question in load_questions(SAMPLE)]
        report = run_bench(Workload(passages, asked, assistant.ask), err.print)
    if as_json:
        _write(bench_json(report))
    else:
        out.print(bench_table(report))


def _bench_load(settings: Settings, texts: Texts, as_json: bool, plan: tuple[int, int, int]) -> None:
    from assistant.evaluation.load import LoadPlan, run_load
    from assistant.evaluation.questions import load_questions
    from assistant.evaluation.report import load_json, load_table

    open_assistant(settings, texts, None).close()  # the index is there before the server is timed
    report = run_load(LoadPlan(*plan), [question.text for question in load_questions(SAMPLE)], err.print)
    if as_json:
        _write(load_json(report))
    else:
        out.print(load_table(report))


def _write(record: object) -> None:
    sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
