"""Log lines as they are written: what they hold, and what they never hold."""

import asyncio
import json
import logging
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from assistant.errors import SettingsError, StoreError
from assistant.logs import clean, configure, new_trace, trace_id
from assistant.settings import load_settings

TYPED = "Mme Dupont est-elle malade ? Voir jeanne.dupont@ville.example ou le 06 12 34 56 78"
logger = logging.getLogger("assistant.test")


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Give the process its handlers and levels back."""
    root, ours = logging.getLogger(), logging.getLogger("assistant")
    handlers, levels = root.handlers[:], (root.level, ours.level)
    yield
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    ours.setLevel(levels[1])


def written(capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err


def failing(error: BaseException) -> None:
    raise error


def test_a_line_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    configure(load_settings())
    trace_id.set("abc")
    logger.warning("index %s ready in %d ms", "g1", 12)
    trace_id.set("")
    logger.info("no request")
    first, second = written(capsys).splitlines()
    moment = datetime.strptime(first.split()[0], "%Y-%m-%dT%H:%M:%S.%f%z")
    assert timedelta(0) <= datetime.now(UTC) - moment < timedelta(seconds=10)
    assert first.endswith(" WARNING assistant.test [abc] index g1 ready in 12 ms")
    assert second.endswith(" INFO assistant.test [-] no request")


def test_a_line_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    configure(load_settings(log_format="json"))
    logger.info("réponse en %d ms", 12, extra={"route": "/cadre", "duration_ms": 12, "who": TYPED})
    record = json.loads(written(capsys))
    assert record["message"] == "réponse en 12 ms"
    assert record.keys() == {"time", "level", "logger", "trace_id", "message", "route", "duration_ms", "who"}
    assert (record["level"], record["logger"], record["duration_ms"]) == ("INFO", "assistant.test", 12)
    assert "dupont" not in record["who"].lower()


def test_the_level_is_ours_and_libraries_never_tell_details(capsys: pytest.CaptureFixture[str]) -> None:
    configure(load_settings(log_level="debug"))
    logger.debug("ours")
    logging.getLogger("aiosqlite").debug("executing INSERT with %s", TYPED)
    logging.getLogger("library").info("theirs")
    assert [line.split()[-1] for line in written(capsys).splitlines()] == ["ours", "theirs"]
    configure(load_settings(log_level="WARNING"))
    logger.info("quiet")
    assert written(capsys) == ""


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"REPERE_LOG_LEVEL.*bavard"):
        configure(load_settings(log_level="bavard"))


@pytest.mark.parametrize("log_format", ["text", "json"])
@pytest.mark.parametrize(
    "error",
    [
        ValueError(f"could not read {TYPED!r}"),
        KeyError(TYPED),
        RuntimeError(TYPED, 3),
        ExceptionGroup(TYPED, [ValueError(TYPED)]),
        UnicodeDecodeError("utf-8", TYPED.encode(), 0, 1, TYPED),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_was_typed_does_not_pass_through_an_error(
    log_format: str, error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(load_settings(log_format=log_format))
    try:
        try:
            failing(error)
        except Exception as first:
            raise LookupError(TYPED) from first
    except LookupError as caught:
        logger.exception("the question failed")
        logger.error("the question failed: %s", caught)
        logger.exception(caught)
    lines = written(capsys)
    assert type(error).__name__ in lines
    assert "in failing" in lines
    for word in ("malade", "Dupont", "dupont", "06 12", "ville.example"):
        assert word not in lines


def test_a_task_that_nobody_awaited(capsys: pytest.CaptureFixture[str]) -> None:
    configure(load_settings())

    async def forgotten() -> None:
        failing(ValueError(TYPED))

    async def main() -> None:
        task = asyncio.create_task(forgotten())
        await asyncio.sleep(0)
        del task

    asyncio.run(main())
    lines = written(capsys)
    assert "never retrieved" in lines
    assert "malade" not in lines


def test_our_own_errors_and_those_of_the_system_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    configure(load_settings())
    try:
        open("/nowhere/index")  # noqa: PTH123, SIM115
    except OSError:
        logger.exception("failed")
    logger.error("failed", exc_info=StoreError("Aucun index pour ce corpus."))
    engine = create_engine("sqlite://", hide_parameters=True)
    try:
        with engine.connect() as connection:
            connection.execute(text("INSERT INTO nowhere VALUES (:typed)"), {"typed": TYPED})
    except SQLAlchemyError:
        logger.exception("failed")
    lines = written(capsys)
    for told in ("/nowhere/index", "Aucun index pour ce corpus.", "no such table: nowhere"):
        assert told in lines
    assert "malade" not in lines


def test_a_forged_line_cannot_be_taken_for_one(capsys: pytest.CaptureFixture[str]) -> None:
    configure(load_settings())
    logger.error("failed: %s", StoreError("x\n2026-11-25 02:50:39.898 INFO assistant [-] tout va bien"))
    first, second = written(capsys).splitlines()
    assert first.endswith("x")
    assert second.startswith("    2026")


def test_another_handler_gets_the_record_as_it_was(caplog: pytest.LogCaptureFixture) -> None:
    configure(load_settings())
    logging.getLogger().addHandler(caplog.handler)
    logger.warning("for %s", "a@ville.example")
    assert caplog.records[0].args == ("a@ville.example",)


@pytest.mark.parametrize(
    ("line", "cleaned"),
    [
        ("GET /mot-de-passe/a-B_9 200", "GET /mot-de-passe/… 200"),
        ('"POST /premier-acces/a-B_9?x=1"', '"POST /premier-acces/…?…"'),
        ("GET /mot-de-passe/{token} 200 1 ms", None),
        ("GET /cadre?q=malade&v=1 200", "GET /cadre?… 200"),
        ("https://repere.example/cadre/charte?q=malade#a1", "https://repere.example/cadre/charte?…"),
        ("account 3fa85f64-5717-4562-b3fc-2c963f66afa6", "account 3fa85f64-5717-4562-b3fc-2c963f66afa6"),
        ("serving index generation 20261125T021500123456-abcdef", None),
        ("http://127.0.0.1:8000", None),
        ("GET /cadre/{document_id} 200 1234567 ms", None),
    ],
)
def test_addresses_lose_their_tokens_and_queries_and_nothing_else(line: str, cleaned: str | None) -> None:
    assert clean(line) == (cleaned or line)


def test_trace_ids_differ() -> None:
    assert len({new_trace() for _ in range(100)}) == 100
    assert all(len(one) <= 32 for one in (new_trace(),))  # what the table of steps can hold


def test_logs_go_to_the_standard_error_of_now() -> None:
    configure(load_settings())
    (handler,) = logging.getLogger().handlers
    assert isinstance(handler, logging.StreamHandler)
    assert handler.stream is sys.stderr
