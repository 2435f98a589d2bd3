"""The interface in English, over a framework that stays French."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from assistant.domain import Role
from assistant.texts import Texts, load_texts
from assistant.web.entry.access import SESSION_COOKIE
from tests.browser.pages import LIGHT, MAY_I, QUESTION, Chat, Traffic
from tests.browser.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]
QUOTE = "Un agent ne saisit aucune donnée personnelle dans un outil d’IA grand public."


@pytest.fixture(scope="module")
def english() -> Texts:
    return load_texts("en")


@pytest.fixture
def page(browser: Browser, english_server: Server) -> Iterator[Page]:
    """Return a page of a browser signed in as a referent, who may see everything."""
    _account, token = english_server.account(Role.REFERENT)
    context: BrowserContext = browser.new_context(locale="en-GB", reduced_motion="reduce", **LIGHT)
    context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": english_server.address}])
    yield context.new_page()
    context.close()


def sentences(texts: Texts) -> set[str]:
    groups = {key.partition(".")[0] for key in texts.keys()}  # noqa: SIM118 (not a dictionary)
    return {sentence for group in groups for sentence in texts.under(group).values()}


def left(page: Page, french: Texts, english: Texts) -> set[str]:
    """Return the French sentences of the interface that stand on the page, or name something on it."""
    words = set(page.locator("body").inner_text().splitlines())
    for attribute in ("aria-label", "title", "placeholder"):
        script = f"all => all.map(one => one.getAttribute('{attribute}'))"
        words.update(page.locator(f"[{attribute}]").evaluate_all(script))
    assert len(words) > 5
    return {word.strip() for word in words} & (sentences(french) - sentences(english))


def test_the_interface_is_english_and_the_quotes_french(
    page: Page, english_server: Server, english: Texts, texts: Texts
) -> None:
    chat = Chat(page, Traffic(english_server.address)).open()
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.get_by_role("textbox", name=english("page.labels.composer")).is_visible()
    assert left(page, texts, english) == set()
    label, explanation = (english(f"verdict.forbidden.{part}") for part in ("label", "explanation"))
    assert f"{label}: {explanation}" in chat.ask(MAY_I)
    assert chat.ask(QUESTION).startswith(english("status.verified.label"))
    quote = page.locator(".ai-message").last.locator("blockquote")
    assert f"« {QUOTE} »" in quote.inner_text().replace("\xa0", " ")
    assert quote.get_attribute("lang") == "fr"
    quote.locator("a").first.click()
    facts = page.locator(".passage-facts").inner_text()
    assert "5 January 2026" in facts
    assert "en vigueur" in facts
    assert QUOTE in page.locator(".passage-text[lang=fr]").inner_text()
    assert left(page, texts, english) == set()


def test_our_own_pages_are_english(page: Page, english_server: Server, english: Texts, texts: Texts) -> None:
    for address in ("/compte", "/cadre", "/cadre/charte", "/referents", "/nulle-part"):
        page.goto(f"{english_server.address}{address}")
        assert page.locator("html").get_attribute("lang") == "en", address
        assert page.get_by_role("link", name=english("pages.nav.account")).is_visible(), address
        assert left(page, texts, english) == set(), address
