"""The command line: ``assistant …`` or ``python -m assistant …``; help in French.

Exit codes are those of ``assistant.errors``: 0 done, 1 other failure, 2 setting or option, 3 documents,
4 index, 5 question, 6 database, 7 account, 8 ticket.
"""

from __future__ import annotations

import sys

import typer

from assistant.commands import asking, escalations, keeping, measuring, serving, upkeep, users
from assistant.commands.context import err
from assistant.errors import AssistantError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Repère explique le cadre d’usage de l’IA d’une collectivité, citations à l’appui.",
)
corpus_app = typer.Typer(no_args_is_help=True, help="Vérifier un corpus de documents.")
corpus_app.command("check")(upkeep.check)
app.add_typer(corpus_app, name="corpus")
users_app = typer.Typer(no_args_is_help=True, help="Gérer les comptes.")
for name, users_command in (
    ("add", users.add),
    ("list", users.listing),
    ("role", users.role),
    ("disable", users.disable),
    ("enable", users.enable),
    ("import", users.import_file),
    ("reset-link", users.reset_link),
):
    users_app.command(name)(users_command)
app.add_typer(users_app, name="users")
escalations_app = typer.Typer(no_args_is_help=True, help="Lire les demandes aux référents et y répondre.")
for name, escalations_command in (
    ("list", escalations.listing),
    ("show", escalations.show),
    ("reply", escalations.reply),
):
    escalations_app.command(name)(escalations_command)
app.add_typer(escalations_app, name="escalations")
for command in (
    serving.serve,
    upkeep.index,
    asking.ask,
    asking.search,
    measuring.evaluate,
    measuring.bench,
    upkeep.doctor,
    keeping.backup,
    keeping.restore,
    keeping.purge,
):
    app.command()(command)


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
