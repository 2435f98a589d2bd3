from pathlib import Path

import pytest

from assistant.service import Assistant, refresh
from assistant.settings import Settings
from assistant.texts import Texts
from assistant.web.reading.finding import LONGEST, finding


def test_what_is_found_leads_to_its_section(assistant: Assistant) -> None:
    found = finding(assistant, "relecture humaine", "metropole")
    first = found.results[0]
    assert (first.document, first.address) == ("Charte d’usage de l’IA", "/cadre/charte#article-3")
    assert first.heading == "Article 3 – Relecture humaine"
    assert first.trail == ()
    assert found.problem == ""


@pytest.mark.parametrize("query", ["xyzzy", "recette de crêpes", "?"])
def test_what_has_nothing_to_do_with_the_query_is_left_out(query: str, assistant: Assistant) -> None:
    assert assistant.search(query) or query == "?"  # the search itself ranks all it knows
    assert finding(assistant, query, "metropole").results == ()


def test_a_word_of_the_glossary_finds_its_other_form(assistant: Assistant) -> None:
    found = finding(assistant, "DPO", "metropole")
    assert "/cadre/glossaire#dpd" in [one.address for one in found.results]


def test_an_empty_query_is_no_search(assistant: Assistant) -> None:
    assert finding(assistant, "", "metropole").query == ""


def test_a_query_that_is_too_long_is_told_with_the_limit(assistant: Assistant, texts: Texts) -> None:
    found = finding(assistant, "a" * (LONGEST + 1), "metropole")
    assert found.problem == texts("reading.search.long", count=LONGEST + 1, limit=LONGEST)
    assert found.results == ()
    assert len(found.shown) == 80 and found.shown.endswith("…")


def test_a_shorter_limit_of_the_operator_holds(settings: Settings, texts: Texts) -> None:
    refresh(settings)
    with Assistant.open(settings.model_copy(update={"question_characters": 200}), texts) as assistant:
        assert finding(assistant, "a" * 201, "metropole").problem
        assert finding(assistant, "a" * 200, "metropole").problem == ""


def test_a_long_article_is_found_once(settings: Settings, texts: Texts, corpus: Path) -> None:
    lines = "\n\n".join(
        f"Le télétravail numéro {number} demande l’accord du responsable." for number in range(80)
    )
    (corpus / "long.md").write_text(f"# Télétravail\n\n## Accord {{#accord}}\n\n{lines}\n", encoding="utf-8")
    refresh(settings)
    with Assistant.open(settings, texts) as assistant:
        passages = [hit.passage.id for hit in assistant.search("accord télétravail", 20)]
        assert len([one for one in passages if one.startswith("long#accord")]) > 1
        found = [one.address for one in finding(assistant, "accord télétravail", "metropole").results]
        assert found.count("/cadre/long#accord") == 1
