"""The reading room over a corpus of its own, in the running application."""

import asyncio
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from starlette.testclient import TestClient

from assistant.domain import Document, Role
from assistant.service import Assistant, refresh
from assistant.settings import load_settings
from assistant.storage.database import opened
from assistant.storage.versions import versions_of
from assistant.texts import Texts
from assistant.web import current
from assistant.web.keeping import keep_current
from assistant.web.reading.addresses import quote_url
from tests.conftest import TESTS
from tests.web.desk import Desk
from tests.web.newcomers import browser_of, newcomer

PAGE = {"accept": "text/html"}
DRAFT = """---
id: guide
titre: Guide des images
type: ligne-directrice
version: "0.3"
statut: projet
texte_modele: true
---

# Guide des images

## Avant {#contenu}

Lire :

- d’abord ceci ;
- puis cela.

### Cas <b>particulier</b> &lt;script&gt;alert(1)&lt;/script&gt; {#citation}

`<script>alert(2)</script>` et \\[lien\\](javascript:alert) et &lt;img src=x onerror=alert(3)&gt; "'&amp;amp;

## Après
"""
COMMUNE = """---
id: annexe-plouzane
titre: Annexe de Plouzané
perimetre: commune:plouzane
version: "1"
---

# Annexe de Plouzané

Le recensement des ruchers se fait sans intelligence artificielle.
"""
TREE = """---
id: charte
titre: Charte d’usage de l’IA
type: charte
version: "{version}"
en_vigueur_depuis: {since}
---

# Charte d’usage de l’IA

## Article 1 – Champ {{#article-1}}

La charte s’applique à tous.

## Article 2 – {heading} {{#{anchor}}}

{body}
"""


@dataclass
class Room:
    """The assistant whose texts are read, and the way to change them."""

    desk: Desk
    corpus: Path
    assistant: Assistant
    kept: str = ""

    def publish(self, **files: str) -> None:
        """Write documents, index them, and keep what now serves."""
        for name, text in files.items():
            (self.corpus / f"{name}.md").write_text(text, encoding="utf-8")
        refresh(self.assistant.settings)
        self.keep()

    def keep(self) -> None:
        async def work() -> str:
            async with opened(self.desk.settings.database_url) as database:
                return await keep_current(database, self.assistant, self.kept)

        self.kept = asyncio.run(work())

    def versions(self, document_id: str) -> list[str]:
        kept = self.desk.run(lambda session: versions_of(session, document_id))
        return [one.info.hash for one in kept]


