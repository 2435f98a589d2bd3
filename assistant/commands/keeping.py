"""``backup``, ``restore`` and ``purge``: what is kept, brought back, and deleted in time."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.commands.context import err, in_transaction, out, read_context, update_index
from assistant.settings import Settings
from assistant.texts import Texts

if TYPE_CHECKING:  # the database takes time to import; the other commands need not wait for it
    from sqlalchemy.ext.asyncio import AsyncSession

    from assistant.backup.restoring import Restored
    from assistant.storage.retention import Purged

FileArgument = Annotated[Path, typer.Argument(metavar="FICHIER.tar.gz", help="Fichier de la sauvegarde.")]


def backup(file: FileArgument) -> None:
    """Sauvegarder la base et le cadre dans un fichier, même pendant que Repère sert."""
    from assistant.backup.saving import save
    from assistant.storage.tables import now

    settings, texts = read_context()
    saved = save(settings, file, now())
    for name in saved.left_out:
        err.print(texts("cli.keeping.left_out", name=name), markup=False)
    said = texts(
        "cli.keeping.saved",
        file=saved.file,
        size=f"{saved.bytes / 1_000_000:.1f}".replace(".", ","),
        schema=saved.manifest.schema_revision,
        documents=len(saved.manifest.texts()),
    )
    out.print(said, markup=False)
    err.print(texts("cli.keeping.in_clear"), markup=False)


def restore(
    file: FileArgument,
    force: Annotated[
        bool, typer.Option("--force", help="Remplacer ce qui est en place, en le gardant à côté.")
    ] = False,
) -> None:
    """Remettre une sauvegarde en place, serveur arrêté, puis mettre l’index à jour."""
    from assistant.backup.restoring import restore
    from assistant.backup.saving import current_generation
    from assistant.storage.tables import now

    settings, texts = read_context()
    restored = restore(settings, file, now(), force)
    _tell(restored, texts)
    update_index(settings, texts)
    before, after = restored.manifest.generation, current_generation(settings)
    if before and after and (before.encoder, before.pipeline) != (after.encoder, after.pipeline):
        err.print(texts("cli.keeping.other_index"), markup=False)
    err.print(texts("cli.keeping.after"), markup=False)


def _tell(restored: Restored, texts: Texts) -> None:
    manifest = restored.manifest
    said = texts(
        "cli.keeping.restored",
        date=f"{manifest.made_at.astimezone():%d/%m/%Y à %H:%M}",
        schema=manifest.schema_revision,
        version=manifest.repere,
    )
    out.print(said, markup=False)
    if not restored.corpus_replaced:
        out.print(texts("cli.keeping.same_corpus"), markup=False)
    for path in restored.aside:
        out.print(texts("cli.keeping.aside", path=path), markup=False)


def purge(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Compter sans rien effacer.")] = False,
) -> None:
    """Effacer ce qui a dépassé sa durée de conservation (le serveur le fait chaque jour)."""
    settings, texts = read_context()
    purged = _purged(settings, dry_run)
    limits = {"days": settings.retention_days, "ticket_days": settings.ticket_retention_days}
    out.print(texts("cli.keeping.limits", **limits), markup=False)
    key = "cli.keeping.due" if dry_run else "cli.keeping.purged"
    out.print(texts(key, **asdict(purged)), markup=False)


def _purged(settings: Settings, dry_run: bool) -> Purged:
    from assistant.storage import retention
    from assistant.storage.audit import CONSOLE
    from assistant.storage.tables import now

    async def work(session: AsyncSession) -> Purged:
        if dry_run:
            return await retention.due(session, settings, now())
        return await retention.purge(session, settings, now(), CONSOLE)

    return in_transaction(settings, work)
