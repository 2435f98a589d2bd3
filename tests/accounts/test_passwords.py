from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from assistant.accounts import passwords
from assistant.errors import AccountError

GOOD = "cheval-pile-agrafe"
EMAIL = "zoe.martin@metropole.fr"


async def test_a_hash_matches_its_password_alone() -> None:
    known = await passwords.hashed(GOOD)
    assert known.startswith("$argon2id$")
    assert GOOD not in known
    assert await passwords.matches(known, GOOD)
    assert not await passwords.matches(known, GOOD + " ")
    assert not await passwords.matches(known, GOOD.upper())
    assert await passwords.hashed(GOOD) != known


async def test_no_password_matches_no_hash() -> None:
    for known in ("", "not a hash"):
        for password in ("", GOOD, "no account has this password"):
            assert not await passwords.matches(known, password)


async def test_accents_match_however_the_keyboard_composes_them() -> None:
    assert await passwords.matches(
        await passwords.hashed("préfère l’été ici"), "pre\u0301fe\u0300re l’e\u0301te\u0301 ici"
    )


async def test_odd_characters_are_only_wrong() -> None:
    known = await passwords.hashed(GOOD)
    assert not await passwords.matches(known, GOOD + "\x00")
    assert not await passwords.matches(known, GOOD + "\udc80")


def test_a_hash_with_other_parameters_is_outdated() -> None:
    assert passwords.outdated(PasswordHasher(time_cost=1, memory_cost=64).hash(GOOD))


async def test_a_hash_of_today_is_not_outdated() -> None:
    assert not passwords.outdated(await passwords.hashed(GOOD))


@pytest.mark.parametrize(
    "password", [GOOD, "aaaaaaaaaaab", "é" * 199 + "a", "douze lettre", "a-martin-et-zoe"]
)
def test_good_passwords(password: str) -> None:
    passwords.check_strength(password, EMAIL)


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("", "a 0 caractère"),
        ("x", "a 1 caractère\\."),
        ("onze lettre", "a 11 caractères"),
        ("abcd" * 50 + "e", "a 201 caractères"),
        ("aaaaaaaaaaaa", "un seul caractère"),
        ("AaAaAaAaAaAa", "un seul caractère"),
        ("mon Zoe.Martin à moi", "votre adresse"),
        ("MON ZOÉ.MARTIN À MOI", "votre adresse"),
        ("j’aime bien Repère", "« repere »"),
        ("REPERE2026!!", "« repere »"),
    ],
)
def test_weak_passwords_are_refused(password: str, words: str) -> None:
    with pytest.raises(AccountError, match=words) as caught:
        passwords.check_strength(password, EMAIL)
    assert "12 à 200 caractères" in caught.value.expected
    assert caught.value.remedy
    assert password == "" or len(password) < 2 or password not in str(caught.value)


def test_a_very_short_local_part_forbids_nothing() -> None:
    passwords.check_strength("la table à l’envers", "al@metropole.fr")
