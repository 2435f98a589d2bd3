"""The engine on a small real index: statuses, verdicts, follow-ups, drafts and traps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from assistant.answering.engine import readings
from assistant.domain import Answer, AnswerStatus, Topic, Verdict
from assistant.errors import QuestionError
from assistant.service import Assistant, refresh
from assistant.settings import load_settings
from assistant.texts import load_texts

TODAY = date(2026, 11, 23)
CHARTER = """---
id: charte
titre: Charte d’essai
type: charte
en_vigueur_depuis: 2026-09-01
---

# Charte d’essai

## Article 1 – Réunions {#article-1}

Un agent peut enregistrer une réunion avec un outil de transcription autorisé. Toutefois, chaque participant donne
son accord avant l’enregistrement. Le compte rendu est relu par un participant.

## Article 2 – Données personnelles {#article-2}

Aucune donnée personnelle n’est saisie dans un outil d’intelligence artificielle qui n’est pas autorisé. Le délégué
à la protection des données conseille les services.
"""
FAQ = """---
id: faq
titre: Questions fréquentes
type: faq
---

# Questions fréquentes

## Puis-je coller le courrier d’un usager dans un assistant en ligne ? {#courrier-usager}

```fiche
questions:
  - je peux copier une lettre d’un habitant dans chatgpt ?
  - mettre un mail reçu dans l’ia
references: [charte#article-2]
verdict: interdit
```

Non. Le courrier d’un usager contient des données personnelles. Vous pouvez demander conseil à l’équipe référente.

## Combien de temps dure l’initiation ? {#initiation}

```fiche
references: [charte#article-1]
```

L’initiation dure une demi-journée et se suit sur le temps de travail.
"""
DRAFT = """---
id: projet-drones
titre: Règlement des drones
statut: projet
---

# Règlement des drones

Les drones de livraison survolent la mairie chaque matin.
"""
GLOSSARY = """---
id: glossaire
titre: Glossaire
type: glossaire
---

# Glossaire

## Transcription {#transcription}

```fiche
synonymes: [retranscription, compte rendu automatique]
```

Texte écrit produit à partir d’un enregistrement sonore d’une réunion.
"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    corpus: Path = tmp_path_factory.mktemp("corpus")
    files = {"charte.md": CHARTER, "faq.md": FAQ, "drones.md": DRAFT, "glossaire.md": GLOSSARY}
    for name, text in files.items():
        (corpus / name).write_text(text, encoding="utf-8")
    settings = load_settings(corpus=corpus, store=tmp_path_factory.mktemp("store"))
    refresh(settings)
    with Assistant.open(settings, load_texts(), lambda: TODAY) as opened:
        yield opened


def exact(assistant: Assistant, answer: Answer) -> bool:
    return all(
        assistant.document(citation.document).text[citation.start : citation.end] == citation.quote
        for citation in answer.citations
    )


def test_a_verified_answer_quotes_with_its_condition(assistant: Assistant) -> None:
    answer = assistant.ask("Peut-on enregistrer une réunion avec un outil de transcription ?")
    assert answer.status is AnswerStatus.VERIFIED
    assert "chaque participant donne son accord" in answer.text
    assert answer.citations[0].passage_id == "charte#article-1"
    assert exact(assistant, answer)
    assert answer.as_of == TODAY
    assert answer.probability is None
    assert set(answer.timings) == {"read", "search", "answer", "total"}


@pytest.mark.parametrize(
    "question",
    [
        "Je peux copier une lettre d'un habitant dans ChatGPT ?",
        "puis je copier la letre d'un habitant dans chatgpt",
        "Bonjour, puis-je coller le courrier d’un usager dans un assistant en ligne ? Merci d’avance",
    ],
)
def test_a_may_i_question_gets_its_verdict_and_the_article_it_rests_on(
    assistant: Assistant, question: str
) -> None:
    answer = assistant.ask(question)
    assert (answer.status, answer.verdict) == (AnswerStatus.VERIFIED, Verdict.FORBIDDEN)
    assert answer.text.startswith("Non.")
    assert {citation.document for citation in answer.citations} == {"faq", "charte"}
    assert exact(assistant, answer)


