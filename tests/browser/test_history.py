"""Discussions that one comes back to, and the buttons under their answers."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.storage.occupancy import file_of
from assistant.storage.tables import FeedbackRow, StepRow, TicketEventRow, TicketRow
from assistant.texts import Texts
from tests.browser.pages import LOOKS, MAY_I, PHONE, QUESTION, Chat, Traffic
from tests.browser.server import Server

pytestmark = pytest.mark.browser
UNSURE = "Combien de jours de télétravail pour un agent qui utilise une intelligence artificielle ?"
HAPPENED = "Hier j’ai collé par erreur la liste des familles dans une IA"


def thread_of(page: Page) -> str:
    page.wait_for_url("**/thread/*")
    return page.url.rpartition("/")[2]


def press(chat: Chat, texts: Texts, name: str) -> None:
    chat.page.get_by_role("button", name=texts(f"page.labels.tools.{name}"), exact=True).last.click()


def ticket(server: Server, thread_id: str) -> TicketRow:
    async def read(session: AsyncSession) -> TicketRow:
        return (await session.scalars(select(TicketRow).where(TicketRow.thread_id == thread_id))).one()

    return server.run(read)


@LOOKS
def test_a_discussion_is_resumed_with_its_buttons_and_citations(chat: Chat, texts: Texts) -> None:
    chat.ask(QUESTION)
    chat.ask(MAY_I)
    thread = thread_of(chat.page)
    chat.page.reload()
    chat.page.locator(".tools").nth(1).wait_for()
    assert chat.page.url.endswith(thread)
    assert chat.page.locator('[data-step-type="user_message"]').all_inner_texts() == [QUESTION, MAY_I]
    assert not chat.runs_sideways()
    chat.page.locator('blockquote a[href="#citation-1"]').first.click()
    chat.page.locator(".passage mark").wait_for()
    room = chat.page.get_by_role("link", name=texts("page.labels.room"))
    assert "/cadre/charte?v=" in str(room.get_attribute("href"))


def test_a_discussion_is_in_the_list_and_can_be_renamed_and_deleted(
    chat: Chat, texts: Texts, server: Server
) -> None:
    page = chat.page
    chat.ask(QUESTION)
    thread = thread_of(page)
    entry = page.locator(f"[id='thread-{thread}']")
    entry.get_by_text(QUESTION).wait_for()
    entry.get_by_role("button", name=texts("page.labels.thread_options")).click(force=True)
    page.locator("#rename-thread").click()
    page.get_by_role("dialog").locator("input").fill("Appeler Mme Durand au 06 12 34 56 78")
    page.get_by_role("dialog").locator("button[type=submit], button").filter(has_text="Confirmer").click()
    page.get_by_role("dialog").wait_for(state="detached")
    page.reload()
    page.locator(f"[id='thread-{thread}']").get_by_text("Appeler Mme [nom masqué]").wait_for()
    entry.get_by_role("button", name=texts("page.labels.thread_options")).click(force=True)
    page.locator("#delete-thread").click()
    page.get_by_role("alertdialog").get_by_text("Confirmer", exact=True).click()
    entry.wait_for(state="detached")

    async def left(session: AsyncSession) -> int:
        return len((await session.scalars(select(StepRow).where(StepRow.thread_id == thread))).all())

    assert server.run(left) == 0


def test_a_typed_phone_number_is_masked_and_the_question_still_answered(chat: Chat) -> None:
    answer = chat.ask(f"{QUESTION} Mme Durand, 06 12 34 56 78, attend.")
    assert "un numéro de téléphone" in answer
    assert "«" in answer.partition("Donnée personnelle masquée")[2], "the warning quotes the article"
    chat.page.reload()
    asked = chat.page.locator('[data-step-type="user_message"]')
    asked.wait_for()
    assert "[téléphone masqué]" in asked.inner_text()
    assert "06 12" not in chat.page.locator("body").inner_text()


def test_what_was_typed_is_in_no_file_of_the_server(chat: Chat, texts: Texts, server: Server) -> None:
    typed = ("06 47 85 12 39", "Lefebvre-Marchand", "anais.lm@courriel.example")
    chat.ask(f"{UNSURE} Mme {typed[1]}, {typed[0]}, {typed[2]}")
    thread_of(chat.page)
    press(chat, texts, "add")
    chat.page.keyboard.type(f"La rappeler au {typed[0]}")
    press(chat, texts, "send")
    chat.page.locator('.ai-message[data-status="notice"]').wait_for()
    places = (file_of(server.settings.database_url), server.folder, server.settings.store)
    files = [
        file
        for place in places
        for file in ((place.parent if place.is_file() else place).rglob("*") if place else ())
        if file.is_file()
    ]
    assert {server.log.name, "repere.sqlite3", "repere.sqlite3-wal", "content.sqlite"} <= {
        f.name for f in files
    }
    found = [(file.name, one) for file in files for one in typed if one.encode() in file.read_bytes()]
    assert found == []


def test_an_unsure_question_opens_a_ticket_that_one_completes_and_withdraws(
    chat: Chat, texts: Texts, server: Server
) -> None:
    answer = chat.ask(UNSURE)
    kept = ticket(server, thread_of(chat.page))
    reference = f"R-{kept.id:04d}"
    assert reference in answer
    press(chat, texts, "add")
    chat.page.keyboard.type("C’est pour le service des sports.")
    press(chat, texts, "send")
    chat.page.get_by_text(texts("chat.ticket.detailed", ticket=reference)).first.wait_for()

    async def details(session: AsyncSession) -> list[str]:
        found = select(TicketEventRow.text).where(TicketEventRow.ticket_id == kept.id)
        return list(await session.scalars(found.order_by(TicketEventRow.id)))

    assert server.run(details)[-1] == "C’est pour le service des sports."
    press(chat, texts, "withdraw")
    press(chat, texts, "withdraw")
    chat.page.get_by_text(texts("chat.ticket.withdrawn", ticket=reference)).first.wait_for()
    assert ticket(server, kept.thread_id or "").state == "withdrawn"
    chat.page.reload()
    chat.page.get_by_text(texts("chat.ticket.withdrawn", ticket=reference)).first.wait_for()
    chat.page.get_by_text(texts("page.labels.tools.states.withdrawn"), exact=False).first.wait_for()


def test_an_incident_shows_the_urgent_contact_first(chat: Chat, texts: Texts, server: Server) -> None:
    answer = chat.ask(HAPPENED)
    first = answer.split("\n")[0]
    assert first.startswith(texts("status.urgent.label"))
    assert "Prévenez tout de suite l’équipe référente" in first
    assert ticket(server, thread_of(chat.page)).urgent


def test_thumbs_down_gives_a_reason_and_can_ask_a_referent(chat: Chat, texts: Texts, server: Server) -> None:
    chat.ask(QUESTION)
    press(chat, texts, "useless")
    chat.page.get_by_label(texts("page.labels.tools.reasons.incomplete")).check()
    chat.page.get_by_label(texts("page.labels.tools.send_too")).check()
    press(chat, texts, "send")
    chat.page.locator(".tools-ticket").wait_for()
    thread = thread_of(chat.page)
    assert ticket(server, thread).reason == "feedback"

    async def opinion(session: AsyncSession) -> tuple[int, str]:
        found = select(FeedbackRow).join(StepRow).where(StepRow.thread_id == thread)
        row = (await session.scalars(found)).one()
        return row.value, row.reason

    assert server.run(opinion) == (0, "incomplete")
    chat.page.reload()
    button = chat.page.get_by_role("button", name=texts("page.labels.tools.useless"))
    button.wait_for()
    assert button.get_attribute("aria-pressed") == "true"


def test_a_referent_can_be_asked_about_any_answer(chat: Chat, texts: Texts, server: Server) -> None:
    chat.ask(MAY_I)
    press(chat, texts, "ask")
    chat.page.keyboard.type("Et pour un stagiaire ?")
    chat.page.get_by_label(texts("page.labels.tools.named")).check()
    press(chat, texts, "send")
    chat.page.locator(".tools-ticket").wait_for()
    kept = ticket(server, thread_of(chat.page))
    assert (kept.reason, kept.name_shown) == ("requested", True)


def test_the_discussion_of_somebody_else_cannot_be_opened(
    chat: Chat, window: Callable[..., BrowserContext], server: Server, texts: Texts
) -> None:
    chat.ask(QUESTION)
    thread = thread_of(chat.page)
    page = window().new_page()
    traffic = Traffic(server.address)
    response = page.goto(f"{server.address}/thread/{thread}")
    assert response is not None
    assert response.status == 404
    assert texts("refused.missing.title") in page.locator("main").inner_text()
    assert QUESTION not in page.content()
    # nor through what Chainlit's page would ask for
    for path in (f"/project/thread/{thread}", f"/project/thread/{thread}/element/element-x"):
        answer = page.request.get(f"{server.address}{path}")
        assert answer.status in (401, 404)
        assert "données" not in answer.text()
    assert traffic.outside == []


def test_the_list_of_discussions_opens_on_a_phone(
    window: Callable[..., BrowserContext], server: Server, texts: Texts
) -> None:
    chat = Chat(window(**PHONE).new_page(), Traffic(server.address)).open()
    chat.ask(QUESTION)
    chat.page.get_by_role("button", name=texts("page.labels.history")).first.click()
    chat.page.get_by_role("link", name=QUESTION).first.wait_for()
    assert not chat.runs_sideways()
