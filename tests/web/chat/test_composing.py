"""The message made of an outcome: what must be read first, then the answer, then the warnings."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import pytest

from assistant.conversation import Outcome, Rendered
from assistant.domain import Answer, AnswerStatus, Sentence, Topic, Urgency
from assistant.personal_data import Screening, screen
from assistant.settings import Settings
from assistant.storage.database import Database
from assistant.texts import Texts
from assistant.web.chat.composing import composer, said
from assistant.web.chat.copying import copied
from assistant.web.chat.rendering import reply
from assistant.web.current import Site

if TYPE_CHECKING:
    from assistant.service import Assistant

SURE = "Puis-je saisir des données personnelles dans un outil grand public ?"
PLAIN = Screening(SURE, (), ())
CONTACT = {
    "urgent_contact": "l’astreinte, 04 00 00 00 00",
    "referents_contact": "l’équipe *IA*",
    "referents_delay": "deux jours",
}


@pytest.fixture
def site(assistant: Assistant, built_settings: Settings, database: Database, texts: Texts) -> Site:
    settings = built_settings.model_copy(update=CONTACT)
    return Site(settings, texts, assistant, database, b"key")


@pytest.fixture
def sure(assistant: Assistant) -> Answer:
    answer = assistant.ask(SURE)
    assert answer.status is AnswerStatus.VERIFIED
    return answer


@pytest.fixture
def unsure(sure: Answer, texts: Texts) -> Answer:
    """Return the same, as if nothing sure had been found."""
    return replace(
        sure, status=AnswerStatus.ESCALATED, sentences=(), verdict=None, message=texts("answer.urgent")
    )


@pytest.fixture
def rule(sure: Answer) -> Sentence:
    return sure.sentences[0]


def paragraphs(rendered: Rendered) -> list[str]:
    return rendered.text.split("\n\n")


# --- the answer --------------------------------------------------------------------------------


def test_an_answer_without_more_is_the_one_rendered(site: Site, sure: Answer, texts: Texts) -> None:
    rendered = composer(site)(Outcome(sure, PLAIN))
    shown = reply(sure, site.assistant, texts)
    assert rendered.text == shown.text
    assert rendered.props == {
        "status": "verified",
        "verdict": shown.verdict,
        "panels": asdict(shown)["panels"],
        "copy": copied(sure, site),
    }
    assert rendered.props["copy"].startswith(f"Question : {SURE}")


def test_what_draws_a_message_can_be_kept_as_json(site: Site, sure: Answer) -> None:
    props = composer(site)(Outcome(sure, PLAIN)).props
    again = json.loads(json.dumps(props))
    assert again.keys() == props.keys()
    assert [panel["quote"] for panel in again["panels"]] == [one.quote for one in sure.citations]
    assert all(panel["address"].startswith("/cadre/charte?v=") for panel in again["panels"])


def test_a_message_of_the_tool_quotes_nothing() -> None:
    rendered = said("Transmise.")
    assert rendered.text == "Transmise."
    assert rendered.props == {"status": "notice", "verdict": "", "panels": [], "copy": ""}
    assert said("Non.", "error").props["status"] == "error"


# --- tickets and urgency -----------------------------------------------------------------------


def test_a_ticket_is_named_first_with_its_delay(site: Site, unsure: Answer) -> None:
    rendered = composer(site)(Outcome(unsure, PLAIN, ticket=12))
    first = paragraphs(rendered)[0]
    assert first.startswith("**Sans réponse sûre** – ")
    assert r"transmis votre question à l’équipe \*IA\* : demande R-0012" in first
    assert "Délai habituel : deux jours" in first
    assert rendered.props["status"] == "escalated"
    assert rendered.props["copy"] == "", "there is nothing quoted to carry along"
    assert [panel["quote"] for panel in rendered.props["panels"]] == ["", "", ""]


def test_an_incident_begins_with_who_to_call(site: Site, unsure: Answer) -> None:
    urgent = replace(unsure, urgency=Urgency.HAPPENED)
    rendered = composer(site)(Outcome(urgent, PLAIN, ticket=3))
    first = paragraphs(rendered)[0]
    assert first.startswith("**Urgent** – Prévenez tout de suite l’astreinte, 04 00 00 00 00")
    assert "demande R-0003" in first
    assert rendered.props["status"] == "urgent"
    assert len(rendered.props["panels"]) == 3


@pytest.mark.parametrize("status", [AnswerStatus.VERIFIED, AnswerStatus.TO_CONFIRM, AnswerStatus.ESCALATED])
def test_who_only_asks_about_incidents_reads_first_who_to_call(
    status: AnswerStatus, site: Site, sure: Answer
) -> None:
    asked = replace(sure, status=status, urgency=Urgency.ASKED)
    ticket = 4 if status is AnswerStatus.ESCALATED else None
    rendered = composer(site)(Outcome(asked, PLAIN, ticket))
    first = paragraphs(rendered)[0]
    assert " – Si cela vient d’arriver, prévenez d’abord l’astreinte, 04 00 00 00 00. " in first
    assert ("R-0004" in first) == (ticket is not None)
    assert rendered.props["status"] == status.value


def test_even_outside_the_subject_one_reads_who_to_call(site: Site, assistant: Assistant) -> None:
    declined = replace(assistant.ask("Quelle heure est-il à Tokyo ?"), urgency=Urgency.ASKED)
    assert declined.topic is Topic.OFF_TOPIC
    rendered = composer(site)(Outcome(declined, PLAIN))
    assert rendered.text.startswith("Si cela vient d’arriver, prévenez d’abord l’astreinte")
    assert rendered.props["panels"] == ()


# --- warnings ----------------------------------------------------------------------------------


def test_what_was_masked_is_told_once_with_the_rule(site: Site, sure: Answer, rule: Sentence) -> None:
    screening = screen("M. Lefèvre, 06 12 34 56 78, 07 12 34 56 78, p.l@exemple.fr : puis-je ?")
    rendered = composer(site)(Outcome(sure, screening, rule=rule))
    last = paragraphs(rendered)[-1]
    assert "un nom, un numéro de téléphone et une adresse électronique" in last
    assert last.count("numéro de téléphone") == 1
    number = len(rendered.props["panels"])
    assert (
        f"«\u00a0{rule.text.strip()}\u00a0» ([Article 2 – Données personnelles](#citation-{number}))" in last
    )
    assert rendered.props["panels"][-1]["quote"] == rule.citations[0].quote
    assert number == len(sure.citations) + 1
    assert rendered.props["copy"] == copied(sure, site), "the warning is not part of what is copied"


def test_one_kind_alone_is_not_listed(site: Site, sure: Answer) -> None:
    rendered = composer(site)(Outcome(sure, screen("Mon numéro : 06 12 34 56 78.")))
    assert "votre message contenait un numéro de téléphone. " in paragraphs(rendered)[-1]
    assert "«" not in paragraphs(rendered)[-1], "no rule was sure"


def test_sensitive_topics_are_told_with_the_rule(site: Site, sure: Answer, rule: Sentence) -> None:
    screening = screen("Un agent est en arrêt maladie, il est délégué syndical : puis-je l’écrire à une IA ?")
    assert screening.findings == ()
    assert len(screening.sensitive) == 2
    rendered = composer(site)(Outcome(sure, screening, rule=rule))
    last = paragraphs(rendered)[-1]
    assert "la santé et l’appartenance syndicale" in last
    assert rule.text.strip() in last


def test_the_rule_is_quoted_once_for_both_warnings(site: Site, sure: Answer, rule: Sentence) -> None:
    screening = screen("M. Lefèvre est en arrêt maladie : puis-je l’écrire à une IA ?")
    assert screening.findings
    assert screening.sensitive
    rendered = composer(site)(Outcome(sure, screening, rule=rule))
    *_, masked, sensitive = paragraphs(rendered)
    assert masked.startswith("Donnée personnelle masquée")
    assert sensitive.startswith("Donnée sensible")
    assert (rule.text.strip() in masked, rule.text.strip() in sensitive) == (True, False)


def test_outside_the_subject_the_warning_comes_too(site: Site, assistant: Assistant, rule: Sentence) -> None:
    declined = assistant.ask("Quelle heure est-il à Tokyo ?")
    screening = screen("Quelle heure est-il au 06 12 34 56 78 ?")
    rendered = composer(site)(Outcome(declined, screening, rule=rule))
    assert len(paragraphs(rendered)) == 2
    assert "(#citation-1)" in paragraphs(rendered)[1]
    assert len(rendered.props["panels"]) == 1
