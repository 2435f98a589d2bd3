"""Makes foreign text safe inside a Markdown message: it is shown as it is, never interpreted."""

from __future__ import annotations

import re

# Chainlit draws a blinking cursor in place of this character.
_CURSOR = "\u200b"
# Only what Markdown, its tables and directives (« :name ») would act on, so that a copied message stays
# readable. Bare addresses become links whatever precedes them: Answer.jsx undoes those.
_ACTIVE = re.compile(r"[\\`*_\[\]<>~|]|&(?=[#\w]+;)|:(?=[A-Za-z:])")
_LINE_START = re.compile(r"^[ \t]*([#+=-]|\d{1,9}(?=[.)]))?", re.MULTILINE)


def literal(text: str) -> str:
    """Return the text with every active Markdown character escaped; line breaks are kept, indents are not."""
    escaped = _ACTIVE.sub(lambda match: "\\" + match[0], text.replace(_CURSOR, ""))
    return _LINE_START.sub(_escape_start, escaped)


def _escape_start(match: re.Match[str]) -> str:
    sign = match[1] or ""
    # A number followed by a point opens a list: the point is what must be escaped.
    return sign + "\\" if sign.isdigit() else "\\" * bool(sign) + sign


def quotation(text: str) -> str:
    """Return the lines as a Markdown quotation."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())
