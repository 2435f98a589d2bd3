import io
from collections.abc import Callable

import docx
import pytest
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from assistant.domain import Document
from assistant.errors import DocumentError

Read = Callable[[bytes | str, str], Document]


def saved(document: docx.document.Document) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_headings_lists_and_tables_in_order(read: Read) -> None:
    word = docx.Document()
    word.add_heading("Charte", 0)
    word.add_heading("Article 1 – Objet", 1)
    word.add_paragraph("La charte fixe\tdes règles.")
    word.add_paragraph("Premier point", style="List Number")
    word.add_paragraph("Second point", style="List Number")
    word.add_paragraph("Puce", style="List Bullet")
    table = word.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ["Outil", "Avis", "A", "oui"], strict=True):
        cell.text = text
    word.add_paragraph("Après le tableau.")
    document = read(saved(word), "charte.docx")
    assert document.text.split("\n") == [
        "Charte",
        "",
        "Article 1 – Objet",
        "La charte fixe des règles.",
        "1. Premier point",
        "2. Second point",
        "– Puce",
        "Outil : A ; Avis : oui",
        "Après le tableau.",
    ]
    assert document.info.title == "Charte"
    assert document.sections[1].anchor == "article-1"


def test_french_style_names_and_outline_levels(read: Read) -> None:
    word = docx.Document()
    own = word.styles.add_style("Titre 2 mairie", docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
    own.base_style = word.styles["Heading 2"]
    word.styles.add_style("Titre 1", docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
    word.add_paragraph("Grand titre", style="Titre 1")
    word.add_paragraph("Sous-titre", style="Titre 2 mairie")
    outlined = word.add_paragraph("Encore un titre")
    level = OxmlElement("w:outlineLvl")
    level.set(qn("w:val"), "2")
    outlined._p.get_or_add_pPr().append(level)
    word.add_paragraph("Du texte.")
    assert read(saved(word), "a.docx").sections[-1].trail == ("Grand titre", "Sous-titre", "Encore un titre")


def test_insertions_are_kept_deletions_are_not(read: Read) -> None:
    word = docx.Document()
    paragraph = word.add_paragraph("Le délai est de ")
    paragraph._p.append(
        parse_xml(f"<w:ins {nsdecls('w')} w:id='1' w:author='x'><w:r><w:t>dix</w:t></w:r></w:ins>")
    )
    paragraph._p.append(
        parse_xml(
            f"<w:del {nsdecls('w')} w:id='2' w:author='x'><w:r><w:delText>cinq</w:delText></w:r></w:del>"
        )
    )
    paragraph.add_run(" jours.")
    assert read(saved(word), "a.docx").text == "Le délai est de dix jours."


def test_content_controls_are_read_and_a_table_of_contents_is_not(read: Read) -> None:
    word = docx.Document()
    word.add_paragraph("Avant.")
    for gallery, text in (("Table of Contents", "Sommaire 3"), ("", "Dans un contrôle.")):
        part = f"<w:docPartObj><w:docPartGallery w:val='{gallery}'/></w:docPartObj>" if gallery else ""
        control = parse_xml(
            f"<w:sdt {nsdecls('w')}><w:sdtPr>{part}</w:sdtPr>"
            f"<w:sdtContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        )
        word.element.body.insert(1, control)
    assert read(saved(word), "a.docx").text == "Avant.\nDans un contrôle."


def test_legal_headings_typed_without_styles(read: Read) -> None:
    word = docx.Document()
    for text in ("CHAPITRE I – Principes", "Article 1er : Objet", "Le présent texte.", "Article 2 du code."):
        word.add_paragraph(text)
    document = read(saved(word), "a.docx")
    assert [section.anchor for section in document.sections] == ["chapitre-i-principes", "article-1"]
    assert document.sections[1].trail == ("CHAPITRE I – Principes", "Article 1er : Objet")


def test_merged_cells_are_said_once(read: Read) -> None:
    word = docx.Document()
    table = word.add_table(rows=2, cols=3)
    for cell, text in zip(table._cells, ["Outil", "Avis", "Motif", "A", "oui", ""], strict=True):
        cell.text = text
    table.cell(1, 1).merge(table.cell(1, 2))
    assert read(saved(word), "a.docx").text == "Outil : A ; Avis : oui"


@pytest.mark.parametrize("keep", [0.3, 0.8])
def test_a_truncated_document_is_refused(read: Read, keep: float) -> None:
    word = docx.Document()
    word.add_paragraph("Du texte.")
    data = saved(word)
    with pytest.raises(DocumentError, match="endommagé"):
        read(data[: int(len(data) * keep)], "a.docx")


def test_a_document_with_a_broken_part_is_refused(
    read: Read, archive: Callable[[dict[str, bytes]], bytes]
) -> None:
    with pytest.raises(DocumentError, match="endommagé"):
        read(archive({"word/document.xml": b"<w:document>"}), "a.docx")


def test_an_empty_document_is_refused(read: Read) -> None:
    with pytest.raises(DocumentError, match="aucun texte"):
        read(saved(docx.Document()), "a.docx")
