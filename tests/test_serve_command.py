"""``serve`` as an operator runs it: the first administrator's link, and the demonstration."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from assistant.accounts import directory
from assistant.domain import Role
from assistant.settings import ROOT, Settings
from assistant.storage.database import opened
from assistant.texts import Texts
from tests.kills import environment
from tests.leaks import leaked

pytestmark = pytest.mark.slow
LINK = re.compile(r"(http://127\.0\.0\.1:\d+/premier-acces/\S+)")
ACCOUNT = re.compile(r"^  (\S+@demo\.invalid) +(\S+)$", re.MULTILINE)
HIDDEN = re.compile(r'name="jeton" value="([^"]+)"')


@pytest.fixture
def own(built_settings: Settings, tmp_path: Path) -> Settings:
    """Return settings with the index of all tests, a database of this test's own and a free port."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'repere.sqlite3'}"
    return built_settings.model_copy(update={"database_url": url, "port": free_port()})


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


async def somebody(settings: Settings) -> None:
    """Make the account of a real person."""
    async with opened(settings.database_url) as database, database.writing() as session:
        await directory.create(
            session, email="zoe@ville.example", name="Zoé", role=Role.ADMIN, actor="console"
        )


def command(settings: Settings, *options: str) -> list[str]:
    return [sys.executable, "-m", "assistant", "serve", "--port", str(settings.port), *options]


def refusal(settings: Settings, *options: str) -> tuple[int, str]:
    """Return the exit code and the words of a server that does not start."""
    done = subprocess.run(
        command(settings, *options),
        cwd=ROOT,
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr.replace("\n", " ")


@contextmanager
def running(settings: Settings, *options: str) -> Iterator[str]:
    """Run the server until the end of the block, and yield what it said before it was ready."""
    with subprocess.Popen(
        command(settings, *options), cwd=ROOT, env=environment(settings), stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        said = ""
        while "Repère est prêt" not in said:
            line = process.stderr.readline()
            assert line, f"it did not start: {said}"
            said += line
        try:
            yield said
        finally:
            process.send_signal(signal.SIGTERM)
            _, rest = process.communicate(timeout=30)
    assert process.returncode == 0, rest
    assert "Traceback" not in rest


def signed_in(settings: Settings, email: str, password: str) -> httpx.Client | None:
    """Return a browser in which this person is signed in, None when the password is not theirs."""
    browser = httpx.Client(base_url=settings.address)
    token = HIDDEN.search(browser.get("/connexion").text)
    assert token is not None
    form = {"jeton": token[1], "email": email, "password": password, "suite": ""}
    return browser if browser.post("/connexion", data=form).status_code == 303 else None


def test_the_first_start_gives_a_link_and_later_ones_do_not(own: Settings, texts: Texts) -> None:
    with running(own) as said:
        link = LINK.search(said)
        assert link is not None, said
        page = httpx.get(link[1])
        assert page.status_code == 200
        assert texts("signin.first.title") in page.text
        assert leaked(own.database_url, [link[1].rsplit("/", 1)[1]]) == set(), "only its hash is kept"
    asyncio.run(somebody(own))
    with running(own) as said:
        assert LINK.search(said) is None
        assert httpx.get(link[1]).status_code == 404
    code, said = refusal(own, "--demo")
    assert code == 7
    assert "comptes réels" in said


def test_a_demonstration_has_an_account_for_each_role(own: Settings, texts: Texts) -> None:
    with running(own, "--demo") as said:
        accounts = dict(ACCOUNT.findall(said))
        assert list(accounts) == [f"{role.value}@demo.invalid" for role in Role]
        assert len(set(accounts.values())) == len(Role)
        assert leaked(own.database_url, accounts.values()) == set()
        for role in Role:
            email = f"{role.value}@demo.invalid"
            browser = signed_in(own, email, accounts[email])
            assert browser is not None
            assert texts("page.demo") in browser.get("/").text
            assert texts(f"roles.{role.value}") in browser.get("/compte").text
        code, words = refusal(own.model_copy(update={"port": free_port()}), "--demo")
        assert (code, "Un autre Repère se sert déjà de la base" in words) == (6, True)
        email = "agent@demo.invalid"
        assert signed_in(own, email, accounts[email]) is not None, "the second start changed it"
    with running(own, "--demo") as said:
        again = dict(ACCOUNT.findall(said))
        assert again.keys() == accounts.keys()
        assert not set(again.values()) & set(accounts.values())
        assert signed_in(own, "agent@demo.invalid", accounts["agent@demo.invalid"]) is None
        assert signed_in(own, "agent@demo.invalid", again["agent@demo.invalid"]) is not None


def test_a_demonstration_is_for_this_computer(own: Settings) -> None:
    code, said = refusal(own, "--demo", "--host", "0.0.0.0")  # noqa: S104  (it must be refused)
    assert (code, "d’autres postes" in said) == (2, True)
