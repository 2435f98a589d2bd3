"""The style checks, run as tests so that one command says whether the tree is good."""

import subprocess
import sys

import pytest

from assistant.settings import ROOT


def problems(*command: str) -> str:
    """Run a module of this Python in the project and return what it complains about."""
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_the_code_is_formatted() -> None:
    assert problems("ruff", "format", "--check", ".") == ""


def test_ruff_finds_nothing() -> None:
    assert problems("ruff", "check", ".") == ""


@pytest.mark.slow
def test_mypy_strict_finds_nothing() -> None:
    assert problems("mypy") == ""
