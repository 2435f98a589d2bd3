"""The command line as its user runs it: real processes, French messages, documented exit codes."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from assistant.settings import ROOT, Settings
from assistant.storage.database import opened

QUESTION = "Puis-je saisir des données personnelles ?"


def run(
    settings: Settings, *arguments: str, given: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    known = {
        "REPERE_CORPUS": str(settings.corpus),
        "REPERE_STORE": str(settings.store),
        "REPERE_DATABASE_URL": settings.database_url,
    }
    return subprocess.run(
        [sys.executable, "-m", "assistant", *arguments],
        env={**os.environ, **known, **environment},
        cwd=ROOT,
        input=given,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def records(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


@pytest.mark.slow
def test_ask_json_has_the_documented_keys_and_exact_quotes(built_settings: Settings, assistant: Any) -> None:
    done = run(built_settings, "ask", "--json", QUESTION)
    assert done.returncode == 0, done.stderr
    (record,) = records(done.stdout)
    assert {"status", "verdict", "text", "sentences", "probability", "timings"} <= record.keys()
    assert record["sentences"]
    for sentence in record["sentences"]:
        for citation in sentence["citations"]:
            text = assistant.document(citation["document"]).text
            assert text[citation["start"] : citation["end"]] == citation["quote"]
            assert citation.keys() >= {"passage_id", "version", "version_hash", "page"}


@pytest.mark.slow
def test_ask_reads_plain_and_json_lines(built_settings: Settings) -> None:
    follow_up = json.dumps({"question": "et même anonymes ?", "history": [QUESTION]})
    done = run(built_settings, "ask", "--json", given=f"Bonjour\n\n{follow_up}\n")
    assert done.returncode == 0, done.stderr
    greeting, followed = records(done.stdout)
    assert greeting["topic"] == "greeting"
    assert followed["question"] == "et même anonymes ?"
    assert followed["passages"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "given", "code", "said"),
    [
        (["ask"], '{"history": []}\n', 5, "Ligne 1"),
        (["ask", "a" * 10_000], "", 5, "10000 caractères"),
        (["evaluate"], "", 2, "--beir"),
        (["evaluate", "--bare", "--beir", "piaf"], "", 2, "--bare"),
        (["ask", "--corpus", "nulle-part", QUESTION], "", 3, "nulle-part"),
        (["serve", "--host", "0.0.0.0"], "", 2, "0.0.0.0"),  # noqa: S104 (it must be refused)
    ],
)
def test_refusals(
    built_settings: Settings, arguments: Sequence[str], given: str, code: int, said: str
) -> None:
    done = run(built_settings, *arguments, given=given)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_wrong_setting_is_named(built_settings: Settings) -> None:
    done = run(built_settings, "ask", QUESTION, REPERE_PORT="beaucoup")
    assert done.returncode == 2
    assert "REPERE_PORT" in done.stderr


@pytest.mark.slow
def test_search_explains_its_signals(built_settings: Settings) -> None:
    done = run(built_settings, "search", "donées personelles", "--explain")
    assert done.returncode == 0, done.stderr
    assert "donées → donnees" in done.stdout
    for signal in ("bm25", "grams", "cosine", "coverage", "asked_words"):
        assert signal in done.stdout


@pytest.mark.slow
def test_the_corpus_shipped_is_valid(built_settings: Settings) -> None:
    done = run(built_settings, "corpus", "check", "--corpus", str(ROOT / "corpus"))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_one_bad_file_is_reported_and_the_others_indexed(settings: Settings, corpus: Path) -> None:
    (corpus / "vide.md").write_text("", encoding="utf-8")
    (corpus / "image.md").write_bytes(bytes(range(256)) * 40)
    done = run(settings, "index")
    assert done.returncode == 0, done.stderr
    assert "vide.md" in done.stderr
    assert "image.md" in done.stderr
    assert run(settings, "ask", QUESTION).returncode == 0


@pytest.mark.slow
async def test_indexing_keeps_the_texts_once_there_is_a_database(settings: Settings, corpus: Path) -> None:
    def kept() -> set[str]:
        done = run(settings, "index")
        assert done.returncode == 0, done.stderr
        with closing(sqlite3.connect(database)) as connection:
            return {
                version
                for (version,) in connection.execute("SELECT hash FROM versions WHERE document_id = 'charte'")
            }

    database = settings.database_url.partition("///")[2]
    assert run(settings, "index").returncode == 0
    assert not Path(database).exists(), "indexing alone makes no database"
    async with opened(settings.database_url):
        pass
    first = kept()
    assert len(first) == 1
    charter = corpus / "charte.md"
    charter.write_text(
        charter.read_text(encoding="utf-8").replace("stagiaires", "apprentis"), encoding="utf-8"
    )
    assert len(kept()) == 2
    assert first < kept()
    elsewhere = run(settings, "index", "--corpus", str(ROOT / "corpus"))
    assert elsewhere.returncode == 0, elsewhere.stderr
    assert len(kept()) == 2
