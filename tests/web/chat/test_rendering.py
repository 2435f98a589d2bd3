import re
from dataclasses import replace

import pytest

from assistant.domain import AnswerStatus, Topic, Verdict
from assistant.errors import StoreError
from assistant.texts import Texts
from assistant.web.chat.rendering import Aside, reply
from tests.web.shelf import EXCEPTION, MARKED, RULE, Shelf

TWO = (("charte#a1", RULE), ("charte#a1", EXCEPTION))


def test_an_affirmed_answer_says_status_verdict_quotes_then_sources(shelf: Shelf, texts: Texts) -> None:
    answer = shelf.answer(
        AnswerStatus.VERIFIED, *TWO, ("guide#a1", "Relisez tout."), verdict=Verdict.FORBIDDEN
    )
    said = reply(answer, shelf, texts)
    order = [
        "**Réponse vérifiée** – Voici.",
        "**Interdit**",
        f"> «\u00a0{RULE}\u00a0» [[1]](#citation-1)",
        f"> «\u00a0{EXCEPTION}\u00a0» [[1]](#citation-2)",
        "> «\u00a0Relisez tout.\u00a0» [[2]](#citation-3)",
        "1. [Charte d’usage – Article 1 – Noms, page 3](#citation-1)",
        "2. [Guide – Relire, page 3](#citation-3)",
        "Charte d’usage, version 1.0, en vigueur depuis le 1er septembre 2026 ; Guide, version 2 — "
        "réponse au 23 novembre 2026",
        "**Texte modèle, non adopté**",
    ]
    places = [said.text.find(part) for part in order]
    assert -1 not in places, said.text
    assert places == sorted(places)
    assert (said.status, said.verdict) == ("verified", "forbidden")
    assert [panel.quote for panel in said.panels] == [RULE, EXCEPTION, "Relisez tout."]


def test_every_link_has_its_panel(shelf: Shelf, texts: Texts) -> None:
    said = reply(shelf.answer(AnswerStatus.VERIFIED, *TWO), shelf, texts)
    linked = {int(number) for number in re.findall(r"#citation-(\d+)", said.text)}
    assert linked == set(range(1, len(said.panels) + 1))


def test_a_text_that_is_not_a_model_carries_no_warning(shelf: Shelf, texts: Texts) -> None:
    said = reply(shelf.answer(AnswerStatus.VERIFIED, ("guide#a1", "Relisez tout.")), shelf, texts)
    assert "modèle" not in said.text


def test_texts_of_one_version_are_dated_together(shelf: Shelf, texts: Texts) -> None:
    charter, guide = shelf.documents["charte"], shelf.documents["guide"]
    info = replace(guide.info, version="1.0", in_force_from=charter.info.in_force_from)
    same = Shelf({"charte": charter, "guide": replace(guide, info=info)}, shelf.passages)
    said = reply(same.answer(AnswerStatus.VERIFIED, TWO[0], ("guide#a1", "Relisez tout.")), same, texts)
    expected = "*Textes ci-dessus, version 1.0, en vigueur depuis le 1er septembre 2026 — réponse au 23 novembre 2026*"
    assert expected in said.text


def test_nothing_is_affirmed_when_the_answer_is_to_confirm(shelf: Shelf, texts: Texts) -> None:
    answer = shelf.answer(AnswerStatus.TO_CONFIRM, TWO[0], verdict=Verdict.FORBIDDEN, message="Pas sûr.")
    said = reply(answer, shelf, texts)
    assert said.text.startswith("**À confirmer** – Pas sûr.")
    assert "Interdit" not in said.text
    assert said.verdict == ""
    assert RULE in said.text


def test_an_escalated_question_gets_leads_and_no_quote(shelf: Shelf, texts: Texts) -> None:
    said = reply(shelf.answer(AnswerStatus.ESCALATED, message="Rien de sûr."), shelf, texts)
    assert said.text.startswith("**Sans réponse sûre** – Rien de sûr.")
    assert "«" not in said.text
    assert texts("chat.lead_sources") in said.text
    assert len(said.panels) == 3
    assert all(panel.quote == "" for panel in said.panels)
    assert RULE in said.panels[0].before


