"""Starts a server in its own process and tells how long it takes to be ready and what it occupies."""

from __future__ import annotations

import http.client
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic, sleep
from typing import IO

import psutil

from assistant.errors import AssistantError
from assistant.settings import ROOT

HOST = "127.0.0.1"
LIMIT = 120.0
PAUSE = 0.1


class ServerError(AssistantError):
    """The server did not start."""


@dataclass(frozen=True, slots=True)
class ServerFigures:
    """Seconds until the first healthy answer, and resident memory then, children included."""

    ready_seconds: float
    resident_megabytes: float


def free_port() -> int:
    """Return a port of the loopback that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Server:
    """A server that is ready: its port on the loopback, its process, the seconds it took to be ready."""

    port: int
    pid: int
    ready_seconds: float


def probe_server(command: Sequence[str], limit: float = LIMIT) -> ServerFigures:
    """Start ``command --port PORT``, wait until ``/healthz`` answers 200, measure, and stop it.

    Raises:
        ServerError: it ends, or is not ready within ``limit`` seconds.
    """
    with tempfile.TemporaryFile() as log, running_server(command, log, limit) as server:
        return ServerFigures(server.ready_seconds, resident_megabytes(server.pid))


@contextmanager
def running_server(command: Sequence[str], log: IO[bytes], limit: float = LIMIT) -> Iterator[Server]:
    """Run ``command --port PORT`` for the time of a block, which begins once ``/healthz`` answers 200.

    ``log`` receives what it says.

    Raises:
        ServerError: it ends, or is not ready within ``limit`` seconds.
    """
    port = free_port()
    started = monotonic()
    server = subprocess.Popen(  # noqa: S603 - our own command
        [*command, "--port", str(port)], cwd=ROOT, stdout=log, stderr=subprocess.STDOUT
    )
    try:
        while not healthy(port):
            if server.poll() is not None or monotonic() - started > limit:
                raise ServerError("Le serveur n’a pas démarré.", _end_of(log), "Voyez « assistant doctor ».")
            sleep(PAUSE)
        yield Server(port, server.pid, monotonic() - started)
    finally:
        stop(server)


def _end_of(log: IO[bytes]) -> str:
    log.seek(0)
    return log.read().decode("utf-8", "replace").strip()[-600:]


def healthy(port: int) -> bool:
    """Tell whether the server on this port says that it is ready."""
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def resident_megabytes(pid: int) -> float:
    """Return the resident memory of a process and its children, in units of 10⁶ bytes."""
    process = psutil.Process(pid)
    family = [process, *process.children(recursive=True)]
    return float(sum(member.memory_info().rss for member in family) / 1_000_000)


def stop(server: subprocess.Popen[bytes], patience: float = 10.0) -> None:
    """End the server, politely at first."""
    server.terminate()
    try:
        server.wait(patience)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
