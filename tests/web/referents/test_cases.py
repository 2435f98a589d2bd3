from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from assistant.domain import AnswerStatus
from assistant.escalation.tickets import Event, EventKind, Lead, Reason, State, Ticket
from assistant.texts import Texts
from assistant.web.referents.cases import QUESTION_CUT, ago, case, moment, reasons, reply_html, row

NOW = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
LEAD = Lead(
    "charte#article-2~2", "charte", "Charte", "Article 2 – Noms", "abc", "Jamais de nom.", 10, 24, 0.4
)
STRONG = {"coverage": 0.9, "cosine": 0.6, "asked_words": 0.8, "asked_cosine": 0.7}
TICKET = Ticket(
    number=12,
    question="Puis-je ?",
    state=State.OPEN,
    reason=Reason.UNSURE,
    urgent=False,
    service="Piscines",
    commune="saint-martin",
    opened_at=NOW,
    updated_at=NOW,
    asker=None,
    account_id="a",
    thread_id="t",
    step_id="s",
    signals=STRONG,
    leads=(LEAD,),
    status="escalated",
    events=(Event(EventKind.OPENED, "", NOW),),
)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "à l’instant"),
        (59, "à l’instant"),
        (60, "il y a une minute"),
        (119, "il y a une minute"),
        (3599, "il y a 59 minutes"),
        (3600, "il y a une heure"),
        (23 * 3600, "il y a 23 heures"),
        (86400, "il y a un jour"),
        (29 * 86400, "il y a 29 jours"),
        (30 * 86400, "il y a un mois"),
        (90 * 86400, "il y a 3 mois"),
    ],
)
def test_an_age_is_said_in_the_largest_unit(seconds: int, said: str, texts: Texts) -> None:
    assert ago(NOW - timedelta(seconds=seconds), NOW, texts) == said


def test_a_time_is_said_in_words_and_kept_for_machines(texts: Texts) -> None:
    local = datetime(2026, 12, 1, 9, 5).astimezone()
    shown = moment(local.astimezone(UTC), local, texts)
    assert (shown.said, shown.ago) == ("1er décembre 2026 à 9 h 05", "à l’instant")
    assert datetime.fromisoformat(shown.iso) == local


def test_the_list_cuts_long_questions_and_says_where_they_come_from(texts: Texts) -> None:
    shown = row(replace(TICKET, question="mot \n" * 200), NOW, texts)
    assert len(shown.question) <= QUESTION_CUT
    assert shown.question.endswith("mot…")
    assert "\n" not in shown.question
    assert (shown.reference, shown.where) == ("R-0012", "Piscines, commune : saint-martin")
    assert row(replace(TICKET, service="", commune=""), NOW, texts).where == "service non renseigné"
    assert row(replace(TICKET, commune=""), NOW, texts).where == "Piscines"


@pytest.mark.parametrize(
    ("ticket", "said"),
    [
        (TICKET, ["pas trouvé de réponse assez sûre", "que des passages à lire"]),
        (
            replace(TICKET, urgent=True, reason=Reason.URGENT),
            ["un incident ou une fuite", "que des passages à lire"],
        ),
        (
            replace(TICKET, urgent=True, reason=Reason.REQUESTED, status="verified"),
            ["un incident ou une fuite", "demandé l’avis d’un référent", "donnée pour sûre"],
        ),
        (
            replace(TICKET, reason=Reason.FEEDBACK, status="declined", leads=()),
            ["ne lui convenait pas", "hors de son sujet", "Aucun passage du cadre"],
        ),
        (
            replace(
                TICKET, signals={"coverage": 0.4, "cosine": 0.1, "asked_words": 0.2, "asked_cosine": 0.39}
            ),
            [
                "réponse assez sûre",
                "que des passages",
                "Une partie seulement des mots de la question se retrouve dans le passage le plus proche (environ 40 %)",
                "reste éloigné",
                "à peu près ainsi",
            ],
        ),
        (replace(TICKET, signals={**STRONG, "cosine": 0.1}), ["réponse assez sûre", "que des passages"]),
        (replace(TICKET, signals={}), ["réponse assez sûre", "que des passages"]),
    ],
)
def test_why_a_question_came_is_said_in_plain_words(ticket: Ticket, said: list[str], texts: Texts) -> None:
    found = list(reasons(ticket, texts))
    assert len(found) == len(said)
    assert [part for part, whole in zip(said, found, strict=True) if part not in whole] == []


