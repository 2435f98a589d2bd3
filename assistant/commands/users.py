"""``users``: who may sign in, from the command line."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.commands.context import JsonOption, err, in_transaction, out, read_context
from assistant.domain import Account, Role
from assistant.errors import AccountError
from assistant.texts import Texts

if TYPE_CHECKING:  # the database takes time to import; the other commands need not wait for it
    from sqlalchemy.ext.asyncio import AsyncSession

FIRST_HOURS = 72
RESET_HOURS = 24

EmailArgument = Annotated[str, typer.Argument(metavar="ADRESSE", help="Adresse électronique du compte.")]


def add(
    email: EmailArgument,
    name: Annotated[str, typer.Option("--name", help="Nom de la personne.")],
    role: Annotated[Role, typer.Option("--role", help="Ce que le compte peut faire.")] = Role.AGENT,
    service: Annotated[str, typer.Option("--service", help="Service de la personne.")] = "",
    commune: Annotated[
        str, typer.Option("--commune", help="Identifiant de sa commune (saint-martin) ; vide : métropole.")
    ] = "",
) -> None:
    """Créer un compte et donner le lien qui permet d’en choisir le mot de passe."""
    from assistant.accounts import directory, links
    from assistant.storage.audit import CONSOLE

    async def work(session: AsyncSession) -> str:
        account = await directory.create(
            session, email=email, name=name, role=role, service=service, commune=commune, actor=CONSOLE
        )
        return await links.make(session, account.id, FIRST_HOURS, CONSOLE)

    settings, texts = read_context()
    token = in_transaction(settings, work)
    err.print(texts("cli.users.added", email=email, hours=FIRST_HOURS), markup=False)
    typer.echo(links.address(settings, token))


def listing(as_json: JsonOption = False) -> None:
    """Lister les comptes."""
    from assistant.accounts import directory

    settings, texts = read_context()
    accounts = in_transaction(settings, directory.everyone)
    if as_json:
        for account in accounts:
            typer.echo(json.dumps(asdict(account), ensure_ascii=False))
    elif accounts:
        _show(accounts, texts)
    else:
        err.print(texts("cli.users.none"))


def role(
    email: EmailArgument, role: Annotated[Role, typer.Argument(metavar="RÔLE", help="Nouveau rôle.")]
) -> None:
    """Changer le rôle d’un compte ; cela vaut dès sa prochaine action."""
    from assistant.accounts import directory
    from assistant.storage.audit import CONSOLE

    async def work(session: AsyncSession) -> None:
        await directory.change_role(session, (await _known(session, email)).id, role, CONSOLE)

    settings, texts = read_context()
    in_transaction(settings, work)
    shown = texts(f"cli.users.roles.{role}")
    err.print(texts("cli.users.role_changed", email=email, role=shown), markup=False)


def disable(email: EmailArgument) -> None:
    """Désactiver un compte : il est déconnecté aussitôt."""
    _set_active(email, False)


def enable(email: EmailArgument) -> None:
    """Réactiver un compte désactivé."""
    _set_active(email, True)


def import_file(
    file: Annotated[
        Path, typer.Argument(metavar="FICHIER.csv", help="Colonnes : email, nom, role, service, commune.")
    ],
    update: Annotated[
        bool, typer.Option("--update", help="Mettre à jour rôle, service et commune des comptes existants.")
    ] = False,
) -> None:
    """Créer les comptes d’un fichier CSV ; écrit sur la sortie standard le lien de chacun, en CSV."""
    from assistant.accounts import importing, links
    from assistant.storage.audit import CONSOLE

    settings, texts = read_context()
    entries = importing.read_entries(_bytes(file))

    async def work(session: AsyncSession) -> importing.Imported:
        return await importing.import_accounts(
            session, entries, update=update, hours=FIRST_HOURS, actor=CONSOLE
        )

    done = in_transaction(settings, work)
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(texts.under("cli.users.links").values())
    for invitation in done.invitations:
        account = invitation.account
        writer.writerow((account.email, account.name, links.address(settings, invitation.token)))
    typer.echo(lines.getvalue(), nl=False)
    for email in done.existing:
        err.print(texts("cli.users.existing", email=email), markup=False)
    created = len(done.invitations)
    err.print(texts("cli.users.imported", created=created, updated=done.updated, hours=FIRST_HOURS))


def reset_link(email: EmailArgument) -> None:
    """Donner un lien qui permet de choisir un nouveau mot de passe."""
    from assistant.accounts import links
    from assistant.storage.audit import CONSOLE

    async def work(session: AsyncSession) -> str:
        return await links.make(session, (await _known(session, email)).id, RESET_HOURS, CONSOLE)

    settings, texts = read_context()
    token = in_transaction(settings, work)
    err.print(texts("cli.users.link", email=email, hours=RESET_HOURS), markup=False)
    typer.echo(links.address(settings, token))


async def _known(session: AsyncSession, email: str) -> Account:
    from assistant.accounts import directory

    account = await directory.by_email(session, email)
    if account is None:
        raise AccountError(
            f"« {email} » n’a pas de compte.",
            "Attendu : l’adresse d’un compte existant.",
            "Voyez la liste (assistant users list), ou créez-le (assistant users add).",
        )
    return account


def _set_active(email: str, active: bool) -> None:
    from assistant.accounts import directory
    from assistant.storage.audit import CONSOLE

    async def work(session: AsyncSession) -> None:
        await directory.set_active(session, (await _known(session, email)).id, active, CONSOLE)

    settings, texts = read_context()
    in_transaction(settings, work)
    said = texts("cli.users.enabled" if active else "cli.users.disabled", email=email)
    err.print(said, markup=False)


def _show(accounts: list[Account], texts: Texts) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table()
    for heading in texts.under("cli.users.columns").values():
        table.add_column(heading, overflow="fold")
    roles = texts.under("cli.users.roles")
    for account in accounts:
        state = texts("cli.users.active" if account.active else "cli.users.inactive")
        cells = (account.email, account.name, roles[account.role], account.service, account.commune, state)
        table.add_row(*(Text(cell) for cell in cells))
    out.print(table)


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise AccountError(
            f"« {file} » ne se lit pas : {error.strerror}.",
            "Attendu : un fichier CSV.",
            "Vérifiez son nom et ses droits.",
        ) from error
