from __future__ import annotations

import time

import pytest
from sqlalchemy import func, select

from assistant.accounts import directory, importing, links
from assistant.accounts.importing import import_accounts, read_entries
from assistant.domain import Account, Role
from assistant.errors import AccountError
from assistant.storage.database import Database
from assistant.storage.tables import AccountRow, AuditRow, LinkRow

PLAIN = "email,nom,role,service,commune\nzoe@b.fr,Zoé Œuvré,referent,Voirie,saint-martin\njean@b.fr,Jean,,,\n"


async def imported(database: Database, text: str | bytes, update: bool = False) -> importing.Imported:
    entries = read_entries(text if isinstance(text, bytes) else text.encode())
    async with database.writing() as session:
        return await import_accounts(session, entries, update=update, hours=72, actor="console")


async def everyone(database: Database) -> dict[str, Account]:
    async with database.reading() as session:
        return {account.email: account for account in await directory.everyone(session)}


async def test_accounts_are_made_with_a_link_each(database: Database) -> None:
    done = await imported(database, PLAIN)
    accounts = await everyone(database)
    zoe, jean = accounts["zoe@b.fr"], accounts["jean@b.fr"]
    assert (zoe.name, zoe.role, zoe.service, zoe.commune) == (
        "Zoé Œuvré",
        Role.REFERENT,
        "Voirie",
        "saint-martin",
    )
    assert (jean.role, jean.service, jean.commune, jean.active) == (Role.AGENT, "", "", True)
    assert [invitation.account for invitation in done.invitations] == [zoe, jean]
    assert done.existing == ()
    for invitation in done.invitations:
        async with database.writing() as session:
            used = await links.use(session, invitation.token)
            assert used.account_id == invitation.account.id
    async with database.reading() as session:
        lines = (await session.scalars(select(AuditRow).order_by(AuditRow.id))).all()
    assert [line.action for line in lines].count("account.create") == 2
    assert (lines[-1].action, lines[-1].details) == (
        "account.import",
        {"created": 2, "updated": 0, "existing": 0},
    )
    assert "b.fr" not in str([line.details for line in lines])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_spreadsheets_write(encoding: str, separator: str, end: str) -> None:
    data = PLAIN.replace(",", separator).replace("\n", end).encode(encoding)
    assert read_entries(data) == read_entries(PLAIN.encode())


@pytest.mark.parametrize(
    "text",
    [
        "E-Mail;NOM;Rôle\nzoe@b.fr;Zoé;Référente\n",
        "Courriel;Name;RÔLE\nZOE@b.fr ;\u00a0Zoé;REFERENT",
        'sep=;\n"email";"nom";"role";"";\n"zoe@b.fr";"Zoé";"referent";"";\n;;;;\n',
        "\n;;\n Adresse électronique ; Nom ; role ;;\n\n zoe@b.fr ; Zoé ; référent ;;\n;;\n\n",
        "role\tnom\temail\nreferent\tZoé\tzoe@b.fr\n",
    ],
)
def test_quirks(text: str) -> None:
    (entry,) = read_entries(text.encode())
    assert entry.email.lower() == "zoe@b.fr"
    assert (entry.name, entry.role) == ("Zoé", Role.REFERENT)


