"""axe-core on every state of the chat."""

import pytest

from assistant.domain import AnswerStatus
from assistant.texts import Texts
from tests.browser import axe
from tests.browser.pages import DARK, LIGHT, LOOKS, MAY_I, QUESTION, Chat

pytestmark = pytest.mark.browser


def test_axe_is_installed() -> None:
    assert axe.SCRIPT.is_file(), "run « npm ci » in tests/browser (make test does)"


@LOOKS
def test_home_answer_and_passage_have_no_serious_violation(chat: Chat) -> None:
    assert axe.violations(chat.page) == []
    chat.ask(QUESTION)
    assert axe.violations(chat.page) == []
    chat.page.locator('blockquote a[href="#citation-1"]').click()
    chat.page.locator(".passage mark").wait_for()
    assert axe.violations(chat.page) == []


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
def test_the_colours_of_every_status_can_be_read(chat: Chat) -> None:
    chat.ask(MAY_I)
    message = chat.page.locator(".ai-message[data-status]").last
    for status in [*AnswerStatus, "urgent", "reply", "notice", "error"]:
        message.evaluate("(one, status) => { one.dataset.status = status }", status)
        assert axe.violations(chat.page) == [], status


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
def test_the_forms_under_an_answer_have_no_serious_violation(chat: Chat, texts: Texts) -> None:
    chat.ask(MAY_I)
    for button in ("useless", "ask"):
        chat.page.get_by_role("button", name=texts(f"page.labels.tools.{button}")).click()
        chat.page.locator(".tools-form").wait_for()
        assert axe.violations(chat.page) == [], button


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
def test_menus_and_dialogs_have_no_serious_violation(chat: Chat, texts: Texts) -> None:
    page = chat.page
    page.locator("#theme-toggle").click()
    page.get_by_role("menuitem").first.wait_for()
    assert axe.violations(page) == []
    page.keyboard.press("Escape")
    chat.ask(QUESTION)
    page.get_by_role("button", name=texts("page.labels.search")).click()
    page.get_by_role("dialog").wait_for()
    assert axe.violations(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name=texts("page.labels.thread_options")).first.press("Enter")
    page.get_by_role("menuitem").first.wait_for()
    assert axe.violations(page) == []
    page.locator("#delete-thread").click()
    page.get_by_role("alertdialog").wait_for()
    assert axe.violations(page) == []
