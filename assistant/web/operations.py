"""What operators watch: health, readiness, metrics."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from hmac import compare_digest

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from assistant.domain import Role
from assistant.errors import AssistantError
from assistant.service import Assistant
from assistant.storage import census
from assistant.storage.occupancy import file_of
from assistant.storage.tables import SecretRow
from assistant.web import current, metrics
from assistant.web.chat import live
from assistant.web.current import Site
from assistant.web.entry.access import signed_in

# How long each part has to answer, in seconds.
PATIENCE = 5
router = APIRouter()


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """Tell that the process is alive, whatever else is wrong."""
    return {"status": "ok"}


@router.get("/readyz")
async def readyz() -> JSONResponse:
    """Tell whether agents can be served, and which part fails; the reason is for the log and ``doctor``."""
    site = current.site()
    parts = {
        "database": await _database_answers(site),
        "index": await _works(_has_index, site.assistant),
        "encoder": await _works(_encodes, site.assistant),
    }
    ready = all(parts.values())
    return JSONResponse({"status": "ready" if ready else "failing", **parts}, 200 if ready else 503)


@router.get("/metrics")
async def read_metrics(request: Request) -> Response:
    """Return the metrics to whoever has the token, or to an administrator."""
    site = current.site()
    _check_reader(request, site.settings.metrics_token)
    async with site.database.reading() as session:
        counted = await census.take(session)
    manifest = site.assistant.manifest
    reading = metrics.Reading(counted, live.open_pages(), manifest.passages, manifest.built_at)
    return Response(metrics.exposition(reading), media_type=CONTENT_TYPE_LATEST)


def _check_reader(request: Request, token: str) -> None:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if token and scheme.lower() == "bearer" and compare_digest(given.strip().encode(), token.encode()):
        return
    account = signed_in(request)
    if account is None:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    if account.role is not Role.ADMIN:
        raise HTTPException(403)


async def _database_answers(site: Site) -> bool:
    file = file_of(site.settings.database_url)
    # A file deleted under an open connection still answers, and loses what is written.
    if file is not None and not file.is_file():
        return False
    try:
        async with asyncio.timeout(PATIENCE), site.database.reading() as session:
            await session.scalar(select(SecretRow.name).limit(1))
    except (SQLAlchemyError, OSError):
        return False
    return True


async def _works(check: Callable[[Assistant], bool], assistant: Assistant) -> bool:
    try:
        async with asyncio.timeout(PATIENCE):
            return await asyncio.to_thread(check, assistant)
    except (AssistantError, OSError, RuntimeError, ValueError):
        return False


def _has_index(assistant: Assistant) -> bool:
    return assistant.manifest.passages > 0


def _encodes(assistant: Assistant) -> bool:
    return assistant.encoder.encode(["prêt"]).shape == (1, assistant.encoder.dimension)