def test_cells_in_quotes_hold_anything() -> None:
    (entry,) = read_entries('email,nom,service\nz@b,"Zoé ""Z"", dite","Voirie\net parcs"\n'.encode())
    assert entry.name == 'Zoé "Z", dite'
    assert entry.service == "Voirie\net parcs"


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("formatrice", Role.TRAINER),
        ("Administrateur", Role.ADMIN),
        ("admin", Role.ADMIN),
        ("AGENTE", Role.AGENT),
    ],
)
def test_roles_have_french_names(title: str, role: Role) -> None:
    (entry,) = read_entries(f"email,nom,role\na@b,Anne,{title}".encode())
    assert entry.role is role


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Colonne absente : « email »"),
        ("email\nzoe@b.fr\n", "Colonne absente : « nom »"),
        ("zoe@b.fr,Zoé\n", "Colonne inconnue : « zoe@b.fr »"),
        ("email,nom,téléphone\n", "Colonne inconnue : « téléphone »"),
        ("email,mail,nom\n", "Colonne en double : « mail »"),
        ("email,nom\nzoe,Zoé\n", "Ligne 2 : « zoe » n’est pas une adresse"),
        ("email,nom\n\n\nzoe@b.fr,\n", "Ligne 4 : Le nom est vide"),
        ("email,nom\n,Zoé\n", "Ligne 2 : «  » n’est pas une adresse"),
        ("email,nom,role\nzoe@b.fr,Zoé,chef\n", "Ligne 2 : « chef » n’est pas un rôle \\(agent, trainer"),
        ("email,nom,commune\nzoe@b.fr,Zoé,Saint Martin\n", "Ligne 2 : .*identifiant de commune"),
        ("email,nom,service\nzoe@b.fr,Zoé," + "s" * 201, "Ligne 2 : .*trop long"),
        ("email,nom\nzoe@b.fr,Zoé\nZOE@B.FR,Zoé\n", "Ligne 3 : « zoe@b.fr » est déjà à la ligne 2"),
        ("email,nom\nzoe@b.fr,Martin, Zoé\n", "Ligne 2 : Plus de cellules que de colonnes"),
        ('email,nom\na@b,"A\nB"\nzoe,Zoé\n', "Ligne 4 : « zoe »"),
        ('email,nom\na@b,Anne\nzoe@b.fr,"Zoé\n', "Ligne 3 : guillemets mal fermés"),
        ("sep=;\nemail;nom\nzoe;Zoé\n", "Ligne 3 : « zoe »"),
        (b"PK\x03\x04", "archive ZIP"),
        (bytes(range(256)), "binaire"),
    ],
)
def test_bad_files_are_refused_with_their_line(text: str | bytes, words: str) -> None:
    with pytest.raises(AccountError, match=words) as caught:
        read_entries(text if isinstance(text, bytes) else text.encode())
    assert "Rien n’a été importé" in caught.value.remedy


def test_all_the_bad_lines_are_named_up_to_twenty() -> None:
    lines = "".join(f"bad{number},Zoé\n" for number in range(30))
    with pytest.raises(AccountError) as caught:
        read_entries(f"email,nom\n{lines}".encode())
    assert caught.value.found.count("Ligne ") == 20
    assert "et 10 autres" in caught.value.found


async def test_those_who_have_an_account_are_reported_and_left(
    database: Database, agent: Account, admin: Account
) -> None:
    text = f"email,nom,role,service\n{agent.email.upper()},Autre Nom,admin,Parcs\nx@y,Ysé,,\n"
    done = await imported(database, text)
    assert done.existing == (agent.email,)
    assert done.updated == 0
    assert [invitation.account.email for invitation in done.invitations] == ["x@y"]
    assert (await everyone(database))[agent.email] == agent
    assert (await everyone(database))[admin.email] == admin


async def test_update_takes_what_the_file_gives(database: Database, agent: Account, admin: Account) -> None:
    done = await imported(database, f"email,nom,role,service\n{agent.email},X,trainer,Parcs\n", update=True)
    assert (done.updated, done.existing, done.invitations) == (1, (agent.email,), ())
    changed = (await everyone(database))[agent.email]
    assert (changed.role, changed.service) == (Role.TRAINER, "Parcs")
    assert (changed.commune, changed.name) == (agent.commune, agent.name)
    # an empty role leaves the role, an empty service is a service removed; nothing new is not an update
    text = f"email,nom,role,service\n{agent.email},X,,\n{admin.email},Y,,\n"
    assert (await imported(database, text, update=True)).updated == 1
    again = (await everyone(database))[agent.email]
    assert (again.role, again.service) == (Role.TRAINER, "")
    assert (await imported(database, text, update=True)).updated == 0


async def test_the_last_administrator_is_protected_but_may_hand_over(
    database: Database, agent: Account, admin: Account
) -> None:
    text = f"email,nom,role\nx@y,Ysé,agent\n{admin.email},X,agent\n"
    with pytest.raises(AccountError, match="Ligne 3 : C’est le dernier administrateur"):
        await imported(database, text, update=True)
    assert await everyone(database) == {account.email: account for account in (admin, agent)}
    handed = f"email,nom,role\n{admin.email},X,agent\n{agent.email},Y,admin\n"
    assert (await imported(database, handed, update=True)).updated == 2
    accounts = await everyone(database)
    assert (accounts[admin.email].role, accounts[agent.email].role) == (Role.AGENT, Role.ADMIN)


@pytest.mark.slow
async def test_ten_thousand_people_come_in_at_once(database: Database) -> None:
    lines = "".join(
        f"agent{number}@metropole.fr;Agent {number};;Service {number % 40}\n" for number in range(10_000)
    )
    text = f"email;nom;role;service\n{lines}"
    began = time.monotonic()
    done = await imported(database, text)
    assert time.monotonic() - began < 60
    assert len({invitation.token for invitation in done.invitations}) == 10_000
    async with database.reading() as session:
        for table in (AccountRow, LinkRow):
            assert await session.scalar(select(func.count()).select_from(table)) == 10_000
