"""The push service's WebSocket protocol, as transcripts against the running server."""

import socket
import uuid

import pytest

from keys import base64url
from sender import ApplicationServer
from user_agent import UserAgent


@pytest.fixture
def application(server):
    return ApplicationServer(server.vapid["private_key"])


@pytest.fixture
def agent(server):
    with UserAgent.greeted(server) as agent:
        yield agent


def public_key(server):
    return server.vapid["public_key"]


def test_a_message_travels_from_endpoint_to_user_agent(server, application, agent):
    channel = agent.register(public_key(server))

    reply = application.post(channel.endpoint, channel.seal("hello"), ttl=60)

    assert reply.status_code == 201
    assert reply.headers["TTL"] == "60"
    assert reply.headers["Location"].startswith(f"{server.url}/m/")
    notification = agent.notification()
    assert channel.text(notification) == "hello"
    assert set(notification) >= {"messageType", "channelID", "version", "data", "headers"}
    assert not set(notification["data"]) & set("+/="), "user agents drop frames in another alphabet"


def test_an_endpoint_without_a_key_takes_messages_without_a_signature(server, agent):
    channel = agent.register()
    assert ApplicationServer().post(channel.endpoint, channel.seal("unsigned")).status_code == 201
    assert channel.text(agent.notification()) == "unsigned"


def test_an_empty_message_has_neither_data_nor_headers(server, application, agent):
    channel = agent.register(public_key(server))
    assert application.post(channel.endpoint).status_code == 201
    notification = agent.notification()
    assert "data" not in notification and "headers" not in notification


def test_a_user_agent_keeps_its_name(server, agent):
    agent.register()
    agent.close()
    with UserAgent.greeted(server, agent.uaid) as again:
        assert again.uaid == agent.uaid


@pytest.mark.parametrize("unknown", ["0123456789abcdef0123456789abcdef", "nonsense", ""])
def test_an_unknown_user_agent_gets_a_new_name(server, unknown):
    with UserAgent(server) as agent:
        agent.say(messageType="hello", use_webpush=True, uaid=unknown)
        reply = agent.hear()
        assert reply["status"] == 200
        assert reply["uaid"] and reply["uaid"] != unknown


def test_a_message_is_resent_with_the_same_version_until_it_is_acknowledged(server, application, agent):
    channel = agent.register(public_key(server))
    application.post(channel.endpoint, channel.seal("again"))
    first = agent.notification()
    agent.close()

    with UserAgent.greeted(server, agent.uaid) as second:
        repeat = second.notification()
        assert repeat["version"] == first["version"]
        assert channel.text(repeat) == "again"
        second.acknowledge(repeat)
        # The pong says that the ack, sent before, has been read.
        second.ping()
    with UserAgent.greeted(server, agent.uaid) as third:
        assert third.hears_nothing()


@pytest.mark.parametrize("code", [101, 102])
def test_a_message_that_the_user_agent_cannot_use_is_final_too(server, application, agent, code):
    channel = agent.register(public_key(server))
    application.post(channel.endpoint, channel.seal("unusable"))
    agent.acknowledge(agent.notification(), code=code)
    agent.ping()
    agent.close()
    with UserAgent.greeted(server, agent.uaid) as again:
        assert again.hears_nothing()


def test_messages_wait_in_order_for_a_user_agent_that_is_away(server, application, agent):
    channel = agent.register(public_key(server))
    agent.close()
    texts = [f"message {number}" for number in range(30)]
    for text in texts:
        assert application.post(channel.endpoint, channel.seal(text)).status_code == 201

    with UserAgent.greeted(server, agent.uaid) as again:
        received = []
        for _ in texts:
            notification = again.notification()
            received.append(channel.text(notification))
            again.acknowledge(notification)
    assert received == texts


def test_messages_survive_a_restart_of_the_server(server, application, agent):
    channel = agent.register(public_key(server))
    agent.close()
    application.post(channel.endpoint, channel.seal("kept"))
    server.restart()
    with UserAgent.greeted(server, agent.uaid) as again:
        assert channel.text(again.notification()) == "kept"


