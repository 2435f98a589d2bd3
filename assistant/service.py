"""The only assembler: opens the index and the encoder, and offers what the commands and pages need."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

from assistant.answering.engine import Engine
from assistant.answering.extractive import Extractor
from assistant.documents.folder import read_folder
from assistant.documents.placeholders import values_of
from assistant.domain import Answer, Document, Hit, Passage, Query, Sentence
from assistant.errors import StoreError
from assistant.indexing.builder import Progress, Source, build, silent
from assistant.indexing.encoder import Encoder, open_encoder
from assistant.indexing.generations import PIPELINE, Generation, Manifest, Store
from assistant.search.query import clean
from assistant.search.searcher import Searcher
from assistant.settings import ROOT, Settings
from assistant.texts import Texts

LEXICON = ROOT / "index" / "encoder" / "tokenizer.json"
logger = logging.getLogger(__name__)


class _Opened:
    """One generation and everything bound to it; a new one replaces it as a whole."""

    def __init__(self, generation: Generation, encoder: Encoder, settings: Settings) -> None:
        self.generation = generation
        self.searcher = Searcher(generation, encoder, LEXICON)
        self._longest = settings.question_characters

    @cached_property
    def model_texts(self) -> bool:
        # reads every document: only pages ask for it, never a question
        return any(document.info.model_text for document in self.generation.content.documents())

    def read(self, text: str, scope: str, history: Sequence[str]) -> Query:
        return self.searcher.reader.read(text, scope, history, self._longest)

    def search(self, query: Query, limit: int, day: date) -> list[Hit]:
        return self.searcher.search(query, limit, day)

    def document(self, document_id: str) -> Document:
        document = self.generation.content.document(document_id)
        if document is None:
            raise StoreError(
                f"Le document « {document_id} » n’est pas dans l’index.",
                "Un document du corpus indexé.",
                "Vérifiez l’identifiant, ou relancez « assistant index ».",
            )
        return document

    def passage(self, passage_id: str) -> Passage | None:
        row = self.generation.content.row_of(passage_id)
        return None if row is None else self.generation.content.passage(row)


class Assistant:
    """Ask and search; follows the current generation, so a new index serves without a restart.

    Safe from several threads. Use it as a context manager, or call ``close``.
    """

    def __init__(
        self,
        settings: Settings,
        texts: Texts,
        encoder: Encoder,
        store: Store,
        today: Callable[[], date] = date.today,
    ) -> None:
        self.settings = settings
        self.texts = texts
        self.encoder = encoder
        self._store = store
        self.today = today
        self._lock = threading.Lock()
        self._opened = self._open()
        self._replaced: _Opened | None = None

    @classmethod
    def open(cls, settings: Settings, texts: Texts, today: Callable[[], date] = date.today) -> Assistant:
        """Open the current index of the corpus.

        Raises:
            StoreError: there is no index yet, or another encoder made it.
        """
        store = Store(settings.store, settings.corpus, settings.chroma_url)
        return cls(settings, texts, open_encoder(settings.embedding_model), store, today)

    def ask(self, question: str, history: Sequence[str] = (), scope: str = "metropole") -> Answer:
        """Return the answer to a question; opens no ticket.

        Raises:
            QuestionError: the question is too long.
        """
        opened = self._current()
        extractor = Extractor(self.encoder, self.settings.answer_words)
        engine = Engine(opened, extractor, self.settings, self.texts, self.today)
        return engine.answer(question, history, scope)

    def check_length(self, question: str) -> None:
        """Refuse a question that is too long, before anything is done with it.

        Raises:
            QuestionError: it is longer than the settings allow.
        """
        clean(question, self.settings.question_characters)

    def personal_data_rule(self) -> Sentence | None:
        """Return the sentence of the framework that a warning on personal data quotes.

        It is taken from the article that the settings name; None when the corpus has no such article.
        """
        opened = self._current()
        passage = opened.passage(self.settings.personal_data_article)
        if passage is None or not passage.document.citable_on(self.today()):
            return None
        question = self.texts("chat.personal_data.question")
        extractor = Extractor(self.encoder, self.settings.answer_words)
        extract = extractor.extract(question, passage, opened.document(passage.document.id), budget=0)
        # what comes before the last one only introduces it
        return extract.sentences[-1] if extract.sentences else None

    def search(self, question: str, limit: int = 10, scope: str = "metropole") -> list[Hit]:
        """Return the ranked passages for a question."""
        opened = self._current()
        return opened.search(opened.read(question, scope, ()), limit, self.today())

    def read(self, question: str, scope: str = "metropole") -> Query:
        """Return the question as search understands it: corrections and expansions applied."""
        return self._current().read(question, scope, ())

    def passage(self, passage_id: str) -> Passage:
        """Return a passage of the current index.

        Raises:
            StoreError: the index holds no such passage.
        """
        passage = self._current().passage(passage_id)
        if passage is None:
            raise StoreError(
                f"Le passage « {passage_id} » n’est pas dans l’index.",
                "Un passage du corpus indexé.",
                "Vérifiez l’identifiant, ou relancez « assistant index ».",
            )
        return passage

    def document(self, document_id: str) -> Document:
        """Return a document of the current index.

        Raises:
            StoreError: the index holds no such document.
        """
        return self._current().document(document_id)

    def documents(self) -> list[Document]:
        """Return every document of the current index, ordered by id."""
        return self._current().generation.content.documents()

    def rests_on_model_texts(self) -> bool:
        """Tell whether any document is a model that no authority has adopted."""
        return self._current().model_texts

    @property
    def manifest(self) -> Manifest:
        """Return what the current index was made from."""
        return self._current().generation.manifest

    def close(self) -> None:
        """Release the index."""
        self._opened.generation.close()
        if self._replaced is not None:
            self._replaced.generation.close()

    def __enter__(self) -> Assistant:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def _current(self) -> _Opened:
        """Return the generation that serves now; the one replaced is left to the requests still in it."""
        opened = self._opened
        if self._store.current_id() in (opened.generation.manifest.id, None):
            return opened
        with self._lock:
            if self._store.current_id() != self._opened.generation.manifest.id:
                # The one just replaced stays open for the questions still in it; the one before has none.
                if self._replaced is not None:
                    self._replaced.generation.close()
                self._replaced, self._opened = self._opened, self._open()
                logger.info("serving index generation %s", self._opened.generation.manifest.id)
            return self._opened

    def _open(self) -> _Opened:
        generation = self._store.open()
        if generation.manifest.pipeline != PIPELINE:
            generation.close()
            raise StoreError(
                "L’index a été construit par une autre version de l’assistant.",
                "Un index de cette version.",
                "Lancez « assistant index ».",
            )
        if generation.manifest.encoder != self.encoder.fingerprint:
            generation.close()
            raise StoreError(
                "L’index a été construit avec un autre encodeur "
                f"({generation.manifest.encoder}, réglage actuel : {self.encoder.fingerprint}).",
                "Le même encodeur pour l’index et pour les questions.",
                "Lancez « assistant index », ou rétablissez REPERE_EMBEDDING_MODEL.",
            )
        return _Opened(generation, self.encoder, self.settings)


def refresh(settings: Settings, progress: Progress = silent, rebuild: bool = False) -> Manifest:
    """Bring the index of the corpus up to date and return what it holds; unchanged files are not re-read.

    Raises:
        CorpusError: the folder is missing or holds nothing readable.
        StoreError: another indexing runs, or the store cannot be written.
    """
    store = Store(settings.store, settings.corpus, settings.chroma_url)
    with store.lock():
        known = {} if rebuild else _known_files(store)
        reading = read_folder(
            settings.corpus,
            settings.file_megabytes * 1_000_000,
            lambda done, total, _name: progress("files", done, total),
            known,
            values_of(settings),
        )
        source = Source(
            str(settings.corpus), tuple(reading.documents), reading.file_hashes, tuple(reading.rejections)
        )
        return build(store, source, open_encoder(settings.embedding_model), progress, rebuild)


def _known_files(store: Store) -> dict[str, tuple[str, Document]]:
    if not store.is_ready():
        return {}
    generation = store.open()
    try:
        return generation.content.read_files()
    finally:
        generation.close()


@contextmanager
def without_questions(assistant: Assistant) -> Iterator[Assistant]:
    """Yield an assistant over the same documents, less the ways of asking that their owner gave them.

    Headings, a FAQ's question among them, and the glossary's other names stay: they are the texts' own. The
    index is embedded, and removed afterwards.
    """
    documents = tuple(
        replace(one, sections=tuple(replace(section, questions=()) for section in one.sections))
        for one in assistant.documents()
    )
    settings = assistant.settings
    with TemporaryDirectory() as folder:
        store = Store(Path(folder), settings.corpus)
        with store.lock():
            build(store, Source(str(settings.corpus), documents, {}, ()), assistant.encoder)
        with Assistant(settings, assistant.texts, assistant.encoder, store, assistant.today) as bare:
            yield bare
