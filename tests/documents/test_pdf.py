import io
from collections.abc import Callable

import pytest
from fpdf import FPDF
from pypdf import PdfReader, PdfWriter

from assistant.documents.splitter import split
from assistant.domain import Document, Section
from assistant.errors import DocumentError

Read = Callable[[bytes | str, str], Document]
Find = Callable[[Document, str], tuple[Section, str]]

LONG = (
    "Chaque agent qui utilise un outil d'intelligence artificielle pour son service relit en entier le "
    "texte obtenu, contrôle les faits, les dates et les montants, et reste responsable de ce qu'il signe"
)


def law(page: Callable[..., object]) -> bytes:
    """Three pages of a law: running header, page numbers, a footnote, a sentence over a page break."""
    paper = page("Journal de la ville - 12.7.2024", "{}/3")
    paper.page().heading("Règlement sur l'IA", 16, "C").text(
        "Adopté par le conseil en sa séance du 3 mars 2026."
    )
    paper.text("CHAPITRE I", align="C").heading("DISPOSITIONS GÉNÉRALES", 11, "C")
    paper.text("Article premier", align="C").heading("Objet", 11, "C")
    paper.text("1. Le présent règlement fixe des règles.").text("2. Sont interdits:", gap=1)
    paper.text("a) la notation des usagers;", gap=1).text("b) le tri des candidatures; et", gap=1)
    paper.text("c) la surveillance des agents.")
    paper.at(210).text(LONG + ", même lorsque la mention de l'outil", gap=0)
    paper.at(262).text("(1) Journal officiel du 12 juillet 2024, page 3.", size=8)
    paper.page().text("figure sur le document. Une phrase suit.").text("Article 2", align="C")
    paper.heading("Champ d'application", 11, "C").text("Les élus et les agents sont concernés.")
    paper.page().text("ANNEXE I", align="C").heading("Liste des usages", 11, "C").text(
        "La traduction et le résumé sont admis."
    )
    return paper.bytes()


def test_articles_are_sections_under_their_chapter(read: Read, pdf: type, section: Find) -> None:
    document = read(law(pdf), "loi.pdf")
    trails = {one.anchor: one.trail for one in document.sections}
    assert trails["article-1"] == ("CHAPITRE I – DISPOSITIONS GÉNÉRALES", "Article premier – Objet")
    assert trails["article-2"][-1] == "Article 2 – Champ d'application"
    assert trails["annexe-i"] == ("ANNEXE I – Liste des usages",)
    found, text = section(document, "article-1")
    assert text.split("\n")[1:6] == [
        "1. Le présent règlement fixe des règles.",
        "2. Sont interdits:",
        "a) la notation des usagers;",
        "b) le tri des candidatures; et",
        "c) la surveillance des agents.",
    ]
    assert document.page_at(found.start) == 1
    assert document.info.title == "Règlement sur l'IA"


def test_a_sentence_goes_on_over_lines_and_pages(read: Read, pdf: type) -> None:
    document = read(law(pdf), "loi.pdf")
    wanted = f"{LONG}, même lorsque la mention de l'outil figure sur le document. Une phrase suit."
    assert wanted in document.text.split("\n")
    at = document.text.index(wanted)
    assert document.page_at(at) == 1
    assert document.page_at(at + wanted.index("figure")) == 2
    assert document.page_at(document.text.index("La traduction")) == 3


def test_headers_footers_and_notes_are_set_apart(read: Read, pdf: type, section: Find) -> None:
    document = read(law(pdf), "loi.pdf")
    assert "Journal de la ville" not in document.text
    assert "1/3" not in document.text
    found, text = section(document, "notes-page-1")
    assert text.strip() == "(1) Journal officiel du 12 juillet 2024, page 3."
    assert found.trail == ("Notes de bas de page (page 1)",)


def test_an_article_at_the_top_of_pages_is_not_a_running_header(read: Read, pdf: type) -> None:
    paper = pdf("Ville", "Page {}")
    for number, rule in ((4, "relit tout"), (12, "signale"), (16, "se forme"), (22, "rend compte")):
        paper.page().text(f"Article {number}", align="C").heading("Objet", 11, "C")
        paper.text(f"Chaque agent {rule}.")
    document = read(paper.bytes(), "loi.pdf")
    assert [one.anchor for one in document.sections] == [
        "article-4",
        "article-12",
        "article-16",
        "article-22",
    ]
    assert "Ville" not in document.text
    assert "Page" not in document.text


