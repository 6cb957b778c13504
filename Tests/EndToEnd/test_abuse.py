"""What one user agent, one sender or one address can do to the push service: little, and nobody else feels it."""

import base64
import socket
import struct
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
import requests
from py_vapid import Vapid02
from websockets.exceptions import ConnectionClosed

from sender import ApplicationServer
from user_agent import UserAgent


@pytest.fixture
def sender():
    return ApplicationServer()


def post_until_refused(sender, endpoint, most=20):
    for count in range(most):
        reply = sender.post(endpoint)
        if reply.status_code != 201:
            return count, reply
    raise AssertionError(f"{most} messages were taken")


@pytest.mark.parametrize("limit", ["SUBSCRIPTION", "ADDRESS"])
def test_a_sender_that_posts_too_much_is_told_when_to_come_again(make_server, sender, limit):
    server = make_server(**{f"HERALD_PUSH_SERVICE_{limit}_MESSAGES_PER_SECOND": "1", "HERALD_PUSH_SERVICE_BURST_SECONDS": "4"})
    with UserAgent.greeted(server) as agent:
        flooded, other = agent.register(), agent.register()
        taken, refused = post_until_refused(sender, flooded.endpoint)
        assert taken in (4, 5) and refused.status_code == 429 and refused.json()["code"] == 429
        assert 1 <= int(refused.headers["Retry-After"]) <= 4
        assert sender.post(other.endpoint).status_code == (201 if limit == "SUBSCRIPTION" else 429)


def test_one_senders_flood_is_not_anothers(make_server):
    server = make_server(HERALD_PUSH_SERVICE_SENDER_MESSAGES_PER_SECOND="1", HERALD_PUSH_SERVICE_BURST_SECONDS="3")

    def sender_with_a_key():
        sender = ApplicationServer()
        sender.vapid = Vapid02()
        sender.vapid.generate_keys()
        return sender

    flooding, good = sender_with_a_key(), sender_with_a_key()
    with UserAgent.greeted(server) as agent:
        channel = agent.register()
        taken, refused = post_until_refused(flooding, channel.endpoint)
        assert taken in (3, 4) and refused.status_code == 429
        assert good.post(channel.endpoint).status_code == 201


def test_an_address_has_only_so_many_connections(make_server):
    server = make_server(HERALD_PUSH_SERVICE_CONNECTIONS_PER_ADDRESS="3")
    agents = [UserAgent.greeted(server) for _ in range(3)]
    with UserAgent(server) as one_too_many:
        assert one_too_many.hear_close() == (1013, "too many connections from this address")
    agents.pop().close()
    with UserAgent.greeted(server):
        pass
    for agent in agents:
        agent.close()


# What drips


def drip(connection, data, every_seconds=0.2):
    """Sends byte after byte, as long as somebody takes them."""
    try:
        for byte in data:
            connection.sendall(bytes([byte]))
            time.sleep(every_seconds)
    except OSError:
        pass


def hear_out(connection, within_seconds=20):
    """All that comes until the other side hangs up."""
    connection.settimeout(within_seconds)
    heard = b""
    try:
        while more := connection.recv(4096):
            heard += more
    except ConnectionResetError:
        pass
    return heard


@pytest.fixture(scope="module")
def impatient(module_server):
    return module_server(HERALD_LIMITS_REQUEST_SECONDS="1", HERALD_PUSH_SERVICE_PLAIN_BODIES="true", HERALD_MATRIX_GATEWAY="true")


def answer_to_dripping(server, request, data=b"x" * 500):
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(request.encode())
        threading.Thread(target=drip, args=[connection, data], daemon=True).start()
        return hear_out(connection)


@pytest.mark.parametrize("length", ["Content-Length: 500", "Transfer-Encoding: chunked"])
@pytest.mark.parametrize("path, words", [
    ("/wpush/v1/x", b'"code":408'), ("/v1/pushes", b'"code":"request_timeout"'), ("/_matrix/push/v1/notify", b"M_UNKNOWN")])
