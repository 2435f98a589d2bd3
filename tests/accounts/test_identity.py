from __future__ import annotations

import pytest

from assistant.accounts.identity import account_of, new_row, normal_email
from assistant.domain import Role
from assistant.errors import AccountError


def made(**changes: str) -> object:
    return account_of(new_row(**{"email": "a@b.fr", "name": "Zoé", "role": Role.AGENT, **changes}))


def test_what_is_kept_is_tidy() -> None:
    row = new_row(
        email="  Zoe.Martin@Metropole.FR ",
        name=" Zoé\t Martin\n",
        role=Role.TRAINER,
        service=" Voirie \n et espaces verts ",
        commune=" saint-martin ",
    )
    account = account_of(row)
    assert account.email == "zoe.martin@metropole.fr"
    assert account.name == "Zoé Martin"
    assert account.role is Role.TRAINER
    assert account.service == "Voirie et espaces verts"
    assert account.scope == "commune:saint-martin"
    assert account.active
    assert row.password_hash == ""


def test_two_accounts_have_two_identifiers() -> None:
    assert made().id != made().id


@pytest.mark.parametrize(
    "email",
    ["x@y", "o'neil+ia@mairie", "zoé@commune-de-l-île.fr", "a" * 248 + "@b.com", "a@xn--p1b6ci4b4b3a.fr"],
)
def test_addresses_of_people_and_intranets(email: str) -> None:
    assert made(email=email).email == email


@pytest.mark.parametrize(
    "email",
    [
        "",
        "zoe",
        "@metropole.fr",
        "zoe@",
        "zoe@@metropole.fr",
        "zoe martin@metropole.fr",
        "zoe@metro pole.fr",
        "zoe@metropole..fr",
        "zoe@metropole.fr.",
        "zoe@.fr",
        "Zoé <zoe@metropole.fr>",
        "zoe@metropole.fr, jean@metropole.fr",
        "zoe\u200b@metropole.fr",
        "zoe\x00@metropole.fr",
        "=zoe@metropole.fr",
        "a" * 249 + "@b.com",
    ],
)
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(AccountError, match="adresse électronique") as caught:
        made(email=email)
    assert caught.value.expected
    assert caught.value.remedy


def test_composed_and_decomposed_accents_are_one_address() -> None:
    assert normal_email("zoe\u0301@b.fr") == normal_email("ZOÉ@b.fr")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "nom est vide"),
        ({"name": " \n\t\u200b"}, "nom est vide"),
        ({"name": "é" * 201}, "n’est pas un nom"),
        ({"name": "=HYPERLINK(1)"}, "n’est pas un nom"),
        ({"service": "s" * 201}, "service .* trop long"),
        ({"commune": "Saint-Martin"}, "identifiant de commune"),
        ({"commune": "saint martin"}, "identifiant de commune"),
        ({"commune": "saint-"}, "identifiant de commune"),
        ({"commune": "c" * 101}, "identifiant de commune"),
    ],
)
def test_refusals(changes: dict[str, str], words: str) -> None:
    with pytest.raises(AccountError, match=words):
        made(**changes)


def test_the_longest_values_are_kept() -> None:
    account = made(name="n" * 200, service="s" * 200, commune="c" * 100)
    assert (len(account.name), len(account.service), len(account.commune)) == (200, 200, 100)