def test_headings_by_size_when_there_is_no_law(read: Read, pdf: type) -> None:
    paper = pdf().page().heading("Guide des outils", 20)
    for title in ("Premiers pas", "Aller plus loin"):
        paper.heading(title, 14).text(f"{LONG}.").heading("Détail", 11).text("Un texte court suit ce titre.")
    document = read(paper.bytes(), "guide.pdf")
    assert [one.trail for one in document.sections] == [
        ("Guide des outils",),
        ("Guide des outils", "Premiers pas"),
        ("Guide des outils", "Premiers pas", "Détail"),
        ("Guide des outils", "Aller plus loin"),
        ("Guide des outils", "Aller plus loin", "Détail"),
    ]


def test_hyphens_at_line_ends(read: Read) -> None:
    paper = FPDF()
    paper.add_page()
    paper.set_font("Helvetica", size=11)
    lines = [
        "L'administration publie la liste et le vice-président la signe ; le service public admi-",
        "nistratif respecte la règle, et le conseil se réunit avec celui-",
        "ci lorsque la question est posée par une commune ou par un élu de la vice-",
        "présidence. Les années 2024-",
        "2027 sont visées par ce texte de la commune et de toute la métropole entière.",
    ]
    for number, line in enumerate(lines):
        paper.text(20, 30 + 5 * number, line)
    text = read(bytes(paper.output()), "a.pdf").text.replace("\n", " ")
    assert "public administratif respecte" in text
    assert "avec celui-ci lorsque" in text
    assert "la vice-présidence" in text
    assert "2024-2027 sont visées" in text


def test_items_without_marker_nor_full_stop_stay_apart(read: Read, pdf: type) -> None:
    paper = pdf().page().text(f"{LONG}.").text("Rendre des comptes, c'est:", gap=0)
    for item in ("signaler que l'on utilise un algorithme,", "décrire son fonctionnement général,"):
        paper.text(item, gap=0)
    assert read(paper.bytes(), "a.pdf").text.split("\n")[1:] == [
        "Rendre des comptes, c'est:",
        "signaler que l'on utilise un algorithme,",
        "décrire son fonctionnement général,",
    ]


def test_a_narrow_quotation_is_one_paragraph(read: Read, pdf: type) -> None:
    paper = pdf().page().text(f"{LONG}.")
    paper.pdf.set_left_margin(60)
    paper.text(f"{LONG}.", w=80)
    assert read(paper.bytes(), "a.pdf").text == f"{LONG}.\n{LONG}."


def test_contents_with_leaders_are_left_out(read: Read, pdf: type) -> None:
    paper = (
        pdf().page().text("Article 1 Objet .................................. 2").text("Un vrai paragraphe.")
    )
    assert read(paper.bytes(), "a.pdf").text == "Un vrai paragraphe."


def test_a_table_over_two_pages_keeps_its_columns(read: Read, pdf: type) -> None:
    paper = pdf().page().text("Liste des outils admis.")
    paper.table([["Outil", "Avis"], ["A", "oui"]])
    paper.page().table([["B", "non"], ["C", "oui"]])
    assert read(paper.bytes(), "a.pdf").text.split("\n")[1:] == [
        "Outil : A ; Avis : oui",
        "Outil : B ; Avis : non",
        "Outil : C ; Avis : oui",
    ]


def test_recitals_are_sections(read: Read, pdf: type, section: Find) -> None:
    paper = pdf().page().text("considérant ce qui suit:")
    for number in (1, 2, 3):
        paper.text(f"({number}) {LONG}.")
    paper.text("Article 1", align="C").heading("Objet", 11, "C").text("(1) Un point de l'article.")
    document = read(paper.bytes(), "loi.pdf")
    found, text = section(document, "considerant-2")
    assert found.trail[-1] == "Considérant 2"
    assert text.strip() == f"(2) {LONG}."
    assert "considerant-4" not in [one.anchor for one in document.sections]


def test_ruled_tables_give_one_line_per_row(read: Read, pdf: type) -> None:
    paper = pdf().page().text("Liste des outils admis.")
    paper.table([["Outil", "Données"], ["Traducteur", "publiques"], ["Transcription", "internes"]])
    paper.text("Cette liste est tenue à jour.")
    assert read(paper.bytes(), "a.pdf").text.split("\n") == [
        "Liste des outils admis.",
        "Outil : Traducteur ; Données : publiques",
        "Outil : Transcription ; Données : internes",
        "Cette liste est tenue à jour.",
    ]


