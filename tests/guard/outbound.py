"""Refuses and records every connection or name look-up beyond loopback.

``conftest.py`` installs it in the test process. The Python processes that tests start install it too:
``PYTHONPATH`` names this folder, whose ``sitecustomize`` the interpreter imports by itself. The record is
a file, because a library may swallow the refusal.
"""

from __future__ import annotations

import ipaddress
import os
import sys
from pathlib import Path

LOG = "OUTBOUND_LOG"
_NAMED = {"socket.getaddrinfo": 0, "socket.gethostbyname": 0}
_ADDRESSED = {"socket.connect": 1, "socket.sendto": 1}


def _outside(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if not isinstance(host, str) or host in ("", "localhost"):
        return False
    try:
        address = ipaddress.ip_address(host.split("%")[0])
    except ValueError:
        return True  # a name: looking it up already leaves the machine
    return not (address.is_loopback or address.is_unspecified)


def _check(event: str, arguments: tuple[object, ...]) -> None:
    if event in _NAMED:
        host = arguments[_NAMED[event]]
    elif event in _ADDRESSED:
        address = arguments[_ADDRESSED[event]]
        host = address[0] if isinstance(address, tuple) and address else None  # a Unix socket has a path
    else:
        return
    if _outside(host):
        with Path(os.environ[LOG]).open("a", encoding="utf-8") as log:
            log.write(f"{event} {host!r} by {sys.argv[:3]}\n")
        raise PermissionError(f"the tests connect to nothing beyond loopback: {event} {host!r}")


def install() -> None:
    """Watch this process until it ends: an audit hook cannot be removed."""
    sys.addaudithook(_check)
