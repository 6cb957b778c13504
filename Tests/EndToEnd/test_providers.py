"""Every provider through the real program, against simulators that refuse what the real ones refuse, and with everything going wrong.

Whatever happens, the counters of a push account for every device: accepted + failed + expired + unregistered + retrying = devices.
"""

import json
import time
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path

import pytest
import requests

from deadline import until

DEVICES = 120
# `sender.PROVIDER.deadMinimum`.
ALWAYS_DISABLED = 30


@pytest.fixture
def herald(make_server, simulators):
    return start_herald(make_server, simulators)


@pytest.fixture(scope="module")
def refusing(module_server, running):
    """One for all tests of what is refused."""
    return start_herald(module_server, running)


def start_herald(make_server, simulators):
    """A server that trusts the simulators, has credentials for all of them, and is in a hurry."""
    server = make_server(
        HERALD_TRUST_ROOTS=simulators.ca, HERALD_ALLOW_PRIVATE_ENDPOINTS="true", HERALD_SENDER_RETRY_BASE_SECONDS="1",
        HERALD_SENDER_UNAUTHORIZED_SECONDS="1", HERALD_SENDER_STRAGGLER_MILLISECONDS="500", HERALD_SENDER_PAGE_DEVICES="50",
        # On PostgreSQL, which others may share, a node that comes back waits until what it held before is free.
        HERALD_SENDER_LEASE_SECONDS="5",
        HERALD_VAPID_SUBJECT="mailto:a@example.com")
    for provider in ("apns", "fcm", "hms", "wns"):
        reply = put_credentials(server, provider, simulators.credentials(provider))
        assert reply["credentials"][0]["verified"] == "accepted", reply
    simulators.forget()
    return server


def put_credentials(server, provider, body):
    reply = server.api.http.put(f"{server.url}/v1/apps/default/providers/{provider}", json=body)
    assert reply.status_code == 200, reply.text
    return reply.json()


def register(server, provider, token, **more):
    reply = server.api.http.post(f"{server.url}/v1/devices", json={"provider": provider, "token": token, **more})
    assert reply.status_code in (200, 201), reply.text
    return reply.json()["id"]


def apns_token(number):
    return f"{number:064x}"


def register_all(server, provider, simulators, count=DEVICES):
    make = {"apns": apns_token, "fcm": lambda n: f"fcm:{n:0100d}", "hms": lambda n: f"hms{n:0100d}",
            "wns": lambda n: f"{simulators.urls['wns']}/?token={n:040x}"}[provider]
    return [register(server, provider, make(number)) for number in range(count)]


def send(server, audience=None, **more):
    return server.api.push(audience or {"all": True}, **{"notification": {"title": "Hello"}, **more})


def total(counters):
    return sum(counters.values())


def finished(server, push, count, within_seconds=60):
    """The counters of a finished push; on the way they never exceed the devices."""
    def done():
        status = server.api.status(push)
        assert total(status["counters"]) <= count, status
        return status["counters"] if status["state"] == "done" else None

    counters = until(done, within_seconds, lambda: f"push {push} is done: {server.api.status(push)}")
    assert total(counters) == count, counters
    return counters


def devices(server):
    return server.api.http.get(f"{server.url}/v1/devices?limit=1000").json()["devices"]


def active(server):
    return [device for device in devices(server) if device["state"] == "active"]


def header(request, name):
    return dict(request["headers"])[name]


# What works


@pytest.mark.parametrize("provider", ["apns", "fcm", "hms", "wns"])
def test_every_provider_takes_a_broadcast(herald, simulators, provider):
    register_all(herald, provider, simulators)
    assert finished(herald, send(herald), DEVICES)["accepted"] == DEVICES
    tokens = [token for request in simulators.received(provider) for token in request["tokens"]]
    assert len(tokens) == len(set(tokens)) == DEVICES


