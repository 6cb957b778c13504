"""Whatever comes in wrong gets the documented answer, and nobody else notices."""

import json
import socket
from contextlib import ExitStack

import pytest
import requests

from keys import UserAgentKey, base64url
from sender import ApplicationServer
from user_agent import UserAgent

# Whoever speaks gets it done by then, on a busy machine too.
HELLO_DEADLINE_SECONDS = 3


@pytest.fixture(scope="module")
def server(module_server):
    """One for all: whatever comes in, it goes on."""
    return module_server(HERALD_PUSH_SERVICE_HELLO_DEADLINE_SECONDS=str(HELLO_DEADLINE_SECONDS))


@pytest.fixture
def good_client(server):
    """A user agent that was there before; at the end it must still be served as if nothing had happened."""
    with UserAgent.greeted(server) as agent:
        channel = agent.register(server.vapid["public_key"])
        channel.application = ApplicationServer(server.vapid["private_key"])
        yield channel
        assert channel.application.post(channel.endpoint, channel.seal("still served")).status_code == 201
        # What a test sent with success comes first.
        while channel.text(agent.notification()) != "still served":
            pass


def problem(reply, status, code, field=None):
    """The detail of a problem, after a look at the rest of it."""
    assert reply.status_code == status, reply.text
    assert reply.headers["Content-Type"].startswith("application/problem+json")
    content = reply.json()
    assert (content["status"], content["code"]) == (status, code), content
    if field:
        assert content["field"] == field, content
        assert field in content["detail"], "the message names the field"
    assert len(content["detail"]) > 10, "the message says something"
    return content["detail"]


def refusal(reply, status, errno):
    """The message of a push service's no."""
    assert reply.status_code == status, reply.text
    content = reply.json()
    assert (content["code"], content["errno"]) == (status, errno), content
    assert len(content["message"]) > 5, "the message says something"
    return content["message"]


# Devices and pushes


@pytest.mark.parametrize("path", ["/v1/devices", "/v1/pushes"])
@pytest.mark.parametrize("body", ["{", "", "no JSON at all", '{"a":}', "\xff\xfe", "null", "[]", "7"])
def test_malformed_json(server, good_client, path, body):
    reply = server.api.http.post(server.url + path, data=body.encode("latin-1"))
    assert "JSON" in problem(reply, 400, "malformed_json")


@pytest.mark.parametrize("key", [None, "wrong", "herald_admin_" + "A" * 43])
def test_a_wrong_key(server, good_client, key):
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    reply = requests.post(f"{server.url}/v1/pushes", json={}, headers=headers)
    problem(reply, 401, "unauthenticated")
    assert "Bearer" in reply.headers["WWW-Authenticate"]


OFF_THE_CURVE = base64url(b"\x04" + b"\x01" * 64)

BAD_SUBSCRIPTIONS = {
    "p256dh too short": ("keys.p256dh", lambda it: it["keys"].update(p256dh=base64url(b"\x04" + bytes(63)))),
    "p256dh off the curve": ("keys.p256dh", lambda it: it["keys"].update(p256dh=OFF_THE_CURVE)),
    "p256dh no base64": ("keys.p256dh", lambda it: it["keys"].update(p256dh="(╯°□°)╯")),
    "auth too short": ("keys.auth", lambda it: it["keys"].update(auth=base64url(bytes(15)))),
    "auth too long": ("keys.auth", lambda it: it["keys"].update(auth=base64url(bytes(17)))),
    "no endpoint": ("endpoint", lambda it: it.pop("endpoint")),
    "endpoint no URL": ("endpoint", lambda it: it.update(endpoint="nonsense")),
    "endpoint not https": ("endpoint", lambda it: it.update(endpoint="http://push.example.com/x")),
    "endpoint inside": ("endpoint", lambda it: it.update(endpoint="https://127.0.0.1/x")),
    "endpoint inside, in disguise": ("endpoint", lambda it: it.update(endpoint="https://2130706433/x")),
    "endpoint a local name": ("endpoint", lambda it: it.update(endpoint="https://printer.local/x")),
}


