"""The door to LlamaIndex: our search, encoder and answers in its pipelines, its embeddings in our index.

It stands above ``service`` because it offers what ``service`` assembles; no module of ours imports it, so
LlamaIndex, which takes seconds to import, is loaded only by whoever asks for this module. Nothing here
calls a language model, nor LlamaIndex's default tokenizers.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.base.response.schema import RESPONSE_TYPE, Response
from llama_index.core.callbacks import CallbackManager
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode
from pydantic import PrivateAttr

from assistant.domain import Answer, Hit, Passage
from assistant.indexing.encoder import Encoder, Vectors
from assistant.service import Assistant


class RepereEmbedding(BaseEmbedding):
    """Our encoder for any LlamaIndex pipeline; questions and texts are encoded alike."""

    _encoder: Encoder = PrivateAttr()

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(model_name=encoder.fingerprint)
        self._encoder = encoder

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return [[float(value) for value in row] for row in self._encoder.encode(texts)]

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return await asyncio.to_thread(self._get_text_embedding, query)


class RepereRetriever(BaseRetriever):
    """Our search as a LlamaIndex retriever: the same hits, in the same order, with the same scores."""

    def __init__(self, assistant: Assistant, limit: int = 10, scope: str = "metropole") -> None:
        super().__init__()
        self._assistant = assistant
        self._limit = limit
        self._scope = scope

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [
            _found(hit) for hit in self._assistant.search(query_bundle.query_str, self._limit, self._scope)
        ]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


class RepereQueryEngine(BaseQueryEngine):
    """Our answers as LlamaIndex responses.

    ``source_nodes`` holds the cited passages; ``metadata`` the status, verdict, date and every citation
    with its quote and offsets. No prompt is involved, so there is none to update.
    """

    def __init__(self, assistant: Assistant, scope: str = "metropole") -> None:
        super().__init__(CallbackManager([]))
        self._assistant = assistant
        self._scope = scope

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}

    def _query(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        answer = self._assistant.ask(query_bundle.query_str, scope=self._scope)
        return Response(answer.text, source_nodes=self._sources(answer), metadata=_described(answer))

    async def _aquery(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        return await asyncio.to_thread(self._query, query_bundle)

    def _sources(self, answer: Answer) -> list[NodeWithScore]:
        """Return the cited passages once each; one that search did not return itself has no score."""
        hits = {hit.passage.id: hit for hit in answer.hits}
        cited = dict.fromkeys(citation.passage_id for citation in answer.citations)
        return [
            _found(hits[one]) if one in hits else NodeWithScore(node=node_of(self._assistant.passage(one)))
            for one in cited
        ]


def node_of(passage: Passage) -> TextNode:
    """Return a passage as a LlamaIndex node with the same id; offsets index the canonical text.

    Its metadata is left out of what an embedding sees, so that a vector depends on the text alone.
    """
    document = passage.document
    described: dict[str, str | int | None] = {
        "document": document.id,
        "title": document.title,
        "heading": passage.heading,
        "trail": " / ".join(passage.trail),
        "kind": document.kind.value,
        "version": document.version,
        "version_hash": document.hash,
        "legal_status": document.status.value,
        "scope": document.scope,
        "in_force_from": document.in_force_from.isoformat() if document.in_force_from else None,
        "page": passage.page,
        "verdict": passage.verdict.value if passage.verdict else None,
    }
    metadata = {name: value for name, value in described.items() if value is not None}
    return TextNode(
        id_=passage.id,
        text=passage.text,
        metadata=metadata,
        excluded_embed_metadata_keys=list(metadata),
        start_char_idx=passage.start,
        end_char_idx=passage.end,
    )


def _found(hit: Hit) -> NodeWithScore:
    return NodeWithScore(node=node_of(hit.passage), score=hit.score)


def _described(answer: Answer) -> dict[str, object]:
    return {
        "status": answer.status.value,
        "topic": answer.topic.value,
        "verdict": answer.verdict.value if answer.verdict else None,
        "as_of": answer.as_of.isoformat(),
        "trace_id": answer.trace_id,
        "citations": [asdict(citation) for citation in answer.citations],
    }


class LlamaIndexEncoder:
    """Any LlamaIndex embedding as our encoder; see ``encoder_from``."""

    def __init__(self, embedding: BaseEmbedding) -> None:
        self._embedding = embedding
        declared = {name: value for name, value in embedding.to_payload().items() if "batch" not in name}
        payload = json.dumps(declared, sort_keys=True, default=str)
        self.fingerprint = "llama-index:" + hashlib.sha256(payload.encode()).hexdigest()[:16]
        self.dimension = len(embedding.get_text_embedding("dimension"))

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row per text; a zero vector stays zero."""
        rows = np.asarray(self._embedding.get_text_embedding_batch(list(texts)), dtype=np.float32)
        rows = rows.reshape(len(texts), self.dimension)
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        unit: Vectors = rows / np.maximum(norms, 1e-12)
        return unit


def encoder_from(embedding: BaseEmbedding) -> Encoder:
    """Return a LlamaIndex embedding as an encoder for our index.

    Our index encodes texts and questions alike: a model that wants an instruction before questions only
    should receive it through its own settings. The fingerprint comes from the class and the name that the
    embedding declares, not from its weights: rename a model whose weights change.
    """
    return LlamaIndexEncoder(embedding)
