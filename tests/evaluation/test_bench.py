import sys
from pathlib import Path

import pytest

from assistant.evaluation.bench import BenchError, BenchReport, heavy_imports, run_process
from assistant.evaluation.figures import Figure
from assistant.evaluation.report import bench_json, bench_table

FIGURES = (
    Figure("machine.cores", 2),
    Figure("machine.load_before", 0.34),
    Figure("shipped.passages", 90),
    Figure("shipped.cold.seconds", 2.0, of=5),
    Figure("usual.cold.seconds", 15.0, of=5),
    Figure("ratios.cold", 7.5),
    Figure("shipped.server.ready_seconds", 8.25),
)


def test_a_process_is_timed_from_start_to_end():
    assert 0.3 < run_process([sys.executable, "-c", "import time; time.sleep(0.3)"]) < 10


def test_a_failing_process_is_an_error_with_what_it_said():
    with pytest.raises(BenchError) as raised:
        run_process([sys.executable, "-c", "raise SystemExit('aucun index')"])
    assert "aucun index" in raised.value.expected


def test_heavy_imports_are_seen_whatever_the_submodule(tmp_path: Path):
    package = tmp_path / "sklearn" / "metrics"
    package.mkdir(parents=True)
    for folder in (package, package.parent):
        (folder / "__init__.py").write_text("", encoding="utf-8")
    load = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import sklearn.metrics"
    assert heavy_imports([sys.executable, "-c", load]) == ("sklearn",)
    assert heavy_imports([sys.executable, "-c", "import json"]) == ()


def test_heavy_imports_of_a_failing_command_are_not_taken_for_none():
    with pytest.raises(BenchError):
        heavy_imports([sys.executable, "-c", "raise SystemExit(4)"])


def test_the_table_shows_both_systems_and_how_many_times_faster():
    table = bench_table(BenchReport(FIGURES, ("torch",)))
    rows = list(zip(*(column.cells for column in table.columns), strict=True))
    cold = next(row for row in rows if "froid" in str(row[0]))
    assert cold[1:] == ("2,00", "15,00", "× 7,5")
    assert any(row[1:] == ("8,25", "", "") for row in rows)
    assert "90 passages" in str(table.title)
    assert "torch" in str(table.caption)
    assert "2 cœurs, charge de 0,3" in str(table.caption)


def test_json_has_stable_keys():
    report = bench_json(BenchReport(FIGURES, ()))
    assert report["shipped"]["cold"] == {"seconds": 2.0, "seconds_of": 5}
    assert report["ratios"]["cold"] == 7.5
    assert report["heavy_imports"] == []
