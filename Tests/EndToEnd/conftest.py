import os
import random
import socket
import tempfile

import pytest

from command_line import Listener
from firefox import Firefox
from herald_server import BINARY, HeraldServer
from postgres import PostgresServer, memory, new_schema
from simulators import Simulators

TEST_POSTGRES = "HERALD_TEST_POSTGRES"


def pytest_addoption(parser):
    parser.addoption(
        "--database", choices=["sqlite", "postgres"], default="sqlite",
        help=f"what the servers keep everything in; postgres wants {TEST_POSTGRES}, as scripts/with-postgres sets it")


def pytest_configure(config):
    config.addinivalue_line(
        "markers",
        "one_database(reason): the database makes no difference here, or the test is about SQLite; left out with --database postgres")
    config.addinivalue_line("markers", "both_databases: stands for its file in the run with --database postgres")
    if not os.access(BINARY, os.X_OK):
        pytest.exit(f"there is no program {BINARY}: run `swift build` first, or set HERALD_BIN", returncode=2)
    if config.getoption("database") == "postgres" and not os.environ.get(TEST_POSTGRES):
        pytest.exit(f"--database postgres wants {TEST_POSTGRES}: run under scripts/with-postgres", returncode=2)
    if os.environ.get("HERALD_REQUIRE_LOOPBACK") == "1":
        others = [name for _, name in socket.if_nameindex() if name != "lo"]
        if others:
            pytest.exit(f"these tests must not reach a network, but there are interfaces: {', '.join(others)}", returncode=2)


# Where a test, or all of them, take longest. They begin first, so that nobody waits at the end for a worker that has one of them.
LONGEST = [
    "test_database_faults", "test_providers", "test_browser", "test_openapi", "test_torture", "test_nodes", "test_gorush", "test_import",
    "test_crash", "test_docs", "test_centrifugo", "test_bad_input", "test_outcomes",
]


def pytest_collection_modifyitems(config, items):
    items.sort(key=lambda item: LONGEST.index(item.path.stem) if item.path.stem in LONGEST else len(LONGEST))
    if config.getoption("database") == "sqlite":
        return
    for item in items:
        mark = item.get_closest_marker("one_database")
        if mark and not item.get_closest_marker("both_databases"):
            item.add_marker(pytest.mark.skip(reason=mark.kwargs["reason"]))


@pytest.fixture(scope="session")
def database_settings(request):
    """Makes the settings of a server that has a new, empty database."""
    if request.config.getoption("database") == "sqlite":
        return dict
    return lambda: {"HERALD_DATABASE_URL": new_schema(os.environ[TEST_POSTGRES])}


@pytest.fixture
def make_server(tmp_path, database_settings):
    """Starts servers with settings of their own."""
    servers = []

    def make(**settings):
        folder = tmp_path / f"server{len(servers)}"
        folder.mkdir()
        servers.append(HeraldServer(folder, {**database_settings(), **settings}))
        return servers[-1].start()

    yield make
    for server in servers:
        server.end_if_running()


@pytest.fixture(scope="module")
def module_server(tmp_path_factory, database_settings):
    """Starts servers with settings of their own, for all tests of a file."""
    servers = []

    def make(**settings):
        servers.append(HeraldServer(tmp_path_factory.mktemp("server"), {**database_settings(), **settings}))
        return servers[-1].start()

    yield make
    for server in servers:
        server.end_if_running()


@pytest.fixture
def server(make_server):
    return make_server()


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL that nobody breaks."""
    with PostgresServer(durable=False) as server:
        yield server


@pytest.fixture
def fragile_postgres():
    """A PostgreSQL of the test's own, to be stopped and killed. It writes through, to memory, which outlives what is killed."""
    with PostgresServer(folder=tempfile.mkdtemp(prefix="herald-postgres-", dir=memory())) as server:
        yield server


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """A simulator of every provider."""
    with Simulators(tmp_path_factory.mktemp("simulators")) as simulators:
        yield simulators


@pytest.fixture
def simulators(running):
    """The module's, without faults, and as if nothing had been sent to them."""
    running.set_faults()
    running.forget()
    return running


@pytest.fixture
def chance():
    """Random numbers that can be had again: HERALD_SEED."""
    seed = int(os.environ.get("HERALD_SEED", random.randrange(2**32)))
    print(f"HERALD_SEED={seed}")
    return random.Random(seed)


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
