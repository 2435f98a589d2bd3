"""What the assembler offers to the chat besides answers; answers have their own tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from assistant.errors import QuestionError
from assistant.service import Assistant, refresh, without_questions
from assistant.settings import Settings
from assistant.texts import Texts

TODAY = date(2026, 11, 25)
RULE = "L’agent ne saisit aucune donnée personnelle dans un outil d’intelligence artificielle grand public."


def opened(
    settings: Settings, texts: Texts, today: Callable[[], date] = lambda: TODAY, **changes: object
) -> Assistant:
    return Assistant.open(settings.model_copy(update=changes), texts, today)


# --- the rule on personal data -----------------------------------------------------------------


def test_the_warning_on_personal_data_quotes_the_article_of_the_settings(
    built_settings: Settings, texts: Texts
) -> None:
    with opened(built_settings, texts, personal_data_article="charte#article-2") as assistant:
        rule = assistant.personal_data_rule()
        assert rule is not None
        (citation,) = rule.citations
        assert citation.passage_id == "charte#article-2"
        document = assistant.document("charte")
        assert document.text[citation.start : citation.end] == citation.quote
        assert document.info.hash == citation.version_hash
        assert rule.text == RULE


@pytest.mark.parametrize("article", ["charte#article-99", "absent#article-2", "charte", ""])
def test_without_that_article_nothing_is_quoted(article: str, built_settings: Settings, texts: Texts) -> None:
    with opened(built_settings, texts, personal_data_article=article) as assistant:
        assert assistant.personal_data_rule() is None


def test_an_article_that_does_not_bind_yet_is_not_quoted(built_settings: Settings, texts: Texts) -> None:
    before = date(2026, 1, 4)
    with opened(built_settings, texts, lambda: before, personal_data_article="charte#article-2") as assistant:
        assert assistant.personal_data_rule() is None


# --- model texts -------------------------------------------------------------------------------


def test_one_model_text_is_enough_to_say_so(settings: Settings, texts: Texts) -> None:
    refresh(settings)
    with opened(settings, texts) as assistant:
        assert assistant.rests_on_model_texts() is False
        mark_as_model(settings.corpus / "faq.md")
        refresh(settings)
        assert assistant.rests_on_model_texts() is True


def mark_as_model(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("type: faq\n", "type: faq\ntexte_modele: true\n"), encoding="utf-8")


# --- placeholders ------------------------------------------------------------------------------


def test_a_passage_quotes_the_settings_of_the_day_it_was_indexed(settings: Settings, texts: Texts) -> None:
    file = settings.corpus / "secours.md"
    file.write_text("# Secours\n\nUrgence : appelez le {{rssi.telephone}}.\n", encoding="utf-8")
    first = refresh(settings)
    with opened(settings, texts) as assistant:
        missing = "Urgence : appelez le [téléphone d’urgence de la sécurité informatique à compléter]."
        assert assistant.document("secours").text.endswith(missing)
        given = settings.model_copy(update={"rssi_phone": "01 02 03 04 05"})
        second = refresh(given)
        assert second.id != first.id
        assert second.reused_vectors == second.passages - 1
        document = assistant.document("secours")
        assert document.text.endswith("Urgence : appelez le 01 02 03 04 05.")
        hit = assistant.search("qui appeler en urgence", 1)[0].passage
        assert "01 02 03 04 05" in document.text[hit.start : hit.end]
        assert refresh(given).id == second.id


# --- length ------------------------------------------------------------------------------------


def test_the_longest_question_is_that_of_the_settings(built_settings: Settings, texts: Texts) -> None:
    with opened(built_settings, texts, question_characters=200) as assistant:
        assistant.check_length("é" * 200)
        with pytest.raises(QuestionError, match=r"201 caractères.*200.*Résumez"):
            assistant.check_length("é" * 201)
        with pytest.raises(QuestionError):
            assistant.ask("é" * 201)


# --- a bare corpus -------------------------------------------------------------------------------


def test_without_the_ways_of_asking_search_has_only_the_texts(assistant: Assistant) -> None:
    with without_questions(assistant) as bare:
        assert [one.text for one in bare.documents()] == [one.text for one in assistant.documents()]
        assert assistant.passage("faq#courrier").questions
        assert bare.passage("faq#courrier").questions == ()
        assert bare.search("coller le courrier d’un habitant", limit=1)[0].passage.id == "faq#courrier"
    assert assistant.passage("faq#courrier").questions
