"""The proxy that breaks connections breaks them as told, and otherwise not."""

import socket
import threading
import time

import pytest

from cutting_proxy import CuttingProxy
from deadline import until

pytestmark = pytest.mark.one_database(reason="the proxy has no database")


@pytest.fixture
def echo_port():
    """Whatever comes in goes back."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve_echoes, args=[listener], daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def serve_echoes(listener):
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=echo, args=[connection], daemon=True).start()


def echo(connection):
    with connection:
        try:
            while chunk := connection.recv(65_536):
                connection.sendall(chunk)
        except OSError:
            pass


@pytest.fixture
def proxy(echo_port):
    with CuttingProxy(echo_port) as proxy:
        yield proxy


def connect(proxy):
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=30)


def answer(connection, text=b"hello"):
    connection.sendall(text)
    return receive(connection, len(text))


def receive(connection, count):
    received = b""
    while len(received) < count:
        chunk = connection.recv(count - len(received))
        assert chunk, "the connection was closed"
        received += chunk
    return received


def is_silent(connection, for_seconds=0.2):
    connection.settimeout(for_seconds)
    try:
        connection.recv(1)
    except TimeoutError:
        return True
    finally:
        connection.settimeout(5)
    return False


def test_it_passes_both_directions_and_counts(proxy):
    text = bytes(range(256)) * 4000
    with connect(proxy) as one, connect(proxy) as other:
        threading.Thread(target=one.sendall, args=[text]).start()
        assert receive(one, len(text)) == text
        assert answer(other) == b"hello"
        assert (proxy.connections, proxy.open_connections) == (2, 2)
    until(lambda: proxy.open_connections == 0, 30, "both are closed")
    assert proxy.connections == 2


def test_a_cut_resets_what_is_there_and_nothing_later(proxy):
    with connect(proxy) as connection:
        answer(connection)
        proxy.cut()
        assert proxy.open_connections == 0
        with pytest.raises(ConnectionResetError):
            connection.recv(1)
    with connect(proxy) as connection:
        assert answer(connection) == b"hello"


def test_refusing_leaves_what_is_there(proxy):
    with connect(proxy) as connection:
        answer(connection)
        proxy.refuse()
        with pytest.raises(ConnectionRefusedError):
            connect(proxy)
        assert answer(connection) == b"hello"
        proxy.heal()
        assert answer(connection) == b"hello"
    with connect(proxy) as connection:
        assert answer(connection) == b"hello"


@pytest.mark.parametrize("direction", ["to_seconds", "from_seconds"])
def test_a_delay_keeps_the_order(proxy, direction):
    proxy.delay(**{direction: 0.3})
    with connect(proxy) as connection:
        start = time.monotonic()
        parts = [b"%02d" % number for number in range(40)]
        for part in parts:
            connection.sendall(part)
            time.sleep(0.01)
        assert receive(connection, 2) == parts[0]
        assert time.monotonic() - start >= 0.29
        assert receive(connection, 2 * len(parts[1:])) == b"".join(parts[1:])
        assert time.monotonic() - start < 0.3 * len(parts), "chunks wait beside each other, not one after the other"


def test_a_blackhole_takes_connections_and_answers_nothing(proxy):
    with connect(proxy) as before:
        answer(before)
        proxy.swallow()
        before.sendall(b"lost")
        with connect(proxy) as later:
            later.sendall(b"lost too")
            assert is_silent(before) and is_silent(later)
            proxy.heal()
            for damaged in (before, later):
                with pytest.raises(ConnectionResetError):
                    damaged.recv(1)
    with connect(proxy) as connection:
        assert answer(connection) == b"hello"


def test_a_connection_without_loss_lives_through_a_blackhole(proxy):
    with connect(proxy) as connection:
        answer(connection)
        proxy.swallow()
        proxy.heal()
        assert answer(connection) == b"hello"


def test_a_target_that_is_gone_closes_the_connection(echo_port):
    with CuttingProxy(1) as proxy, connect(proxy) as connection:
        assert connection.recv(1) == b""