@pytest.mark.parametrize(
    "topic", [Topic.GREETING, Topic.THANKS, Topic.IDENTITY, Topic.OFF_TOPIC, Topic.EMPTY]
)
def test_outside_the_subject_only_the_message_is_said(topic: Topic, shelf: Shelf, texts: Texts) -> None:
    answer = replace(shelf.answer(AnswerStatus.DECLINED, message="Bonjour !"), topic=topic)
    said = reply(answer, shelf, texts)
    assert said.text == "Bonjour !"
    assert said.panels == ()


def test_marked_up_documents_are_quoted_literally(shelf: Shelf, texts: Texts) -> None:
    said = reply(shelf.answer(AnswerStatus.VERIFIED, ("charte#a2", MARKED)), shelf, texts)
    assert "<b>" not in said.text.replace("\\<b\\>", "")
    assert "\\[cela\\](https" in said.text
    assert "> \\- dans \\`la note\\`" in said.text
    assert said.panels[0].quote == MARKED


def test_corrections_and_omissions_are_told(shelf: Shelf, texts: Texts) -> None:
    answer = shelf.answer(AnswerStatus.VERIFIED, *TWO)
    corrected = replace(answer.query, corrections=(("chatgtp", "ChatGPT"),))
    said = reply(replace(answer, query=corrected, omitted=1), shelf, texts)
    assert "*J’ai compris « chatgtp » comme « ChatGPT ».*" in said.text
    assert texts("chat.omitted_one") in said.text
    several = reply(replace(answer, omitted=3), shelf, texts)
    assert texts("chat.omitted_many", count=3) in several.text
    assert "J’ai compris" not in several.text


def test_a_quote_that_the_text_no_longer_holds_is_refused(shelf: Shelf, texts: Texts) -> None:
    answer = shelf.answer(AnswerStatus.VERIFIED, TWO[0])
    changed = replace(shelf.documents["charte"], text="Autre texte")
    with pytest.raises(StoreError, match="Posez de nouveau"):
        reply(answer, Shelf({**shelf.documents, "charte": changed}, shelf.passages), texts)


# --- what comes with an answer -----------------------------------------------------------------


def test_a_status_may_be_named_otherwise(shelf: Shelf, texts: Texts) -> None:
    said = reply(shelf.answer(AnswerStatus.ESCALATED, message="Appelez."), shelf, texts, "urgent")
    assert said.text.startswith("**Urgent** – Appelez.")
    assert said.status == "urgent"


def test_remarks_come_last_and_quote_their_rule(shelf: Shelf, texts: Texts) -> None:
    rule = shelf.sentence("charte#a1", RULE)
    asides = (Aside("Masqué : *un* nom.", rule), Aside("Sensible."))
    said = reply(shelf.answer(AnswerStatus.VERIFIED, TWO[1]), shelf, texts, asides=asides)
    *_, first, second = said.text.split("\n\n")
    assert first == f"Masqué : \\*un\\* nom. «\u00a0{RULE}\u00a0» ([Article 1 – Noms](#citation-2))"
    assert second == "Sensible."
    assert [panel.quote for panel in said.panels] == [EXCEPTION, RULE]


def test_a_remark_s_rule_is_not_one_of_the_sources(shelf: Shelf, texts: Texts) -> None:
    aside = Aside("Masqué.", shelf.sentence("guide#a1", "Relisez tout."))
    said = reply(shelf.answer(AnswerStatus.VERIFIED, TWO[0]), shelf, texts, asides=(aside,))
    listed = re.findall(r"^\d+\. .*$", said.text, re.MULTILINE)
    assert listed == ["1. [Charte d’usage – Article 1 – Noms, page 3](#citation-1)"]
    assert "([Relire](#citation-2))" in said.text


@pytest.mark.parametrize("topic", [Topic.OFF_TOPIC, Topic.GREETING])
def test_remarks_come_outside_the_subject_too(topic: Topic, shelf: Shelf, texts: Texts) -> None:
    answer = replace(shelf.answer(AnswerStatus.DECLINED, message="Bonjour !"), topic=topic)
    said = reply(answer, shelf, texts, asides=(Aside("Masqué.", shelf.sentence("charte#a1", RULE)),))
    assert said.text.startswith("Bonjour !\n\nMasqué. ")
    assert [panel.quote for panel in said.panels] == [RULE]