@pytest.mark.parametrize("name", BAD_SUBSCRIPTIONS)
def test_a_bad_subscription(server, good_client, name):
    field, spoil = BAD_SUBSCRIPTIONS[name]
    subscription = good_client.subscription
    spoil(subscription)
    before = server.api.devices()

    reply = server.api.http.post(f"{server.url}/v1/devices", json={"provider": "webpush", "subscription": subscription})
    problem(reply, 422, "missing_field" if name == "no endpoint" else "invalid_field", f"subscription.{field}")
    assert requests.post(f"{server.url}/add-subscription", json=subscription).status_code == 400

    assert server.api.devices() == before


def test_digits_beyond_ascii_are_no_device_token(server, good_client):
    reply = server.api.http.post(f"{server.url}/v1/devices", json={"provider": "apns", "token": "\uff11\uff12"})
    problem(reply, 422, "invalid_field", "token")


def test_a_push_without_audience(server, good_client):
    problem(server.api.http.post(f"{server.url}/v1/pushes", json={"notification": {"title": "x"}}), 422, "missing_field", "audience")


def test_an_unknown_device(server, good_client):
    body = {"audience": {"devices": ["01890000-0000-7000-8000-000000000000"]}, "notification": {"title": "x"}}
    reply = server.api.http.post(f"{server.url}/v1/pushes", json=body)
    problem(reply, 422, "unknown_device", "audience.devices[0]")
    problem(server.api.http.get(f"{server.url}/v1/devices/nobody"), 404, "not_found")
    problem(server.api.http.get(f"{server.url}/v1/pushes/none"), 404, "not_found")


def test_a_notification_that_no_push_service_would_take(server, good_client):
    server.api.register(good_client.subscription)
    body = {"audience": {"all": True}, "notification": {"title": "x" * 4000}}
    problem(server.api.http.post(f"{server.url}/v1/pushes", json=body), 422, "too_large", "notification")


def test_a_request_body_without_end(server, good_client):
    body = json.dumps({"audience": {"all": True}, "notification": {"title": "x" * 2_000_000}})
    problem(server.api.http.post(f"{server.url}/v1/pushes", data=body), 413, "too_large")


def test_nothing_there(server, good_client):
    problem(requests.get(f"{server.url}/no/such/page"), 404, "not_found")


# The page's routes


def test_the_pages_routes_refuse_nonsense(server, good_client):
    for path in ["/add-subscription", "/remove-subscription", "/notify-me"]:
        assert requests.post(server.url + path, data="{").status_code == 400, path
    for path in ["/add-subscription", "/notify-me"]:
        assert requests.post(server.url + path, json={}).status_code == 400, path
    assert requests.post(f"{server.url}/notify-me", json={"endpoint": "https://push.example.com/x"}).status_code == 404
    assert requests.post(f"{server.url}/remove-subscription", json={"endpoint": "https://push.example.com/x"}).text == "OK"


# Messages to an endpoint


@pytest.mark.parametrize("headers, errno", [
    ({"ttl": None}, 111),
    ({"ttl": "soon"}, 111),
    ({"ttl": -1}, 114),
    ({"Topic": "two words"}, 113),
    ({"Topic": "x" * 33}, 113),
    ({"Topic": ""}, 113),
    ({"Content_Encoding": None}, 110),
    ({"Content_Encoding": "aes256gcm"}, 110),
])
def test_a_bad_header(good_client, headers, errno):
    reply = good_client.application.post(good_client.endpoint, good_client.seal("x"), **headers)
    refusal(reply, 400, errno)


def test_an_endpoint_that_is_not_ours(server, good_client):
    for endpoint in [f"{server.url}/wpush/v2/{'A' * 100}", f"{server.url}/wpush/v9/x", good_client.endpoint[:-4] + "AAAA"]:
        refusal(good_client.application.post(endpoint, good_client.seal("x")), 404, 102)


def test_an_expired_signature(good_client):
    application = good_client.application
    expired = application.authorization(good_client.endpoint, lifetime_seconds=-3600)
    message = refusal(application.post(good_client.endpoint, good_client.seal("x"), **expired), 401, 109)
    assert "expired" in message


