"""Log lines for people or for machines, with a trace id and nothing that anybody typed.

What agents type can reach a log through the message of an error that a library raises. So the message of
an error is written only if its class is one whose messages are ours or hold no value; of the others the
log has the class and the lines of code. What remains is masked like a question.
"""

from __future__ import annotations

import logging
import re
import sys
import time
import traceback
from collections.abc import Iterator
from contextvars import ContextVar
from copy import copy
from uuid import uuid4

from pythonjsonlogger.json import JsonFormatter

from assistant.errors import AssistantError, SettingsError
from assistant.personal_data import mask
from assistant.settings import Settings

# Of the request, connection or work in progress; empty outside of one.
trace_id: ContextVar[str] = ContextVar("trace_id", default="")

_TEXT = "%(asctime)s %(levelname)s %(name)s [%(trace_id)s] %(message)s"
_FIELDS = ["asctime", "levelname", "name", "trace_id", "message"]
_NAMES = {"asctime": "time", "levelname": "level", "name": "logger", "exc_info": "exception"}
# SQLAlchemy’s and SQLite’s tell statements without their values (``hide_parameters``).
_SAFE_LIBRARIES = frozenset({"sqlalchemy", "sqlite3", "alembic", "filelock"})
_WITHHELD = "(message not logged)"
_TOKEN = re.compile(r"(/(?:mot-de-passe|premier-acces)/)[^\s/?#\"'<>){]+")
_QUERY = re.compile(r"(/[^\s?\"'<>]*)\?[^\s\"'<>)]+")
# How asyncio shows a task that failed, whoever raised what.
_TASK_ERROR = re.compile(r"(exception=\w+)\(.*\)(?=>)", re.DOTALL)


def configure(settings: Settings) -> None:
    """Send every log line of this process to the standard error, as the settings say.

    Raises:
        SettingsError: the level is not one.
    """
    level = logging.getLevelNamesMapping().get(settings.log_level.upper())
    if level is None:
        raise SettingsError(
            f"REPERE_LOG_LEVEL vaut « {settings.log_level} ».",
            "Attendu : DEBUG, INFO, WARNING, ERROR ou CRITICAL.",
            "Corrigez la variable d’environnement ou le fichier .env.",
        )
    handler = logging.StreamHandler(sys.stderr)
    plain: logging.Formatter
    if settings.log_format == "json":
        plain = JsonFormatter(_FIELDS, rename_fields=_NAMES, json_ensure_ascii=False)
    else:
        plain = logging.Formatter(_TEXT)
    plain.converter = time.gmtime
    plain.default_time_format, plain.default_msec_format = "%Y-%m-%dT%H:%M:%S", "%s.%03dZ"
    handler.setFormatter(Discreet(plain))
    logging.basicConfig(level=max(level, logging.INFO), handlers=[handler], force=True)
    # In detail, libraries log what they are given: statements with their values, messages received.
    logging.getLogger("assistant").setLevel(level)
    # At each opening of the database it tells of which kind it is.
    logging.getLogger("alembic.runtime.migration").setLevel(logging.WARNING)


def new_trace() -> str:
    """Return an identifier for what is about to be logged."""
    return uuid4().hex


class Discreet(logging.Formatter):
    """Hands each record to another formatter without what somebody typed."""

    def __init__(self, plain: logging.Formatter) -> None:
        super().__init__()
        self._plain = plain

    def format(self, record: logging.LogRecord) -> str:
        """Format a copy of the record: other handlers see the original."""
        safe = copy(record)
        for name, value in vars(safe).items():
            if isinstance(value, str) and name not in ("name", "levelname", "msg"):
                setattr(safe, name, clean(value))
        safe.msg, safe.args = _aligned(clean(_message(record))), None
        if record.exc_info:
            safe.exc_info, safe.exc_text = None, "    " + _aligned(clean("".join(_told(record.exc_info[1]))))
        safe.trace_id = trace_id.get() or "-"
        return self._plain.format(safe)


def _aligned(text: str) -> str:
    """Shift all lines but the first: none can be taken for a record of its own."""
    return text.replace("\n", "\n    ")


def clean(text: str) -> str:
    """Return a text with its tokens, query strings and personal data taken out."""
    return mask(_TASK_ERROR.sub(r"\1(…)", _QUERY.sub(r"\1?…", _TOKEN.sub(r"\1…", text))))


def _message(record: logging.LogRecord) -> str:
    """Return the message as ``LogRecord.getMessage`` does, without what errors among its parts say."""
    if isinstance(record.msg, BaseException):
        return _said(record.msg)
    if not record.args:
        return str(record.msg)
    safe = copy(record)
    if isinstance(record.args, tuple):
        safe.args = tuple(_said(one) if isinstance(one, BaseException) else one for one in record.args)
    return safe.getMessage()


def _said(error: BaseException) -> str:
    """Return the class of an error, and its message if it can be written."""
    kind = type(error)
    ours = isinstance(error, AssistantError | OSError) or kind.__module__.split(".")[0] in _SAFE_LIBRARIES
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    message = str(error) if ours else _WITHHELD if error.args else ""
    return f"{name}: {message}" if message else name


def _told(error: BaseException | None) -> Iterator[str]:
    """Yield what a traceback shows of an error and of those behind it, the first cause first."""
    if error is None:
        return
    behind = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if behind is not None:
        yield from _told(behind)
        yield "\nthen:\n"
    if error.__traceback__ is not None:
        yield "".join(["Traceback (most recent call last):\n", *traceback.format_tb(error.__traceback__)])
    yield _said(error)
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield "\namong them:\n"
            yield from _told(one)