def test_an_article_that_says_nothing_of_the_same_is_not_quoted(assistant: Assistant) -> None:
    answer = assistant.ask("Combien de temps dure l’initiation ?")
    assert answer.status is AnswerStatus.VERIFIED
    assert {citation.document for citation in answer.citations} == {"faq"}


def test_a_negated_question_gets_no_verdict(assistant: Assistant) -> None:
    answer = assistant.ask("Puis-je ne pas coller le courrier d’un usager dans un assistant en ligne ?")
    assert answer.verdict is None


@pytest.mark.parametrize(
    ("message", "topic"),
    [
        ("Bonjour", Topic.GREETING),
        ("Tu es une IA ?", Topic.IDENTITY),
        ("Merci !", Topic.THANKS),
        ("🙂", Topic.EMPTY),
        ("\x07\x00", Topic.EMPTY),
    ],
)
def test_small_talk_disturbs_nobody(assistant: Assistant, message: str, topic: Topic) -> None:
    answer = assistant.ask(message)
    assert (answer.status, answer.topic, answer.sentences) == (AnswerStatus.DECLINED, topic, ())
    assert answer.message


@pytest.mark.parametrize(
    "question", ["Quelle est la capitale de l’Australie ?", "recette de la tarte aux pommes"]
)
def test_another_subject_is_declined(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.status is AnswerStatus.DECLINED
    assert answer.sentences == ()


def test_nothing_sure_is_not_affirmed(assistant: Assistant) -> None:
    answer = assistant.ask("Qui paie les licences de l’outil de transcription des élus ?")
    assert answer.status in (AnswerStatus.TO_CONFIRM, AnswerStatus.ESCALATED)
    assert not answer.affirmed
    assert answer.text.startswith(answer.message)


def test_a_draft_is_never_cited(assistant: Assistant) -> None:
    answer = assistant.ask("Les drones de livraison survolent la mairie ?")
    assert "projet-drones" not in {hit.passage.document.id for hit in answer.hits}
    assert not answer.affirmed


def test_an_article_that_does_not_exist_is_not_replaced_by_its_neighbour(assistant: Assistant) -> None:
    assert assistant.ask("Que dit l’article 1 sur les réunions ?").status is AnswerStatus.VERIFIED
    assert not assistant.ask(
        "Que dit l’article 47 sur les réunions enregistrées et la transcription ?"
    ).affirmed


def test_a_definition_comes_from_the_glossary(assistant: Assistant) -> None:
    answer = assistant.ask("C’est quoi une transcription ?")
    assert answer.hits[0].passage.id == "glossaire#transcription"


def test_a_follow_up_carries_the_subject_over(assistant: Assistant) -> None:
    answer = assistant.ask("et avec un compte rendu relu ?", ["Peut-on enregistrer une réunion ?"])
    assert answer.hits[0].passage.id == "charte#article-1"
    carried = "et pour les photos ? et pour les photos ? Puis-je filmer ?"
    assert readings("et pour les photos ?", ["Puis-je filmer ?"]) == (carried,)
    assert readings("et pour les photos ?", []) == ("et pour les photos ?",)
    alone = "Puis-je traduire une affiche de l’anglais pour la piscine du quartier avant demain matin ?"
    assert readings(alone, ["Puis-je filmer ?"]) == (alone,)


def test_a_short_question_after_another_is_answered_as_if_it_came_first(assistant: Assistant) -> None:
    question = "Puis-je coller le courrier d’un usager dans un assistant en ligne ?"
    first = assistant.ask(question)
    later = assistant.ask(question, ["Combien de temps dure l’initiation ?", "Qui relit ?"])
    assert (later.status, later.sentences) == (first.status, first.sentences)


def test_a_follow_up_in_english_carries_the_subject_over() -> None:
    carried = "et sans accord ? et sans accord ? puis-je enregistrer réunion"
    assert readings("et sans accord ?", ["Can I record a meeting?"]) == (carried,)


def test_markup_in_a_question_is_only_text(assistant: Assistant) -> None:
    answer = assistant.ask(
        "<script>alert(1)</script> **enregistrer** une [réunion](http://exemple.fr) transcription"
    )
    assert answer.hits[0].passage.id == "charte#article-1"


def test_a_very_long_question_is_refused(assistant: Assistant) -> None:
    with pytest.raises(QuestionError, match="10000"):
        assistant.ask("a" * 10_000)
