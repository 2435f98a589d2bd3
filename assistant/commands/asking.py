"""``ask`` and ``search``: one question, or many on the standard input."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from assistant.commands.context import CorpusOption, JsonOption, open_assistant, out, read_context
from assistant.domain import Answer, Hit
from assistant.errors import QuestionError
from assistant.texts import Texts

TABLE_WIDTH = 170


def ask(
    question: Annotated[
        str | None, typer.Argument(help="La question ; sans elle, une par ligne en entrée.")
    ] = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Poser une question et obtenir les phrases du cadre qui y répondent."""
    settings, texts = read_context(corpus)
    asked = [(question, [])] if question is not None else list(_from_stdin(texts))
    with open_assistant(settings, texts, corpus) as assistant:
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
    out.print(f"[bold]{texts(f'status.{answer.status.value}.label')}[/bold]")
    if answer.verdict:
        out.print(texts(f"verdict.{answer.verdict.name.lower()}.label"), style="bold")
    if not answer.affirmed:
        out.print(answer.message, markup=False)
    numbers = {citation: number for number, citation in enumerate(answer.citations, start=1)}
    for sentence in answer.sentences:
        marks = "".join(f" [{numbers[citation]}]" for citation in sentence.citations)
        out.print(sentence.text + marks, markup=False)
    if answer.omitted:
        key = "chat.omitted_one" if answer.omitted == 1 else "chat.omitted_many"
        out.print(texts(key, count=answer.omitted), markup=False)
    for citation, number in numbers.items():
        page = f", p. {citation.page}" if citation.page else ""
        place = f"{citation.title}, {citation.heading}{page}, version {citation.version}"
        out.print(f"  [{number}] {place} ({citation.passage_id})", markup=False, style="dim")


def search(
    question: Annotated[str, typer.Argument(help="La question ou les mots à chercher.")],
    corpus: CorpusOption = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=50, help="Nombre de passages.")] = 10,
    explain: Annotated[
        bool, typer.Option("--explain", help="Montrer les signaux de chaque passage.")
    ] = False,
) -> None:
    """Montrer les passages trouvés pour une question."""
    settings, texts = read_context(corpus)
    with open_assistant(settings, texts, corpus) as assistant:
        hits = assistant.search(question, limit)
        if explain:
            query = assistant.read(question)
            pairs = ", ".join(f"{typed} → {word}" for typed, word in query.corrections) or "–"
            out.print(texts("cli.search_corrections", pairs=pairs), markup=False)
            terms = ", ".join(query.expansions) or "–"
            out.print(texts("cli.search_expansions", terms=terms), markup=False)
        # A table cut to the 80 columns of a pipe would hide the signals.
        wide = Console(width=max(out.width, TABLE_WIDTH), highlight=False)
        wide.print(_hits_table(hits, texts("cli.search_title", question=question), explain))
        if not hits:
            out.print(texts("cli.no_hit"))


def _hits_table(hits: Sequence[Hit], title: str, explain: bool) -> Table:
    table = Table(title=Text(title))
    for heading in ("#", "Passage", "Intitulé", "Score"):
        table.add_column(heading)
    names = sorted(hits[0].signals) if explain and hits else []
    for name in names:
        table.add_column(name, justify="right", no_wrap=True)
    for number, hit in enumerate(hits, start=1):
        signals = [f"{hit.signals[name]:.2f}" for name in names]
        cells = (str(number), hit.passage.id, hit.passage.heading, f"{hit.score:.3f}", *signals)
        table.add_row(*(Text(cell) for cell in cells))
    return table
