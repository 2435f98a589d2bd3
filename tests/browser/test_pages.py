"""Our own pages in a real browser: readable by everyone, at every width, without anything from outside."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from assistant.accounts import links
from assistant.domain import Role
from assistant.storage.audit import SYSTEM
from assistant.texts import Texts
from tests.browser import axe
from tests.browser.pages import DARK, LIGHT, PHONE, QUESTION, Chat, Traffic
from tests.browser.server import Server
from tests.browser.test_history import UNSURE, thread_of, ticket

pytestmark = pytest.mark.browser
SIZES = (LIGHT, DARK, {**PHONE, "viewport": {"width": 320, "height": 640}})


@pytest.fixture
def anonymous(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="fr-FR", reduced_motion="reduce")
    yield context
    context.close()


def check(page: Page, server: Server, *addresses: str) -> None:
    """Look at each page in light, dark and very narrow: nothing wrong, nothing sideways, nothing from outside."""
    traffic = Traffic(server.address)
    traffic.watch(page)
    for size in SIZES:
        page.set_viewport_size(size["viewport"])  # type: ignore[arg-type]
        page.emulate_media(color_scheme=size["color_scheme"])  # type: ignore[arg-type]
        for address in addresses:
            page.goto(f"{server.address}{address}")
            page.locator("main h1").wait_for()
            place = f"{address} at {size}"
            assert axe.violations(page) == [], place
            assert not Chat(page, traffic).runs_sideways(), place
    assert traffic.outside == []
    assert traffic.failed == []


def test_signing_in_and_choosing_a_password(anonymous: BrowserContext, server: Server) -> None:
    account, _token = server.account()
    token = server.run(lambda session: links.make(session, account.id, 1, SYSTEM))
    check(anonymous.new_page(), server, "/connexion", f"/mot-de-passe/{token}")


def test_a_wrong_password_is_told_to_everyone(
    anonymous: BrowserContext, server: Server, texts: Texts
) -> None:
    page = anonymous.new_page()
    page.goto(f"{server.address}/connexion")
    page.fill("#email", "personne@ville.example")
    page.fill("#password", "pas le bon du tout")
    page.keyboard.press("Enter")
    page.get_by_role("alert").get_by_text(texts("signin.wrong")).wait_for()
    assert page.input_value("#email") == "personne@ville.example"
    assert axe.violations(page) == []


def test_the_account_page(window: Callable[..., BrowserContext], server: Server) -> None:
    page = window().new_page()
    Chat(page, Traffic(server.address)).open().ask(UNSURE)
    check(page, server, "/compte")
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger").click()
    assert UNSURE in download.value.path().read_text(encoding="utf-8")


def test_the_reading_room(window: Callable[..., BrowserContext], server: Server) -> None:
    page = window().new_page()
    chat = Chat(page, Traffic(server.address)).open()
    chat.ask(QUESTION)
    page.locator('blockquote a[href="#citation-1"]').click()
    quote = page.locator(".passage mark").inner_text()
    address = str(page.locator(".passage-room a").get_attribute("href"))
    check(page, server, "/cadre", "/cadre?q=données+personnelles", "/cadre?q=zzz", address)
    page.set_viewport_size(LIGHT["viewport"])  # type: ignore[arg-type]
    page.goto(f"{server.address}{address}")
    mark = page.locator("mark#citation")
    assert mark.inner_text() == quote
    assert mark.evaluate("one => one.getBoundingClientRect().bottom <= window.innerHeight")


def test_the_referents_pages(window: Callable[..., BrowserContext], server: Server) -> None:
    asker = window().new_page()
    Chat(asker, Traffic(server.address)).open().ask(UNSURE)
    number = ticket(server, thread_of(asker)).id
    page = window(Role.REFERENT).new_page()
    check(page, server, "/referents", "/referents?etat=repondues", f"/referents/{number}")


def test_a_refusal_is_a_page(window: Callable[..., BrowserContext], server: Server, texts: Texts) -> None:
    page = window().new_page()
    for address, status in (("/referents", 403), ("/nulle-part", 404), ("/cadre/nul", 404)):
        response = page.goto(f"{server.address}{address}")
        assert response is not None
        assert response.status == status
        assert axe.violations(page) == [], address
    assert texts("page.name") in page.title()


def test_everything_is_reached_by_the_keyboard(
    window: Callable[..., BrowserContext], server: Server, texts: Texts
) -> None:
    page = window(Role.REFERENT).new_page()
    page.goto(f"{server.address}/cadre")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == texts("pages.skip")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"
    names = []
    page.goto(f"{server.address}/cadre")
    for _ in range(9):
        page.keyboard.press("Tab")
        names.append(page.evaluate("document.activeElement.textContent.trim()"))
    for name in ("chat", "reading", "referents", "account", "sign_out"):
        assert texts(f"pages.nav.{name}") in names
