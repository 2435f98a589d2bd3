import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import french


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in french.sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Œuvré", "oeuvre"),
        ("DÉJÀ ÇA", "deja ca"),
        ("ex æquo", "ex aequo"),
        ("ﬁche", "fiche"),
        ("𝕏", "x"),
        ("№", "no"),
        ("l’agent", "l'agent"),
        ("AI‑Act", "ai-act"),
        ("co\u00adopération", "cooperation"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert french.fold(text) == folded


@given(st.text())
def test_folding_again_changes_nothing(text: str) -> None:
    once = french.fold(text)
    assert french.fold(once) == once


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("l’agent", ["agent"]),
        ("l'agent", ["agent"]),
        ("l´agent", ["agent"]),
        ("jusqu’au", ["au"]),
        ("n’utilise pas", ["utilise", "pas"]),
        ("S’agit-il d’un usage", ["agit", "il", "un", "usage"]),
        ("c’est-à-dire", ["est", "a", "dire"]),
        ("aujourd’hui", ["aujourd", "hui"]),
        ("rendez-vous", ["rendez", "vous"]),
        ("l", ["l"]),
        ("agent·e·s", ["agent", "e", "s"]),
        ("règlement (UE) 2024/1689", ["reglement", "ue", "2024", "1689"]),
        ("point 3.2 ou l’article 5", ["point", "3.2", "ou", "article", "5"]),
        ("1.Premier", ["1", "premier"]),
        ("GPT-4.1", ["gpt", "4.1"]),
        ("3,5 millions", ["3", "5", "millions"]),
        ("snake_case", ["snake", "case"]),
        ("🙂 \x00 …", []),
    ],
)
def test_words(text: str, found: list[str]) -> None:
    assert french.words(text) == found


def test_content_words_keep_negation_and_modality() -> None:
    kept = french.content_words("Je ne dois pas l’utiliser sans accord, c’est interdit")
    assert kept == ["ne", "dois", "pas", "utiliser", "sans", "accord", "interdit"]


@given(st.text())
def test_no_content_word_is_a_stop_word(text: str) -> None:
    assert not french.STOP_WORDS & set(french.content_words(text))


@pytest.mark.parametrize(
    ("one", "other"),
    [("données personnelles", "donnee personnelle"), ("réunions", "RÉUNION")],
)
def test_stems_join_inflected_forms(one: str, other: str) -> None:
    assert french.stems(one) == french.stems(other)


def test_stems_keep_repetitions_in_order() -> None:
    assert french.stems("agents, usage, agent") == ["agent", "usag", "agent"]


def test_grams_are_bounded_and_survive_a_typing_error() -> None:
    assert french.grams("ia") == ["_ia_"]
    assert french.grams("chat") == ["_cha", "chat", "hat_"]
    right, wrong = set(french.grams("transcription")), set(french.grams("transcripton"))
    assert len(right & wrong) >= 8


@pytest.mark.parametrize(
    ("text", "made"),
    [("Article 5 – Œuvres & données", "article-5-oeuvres-donnees"), ("🙂", "section"), ("", "section")],
)
def test_slug(text: str, made: str) -> None:
    assert french.slug(text) == made


@given(st.text())
def test_slug_is_short_ascii_and_stable(text: str) -> None:
    made = french.slug(text)
    assert 1 <= len(made) <= 80
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert french.slug(made) == made


@pytest.mark.parametrize(
    "whole",
    [
        "Saisir M. Durand, Mme. Petit ou le Dr. Roux.",
        "Voir l’art. 5 et l’art. L. 311-1 du code.",
        "Un outil grand public (p. ex. Mistral) suffit.",
        "Voir p. 12, fig. 3 et vol. 2.",
        "A.B. Dupont et J. Martin décident.",
        "Le règlement 2024/1689 et la version 3.2 s’appliquent.",
        "Est-ce permis ? demande l’agent.",
        "Peut-être… mais rarement.",
        "1. Premier point.",
        "2.1. Objet du texte.",
        "IV. Principes.",
        "b. Deuxième point.",
        "Il a dit « jamais. »",
        "(Voir l’annexe.)",
    ],
)
def test_one_sentence(whole: str) -> None:
    assert sentences(whole) == [whole]
    assert sentences(f"Avant !\n{whole} Après.") == ["Avant !", whole, "Après."]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Oui. Non.", ["Oui.", "Non."]),
        ("En cas de vol. L’agent porte plainte.", ["En cas de vol.", "L’agent porte plainte."]),
        ("Il mesure 3 m. Il suffit.", ["Il mesure 3 m.", "Il suffit."]),
        ("Mails, notes, etc. L’agent relit.", ["Mails, notes, etc.", "L’agent relit."]),
        ("Voir l’art. 12. Ensuite, relire.", ["Voir l’art. 12.", "Ensuite, relire."]),
        ("« Oui. » Puis il part.", ["« Oui. »", "Puis il part."]),
        ("Vrai ?! Faux...", ["Vrai ?!", "Faux..."]),
        ("- un\n- deux\n\ntrois", ["- un", "- deux", "trois"]),
        ("  Un\u00a0! \u202f Deux  ", ["Un\u00a0!", "Deux"]),
        ("", []),
        (" \n\t ", []),
    ],
)
def test_several_sentences(text: str, parts: list[str]) -> None:
    assert sentences(text) == parts


pieces = st.sampled_from(
    ["art", "M", "etc", "5", "IV", "Mot", "mot", ".", "…", "?", "»", ")", " ", "\u00a0", "\n", "🙂", "\x00"]
)


@given(st.one_of(st.text(), st.lists(pieces).map("".join)))
def test_spans_are_ordered_disjoint_and_lose_only_blanks(text: str) -> None:
    reached = 0
    for start, end in french.sentence_spans(text):
        assert reached <= start < end <= len(text)
        assert text[reached:start].strip() == ""
        assert text[start:end] == text[start:end].strip()
        reached = end
    assert text[reached:].strip() == ""


@pytest.mark.parametrize("unit", [".", ". ", "A. ", " »", ". »", "1.", "\n \n", "mot. ", "x"])
def test_a_degenerate_text_takes_linear_time(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    started = time.perf_counter()
    french.sentence_spans(text)
    assert time.perf_counter() - started < 1.5
