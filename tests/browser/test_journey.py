"""From an empty database to a referent's reply that survives a kill, as its people live it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from assistant.domain import Role
from assistant.texts import Texts
from tests.browser.pages import LIGHT, Chat, Traffic
from tests.browser.server import Server
from tests.browser.test_history import UNSURE, thread_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PASSWORD = "des mots sans rapport 47"
REPLY = "Le **télétravail** suit la [charte](https://exemple.fr/charte) ; <b>rien</b> ne change."


@pytest.fixture
def windows(browser: Browser) -> Iterator[list[BrowserContext]]:
    """Return two browsers that nobody is signed in to."""
    contexts = [browser.new_context(locale="fr-FR", reduced_motion="reduce", **LIGHT) for _ in range(2)]
    yield contexts
    for context in contexts:
        context.close()


def link(printed: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:\d+/\S+", printed)
    assert found, printed
    return found[0]


def choose_password(page: Page, address: str) -> None:
    page.goto(address)
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_selector(".ai-message .message-content")


def sign_in(page: Page, server: Server, email: str) -> None:
    page.goto(server.address)
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_selector(".ai-message .message-content")


def test_the_whole_circle(own_server: Server, windows: list[BrowserContext], texts: Texts) -> None:
    server, (desk, office) = own_server, windows
    # the first administrator, by the link printed at the first start
    admin = office.new_page()
    admin.goto(link(server.said()))
    admin.fill("input[name=email]", "admin@ville.example")
    admin.fill("input[name=name]", "Dominique Admin")
    for field in admin.locator("input[type=password]").all():
        field.fill(PASSWORD)
    admin.locator("main button[type=submit]").click()
    admin.wait_for_selector(".ai-message .message-content")
    assert admin.get_by_role("link", name=texts("pages.nav.referents")).count() == 0
    office.clear_cookies()
    # accounts by the command line, passwords by links that work once
    emails = {role: f"{role.value}@ville.example" for role in (Role.AGENT, Role.REFERENT)}
    page, referent = desk.new_page(), office.new_page()
    for role, browser_page in ((Role.AGENT, page), (Role.REFERENT, referent)):
        printed = server.command("users", "add", emails[role], "--name", role.value, "--role", role.value)
        choose_password(browser_page, link(printed))
    desk.clear_cookies()
    sign_in(page, server, emails[Role.AGENT])
    # an agent asks and is escalated
    chat = Chat(page, Traffic(server.address))
    answer = chat.ask(UNSURE)
    found = re.search(r"R-\d{4}", answer)
    assert found
    thread = thread_of(page)
    # a referent replies, the agent sees it live
    referent.goto(f"{server.address}/referents")
    referent.get_by_role("link", name=re.compile(found[0])).first.click()
    assert UNSURE in referent.locator("main").inner_text()
    assert "agent@" not in referent.content(), "the asker's address is nobody else's"
    referent.locator("textarea").fill(REPLY)
    referent.get_by_role("button", name=texts("tickets.form.send")).click()
    referent.get_by_text(texts("tickets.case.sent")).wait_for()
    reply = page.locator('.ai-message[data-status="reply"]')
    reply.wait_for(timeout=5000)
    check_reply(page, texts, found[0])
    # after a reload, and after the server died
    page.reload()
    reply.wait_for()
    check_reply(page, texts, found[0])
    server.kill()
    server.start()
    page.reload()
    reply.wait_for()
    check_reply(page, texts, found[0])
    assert thread_of(page) == thread
    chat.ask("Et pour un stagiaire ?")
    assert thread_of(page) == thread
    # disabled: out at once, whatever is open
    server.command("users", "disable", emails[Role.AGENT])
    page.fill("#chat-input", "Suis-je encore là ?")
    page.locator("#chat-submit:enabled").wait_for()  # what is typed while an answer ends is not sent
    page.keyboard.press("Enter")
    page.wait_for_url("**/connexion**", timeout=15_000)
    page.goto(server.address)
    page.wait_for_url("**/connexion**")
    assert "Suis-je encore là" not in server.command("escalations", "list", "--all")


def check_reply(page: Page, texts: Texts, reference: str) -> None:
    reply = page.locator('.ai-message[data-status="reply"] .message-content')
    said = reply.inner_text()
    assert texts("tickets.reply.first", reference=reference) in said
    assert "<b>rien</b> ne change" in said
    assert reply.locator("b").count() == 0
    assert reply.get_by_role("link", name="charte").get_attribute("href") == "https://exemple.fr/charte"
    state = texts("page.labels.tools.states.answered")
    page.locator(".tools-ticket", has_text=state).first.wait_for()


def test_a_reply_that_came_meanwhile_is_announced_at_the_next_visit(
    own_server: Server, windows: list[BrowserContext]
) -> None:
    server, (desk, _office) = own_server, windows
    _account, token = server.account()
    desk.add_cookies([{"name": "repere_session", "value": token, "url": server.address}])
    page = desk.new_page()
    chat = Chat(page, Traffic(server.address)).open()
    chat.ask(UNSURE)
    thread = thread_of(page)
    page.goto(f"{server.address}/compte")
    server.command("escalations", "reply", "1", "Oui, c’est possible.")
    page.goto(server.address)
    announced = page.locator(".ai-message", has_text="Un référent vous a répondu")
    announced.get_by_role("link", name=UNSURE[:40]).click()
    page.wait_for_url(f"**/thread/{thread}")
    page.locator('.ai-message[data-status="reply"]').wait_for()
    page.goto(server.address)
    page.wait_for_selector(".ai-message .message-content")
    assert announced.count() == 0
