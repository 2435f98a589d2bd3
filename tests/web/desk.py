"""The real application in this process, with one account per role, for tests of its pages."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.testclient import TestClient

from assistant.accounts import directory, sessions
from assistant.domain import Account, Role
from assistant.settings import Settings
from assistant.storage.audit import SYSTEM
from assistant.storage.database import opened
from assistant.web.entry.access import SESSION_COOKIE

ADDRESS = "http://127.0.0.1:8000"
PEOPLE = {
    "agent": Role.AGENT,
    "other": Role.AGENT,
    "trainer": Role.TRAINER,
    "referent": Role.REFERENT,
    "admin": Role.ADMIN,
}
PASSWORD = "un mot de passe assez long"
Result = TypeVar("Result")


@dataclass
class Desk:
    """The running application; ``client`` gives a browser that is already signed in."""

    app: FastAPI
    settings: Settings
    main: TestClient  # runs the lifespan
    accounts: dict[str, Account] = field(default_factory=dict)

    def run(self, work: Callable[[AsyncSession], Awaitable[Result]]) -> Result:
        """Run a function in a writing transaction, from outside the server, and return its result."""

        async def whole() -> Result:
            async with opened(self.settings.database_url) as database, database.writing() as session:
                return await work(session)

        return asyncio.run(whole())

    def client(self, name: str = "") -> TestClient:
        """Return a browser: signed in as this person, or anonymous. Redirections are not followed."""
        client = TestClient(self.app, base_url=ADDRESS, follow_redirects=False)
        client.portal = self.main.portal  # in the same event loop as the database's connections
        if name:
            account = self.accounts[name]
            client.cookies.set(SESSION_COOKIE, self.run(lambda s: sessions.open_session(s, account.id, 1)))
        return client

    def token(self, client: TestClient, path: str = "/compte") -> str:
        """Return the hidden token of the forms of a page."""
        found = re.search(r'name="jeton" value="([^"]+)"', client.get(path).text)
        assert found, f"no form on {path}"
        return found[1]


async def fill(session: AsyncSession) -> dict[str, Account]:
    """Make one account per role, and a second agent."""
    made = {}
    for name, role in PEOPLE.items():
        made[name] = await directory.create(
            session,
            email=f"{name}@ville.example",
            name=f"Personne {name.capitalize()}",
            role=role,
            service="Accueil",
            actor=SYSTEM,
        )
        await directory.set_password(session, made[name].id, PASSWORD, SYSTEM)
    return made
