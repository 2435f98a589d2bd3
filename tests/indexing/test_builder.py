"""Building, publishing and reusing generations, with real files, real Chroma and real processes."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from assistant.errors import CorpusError, StoreError
from assistant.indexing.generations import Store
from assistant.service import Assistant, refresh
from assistant.settings import Settings, load_settings
from assistant.texts import load_texts

CHARTER = """# Charte

## Article 1 – Relecture {#article-1}

Tout texte produit avec une IA est relu par un agent avant son envoi.

## Article 2 – Photos {#article-2}

La reconnaissance faciale est interdite dans les services.
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "charte.md").write_text(CHARTER, encoding="utf-8")
    return load_settings(corpus=corpus, store=tmp_path / "store")


def store_of(settings: Settings) -> Store:
    return Store(settings.store, settings.corpus)


def first_hit(settings: Settings, question: str) -> str:
    with Assistant.open(settings, load_texts()) as assistant:
        return assistant.search(question)[0].passage.id


def test_an_unchanged_corpus_keeps_its_generation(settings: Settings) -> None:
    first = refresh(settings).id
    assert refresh(settings).id == first
    assert refresh(settings, rebuild=True).id != first


def test_only_changed_passages_are_encoded_again(settings: Settings) -> None:
    first = refresh(settings)
    assert first.reused_vectors == 0
    charter = settings.corpus / "charte.md"
    charter.write_text(CHARTER.replace("interdite", "interdite, sauf avis contraire,"), encoding="utf-8")
    second = refresh(settings)
    assert second.passages == first.passages == 2
    assert second.reused_vectors == 1
    assert first_hit(settings, "reconnaissance faciale") == "charte#article-2"
    assert first_hit(settings, "relecture avant envoi") == "charte#article-1"


def test_a_passage_knows_which_passages_rest_on_it(settings: Settings) -> None:
    faq = "---\nid: faq\ntype: faq\ntitre: FAQ\n---\n# FAQ\n\n## Qui relit ? {#qui}\n\n```fiche\nreferences: [charte#article-1, faq#qui]\n```\n\nUn agent relit le texte.\n"
    (settings.corpus / "faq.md").write_text(faq, encoding="utf-8")
    refresh(settings)
    generation = store_of(settings).open()
    content = generation.content
    pairs = [(content.passage(citing).id, content.passage(cited).id) for citing, cited in content.supports()]
    generation.close()
    assert pairs == [("faq#qui", "charte#article-1")]


def test_a_removed_file_is_no_longer_found(settings: Settings) -> None:
    extra = settings.corpus / "note.md"
    extra.write_text("# Drones\n\nLes drones sont confiés au service des sports.\n", encoding="utf-8")
    refresh(settings)
    assert first_hit(settings, "drones").startswith("note#")
    extra.unlink()
    refresh(settings)
    assert first_hit(settings, "drones").startswith("charte#")


def test_old_generations_are_dropped_but_the_previous_one(settings: Settings) -> None:
    for _ in range(4):
        refresh(settings, rebuild=True)
    folders = [path for path in store_of(settings).folder.iterdir() if (path / "manifest.json").is_file()]
    assert len(folders) == 2


def test_a_running_assistant_follows_the_new_generation(settings: Settings) -> None:
    refresh(settings)
    with Assistant.open(settings, load_texts()) as assistant:
        (settings.corpus / "note.md").write_text("# Drones\n\nLes drones sont interdits.\n", encoding="utf-8")
        assert assistant.search("drones")[0].passage.document.id == "charte"
        refresh(settings)
        assert assistant.search("drones")[0].passage.document.id == "note"


def test_replaced_generations_are_closed(settings: Settings) -> None:
    refresh(settings)
    process = psutil.Process()
    with Assistant.open(settings, load_texts()) as assistant:
        files = []
        for _ in range(6):
            refresh(settings, rebuild=True)
            assert assistant.search("relecture")
            files.append(process.num_fds())
    assert files[-1] <= files[2] + 2, f"open files grow: {files}"


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "vide").mkdir()
    with pytest.raises(CorpusError):
        refresh(load_settings(corpus=tmp_path / "vide", store=tmp_path / "store"))


