from pathlib import Path

import pytest

from assistant.evaluation.beir import Text, as_document, load_judged_set, measure
from assistant.evaluation.rows import DatasetError

TINY = Path(__file__).parent.parent / "data" / "beir_tiny"
CORPUS = '{"id": "d1", "title": "Titre", "text": "Texte"}\n{"id": "d2", "text": "Autre"}\n'
QUERIES = '{"id": "q1", "text": "un"}\n{"id": "q2", "text": "deux"}\n'


def write(folder: Path, corpus: str = CORPUS, queries: str = QUERIES, qrels: str = "q1\td1\t1\n") -> Path:
    for part, content in (("corpus.jsonl", corpus), ("queries.jsonl", queries), ("qrels.tsv", qrels)):
        (folder / f"set.v1.{part}").write_text(content, encoding="utf-8")
    return folder / "set.v1"


def quiet(_done: int, _total: int) -> None:
    pass


def test_the_three_files_are_read():
    loaded = load_judged_set(TINY)
    assert len(loaded.texts) == 10
    assert len(loaded.queries) == 8
    assert loaded.judgements["q7"] == {"biblio": 2, "etatcivil": 1}


def test_queries_nobody_judged_and_those_without_gain_are_left_out(tmp_path: Path):
    prefix = write(tmp_path, qrels="q1\td1\t1\nq2\td1\t0\n")
    assert load_judged_set(prefix).judged == ["q1"]


def test_the_names_of_the_columns_may_come_first(tmp_path: Path):
    prefix = write(tmp_path, qrels="query-id\tcorpus-id\tscore\nq1\td1\t1\n")
    assert load_judged_set(prefix).judgements == {"q1": {"d1": 1}}


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"corpus": CORPUS + '{"id": "d1", "text": "encore"}\n'}, "corpus.jsonl, ligne 3"),
        ({"corpus": '{"id": "d1", "title": "", "text": " "}\n'}, "ni titre ni texte"),
        ({"queries": QUERIES + '{"id": "q2", "text": "encore"}\n'}, "queries.jsonl, ligne 3"),
        ({"qrels": "q1\td1\t1\nq1 d2 1\n"}, "qrels.tsv, ligne 2"),
        ({"qrels": "q1\td1\tbeaucoup\n"}, "ne juge aucune question"),
        ({"qrels": "q9\td1\t1\n"}, "ne juge aucune question"),
    ],
)
def test_a_bad_file_is_named(tmp_path: Path, files: dict[str, str], said: str):
    with pytest.raises(DatasetError) as raised:
        load_judged_set(write(tmp_path, **files))
    assert said in raised.value.found


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(DatasetError, match=r"nulle-part\.corpus\.jsonl"):
        load_judged_set(tmp_path / "nulle-part")


def test_a_text_becomes_one_section_under_its_title():
    document = as_document(Text("d1", "Titre", " Une phrase. "))
    assert document.text == "Une phrase."
    assert [(one.trail, one.start, one.end) for one in document.sections] == [(("Titre",), 0, 11)]
    assert as_document(Text("d2", "Titre seul", "")).text == "Titre seul"


def test_figures_of_a_known_ranking(tmp_path: Path):
    judged_set = load_judged_set(write(tmp_path, qrels="q1\td1\t1\nq1\td2\t1\nq2\td2\t1\n"))
    ranking = {"un": ["x", "d1", "d1"], "deux": ["d2"]}
    figures = {
        figure.key: figure
        for figure in measure("bm25", judged_set, lambda text, _limit: ranking[text], quiet)
    }
    assert figures["bm25.recall@1"].value == 0.5
    assert figures["bm25.recall@10"].value == 0.75  # one of two, then one of one
    assert figures["bm25.mrr"].value == 0.75
    # q1: 1 / log2(3) over 1 + 1 / log2(3) = 0.38685; q2: 1
    assert figures["bm25.ndcg@10"].value == pytest.approx((0.38685 + 1) / 2, abs=1e-5)
    assert figures["bm25.ndcg@10"].of == 2
