"""Vectors in Chroma: one collection for the texts of passages, one for the ways they are asked for.

Chroma never encodes anything here (its default embedding function would look for a model on the
network): vectors are always given. A collection is written once, when its generation is built, and
only read afterwards, because one process reading while another writes gives stale neighbours.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from assistant.errors import StoreError
from assistant.indexing.encoder import Vectors

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

TEXTS = "texts"
QUESTIONS = "questions"
NEIGHBOURS = 200
BATCH = 5000  # Chroma refuses more than 5,461 rows at once


class VectorStore:
    """The two collections of one generation, in a folder or on a Chroma server (``url``).

    Rows are numbered from 0 in the order they were written; a row is its own Chroma id.
    """

    def __init__(self, folder: Path, generation: str, url: str = "") -> None:
        self._client = _server(url) if url else _embedded(folder)
        self._prefix = generation
        self._collections: dict[str, Collection] = {}
        self._sizes: dict[str, int] = {}

    def write(self, name: str, vectors: Vectors) -> None:
        """Create a collection holding these unit rows."""
        collection = self._client.create_collection(
            f"{self._prefix}-{name}",
            embedding_function=None,
            configuration={
                "hnsw": {"space": "cosine", "ef_search": 256, "ef_construction": 128, "max_neighbors": 32}
            },
        )
        from chromadb.errors import ChromaError

        for start in range(0, len(vectors), BATCH):
            batch = vectors[start : start + BATCH]
            try:
                collection.add(ids=[str(start + row) for row in range(len(batch))], embeddings=batch)
            except ChromaError as error:  # a full disk comes as Chroma's own error
                raise OSError(str(error)) from error

    def read(self, name: str, rows: Sequence[int]) -> Vectors:
        """Return the stored vectors of these rows, in the order given."""
        if not rows:
            return np.zeros((0, 0), dtype=np.float32)
        found: dict[str, NDArray[np.float32]] = {}
        for start in range(0, len(rows), BATCH):
            ids = [str(row) for row in rows[start : start + BATCH]]
            answer = self._collection(name).get(ids=ids, include=["embeddings"])
            embeddings = answer["embeddings"]
            if embeddings is not None:
                found.update(zip(answer["ids"], np.asarray(embeddings, dtype=np.float32), strict=True))
        return np.stack([found[str(row)] for row in rows])

    def nearest(self, name: str, vector: Vectors) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return up to ``NEIGHBOURS`` rows and their cosines in [-1, 1], best first."""
        collection = self._collection(name)
        # a published generation does not change, and counting takes as long as asking
        if name not in self._sizes:
            self._sizes[name] = collection.count()
        limit = min(NEIGHBOURS, self._sizes[name])
        if limit == 0 or not vector.any():
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        answer = collection.query(
            query_embeddings=vector.reshape(1, -1), n_results=limit, include=["distances"]
        )
        distances = answer["distances"]
        if distances is None:
            raise StoreError(
                "Chroma n’a pas rendu de distances.", "Une distance par voisin.", "Refaites l’index."
            )
        rows = np.array([int(row) for row in answer["ids"][0]], dtype=np.int64)
        return rows, 1 - np.array(distances[0], dtype=np.float32)

    def remove(self) -> None:
        """Delete this generation's collections (a server keeps them after the folder is gone)."""
        for collection in self._client.list_collections():
            if collection.name.startswith(f"{self._prefix}-"):
                self._client.delete_collection(collection.name)

    def close(self) -> None:
        """Release the files or the connection."""
        self._collections.clear()
        self._client.close()

    def _collection(self, name: str) -> Collection:
        if name not in self._collections:
            self._collections[name] = self._client.get_collection(
                f"{self._prefix}-{name}", embedding_function=None
            )
        return self._collections[name]


def _embedded(folder: Path) -> Client:
    import chromadb
    from chromadb.config import Settings as ChromaSettings

    client = chromadb.PersistentClient(str(folder), settings=ChromaSettings(anonymized_telemetry=False))
    return cast("Client", client)


def _server(url: str) -> Client:
    import chromadb
    from chromadb.config import Settings as ChromaSettings

    address = urlsplit(url)
    try:
        client = chromadb.HttpClient(
            host=address.hostname or "localhost",
            port=address.port or (443 if address.scheme == "https" else 8000),
            ssl=address.scheme == "https",
            settings=ChromaSettings(anonymized_telemetry=False),
        )
        return cast("Client", client)
    except ValueError as error:
        raise StoreError(
            f"Le serveur Chroma ne répond pas à l’adresse {url}.",
            "Un serveur Chroma joignable.",
            "Vérifiez REPERE_CHROMA_URL, ou laissez-la vide pour l’index local.",
        ) from error
