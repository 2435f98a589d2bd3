"""What an agent does and sees, in a real browser."""

import re

import pytest

from assistant.texts import Texts
from tests.browser.pages import DARK, LIGHT, LOOKS, MARKED_UP, MAY_I, PHONE, QUESTION, Chat

pytestmark = pytest.mark.browser


def test_the_greeting_says_what_it_is(chat: Chat, texts: Texts) -> None:
    said = chat.page.locator(".ai-message").inner_text()
    assert "intelligence artificielle" in said
    assert "Un humain décide" in said
    assert "90 jours" in said
    assert "365 jours" in said
    assert texts("page.model_text") in chat.page.locator("body").inner_text()
    starters = chat.page.locator("#starters button").all_inner_texts()
    assert texts("chat.starters.data.label") in starters
    assert 6 <= len(starters) <= 8


def test_a_starter_asks_its_question(chat: Chat, texts: Texts) -> None:
    chat.page.get_by_role("button", name=texts("chat.starters.citizen.label")).click()
    asked = chat.page.locator('[data-step-type="user_message"]')
    assert asked.inner_text().strip() == texts("chat.starters.citizen.message")
    chat.page.locator(".ai-message[data-status]").wait_for()


@LOOKS
def test_a_citation_opens_the_passage_on_the_very_words(chat: Chat, texts: Texts) -> None:
    answer = chat.ask(QUESTION)
    assert answer.startswith(texts("status.verified.label"))
    link = chat.page.locator('blockquote a[href="#citation-1"]')
    quote = re.search(r"«\s(.*?)\s»", link.locator("xpath=..").inner_text(), re.DOTALL)
    assert quote
    link.click()
    mark = chat.page.locator(".passage mark")
    mark.wait_for()
    chat.settle()
    assert mark.inner_text() == quote[1]
    assert mark.evaluate("one => one.getBoundingClientRect().bottom <= window.innerHeight")
    panel = chat.page.locator(".passage")
    assert quote[1] in panel.locator(".passage-text").inner_text()
    assert "Charte d’essai" in chat.page.locator("#side-view-title").inner_text()
    assert "2.1" in panel.locator(".passage-facts").inner_text()
    assert "5 janvier 2026" in panel.locator(".passage-facts").inner_text()
    assert not chat.runs_sideways()


@LOOKS
def test_an_answer_is_shown_from_its_first_line(chat: Chat) -> None:
    for question in (QUESTION, MAY_I, MARKED_UP):
        chat.ask(question)
        chat.settle()
        pill = chat.page.locator(".ai-message[data-status]").last.locator(".font-bold").first
        composer = chat.page.locator("#message-composer")
        chat.page.wait_for_function(
            "([one, other]) => one.getBoundingClientRect().bottom < other.getBoundingClientRect().top"
            " && one.getBoundingClientRect().top > 80",
            arg=[pill.element_handle(), composer.element_handle()],
            timeout=3000,
        )


def test_a_verdict_comes_before_the_quotes(chat: Chat, texts: Texts) -> None:
    answer = chat.ask(MAY_I)
    verdict, quote = answer.index(texts("verdict.forbidden.label")), answer.index("«")
    assert answer.index(texts("status.verified.label")) < verdict < quote


def test_marked_up_documents_are_quoted_as_they_are(chat: Chat) -> None:
    answer = chat.ask(MARKED_UP)
    assert "<b>*entre étoiles*</b>" in answer
    assert "[entre crochets](https://exemple.fr)" in answer
    message = chat.page.locator(".ai-message").last
    assert message.locator("b, em, a[href*=exemple]").count() == 0
    message.locator('a[href="#citation-1"]').first.click()
    mark = chat.page.locator(".passage mark")
    mark.wait_for()
    assert "<b>*entre étoiles*</b>" in mark.inner_text()
    assert mark.locator("*").count() == 0


def test_each_citation_opens_its_own_words(chat: Chat) -> None:
    chat.ask(MAY_I)
    links = chat.page.locator('blockquote a[href^="#citation-"]')
    opened = []
    for place in range(links.count()):
        links.nth(place).click()
        words = links.nth(place).locator("xpath=..").inner_text()
        mark = chat.page.locator(".passage mark")
        mark.get_by_text(words.split("«")[1].split("»")[0].strip()[:40]).wait_for()
        opened.append(mark.inner_text())
        assert f"« {opened[-1]} »" in words.replace("\xa0", " ")
    assert len(opened) == len(set(opened)) > 1


@LOOKS
def test_nothing_runs_off_the_side(chat: Chat) -> None:
    assert not chat.runs_sideways()
    chat.ask(QUESTION)
    chat.settle()
    assert not chat.runs_sideways()


@pytest.mark.parametrize(("look", "dark"), [(LIGHT, False), (DARK, True)], ids=["light", "dark"])
def test_the_system_s_theme_is_followed(chat: Chat, dark: bool) -> None:
    colour = chat.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", colour)[:3])) < 200) == dark


