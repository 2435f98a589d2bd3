"""Where the server may listen, and what is said when it cannot."""

import socket

import pytest

from assistant.errors import SettingsError
from assistant.settings import load_settings
from assistant.web.serving import check_address, serve

LOOPBACK = ["127.0.0.1", "127.0.0.5", "::1", "localhost"]
ELSEWHERE = ["0.0.0.0", "::", "192.168.1.2", "repere.exemple.fr", ""]  # noqa: S104
PUBLIC = "https://repere.exemple.fr"


@pytest.mark.parametrize("demo", [True, False])
@pytest.mark.parametrize("host", LOOPBACK)
def test_this_computer_alone_is_always_accepted(host: str, demo: bool) -> None:
    check_address(load_settings(host=host), demo)


@pytest.mark.parametrize("public_url", ["", PUBLIC])
@pytest.mark.parametrize("host", ELSEWHERE)
def test_a_demonstration_is_for_this_computer(host: str, public_url: str) -> None:
    with pytest.raises(SettingsError, match=r"démonstration.*127\.0\.0\.1.*--demo"):
        serve(load_settings(host=host, public_url=public_url), demo=True)


@pytest.mark.parametrize("host", ELSEWHERE)
def test_others_reach_it_only_by_a_name_that_it_knows(host: str) -> None:
    with pytest.raises(SettingsError, match=r"REPERE_PUBLIC_URL.*https://"):
        serve(load_settings(host=host))
    check_address(load_settings(host=host, public_url=PUBLIC), demo=False)


def test_a_port_already_taken_is_said_in_french() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"port {port}.*REPERE_PORT"):
            serve(load_settings(port=port))
