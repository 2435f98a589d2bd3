"""Nothing is fetched from outside: neither by the pages, nor with the network cut."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import outbound
import pytest

from assistant.settings import ROOT, Settings

WEB = ROOT / "assistant" / "web"
# A namespace is a name, not an address: nothing is fetched from it.
NAMESPACE = re.compile(r"https?://www\.w3\.org/")
ADDRESS = re.compile(r"(?:https?:|url\(\s*['\"]?|(?:src|href)\s*=\s*['\"]?)//[^\s'\"<>)]+")


def page_files() -> list[Path]:
    kinds = {".css", ".html", ".js", ".jsx", ".json", ".svg", ".toml"}
    return sorted(path for path in WEB.rglob("*") if path.suffix in kinds)


def test_the_pages_name_no_outside_address() -> None:
    assert page_files()
    found = [
        f"{path.relative_to(WEB)}: {address}"
        for path in page_files()
        for address in ADDRESS.findall(NAMESPACE.sub("", path.read_text(encoding="utf-8")))
    ]
    assert found == []


def has_network_namespaces() -> bool:
    unshare = shutil.which("unshare")
    return unshare is not None and subprocess.run([unshare, "-n", "true"], check=False).returncode == 0


@pytest.mark.slow
@pytest.mark.skipif(not has_network_namespaces(), reason="`unshare -n` is not permitted here")
def test_indexing_and_asking_work_with_the_network_cut(settings: Settings) -> None:
    environment = os.environ | {
        "REPERE_CORPUS": str(settings.corpus),
        "REPERE_STORE": str(settings.store),
        "REPERE_DATABASE_URL": settings.database_url,
    }

    def run(*arguments: str) -> str:
        done = subprocess.run(
            ["unshare", "-n", sys.executable, "-m", "assistant", *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("index")
    answer = json.loads(run("ask", "--json", "Puis-je coller le courrier d’un habitant dans ChatGPT ?"))
    assert answer["sentences"]


# --- the guard of the tests itself -------------------------------------------------------------


@pytest.fixture
def other_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Record refusals elsewhere, so that provoking one on purpose does not fail the test."""
    record = tmp_path / "outbound.log"
    monkeypatch.setenv(outbound.LOG, str(record))
    return record


@pytest.mark.parametrize(
    "attempt",
    [
        "socket.create_connection(('192.0.2.1', 80), timeout=0.1)",
        "socket.getaddrinfo('example.org', 443)",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
    ],
)
def test_the_guard_refuses_and_records(attempt: str, other_record: Path) -> None:
    import socket

    with pytest.raises(PermissionError):
        eval(attempt, {"socket": socket})  # noqa: S307  (the attempts above)
    assert "192.0.2.1" in other_record.read_text() or "example.org" in other_record.read_text()


def test_the_guard_also_watches_new_processes(other_record: Path) -> None:
    code = "import socket; socket.getaddrinfo('example.org', 443)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "PermissionError" in done.stderr
    assert "example.org" in other_record.read_text()


def test_the_guard_lets_loopback_through(other_record: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()[:2], timeout=2).close()
        socket.create_connection(("localhost", server.getsockname()[1]), timeout=2).close()
    assert not other_record.exists()
