"""The opening message: what it promises comes from the settings, what it lists from the outbox."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from assistant.escalation.notices import Notice
from assistant.settings import Settings
from assistant.texts import Texts
from assistant.web.chat.greeting import greeting, suggestions
from assistant.web.current import Site

AT = datetime(2026, 11, 25, tzinfo=UTC)


def site(settings: Settings, texts: Texts, **changes: object) -> Site:
    unused: Any = None
    return Site(settings.model_copy(update=changes), texts, unused, unused, b"")


def notice(number: int, thread: str, name: str, ticket: int | None) -> Notice:
    return Notice(number, "a", thread, name, f"s{number}", ticket, "Oui.", {}, AT)


def test_it_says_who_speaks_who_decides_and_who_reads(settings: Settings, texts: Texts) -> None:
    place = site(settings, texts, authority="la Ville d’Essai", referents_contact="l’équipe IA")
    said = greeting(place, ())
    for part in ("une intelligence artificielle", "Un humain décide", "Qui lit quoi", "(/compte)"):
        assert part in said
    assert "(la Ville d’Essai)" in said
    assert said.count("l’équipe IA") == 2
    assert texts("chat.replies.title") not in said


@pytest.mark.parametrize(("days", "ticket_days"), [(90, 365), (17, 33)])
def test_how_long_things_are_kept_comes_from_the_settings(
    days: int, ticket_days: int, settings: Settings, texts: Texts
) -> None:
    said = greeting(site(settings, texts, retention_days=days, ticket_retention_days=ticket_days), ())
    assert f"vous seulement, pendant {days} jours" in said
    assert f"pendant {ticket_days} jours" in said


def test_what_an_operator_wrote_is_text_not_markup(settings: Settings, texts: Texts) -> None:
    place = site(settings, texts, authority="[ici](https://exemple.fr)", referents_contact="*tous* <b>")
    said = greeting(place, ())
    assert r"\[ici\](" in said
    assert r"\*tous\* \<b\>" in said


def test_replies_not_read_yet_come_first_one_line_a_discussion(settings: Settings, texts: Texts) -> None:
    unseen = [
        notice(1, "t1", "Puis-je *tout* [relire] ?", 12),
        notice(2, "t2", "Et là ?", None),
        notice(3, "t1", "Puis-je *tout* [relire] ?", 15),
    ]
    said = greeting(site(settings, texts), unseen)
    assert said.split("\n\n")[0].split("\n") == [
        texts("chat.replies.title"),
        r"- [Puis-je \*tout\* \[relire\] ?](/thread/t1) R-0015",
        "- [Et là ?](/thread/t2)",
    ]


def test_first_questions_are_those_of_the_role_then_one_a_theme(settings: Settings, texts: Texts) -> None:
    place = site(settings, texts)
    common = suggestions(place, "agent")
    assert len(common) >= 6
    assert all(label and question.endswith("?") for label, question in common)
    assert len({label for label, _ in common}) == len(common)
    for role in ("referent", "trainer"):
        own = suggestions(place, role)
        assert own[len(own) - len(common) :] == common
        assert len(own) == len(common) + 1
    assert suggestions(place, "admin") == suggestions(place, "") == common
