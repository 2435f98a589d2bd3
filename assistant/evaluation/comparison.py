"""The product and French BM25 alone, on the same test set, cut into the same passages, in one run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from assistant.documents.splitter import split
from assistant.domain import Document, Passage
from assistant.evaluation.beir import JudgedSet, Search, as_document, load_judged_set, measure
from assistant.evaluation.figures import Figure
from assistant.french import stems
from assistant.indexing.builder import Source, build, weighted_text
from assistant.indexing.encoder import Encoder, open_encoder
from assistant.indexing.generations import Generation, Store
from assistant.search.searcher import Searcher
from assistant.settings import Settings

SCOPE = "metropole"
PASSAGES_READ = 60  # enough passages for ten documents: several may come from the same one
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class BeirReport:
    """The figures of a test set: ``shipped.…`` for the product, ``bm25.…`` for French BM25 alone."""

    name: str
    documents: int
    passages: int
    queries: int
    figures: tuple[Figure, ...]

    def value(self, key: str) -> float:
        """Return the value of a figure that was measured."""
        return next(figure.value for figure in self.figures if figure.key == key and figure.value is not None)


def evaluate_beir(prefix: Path, settings: Settings, lexicon: Path, progress: Progress) -> BeirReport:
    """Index a test set aside, search it with the product and with BM25, and measure both.

    ``lexicon`` is the tokenizer whose words need no spelling correction.

    Raises:
        DatasetError: the test set cannot be read.
        StoreError: the encoder cannot be opened, or the temporary index cannot be written.
    """
    judged_set = load_judged_set(prefix)
    documents = [as_document(text) for text in judged_set.texts]
    passages = [passage for document in documents for passage in split(document)]
    encoder = open_encoder(settings.embedding_model)
    with TemporaryDirectory(prefix="repere-beir-") as folder:
        generation = _index(Path(folder), prefix, documents, encoder, progress)
        try:
            shipped = product_search(generation, encoder, lexicon, settings)
            figures = _measure(judged_set, shipped, bm25_search(passages), progress)
        finally:
            generation.close()
    return BeirReport(judged_set.name, len(documents), len(passages), len(judged_set.judged), tuple(figures))


def _index(
    folder: Path, prefix: Path, documents: Sequence[Document], encoder: Encoder, progress: Progress
) -> Generation:
    store = Store(folder, prefix)
    with store.lock():
        build(store, Source(str(prefix), tuple(documents), {}), encoder, progress)
    return store.open()


def _measure(judged_set: JudgedSet, shipped: Search, bm25: Search, progress: Progress) -> list[Figure]:
    figures: list[Figure] = []
    for name, search in (("shipped", shipped), ("bm25", bm25)):
        figures += measure(f"{name}.retrieval", judged_set, search, partial(progress, name))
    return figures


def product_search(generation: Generation, encoder: Encoder, lexicon: Path, settings: Settings) -> Search:
    """Return the product's own search over a generation, a document ranked by its best passage."""
    searcher = Searcher(generation, encoder, lexicon)
    today = date.today()

    def search(text: str, limit: int) -> list[str]:
        query = searcher.reader.read(text, SCOPE, (), max(len(text), settings.question_characters))
        hits = searcher.search(query, PASSAGES_READ, today)
        return list(dict.fromkeys(hit.passage.document.id for hit in hits))[:limit]

    return search


def bm25_search(passages: Sequence[Passage]) -> Search:
    """Return French BM25 alone over the same words, a document ranked by its best passage."""
    import bm25s

    index = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
    index.index([stems(weighted_text(passage)) for passage in passages], show_progress=False)

    def search(text: str, limit: int) -> list[str]:
        known = [token for token in stems(text) if token in index.vocab_dict]
        if not known:
            return []
        scores = index.get_scores(known)
        order = np.argsort(-scores, kind="stable")
        matching = (passages[row].document.id for row in order if scores[row] > 0)
        found: dict[str, None] = {}
        for identifier in matching:
            found.setdefault(identifier)
            if len(found) == limit:
                break
        return list(found)

    return search