def test_one_push_reaches_every_provider_at_once(herald, simulators):
    for provider in ("apns", "fcm", "hms", "wns"):
        register_all(herald, provider, simulators, 5)
    subscription = json.loads(Path(simulators.file("webpush_subscription")).read_text())
    herald.api.register(subscription)
    notification = {"title": "Hello", "body": "World", "badge": 2, "sound": "default", "thread": "t", "url": "https://example.com/",
                    "image": "https://example.com/i.png", "data": {"k": "v"}, "actions": [{"action": "a", "title": "A"}]}
    counters = finished(herald, send(herald, notification=notification, collapse_key="k", ttl=600), 21)
    assert counters["accepted"] == 21, herald.api.http.get(f"{herald.url}/v1/pushes").text
    payload = json.loads(simulators.received("apns")[0]["body"])
    assert payload["aps"]["alert"] == {"title": "Hello", "body": "World"} and payload["aps"]["badge"] == 2 and payload["k"] == "v"


def test_an_apns_certificate_is_as_good_as_a_key(herald, simulators):
    own = simulators.credentials("apns-certificate")
    assert put_credentials(herald, "apns", own)["credentials"][0]["verified"] == "accepted"
    register(herald, "apns", apns_token(1))
    assert finished(herald, send(herald), 1)["accepted"] == 1


def test_a_raw_section_goes_through_byte_for_byte(herald, simulators):
    register(herald, "apns", apns_token(1))
    raw = '{ "aps" : {"alert":"caf\\u00e9", "badge": 1.0 } ,"n":[1e2,  true]}'
    body = '{"audience":{"all":true},"notification":{"title":"other","apns":{"payload":%s}}}' % raw
    reply = herald.api.http.post(f"{herald.url}/v1/pushes", data=body)
    assert reply.status_code == 202, reply.text
    finished(herald, reply.json()["id"], 1)
    assert simulators.received("apns")[0]["body"] == raw


def test_a_token_of_another_kind_gets_its_own_pushes_only(herald, simulators):
    register(herald, "apns", apns_token(1))
    register(herald, "apns", apns_token(2), kind="voip")
    finished(herald, send(herald), 1)
    voip = {"apns": {"push_type": "voip", "payload": {"aps": {}, "call": 1}}}
    assert finished(herald, send(herald, notification=voip), 1)["accepted"] == 1
    sent = simulators.received("apns")
    assert [request["tokens"] for request in sent] == [[apns_token(1)], [apns_token(2)]]
    assert header(sent[1], "apns-topic").endswith(".voip")


# What goes wrong for a while: everybody gets the push in the end, and nobody is disabled


@pytest.mark.parametrize("fault", [
    {"goaway": {"answered": False}, "after_requests": 20, "times": 3},
    {"goaway": {"answered": True}, "after_requests": 10, "times": 3},
    {"reset": "REFUSED_STREAM", "rate": 0.3, "times": 40},
    {"reset": "INTERNAL_ERROR", "rate": 0.2, "times": 20},
    {"close": "before", "after_requests": 5, "times": 3},
    {"close": "after", "times": 3},
    {"status": 503, "reason": "Shutdown", "times": 20},
    {"status": 400, "reason": "IdleTimeout", "times": 10},
    {"status": 429, "reason": "TooManyRequests", "headers": {"Retry-After": "1"}, "times": 5},
    {"status": 403, "reason": "InvalidProviderToken", "times": 3},
    {"stream_limit": 1, "times": 5},
    {"latency_ms": 200, "rate": 0.5},
], ids=lambda fault: "-".join(str(value) if not isinstance(value, dict) else key for key, value in fault.items()))
def test_apns_in_trouble_loses_nothing(herald, simulators, fault):
    register_all(herald, "apns", simulators)
    simulators.set_faults({"provider": "apns", **fault})
    assert finished(herald, send(herald), DEVICES)["accepted"] == DEVICES
    assert len(active(herald)) == DEVICES


@pytest.mark.parametrize("provider, fault", [
    ("fcm", {"status": 503, "reason": "UNAVAILABLE", "headers": {"Retry-After": "1"}, "times": 20}),
    ("fcm", {"status": 429, "reason": "QUOTA_EXCEEDED", "headers": {"Retry-After": "1"}, "times": 10}),
    ("fcm", {"status": 401, "reason": "UNAUTHENTICATED", "times": 30}),
    ("fcm", {"on": "oauth", "status": 503, "headers": {"Retry-After": "1"}, "times": 1}),
    ("hms", {"status": 503, "headers": {"Retry-After": "1"}, "times": 2}),
    ("wns", {"status": 406, "headers": {"Retry-After": "1"}, "times": 10}),
    ("wns", {"reset": "REFUSED_STREAM", "rate": 0.3, "times": 20}),
], ids=str)
def test_other_providers_in_trouble_lose_nothing(herald, simulators, provider, fault):
    register_all(herald, provider, simulators)
    if fault.get("on") == "oauth":
        # A new credential has no access token yet.
        reply = herald.api.http.put(
            f"{herald.url}/v1/apps/default/providers/{provider}?verify=false", json=simulators.credentials(provider))
        assert reply.status_code == 200
    simulators.set_faults({"provider": provider, **fault})
    assert finished(herald, send(herald), DEVICES, 90)["accepted"] == DEVICES
    assert len(active(herald)) == DEVICES


