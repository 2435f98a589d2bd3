"""axe-core on every state of the page. What Chainlit itself leaves is listed, and must not grow."""

from pathlib import Path

import pytest

from assistant.domain import AnswerStatus
from tests.browser.pages import DARK, LIGHT, LOOKS, MAY_I, QUESTION, Chat

pytestmark = pytest.mark.browser
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
GRAVE = ("serious", "critical")
# (rule, selector): drawn by Chainlit, out of our reach. docs/accessibility.md lists and explains each.
KNOWN = (
    ("aria-hidden-focus", "#root"),
    ("aria-hidden-focus", "a"),
)


def violations(chat: Chat) -> list[str]:
    """Return the serious and critical violations that are not known, one a line."""
    chat.settle()
    if not chat.page.evaluate("'axe' in window"):
        # Through the debugger: the page's own policy refuses foreign scripts, as it must.
        chat.page.evaluate(AXE.read_text(encoding="utf-8"))
    found = chat.page.evaluate("tags => axe.run({runOnly: tags})", RULES)
    return [
        f"{violation['id']} ({violation['impact']}): {' '.join(map(str, node['target']))}"
        for violation in found["violations"]
        if violation["impact"] in GRAVE
        for node in violation["nodes"]
        if (violation["id"], " ".join(map(str, node["target"]))) not in KNOWN
    ]


def test_axe_is_installed() -> None:
    assert AXE.is_file(), "run « npm ci » in tests/browser (make test does)"


@LOOKS
def test_home_answer_and_passage_have_no_serious_violation(chat: Chat) -> None:
    assert violations(chat) == []
    chat.ask(QUESTION)
    assert violations(chat) == []
    chat.page.locator('blockquote a[href="#citation-1"]').click()
    chat.page.locator(".passage mark").wait_for()
    assert violations(chat) == []


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
def test_the_colours_of_every_status_can_be_read(chat: Chat) -> None:
    chat.ask(MAY_I)
    message = chat.page.locator(".ai-message[data-status]").last
    for status in [*AnswerStatus, "error"]:
        message.evaluate("(one, status) => { one.dataset.status = status }", status)
        assert violations(chat) == [], status


def test_the_theme_menu_has_no_serious_violation(chat: Chat) -> None:
    chat.page.locator("#theme-toggle").click()
    chat.page.get_by_role("menuitem").first.wait_for()
    assert violations(chat) == []