@pytest.fixture(scope="module")
def room(desk: Desk, texts: Texts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """Serve a corpus of this module's own in the running application."""
    folder = tmp_path_factory.mktemp("reading")
    corpus = Path(shutil.copytree(TESTS / "data" / "corpus", folder / "corpus"))
    for name, text in (("guide", DRAFT), ("annexe-plouzane", COMMUNE)):
        (corpus / f"{name}.md").write_text(text, encoding="utf-8")
    settings = load_settings(corpus=corpus, store=folder / "store")
    refresh(settings)
    served = current.site()
    with Assistant.open(settings, texts) as assistant:
        current.start(replace(served, assistant=assistant))
        one = Room(desk, corpus, assistant)
        one.keep()
        yield one
        current.start(served)


@pytest.fixture(scope="module")
def agent(room: Room) -> TestClient:
    return room.desk.client("agent")


def read(client: TestClient, address: str, status: int = 200) -> BeautifulSoup:
    response = client.get(address.partition("#")[0], headers=PAGE)
    assert response.status_code == status, response.text
    page = BeautifulSoup(response.text, "html.parser")
    doubled = [name for name, count in Counter(one["id"] for one in page.select("[id]")).items() if count > 1]
    assert doubled == []
    assert len(page.select("h1")) == 1
    levels = [int(one.name[1]) for one in page.select("main :is(h1, h2, h3, h4, h5, h6)")]
    assert levels[0] == 1 and all(after <= before + 1 for before, after in pairwise(levels))
    targets = {one["href"][1:] for one in page.select('a[href^="#"]')}
    assert targets - {one["id"] for one in page.select("[id]")} == set()
    return page


def main(page: BeautifulSoup) -> Tag:
    (found,) = page.select("main")
    return found


def said(element: BeautifulSoup | Tag) -> str:
    return " ".join(element.get_text(" ").split())


def text_of(page: BeautifulSoup) -> str:
    """Return the words of the text itself: without what the page adds to it."""
    for added in page.select(".sheet .permalink, .sheet .elsewhere, .sheet .supplied"):
        added.decompose()
    return " ".join(part.get_text() for part in page.select("main h1, main .sheet"))


def marks(page: BeautifulSoup) -> list[str]:
    return [mark.get_text() for mark in page.select("mark")]


# --- who may read --------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/cadre", "/cadre?q=image", "/cadre/charte", "/cadre/inconnu"])
def test_anonymous_people_are_sent_to_sign_in(address: str, room: Room) -> None:
    response = room.desk.client().get(address, headers=PAGE)
    assert response.status_code == 303
    assert response.headers["location"].startswith("/connexion")


@pytest.mark.parametrize("name", ["agent", "trainer", "referent", "admin"])
def test_everyone_signed_in_reads_the_framework(name: str, room: Room) -> None:
    client = room.desk.client(name)
    assert "Charte d’usage" in said(read(client, "/cadre"))
    assert "Article 2" in said(read(client, "/cadre/charte"))


@pytest.mark.parametrize(
    ("name", "status"), [("agent", 404), ("trainer", 404), ("admin", 404), ("referent", 200)]
)
def test_the_texts_of_a_commune_are_for_it_and_the_referents(name: str, status: int, room: Room) -> None:
    client = room.desk.client(name)
    read(client, "/cadre/annexe-plouzane", status)
    version = room.assistant.document("annexe-plouzane").info.hash
    page = read(client, f"/cadre/annexe-plouzane?v={version}", status)
    assert ("ruchers" in said(page)) == (status == 200)
    assert ("Annexe de Plouzané" in said(read(client, "/cadre"))) == (status == 200)


def test_an_agent_of_the_commune_reads_and_finds_its_texts(room: Room) -> None:
    client = browser_of(room.desk, newcomer(room.desk, commune="plouzane"))
    assert "ruchers" in said(read(client, "/cadre/annexe-plouzane"))
    assert "Commune : plouzane" in said(read(client, "/cadre"))
    assert "Annexe de Plouzané" in said(read(client, "/cadre?q=recensement des ruchers"))
    elsewhere = browser_of(room.desk, newcomer(room.desk, commune="brest"))
    read(elsewhere, "/cadre/annexe-plouzane", 404)


def test_a_search_finds_nothing_of_another_commune(agent: TestClient) -> None:
    page = read(agent, "/cadre?q=recensement des ruchers")
    assert "Plouzané" not in said(main(page))


def test_a_referent_reads_a_commune_without_being_of_it(room: Room) -> None:
    client = browser_of(room.desk, newcomer(room.desk, Role.REFERENT, commune="brest"))
    assert "ruchers" in said(read(client, "/cadre/annexe-plouzane"))


# --- the list ------------------------------------------------------------------------------------


def test_the_texts_are_listed_in_reading_order(agent: TestClient) -> None:
    page = read(agent, "/cadre")
    kinds = [heading.get_text() for heading in page.select(".kind > h2")]
    assert kinds == ["Charte", "Lignes directrices", "Questions fréquentes", "Règles d’usage", "Glossaire"]
    titles = [heading.get_text(strip=True) for heading in page.select(".texts h3")]
    assert titles[0] == "Charte d’usage de l’IA"
    for link in page.select(".kind a"):
        path, _, anchor = link["href"].partition("#")
        assert not anchor or read(agent, path).select_one(f'[id="{anchor}"]')


def test_the_list_says_versions_dates_and_what_does_not_bind(agent: TestClient) -> None:
    charter, guide = (one for one in read(agent, "/cadre").select(".texts > li")[:2])
    assert "version 2.1, en vigueur depuis le 5 janvier 2026" in said(charter)
    assert charter.select(".pill") == []
    assert [pill.get_text() for pill in guide.select(".pill")] == ["Projet", "Texte modèle, non adopté"]


def test_the_list_gives_two_levels_of_the_charter_and_the_guides(agent: TestClient) -> None:
    page = read(agent, "/cadre")
    assert [link["href"] for link in page.select('.tree a[href^="/cadre/charte"]')] == [
        f"/cadre/charte#article-{number}" for number in (1, 2, 3, 4)
    ]
    nested = page.select_one('.tree ul ul a[href^="/cadre/guide"]')
    assert nested and nested.get_text().startswith("Cas particulier")
    assert page.select('a[href^="/cadre/faq#"]') == []


# --- a text --------------------------------------------------------------------------------------


@pytest.mark.parametrize("document_id", ["charte", "faq", "glossaire", "regles", "guide"])
def test_a_page_holds_the_whole_text_and_nothing_else(
    document_id: str, agent: TestClient, room: Room
) -> None:
    document = room.assistant.document(document_id)
    page = read(agent, f"/cadre/{document_id}")
    assert text_of(page).split() == document.text.split()
    assert page.title and page.title.get_text().startswith(document.info.title)


def test_each_section_has_its_anchor_and_its_permalink(agent: TestClient, room: Room) -> None:
    page = read(agent, "/cadre/charte")
    for section in room.assistant.document("charte").sections[1:]:
        found = page.select_one(f"section#{section.anchor}")
        assert found
        heading = found.select_one("h2")
        assert heading and heading.get_text().strip() == section.trail[-1]
        link = found.select_one("a.permalink")
        assert link and link["href"] == f"#{section.anchor}"
        assert link["aria-label"] == f"Lien vers « {section.trail[-1]} »"
    contents = [link["href"] for link in page.select("nav.contents a")]
    assert contents == [f"#article-{number}" for number in (1, 2, 3, 4)]


def test_the_questions_people_ask_are_not_shown(agent: TestClient, room: Room) -> None:
    section = room.assistant.document("faq").sections[1]
    assert "chatgpt" in section.questions[0]
    assert "chatgpt" not in read(agent, "/cadre/faq").get_text()


def test_lists_keep_the_marks_of_the_text(agent: TestClient) -> None:
    page = read(agent, "/cadre/guide")
    assert [item.get_text().strip() for item in page.select(".sheet ul.points li")] == [
        "– d’abord ceci ;",
        "– puis cela.",
    ]


def test_a_text_that_looks_like_a_page_is_shown_as_it_is(agent: TestClient) -> None:
    page = read(agent, "/cadre/guide")
    assert page.select("main :is(script, img, b, i)") == []
    assert page.select('main a[href^="javascript"]') == []
    shown = main(page).get_text()
    for typed in ("<script>alert(1)</script>", "<script>alert(2)</script>", "[lien](javascript:alert)"):
        assert typed in shown
    assert "<img src=x onerror=alert(3)> \"'&amp;" in shown


def test_a_section_named_like_a_part_of_the_page_still_has_its_place(agent: TestClient, room: Room) -> None:
    document = room.assistant.document("guide")
    assert {"contenu", "citation"} <= {section.anchor for section in document.sections}
    page = read(agent, quote_url("guide", document.info.hash, 0, 5))
    marked = page.select_one("#citation")
    assert marked and marked.name == "mark"
    assert page.select_one("main#contenu")
    assert len(page.select("section:is(#contenu_, #citation_)")) == 2


def test_version_and_dates_are_above_the_text_and_on_the_print(agent: TestClient) -> None:
    page = read(agent, "/cadre/charte")
    (header,) = page.select("article > header")
    assert "version 2.1, en vigueur depuis le 5 janvier 2026" in said(header)
    assert re.search(r"Texte lu dans Repère le \d", said(header))
    assert header.select(".message") == []


@pytest.mark.parametrize(
    "address", ["/cadre/inconnu", "/cadre/charte%00", "/cadre/charte?v=%00", "/cadre/..%2F"]
)
def test_what_does_not_exist_is_said_in_french(address: str, agent: TestClient) -> None:
    response = agent.get(address, headers=PAGE)
    assert response.status_code == 404
    assert "Page introuvable" in response.text


# --- citations -----------------------------------------------------------------------------------


def spans(document: Document) -> Iterator[tuple[int, int]]:
    """Yield a sentence, a part of a heading, and what runs over paragraphs, items and sections."""
    start = document.text.index("aucune donnée personnelle")
    yield start, start + 25
    heading = document.text.index("Données personnelles")
    yield heading, heading + 7
    yield heading, start + 6
    yield document.text.index("stagiaires"), document.text.index("Un agent relit")
    yield 0, len(document.text)


@pytest.mark.parametrize("number", range(5))
def test_exactly_the_quote_is_marked_over_paragraphs_too(number: int, agent: TestClient, room: Room) -> None:
    document = room.assistant.document("charte")
    start, end = list(spans(document))[number]
    page = read(agent, quote_url("charte", document.info.hash, start, end))
    quote = document.text[start:end]
    assert "".join(marks(page)).split() == quote.split()
    if quote == quote.strip():
        assert "".join(marks(page)) == quote
    assert [mark.get("id") for mark in page.select("mark")] == ["citation"] + [None] * (len(marks(page)) - 1)
    assert "Le passage cité est surligné." in said(page)
    assert text_of(page).split() == document.text.split()


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("", ""),
        ("0", ""),
        ("-1", "5"),
        ("5", "5"),
        ("9", "3"),
        ("0", "99999999"),
        ("0", "9" * 5000),
        ("a", "b"),
        ("1.5", "3"),
        ("٣", "٩"),
    ],
)
def test_what_is_not_an_offset_is_ignored(start: str, end: str, agent: TestClient) -> None:
    response = agent.get("/cadre/charte", params={"debut": start, "fin": end}, headers=PAGE)
    assert response.status_code == 200
    assert "<mark" not in response.text
    assert "Le passage cité" not in response.text