def test_silence_half_open_and_endless_replies_end_within_the_deadline(herald, simulators):
    """Each costs its own devices an attempt, and the others nothing."""
    register_all(herald, "apns", simulators)
    simulators.set_faults(
        {"provider": "apns", "token": apns_token(1), "silence": True, "times": 1},
        {"provider": "apns", "token": apns_token(2), "reply_body": {"piece_bytes": 1, "every_ms": 100}, "times": 1},
        {"provider": "apns", "token": apns_token(3), "half_open": True, "times": 1})
    push = send(herald)
    until(lambda: herald.api.status(push)["counters"]["accepted"] >= DEVICES / 3, 30, "the others have theirs")
    assert finished(herald, push, DEVICES)["accepted"] == DEVICES
    assert len(active(herald)) == DEVICES


def test_retry_after_as_a_date_is_obeyed(herald, simulators):
    register(herald, "fcm", "fcm:1")
    moment = datetime.now(timezone.utc) + timedelta(seconds=4)
    simulators.set_faults({"provider": "fcm", "status": 503, "reason": "UNAVAILABLE", "times": 1,
                           "headers": {"Retry-After": format_datetime(moment, usegmt=True)}})
    assert finished(herald, send(herald), 1)["accepted"] == 1
    assert datetime.now(timezone.utc) >= moment.replace(microsecond=0)


def test_an_internal_error_of_apple_waits_a_quarter_of_an_hour(herald, simulators):
    register_all(herald, "apns", simulators, 3)
    simulators.set_faults({"provider": "apns", "token": apns_token(1), "status": 500, "reason": "InternalServerError", "times": 1})
    push = send(herald)
    until(lambda: (c := herald.api.status(push)["counters"])["accepted"] == 2 and c["retrying"] == 1, 30, "the others have theirs")
    short = send(herald, audience={"all": True}, ttl=60)
    assert finished(herald, short, 3)["accepted"] == 3, "the trouble is over, and the lane is open"


def test_nothing_is_sent_past_its_expiry(herald, simulators):
    register_all(herald, "apns", simulators, 5)
    simulators.set_faults({"provider": "apns", "status": 503, "reason": "Shutdown"})
    counters = finished(herald, send(herald, ttl=4), 5, 30)
    assert counters["expired"] == 5
    before = simulators.counts("apns")["requests"]
    simulators.set_faults()
    assert finished(herald, send(herald), 5)["accepted"] == 5
    assert simulators.counts("apns")["requests"] == before + 5


def test_a_far_side_that_is_not_trusted_gets_nothing_and_nobody_is_lost(make_server, simulators):
    server = make_server(HERALD_SENDER_RETRY_BASE_SECONDS="1")
    server.api.http.put(f"{server.url}/v1/apps/default/providers/apns?verify=false", json=simulators.credentials("apns"))
    register_all(server, "apns", simulators, 10)
    push = send(server)
    until(lambda: server.api.status(push)["counters"]["retrying"] == 10, 30, "all wait")
    assert len(active(server)) == 10 and simulators.counts("apns")["requests"] == 0


def test_a_kill_repeats_pushes_under_the_same_ids_and_loses_none(herald, simulators):
    register_all(herald, "apns", simulators)
    simulators.set_faults({"provider": "apns", "latency_ms": 300})
    push = send(herald)
    simulators.wait_for("apns", 40)
    herald.kill()
    herald.start()
    simulators.set_faults()
    assert finished(herald, push, DEVICES)["accepted"] == DEVICES
    ids = {}
    for request in simulators.received("apns"):
        ids.setdefault(request["tokens"][0], set()).add(header(request, "apns-id"))
    assert len(ids) == DEVICES and all(len(each) == 1 for each in ids.values())


