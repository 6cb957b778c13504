"""SIGTERM: whoever is connected, in whatever state, the server says goodbye and ends."""

import signal
import socket
import threading
import time

import pytest
import requests

from deadline import until
from scripted_push_service import ScriptedPushService
from user_agent import UserAgent


def connect(server):
    return socket.create_connection(("127.0.0.1", server.port), timeout=30)


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
        server.process.wait(timeout=30)
        assert server.process.returncode == 0
        server.process = None


def is_ready(server):
    return requests.get(f"{server.url}/health/ready", timeout=30).status_code == 200


def wait_for_the_end(server, within_seconds=30):
    """The exit code."""
    process, server.process = server.process, None
    return process.wait(timeout=within_seconds)


def test_a_server_that_leaves_says_so_before_it_refuses_anything(make_server):
    server = make_server(HERALD_STOP_READINESS_SECONDS="5")
    with UserAgent.greeted(server) as agent:
        device = server.api.register(agent.register(server.vapid["public_key"]).subscription)
        server.process.send_signal(signal.SIGTERM)
        until(lambda: not is_ready(server), 30, "it isn't ready any more")
        push = server.api.push({"devices": [device]}, notification={"title": "still"})
        assert server.api.finished(push)["accepted"] == 1
    assert wait_for_the_end(server) == 0


def test_pages_in_flight_are_finished(make_server):
    with ScriptedPushService() as service:
        server = make_server(HERALD_ALLOW_PRIVATE_ENDPOINTS="true")
        server.api.register(service.subscription("slow"))
        service.answer_seconds = 1.5
        push = server.api.push({"all": True}, notification={"title": "on its way"})
        until(lambda: service.attempts_at("slow"), 30, "the attempt is in the air")
        server.stop()
        server.start()
        assert server.api.finished(push)["accepted"] == 1
        assert len(service.attempts_at("slow")) == 1, "it was finished and recorded"


def test_what_takes_too_long_is_given_up_and_sent_again(make_server):
    with ScriptedPushService() as service:
        server = make_server(
            HERALD_ALLOW_PRIVATE_ENDPOINTS="true", HERALD_STOP_PAGES_SECONDS="1", HERALD_SENDER_LEASE_SECONDS="3600",
            HERALD_SENDER_STRAGGLER_MILLISECONDS="60000")
        server.api.register(service.subscription("hangs"))
        service.answer_seconds = 12
        push = server.api.push({"all": True}, notification={"title": "hello"})
        until(lambda: service.attempts_at("hangs"), 30, "the attempt is in the air")
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 8
        service.answer_seconds = 0
        server.start()
        assert server.api.finished(push)["accepted"] == 1, "its lease was handed back, an hour before its end"


def test_a_second_signal_ends_at_once(make_server):
    with ScriptedPushService() as service:
        server = make_server(HERALD_ALLOW_PRIVATE_ENDPOINTS="true", HERALD_STOP_PAGES_SECONDS="60")
        server.api.register(service.subscription("hangs"))
        service.answer_seconds = 30
        server.api.push({"all": True}, notification={"title": "hello"})
        until(lambda: service.attempts_at("hangs"), 30, "the attempt is in the air")
        server.process.send_signal(signal.SIGTERM)
        until(lambda: not is_ready(server), 30, "it is leaving")
        server.process.send_signal(signal.SIGTERM)
        assert wait_for_the_end(server, within_seconds=30) == 128 + signal.SIGTERM
        service.answer_seconds = 0


def test_user_agents_are_sent_away_one_after_the_other(make_server):
    server = make_server(HERALD_STOP_SOCKETS_SECONDS="3")
    agents = [UserAgent.greeted(server) for _ in range(30)]
    closings = []

    def watch(agent):
        assert agent.hear_close(within_seconds=30)[0] == 1001
        closings.append(time.monotonic())

    threads = [threading.Thread(target=watch, args=(agent,)) for agent in agents]
    for thread in threads:
        thread.start()
    server.process.send_signal(signal.SIGTERM)
    for thread in threads:
        thread.join()
    assert len(closings) == 30
    # 30 moments by chance within 3 s: that they all lie within 1 s has a chance of less than one in a million million.
    assert max(closings) - min(closings) > 1
    assert wait_for_the_end(server) == 0
    for agent in agents:
        agent.close()
