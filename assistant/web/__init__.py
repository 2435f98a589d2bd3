"""The chat in a browser: our FastAPI application with Chainlit mounted in it."""
