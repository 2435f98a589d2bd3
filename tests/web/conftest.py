"""Hand-made documents to render, and the application without its index."""

import pytest
from starlette.testclient import TestClient

from assistant.settings import load_settings
from assistant.web.app import create_app
from tests.web.shelf import Shelf, filled


@pytest.fixture(scope="session")
def shelf() -> Shelf:
    """Return a model charter in force since a date, and a dateless guide."""
    return filled()


@pytest.fixture(scope="session")
def site() -> TestClient:
    """Return a client of the application; its assistant is not opened, the pages do not need it."""
    return TestClient(create_app(load_settings()), base_url="http://127.0.0.1:8000")
