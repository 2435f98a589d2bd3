"""The bundled encoder: same vectors as sentence-transformers, unit rows, clear refusals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.errors import StoreError
from assistant.indexing.encoder import StaticEncoder, open_encoder
from assistant.settings import ROOT

FOLDER = ROOT / "index" / "encoder"
SENTENCES = [
    "Puis-je confier le courrier d’un usager à un assistant en ligne ?",
    "La relecture par un agent est obligatoire avant tout envoi.",
    "L'IA",
    "12 bis, rue de l’Œuvre – 2024/1689",
]


def test_rows_are_unit_vectors_and_blank_texts_are_zero() -> None:
    encoder = open_encoder(str(FOLDER))
    vectors = encoder.encode([*SENTENCES, ""])
    assert vectors.shape == (len(SENTENCES) + 1, encoder.dimension)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors[:-1], axis=1), 1, atol=1e-5)
    assert not vectors[-1].any()


def test_meaning_orders_sentences() -> None:
    vectors = StaticEncoder(FOLDER).encode(
        ["relire une lettre avant de l’envoyer", "vérifier un courrier", "recette de gâteau au chocolat"]
    )
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]


def test_fingerprint_names_the_weights(tmp_path: Path) -> None:
    first = StaticEncoder(FOLDER)
    for name in ("model.safetensors", "tokenizer.json", "modules.json"):
        (tmp_path / name).write_bytes((FOLDER / name).read_bytes())
    assert StaticEncoder(tmp_path).fingerprint == first.fingerprint
    tokenizer = (tmp_path / "tokenizer.json").read_text(encoding="utf-8")
    (tmp_path / "tokenizer.json").write_text(tokenizer + "\n", encoding="utf-8")
    assert StaticEncoder(tmp_path).fingerprint != first.fingerprint


def test_incomplete_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"model\.safetensors"):
        StaticEncoder(tmp_path)


def test_unknown_model_is_refused_without_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(StoreError, match="ne se charge pas"):
        open_encoder("nobody/no-such-model")


@pytest.mark.slow
def test_sentence_transformers_gives_the_same_vectors() -> None:
    from sentence_transformers import SentenceTransformer

    expected = SentenceTransformer(str(FOLDER), device="cpu").encode(SENTENCES)
    assert np.abs(StaticEncoder(FOLDER).encode(SENTENCES) - expected).max() < 2e-3
