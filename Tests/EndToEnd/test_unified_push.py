"""UnifiedPush's application servers, old and new, and Matrix homeservers: what they send arrives, and only what is dead is rejected."""

import base64
import json

import pytest
import requests

from keys import from_base64url
from sender import ApplicationServer
from user_agent import UserAgent

NOTIFY = "/_matrix/push/v1/notify"


@pytest.fixture(scope="module")
def herald(tmp_path_factory, running, module_server):
    server = module_server(
        HERALD_MATRIX_GATEWAY="true", HERALD_PUSH_SERVICE_PLAIN_BODIES="true", HERALD_TRUST_ROOTS=running.ca,
        HERALD_ALLOW_PRIVATE_ENDPOINTS="true")
    for provider in ("apns", "fcm"):
        reply = server.api.http.put(f"{server.url}/v1/apps/default/providers/{provider}", json=running.credentials(provider))
        assert reply.status_code == 200, reply.text
    return server


def plain(notification):
    assert "headers" not in notification
    return from_base64url(notification["data"])


def notice(*devices, **more):
    return {"notification": {
        "event_id": "$one", "room_id": "!room:example.org", "type": "m.room.message", "sender": "@ann:example.org", "prio": "high",
        "sender_display_name": "Ann", "room_name": "Garden", "content": {"msgtype": "m.text", "body": "Hello"},
        "counts": {"unread": 2, "missed_calls": 1}, "devices": list(devices), **more}}


def device(pushkey, app_id="default", **data):
    return {"app_id": app_id, "pushkey": pushkey, "pushkey_ts": 12345678, "data": data, "tweaks": {"sound": "bing"}}


def notify(server, body):
    data = body if isinstance(body, (bytes, str)) else json.dumps(body)
    return requests.post(server.url + NOTIFY, data=data, timeout=30)


def rejected(server, body):
    reply = notify(server, body)
    assert reply.status_code == 200, reply.text
    assert list(reply.json()) == ["rejected"]
    return reply.json()["rejected"]


# UnifiedPush


def test_an_endpoint_says_that_it_is_one(herald):
    with UserAgent.greeted(herald) as agent:
        endpoint = agent.register().endpoint
    assert len(endpoint) <= 1000
    for url in (endpoint, endpoint + "?up=1", f"{herald.url}/wpush/v1/whatever"):
        reply = requests.get(url, timeout=30)
        assert (reply.status_code, reply.json()) == (200, {"unifiedpush": {"version": 1}})


def test_what_an_old_application_server_posts_arrives_as_it_is(herald):
    with UserAgent.greeted(herald) as agent:
        channel = agent.register()
        reply = requests.post(channel.endpoint, data=b"a=\x00\xff", timeout=30)
        assert reply.status_code == 201 and int(reply.headers["TTL"]) > 0
        got = agent.notification()
        assert plain(got) == b"a=\x00\xff"
        agent.acknowledge(got)
        assert requests.post(channel.endpoint, data=b"x" * 4096, timeout=30).status_code == 201
        assert requests.post(channel.endpoint, data=b"x" * 4097, timeout=30).status_code == 413


def test_plain_bodies_are_refused_unless_asked_for(make_server):
    server = make_server()
    with UserAgent.greeted(server) as agent:
        endpoint = agent.register().endpoint
        assert requests.post(endpoint, data=b"hello", headers={"TTL": "60"}, timeout=30).status_code == 400
        assert requests.get(endpoint, timeout=30).status_code == 200
    assert requests.get(server.url + NOTIFY, timeout=30).status_code == 404


def test_encrypted_messages_are_what_they_were(herald):
    with UserAgent.greeted(herald) as agent:
        channel = agent.register()
        assert ApplicationServer().post(channel.endpoint, channel.seal("secret")).status_code == 201
        assert channel.text(agent.notification()) == "secret"


# Matrix, to endpoints


def test_a_host_with_a_gateway_says_so(herald):
    reply = requests.get(herald.url + NOTIFY, timeout=30)
    assert (reply.status_code, reply.json()) == (200, {"unifiedpush": {"gateway": "matrix"}})


def test_an_endpoint_gets_the_whole_body(herald):
    with UserAgent.greeted(herald) as agent:
        channel = agent.register()
        body = json.dumps(notice(device(channel.endpoint, app_id="org.example.client"))).replace('"prio"', '\n "prio"')
        assert rejected(herald, body) == []
        assert plain(agent.notification()) == body.encode()


def test_a_notice_that_comes_again_is_delivered_once(herald):
    with UserAgent.greeted(herald) as agent:
        channel, other = agent.register(), agent.register()
        assert rejected(herald, notice(device(channel.endpoint), event_id="$again")) == []
        agent.acknowledge(agent.notification())
        both = notice(device(channel.endpoint), device(other.endpoint), event_id="$again")
        assert rejected(herald, both) == []
        got = agent.notification()
        assert got["channelID"] == other.id and agent.hears_nothing()


def test_only_the_dead_are_rejected(herald):
    with UserAgent.greeted(herald) as agent:
        gone, alive, bound = agent.register(), agent.register(), agent.register(key=herald.vapid["public_key"])
        agent.unregister(gone)
        forged = f"{herald.url.replace('127.0.0.1', 'localhost')}/wpush/v1/AAAA"
        keys = [gone.endpoint, alive.endpoint, bound.endpoint, forged, "https://ntfy.example.org/upABC?up=1", "somebody"]
        dead = [key for key in keys if key != alive.endpoint]
        assert sorted(rejected(herald, notice(*map(device, keys), event_id="$dead"))) == sorted(dead)
        assert agent.notification()["channelID"] == alive.id


