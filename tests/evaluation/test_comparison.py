from pathlib import Path

import pytest

from assistant.documents.splitter import split
from assistant.evaluation.beir import as_document, load_judged_set
from assistant.evaluation.comparison import BeirReport, bm25_search, evaluate_beir
from assistant.evaluation.report import beir_json, beir_table
from assistant.settings import ROOT, Settings

TINY = Path(__file__).parent.parent / "data" / "beir_tiny"
LEXICON = ROOT / "index" / "encoder" / "tokenizer.json"


@pytest.fixture(scope="module")
def report() -> BeirReport:
    return evaluate_beir(TINY, Settings(), LEXICON, lambda _stage, _done, _total: None)


def test_both_systems_are_measured_on_the_same_judged_queries(report: BeirReport):
    assert (report.name, report.documents, report.passages, report.queries) == ("beir_tiny", 10, 10, 7)
    assert {figure.of for figure in report.figures} == {7}
    assert {figure.key.split(".")[0] for figure in report.figures} == {"shipped", "bm25"}


def test_the_product_finds_what_bm25_finds_and_the_misspelt_question_too(report: BeirReport):
    assert report.value("shipped.retrieval.recall@1") >= report.value("bm25.retrieval.recall@1") > 0.5
    assert report.value("shipped.retrieval.ndcg@10") > 0.9


def test_json_and_table_say_the_same(report: BeirReport):
    shipped = beir_json(report)["shipped"]["retrieval"]["ndcg@10"]
    assert shipped == pytest.approx(report.value("shipped.retrieval.ndcg@10"), abs=1e-6)
    column = list(beir_table(report).columns[1].cells)
    assert column[0] == f"{shipped:.4f}".replace(".", ",")


def test_bm25_ranks_a_document_by_its_best_passage_and_only_where_words_are_shared():
    documents = [as_document(text) for text in load_judged_set(TINY).texts]
    passages = [passage for document in documents for passage in split(document)]
    search = bm25_search(passages)
    assert search("vieux matelas", 10) == ["encombrants"]
    assert search("gratuite", 1) == ["biblio"]
    assert search("zzzz", 10) == []
    assert search("l’eau de la piscine", 10)[:2] in (["eau", "piscine"], ["piscine", "eau"])
