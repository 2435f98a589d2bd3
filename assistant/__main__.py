"""The command line: ``assistant …`` or ``python -m assistant …``; help in French.

Exit codes are those of ``assistant.errors``: 0 done, 1 other failure, 2 setting or option, 3 documents,
4 index, 5 question.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from assistant.domain import Answer, Hit
from assistant.errors import AssistantError, QuestionError
from assistant.service import Assistant, refresh
from assistant.settings import Settings, load_settings
from assistant.texts import Texts, load_texts

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Repère explique le cadre d’usage de l’IA d’une collectivité, citations à l’appui.",
)
corpus_app = typer.Typer(no_args_is_help=True, help="Vérifier un corpus de documents.")
app.add_typer(corpus_app, name="corpus")
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

CorpusOption = Annotated[
    Path | None, typer.Option("--corpus", help="Dossier de documents à utiliser à la place du corpus réglé.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Écrire un objet JSON par ligne.")]


def _context(corpus: Path | None = None) -> tuple[Settings, Texts]:
    settings = load_settings(corpus=corpus)
    return settings, load_texts(settings.language)


def _update(settings: Settings, texts: Texts, rebuild: bool = False, report: bool = True) -> None:
    """Bring the index up to date with a progress bar on standard error."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        tasks = {stage: bar.add_task(label, total=None) for stage, label in texts.under("cli.stages").items()}

        def show(stage: str, done: int, total: int) -> None:
            bar.update(tasks[stage], completed=done, total=max(1, total))

        manifest = refresh(settings, show, rebuild)
    if report:
        err.print(
            texts(
                "cli.index_done",
                documents=manifest.documents,
                passages=manifest.passages,
                questions=manifest.questions,
                reused=manifest.reused_vectors,
            )
        )
    if manifest.rejections:
        err.print(texts("cli.index_rejected", count=len(manifest.rejections)))
    for rejection in manifest.rejections:
        err.print(f"  {rejection.source} : {rejection.reason} {rejection.remedy}")


def _open(settings: Settings, texts: Texts, corpus: Path | None) -> Assistant:
    """Open the index, building it first when the corpus has none (``--corpus`` always checks it)."""
    from assistant.indexing.generations import Store

    if corpus is not None or Store(settings.store, settings.corpus, settings.chroma_url).current_id() is None:
        _update(settings, texts, report=False)
    return Assistant.open(settings, texts)


@app.command()
def index(
    corpus: CorpusOption = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Tout relire et tout recalculer.")] = False,
) -> None:
    """Construire ou mettre à jour l’index du corpus."""
    settings, texts = _context(corpus)
    _update(settings, texts, rebuild)


