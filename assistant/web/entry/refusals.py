"""What is said instead of a page: it does not exist, is for somebody else, or the session ended."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException as StarletteHTTPException

from assistant.web import current, pages

# Keys of ``refused`` in the words of the interface.
_REASONS = {401: "signed_out", 403: "role", 404: "unknown", 405: "unknown"}


def wants_page(headers: Headers) -> bool:
    """Tell whether a person reads the response, rather than a script."""
    return "text/html" in headers.get("accept", "")


def refusal(request: Request, status: int, said: str = "") -> Response:
    """Return a refusal: a page for a person, JSON for a script; ``said`` replaces the usual words."""
    texts = current.site().texts
    reason = "other" if said and status == 403 else _REASONS.get(status, "other")
    said = said or texts(f"refused.{reason}.text")
    if not wants_page(request.headers):
        # The shape of FastAPI's own errors, which the chat's page reads.
        return JSONResponse({"detail": said}, status)
    title = texts(f"refused.{reason}.title")
    return pages.render(request, "refused.html", title, status, reason=reason, said=said)


async def refused(request: Request, error: Exception) -> Response:
    """Answer for a route that raised ``HTTPException``, or whose address or fields make no sense."""
    if not isinstance(error, StarletteHTTPException):
        return refusal(request, 404)
    # What the framework raises by itself is in English; our own sentences come with FastAPI's exception.
    ours = isinstance(error, HTTPException) and error.detail != HTTPStatus(error.status_code).phrase
    response = refusal(request, error.status_code, str(error.detail) if ours else "")
    response.headers.update(error.headers or {})
    return response


async def failed(_request: Request, _error: Exception) -> Response:
    """Answer for a route that failed; the error itself is in the log."""
    return PlainTextResponse(current.site().texts("refused.failure"), 500)


# What the application does with what its routes raise.
HANDLERS = {StarletteHTTPException: refused, RequestValidationError: refused, Exception: failed}