def test_ttl_0_reaches_only_who_is_there(server, application, agent):
    channel = agent.register(public_key(server))
    assert application.post(channel.endpoint, channel.seal("now"), ttl=0).status_code == 201
    notification = agent.notification()
    assert channel.text(notification) == "now"
    agent.acknowledge(notification)
    agent.close()

    # Whether or not the server has noticed that the user agent left, the message must not be kept.
    assert application.post(channel.endpoint, channel.seal("never"), ttl=0).status_code == 201
    with UserAgent.greeted(server, agent.uaid) as again:
        assert again.hears_nothing()


def test_a_newer_message_of_the_same_topic_replaces_the_waiting_one(server, application, agent):
    channel = agent.register(public_key(server))
    agent.close()
    application.post(channel.endpoint, channel.seal("score 1:0"), Topic="score")
    application.post(channel.endpoint, channel.seal("news"), Topic="news")
    application.post(channel.endpoint, channel.seal("score 2:0"), Topic="score")

    with UserAgent.greeted(server, agent.uaid) as again:
        texts = [channel.text(again.notification()), channel.text(again.notification())]
        assert sorted(texts) == ["news", "score 2:0"]
        assert again.hears_nothing()


def test_a_message_can_be_withdrawn_by_its_location(server, application, agent):
    channel = agent.register(public_key(server))
    agent.close()
    location = application.post(channel.endpoint, channel.seal("a mistake")).headers["Location"]
    assert application.http.delete(location).status_code == 204
    assert application.http.delete(location).status_code == 204, "gone is gone"
    with UserAgent.greeted(server, agent.uaid) as again:
        assert again.hears_nothing()


def test_the_newest_connection_of_a_user_agent_wins(server, application, agent):
    channel = agent.register(public_key(server))
    with UserAgent.greeted(server, agent.uaid) as newer:
        code, reason = agent.hear_close()
        assert code == 4001 and "newer" in reason
        application.post(channel.endpoint, channel.seal("for the newer"))
        assert channel.text(newer.notification()) == "for the newer"


@pytest.mark.parametrize("ttl", [60, 0])
def test_an_unregistered_channel_is_gone(server, application, agent, ttl):
    channel = agent.register(public_key(server))
    agent.unregister(channel)
    for _ in range(2):
        reply = application.post(channel.endpoint, channel.seal("too late"), ttl=ttl)
        assert (reply.status_code, reply.json()["errno"], reply.headers["Cache-Control"]) == (410, 106, "max-age=86400")
    assert agent.hears_nothing()


def test_a_channel_ends_however_it_is_spelled(server, application, agent):
    channel = agent.register(public_key(server))
    agent.say(messageType="unregister", channelID=channel.id.upper())
    assert agent.hear() == {"messageType": "unregister", "channelID": channel.id, "status": 200}
    assert application.post(channel.endpoint, ttl=0).status_code == 410


OLD_KEY = 'keyid="http://example.org/bob/keys/123"; salt="XZwpw6o37R-6qoZjw6KwAw=="'


@pytest.mark.parametrize("crypto_key, arrives", [
    ('keyid="a1"; dh="JcqK-OLkJZlJ3sJJWstJCA=="', "keyid=a1; dh=JcqK-OLkJZlJ3sJJWstJCA"),
    ("dh=a/b+,p256ecdsa=c/d=", "dh=a_b-,p256ecdsa=c_d"),
    (None, None)])
def test_an_old_senders_headers_arrive_without_quotes_and_padding_and_otherwise_as_it_wrote_them(agent, crypto_key, arrives):
    channel = agent.register()
    posted = ApplicationServer().post(channel.endpoint, b"sealed", Content_Encoding="aesgcm", Encryption=OLD_KEY, Crypto_Key=crypto_key)
    assert posted.status_code == 201, posted.text
    headers = agent.notification()["headers"]
    assert headers.pop("encryption") == "keyid=http://example.org/bob/keys/123; salt=XZwpw6o37R-6qoZjw6KwAw"
    assert headers == {"encoding": "aesgcm", **({"crypto_key": arrives} if arrives else {})}


