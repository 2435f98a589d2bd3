"""The real server in a process of its own, with a database that the tests may reach into."""

import asyncio
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.accounts import directory, sessions
from assistant.domain import Account, Role
from assistant.settings import ROOT, Settings
from assistant.storage.audit import SYSTEM
from assistant.storage.database import opened

START = 90  # seconds
Result = TypeVar("Result")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@dataclass
class Server:
    """``assistant serve`` on a corpus already indexed; ``folder`` is where it runs, and holds its log only."""

    settings: Settings
    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "REPERE_CORPUS": str(self.settings.corpus),
            "REPERE_STORE": str(self.settings.store),
            "REPERE_DATABASE_URL": self.settings.database_url,
            "REPERE_PORT": str(self.port),
            "REPERE_LANGUAGE": self.settings.language,
            "REPERE_PERSONAL_DATA_ARTICLE": "charte#article-1",
            # How a sure answer looks is tested here, not how sure an answer is.
            "REPERE_VERIFIED_THRESHOLD": "0.3",
            "REPERE_CONFIRM_THRESHOLD": "0.2",
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        }

    def start(self) -> "Server":
        command = [sys.executable, "-m", "assistant", "serve"]
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=self.environment, stdout=output, stderr=output
            )
        limit = time.monotonic() + START
        while time.monotonic() < limit and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.address}/healthz", timeout=2):
                    return self
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        pytest.fail(f"the server did not start:\n{self.said()}")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=20)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def command(self, *arguments: str, given: str = "") -> str:
        """Run a command beside the server, as an operator would, and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "assistant", *arguments],
            cwd=self.folder,
            env=self.environment,
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    def run(self, work: Callable[[AsyncSession], Awaitable[Result]]) -> Result:
        """Run a function in a writing transaction, from this process; Playwright's loop is not disturbed."""

        async def whole() -> Result:
            async with opened(self.settings.database_url) as database, database.writing() as session:
                return await work(session)

        with ThreadPoolExecutor(1) as pool:
            return pool.submit(lambda: asyncio.run(whole())).result()

    def account(self, role: Role = Role.AGENT, service: str = "Accueil") -> tuple[Account, str]:
        """Make an account and return it with the token of an open session."""

        async def make(session: AsyncSession) -> tuple[Account, str]:
            email = f"{role.value}-{uuid4().hex[:8]}@ville.example"
            made = await directory.create(
                session, email=email, name="Camille Essai", role=role, service=service, actor=SYSTEM
            )
            return made, await sessions.open_session(session, made.id, 1)

        return self.run(make)
