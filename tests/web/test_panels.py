from dataclasses import replace
from datetime import date

from assistant.domain import LegalStatus
from assistant.texts import Texts
from assistant.web.panels import lead, quoted
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