def test_what_is_wrong_with_a_post_is_told_in_order(agent):
    endpoint, sender = agent.register().endpoint, ApplicationServer()
    wrong = {"ttl": "-1", "Topic": "a b", "Content_Encoding": "gzip", "Authorization": "Basic x"}
    for status, errno, body, right in [
            (401, 109, b"x" * 6000, {"Authorization": None}), (413, 104, b"x" * 6000, {"ttl": "soon"}), (400, 111, b"x", {"ttl": "-1"}),
            (400, 110, b"x", {"Content_Encoding": "aes128gcm"}), (400, 114, b"x", {"ttl": "1"}), (400, 113, b"x", {"Topic": "YQ=="})]:
        refused = sender.post(endpoint, body, **wrong)
        assert (refused.status_code, refused.json()["errno"]) == (status, errno)
        wrong.update(right)
    assert sender.post(endpoint, b"x", **wrong).status_code == 201


def test_urgency_in_the_words_of_mozillas_service_is_answered(agent):
    agent.say(messageType="urgency", min="low")
    assert agent.hear() == {"messageType": "urgency", "status": 200}


def test_unregistering_an_unknown_channel_is_answered(server, agent):
    channel = str(uuid.uuid4())
    agent.say(messageType="unregister", channelID=channel, code=200)
    assert agent.hear() == {"messageType": "unregister", "channelID": channel, "status": 200}


def test_a_device_whose_channel_is_gone_gets_disabled_and_is_skipped_from_then_on(server, agent):
    channel = agent.register(public_key(server))
    device = server.api.register(channel.subscription)
    agent.unregister(channel)

    first = server.api.finished(server.api.push({"devices": [device]}, notification={"title": "one"}))

    assert first["unregistered"] == 1
    assert server.api.device(device)["state"] == "disabled"
    assert server.api.reaches_nobody({"all": True}) and server.api.reaches_nobody({"devices": [device]})


def test_a_push_by_user_and_by_topic_reaches_their_devices_only(server, agent):
    mine, other = agent.register(public_key(server)), agent.register(public_key(server))
    server.api.register(mine.subscription, user="ada", topics=["news"])
    server.api.register(other.subscription, user="bob")

    by_user = server.api.push({"users": ["ada"]}, notification={"title": "by user"})
    assert "by user" in mine.text(agent.notification())
    by_topic = server.api.push({"topics": ["news"]}, notification={"title": "by topic"})
    assert "by topic" in mine.text(agent.notification())

    assert server.api.finished(by_user)["accepted"] == 1
    assert server.api.finished(by_topic)["accepted"] == 1
    assert agent.hears_nothing()


def test_the_server_answers_a_ping_and_closes_on_pings_without_pause(server, agent):
    agent.ping()
    agent.say_text("{}")
    code, reason = agent.hear_close()
    assert code == 1011 and "ping" in reason


def test_unknown_kinds_of_frames_are_skipped(server, agent):
    agent.say(messageType="broadcast_subscribe", broadcasts={"remote-settings/monitor_changes": '"0"'})
    agent.say(messageType="from the future")
    agent.say(messageType="nack", version="none", code=302)
    agent.ping()


def test_a_key_that_is_no_point_gets_a_status_400(server, agent):
    channel = str(uuid.uuid4())
    agent.say(messageType="register", channelID=channel, key=base64url(b"\x04" + bytes(64)))
    reply = agent.hear()
    assert (reply["status"], reply["channelID"]) == (400, channel)


def test_a_key_with_padding_is_a_key(server, application, agent):
    channel = agent.register(public_key(server) + "=")
    assert application.post(channel.endpoint, channel.seal("padded")).status_code == 201
    assert channel.text(agent.notification()) == "padded"


def test_a_peer_that_answers_no_ping_is_given_up(make_server):
    server = make_server(HERALD_PUSH_SERVICE_SERVER_PING_INTERVAL_SECONDS="2")
    with UserAgent.greeted(server) as alive, socket.create_connection(("127.0.0.1", server.port), timeout=30) as deaf:
        deaf.sendall(
            b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n" + masked_text(b'{"messageType":"hello","use_webpush":true}'))
        received = b""
        while chunk := deaf.recv(4096):
            received += chunk
        assert b"\x89\x00" in received, "it was pinged"
        assert b"no answer to the last ping" in received
        alive.ping()


def masked_text(payload):
    """A text frame as a client sends it (RFC 6455 §5.2); the mask is zero, so the payload stays as it is."""
    return bytes([0x81, 0x80 | len(payload)]) + b"\0\0\0\0" + payload
