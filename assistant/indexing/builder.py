"""Builds a generation from documents, reusing what did not change since the previous one."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from assistant.documents.splitter import split
from assistant.domain import Document, DocumentKind, Passage, Rejection
from assistant.errors import CorpusError, StoreError
from assistant.french import grams, stems, words
from assistant.indexing.content import write_content
from assistant.indexing.encoder import Encoder, Vectors
from assistant.indexing.generations import PIPELINE, Generation, Manifest, Store
from assistant.indexing.lexical import LexicalIndex
from assistant.indexing.vectors import QUESTIONS, TEXTS, VectorStore

Progress = Callable[[str, int, int], None]
ENCODE_BATCH = 256


@dataclass(frozen=True, slots=True)
class Source:
    """What a generation is built from: documents, the files they came from, the files refused."""

    corpus: str
    documents: tuple[Document, ...]
    file_hashes: Mapping[str, str]
    rejections: tuple[Rejection, ...] = ()


def silent(_stage: str, _done: int, _total: int) -> None:
    """Report no progress."""


def build(
    store: Store, source: Source, encoder: Encoder, progress: Progress = silent, rebuild: bool = False
) -> Manifest:
    """Build and publish a generation; return the current one untouched when nothing changed.

    The caller holds ``store.lock()``. Vectors of passages whose hash is known are copied from the
    previous generation when the encoder is the same.

    Raises:
        CorpusError: the documents hold no passage.
        StoreError: the disk is full or not writable; the previous generation still serves.
    """
    previous = None if rebuild or store.current_id() is None else store.open()
    try:
        if previous is not None and _same(previous.manifest, source, encoder):
            return previous.manifest
        reusable = previous if previous is not None and _compatible(previous.manifest, encoder) else None
        return _build_aside(store, source, encoder, reusable, progress)
    finally:
        if previous is not None:
            previous.close()


def _compatible(manifest: Manifest, encoder: Encoder) -> bool:
    return manifest.encoder == encoder.fingerprint and manifest.pipeline == PIPELINE


def _same(manifest: Manifest, source: Source, encoder: Encoder) -> bool:
    return (
        _compatible(manifest, encoder)
        and manifest.file_hashes == dict(source.file_hashes)
        and manifest.rejections == source.rejections
    )


def _build_aside(
    store: Store, source: Source, encoder: Encoder, previous: Generation | None, progress: Progress
) -> Manifest:
    name, folder = store.new_folder()
    try:
        manifest = _write(name, folder, store, source, encoder, previous, progress)
        store.publish(manifest, folder)
    except (OSError, sqlite3.Error) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise StoreError(
            f"L’index n’a pas pu être écrit : {error}.",
            "De la place et le droit d’écrire dans le dossier de l’index.",
            "Libérez de la place puis relancez ; l’index précédent continue de servir.",
        ) from error
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return manifest


def _write(
    name: str,
    folder: Path,
    store: Store,
    source: Source,
    encoder: Encoder,
    previous: Generation | None,
    progress: Progress,
) -> Manifest:
    passages = _passages(source)
    asked = [ways_of_asking(passage) for passage in passages]
    texts, questions, reused = _vectors(passages, asked, encoder, previous, progress)
    progress("words", 0, 1)
    _write_words(folder, source, passages, asked)
    progress("words", 1, 1)
    vectors = VectorStore(folder / "chroma", name, store.chroma_url)
    try:
        vectors.write(TEXTS, texts)
        vectors.write(QUESTIONS, questions)
    finally:
        vectors.close()
    return Manifest(
        id=name,
        built_at=datetime.now(UTC),
        pipeline=PIPELINE,
        encoder=encoder.fingerprint,
        dimension=encoder.dimension,
        corpus=source.corpus,
        documents=len(source.documents),
        passages=len(passages),
        questions=len(questions),
        reused_vectors=reused,
        file_hashes=dict(source.file_hashes),
        rejections=source.rejections,
    )


def _passages(source: Source) -> list[Passage]:
    passages = [passage for document in source.documents for passage in split(document)]
    if not passages:
        raise CorpusError(
            f"Aucun passage à indexer dans {source.corpus}.",
            "Au moins un document lisible avec du texte.",
            "Voyez « assistant corpus check » pour la liste des fichiers refusés.",
        )
    return passages


def _write_words(
    folder: Path, source: Source, passages: Sequence[Passage], asked: Sequence[tuple[str, ...]]
) -> None:
    write_content(
        folder / "content.sqlite",
        source.documents,
        passages,
        [len(ways) for ways in asked],
        source.file_hashes,
        _vocabulary(passages),
        _forms(source.documents),
    )
    LexicalIndex.write(folder / "terms", [stems(weighted_text(passage)) for passage in passages])
    LexicalIndex.write(folder / "grams", [grams(weighted_text(passage)) for passage in passages])
    LexicalIndex.write(folder / "questions", [stems(way) for ways in asked for way in ways])


def weighted_text(passage: Passage) -> str:
    """Return the text whose words are indexed: heading twice, outer headings, ways of asking, text."""
    return " ".join((*passage.trail, passage.heading, passage.text, *passage.questions))


def encoded_text(passage: Passage) -> str:
    """Return the text whose meaning is indexed."""
    return f"{passage.heading}. {passage.text}"


def ways_of_asking(passage: Passage) -> tuple[str, ...]:
    """Return how people ask for a passage: its heading (a FAQ's is its question), then its questions."""
    return (passage.heading, *passage.questions)


def _vectors(
    passages: Sequence[Passage],
    asked: Sequence[tuple[str, ...]],
    encoder: Encoder,
    previous: Generation | None,
    progress: Progress,
) -> tuple[Vectors, Vectors, int]:
    """Return the vectors of texts and of questions, and how many passages were reused."""
    known = previous.content.rows_by_hash() if previous is not None else {}
    texts = np.zeros((len(passages), encoder.dimension), dtype=np.float32)
    starts = np.cumsum([0, *(len(ways) for ways in asked)])
    questions = np.zeros((int(starts[-1]), encoder.dimension), dtype=np.float32)
    kept = [row for row, passage in enumerate(passages) if passage.hash in known]
    if previous is not None and kept:
        old = [known[passages[row].hash] for row in kept]
        texts[kept] = previous.vectors.read(TEXTS, [row for row, _, _ in old])
        new_rows = [int(starts[row]) + way for row in kept for way in range(len(asked[row]))]
        old_rows = [first + way for _, first, count in old for way in range(count)]
        questions[new_rows] = previous.vectors.read(QUESTIONS, old_rows)
    kept_rows = set(kept)
    fresh = [row for row in range(len(passages)) if row not in kept_rows]
    for start in range(0, len(fresh), ENCODE_BATCH):
        progress("vectors", start, len(fresh))
        batch = fresh[start : start + ENCODE_BATCH]
        texts[batch] = encoder.encode([encoded_text(passages[row]) for row in batch])
        rows = [int(starts[row]) + way for row in batch for way in range(len(asked[row]))]
        questions[rows] = encoder.encode([way for row in batch for way in asked[row]])
    progress("vectors", len(fresh), len(fresh))
    return texts, questions, len(kept)


def _vocabulary(passages: Sequence[Passage]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for passage in passages:
        counted.update(words(" ".join((*passage.trail, passage.text, *passage.questions))))
    return counted


def _forms(documents: Sequence[Document]) -> list[tuple[str, str]]:
    return [
        (synonym, section.trail[-1])
        for document in documents
        if document.info.kind is DocumentKind.GLOSSARY
        for section in document.sections
        for synonym in section.synonyms
    ]
