import io
from collections.abc import Callable

import pytest
from odfdo import Cell, Element, Header, List, ListItem, Paragraph, Row, Table
from odfdo import Document as Odt

from assistant.domain import Document
from assistant.errors import DocumentError

Read = Callable[[bytes | str, str], Document]


def saved(document: Odt) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


@pytest.fixture
def odt() -> Odt:
    document = Odt("text")
    document.body.clear()
    return document


def test_headings_lists_tables_and_notes(read: Read, odt: Odt) -> None:
    odt.body.append(Header(1, "Charte"))
    odt.body.append(Header(2, "Article 1 – Objet"))
    paragraph = Paragraph("La règle est simple.")
    paragraph.insert_note(after="règle", note_id="n1", citation="1", body="Voir le code.")
    odt.body.append(paragraph)
    inner = List(["dedans"])
    item = ListItem("premier")
    item.append(inner)
    items = List()
    items.append(item)
    items.append(ListItem("second"))
    odt.body.append(items)
    table = Table("t", width=2, height=0)
    for texts in (("Outil", "Avis"), ("A", "oui")):
        row = Row()
        for text in texts:
            cell = Cell()
            cell.append(Paragraph(text))
            row.append(cell)
        table.append(row)
    odt.body.append(table)
    document = read(saved(odt), "charte.odt")
    assert document.text.split("\n") == [
        "Charte",
        "",
        "Article 1 – Objet",
        "La règle est simple.",
        "– premier",
        "– dedans",
        "– second",
        "Outil : A ; Avis : oui",
        "",
        "(1) Voir le code.",
    ]
    assert [section.anchor for section in document.sections] == ["charte", "article-1", "notes"]


def test_numbered_lists_keep_their_numbers(read: Read, odt: Odt) -> None:
    style = Element.from_tag(
        '<text:list-style style:name="Points"><text:list-level-style-number text:level="1" '
        'style:num-format="a" style:num-suffix=")"/></text:list-style>'
    )
    odt.insert_style(style, automatic=True)
    items = List(["un", "deux"])
    items.set_attribute("text:style-name", "Points")
    odt.body.append(Paragraph("Liste :"))
    odt.body.append(items)
    assert read(saved(odt), "a.odt").text == "Liste :\na) un\nb) deux"


def test_spaces_tabs_and_breaks(read: Read, odt: Odt) -> None:
    odt.body.append(
        Element.from_tag('<text:p>a<text:s text:c="3"/>b<text:tab/>c<text:line-break/>d</text:p>')
    )
    assert read(saved(odt), "a.odt").text == "a b c\nd"


def test_an_odt_named_docx_is_still_read(read: Read, odt: Odt) -> None:
    odt.body.append(Paragraph("Du texte."))
    assert read(saved(odt), "a.docx").text == "Du texte."


def test_a_protected_document_is_refused_by_name(
    read: Read, archive: Callable[[dict[str, bytes]], bytes]
) -> None:
    manifest = (
        b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        b'<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml">'
        b"<manifest:encryption-data/></manifest:file-entry></manifest:manifest>"
    )
    data = archive(
        {
            "mimetype": b"application/vnd.oasis.opendocument.text",
            "content.xml": b"\x8f\x02 encrypted",
            "META-INF/manifest.xml": manifest,
        }
    )
    with pytest.raises(DocumentError, match="mot de passe"):
        read(data, "a.odt")


def test_a_broken_document_is_refused(read: Read, archive: Callable[[dict[str, bytes]], bytes]) -> None:
    data = archive({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<office:"})
    with pytest.raises(DocumentError, match="endommagé"):
        read(data, "a.odt")
