"""What people write on a ticket, made fit to be kept, and a referent's Markdown fit for the chat."""

from __future__ import annotations

import re

from assistant.errors import TicketError
from assistant.personal_data import mask

REPLY_CHARACTERS = 8000
DETAIL_CHARACTERS = 2000

# What no database keeps (NUL, halves of a character), what a terminal or a reader obeys without showing
# it (controls, reversed writing), and the character that the chat draws as a blinking cursor.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# The chat draws « :name » as nothing at all, and turns a bare address into a link.
_MARKDOWN = re.compile(
    r"(?P<kept>\\[!-/:-@\[-`{-~]"  # a character that is already escaped
    r"|(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)"  # code
    r"|\]\(\s*(?:<[^<>\n]*>|[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)"  # where a link leads
    r"|^[ ]{0,3}\[[^\]\n]+\]:\s*\S+)"  # where a named link leads
    r"|<?(?P<address>(?:https?://|www\.|mailto:)[^\s<>`]*[^\s<>`.,;:!?…»\"'’)\]*_]"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)>?"
    r"|(?P<colon>:(?=[A-Za-z:]))",
    re.MULTILINE | re.DOTALL,
)
_IMAGE = re.compile(r"!\[([^\[\]\n]*)\]\([^()\n]*\)")


def kept(text: str, limit: int, nothing: str) -> str:
    """Return the text as it may be stored: masked, without characters that cannot be seen.

    Raises:
        TicketError: it is empty (``nothing`` says so), or longer than ``limit`` characters.
    """
    seen = visible(text)
    if not seen:
        raise _empty(nothing, limit)
    if len(seen) > limit:
        raise TicketError(
            f"Ce texte est trop long : {len(seen)} caractères.",
            f"Attendu : {limit} caractères au plus.",
            "Raccourcissez-le ; rien n’a été envoyé.",
        )
    return mask(seen)


def visible(text: str) -> str:
    """Return the text with line feeds alone between its lines, and nothing that cannot be seen."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNSEEN.sub("", lines).strip()


def fit(markdown: str) -> str:
    """Return a reply as it is kept and shown: images are their description, bare addresses are text.

    Raises:
        TicketError: see ``kept``.
    """
    nothing = "La réponse est vide."
    described = _IMAGE.sub(r"\1", kept(markdown, REPLY_CHARACTERS, nothing)).strip()
    if not described:
        raise _empty(nothing, REPLY_CHARACTERS)
    written = _MARKDOWN.sub(_inert, described)
    # Whatever is left of an image, wherever it stands: no text holds « ![ », so no reader draws one.
    return written.replace("![", "!\\[")


def _empty(nothing: str, limit: int) -> TicketError:
    return TicketError(nothing, f"Attendu : de 1 à {limit} caractères.")


def _inert(found: re.Match[str]) -> str:
    if found["address"]:
        return f"`{found['address']}`"
    return found[0] if found["kept"] else "\\:"
