import html
import re
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.testclient import TestClient

from assistant.domain import Account
from assistant.escalation import notices, queue, tickets
from assistant.escalation.tickets import EventKind, Reason, State, Ticket
from assistant.storage import threads
from assistant.storage.tables import TicketRow
from assistant.web.referents import routes as referents
from tests.escalation.making import LEAD, asked, audited
from tests.web.desk import Desk

TRICKS = (
    "<script>alert(1)</script> <img src=x onerror=alert(2)> **gras** [l](javascript:alert(3)) {{ 7 * 7 }}"
)


@pytest.fixture
def number(desk: Desk) -> int:
    return opened(desk)


@pytest.fixture
def reader(desk: Desk) -> TestClient:
    return desk.client("referent")


def opened(desk: Desk, question: str = "Puis-je ?", urgent: bool = False, detail: str = "") -> int:
    agent = desk.accounts["agent"]

    async def work(session: AsyncSession) -> int:
        reason = Reason.URGENT if urgent else Reason.UNSURE
        draft = await asked(session, agent, question, reason, urgent)
        return await queue.open_ticket(session, agent, draft, detail=detail)

    return desk.run(work)


def ticket(desk: Desk, number: int) -> Ticket:
    return desk.run(lambda session: tickets.ticket(session, number))


def replies(desk: Desk, number: int) -> list[str]:
    return [event.text for event in ticket(desk, number).events if event.kind is EventKind.REPLY]


def withdraw(desk: Desk, number: int) -> None:
    agent = desk.accounts["agent"]
    desk.run(lambda session: queue.withdraw(session, number, agent))


def form(
    client: TestClient, number: int, text: str, action: str = "envoyer", **changes: str
) -> dict[str, str]:
    """Return the form of a case as a browser sends it."""
    page = client.get(f"/referents/{number}").text
    fields = dict(re.findall(r'name="(jeton|envoi)" value="([^"]+)"', page))
    return {**fields, "reponse": text, "action": action, **changes}


