"""``assistant users`` as its user runs it: real processes over one database."""

from __future__ import annotations

import asyncio
import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.accounts import links
from assistant.domain import Account
from assistant.settings import ROOT
from assistant.storage.database import opened

pytestmark = pytest.mark.slow
ADMIN = ("admin@metropole.fr", "--name", "Claude Chef", "--role", "admin")


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'repere.sqlite3'}"


def users(url: str, *arguments: str, code: int = 0, **environment: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "assistant", "users", *arguments],
        env={**os.environ, "REPERE_DATABASE_URL": url, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


def listed(url: str) -> list[Account]:
    return [Account(**json.loads(line)) for line in users(url, "list", "--json").stdout.splitlines()]


def owner(url: str, address: str) -> str | None:
    """Return whose link this is, looking at it as the page does."""

    async def look() -> str | None:
        async with opened(url) as database, database.reading() as session:
            link = await links.peek(session, address.rpartition("/")[2])
            return link.account_id if link else None

    return asyncio.run(look())


def test_the_life_of_an_account(url: str) -> None:
    assert "users add" in users(url, "list").stderr
    added = users(url, "add", *ADMIN, REPERE_PUBLIC_URL="https://repere.metropole.fr")
    assert added.stdout.startswith("https://repere.metropole.fr/mot-de-passe/")
    assert "72 heures" in added.stderr
    (admin,) = listed(url)
    assert (admin.email, admin.name, admin.role, admin.active) == (ADMIN[0], "Claude Chef", "admin", True)
    assert owner(url, added.stdout.strip()) == admin.id

    reset = users(url, "reset-link", "ADMIN@metropole.fr")
    assert reset.stdout.startswith("http://127.0.0.1:8000/mot-de-passe/")
    assert "24 heures" in reset.stderr
    assert owner(url, added.stdout.strip()) is None
    assert owner(url, reset.stdout.strip()) == admin.id

    users(url, "add", "zoe@metropole.fr", "--name", "Zoé", "--service", "Voirie", "--commune", "saint-martin")
    assert "référent" in users(url, "role", "zoe@metropole.fr", "referent").stderr
    users(url, "disable", "zoe@metropole.fr")
    _, zoe = listed(url)
    assert (zoe.role, zoe.active, zoe.service, zoe.commune) == ("referent", False, "Voirie", "saint-martin")
    table = users(url, "list", COLUMNS="160").stdout
    for shown in ("zoe@metropole.fr", "référent", "désactivé", "administrateur", "Adresse"):
        assert shown in table
    assert "désactivé" in users(url, "reset-link", "zoe@metropole.fr", code=7).stderr
    users(url, "enable", "zoe@metropole.fr")
    assert all(account.active for account in listed(url))


def test_refusals_say_what_to_do(url: str) -> None:
    users(url, "add", *ADMIN)
    for arguments, found, remedy in (
        (("role", "nobody@metropole.fr", "admin"), "n’a pas de compte", "assistant users list"),
        (("disable", ADMIN[0]), "dernier administrateur", "assistant users role"),
        (("add", *ADMIN), "a déjà un compte", "reset-link"),
        (("import", "nulle-part.csv"), "nulle-part.csv", "Vérifiez"),
    ):
        refused = users(url, *arguments, code=7)
        assert found in refused.stderr
        assert remedy in refused.stderr
        assert refused.stdout == ""
    users(url, "role", ADMIN[0], "chef", code=2)
    assert [account.role for account in listed(url)] == ["admin"]


def test_import_prints_the_links_of_new_accounts_alone(url: str, tmp_path: Path) -> None:
    users(url, "add", *ADMIN)
    file = tmp_path / "agents.csv"
    file.write_bytes(
        "E-mail;Nom;Rôle;Service\r\nzoe@metropole.fr;Zoé [b] « L’Œil »;Référente;Voirie\r\n"
        "admin@metropole.fr;Claude;;Direction\r\n".encode("cp1252")
    )
    done = users(url, "import", str(file), "--update")
    heading, zoe = csv.reader(done.stdout.splitlines())
    assert heading == ["email", "nom", "lien"]
    assert zoe[:2] == ["zoe@metropole.fr", "Zoé [b] « L’Œil »"]
    assert "admin@metropole.fr a déjà un compte" in done.stderr
    accounts = {account.email: account for account in listed(url)}
    assert owner(url, zoe[2]) == accounts["zoe@metropole.fr"].id
    assert accounts["zoe@metropole.fr"].role == "referent"
    assert (accounts[ADMIN[0]].role, accounts[ADMIN[0]].service) == ("admin", "Direction")

    file.write_text("email,nom\nnouveau@metropole.fr,Nouveau\nfaux,Faux\n", encoding="utf-8")
    refused = users(url, "import", str(file), code=7)
    assert "Ligne 3" in refused.stderr
    assert refused.stdout == ""
    assert len(listed(url)) == 2