def test_no_index_yet(settings: Settings) -> None:
    with pytest.raises(StoreError, match="assistant index"):
        Assistant.open(settings, load_texts())


def test_another_encoder_is_told_from_the_index_s(settings: Settings, tmp_path: Path) -> None:
    refresh(settings)
    other = tmp_path / "encoder"
    other.mkdir()
    for file in Path(settings.embedding_model).iterdir():
        if file.is_file():
            (other / file.name).write_bytes(file.read_bytes())
    tokenizer = other / "tokenizer.json"
    tokenizer.write_text(tokenizer.read_text(encoding="utf-8") + " ", encoding="utf-8")
    changed = load_settings(corpus=settings.corpus, store=settings.store, embedding_model=str(other))
    with pytest.raises(StoreError, match="autre encodeur"):
        Assistant.open(changed, load_texts())
    assert refresh(changed).reused_vectors == 0
    assert first_hit(changed, "relecture") == "charte#article-1"


def test_an_index_of_another_version_is_said_and_built_anew(settings: Settings) -> None:
    store = store_of(settings)
    assert not store.is_ready()
    made = refresh(settings)
    assert store.is_ready()
    manifest = store.folder / made.id / "manifest.json"
    manifest.write_text(made.model_copy(update={"pipeline": "1"}).model_dump_json(), encoding="utf-8")
    assert not store.is_ready()
    with pytest.raises(StoreError, match="autre version"):
        Assistant.open(settings, load_texts())
    assert refresh(settings).id != made.id
    assert first_hit(settings, "relecture") == "charte#article-1"


def test_one_writer_at_a_time(settings: Settings) -> None:
    with store_of(settings).lock(), pytest.raises(StoreError, match="en cours"):
        refresh(settings)
    refresh(settings)


def test_a_damaged_generation_is_named(settings: Settings) -> None:
    manifest = refresh(settings)
    (store_of(settings).folder / manifest.id / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(StoreError, match="--rebuild"):
        Assistant.open(settings, load_texts())


def _index_process(settings: Settings, limit: Callable[[], None] | None = None) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "REPERE_STORE": str(settings.store)}
    command = [sys.executable, "-m", "assistant", "index", "--corpus", str(settings.corpus), "--rebuild"]
    return subprocess.Popen(
        command, env=environment, preexec_fn=limit, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


@pytest.mark.slow
def test_a_full_disk_is_said_and_the_previous_generation_serves(settings: Settings) -> None:
    current = refresh(settings).id

    def small_files() -> None:
        # The nearest thing to a full disk without mounting one: no file may pass 20 kB.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    process = _index_process(settings, small_files)
    _, error = process.communicate(timeout=120)
    assert process.returncode == 4, error.decode()
    assert "précédent continue de servir" in error.decode().replace("\n", " ")
    assert store_of(settings).current_id() == current
    assert not list(store_of(settings).folder.glob(".building-*"))
    assert first_hit(settings, "relecture") == "charte#article-1"


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["content.sqlite", "chroma"])
def test_kill_while_indexing_leaves_the_previous_generation(settings: Settings, stage: str) -> None:
    for number in range(400):
        article = f"\n## Article {number + 3} – Essai\n\nLe service numéro {number} relit son texte.\n"
        with (settings.corpus / "charte.md").open("a", encoding="utf-8") as stream:
            stream.write(article)
    current = refresh(settings).id
    process = _index_process(settings)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and not list(store_of(settings).folder.glob(f".building-*/{stage}")):
        assert process.poll() is None, "the indexing ended before it could be killed"
        time.sleep(0.002)
    process.kill()
    process.wait()
    assert store_of(settings).current_id() == current
    assert first_hit(settings, "relecture avant envoi") == "charte#article-1"
    assert refresh(settings, rebuild=True).id != current
    assert not list(store_of(settings).folder.glob(".building-*"))
