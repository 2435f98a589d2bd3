"""The adapter gives exactly what the direct path gives; nothing is fetched, no model is called."""

from pathlib import Path

import numpy as np
import pytest

from assistant.domain import AnswerStatus
from assistant.service import Assistant
from assistant.settings import Settings, load_settings
from assistant.texts import Texts

pytestmark = pytest.mark.slow  # importing LlamaIndex takes seconds

QUESTIONS = (
    "Puis-je coller le courrier d’un habitant dans ChatGPT ?",
    "données personnelles",
    "faut il relire",
    "qui est le DPO ?",
    "recette du gratin dauphinois",
    "",
)


def direct(assistant: Assistant, question: str, limit: int = 10) -> list[tuple[str, float, str]]:
    hits = assistant.search(question, limit)
    return [(hit.passage.id, hit.score, hit.passage.text) for hit in hits]


@pytest.mark.parametrize("question", QUESTIONS)
async def test_the_retriever_returns_the_same_hits(question: str, assistant: Assistant) -> None:
    from assistant.llamaindex import RepereRetriever

    retriever = RepereRetriever(assistant)
    for nodes in (retriever.retrieve(question), await retriever.aretrieve(question)):
        adapted = [(one.node.node_id, one.score, one.node.get_content()) for one in nodes]
        assert adapted == direct(assistant, question)


def test_the_retriever_keeps_its_limit(assistant: Assistant) -> None:
    from assistant.llamaindex import RepereRetriever

    nodes = RepereRetriever(assistant, limit=2).retrieve(QUESTIONS[0])
    assert [one.node.node_id for one in nodes] == [found[0] for found in direct(assistant, QUESTIONS[0], 2)]
    assert len(nodes) == 2


def test_a_node_says_where_its_text_comes_from(assistant: Assistant) -> None:
    from assistant.llamaindex import node_of

    passage = assistant.passage("charte#article-2")
    node = node_of(passage)
    assert node.metadata["document"] == "charte"
    assert node.metadata["version"] == "2.1"
    assert node.metadata["in_force_from"] == "2026-01-05"
    assert "page" not in node.metadata
    text = assistant.document("charte").text
    assert text[node.start_char_idx : node.end_char_idx] == passage.text == node.text


async def test_the_query_engine_says_what_ask_says(assistant: Assistant) -> None:
    from assistant.llamaindex import RepereQueryEngine

    engine = RepereQueryEngine(assistant)
    answer = assistant.ask(QUESTIONS[0])
    assert answer.citations
    for response in (engine.query(QUESTIONS[0]), await engine.aquery(QUESTIONS[0])):
        assert str(response) == answer.text
        assert response.metadata["status"] == answer.status.value
        quotes = [(one["passage_id"], one["quote"], one["start"]) for one in response.metadata["citations"]]
        assert quotes == [(one.passage_id, one.quote, one.start) for one in answer.citations]
        cited = {one.passage_id for one in answer.citations}
        assert {source.node.node_id for source in response.source_nodes} == cited


def test_a_declined_question_has_no_source(assistant: Assistant) -> None:
    from assistant.llamaindex import RepereQueryEngine

    response = RepereQueryEngine(assistant).query("bonjour")
    assert response.metadata["status"] == AnswerStatus.DECLINED.value
    assert response.source_nodes == []
    assert str(response)


async def test_the_embedding_gives_the_vectors_of_the_encoder(assistant: Assistant) -> None:
    from assistant.llamaindex import RepereEmbedding

    embedding = RepereEmbedding(assistant.encoder)
    expected = assistant.encoder.encode(QUESTIONS)
    assert np.array_equal(np.float32(embedding.get_text_embedding_batch(list(QUESTIONS))), expected)
    assert np.array_equal(np.float32(embedding.get_query_embedding(QUESTIONS[0])), expected[0])
    assert np.array_equal(np.float32(await embedding.aget_query_embedding(QUESTIONS[0])), expected[0])


def test_a_llamaindex_index_works_with_our_embedding(assistant: Assistant) -> None:
    from llama_index.core import VectorStoreIndex

    from assistant.llamaindex import RepereEmbedding, node_of

    passages = [hit.passage for hit in assistant.search("agent données intelligence artificielle", 6)]
    index = VectorStoreIndex(
        [node_of(one) for one in passages], embed_model=RepereEmbedding(assistant.encoder)
    )
    best = index.as_retriever(similarity_top_k=1).retrieve(QUESTIONS[1])[0]
    cosines = (
        assistant.encoder.encode([one.text for one in passages]) @ assistant.encoder.encode(QUESTIONS)[1]
    )
    assert best.node.node_id == passages[int(cosines.argmax())].id
    assert best.score == pytest.approx(float(cosines.max()), abs=1e-5)


def test_an_index_made_with_any_llamaindex_embedding_serves(
    corpus: Path, tmp_path: Path, texts: Texts
) -> None:
    """The embedding here is LlamaIndex's own deterministic one."""
    from llama_index.core.embeddings import MockEmbedding

    from assistant.documents.folder import read_folder
    from assistant.indexing.builder import Source, build
    from assistant.indexing.generations import Store
    from assistant.llamaindex import encoder_from

    encoder = encoder_from(MockEmbedding(embed_dim=16))
    assert np.allclose(np.linalg.norm(encoder.encode(QUESTIONS), axis=1), 1)
    settings: Settings = load_settings(corpus=corpus, store=tmp_path / "store")
    reading = read_folder(corpus, 10_000_000)
    store = Store(settings.store, corpus)
    with store.lock():
        manifest = build(store, Source(str(corpus), tuple(reading.documents), reading.file_hashes), encoder)
    assert (manifest.dimension, manifest.encoder) == (16, encoder.fingerprint)
    with Assistant(settings, texts, encoder, store) as assistant:
        assert assistant.search("courrier d’un habitant", 1)[0].passage.id == "faq#courrier"


def test_the_fingerprint_follows_the_model() -> None:
    from llama_index.core.embeddings import MockEmbedding

    from assistant.llamaindex import encoder_from

    one, same, other = (
        encoder_from(MockEmbedding(embed_dim=4, model_name=name)).fingerprint for name in ("a", "a", "b")
    )
    assert one == same != other
