"""Who may ask for what: one table for our routes and Chainlit's; what is not in it does not exist."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.domain import Role

ANYONE: frozenset[Role] | None = None
SIGNED_IN = frozenset(Role)
REFERENTS = frozenset({Role.REFERENT})
ADMINS = frozenset({Role.ADMIN})
SOCKET = "/ws/socket.io/"


@dataclass(frozen=True, slots=True)
class Rule:
    """Paths that share their methods and readers; ``roles`` None is anyone, signed in or not.

    ``path`` is a route as FastAPI writes it; ``{rest:path}`` stands for any end. ``chainlit`` tells that
    the chat component answers, and needs to be told who asks.
    """

    methods: str
    path: str
    roles: frozenset[Role] | None
    chainlit: bool = False

    @property
    def pattern(self) -> re.Pattern[str]:
        """Return the expression that a whole path must match."""
        escaped = re.sub(r"\{\w+:path\}", ".+", self.path)
        return re.compile(re.sub(r"\{\w+\}", "[^/]+", escaped) + r"\Z")


RULES = (
    Rule("GET", "/healthz", ANYONE),
    Rule("GET", "/readyz", ANYONE),
    Rule("GET", "/metrics", ANYONE),  # the page itself asks for the token, or for an admin
    Rule("GET", "/robots.txt", ANYONE),
    Rule("GET", "/static/{rest:path}", ANYONE),
    # Signing in
    Rule("GET POST", "/connexion", ANYONE),
    Rule("GET", "/login", ANYONE),
    Rule("POST", "/deconnexion", SIGNED_IN),
    Rule("GET POST", "/premier-acces/{token}", ANYONE),
    Rule("GET POST", "/mot-de-passe/{token}", ANYONE),
    # One's own data
    Rule("GET", "/compte", SIGNED_IN),
    Rule("GET", "/compte/donnees.json", SIGNED_IN),
    Rule("POST", "/compte/mot-de-passe", SIGNED_IN),
    Rule("POST", "/compte/historique", SIGNED_IN),
    Rule("POST", "/compte/suppression", SIGNED_IN),
    # The reading room
    Rule("GET", "/cadre", SIGNED_IN),
    Rule("GET", "/cadre/{document_id}", SIGNED_IN),
    # The referents
    Rule("GET", "/referents", REFERENTS),
    Rule("GET", "/referents/{number}", REFERENTS),
    Rule("POST", "/referents/{number}/reponse", REFERENTS),
    # The chat: our page, then what its component needs of Chainlit
    Rule("GET", "/", SIGNED_IN),
    Rule("GET", "/thread/{thread_id}", SIGNED_IN),
    Rule("GET", "/public/{rest:path}", ANYONE, chainlit=True),
    Rule("GET", "/assets/{rest:path}", ANYONE, chainlit=True),
    Rule("GET", "/favicon", ANYONE, chainlit=True),
    Rule("GET", "/logo", ANYONE, chainlit=True),
    Rule("GET", "/avatars/{avatar_id}", SIGNED_IN, chainlit=True),
    Rule("GET", "/auth/config", SIGNED_IN, chainlit=True),
    Rule("GET", "/user", SIGNED_IN, chainlit=True),
    Rule("POST", "/set-session-cookie", SIGNED_IN, chainlit=True),
    Rule("GET", "/project/translations", SIGNED_IN, chainlit=True),
    Rule("GET", "/project/settings", SIGNED_IN, chainlit=True),
    Rule("POST", "/project/threads", SIGNED_IN, chainlit=True),
    Rule("GET", "/project/thread/{thread_id}", SIGNED_IN, chainlit=True),
    Rule("PUT DELETE", "/project/thread", SIGNED_IN, chainlit=True),
    Rule("GET", "/project/thread/{thread_id}/element/{element_id}", SIGNED_IN, chainlit=True),
    Rule("POST", "/project/action", SIGNED_IN, chainlit=True),
    # no GET: polling is not used, a plain request there has nothing to ask
    Rule("WEBSOCKET", SOCKET, SIGNED_IN, chainlit=True),
)
_COMPILED = tuple((rule, rule.pattern, frozenset(rule.methods.split())) for rule in RULES)


def rule_for(method: str, path: str) -> Rule | None:
    """Return the rule of a request, None when there is no such page; HEAD counts as GET."""
    asked = "GET" if method == "HEAD" else method
    return next(
        (rule for rule, pattern, methods in _COMPILED if asked in methods and pattern.match(path)), None
    )
