"""Our own pages: one Jinja environment, one ``render`` that gives every page its frame."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from assistant.domain import Account
from assistant.texts import Texts
from assistant.web import current
from assistant.web.entry import policy
from assistant.web.entry.access import form_token, signed_in

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"
# (path, key of its name); shown to whoever the policy lets in.
PLACES = (
    ("/", "chat"),
    ("/cadre", "reading"),
    ("/referents", "referents"),
    ("/compte", "account"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A link of the navigation; ``here`` marks the page being read."""

    path: str
    name: str
    here: bool


@cache
def environment() -> Environment:
    """Return the templates; every value is escaped, a missing one is an error."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def places(account: Account, texts: Texts, path: str) -> list[Place]:
    """Return the links of the navigation for this account."""
    shown = []
    for address, key in PLACES:
        rule = policy.rule_for("GET", address)
        if rule is not None and (rule.roles is None or account.role in rule.roles):
            here = path == address or (address != "/" and path.startswith(f"{address}/"))
            shown.append(Place(address, texts(f"pages.nav.{key}"), here))
    return shown


def render(request: Request, template: str, title: str, status: int = 200, **values: object) -> HTMLResponse:
    """Return a page in its frame: navigation, sign-out, banner of the demonstration or of a model text.

    Templates are given ``texts``, ``account`` (None before sign-in), ``token`` (to put in every form as
    ``jeton``), ``title`` and ``values``.
    """
    site = current.site()
    account = signed_in(request)
    page = environment().get_template(template)
    html = page.render(
        texts=site.texts,
        language=site.settings.language,
        authority=site.settings.authority,
        account=account,
        places=places(account, site.texts, request.url.path) if account else [],
        token=form_token(request),
        title=title,
        demo=site.demo,
        model_text=site.assistant.rests_on_model_texts(),
        **values,
    )
    return HTMLResponse(html, status)
