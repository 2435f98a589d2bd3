import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.documents.folder import read_folder
from assistant.documents.placeholders import UNSET
from assistant.errors import CorpusError

Corpus = Callable[[dict[str, bytes | str]], Path]
LIMIT = 1_000_000


def test_one_bad_file_never_stops_the_others(corpus: Corpus) -> None:
    folder = corpus(
        {
            "a.md": "Bonjour à tous.",
            "b/vide.md": "",
            "c.pdf": "%PDF-1.4 tronqué",
            "d.md": b"\x89PNG\r\n\x1a\n",
            "e.docx": "pas un docx",
            "f.txt": "Délai réduit.".encode("latin-1"),
            "g.md": "---\n: : [\n---\nTexte.",
            "h.html": "<p>Une page.</p>",
        }
    )
    reading = read_folder(folder, LIMIT)
    assert [one.info.source for one in reading.documents] == ["a.md", "f.txt", "h.html"]
    assert [one.source for one in reading.rejections] == ["b/vide.md", "c.pdf", "d.md", "e.docx", "g.md"]
    assert all(one.reason and one.remedy for one in reading.rejections)
    assert "Ligne 2" in reading.rejections[-1].reason
    assert reading.file_hashes["a.md"] == hashlib.sha256("Bonjour à tous.".encode()).hexdigest()
    assert set(reading.file_hashes) == {"a.md", "f.txt", "h.html"}


def test_what_is_not_a_document_is_left_out(corpus: Corpus) -> None:
    names = {
        "README.md": "Mode d’emploi.",
        "references.yaml": "a: b",
        "photo.jpg": "x",
        ".cache/a.md": "a b c",
        "~$note.docx": "x",
        "brouillon.md~": "x",
        "parcours/jour-1.md": "a b c",
        "__MACOSX/a.md": "x",
        "guides/README.md": "Un vrai document.",
    }
    reading = read_folder(corpus(names), LIMIT)
    assert [one.info.source for one in reading.documents] == ["guides/README.md"]
    assert reading.ignored == ("photo.jpg", "references.yaml")
    assert not reading.rejections


def test_same_id_is_refused_and_both_files_are_named(corpus: Corpus) -> None:
    header = "---\ntitre: A\nid: charte\n---\nTexte."
    reading = read_folder(corpus({"a.md": header, "b.md": header, "c.md": "Autre."}), LIMIT)
    assert [one.info.source for one in reading.documents] == ["a.md", "c.md"]
    (rejection,) = reading.rejections
    assert rejection.source == "b.md"
    assert "« b.md » et « a.md » ont le même identifiant « charte »" in rejection.reason


