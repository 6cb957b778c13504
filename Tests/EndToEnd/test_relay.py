"""The blind relay: what a sender seals for an app comes out of APNs and FCM as it went in, the relay can't read it, and it can be stopped."""

import json
import os

import pytest
import requests
from py_vapid import Vapid02

from keys import UserAgentKey, base64url, from_base64url
from sender import ApplicationServer

SECRET = "the garden gate is open"


@pytest.fixture(scope="module")
def herald(module_server, running):
    server = module_server(
        HERALD_RELAY_ENABLED="true", HERALD_RELAY_TITLE="Something new", HERALD_TRUST_ROOTS=running.ca,
        HERALD_ALLOW_PRIVATE_ENDPOINTS="true", HERALD_RELAY_SENDER_MESSAGES_PER_MINUTE="0",
        HERALD_SENDER_RETRY_BASE_SECONDS="1")
    for provider in ("apns", "fcm"):
        reply = server.api.http.put(f"{server.url}/v1/apps/default/providers/{provider}", json=running.credentials(provider))
        assert reply.status_code == 200, reply.text
    return server


class App:
    """An installation of the vendor's app: registered at the relay, with keys that the relay never sees."""

    def __init__(self, server, provider, **relay):
        self.server, self.provider, self.key = server, provider, UserAgentKey()
        self.token = os.urandom(32).hex() if provider == "apns" else "fcm:" + os.urandom(32).hex()
        device = server.api.http.post(f"{server.url}/v1/devices", json={"provider": provider, "token": self.token})
        assert device.status_code == 201, device.text
        self.id = device.json()["id"]
        self.path = f"{server.url}/v1/devices/{self.id}/relay"
        self.endpoint = self.open(**relay)

    def open(self, **relay):
        reply = self.server.api.http.post(self.path, json=relay)
        assert reply.status_code == 200, reply.text
        return reply.json()["endpoint"]

    def revoke(self):
        assert self.server.api.http.delete(self.path).status_code == 204

    def got(self, simulators):
        """The provider's requests for this device, once every push is done."""
        for push in self.server.api.http.get(f"{self.server.url}/v1/pushes").json()["pushes"]:
            self.server.api.finished(push["id"])
        return [json.loads(request["body"]) for request in simulators.received(self.provider, token=self.token)]

    def opened(self, payload):
        """What the app makes of it."""
        if self.provider == "apns":
            return self.key.open(from_base64url(payload["webpush"]["body"]))
        return self.key.open(from_base64url(payload["message"]["data"]["webpush_body"]))


@pytest.fixture
def sender():
    sender = ApplicationServer()
    sender.vapid = Vapid02()
    sender.vapid.generate_keys()
    return sender


@pytest.fixture(params=["apns", "fcm"])
def app(request, herald, simulators):
    return App(herald, request.param)


def test_what_is_sealed_for_an_app_is_opened_by_it_alone(herald, simulators, app, sender):
    assert len(app.endpoint) <= 1000
    reply = sender.post(app.endpoint, app.key.seal(SECRET), ttl=600, Urgency="high", Topic="gate")
    assert reply.status_code == 201, reply.text
    assert reply.headers["TTL"] == "600" and reply.headers["Location"]
    (payload,) = app.got(simulators)
    assert app.opened(payload) == SECRET
    if app.provider == "apns":
        assert payload["aps"] == {"alert": {"title": "Something new"}, "mutable-content": 1}
    else:
        assert payload["message"]["android"] == {"priority": "HIGH", "ttl": "600s", "collapse_key": "gate"}


@pytest.mark.one_database(reason="a PostgreSQL's files are not the server's")
def test_the_relay_keeps_neither_plaintext_nor_keys_nor_sender(herald, simulators, app, sender):
    body = app.key.seal(SECRET)
    assert sender.post(app.endpoint, body).status_code == 201
    assert app.opened(app.got(simulators)[0]) == SECRET
    vapid = base64url(sender.vapid.public_key.public_numbers().x.to_bytes(32, "big"))
    kept = b"".join(file.read_bytes() for file in herald.data.rglob("*") if file.is_file()) + herald.log.read_bytes()
    assert base64url(body).encode()[:60] in kept, "the sealed message is looked for where it is kept"
    for secret in (SECRET.encode(), base64url(app.key.auth).encode(), app.key.auth, app.key.scalar, vapid.encode()):
        assert secret not in kept


def test_a_capability_that_is_revoked_never_works_again(herald, simulators, app, sender):
    old = app.endpoint
    assert app.open() == old
    app.revoke()
    assert sender.post(old, app.key.seal(SECRET)).status_code == 410
    new = app.open()
    assert new != old and sender.post(old, app.key.seal(SECRET)).status_code == 410
    assert sender.post(new, app.key.seal(SECRET)).status_code == 201


def test_a_dead_token_and_a_removed_device_are_gone(herald, simulators, sender):
    app = App(herald, "apns")
    simulators.set_faults({"provider": "apns", "token": app.token, "status": 410, "reason": "Unregistered"})
    assert sender.post(app.endpoint, app.key.seal(SECRET)).status_code == 201
    app.got(simulators)
    assert sender.post(app.endpoint, app.key.seal(SECRET)).status_code == 410
    other = App(herald, "fcm")
    assert herald.api.http.delete(f"{herald.url}/v1/devices/{other.id}").status_code == 204
    assert sender.post(other.endpoint, other.key.seal(SECRET)).status_code == 410