# Credentials


def test_refused_credentials_wait_and_go_out_when_they_are_mended(herald, simulators):
    register_all(herald, "apns", simulators)
    own = simulators.credentials("apns")
    wrong = herald.api.http.put(f"{herald.url}/v1/apps/default/providers/apns", json={**own, "team_id": "WRONGTEAM0"})
    assert wrong.status_code == 422 and wrong.json()["field"] in ("key_id", "team_id", "private_key"), wrong.text
    assert herald.api.http.put(
        f"{herald.url}/v1/apps/default/providers/apns?verify=false", json={**own, "team_id": "WRONGTEAM0"}).status_code == 200
    simulators.forget()
    push = send(herald)
    until(lambda: "credentials" in herald.log.read_text(), 30, "the operator is told")
    status = herald.api.status(push)
    assert status["state"] != "done" and status["counters"]["failed"] == status["counters"]["unregistered"] == 0
    put_credentials(herald, "apns", own)
    assert finished(herald, push, DEVICES)["accepted"] == DEVICES, "without a restart"
    assert len(active(herald)) == DEVICES


def test_without_credentials_pushes_wait(make_server, simulators):
    server = make_server(HERALD_TRUST_ROOTS=simulators.ca, HERALD_SENDER_UNAUTHORIZED_SECONDS="1")
    register_all(server, "fcm", simulators, 5)
    push = send(server)
    until(lambda: "PUT /v1/apps/{app}/providers/fcm" in server.log.read_text(), 30, "the log says what to do")
    put_credentials(server, "fcm", simulators.credentials("fcm"))
    assert finished(server, push, 5)["accepted"] == 5


def test_one_provider_token_for_everything(herald, simulators):
    register_all(herald, "apns", simulators)
    for _ in range(3):
        finished(herald, send(herald), DEVICES)
    put_credentials(herald, "apns", simulators.credentials("apns"))
    finished(herald, send(herald), DEVICES)
    used = {header(request, "authorization") for request in simulators.received("apns")}
    assert len(used) == 1, "Apple refuses a second within twenty minutes"


# Tokens


def test_only_proven_dead_tokens_are_disabled(herald, simulators):
    registered = register_all(herald, "apns", simulators)
    simulators.set_faults(
        {"provider": "apns", "token": apns_token(1), "dead": True},
        {"provider": "apns", "token": apns_token(2), "dead": True, "dead_since_ms": int((time.time() - 3600) * 1000)},
        {"provider": "apns", "token": apns_token(3), "status": 400, "reason": "DeviceTokenNotForTopic"},
        {"provider": "apns", "token": apns_token(4), "status": 400, "reason": "SomethingNew"})
    counters = finished(herald, send(herald), DEVICES)
    assert counters["unregistered"] == 2 and counters["failed"] == 2 and counters["accepted"] == DEVICES - 4
    disabled = {device["id"] for device in devices(herald) if device["state"] == "disabled"}
    assert disabled == {registered[1]}, "the other 410 is older than the registration"
    register(herald, "apns", apns_token(1))
    simulators.set_faults()
    assert finished(herald, send(herald), DEVICES)["accepted"] == DEVICES, "registering enables the device again"


@pytest.mark.parametrize("provider", ["apns", "fcm", "wns"])
def test_when_too_many_die_at_once_nobody_is_disabled(herald, simulators, provider):
    register_all(herald, provider, simulators)
    simulators.set_faults({"provider": provider, "dead": True})
    assert finished(herald, send(herald), DEVICES)["unregistered"] == DEVICES
    assert len(active(herald)) >= DEVICES - ALWAYS_DISABLED, "a page that came back in pieces may take so many"
    assert "calls too many tokens dead" in herald.log.read_text()


def test_a_token_of_the_other_environment_is_found_and_remembered(herald, simulators):
    device = register(herald, "apns", apns_token(1), environment="production")
    register(herald, "apns", apns_token(2))
    simulators.set_faults({"provider": "apns", "token": apns_token(1), "belongs_to": "sandbox"})
    assert finished(herald, send(herald), 2)["accepted"] == 2
    assert herald.api.device(device)["environment"] == "sandbox"
    register(herald, "apns", apns_token(1))
    simulators.forget()
    assert finished(herald, send(herald), 2)["accepted"] == 2
    assert simulators.counts("apns")["requests"] == 1 and simulators.counts("apns-sandbox")["requests"] == 1


