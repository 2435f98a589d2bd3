"""The page of the chat at its addresses: Chainlit's page in our frame, for whoever is signed in."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from assistant.storage import threads
from assistant.texts import Texts
from assistant.web import current
from assistant.web.chat import dressing
from assistant.web.entry.access import account_of, form_token
from assistant.web.pages import environment, places, render

router = APIRouter()
_prepared: list[str] = []
# Where the frame of the page goes; the rest is the same for everyone.
FRAME = "<!-- frame -->"


def prepare(html: str, texts: Texts) -> str:
    """Make Chainlit's page ours, keep it for the requests to come, and return it."""
    dressed = dressing.dressed(html, texts, FRAME)
    _prepared[:] = [dressed]
    return dressed


@router.get("/")
async def home(request: Request) -> HTMLResponse:
    """Open a new discussion."""
    return _chat(request)


@router.get("/thread/{thread_id}")
async def thread(request: Request, thread_id: str) -> HTMLResponse:
    """Open one of one's own discussions again, or the one that is being started."""
    site, account = current.site(), account_of(request)
    async with site.database.reading() as session:
        owner = await threads.owner(session, thread_id)
    if owner not in (None, account.id):
        return render(request, "refused.html", site.texts("refused.missing.title"), 404, reason="missing")
    return _chat(request)


def _chat(request: Request) -> HTMLResponse:
    site, account = current.site(), account_of(request)
    frame = (
        environment()
        .get_template("opening.html")
        .render(
            texts=site.texts,
            account=account,
            places=places(account, site.texts, request.url.path),
            token=form_token(request),
            demo=site.demo,
            model_text=site.assistant.rests_on_model_texts(),
            labels=dressing.labels(site.texts),
        )
    )
    return HTMLResponse(_prepared[0].replace(FRAME, frame, 1))