def test_an_endpoint_of_one_sender_takes_no_others(herald, simulators, sender):
    key = sender.vapid.public_key.public_numbers()
    point = b"\x04" + key.x.to_bytes(32, "big") + key.y.to_bytes(32, "big")
    app = App(herald, "fcm", vapid_key=base64url(point))
    stranger = ApplicationServer()
    assert stranger.post(app.endpoint, app.key.seal(SECRET)).status_code == 401
    stranger.vapid = Vapid02()
    stranger.vapid.generate_keys()
    assert stranger.post(app.endpoint, app.key.seal(SECRET)).status_code == 401
    assert sender.post(app.endpoint, app.key.seal(SECRET)).status_code == 201


def test_what_is_too_large_is_told_what_fits(herald, simulators, app, sender):
    refused = sender.post(app.endpoint, b"x" * 4096)
    assert refused.status_code == 413
    fits = int(refused.json()["message"].split("at most ")[1].split(" ")[0])
    assert 2900 < fits < 3072
    assert sender.post(app.endpoint, b"x" * (fits + 1)).status_code == 413
    assert sender.post(app.endpoint, b"x" * fits).status_code == 201
    (payload,) = app.got(simulators)
    assert json.dumps(payload).count("eHh4") > 900


def test_a_repetition_is_one_message(herald, simulators, app, sender):
    body = app.key.seal(SECRET)
    replies = [sender.post(app.endpoint, body) for _ in range(3)]
    assert {(reply.status_code, reply.headers["Location"]) for reply in replies} == {(201, replies[0].headers["Location"])}
    assert len(app.got(simulators)) == 1


def test_an_app_may_be_woken_unseen(herald, simulators, sender):
    app = App(herald, "apns", wake="background")
    assert sender.post(app.endpoint, app.key.seal(SECRET), Urgency="high").status_code == 201
    (payload,) = app.got(simulators)
    assert payload["aps"] == {"content-available": 1} and app.opened(payload) == SECRET


def test_an_installation_says_what_it_shows(herald, simulators, sender):
    app = App(herald, "apns", title="Neue Nachricht")
    assert sender.post(app.endpoint).status_code == 201
    (payload,) = app.got(simulators)
    assert payload == {"aps": {"alert": {"title": "Neue Nachricht"}, "mutable-content": 1}, "webpush": {}}


@pytest.mark.parametrize("change, status, errno", [
    ({"ttl": None}, 400, 111), ({"Content_Encoding": None}, 400, 110), ({"Topic": "a b"}, 400, 113), ({"Authorization": "vapid x"}, 401, 109),
])
def test_a_post_is_checked_as_everywhere(herald, simulators, app, sender, change, status, errno):
    reply = sender.post(app.endpoint, **{"body": app.key.seal(SECRET), **change})
    assert (reply.status_code, reply.json()["errno"]) == (status, errno), reply.text


def test_forged_endpoints_and_messages_are_nobodys(herald, sender):
    assert sender.post(f"{herald.url}/relay/AAAA", b"x").status_code == 404
    assert requests.delete(f"{herald.url}/relay/messages/AAAA", timeout=30).status_code == 400


def test_a_message_can_be_withdrawn(herald, simulators, app, sender):
    reply = sender.post(app.endpoint, app.key.seal(SECRET))
    assert requests.delete(reply.headers["Location"], timeout=30).status_code == 204


def test_a_flood_is_told_when_to_come_again(make_server, simulators, sender):
    server = make_server(HERALD_RELAY_ENABLED="true", HERALD_RELAY_DEVICE_MESSAGES_PER_MINUTE="3", HERALD_RELAY_SENDER_MESSAGES_PER_MINUTE="5")
    one, two = App(server, "fcm"), App(server, "fcm")
    assert [sender.post(one.endpoint).status_code for _ in range(4)] == [201, 201, 201, 429]
    replies = [sender.post(two.endpoint) for _ in range(3)]
    assert replies[0].status_code == 201 and replies[-1].status_code == 429
    assert int(replies[-1].headers["Retry-After"]) >= 1


def test_a_server_is_no_relay_unless_it_is_told_to(server):
    device = server.api.http.post(f"{server.url}/v1/devices", json={"provider": "fcm", "token": "fcm:x"}).json()["id"]
    reply = server.api.http.post(f"{server.url}/v1/devices/{device}/relay", json={})
    assert (reply.status_code, reply.json()["code"]) == (404, "relay_off")


def test_browsers_need_no_relay(herald):
    device = herald.api.register(UserAgentKey().subscription(f"{herald.url.replace('127.0.0.1', 'localhost')}/wpush/v1/somebody"))
    reply = herald.api.http.post(f"{herald.url}/v1/devices/{device}/relay", json={})
    assert (reply.status_code, reply.json()["code"]) == (409, "cannot_relay")


@pytest.mark.parametrize("body, field", [
    ({"wake": "loudly"}, "wake"), ({"title": ""}, "title"), ({"title": "x" * 51}, "title"), ({"vapid_key": "BA"}, "vapid_key"), ({"x": 1}, "x")])
def test_what_cant_be_meant_is_refused(herald, body, field):
    reply = herald.api.http.post(App(herald, "fcm").path, json=body)
    assert (reply.status_code, reply.json()["field"]) == (422, field)