def test_links_that_leave_the_folder_are_refused(corpus: Corpus, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.md").write_text("Secret.", encoding="utf-8")
    folder = corpus({"a.md": "Bonjour.", "sub/b.md": "Bonsoir."})
    (folder / "escape.md").symlink_to(outside / "secret.md")
    (folder / "door").symlink_to(outside)
    (folder / "broken.md").symlink_to(folder / "absent.md")
    (folder / "twin.txt").symlink_to(folder / "a.md")
    reading = read_folder(folder, LIMIT)
    assert [one.info.source for one in reading.documents] == ["a.md", "sub/b.md", "twin.txt"]
    reasons = {one.source: one.reason for one in reading.rejections}
    assert "sort du dossier" in reasons["escape.md"]
    assert "sort du dossier" in reasons["door"]
    assert "rompu" in reasons["broken.md"]
    assert "Secret" not in "".join(one.text for one in reading.documents)


def test_a_name_that_is_not_unicode_is_refused(corpus: Corpus) -> None:
    folder = corpus({"a.md": "Bonjour."})
    try:
        Path(os.fsdecode(os.fsencode(folder) + b"/d\xe9lai.md")).write_text("x", encoding="utf-8")
    except OSError:
        pytest.skip("this file system only takes Unicode names")
    (rejection,) = read_folder(folder, LIMIT).rejections
    assert rejection.source == "d?lai.md"
    assert rejection.source.encode()


def test_a_large_file_is_refused_and_named(corpus: Corpus) -> None:
    folder = corpus({"a.md": "Bonjour."})
    with (folder / "grand.txt").open("wb") as file:
        file.truncate(50_000_000)
    (rejection,) = read_folder(folder, 40_000_000).rejections
    assert rejection.source == "grand.txt"


def test_missing_and_empty_folders(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="n’existe pas"):
        read_folder(tmp_path / "absent", LIMIT)
    with pytest.raises(CorpusError, match="aucun document"):
        read_folder(tmp_path, LIMIT)


def test_progress_and_unchanged_files(corpus: Corpus) -> None:
    folder = corpus({"a.md": "Bonjour.", "b.md": "Bonsoir."})
    first = read_folder(folder, LIMIT)
    known = {one.info.source: (first.file_hashes[one.info.source], one) for one in first.documents}
    (folder / "b.md").write_text("Changé.", encoding="utf-8")
    steps: list[tuple[int, int, str]] = []
    second = read_folder(folder, LIMIT, lambda *step: steps.append(step), known)
    assert steps == [(0, 2, "a.md"), (1, 2, "b.md"), (2, 2, "")]
    assert second.documents[0] is first.documents[0]
    assert second.documents[1].text == "Changé."


def test_a_file_is_read_again_when_a_value_it_uses_changes(corpus: Corpus) -> None:
    folder = corpus(
        {"a.md": "Écrivez à {{dpo.courriel}}.", "b.md": "Appelez {{rssi.telephone}}.", "c.md": "Bonjour."}
    )
    before = {**UNSET, "dpo.courriel": "dpo@ville.example"}
    first = read_folder(folder, LIMIT, values=before)
    assert first.placeholders == {"dpo.courriel", "rssi.telephone"}
    known = {one.info.source: (first.file_hashes[one.info.source], one) for one in first.documents}
    after = {**before, "dpo.courriel": "rgpd@ville.example"}
    second = read_folder(folder, LIMIT, None, known, after)
    assert [new is old for new, old in zip(second.documents, first.documents, strict=True)] == [
        False,
        True,
        True,
    ]
    assert second.documents[0].text == "Écrivez à rgpd@ville.example."
    assert second.placeholders == first.placeholders
    changed = [source for source, digest in second.file_hashes.items() if digest != first.file_hashes[source]]
    assert changed == ["a.md"]


def test_a_file_without_values_says_what_is_missing(corpus: Corpus) -> None:
    (document,) = read_folder(corpus({"a.md": "Voyez {{intranet.adresse}}."}), LIMIT).documents
    assert document.text == "Voyez [adresse de la page intranet à compléter]."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_a_placeholder_is_filled_whatever_the_encoding(encoding: str, corpus: Corpus) -> None:
    folder = corpus({"a.txt": "Délai réduit : {{dpo.courriel}}.".encode(encoding)})
    reading = read_folder(folder, LIMIT, values={"dpo.courriel": "dpo@ville.example"})
    assert reading.documents[0].text == "Délai réduit : dpo@ville.example."


def test_a_document_from_elsewhere_is_read_as_it_is(corpus: Corpus) -> None:
    reading = read_folder(corpus({"a.html": "<p>Voyez {{dpo.courriel}}.</p>"}), LIMIT)
    assert reading.documents[0].text == "Voyez {{dpo.courriel}}."
    assert reading.placeholders == frozenset()


def test_ids_do_not_depend_on_the_order_of_the_disk(corpus: Corpus) -> None:
    folder = corpus({f"{name}.md": f"Texte {name}." for name in "cab"})
    assert [one.info.id for one in read_folder(folder, LIMIT).documents] == ["a", "b", "c"]