def test_everything_works_from_the_keyboard(chat: Chat, texts: Texts) -> None:
    keyboard, page = chat.page.keyboard, chat.page
    for _ in range(20):
        keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.textContent") == texts("page.skip"):
            break
    keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "chat-input"
    keyboard.type(QUESTION)
    keyboard.press("Enter")
    page.locator(".ai-message[data-status]").wait_for()
    for _ in range(40):
        keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.hash") == "#citation-1":
            break
    keyboard.press("Enter")
    page.locator(".passage mark").wait_for()
    assert page.evaluate("document.activeElement.className") == "passage"
    keyboard.press("Escape")
    page.locator(".passage").wait_for(state="detached")
    page.wait_for_function("document.activeElement.hash === '#citation-1'")


def test_the_phone_s_panel_gives_the_focus_back(chat: Chat) -> None:
    chat.page.set_viewport_size(PHONE["viewport"])  # type: ignore[arg-type]
    chat.ask(QUESTION)
    chat.page.locator('blockquote a[href="#citation-1"]').click()
    dialog = chat.page.get_by_role("dialog", name="Charte d’essai")
    dialog.locator("mark").wait_for()
    dialog.get_by_role("button", name="Fermer").click()
    dialog.wait_for(state="detached")
    chat.page.wait_for_function("document.activeElement.hash === '#citation-1'")


def test_an_answer_is_announced(chat: Chat, texts: Texts) -> None:
    answer = chat.ask(QUESTION)
    announcer = chat.page.locator("#answer-announcer")
    start = texts("page.labels.answer", text=answer.split("\n")[0])
    announcer.get_by_text(start).wait_for(state="attached")


@pytest.mark.parametrize(
    "question",
    [
        "<img src=x onerror=alert(1)>",
        "**gras** [lien](https://exemple.fr)",
        "# Titre\n- un `code`",
        "<b>x</b>",
    ],
)
def test_a_question_is_shown_as_typed(question: str, chat: Chat) -> None:
    chat.page.on("dialog", lambda _dialog: pytest.fail("a script of the question ran"))
    chat.ask(question)
    asked = chat.page.locator('[data-step-type="user_message"]')
    assert asked.inner_text().strip() == question
    assert asked.locator("img, a, b, strong, .font-bold, code, h1, li").count() == 0
    answer = chat.page.locator(".ai-message").last
    assert answer.locator("img[src=x], b, script").count() == 0


def test_a_greeting_is_answered_without_sources(chat: Chat) -> None:
    answer = chat.ask("Bonjour")
    assert "Repère" in answer
    assert chat.page.locator(".ai-message").last.locator("a").count() == 0


def test_a_question_too_long_is_refused_in_french(chat: Chat, texts: Texts) -> None:
    assert chat.ask("question " * 1000).startswith(texts("chat.question_error"))


def test_the_answer_is_copied_with_its_sources(chat: Chat, texts: Texts) -> None:
    address = chat.traffic.server
    chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    chat.ask(QUESTION)
    chat.page.get_by_role("button", name=texts("page.labels.tools.copy")).click()
    chat.page.get_by_text(texts("page.labels.tools.copied")).wait_for()
    copied = chat.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(texts("copy.question", question=QUESTION))
    assert "» [1]" in copied
    assert "[1] Charte d’essai – Article 1 – Données personnelles, version 2.1, en vigueur depuis" in copied
    assert f"{address}/cadre/charte?v=" in copied
    assert texts("page.model_text") in copied
    assert "\\" not in copied


def test_a_new_discussion_starts_from_the_greeting(chat: Chat, texts: Texts) -> None:
    chat.ask(QUESTION)
    chat.page.get_by_role("button", name=texts("page.labels.new_chat")).click()
    chat.page.locator("#starters").wait_for()
    chat.page.locator(".ai-message").wait_for()
    assert chat.page.locator(".ai-message").count() == 1


def test_no_font_is_fetched_and_no_english_is_left(chat: Chat) -> None:
    chat.ask(QUESTION)
    chat.page.locator("#theme-toggle").click()
    chat.page.get_by_role("menuitem").first.wait_for()
    words = chat.page.locator("body").inner_text()
    assert not re.search(r"\b(Close|Toggle|Send|Message|Settings|Copy|Readme|Chainlit)\b", words)
    names = chat.page.evaluate(
        "[...document.querySelectorAll('[aria-label], [title], [alt]')].map(one =>"
        " [one.ariaLabel, one.title, one.alt].join(' ')).join(' ')"
    )
    assert not re.search(r"\b(Close|Toggle|Avatar|logo|Notifications alt)\b", names)
    assert "font" not in chat.traffic.kinds
    assert {"document", "script", "stylesheet"} <= chat.traffic.kinds
