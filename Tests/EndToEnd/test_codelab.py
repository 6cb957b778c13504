"""The web.dev push codelab's server, route by route, and the demo server of the book "Web Push": what their clients rely on holds, and
what the originals got wrong doesn't. The page itself is driven in test_browser.py."""

import json

import jwt
import pytest
import requests

from deadline import until
from keys import UserAgentKey, base64url
from scripted_push_service import ScriptedPushService

SUBJECT = "mailto:operator@example.com"


@pytest.fixture
def service():
    with ScriptedPushService() as service:
        yield service
        assert service.faults == []


@pytest.fixture
def server(make_server):
    return make_server(
        HERALD_ALLOW_PRIVATE_ENDPOINTS="true", HERALD_VAPID_SUBJECT=SUBJECT, HERALD_WEB_PUSH_BOOK="true",
        HERALD_SENDER_RETRY_BASE_SECONDS="1")


def post(server, path, body=None, **more):
    """As a browser's fetch does it: JSON where there is a body, and nothing at all where there is none."""
    data = body if body is None or isinstance(body, str) else json.dumps(body)
    return requests.post(server.url + path, data=data, timeout=30, **more)


def is_text(reply, status, text):
    assert (reply.status_code, reply.text) == (status, text), reply.text
    assert reply.headers["Content-Type"] == "text/plain; charset=utf-8"
    return True


def subscribe(server, service, name="one", *script):
    subscription = service.subscription(name, *script)
    assert is_text(post(server, "/add-subscription", subscription), 200, "OK")
    return subscription


def finished(server):
    """The counters of the newest push, once it is done."""
    id = server.api.http.get(f"{server.url}/v1/pushes").json()["pushes"][0]["id"]
    return server.api.finished(id)


# Subscribing


def test_a_browser_is_stored_once_however_often_it_comes(server, service):
    subscribe(server, service)
    subscription = subscribe(server, service)
    assert is_text(post(server, "/notify-all"), 200, "OK")
    assert finished(server)["accepted"] == 1
    assert len(service.attempts_at("one")) == 1
    assert post(server, "/add-subscription", subscription, headers={"Content-Type": "text/plain"}).status_code == 200


def test_removing_is_done_however_often(server, service):
    subscription = subscribe(server, service)
    for _ in range(2):
        assert is_text(post(server, "/remove-subscription", {"endpoint": subscription["endpoint"]}), 200, "OK")
    assert is_text(post(server, "/remove-subscription", {"endpoint": "https://push.example.com/unknown"}), 200, "OK")
    assert is_text(post(server, "/notify-all"), 409, "Conflict")


def test_a_restart_keeps_subscriptions(server, service):
    subscribe(server, service)
    server.restart()
    assert is_text(post(server, "/notify-all"), 200, "OK")
    assert finished(server)["accepted"] == 1


def bad(change):
    subscription = UserAgentKey().subscription("https://push.example.com/x")
    change(subscription)
    return subscription


@pytest.mark.parametrize("body", [
    None, "", "{", "7", {}, {"endpoint": ""}, {"keys": {}},
    bad(lambda it: it.pop("keys")), bad(lambda it: it.update(endpoint="http://push.example.com/x")),
    bad(lambda it: it.update(endpoint="https://10.0.0.1/x")), bad(lambda it: it.update(endpoint="https://localhost/x")),
    bad(lambda it: it["keys"].update(p256dh=base64url(b"\x04" + b"\x01" * 64))),
    bad(lambda it: it["keys"].update(auth=base64url(bytes(15)))),
])
def test_what_is_no_subscription_is_refused(make_server, body):
    server = make_server()
    assert post(server, "/add-subscription", body).status_code == 400
    assert server.api.devices() == []


# Sending


def test_notify_me_is_for_that_one_browser(server, service):
    one, _ = subscribe(server, service, "one"), subscribe(server, service, "two")
    assert is_text(post(server, "/notify-me", {"endpoint": one["endpoint"]}), 200, "OK")
    assert finished(server)["accepted"] == 1
    assert (len(service.attempts_at("one")), len(service.attempts_at("two"))) == (1, 0)


def test_notify_me_names_what_is_wrong(server):
    assert post(server, "/notify-me", {"endpoint": "https://push.example.com/unknown"}).status_code == 404
    for body in (None, "", "{}", "nonsense", {"endpoint": 7}):
        assert post(server, "/notify-me", body).status_code == 400, body


@pytest.mark.parametrize("body, headers", [
    (None, {}), ("{}", {"Content-Type": "application/json"}), ("", {}), ("{}", {"Content-Type": "text/plain"})])
def test_notify_all_answers_once(server, service, body, headers):
    assert is_text(post(server, "/notify-all", body, headers=headers), 409, "Conflict")
    subscribe(server, service)
    assert is_text(post(server, "/notify-all", body, headers=headers), 200, "OK")
    assert finished(server)["accepted"] == 1
    assert len(service.attempts_at("one")) == 1
    assert len(server.api.http.get(f"{server.url}/v1/pushes").json()["pushes"]) == 1


def test_devices_of_other_providers_are_nobody_here(server):
    server.api.http.post(f"{server.url}/v1/devices", json={"provider": "fcm", "token": "t" * 50})
    assert is_text(post(server, "/notify-all"), 409, "Conflict")


