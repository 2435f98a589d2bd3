from dataclasses import replace
from datetime import date

import pytest

from assistant.domain import LegalStatus
from assistant.errors import StoreError
from assistant.texts import Texts
from assistant.web.chat.panels import lead, quoted
from tests.web.shelf import EXCEPTION, RULE, Shelf


def test_the_panel_is_the_whole_passage_cut_around_the_quote(shelf: Shelf, texts: Texts) -> None:
    (citation,) = shelf.sentence("charte#a1", EXCEPTION).citations
    panel = quoted(citation, shelf, texts)
    assert (panel.before, panel.quote, panel.after) == (f"{RULE} ", EXCEPTION, "")
    assert panel.title == "Charte d’usage"
    assert panel.note == "Texte modèle, non adopté"
    assert panel.facts == (
        ("Partie", "Article 1 – Noms"),
        ("Version", "1.0"),
        ("En vigueur depuis le", "1er septembre 2026"),
        ("Statut", "en vigueur"),
        ("Page", "3"),
    )


def test_what_is_not_known_is_not_shown(shelf: Shelf, texts: Texts) -> None:
    passage = replace(shelf.passages["guide#a1"], page=None, trail=("Guide",))
    panel = lead(passage, shelf, texts)
    assert panel.facts == (("Version", "2"), ("Statut", "en vigueur"))
    assert panel.note == ""
    assert (panel.before, panel.quote, panel.after) == ("Relisez tout.", "", "")


def test_a_repealed_text_says_so(shelf: Shelf, texts: Texts) -> None:
    document = shelf.documents["guide"]
    info = replace(document.info, status=LegalStatus.REPEALED, in_force_until=date(2026, 10, 1))
    old = Shelf({"guide": replace(document, info=info)}, shelf.passages)
    facts = dict(lead(shelf.passages["guide#a1"], old, texts).facts)
    assert facts["Statut"] == "abrogé"
    assert facts["Jusqu’au"] == "1er octobre 2026"


def test_a_quote_opens_its_version_and_a_lead_the_text_of_today(shelf: Shelf, texts: Texts) -> None:
    (citation,) = shelf.sentence("charte#a1", EXCEPTION).citations
    place = f"/cadre/charte?v=c&debut={citation.start}&fin={citation.end}#citation"
    assert quoted(citation, shelf, texts).address == place
    assert lead(shelf.passages["guide#a1"], shelf, texts).address == "/cadre/guide#a1"


def test_a_quote_that_is_no_longer_there_is_refused(shelf: Shelf, texts: Texts) -> None:
    (citation,) = shelf.sentence("charte#a1", EXCEPTION).citations
    with pytest.raises(StoreError, match="vient de changer"):
        quoted(replace(citation, start=citation.start + 1), shelf, texts)


def test_a_quote_beyond_its_passage_is_shown_whole(shelf: Shelf, texts: Texts) -> None:
    (citation,) = shelf.sentence("charte#a1", f"{RULE} {EXCEPTION}").citations
    short = replace(shelf.passages["charte#a1"], end=citation.start + 10)
    panel = quoted(citation, Shelf(shelf.documents, {"charte#a1": short}), texts)
    assert (panel.before, panel.quote, panel.after) == ("", f"{RULE} {EXCEPTION}", "")
