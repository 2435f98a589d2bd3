"""``serve``: opens the site to agents, or a demonstration on this computer."""

from __future__ import annotations

import asyncio
import secrets
from typing import Annotated

import typer

from assistant.accounts import directory, links
from assistant.commands.context import err, open_assistant
from assistant.domain import Role
from assistant.errors import AccountError
from assistant.logs import configure
from assistant.settings import Settings, load_settings
from assistant.storage.audit import CONSOLE
from assistant.storage.database import opened
from assistant.storage.occupancy import held
from assistant.texts import Texts, load_texts

FIRST_ACCESS_HOURS = 1
# No real domain ends so (RFC 2606): a demonstration account cannot be taken for somebody's.
DEMO_DOMAIN = "demo.invalid"


def serve(
    host: Annotated[str | None, typer.Option("--host", help="Adresse d’écoute.")] = None,
    port: Annotated[int | None, typer.Option("--port", help="Port d’écoute.")] = None,
    demo: Annotated[
        bool,
        typer.Option("--demo", help="Un compte d’essai par rôle, mots de passe affichés ici, sur ce poste."),
    ] = False,
) -> None:
    """Ouvrir Repère aux agents."""
    from assistant.web.serving import check_address
    from assistant.web.serving import serve as serve_site

    settings = load_settings(host=host, port=port)
    check_address(settings, demo)
    texts = load_texts(settings.language)
    configure(settings)
    open_assistant(settings, texts, None).close()
    # A demonstration that runs already keeps its passwords.
    with held(settings.database_url):
        asyncio.run(_demo_accounts(settings, texts) if demo else _first_access(settings, texts))
    serve_site(settings, demo)


async def _first_access(settings: Settings, texts: Texts) -> None:
    """Print a link for the first administrator while there is no account at all."""
    async with opened(settings.database_url) as database, database.writing() as session:
        if await directory.any_account(session):
            return
        token = await links.make(session, None, FIRST_ACCESS_HOURS, CONSOLE)
    address = f"{settings.address}/premier-acces/{token}"
    err.print(texts("cli.serve.first", address=address, hours=FIRST_ACCESS_HOURS), markup=False)


async def _demo_accounts(settings: Settings, texts: Texts) -> None:
    """Give one account per role a new random password and print it: it is kept nowhere in clear.

    Raises:
        AccountError: the database has accounts of real people.
    """
    async with opened(settings.database_url) as database, database.writing() as session:
        everyone = await directory.everyone(session)
        if any(not one.email.endswith(f"@{DEMO_DOMAIN}") for one in everyone):
            raise AccountError(
                "Cette base contient déjà des comptes réels.",
                "Une démonstration n’ajoute ses comptes d’essai qu’à une base vide ou de démonstration.",
                "Lancez « assistant serve » sans --demo, ou changez REPERE_DATABASE_URL.",
            )
        err.print(texts("cli.serve.demo"), markup=False)
        for role in Role:
            email = f"{role.value}@{DEMO_DOMAIN}"
            name = texts(f"roles.{role.value}")
            account = await directory.by_email(session, email) or await directory.create(
                session, email=email, name=name, role=role, service=texts("cli.serve.service"), actor=CONSOLE
            )
            password = secrets.token_urlsafe(12)
            await directory.set_password(session, account.id, password, CONSOLE)
            err.print(f"  {email:24} {password}", markup=False)