def test_a_citation_needs_no_version_when_it_is_the_present_one(agent: TestClient) -> None:
    assert marks(read(agent, "/cadre/charte?debut=0&fin=6")) == ["Charte"]


# --- search --------------------------------------------------------------------------------------


def test_a_search_leads_to_the_article_with_the_words_marked(agent: TestClient) -> None:
    page = read(agent, "/cadre?q=données personnelles")
    first = page.select(".results > li")[0]
    link = first.select_one("h3 a")
    assert link
    path, _, anchor = str(link["href"]).partition("#")
    section = read(agent, path).select_one(f"section#{anchor}")
    assert section and said(link) in said(section)
    assert {"données", "personnelles"} & {mark.lower() for mark in marks(page)}
    results = [item["href"] for item in page.select(".results h3 a")]
    assert "/cadre/charte#article-2" in results
    assert len(results) == len(set(results)) <= 20
    field = page.select_one("input[name=q]")
    assert field and field["value"] == "données personnelles"
    heading = page.select_one("h2")
    assert heading and f"{len(results)} passages trouvés pour « données personnelles »" == said(heading)


def test_a_search_is_corrected_and_says_so(agent: TestClient) -> None:
    page = read(agent, "/cadre?q=stagiares")
    assert "J’ai compris « stagiares » comme « stagiaires »." in said(page)
    assert "stagiaires" in marks(page)