@app.command()
def ask(
    question: Annotated[
        str | None, typer.Argument(help="La question ; sans elle, une par ligne en entrée.")
    ] = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Poser une question et obtenir les phrases du cadre qui y répondent."""
    settings, texts = _context(corpus)
    asked = [(question, [])] if question is not None else list(_from_stdin(texts))
    with _open(settings, texts, corpus) as assistant:
        for text, history in asked:
            answer = assistant.ask(text, history)
            if as_json:
                sys.stdout.write(json.dumps(answer_record(answer), ensure_ascii=False) + "\n")
            else:
                _show_answer(answer, texts)


def _from_stdin(texts: Texts) -> Iterator[tuple[str, list[str]]]:
    if sys.stdin.isatty():
        raise QuestionError(texts("cli.no_question"))
    for number, line in enumerate(sys.stdin, start=1):
        stripped = line.strip()
        if stripped.startswith("{"):
            yield _json_question(stripped, number, texts)
        elif stripped:
            yield stripped, []


def _json_question(line: str, number: int, texts: Texts) -> tuple[str, list[str]]:
    try:
        record = json.loads(line)
        question, history = record["question"], record.get("history", [])
    except (json.JSONDecodeError, KeyError) as error:
        raise QuestionError(texts("cli.bad_line", line=number)) from error
    if not isinstance(question, str) or not all(isinstance(earlier, str) for earlier in history):
        raise QuestionError(texts("cli.bad_line", line=number))
    return question, history


def answer_record(answer: Answer) -> dict[str, object]:
    """Return the answer as the JSON object that ``ask --json`` prints."""
    return {
        "question": answer.question,
        "status": answer.status.value,
        "topic": answer.topic.value,
        "verdict": answer.verdict.value if answer.verdict else None,
        "message": answer.message,
        "text": answer.text,
        "sentences": [
            {"text": sentence.text, "citations": [asdict(citation) for citation in sentence.citations]}
            for sentence in answer.sentences
        ],
        "passages": [
            {"id": hit.passage.id, "heading": hit.passage.heading, "score": hit.score} for hit in answer.hits
        ],
        "omitted": answer.omitted,
        "probability": answer.probability,
        "confidence": answer.confidence,
        "corrections": dict(answer.query.corrections),
        "as_of": answer.as_of.isoformat(),
        "trace_id": answer.trace_id,
        "timings": dict(answer.timings),
    }


def _show_answer(answer: Answer, texts: Texts) -> None:
    out.print(f"[bold]{texts(f'status.{answer.status.value}')}[/bold]")
    if answer.verdict:
        out.print(texts(f"verdict.{answer.verdict.name.lower()}"), style="bold")
    if not answer.affirmed:
        out.print(answer.message, markup=False)
    numbers = {citation: number for number, citation in enumerate(answer.citations, start=1)}
    for sentence in answer.sentences:
        marks = "".join(f" [{numbers[citation]}]" for citation in sentence.citations)
        out.print(sentence.text + marks, markup=False)
    for citation, number in numbers.items():
        page = f", p. {citation.page}" if citation.page else ""
        place = f"{citation.title}, {citation.heading}{page}, version {citation.version}"
        out.print(f"  [{number}] {place} ({citation.passage_id})", markup=False, style="dim")


@app.command()
def search(
    question: Annotated[str, typer.Argument(help="La question ou les mots à chercher.")],
    corpus: CorpusOption = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=50, help="Nombre de passages.")] = 10,
    explain: Annotated[
        bool, typer.Option("--explain", help="Montrer les signaux de chaque passage.")
    ] = False,
) -> None:
    """Montrer les passages trouvés pour une question."""
    settings, texts = _context(corpus)
    with _open(settings, texts, corpus) as assistant:
        hits = assistant.search(question, limit)
        if explain:
            query = assistant.read(question)
            pairs = ", ".join(f"{typed} → {word}" for typed, word in query.corrections) or "–"
            out.print(texts("cli.search_corrections", pairs=pairs), markup=False)
            terms = ", ".join(query.expansions) or "–"
            out.print(texts("cli.search_expansions", terms=terms), markup=False)
        out.print(_hits_table(hits, texts("cli.search_title", question=question), explain))
        if not hits:
            out.print(texts("cli.no_hit"))


def _hits_table(hits: Sequence[Hit], title: str, explain: bool) -> Table:
    from rich.text import Text

    table = Table(title=Text(title))
    for heading in ("#", "Passage", "Intitulé", "Score"):
        table.add_column(heading)
    names = sorted(hits[0].signals) if explain and hits else []
    for name in names:
        table.add_column(name, justify="right")
    for number, hit in enumerate(hits, start=1):
        signals = [f"{hit.signals[name]:.2f}" for name in names]
        cells = (str(number), hit.passage.id, hit.passage.heading, f"{hit.score:.3f}", *signals)
        table.add_row(*(Text(cell) for cell in cells))
    return table


@corpus_app.command("check")
def corpus_check(corpus: CorpusOption = None) -> None:
    """Vérifier les documents : en-têtes, identifiants, références, dates, doublons."""
    from assistant.documents.validator import check

    settings, texts = _context(corpus)
    problems = check(settings.corpus)
    for problem in problems:
        line = f":{problem.line}" if problem.line else ""
        out.print(f"{problem.source}{line} : {problem.message}", markup=False)
    if problems:
        err.print(texts("cli.corpus_problems", count=len(problems)))
        raise typer.Exit(3)
    out.print(texts("cli.corpus_good"))


@app.command()
def serve(
    host: Annotated[str | None, typer.Option("--host", help="Adresse d’écoute (boucle locale).")] = None,
    port: Annotated[int | None, typer.Option("--port", help="Port d’écoute.")] = None,
) -> None:
    """Ouvrir le chat dans un navigateur de ce poste."""
    from assistant.web.app import serve as serve_chat

    settings = load_settings(host=host, port=port)
    texts = load_texts(settings.language)
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    _open(settings, texts, None).close()
    serve_chat(settings)


def run() -> None:
    """Run the command line; an expected failure prints its message and gives its exit code."""
    try:
        app()
    except AssistantError as error:
        for part in (error.found, error.expected, error.remedy):
            if part:
                err.print(part, markup=False)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    run()