def test_a_notice_that_is_too_large_arrives_in_brief(herald):
    with UserAgent.greeted(herald) as agent:
        channel = agent.register()
        large = notice(device(channel.endpoint), event_id="$large", content={"body": "x" * 5000})
        assert rejected(herald, large) == []
        got = json.loads(plain(agent.notification()))["notification"]
        assert got["event_id"] == "$large" and got["counts"] == {"unread": 2, "missed_calls": 1} and "content" not in got
        assert got["devices"] == [device(channel.endpoint)]


@pytest.mark.parametrize("method, path, body, status, code", [
    ("POST", NOTIFY, "nonsense", 400, "M_NOT_JSON"),
    ("POST", NOTIFY, "{}", 400, "M_BAD_JSON"),
    ("POST", NOTIFY, '{"notification":{}}', 400, "M_BAD_JSON"),
    ("POST", NOTIFY, '{"notification":{"devices":[{"app_id":"a"}]}}', 400, "M_BAD_JSON"),
    ("POST", NOTIFY, '{"notification":{"devices":[' + ",".join(['{"app_id":"a","pushkey":"b"}'] * 65) + "]}}", 400, "M_BAD_JSON"),
    ("POST", NOTIFY, " " * 524_289, 413, "M_TOO_LARGE"),
    ("PUT", NOTIFY, "{}", 405, "M_UNRECOGNIZED"),
    ("DELETE", NOTIFY, "", 405, "M_UNRECOGNIZED"),
    ("POST", "/_matrix/push/v2/notify", "{}", 404, "M_UNRECOGNIZED"),
    ("GET", "/_matrix/client/versions", "", 404, "M_UNRECOGNIZED"),
])
def test_what_is_wrong_is_said_in_matrixs_words(herald, method, path, body, status, code):
    reply = requests.request(method, herald.url + path, data=body, timeout=30)
    assert (reply.status_code, reply.json()["errcode"]) == (status, code), reply.text
    assert reply.json()["error"]


def test_an_address_has_its_limit(make_server):
    server = make_server(
        HERALD_MATRIX_GATEWAY="true", HERALD_PUSH_SERVICE_SUBSCRIPTION_MESSAGES_PER_SECOND="1", HERALD_PUSH_SERVICE_BURST_SECONDS="2")
    with UserAgent.greeted(server) as agent:
        channel = agent.register()
        replies = [notify(server, notice(device(channel.endpoint), event_id=f"${number}")) for number in range(10)]
        assert {reply.status_code for reply in replies} == {200, 429}
        refused = next(reply for reply in replies if reply.status_code == 429)
        assert refused.json()["errcode"] == "M_LIMIT_EXCEEDED" and int(refused.headers["Retry-After"]) >= 1


# Matrix, to devices that are registered


def register(server, provider, token):
    reply = server.api.http.post(f"{server.url}/v1/devices", json={"provider": provider, "token": token})
    assert reply.status_code in (200, 201), reply.text
    return reply.json()["id"]


def sent(server, simulators, port):
    """What the provider got, once every push is done."""
    for push in server.api.http.get(f"{server.url}/v1/pushes").json()["pushes"]:
        server.api.finished(push["id"])
    return [json.loads(request["body"]) for request in simulators.received(port) if request["tokens"]]


def test_an_apple_device_gets_what_matrixs_clients_expect(herald, simulators):
    token = bytes(range(32))
    register(herald, "apns", token.hex())
    base = {"aps": {"mutable-content": 1, "alert": {"loc-key": "SINGLE_UNREAD"}}, "k": "v"}
    apple = device(base64.b64encode(token).decode(), format="event_id_only", default_payload=base)
    for _ in range(2):
        assert rejected(herald, notice(apple, event_id="$apple")) == []
    assert sent(herald, simulators, "apns") == [{
        "aps": {"mutable-content": 1, "alert": {"loc-key": "SINGLE_UNREAD"}, "badge": 3}, "k": "v",
        "event_id": "$apple", "room_id": "!room:example.org", "unread_count": 2, "missed_calls": 1}]


def test_an_android_device_gets_texts(herald, simulators):
    register(herald, "fcm", "fcm:one")
    assert rejected(herald, notice(device("fcm:one"), event_id="$android", prio="low")) == []
    message = sent(herald, simulators, "fcm")[0]["message"]
    assert message["android"]["priority"] == "NORMAL"
    assert message["data"]["event_id"] == "$android" and message["data"]["unread"] == "2"
    assert json.loads(message["data"]["content"]) == {"msgtype": "m.text", "body": "Hello"}


def test_a_device_that_is_gone_is_rejected_and_one_in_trouble_is_not(herald, simulators):
    register(herald, "fcm", "fcm:two")
    simulators.set_faults({"provider": "fcm", "status": 503, "headers": {"Retry-After": "1"}, "times": 1})
    assert rejected(herald, notice(device("fcm:two"), event_id="$trouble")) == []
    reply = herald.api.http.delete(f"{herald.url}/v1/devices/{register(herald, 'fcm', 'fcm:two')}")
    assert reply.status_code == 204
    gone = [device("fcm:two"), device("fcm:one", app_id="org.example.nobody")]
    assert rejected(herald, notice(*gone, event_id="$gone")) == ["fcm:two", "fcm:one"]