def test_a_body_that_drips_is_not_waited_for(impatient, path, words, length):
    chunk = b"%x\r\n%s" % (400, b"x" * 400)
    heard = answer_to_dripping(
        impatient, f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {impatient.admin_key}\r\nTTL: 60\r\n{length}\r\n\r\n",
        b"x" * 500 if "Content" in length else chunk)
    assert heard.startswith(b"HTTP/1.1 408 "), heard
    assert words in heard


def test_a_body_after_its_answer_is_not_waited_for_either(impatient):
    """There is nobody who reads it."""
    heard = answer_to_dripping(impatient, "POST /nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\n")
    assert heard.startswith(b"HTTP/1.1 404 ") and heard.count(b"HTTP/1.1") == 1


@pytest.mark.parametrize("before", ["", "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"], ids=["first", "second"])
def test_a_head_that_drips_is_not_waited_for(impatient, before):
    heard = answer_to_dripping(impatient, before + "GET / HTTP/1.1\r\nX-Slow: ")
    assert heard.count(b"HTTP/1.1 200") == (1 if before else 0)


def test_half_a_body_is_no_message(impatient):
    """Neither one that drips nor one that breaks off, also where no encryption would tell."""
    with UserAgent.greeted(impatient) as agent:
        channel = agent.register()
        request = f"POST {urlsplit(channel.endpoint).path} HTTP/1.1\r\nHost: localhost\r\nTTL: 60\r\nContent-Length: 500\r\n\r\n"
        assert answer_to_dripping(impatient, request).startswith(b"HTTP/1.1 408 ")
        with socket.create_connection(("127.0.0.1", impatient.port)) as connection:
            connection.sendall(request.encode() + b"x" * 250)
            connection.shutdown(socket.SHUT_WR)
            assert not hear_out(connection).startswith(b"HTTP/1.1 2")
        assert requests.post(channel.endpoint, data=b"whole", timeout=10).status_code == 201
        assert base64.urlsafe_b64decode(agent.notification()["data"] + "==") == b"whole"


def test_a_response_may_take_longer_than_its_request(impatient, sender):
    with UserAgent.greeted(impatient) as agent:
        channel = agent.register()
        receipts = sender.post(channel.endpoint, Prefer="respond-async").headers["Link"].split(">")[0].removeprefix("<")
        with requests.get(receipts, stream=True, timeout=15) as stream:
            lines = (line for line in stream.iter_lines() if line)
            # The second sign of life comes five seconds after the first.
            assert [next(lines) for _ in range(3)] == [b"retry: 1000", b":", b":"]
            agent.acknowledge(agent.notification())
            assert any(b"delivered" in line for line in lines)


# Frames that no client library sends


