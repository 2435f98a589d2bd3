import sys
from pathlib import Path

import psutil
import pytest

from assistant.evaluation.server_probe import ServerError, free_port, healthy, probe_server

SERVER = """
import sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer

class Health(BaseHTTPRequestHandler):
    calls = 0
    def do_GET(self):
        Health.calls += 1
        self.send_response(200 if self.path == "/healthz" and Health.calls > 2 else 503)
        self.end_headers()

held = bytearray(40_000_000)
HTTPServer(("127.0.0.1", int(sys.argv[-1])), Health).serve_forever()
"""


def children() -> int:
    return len(psutil.Process().children(recursive=True))


def test_readiness_and_memory_are_those_of_the_healthy_server_which_is_then_stopped(tmp_path: Path):
    script = tmp_path / "server.py"
    script.write_text(SERVER, encoding="utf-8")
    before = children()
    figures = probe_server([sys.executable, str(script)])
    assert 0.2 < figures.ready_seconds < 20  # two refusals, so at least two pauses
    assert 40 < figures.resident_megabytes < 150
    assert children() == before


def test_a_server_that_ends_is_an_error_with_what_it_said():
    with pytest.raises(ServerError) as raised:
        probe_server([sys.executable, "-c", "raise SystemExit('adresse déjà prise')"])
    assert "adresse déjà prise" in raised.value.expected


def test_a_server_that_is_never_ready_is_stopped():
    before = children()
    with pytest.raises(ServerError):
        probe_server([sys.executable, "-c", "import time; time.sleep(60)"], limit=0.5)
    assert children() == before


def test_nobody_is_healthy_on_a_free_port():
    assert not healthy(free_port())
