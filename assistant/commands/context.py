"""What the commands share: consoles, options, settings, and an index brought up to date."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from assistant.indexing.generations import Store
from assistant.service import Assistant, refresh
from assistant.settings import Settings, load_settings
from assistant.texts import Texts, load_texts

if TYPE_CHECKING:  # the database takes time to import; most commands need not wait for it
    from sqlalchemy.ext.asyncio import AsyncSession

Result = TypeVar("Result")

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

CorpusOption = Annotated[
    Path | None, typer.Option("--corpus", help="Dossier de documents à utiliser à la place du corpus réglé.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Écrire du JSON, un objet par ligne.")]


def read_context(corpus: Path | None = None) -> tuple[Settings, Texts]:
    """Return the settings, with another corpus if asked, and the words of the interface."""
    settings = load_settings(corpus=corpus)
    return settings, load_texts(settings.language)


def in_transaction(settings: Settings, work: Callable[[AsyncSession], Awaitable[Result]]) -> Result:
    """Run some work in one transaction of the database, committed unless it raises."""
    from assistant.storage.database import opened

    async def inside() -> Result:
        async with opened(settings.database_url) as database, database.writing() as session:
            return await work(session)

    return asyncio.run(inside())


def update_index(settings: Settings, texts: Texts, rebuild: bool = False, report: bool = True) -> None:
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


def open_assistant(settings: Settings, texts: Texts, corpus: Path | None) -> Assistant:
    """Open the index; build it first when this version has none, check it when ``--corpus`` names one."""
    if corpus is not None or not Store(settings.store, settings.corpus, settings.chroma_url).is_ready():
        update_index(settings, texts, report=False)
    return Assistant.open(settings, texts)
