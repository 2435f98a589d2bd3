"""``index``, ``corpus check`` and ``doctor``: what whoever owns the texts runs."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from assistant.commands.context import CorpusOption, err, in_transaction, out, read_context, update_index
from assistant.settings import Settings


def index(
    corpus: CorpusOption = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Tout relire et tout recalculer.")] = False,
) -> None:
    """Construire ou mettre à jour l’index du corpus."""
    settings, texts = read_context(corpus)
    update_index(settings, texts, rebuild)
    # With --corpus it is not the index that is served: nobody cites these texts.
    if corpus is None:
        _keep_texts(settings)


def _keep_texts(settings: Settings) -> None:
    """Keep what has just been indexed, so that its citations still open after the next indexing.

    Without a database no citation has been kept either; the server makes one and keeps the texts itself.
    """
    from assistant.indexing.generations import Store
    from assistant.storage.audit import CONSOLE
    from assistant.storage.database import Database
    from assistant.storage.versions import keep

    database = Database(settings.database_url)
    if database.is_sqlite and not Path(database.url.database or "").is_file():
        return
    generation = Store(settings.store, settings.corpus, settings.chroma_url).open()
    try:
        documents = generation.content.documents()
    finally:
        generation.close()
    in_transaction(settings, lambda session: keep(session, documents, CONSOLE))


def check(corpus: CorpusOption = None) -> None:
    """Vérifier les documents : en-têtes, références, dates, droit cité, contradictions, doublons."""
    from assistant.documents.checking.corpus import check

    settings, texts = read_context(corpus)
    problems = check(settings.corpus, date.today())
    for problem in problems:
        line = f":{problem.line}" if problem.line else ""
        out.print(f"{problem.source}{line} : {problem.message}", markup=False)
    if problems:
        err.print(texts("cli.corpus_problems", count=len(problems)))
        raise typer.Exit(3)
    out.print(texts("cli.corpus_good"))


def doctor() -> None:
    """Dire ce qui manque pour bien fonctionner, et comment y remédier."""
    from assistant.doctor import Level, diagnose

    settings, texts = read_context()
    findings = diagnose(settings)
    for finding in findings:
        out.print(f"[{finding.level.value}] {finding.subject} : {finding.found}", markup=False)
        if finding.remedy:
            out.print(f"    {finding.remedy}", markup=False)
    if any(finding.level is Level.ERROR for finding in findings):
        raise typer.Exit(1)
    out.print(texts("cli.doctor_good"))