def typed(page: str) -> str:
    """Return what the text box holds, as a browser reads it."""
    found = re.search(r"<textarea id=\"reponse\"[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    assert found, page
    return html.unescape(found[1])


# --- who may come in ------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "status"), [("", 401), ("agent", 403), ("trainer", 403), ("admin", 403)])
def test_others_see_and_do_nothing(
    desk: Desk, number: int, reader: TestClient, name: str, status: int
) -> None:
    sent = form(reader, number, "Oui.")
    client = desk.client(name)
    assert client.get("/referents").status_code == status
    assert client.get(f"/referents/{number}").status_code == status
    assert client.post(f"/referents/{number}/reponse", data=sent).status_code == status
    assert "Puis-je" not in client.get(f"/referents/{number}").text
    assert ticket(desk, number).state is State.OPEN


def test_a_form_of_somebody_else_sends_nothing_and_keeps_the_text(
    desk: Desk, number: int, reader: TestClient
) -> None:
    for jeton in ("", "faux", form(desk.client("referent"), number, "")["jeton"]):
        answer = reader.post(
            f"/referents/{number}/reponse", data=form(reader, number, "Oui, <b>oui</b>.", jeton=jeton)
        )
        assert answer.status_code == 403
        assert typed(answer.text) == "Oui, <b>oui</b>."
        assert "rien n’a été envoyé" in answer.text
    answer = reader.post(f"/referents/{number}/reponse", data=form(reader, number, "Oui.", envoi="../1"))
    assert (answer.status_code, typed(answer.text)) == (403, "Oui.")
    assert ticket(desk, number).state is State.OPEN


@pytest.mark.parametrize("wrong", ["999999", "R-999999", "0", "abc", "12%00", "-1", "99999999999999999999"])
def test_a_case_that_does_not_exist_is_not_found(desk: Desk, reader: TestClient, wrong: str) -> None:
    assert reader.get(f"/referents/{wrong}").status_code == 404
    sent = {"jeton": desk.token(reader), "envoi": str(uuid4()), "reponse": "Oui.", "action": "envoyer"}
    assert reader.post(f"/referents/{wrong}/reponse", data=sent).status_code == 404


# --- the list -------------------------------------------------------------------------------------


async def emptied(session: AsyncSession) -> None:
    for row in await session.scalars(select(TicketRow)):
        await session.delete(row)


def test_an_empty_list_says_so(desk: Desk, reader: TestClient) -> None:
    desk.run(emptied)
    assert "Aucune demande n’attend de réponse." in reader.get("/referents").text
    assert "Aucune demande n’a encore reçu" in reader.get("/referents?etat=repondues").text
    assert "Aucune demande n’a été retirée" in reader.get("/referents?etat=retirees").text


def test_the_list_shows_urgent_then_old_questions_by_state(desk: Desk, reader: TestClient) -> None:
    desk.run(emptied)
    first, second = opened(desk, "Première"), opened(desk, "Deuxième", urgent=True)
    third = opened(desk, "Troisième")
    withdraw(desk, third)
    page = reader.get("/referents").text
    assert re.findall(r'href="/referents/(R-\d+)"', page) == [tickets.reference(n) for n in (second, first)]
    for said in ("En attente (2)", "Répondues (0)", "Retirées (1)", "Une demande urgente", "Accueil"):
        assert said in page
    assert page.count('class="pill bad"') == 1
    assert "incident signalé" in page
    assert "Troisième" not in page
    gone = reader.get("/referents?etat=retirees").text
    assert re.findall(r'href="/referents/(R-\d+)"', gone) == [tickets.reference(third)]
    assert re.search(r'href="/referents\?etat=retirees" aria-current="page"', gone)
    # what is not a state is the list of what waits
    assert "Première" in reader.get("/referents?etat=<script>").text


def test_the_list_has_pages(desk: Desk, reader: TestClient) -> None:
    desk.run(emptied)
    for place in range(referents.PER_PAGE + 1):
        opened(desk, f"Question {place}")
    page = reader.get("/referents").text
    assert page.count('class="card"') == referents.PER_PAGE
    assert "Page 1 sur 2" in page
    assert 'href="/referents?etat=ouvertes&amp;page=2"' in page
    last = reader.get("/referents?page=2").text
    assert last.count('class="card"') == 1
    assert f"Question {referents.PER_PAGE}" in last
    for odd in ("9", "99999999999", "0", "-1", "x", "²", ""):
        assert reader.get("/referents", params={"page": odd}).status_code == 200
    assert "Page 2 sur 2" in reader.get("/referents?page=9").text


# --- a case ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["{}", "R-{:04}", "r-{}"])
def test_a_case_says_all_but_who_asks(desk: Desk, reader: TestClient, written: str) -> None:
    number = opened(desk, "Puis-je publier\ncette liste ?", detail="Pour demain.")
    page = reader.get(f"/referents/{written.format(number)}").text
    shown = html.unescape(page)
    for said in (
        f"Demande {tickets.reference(number)}",
        "Puis-je publier\ncette liste ?",
        "Pour demain.",
        "Accueil",
        "non communiqué",
        "pas trouvé de réponse assez sûre",
        "environ 42 %",
        f"{LEAD.title} – {LEAD.heading}",
        LEAD.quote,
        f'href="/cadre/charte?v={LEAD.version_hash}&debut=10&fin=17#',
    ):
        assert said in shown
    agent = desk.accounts["agent"]
    for hidden in (agent.name, agent.email, agent.id):
        assert hidden not in page


def test_a_view_is_noted_once(desk: Desk, reader: TestClient, number: int) -> None:
    for _ in range(3):
        assert reader.get(f"/referents/{number}").status_code == 200
    noted = desk.run(lambda session: audited(session, tickets.reference(number)))
    assert noted.count((desk.accounts["referent"].id, "ticket.view")) == 1


def test_what_people_typed_is_shown_as_text(desk: Desk, reader: TestClient) -> None:
    number = opened(desk, TRICKS, detail=TRICKS)
    sent = form(reader, number, TRICKS)
    assert reader.post(f"/referents/{number}/reponse", data=sent).status_code == 303
    for page in (reader.get(f"/referents/{number}").text, reader.get("/referents?etat=repondues").text):
        assert "<script" not in page
        assert "<img src=x" not in page
        assert 'href="javascript' not in page
        assert "{{ 7 * 7 }}" in html.unescape(page)
    # of what was typed, only the reply is Markdown
    assert reader.get(f"/referents/{number}").text.count("<strong>gras</strong>") == 1


def test_names_of_services_are_text_too(desk: Desk, reader: TestClient, number: int) -> None:
    async def rename(session: AsyncSession) -> None:
        row = await session.get_one(TicketRow, number)
        row.service = row.commune = "<script>alert(1)</script>"

    desk.run(rename)
    assert "<script" not in reader.get(f"/referents/{number}").text
    assert "<script" not in reader.get("/referents").text


# --- the reply ------------------------------------------------------------------------------------


def test_a_preview_shows_the_reply_as_it_will_be_and_sends_nothing(
    desk: Desk, reader: TestClient, number: int
) -> None:
    text = "\nAppelez le **06 12 34 56 78**.\r\n![plan](https://a.fr/p.png) https://b.fr [c](https://c.fr)"
    answer = reader.post(f"/referents/{number}/reponse", data=form(reader, number, text, "apercu"))
    assert answer.status_code == 200
    for drawn in (
        "<strong>[téléphone masqué]</strong>",
        "\nplan <code>https://b.fr</code>",
        '<a href="https://c.fr" rel="noopener">c</a>',
        "Des données personnelles ont été masquées",
    ):
        assert drawn in answer.text
    assert '<img src="http' not in answer.text
    assert typed(answer.text) == text
    assert replies(desk, number) == []
    assert "ont été masquées" not in (
        reader.post(f"/referents/{number}/reponse", data=form(reader, number, "Oui.", "apercu")).text
    )


def test_a_reply_leaves_once_and_the_page_says_so(desk: Desk, reader: TestClient, number: int) -> None:
    sent = form(reader, number, "**Non.**")
    with ThreadPoolExecutor(4) as pool:  # a double click, a reload, a proxy that tries again
        answers = list(pool.map(lambda _: reader.post(f"/referents/{number}/reponse", data=sent), range(8)))
    assert {(one.status_code, one.headers["location"]) for one in answers} == {
        (303, f"/referents/{tickets.reference(number)}?envoyee=1#message")
    }
    page = reader.get(answers[0].headers["location"]).text
    assert "La réponse est envoyée." in page
    assert "<strong>Non.</strong>" in page
    assert "Réponse de Personne Referent" in page
    assert "Compléter la réponse" in page
    assert replies(desk, number) == ["**Non.**"]
    agent: Account = desk.accounts["agent"]
    unseen = desk.run(lambda session: notices.unseen(session, agent.id))
    assert [one.step_id for one in unseen if one.ticket == number] == [sent["envoi"]]


def test_an_edited_reply_sent_from_a_used_form_is_not_lost(
    desk: Desk, reader: TestClient, number: int
) -> None:
    """The Back button gives the form again, with its old identifier."""
    sent = form(reader, number, "Non.")
    reader.post(f"/referents/{number}/reponse", data=sent)
    answer = reader.post(f"/referents/{number}/reponse", data={**sent, "reponse": "Non, sauf accord."})
    assert answer.status_code == 422
    assert "déjà servi" in answer.text
    assert typed(answer.text) == "Non, sauf accord."
    assert replies(desk, number) == ["Non."]
    again = form(reader, number, typed(answer.text))
    assert reader.post(f"/referents/{number}/reponse", data=again).status_code == 303
    assert replies(desk, number) == ["Non.", "Non, sauf accord."]


@pytest.mark.parametrize("action", ["apercu", "envoyer"])
@pytest.mark.parametrize(
    ("text", "said"), [("", "vide"), (" \r\n ", "vide"), ("a" * 8001, "8001 caractères"), ("![](x)", "vide")]
)
def test_a_reply_out_of_bounds_is_explained_and_kept(
    desk: Desk, reader: TestClient, number: int, text: str, said: str, action: str
) -> None:
    answer = reader.post(f"/referents/{number}/reponse", data=form(reader, number, text, action))
    assert answer.status_code == 422
    assert said in answer.text
    assert 'role="alert"' in answer.text
    assert typed(answer.text) == text
    assert ticket(desk, number).state is State.OPEN


def test_a_question_withdrawn_meanwhile_gets_no_reply_and_the_text_stays(
    desk: Desk, reader: TestClient, number: int
) -> None:
    sent = form(reader, number, "Un long travail.")
    withdraw(desk, number)
    answer = reader.post(f"/referents/{number}/reponse", data=sent)
    assert answer.status_code == 422
    assert "retirée par son auteur" in answer.text
    assert typed(answer.text) == "Un long travail."
    assert '<form method="post" action="/referents' not in answer.text
    assert replies(desk, number) == []


def test_a_reply_to_a_discussion_that_is_gone_stays_here(desk: Desk, reader: TestClient, number: int) -> None:
    agent = desk.accounts["agent"]
    thread_id = ticket(desk, number).thread_id
    assert thread_id
    desk.run(lambda session: threads.remove(session, agent.id, thread_id))
    assert "n’existe plus" in reader.get(f"/referents/{number}").text
    answer = reader.post(f"/referents/{number}/reponse", data=form(reader, number, "Oui."))
    assert answer.status_code == 303
    assert "ne parviendra pas à l’agent" in reader.get(answer.headers["location"]).text
    assert replies(desk, number) == ["Oui."]
