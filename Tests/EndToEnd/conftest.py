import os
import socket

import pytest

from command_line import Listener
from firefox import Firefox
from herald_server import BINARY, HeraldServer


def pytest_configure(config):
    if not os.access(BINARY, os.X_OK):
        pytest.exit(f"there is no program {BINARY}: run `swift build` first, or set HERALD_BIN", returncode=2)
    if os.environ.get("HERALD_REQUIRE_LOOPBACK") == "1":
        others = [name for _, name in socket.if_nameindex() if name != "lo"]
        if others:
            pytest.exit(f"these tests must not reach a network, but there are interfaces: {', '.join(others)}", returncode=2)


@pytest.fixture
def make_server(tmp_path):
    """Starts servers with settings of their own."""
    servers = []

    def make(**settings):
        folder = tmp_path / f"server{len(servers)}"
        folder.mkdir()
        servers.append(HeraldServer(folder, settings))
        return servers[-1].start()

    yield make
    for server in servers:
        server.end_if_running()


@pytest.fixture
def server(make_server):
    return make_server()


@pytest.fixture
def firefox(server, tmp_path):
    """A running Firefox with a fresh profile, whose push service is the server."""
    browser = Firefox(tmp_path / "firefox", push_service=server.socket_url)
    yield browser.start()
    browser.quit()


@pytest.fixture
def listener(server, tmp_path):
    listening = Listener(server, tmp_path / "listener")
    yield listening
    listening.stop()
