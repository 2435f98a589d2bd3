"""Hand-made documents to render, and the application over the tiny corpus."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from assistant.settings import Settings
from assistant.storage.database import Database
from assistant.web import current
from assistant.web.app import create_app
from tests.web.desk import ADDRESS, Desk, fill
from tests.web.shelf import Shelf, filled
from tests.web.stage import Stage, served


@pytest.fixture(scope="session")
def shelf() -> Shelf:
    """Return a model charter in force since a date, and a dateless guide."""
    return filled()


@pytest.fixture(scope="session")
def desk(built_settings: Settings) -> Iterator[Desk]:
    """Return the running application with its accounts; one for all tests, as Chainlit wants."""
    app = create_app(built_settings)
    with TestClient(app, base_url=ADDRESS) as main:
        one = Desk(app, built_settings, main)
        one.accounts = one.run(fill)
        yield one


@pytest.fixture(scope="session")
def site(desk: Desk) -> TestClient:
    """Return an anonymous browser."""
    return desk.client()


@pytest.fixture
async def stage(desk: Desk, database: Database) -> AsyncIterator[Stage]:
    """Return the same application over real connections, with a database of this test's own."""
    usual = current.site()
    site = replace(usual, database=database)
    current.start(site)
    try:
        async with served(desk.app) as address:
            one = Stage(site, address)
            yield one
            for tab in one.tabs:
                await tab.close()
    finally:
        current.start(usual)
