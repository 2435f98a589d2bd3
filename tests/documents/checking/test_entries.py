from pathlib import Path

from assistant.documents.checking.entries import Entries, SourceFile
from assistant.documents.folder import read_folder
from tests.documents.checking.prepared import FAQ, GOOD, RULES, Corpus

TEXT = "# Titre\n\n## Une question ? {#une}\n\nLe code des relations entre\nle public et l’administration.\n\nFin."


def read(folder: Path) -> Entries:
    return Entries(folder, read_folder(folder, 10**6).documents)


def test_words_are_found_from_a_line_on_though_they_run_over_lines() -> None:
    file = SourceFile(Path("a.md"), TEXT)
    assert file.line_of("relations entre le public") == 5
    assert file.line_of("LE PUBLIC") == 6
    assert file.line_of("une question") == 3
    assert file.line_of("une question", first=4) is None
    assert file.line_of("absent") is None


def test_a_header_is_ours_or_nothing() -> None:
    ours = SourceFile(Path("a.md"), "---\nid: a\ntitre: A\n---\nTexte.").header
    assert ours and ours.line_of("titre") == 3
    assert SourceFile(Path("a.md"), "---\ntitle: A\n---\nTexte.").header is None
    assert SourceFile(Path("a.txt"), "---\ntitre: A\n---\nTexte.").header is None
    assert SourceFile(Path("a.md"), "---\ntitre: [A\n---\nTexte.").header is None
    rules = SourceFile(Path("regles.yaml"), RULES).header
    assert rules and rules.text("id") == "regles"


def test_an_entry_gives_its_address_its_questions_and_its_body(corpus: Corpus) -> None:
    entries = read(corpus(GOOD))
    one = entries.by_address["faq#traduire"]
    assert one.heading == "Puis-je traduire ?"
    assert one.body == "Oui, vous le pouvez."
    assert one.questions[:2] == ["Puis-je traduire ?", "traduire un flyer"]
    rule = entries.by_address["regles#traduire"]
    assert rule.questions == ["un document allemand à comprendre"]


def test_a_problem_names_the_line_of_its_words_or_else_of_its_entry(corpus: Corpus) -> None:
    folder = corpus(GOOD)
    entries = read(folder)
    one = entries.by_address["faq#traduire"]
    assert str(entries.problem(one, "passer une affiche", "x")) == "faq.md, ligne 16 : x"
    assert str(entries.problem(one, "nulle part", "x")) == "faq.md, ligne 11 : x"
    rule = entries.by_address["regles#traduire"]
    assert str(entries.problem(rule, "verdict: autorisé", "x")) == "regles.yaml, ligne 9 : x"


def test_a_file_gone_since_it_was_read_gives_no_line(corpus: Corpus) -> None:
    folder = corpus({"faq.md": FAQ})
    entries = read(folder)
    (folder / "faq.md").unlink()
    assert entries.problem(entries.by_address["faq#traduire"], "traduire", "x").line is None
    assert list(entries.prepared()) == []
