import time
from pathlib import Path

import pytest

from assistant.documents.checking.corpus import check
from assistant.errors import CorpusError
from tests.documents.checking.prepared import CHARTER, FAQ, GOOD, LAW, RULES, TODAY, Corpus, entry, problems


def test_a_good_corpus_has_no_problem(corpus: Corpus) -> None:
    assert problems(corpus, {"references.yaml": LAW}) == []


def test_references_that_lead_nowhere(corpus: Corpus) -> None:
    faq = FAQ.replace("charte#article-1", "charte#article-9")
    rules = RULES.replace("charte#article-1", "charte#article-1, loi#article-1").replace(
        "article: charte#article-1, loi#article-1", "article: [charte#article-1, loi#article-1]"
    )
    assert problems(corpus, {"faq.md": faq, "regles.yaml": rules}) == [
        "faq.md, ligne 18 : la référence « charte#article-9 » ne mène nulle part : "
        "il manque l’ancre « article-9 » dans « charte ». Corrigez-la ou retirez-la.",
        "regles.yaml, ligne 10 : la référence « loi#article-1 » ne mène nulle part : "
        "il manque le document « loi ». Corrigez-la ou retirez-la.",
    ]


def test_unreadable_files_are_problems_with_their_line(corpus: Corpus) -> None:
    found = problems(
        corpus, {"vide.md": "", "charte2.md": "---\ntitre: X\nstatut: faux\n---\nTexte.\n", "z.md": CHARTER}
    )
    assert [one.split(" : ")[0] for one in found] == ["charte2.md, ligne 3", "vide.md", "z.md"]


def test_dates_that_no_text_can_have(corpus: Corpus) -> None:
    ended = "en_vigueur_jusqu_au: 2026-01-01\nen_vigueur_depuis"
    found = problems(corpus, {"charte.md": CHARTER.replace("en_vigueur_depuis", ended)})
    assert found[0].startswith("charte.md, ligne 7 : fin 2026-01-01 avant le début")


def test_placeholders_that_no_setting_fills(corpus: Corpus) -> None:
    body = "Écrivez à {{referents.courriel}}\nou à {{maire.courriel}},\nou à {{dpo.courriel}."
    found = problems(
        corpus,
        {
            "charte.md": CHARTER + body + "\n",
            "regles.yaml": RULES.replace("un document\n", "un document {{autre}}\n"),
        },
    )
    assert [one.partition(" : attendu")[0] for one in found] == [
        "charte.md, ligne 15 : repère inconnu ou mal écrit « {{maire.courriel}} »",
        "charte.md, ligne 16 : repère inconnu ou mal écrit « {{dpo.courriel}. »",
        "regles.yaml, ligne 8 : repère inconnu ou mal écrit « {{autre}} »",
    ]


def test_documents_that_were_not_written_for_the_assistant_are_free(corpus: Corpus) -> None:
    foreign = {
        "note.md": "---\ntitle: Note\ntype: memo\n---\n# Note\n\nVoir l’article 12 du code pénal.\n",
        "page.html": "<h1>Page</h1><p>Voir la loi n° 2020-1 du 1er janvier 2020.</p>",
        "lisez.txt": "Voir le décret n° 2020-1.",
    }
    assert problems(corpus, foreign | {"references.yaml": LAW}) == []


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(CorpusError):
        check(tmp_path / "absent", TODAY)


def test_a_large_corpus_is_checked_in_seconds(corpus: Corpus) -> None:
    vowels = [a + b + c for a in "bcdfglmnpr" for b in ("a", "o", "i") for c in ("che", "lon", "mur", "tag")]
    entries = []
    for number in range(600):
        one, other = vowels[number % 120], vowels[number * 7 % 113]
        asked = [f"{one} {other}{letter} {letter}{number} {other} {one}{number}" for letter in "abcdefgh"]
        entries.append(entry(f"e{number}", f"Sujet {one}{number} {other}", *asked))
    rules = RULES + "".join(
        f"  - id: r{n}\n    usage: faire {vowels[n % 120]}{n}\n    verdict: interdit\n    article: charte#article-1\n"
        f"    questions: [ordre {vowels[n % 120]} r{n}]\n"
        for n in range(200)
    )
    folder = corpus(GOOD | {"faq.md": FAQ + "".join(entries), "regles.yaml": rules, "references.yaml": LAW})
    began = time.perf_counter()
    found = check(folder, TODAY)
    assert time.perf_counter() - began < 8  # 2 s alone on a core; another test may run beside
    assert found == []