def test_a_draft_is_not_found(agent: TestClient) -> None:
    assert "Guide des images" not in said(main(read(agent, "/cadre?q=guide des images, cas particulier")))


@pytest.mark.parametrize("query", ["xyzzy", "?!", "<qwx>\"'&amp;</qwx>"])
def test_no_result_is_said(query: str, agent: TestClient) -> None:
    response = agent.get("/cadre", params={"q": query}, headers=PAGE)
    page = BeautifulSoup(response.text, "html.parser")
    assert response.status_code == 200
    assert f"Aucun passage trouvé pour « {query} »" in said(page)
    assert page.select(".results, qwx") == []
    assert page.title and query in page.title.get_text()
    field = page.select_one("input[name=q]")
    assert field and field["value"] == query


@pytest.mark.parametrize("query", ["", "   ", "%0A"])
def test_an_empty_search_is_the_list(query: str, agent: TestClient) -> None:
    assert read(agent, f"/cadre?q={query}").select(".kind")


def test_a_search_that_is_too_long_is_refused_in_words(agent: TestClient) -> None:
    page = read(agent, f"/cadre?q={'mot ' * 126}", 400)
    assert "503 caractères ; la limite est de 500" in said(page)
    assert read(agent, f"/cadre?q={'mot ' * 125}")


# --- versions ------------------------------------------------------------------------------------


@pytest.fixture
def restored(room: Room) -> Iterator[Room]:
    before = (room.corpus / "charte.md").read_text(encoding="utf-8")
    yield room
    room.publish(charte=before)


