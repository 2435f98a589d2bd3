"""Text encoders: the bundled static one read with numpy, or any sentence-transformers model.

The bundled encoder is a sentence-transformers ``StaticEmbedding`` followed by ``Normalize``: the
vector of a text is the mean of its tokens' rows, scaled to unit length. Reading it with
``tokenizers`` + ``safetensors`` + numpy gives the same vectors (a test proves it) without importing
torch, which takes most of a cold start.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.errors import StoreError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = NDArray[np.float32]
BATCH = 512
logger = logging.getLogger(__name__)


class Encoder(Protocol):
    """Turns texts into unit vectors; ``fingerprint`` names the exact weights."""

    fingerprint: str
    dimension: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return an array of shape (len(texts), dimension) whose rows have length 1 (0 if unknown)."""
        ...


class StaticEncoder:
    """The bundled encoder, or any folder that holds a ``StaticEmbedding`` model.

    Raises:
        StoreError: the folder lacks ``model.safetensors`` or ``tokenizer.json``.
    """

    def __init__(self, folder: Path) -> None:
        from safetensors import SafetensorError
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        weights, tokenizer = folder / "model.safetensors", folder / "tokenizer.json"
        for needed in (weights, tokenizer):
            if not needed.is_file():
                raise StoreError(
                    f"Encodeur incomplet : « {needed.name} » manque dans {folder}.",
                    "Un dossier avec model.safetensors et tokenizer.json.",
                    "Restaurez index/encoder/ ou changez REPERE_EMBEDDING_MODEL.",
                )
        try:
            self._table: NDArray[np.float16] = load_file(weights)["embedding.weight"]
        except (SafetensorError, KeyError) as error:
            raise StoreError(
                f"Les poids de l’encodeur « {weights} » sont illisibles : {error}.",
                "Un fichier safetensors complet, avec « embedding.weight ».",
                "Restaurez index/encoder/ ou changez REPERE_EMBEDDING_MODEL.",
            ) from error
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self.dimension = int(self._table.shape[1])
        self.fingerprint = "static:" + _digest(weights, tokenizer)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row per text; a text without any known token gives a zero row."""
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), BATCH):
            batch = list(texts[start : start + BATCH])
            for offset, encoding in enumerate(
                self._tokenizer.encode_batch_fast(batch, add_special_tokens=False)
            ):
                if encoding.ids:
                    rows[start + offset] = self._table[encoding.ids].mean(axis=0, dtype=np.float32)
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        unit: Vectors = rows / np.maximum(norms, 1e-12)
        return unit


class TransformerEncoder:
    """Any sentence-transformers model, by folder or hub id; importing torch takes several seconds."""

    def __init__(self, name: str) -> None:
        from sentence_transformers import SentenceTransformer

        try:
            self._model: SentenceTransformer = SentenceTransformer(name, device="cpu")
        except (OSError, ValueError) as error:
            raise StoreError(
                f"Le modèle d’encodage « {name} » ne se charge pas : {error}",
                "Un dossier local ou un modèle déjà présent dans le cache.",
                "Copiez le modèle sur ce poste et donnez son dossier à REPERE_EMBEDDING_MODEL.",
            ) from error
        self.dimension = int(self._model.encode(["dimension"]).shape[1])
        folder = Path(name)
        weights = sorted(folder.rglob("*.safetensors")) if folder.is_dir() else []
        self.fingerprint = "transformer:" + (_digest(*weights) if weights else name)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row per text."""
        rows: Vectors = self._model.encode(
            list(texts), normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
        ).astype(np.float32)
        return rows.reshape(len(texts), self.dimension)


def _digest(*files: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
    return digest.hexdigest()[:16]


def _is_static(folder: Path) -> bool:
    modules = folder / "modules.json"
    if not modules.is_file():
        return False
    types = [str(module["type"]) for module in json.loads(modules.read_text(encoding="utf-8"))]
    return types[0].endswith(".StaticEmbedding")


def open_encoder(model: str) -> Encoder:
    """Open the encoder that a setting names: static folders with numpy, all others with torch."""
    folder = Path(model)
    if folder.is_dir() and _is_static(folder):
        return StaticEncoder(folder)
    logger.info("loading sentence-transformers model %s", model)
    return TransformerEncoder(model)