def test_the_message_is_what_the_worker_shows(server, service):
    for name in ("one", "two", "three"):
        subscribe(server, service, name)
    post(server, "/notify-all")
    assert finished(server)["accepted"] == 3
    (attempts,) = zip(*(service.attempts_at(name) for name in ("one", "two", "three")))
    messages = [json.loads(attempt.text) for attempt in attempts]
    assert messages[0]["title"] == "Hello, Notifications!" and messages[0]["options"]["body"].startswith("ID: ")
    assert messages[0] == messages[1] == messages[2], "one number for all"
    assert {attempt.headers["TTL"] for attempt in attempts} == {"10000"}
    token = dict(part.strip().split("=", 1) for part in attempts[0].headers["Authorization"][6:].split(","))["t"]
    # The signature, the audience and the expiry are what the push service checks.
    assert jwt.decode(token, options={"verify_signature": False})["sub"] == SUBJECT


# What push services answer: attempts, and whether the subscription stays.
ANSWERS = [
    (201, 1, True), (200, 1, True), (202, 1, True), (204, 1, True), (400, 1, True), (413, 1, True), (301, 1, True), (307, 1, True),
    (404, 1, False), (410, 1, False), (429, 2, True), (500, 2, True), (503, 2, True)]


@pytest.mark.parametrize("status, attempts, stays", ANSWERS)
def test_each_answer_of_a_push_service(server, service, status, attempts, stays):
    subscribe(server, service, "one", (status, {"Location": f"{service.origin}/push/elsewhere"}))
    post(server, "/notify-all")
    finished(server)
    assert len(service.attempts_at("one")) == attempts
    assert post(server, "/notify-all").status_code == (200 if stays else 409)


@pytest.mark.parametrize("status", [401, 403])
def test_refused_credentials_cost_no_subscription(server, service, status):
    subscribe(server, service, "one", status)
    post(server, "/notify-all")
    assert finished_or_retrying(server)
    assert [device["state"] for device in server.api.devices()] == ["active"]


def finished_or_retrying(server):
    def state():
        counters = server.api.http.get(f"{server.url}/v1/pushes").json()["pushes"][0]["counters"]
        return counters["retrying"] or counters["accepted"]

    return until(state, 30, "the push service has answered")


# The book "Web Push"


def book(server, name, body=None, **more):
    reply = post(server, f"/api/{name}/", body, **more)
    assert reply.headers["Content-Type"] == "application/json"
    return reply.status_code, reply.json()


DONE = (200, {"data": {"success": True}})


def test_the_book_saves_lists_and_sends(server, service):
    assert book(server, "trigger-push-msg", "to nobody") == DONE
    subscription = service.subscription("one")
    for _ in range(2):
        assert book(server, "save-subscription", subscription) == DONE
    status, content = book(server, "get-subscriptions")
    assert status == 200 and [each["endpoint"] for each in content["data"]["subscriptions"]] == [subscription["endpoint"]]
    assert [each["id"] for each in content["data"]["subscriptions"]] == [device["id"] for device in server.api.devices()]
    for payload in ('{ "notification": {"title": "caf\\u00e9"} }', "plain text"):
        assert book(server, "trigger-push-msg", payload) == DONE
        assert finished(server)["accepted"] == 1
        assert service.attempts_at("one")[-1].text == payload


@pytest.mark.parametrize("status", [404, 410])
def test_the_book_forgets_who_is_gone(server, service, status):
    assert book(server, "save-subscription", service.subscription("one", status)) == DONE
    assert book(server, "trigger-push-msg", "hello") == DONE
    finished(server)
    assert book(server, "get-subscriptions") == (200, {"data": {"subscriptions": []}})


@pytest.mark.parametrize("body, id", [
    ({}, "no-endpoint"), ({"endpoint": ""}, "no-endpoint"), ({"endpoint": "nonsense"}, "no-endpoint"),
    (bad(lambda it: it["keys"].update(auth="AA")), "invalid-subscription"), ("nonsense", "invalid-subscription")])
def test_the_book_refuses_what_is_no_subscription(server, body, id):
    status, content = book(server, "save-subscription", body)
    assert (status, content["error"]["id"]) == (400, id) and len(content["error"]["message"]) > 5


def test_a_payload_of_3993_bytes_is_the_largest(server, service):
    book(server, "save-subscription", service.subscription("one"))
    assert book(server, "trigger-push-msg", "x" * 3993) == DONE
    assert finished(server)["accepted"] == 1
    for payload in ("x" * 3994, "", "x" * 100_000):
        status, content = book(server, "trigger-push-msg", payload)
        assert status in (400, 413) and content["error"]["id"] in ("unable-to-send-messages", "no-payload"), content
    assert len(service.attempts_at("one")) == 1


def test_the_book_is_off_unless_it_is_asked_for(make_server):
    server = make_server()
    for name in ("save-subscription", "get-subscriptions", "trigger-push-msg"):
        assert post(server, f"/api/{name}/", {}).status_code == 404


def test_the_codelab_is_off_where_strangers_are(make_server):
    server = make_server(HERALD_DEMO="false")
    for path in ("/add-subscription", "/remove-subscription", "/notify-me", "/notify-all"):
        assert post(server, path, {}).status_code == 404


@pytest.mark.parametrize("path", ["/notify-all", "/api/trigger-push-msg/", "/api/get-subscriptions/"])
def test_other_sites_pages_send_nothing(server, path):
    assert post(server, path, headers={"Origin": "https://elsewhere.example"}).status_code == 403


def test_notify_all_may_be_limited(make_server):
    server = make_server(HERALD_LIMITS_ADDRESS_REQUESTS_PER_SECOND="1", HERALD_LIMITS_ADDRESS_BURST_REQUESTS="2")
    assert [post(server, "/notify-all").status_code for _ in range(4)][-1] == 429
