"""The chat as an agent uses it, and a record of what its pages ask for."""

from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, Request, Response

OURS = ("data:", "blob:")
# Answered by tests/browser/corpus: two sentences of one article; a rule and its article; marked-up text.
QUESTION = "Puis-je saisir des données personnelles dans un outil d’IA grand public ?"
MAY_I = "Puis-je noter mes collègues avec une IA ?"
MARKED_UP = "Comment s’écrit une consigne secrète ?"
LIGHT = {"color_scheme": "light", "viewport": {"width": 1280, "height": 800}}
DARK = {"color_scheme": "dark", "viewport": {"width": 1280, "height": 800}}
PHONE = {"color_scheme": "light", "viewport": {"width": 360, "height": 740}, "has_touch": True}
LOOKS = pytest.mark.parametrize("look", [LIGHT, DARK, PHONE], ids=["light", "dark", "phone"])


@dataclass
class Traffic:
    """What the pages of one test asked for."""

    server: str
    outside: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)

    def watch(self, page: Page) -> None:
        """Record the page's requests from now on."""
        page.on("request", self._requested)
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)
        page.on("websocket", lambda opened: self._check(opened.url.replace("ws:", "http:", 1)))

    def _requested(self, request: Request) -> None:
        self.kinds.add(request.resource_type)
        self._check(request.url)

    def _failed(self, request: Request) -> None:
        # one that the page itself gave up, by going elsewhere, did not go wrong
        if request.failure != "net::ERR_ABORTED":
            self.failed.append(f"{request.url}: {request.failure}")

    def _check(self, url: str) -> None:
        if not url.startswith((self.server, *OURS)):
            self.outside.append(url)

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.failed.append(f"{response.url}: {response.status}")


@dataclass
class Chat:
    """A page of the chat, as an agent uses it."""

    page: Page
    traffic: Traffic

    def open(self) -> "Chat":
        """Open the home page and wait for the greeting, before which the question box is closed."""
        self.page.goto(self.traffic.server)
        self.page.wait_for_selector(".ai-message .message-content")
        self.page.wait_for_selector("#chat-submit:not([aria-label=''])")
        return self

    def ask(self, question: str) -> str:
        """Ask a question and return the text of the answer."""
        answers = self.page.locator(".ai-message .message-content")
        before = answers.count()
        self.page.fill("#chat-input", question)
        self.page.keyboard.press("Enter")
        answers.nth(before).wait_for()
        # The element that makes the citations open marks its message when it is ready.
        self.page.locator(f".ai-message[data-status] >> nth={before - 1}").wait_for()
        return answers.nth(before).inner_text()

    def settle(self) -> None:
        """Wait for the transitions to end."""
        self.page.wait_for_function("document.getAnimations().every(one => one.playState !== 'running')")

    def runs_sideways(self) -> bool:
        """Tell whether anything on the page can be scrolled horizontally."""
        script = """() => [document.documentElement, ...document.querySelectorAll('body *')].some(one =>
            one.scrollWidth > one.clientWidth + 1
            && ['auto', 'scroll'].includes(getComputedStyle(one).overflowX))
            || document.documentElement.scrollWidth > window.innerWidth"""
        return bool(self.page.evaluate(script))
