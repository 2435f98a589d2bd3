import random

import pytest

from assistant.documents.decoding import decode
from assistant.errors import DocumentError

FRENCH = "Où l’élève naïf a reçu ses données : à l’œil, « ça » coûte 3 €.\n" * 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252", "iso8859_15"])
def test_french_is_decoded(encoding: str) -> None:
    text = FRENCH if encoding != "iso8859_15" else FRENCH.replace("’", "'")
    assert decode(text.encode(encoding)) == text


def test_latin_1_with_a_single_accent() -> None:
    assert decode(b"d\xe9lai") == "délai"


def test_late_accents_in_a_long_ascii_text() -> None:
    text = "plain words " * 30_000 + "Les données personnelles sont protégées à l'école."
    assert decode(text.encode("latin-1")).endswith("Les données personnelles sont protégées à l'école.")


def test_declared_encoding_is_used_and_a_wrong_one_is_not() -> None:
    assert decode("à côté".encode("mac_roman"), "mac_roman") == "à côté"
    assert decode("à côté de la règle".encode("cp1252"), "pas-un-encodage") == "à côté de la règle"


def test_line_ends_are_unix() -> None:
    assert decode(b"a\r\nb\rc") == "a\nb\nc"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7 rest", "un PDF renommé"),
        (b"PK\x03\x04rest", "ZIP"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"ordinary\x00binary", "binaire"),
        (random.Random(1).randbytes(2000).replace(b"\x00", b"\x01"), "binaire"),
    ],
)
def test_binary_in_disguise_is_refused_by_name(data: bytes, words: str) -> None:
    with pytest.raises(DocumentError, match=words) as caught:
        decode(data)
    assert caught.value.remedy
