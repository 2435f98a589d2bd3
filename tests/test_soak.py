"""Long loops, run by ``make soak`` only: kills while indexing, and questions while the index changes."""

import os
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from assistant.domain import Answer
from assistant.service import Assistant, refresh
from assistant.settings import Settings
from assistant.texts import Texts

pytestmark = pytest.mark.soak

KILLS = 40
ROUNDS = 36
WARM = 18  # by then the threads' allocators have taken what they keep
QUESTIONS_A_ROUND = 400
QUESTIONS = (
    "Puis-je coller le courrier d’un habitant dans ChatGPT ?",
    "dois je dire que la foto vient d une ia",
    "noter mes collègues",
    "qui est le DPO ?",
    "quelle heure est-il à Tokyo ?",
)


def change(corpus: Path, turn: int) -> None:
    """Write another document, so that there is something to index."""
    text = f"# Note {turn}\n\n" + "".join(f"L’agent numéro {n} relit la note {turn}.\n\n" for n in range(200))
    (corpus / "note.md").write_text(text, encoding="utf-8")


def check_quotes(assistant: Assistant, answer: Answer) -> None:
    for citation in answer.citations:
        document = assistant.document(citation.document)
        if document.info.hash == citation.version_hash:
            assert document.text[citation.start : citation.end] == citation.quote


def test_kills_never_leave_the_index_unusable(settings: Settings, texts: Texts) -> None:
    refresh(settings)
    environment = os.environ | {
        "REPERE_CORPUS": str(settings.corpus),
        "REPERE_STORE": str(settings.store),
        "REPERE_DATABASE_URL": settings.database_url,
    }
    chance = random.Random(2)
    for turn in range(KILLS):
        change(settings.corpus, turn)
        command = [sys.executable, "-m", "assistant", "index"]
        process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.3, 3.0))
        process.kill()
        process.wait()
        with Assistant.open(settings, texts) as assistant:
            answer = assistant.ask(QUESTIONS[0])
            assert answer.citations, f"no answer after kill {turn}"
            check_quotes(assistant, answer)
    assert refresh(settings).documents == 5
    assert not list(settings.store.rglob(".building-*"))


def test_answers_hold_while_the_index_changes_under_load(settings: Settings, texts: Texts) -> None:
    refresh(settings)
    process, sizes, files = psutil.Process(), [], []
    with Assistant.open(settings, texts) as assistant, ThreadPoolExecutor(8) as pool:
        for turn in range(ROUNDS):
            asked = [
                pool.submit(assistant.ask, QUESTIONS[number % len(QUESTIONS)])
                for number in range(QUESTIONS_A_ROUND)
            ]
            change(settings.corpus, turn)
            refresh(settings)
            for future in asked:
                check_quotes(assistant, future.result())
            sizes.append(process.memory_info().rss / 1e6)
            files.append(process.num_fds())
        assert assistant.search("note relue par l’agent numéro 7", 1)[0].passage.document.id == "note"
    assert files[-1] - files[WARM] < 30, f"replaced generations stay open: {files}"
    assert sizes[-1] - sizes[WARM] < 60, f"memory grows: {sizes}"