def test_every_status_and_reason_has_its_words(texts: Texts) -> None:
    for status in AnswerStatus:
        for reason in Reason:
            assert all(reasons(replace(TICKET, status=status.value, reason=reason), texts))


def test_a_case_shows_leads_exchange_and_asker(texts: Texts) -> None:
    events = (
        Event(EventKind.OPENED, "", NOW),
        Event(EventKind.DETAIL, "<b>urgent</b>", NOW),
        Event(EventKind.REPLY, "**Non.**", NOW, "Rose Durand"),
        Event(EventKind.REPLY, "Fin.", NOW),
    )
    shown = case(replace(TICKET, events=events, state=State.ANSWERED), NOW, texts)
    (found,) = shown.found
    assert (found.title, found.quote) == ("Charte – Article 2 – Noms", "Jamais de nom.")
    assert found.address.startswith("/cadre/charte?v=abc&debut=10&fin=24#")
    assert [one.title for one in shown.said] == [
        "Question transmise",
        "Précision de l’agent",
        "Réponse de Rose Durand",
        "Réponse de l’équipe référente (ligne de commande)",
    ]
    assert (shown.said[1].text, shown.said[1].html) == ("<b>urgent</b>", "")
    assert shown.said[2].html == "<p><strong>Non.</strong></p>\n"
    assert (shown.state, shown.answered, shown.reaches) == ("Répondue", True, True)
    assert shown.asker == "non communiqué"
    named = case(replace(TICKET, asker="Zoé", thread_id=None), NOW, texts)
    assert (named.asker, named.reaches) == ("Zoé", False)


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("a <img src=x onerror=alert(1)>", "<p>a &lt;img src=x onerror=alert(1)&gt;</p>"),
        ("![x](https://a.fr/p.png)", "<p>!<a"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("[x](JaVa&#115;cript&colon;alert(1))", "<p>[x]("),
        ("[x](data:text/html;base64,AAAA)", "<p>[x](data"),
        ("[x](vbscript:a)", "<p>[x](vbscript"),
        ("[x](mailto:a)", "<p>[x](mailto"),
        ("<javascript:alert(1)>", "&lt;javascript"),
        ("<https://a.fr>", "<p>&lt;https://a.fr&gt;</p>"),
        ("https://a.fr", "<p>https://a.fr</p>"),
        ("[x](https://a.fr)", '<p><a href="https://a.fr" rel="noopener">x</a></p>'),
        ('[x](/cadre/charte "titre")', '<p><a href="/cadre/charte" title="titre" rel="noopener">x</a></p>'),
        ('[x](/a"onmouseover="alert(1))', '<a href="/a%22onmouseover=%22alert(1)" rel="noopener">'),
        ('```"><script>\n<b>\n```', "&lt;b&gt;"),
        ("# Titre\n\n###### Fin", "<h4>Titre</h4>\n<h6>Fin</h6>"),
        ("| a | b |\n|---|---|\n| <i> | ~~d~~ |", "<td>&lt;i&gt;</td>\n<td><s>d</s></td>"),
    ],
)
def test_a_reply_is_drawn_without_anything_that_acts(markdown: str, html: str) -> None:
    drawn = reply_html(markdown)
    assert html in drawn
    assert not any(bad in drawn for bad in ("<script", "<img", 'href="j', 'href="d', 'href="v', "<i>", "<b>"))