def test_a_forged_signature(good_client):
    application = good_client.application
    token = application.authorization(good_client.endpoint)["Authorization"]
    head, claims, signature = token.split("t=")[1].split(",")[0].split(".")
    forged = token.replace(signature, ("A" if signature[0] != "A" else "B") + signature[1:])
    refusal(application.post(good_client.endpoint, good_client.seal("x"), Authorization=forged), 401, 109)


def test_a_signature_for_another_service(good_client):
    elsewhere = good_client.application.authorization("https://updates.push.services.mozilla.com/x")
    refusal(good_client.application.post(good_client.endpoint, good_client.seal("x"), **elsewhere), 401, 109)


def test_a_signature_by_another_key(good_client):
    stranger = ApplicationServer(base64url(UserAgentKey().scalar))
    refusal(stranger.post(good_client.endpoint, good_client.seal("x")), 401, 109)


@pytest.mark.parametrize("nonsense", [None, "nonsense", "vapid t=x,k=y", "vapid", "Bearer abc"])
def test_no_signature_where_one_is_due(good_client, nonsense):
    reply = good_client.application.post(good_client.endpoint, good_client.seal("x"), Authorization=nonsense)
    assert reply.status_code in (400, 401) and reply.json()["errno"] in (109, 110), reply.text


def test_a_body_of_4096_bytes_is_taken(good_client):
    body = good_client.seal("x" * 3993)
    assert len(body) == 4096
    assert good_client.application.post(good_client.endpoint, body).status_code == 201


@pytest.mark.parametrize("size", [8_000, 3_000_000])
def test_a_body_too_large(good_client, size):
    reply = good_client.application.post(good_client.endpoint, good_client.seal("x")[:86] + bytes(size))
    assert "bytes" in refusal(reply, 413, 104)


def test_a_withdrawal_that_names_no_message(server, good_client):
    reply = requests.delete(f"{server.url}/m/nonsense")
    refusal(reply, 400, None)


# WebSockets


def test_a_websocket_that_says_nothing_is_closed(server, good_client):
    with UserAgent(server) as silent:
        code, reason = silent.hear_close()
    assert code == 1011 and "hello" in reason


@pytest.mark.parametrize("first", ["garbage", "{}", "[]", '{"messageType":"register"}', '{"messageType":7}', ""])
def test_a_websocket_whose_first_words_are_no_hello_is_closed(server, good_client, first):
    with UserAgent(server) as agent:
        agent.say_text(first)
        code, reason = agent.hear_close()
    assert code == 1011 and "hello" in reason


@pytest.mark.parametrize("frame", ["garbage", "[]", "{", '{"messageType":"register","channelID":"not a UUID"}', '{"messageType":"ack"}'])
def test_a_websocket_that_talks_garbage_is_closed(server, good_client, frame):
    with UserAgent.greeted(server) as agent:
        agent.say_text(frame)
        code, reason = agent.hear_close()
    assert code == 1011 and len(reason) > 10


def test_a_second_hello_is_one_too_many(server, good_client):
    with UserAgent.greeted(server) as agent:
        agent.say(messageType="hello", use_webpush=True)
        code, reason = agent.hear_close()
    assert code == 1011 and "hello" in reason


def test_a_frame_too_large(server, good_client):
    with UserAgent.greeted(server) as agent:
        agent.say_text("x" * 100_000)
        code, _ = agent.hear_close()
    assert code == 1009


def test_bytes_that_are_no_http(server, good_client):
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as wire:
        wire.sendall(b"\x16\x03\x01 this is no HTTP \r\n\r\n")
        assert wire.recv(1000)[:9] in (b"", b"HTTP/1.1 ", b"HTTP/1.0 ")


def test_a_hundred_silent_websockets_keep_nobody_out(server, good_client):
    with ExitStack() as silent:
        for _ in range(100):
            silent.enter_context(UserAgent(server))
        with UserAgent.greeted(server) as agent:
            agent.register()
