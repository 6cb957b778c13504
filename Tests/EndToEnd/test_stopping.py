"""SIGTERM: whoever is connected, in whatever state, the server says goodbye and ends."""

import signal
import socket

import pytest

from user_agent import UserAgent


def connect(server):
    return socket.create_connection(("127.0.0.1", server.port), timeout=10)


def is_closed(connection):
    return connection.recv(1) == b""


@pytest.fixture
def silent(server):
    with connect(server) as connection:
        yield connection


def test_a_connection_that_never_asked_anything_does_not_hold_up_the_end(server, silent):
    server.stop()
    assert is_closed(silent)


def test_a_half_sent_request_does_not_hold_up_the_end(server):
    with connect(server) as connection:
        connection.sendall(b"POST /v1/pushes HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
        # Another request is answered meanwhile: the half one has arrived.
        assert server.is_ready()
        server.stop()


def test_user_agents_are_told_to_come_back(server):
    with UserAgent(server) as silent, UserAgent.greeted(server) as greeted:
        server.process.send_signal(signal.SIGTERM)
        assert greeted.hear_close()[0] == 1001
        assert silent.hear_close()[0] == 1001
        server.process.wait(timeout=15)
        assert server.process.returncode == 0
        server.process = None
