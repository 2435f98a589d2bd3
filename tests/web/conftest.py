"""Hand-made documents to render, and the application over the tiny corpus."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from assistant.settings import Settings
from assistant.web.app import create_app
from tests.web.desk import ADDRESS, Desk, fill
from tests.web.shelf import Shelf, filled


@pytest.fixture(scope="session")
def shelf() -> Shelf:
    """Return a model charter in force since a date, and a dateless guide."""
    return filled()


@pytest.fixture(scope="session")
def desk(built_settings: Settings) -> Iterator[Desk]:
    """Return the running application with its accounts; one for all tests, as Chainlit wants."""
    app = create_app(built_settings)
    with TestClient(app, base_url=ADDRESS):  # runs the lifespan
        one = Desk(app, built_settings)
        one.accounts = one.run(fill)
        yield one


@pytest.fixture(scope="session")
def site(desk: Desk) -> TestClient:
    """Return an anonymous browser."""
    return desk.client()