def test_an_old_citation_opens_after_the_text_has_changed(restored: Room, agent: TestClient) -> None:
    old = restored.assistant.document("charte")
    start = old.text.index("L’agent ne saisit")
    end = old.text.index("Il peut le faire")
    address = quote_url("charte", old.info.hash, start, end)
    restored.publish(
        charte=TREE.format(
            version="3.0", since="2026-10-01", heading="Données", anchor="article-2", body="Neuf."
        )
    )
    assert restored.assistant.document("charte").info.version == "3.0"

    page = read(agent, address)
    assert "".join(marks(page)) == old.text[start:end]
    assert text_of(read(agent, address)).split() == old.text.split()
    (warning,) = page.select("header .message")
    assert "version 2.1, en vigueur depuis le 5 janvier 2026" in said(warning)
    assert (
        "La version en vigueur est la suivante : version 3.0, en vigueur depuis le 1er octobre 2026."
        in said(warning)
    )
    (link,) = page.select(".strip a")
    assert link["href"] == "/cadre/charte#article-2"
    elsewhere = [one["href"] for one in page.select(".elsewhere a")]
    assert elsewhere == ["/cadre/charte#article-1", "/cadre/charte#article-2"]

    present = read(agent, "/cadre/charte")
    assert "Neuf." in said(present)
    assert present.select("header .message, .strip, .elsewhere") == []


def test_the_known_versions_are_listed(restored: Room, agent: TestClient) -> None:
    old = restored.assistant.document("charte").info.hash
    restored.publish(
        charte=TREE.format(
            version="4.0", since="2026-10-02", heading="Données", anchor="article-2", body="Plus neuf."
        )
    )
    rows = read(agent, f"/cadre/charte?v={old}").select(".versions li")
    assert len(rows) == len(restored.versions("charte")) >= 2
    (present,) = (row for row in rows if "version actuelle" in said(row))
    assert "version 4.0" in said(present) and present.a and present.a["href"] == "/cadre/charte"
    (shown,) = (row for row in rows if "version affichée" in said(row))
    assert shown.a and shown.a["aria-current"] == "true" and old in str(shown.a["href"])
    for row in rows:
        assert row.a and read(agent, str(row.a["href"]))


def test_a_cited_section_that_is_gone_leads_to_the_top(restored: Room, agent: TestClient) -> None:
    old = restored.assistant.document("charte")
    start = old.text.index("L’agent ne saisit")
    restored.publish(
        charte=TREE.format(version="5.0", since="2026-10-03", heading="Autre", anchor="autre", body="Rien.")
    )
    page = read(agent, quote_url("charte", old.info.hash, start, start + 8))
    assert [link["href"] for link in page.select(".strip a")] == ["/cadre/charte"]


def test_a_draft_never_passes_for_the_text_in_force(restored: Room, agent: TestClient) -> None:
    old = restored.assistant.document("charte").info.hash
    draft = TREE.format(version="6.0", since="2027-01-01", heading="Autre", anchor="autre", body="Bientôt.")
    restored.publish(charte=draft.replace("type: charte", "type: charte\nstatut: projet"))
    (warning,) = read(agent, f"/cadre/charte?v={old}").select("header .message")
    assert (
        "La version actuelle est la suivante : version 6.0, entrée en vigueur : 1er janvier 2027 (projet)."
        in said(warning)
    )


def test_a_text_that_was_removed_can_still_be_opened(room: Room, agent: TestClient) -> None:
    room.publish(passage="---\nid: passage\ntitre: Passager\n---\n\n# Passager\n\nUn texte passager.\n")
    digest = room.assistant.document("passage").info.hash
    (room.corpus / "passage.md").unlink()
    room.publish()
    read(agent, "/cadre/passage", 404)
    page = read(agent, f"/cadre/passage?v={digest}")
    assert "Un texte passager." in said(page)
    assert "Ce texte ne fait plus partie du cadre." in said(page)


def test_a_version_that_was_never_kept_is_said_so(agent: TestClient, room: Room) -> None:
    assert "Cette version du texte n’est pas connue" in said(read(agent, f"/cadre/charte?v={'0' * 64}", 404))
    other = room.assistant.document("faq").info.hash
    read(agent, f"/cadre/charte?v={other}", 404)


def test_a_text_that_is_not_kept_yet_is_among_its_versions(agent: TestClient, room: Room) -> None:
    (room.corpus / "tard.md").write_text("# Tard\n\nUn texte tardif.\n", encoding="utf-8")
    refresh(room.assistant.settings)
    assert room.versions("tard") == []
    (row,) = read(agent, "/cadre/tard").select(".versions li")
    assert "version actuelle" in said(row) and "version affichée" in said(row)
    (room.corpus / "tard.md").unlink()
    room.publish()