def test_columns_are_read_one_after_the_other(read: Read) -> None:
    paper = FPDF()
    paper.add_page()
    paper.set_font("Helvetica", size=11)
    for column, words in ((20, "gauche"), (115, "droite")):
        for line in range(8):
            end = "." if line == 7 else ""
            paper.text(column, 40 + 6 * line, f"La colonne de {words} continue ligne {line}{end}")
    text = read(bytes(paper.output()), "a.pdf").text
    assert text.index("gauche continue ligne 7.") < text.index("droite continue ligne 0")


def test_a_late_drawn_title_comes_first_and_exponents_stay(read: Read) -> None:
    paper = FPDF()
    paper.add_page()
    paper.set_font("Helvetica", size=11)
    paper.text(20, 60, "Le calcul dépasse 10")
    width = paper.get_string_width("Le calcul dépasse 10")
    paper.set_font("Helvetica", size=6)
    paper.text(20 + width, 57.8, "25")
    paper.set_font("Helvetica", size=11)
    paper.text(20 + width + 3, 60, "opérations par seconde.")
    paper.set_font("Helvetica", "B", 18)
    paper.text(20, 40, "Puissance de calcul")
    document = read(bytes(paper.output()), "a.pdf")
    assert document.text == "Puissance de calcul\nLe calcul dépasse 10²⁵ opérations par seconde."


def test_footnote_calls_leave_the_sentence(read: Read) -> None:
    paper = FPDF()
    paper.add_page()
    paper.set_font("Helvetica", size=11)
    before = "Le règlement européen"
    paper.text(20, 60, before)
    width = paper.get_string_width(before)
    paper.set_font("Helvetica", size=6)
    paper.text(20 + width, 57.8, "1")
    paper.set_font("Helvetica", size=11)
    paper.text(20 + width + 2.5, 60, "s'applique à tous les services de la ville.")
    paper.set_font("Helvetica", size=8)
    paper.text(20, 270, "1 Règlement du 13 juin 2024.")
    document = read(bytes(paper.output()), "a.pdf")
    assert "Le règlement européen s'applique à tous" in document.text
    assert document.sections[-1].trail == ("Notes de bas de page (page 1)",)


def test_rotated_pages_are_read_upright(read: Read, pdf: type) -> None:
    writer = PdfWriter()
    for page in PdfReader(io.BytesIO(pdf().page().text(f"{LONG}.").text("Fin du texte.").bytes())).pages:
        writer.add_page(page).rotate(90)
    stream = io.BytesIO()
    writer.write(stream)
    assert read(stream.getvalue(), "a.pdf").text == f"{LONG}.\nFin du texte."


def test_passages_carry_their_page(read: Read, pdf: type) -> None:
    pages = {passage.id: passage.page for passage in split(read(law(pdf), "loi.pdf"))}
    assert pages["loi#article-2"] == 2
    assert pages["loi#annexe-i"] == 3


def test_a_pdf_with_a_password_is_refused_by_name(read: Read, pdf: type) -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(law(pdf))))
    writer.encrypt("secret", algorithm="AES-256")
    stream = io.BytesIO()
    writer.write(stream)
    with pytest.raises(DocumentError, match="mot de passe"):
        read(stream.getvalue(), "a.pdf")


def test_a_scan_is_refused_by_name(read: Read, png: bytes) -> None:
    paper = FPDF()
    paper.set_font("Helvetica", size=8)
    for number in range(2):
        paper.add_page()
        paper.image(io.BytesIO(png), 0, 0, 210, 297)
        paper.text(100, 290, str(number + 1))
    with pytest.raises(DocumentError, match="numérisé sans texte") as caught:
        read(bytes(paper.output()), "scan.pdf")
    assert "OCR" in caught.value.remedy


def test_a_pdf_without_text_nor_picture_is_refused(read: Read) -> None:
    paper = FPDF()
    paper.add_page()
    with pytest.raises(DocumentError, match="aucun texte"):
        read(bytes(paper.output()), "blanc.pdf")


def test_a_pdf_without_pages_is_refused(read: Read) -> None:
    stream = io.BytesIO()
    PdfWriter().write(stream)
    with pytest.raises(DocumentError, match="aucune page"):
        read(stream.getvalue(), "a.pdf")


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9, 0.999])
def test_a_truncated_pdf_is_refused(read: Read, pdf: type, keep: float) -> None:
    data = law(pdf)
    with pytest.raises(DocumentError, match="tronqué"):
        read(data[: int(len(data) * keep)], "a.pdf")


def test_what_is_not_a_pdf_is_refused(read: Read) -> None:
    with pytest.raises(DocumentError, match="pas un PDF"):
        read("Bonjour", "a.pdf")
    with pytest.raises(DocumentError, match="endommagé"):
        read(b"%PDF-1.7\nrien du tout\n%%EOF", "a.pdf")