# Before anything is sent


@pytest.mark.parametrize("provider, push, field", [
    ("apns", {"notification": {"title": "x" * 4096}}, "notification"),
    ("apns", {"notification": {"title": "é" * 2048}}, "notification"),
    ("apns", {"notification": {"apns": {"payload": {"aps": {"alert": "x" * 4090}}}}}, "notification.apns.payload"),
    ("apns", {"notification": {"background": True, "data": {"a": 1}}, "urgency": "high"}, "urgency"),
    ("apns", {"notification": {"apns": {"payload": {"aps": {"content-available": 1}}, "push_type": "background", "priority": 10}}},
     "notification.apns.priority"),
    ("apns", {"notification": {"background": True, "title": "x"}}, "notification.background"),
    ("apns", {"notification": {"title": "x"}, "collapse_key": "k" * 65}, "collapse_key"),
    ("apns", {"notification": {"title": "x"}, "collapse_key": "é" * 33}, "collapse_key"),
    ("apns", {"notification": {"title": "x", "data": {"aps": 1}}}, "notification.data"),
    ("apns", {"notification": {"mutable": True, "badge": 1}}, "notification.mutable"),
    ("fcm", {"notification": {"title": "x", "data": {"from": "a"}}}, "notification.data.from"),
    ("fcm", {"notification": {"title": "x", "data": {"google.x": "a"}}}, "notification.data.google.x"),
    ("fcm", {"notification": {"title": "x" * 4100}}, "notification"),
    ("fcm", {"notification": {"title": "x", "color": "red"}}, "notification.color"),
    ("fcm", {"notification": {"fcm": {"message": {"token": "mine"}}}}, "notification.fcm.message"),
    ("hms", {"notification": {"title": "x" * 4100}}, "notification"),
    ("wns", {"notification": {"title": "x" * 5000}}, "notification"),
    ("wns", {"notification": {"wns": {"type": "wns/other", "payload": "x"}}}, "notification.wns.type"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_what_cannot_be_sent_is_refused_and_named(refusing, simulators, provider, push, field):
    devices = register_all(refusing, provider, simulators, 1)
    reply = refusing.api.http.post(f"{refusing.url}/v1/pushes", json={"audience": {"devices": devices}, **push})
    assert reply.status_code == 422, reply.text
    assert reply.json()["field"] == field and len(reply.json()["detail"]) > 20
    assert simulators.counts(provider)["requests"] == 0


@pytest.mark.parametrize("body, field", [
    ({"provider": "apns", "token": "xyz"}, "token"), ({"provider": "apns", "token": "abc"}, "token"), ({"provider": "apns"}, "token"),
    ({"provider": "apns", "token": "ab" * 300}, "token"), ({"provider": "apns", "token": "abcd", "environment": "moon"}, "environment"),
    ({"provider": "apns", "token": "abcd", "kind": "smoke"}, "kind"), ({"provider": "fcm", "token": "a b"}, "token"),
    ({"provider": "fcm", "token": "a", "environment": "sandbox"}, "environment"), ({"provider": "wns", "token": "http://x"}, "token"),
    ({"provider": "hms", "token": "t", "kind": "fid"}, "kind"), ({"provider": "pigeon", "token": "t"}, "provider"),
    ({"provider": "fcm", "token": "t", "app_identifier": "x" * 300}, "app_identifier"),
])
def test_a_registration_that_cannot_be_is_named(refusing, body, field):
    reply = refusing.api.http.post(f"{refusing.url}/v1/devices", json=body)
    assert reply.status_code == 422 and reply.json()["field"] == field, reply.text


def test_a_channel_of_a_stranger_never_gets_the_bearer_token(herald, simulators):
    register(herald, "wns", "https://evil.example.com/?token=a")
    register(herald, "wns", "https://notify.windows.com.evil.example.com/?token=a")
    counters = finished(herald, send(herald), 2)
    assert counters["failed"] == 2
