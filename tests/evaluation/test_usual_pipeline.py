import json
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.settings import ROOT

PASSAGES = {
    "piscine": "The swimming pool is closed on Mondays.",
    "budget": "The city council votes the budget in March.",
    "arbres": "Trees along the streets are pruned in winter.",
}


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "assistant.evaluation.usual_pipeline", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT)


@pytest.mark.slow
def test_passages_are_persisted_and_the_nearest_come_first(tmp_path: Path):
    listing = tmp_path / "passages.jsonl"
    rows = [json.dumps({"id": name, "text": text}) for name, text in PASSAGES.items()]
    listing.write_text("\n".join(rows), encoding="utf-8")
    built = run("build", str(listing), str(tmp_path / "store"))
    assert built.stdout == "3\n", built.stderr
    answered = run("ask", str(tmp_path / "store"), "When is the budget voted?")
    ranked = [line.split()[1] for line in answered.stdout.split("\n") if line.startswith("0.")]
    assert ranked[0] == "budget"
    assert set(ranked) == set(PASSAGES)


def test_an_unknown_command_says_what_is_known():
    done = run("destroy")
    assert done.returncode == 2
    assert "ask STORE QUESTION" in done.stderr