class RawSocket:
    """A WebSocket without a library, that reads only when it is told to."""

    def __init__(self, server, receive_buffer_bytes=None):
        self.socket = socket.socket()
        if receive_buffer_bytes:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer_bytes)
        self.socket.settimeout(30)
        self.socket.connect(("127.0.0.1", server.port))
        self.socket.sendall(
            b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
        assert b" 101 " in self.socket.recv(4096)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    @staticmethod
    def frame(first_byte, payload):
        """Masked with zeros, which change nothing."""
        length = bytes([0x80 | len(payload)]) if len(payload) < 126 else bytes([0x80 | 126]) + struct.pack("!H", len(payload))
        return bytes([first_byte]) + length + bytes(4) + payload

    def close_code(self):
        """Of the close frame that comes."""
        data = b""
        while not data.startswith(b"\x88"):
            more = self.socket.recv(4096)
            assert more, "no close frame came"
            data = more[more.find(b"\x88"):] if b"\x88" in more else b""
        return struct.unpack("!H", data[2:4])[0]


HELLO = b'{"messageType":"hello","use_webpush":true}'


def test_a_compressed_frame_is_none(server):
    """Nobody agreed to compression, so there is nothing that could unpack to a bomb."""
    with RawSocket(server) as raw:
        raw.socket.sendall(RawSocket.frame(0xC1, b"\xab\x56\xca\x4d"))
        assert raw.close_code() == 1002


def test_a_frame_that_announces_gigabytes_is_refused_before_they_come(server):
    with RawSocket(server) as raw:
        raw.socket.sendall(b"\x81\xff" + struct.pack("!Q", 2**33) + bytes(4))
        assert raw.close_code() == 1009


def test_a_message_in_endless_pieces_is_refused(server):
    with RawSocket(server) as raw:
        raw.socket.sendall(RawSocket.frame(0x01, b'{"a":"'))
        with pytest.raises((ConnectionError, AssertionError)):
            for _ in range(2000):
                raw.socket.sendall(RawSocket.frame(0x00, b"a" * 100))
            assert raw.close_code() != 1009


def test_who_does_not_read_is_not_read_either_and_goes_in_time(make_server, sender):
    """A flood of pings whose answers nobody takes: they don't pile up."""
    server = make_server(HERALD_PUSH_SERVICE_SLOW_READER_SECONDS="1")
    with UserAgent.greeted(server) as agent, RawSocket(server, receive_buffer_bytes=2048) as raw:
        channel = agent.register()
        raw.socket.sendall(RawSocket.frame(0x81, HELLO))
        pings = RawSocket.frame(0x89, b"x" * 125) * 500
        with pytest.raises(ConnectionError):
            for _ in range(2000):
                raw.socket.sendall(pings)
        sender.post(channel.endpoint, channel.seal("still here"))
        assert channel.text(agent.notification()) == "still here"


# All at once


def test_a_storm_of_user_agents_is_let_in_at_a_rate_and_those_who_are_there_feel_nothing(make_server, sender):
    server = make_server(
        HERALD_PUSH_SERVICE_HELLOS_PER_SECOND="40", HERALD_PUSH_SERVICE_SUBSCRIPTION_MESSAGES_PER_SECOND="0")
    known = []
    for _ in range(120):
        with UserAgent.greeted(server) as agent:
            agent.register()
            known.append(agent.uaid)
    with UserAgent.greeted(server) as live, ThreadPoolExecutor(120) as pool:
        channel = live.register()

        def come_back(uaid):
            with UserAgent(server, uaid) as agent:
                agent.say(messageType="hello", use_webpush=True, uaid=uaid)
                return agent.hear(within_seconds=30)["uaid"], time.monotonic()

        start = time.monotonic()
        coming = [pool.submit(come_back, uaid) for uaid in known]
        served = 0
        while not all(each.done() for each in coming):
            reply = sender.post(channel.endpoint, channel.seal("live"))
            assert reply.status_code == 201, reply.text
            live.acknowledge(live.notification())
            served += 1
        arrivals = [each.result() for each in coming]
        assert [uaid for uaid, _ in arrivals] == known, "nobody is sent away or renamed"
        # 120 at 40 a second, 4 of them at once: what is too quick was not paced.
        assert max(moment for _, moment in arrivals) - start > 2
        assert served > 3, "who is there is served while the others wait"


def test_a_connection_that_breaks_off_in_the_middle_costs_nothing(server):
    for cut in (1, 5, 20):
        with RawSocket(server) as raw:
            raw.socket.sendall(RawSocket.frame(0x81, HELLO)[:cut])
            raw.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with UserAgent.greeted(server) as agent:
        agent.ping()
    with pytest.raises(ConnectionClosed), UserAgent(server) as silent:
        silent.hear(within_seconds=30)


def is_over(raw):
    """Whether the server ends the connection, too."""
    while raw.recv(4096):
        pass
    return True


def test_who_hangs_up_without_a_word_is_gone_at_once(server):
    """The end of the stream, without a close frame: nothing more is kept of the connection."""
    with RawSocket(server) as raw:
        raw.socket.sendall(RawSocket.frame(0x81, HELLO))
        raw.socket.shutdown(socket.SHUT_WR)
        assert is_over(raw.socket)


def test_who_hangs_up_before_having_asked_anything_is_gone_at_once(server):
    for beginning in (b"", b"GET / HT"):
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as silent:
            silent.sendall(beginning)
            silent.shutdown(socket.SHUT_WR)
            assert is_over(silent)


def test_who_says_no_more_after_a_request_is_answered(server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as asking:
        asking.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        asking.shutdown(socket.SHUT_WR)
        answer = b""
        while more := asking.recv(4096):
            answer += more
        assert answer.startswith(b"HTTP/1.1 200")
