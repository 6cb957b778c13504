"""What came of it, told: the stream of events, webhooks, receipts."""

import json
import time

import pytest
import requests

from deadline import until
from event_reader import EventReader
from scripted_push_service import ScriptedPushService
from user_agent import UserAgent
from webhook_receiver import WebhookReceiver


@pytest.fixture
def service():
    with ScriptedPushService() as service:
        yield service


@pytest.fixture
def server(make_server):
    return make_server(HERALD_ALLOW_PRIVATE_ENDPOINTS="true")


def push_to(server, service, name, *script, **more):
    """Sends to a device whose push service answers by the script; gives device and push."""
    device = server.api.register(service.subscription(name, *script))
    return device, server.api.push({"devices": [device]}, notification={"title": "hello"}, **more)


# The stream


def test_the_stream_tells_what_happens_in_its_order(server, service):
    with EventReader(server) as reader, EventReader(server, kinds="device.disabled,push.cancelled") as filtered:
        device, push = push_to(server, service, "dead", 410)
        events = reader.hear(3)
        assert [kind for kind, _ in events] == ["delivery.failed", "device.disabled", "push.finished"]
        assert all(event["push"] == push and event["kind"] == kind for kind, event in events)
        failed = events[0][1]["data"]
        assert failed["device"] == device and failed["provider"] == "webpush" and failed["outcome"] == "unregistered"
        assert filtered.hear(1)[0][1]["data"] == {"device": device, "provider": "webpush"}
        assert filtered.is_silent()


def test_a_reader_of_one_push_hears_of_no_other(server, service):
    _, first = push_to(server, service, "a")
    server.api.finished(first)
    _, second = push_to(server, service, "b")
    server.api.finished(second)
    with EventReader(server, last_event_id="0-0", push=second) as reader:
        assert [event["push"] for _, event in reader.hear(1)] == [second]
        assert reader.is_silent()


def test_who_comes_back_misses_nothing_and_hears_nothing_twice(server, service):
    with EventReader(server) as reader:
        place = reader.last_event_id
    pushes = [push_to(server, service, f"device{number}")[1] for number in range(5)]
    for push in pushes:
        server.api.finished(push)
    heard = []
    for count in (2, 3):
        # The second comes back after the server was gone, too.
        with EventReader(server, last_event_id=place) as reader:
            events = reader.hear(5 - len(heard))[:count]
            heard += [event["push"] for _, event in events]
            place = events[-1][1]["id"]
        server.restart()
    assert sorted(heard) == sorted(pushes)


def test_a_silent_stream_says_that_it_lives(make_server):
    server = make_server(HERALD_EVENTS_HEARTBEAT_SECONDS="1")
    with EventReader(server) as reader:
        assert reader.quiet.wait(12) and reader.is_silent()


def test_open_streams_do_not_hold_up_the_end(server):
    with EventReader(server) as reader, EventReader(server):
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 9
        assert reader.over.wait(30)


def test_an_app_has_only_so_many_streams(make_server):
    server = make_server(HERALD_EVENTS_READERS_PER_APP="2")
    with EventReader(server), EventReader(server) as second:
        refused = EventReader(server)
        assert refused.reply.status == 429 and refused.problem["code"] == "too_many_streams"
        second.leave()
        until(lambda: EventReader(server).reply.status == 200, 30, "a place that was left is free")


@pytest.mark.parametrize("query, field", [({"kinds": "push.finnished"}, "kinds"), ({"last_event_id": "yesterday"}, "Last-Event-ID")])
def test_a_slip_in_the_question_is_named(server, query, field):
    reader = EventReader(server, **query)
    assert reader.reply.status == 422 and reader.problem["field"].startswith(field)


def test_where_to_go_on_is_read_in_the_query_too(server):
    url, headers = f"{server.url}/v1/events?last_event_id=yesterday", {"Last-Event-ID": ""}
    reply = server.api.http.get(url, headers=headers, stream=True)
    assert reply.status_code == 422 and reply.json()["field"] == "last_event_id"


# Webhooks


def put_webhook(server, url, id="hook", **more):
    return server.api.http.put(f"{server.url}/v1/webhooks/{id}", json={"url": url, **more})


def shown(server, id="hook"):
    return server.api.http.get(f"{server.url}/v1/webhooks/{id}").json()


def test_a_webhook_is_told_signed_and_in_order(server, service):
    with WebhookReceiver() as receiver:
        reply = put_webhook(server, receiver.url, kinds=["push.finished"])
        assert reply.status_code == 201
        secret = reply.json()["secret"]
        pushes = []
        for number in range(4):
            _, push = push_to(server, service, f"device{number}", 201 if number else 410)
            server.api.finished(push)
            pushes.append(push)
        events = []
        while len(events) < 4:
            message = receiver.hear()
            assert message.is_signed_with(secret)
            events += message.events
        assert [event["push"] for event in events] == pushes
        assert {event["kind"] for event in events} == {"push.finished"}


def test_the_secret_is_shown_once_and_kept_sealed(server):
    with WebhookReceiver() as receiver:
        secret = put_webhook(server, receiver.url).json()["secret"]
        again = put_webhook(server, receiver.url)
        assert again.status_code == 200 and "secret" not in again.json()
        assert "secret" not in shown(server)
        assert server.api.http.post(f"{server.url}/v1/webhooks/hook/test").json() == {"taken": True, "problem": None}
        assert receiver.hear().is_signed_with(secret), "another PUT keeps the secret"
    for file in server.data.glob("*.sqlite*"):
        assert secret.removeprefix("whsec_").encode() not in file.read_bytes()


def test_a_new_secret_signs_beside_the_old_one(server):
    with WebhookReceiver() as receiver:
        test, rotate = (f"{server.url}/v1/webhooks/hook/{action}" for action in ("test", "secret"))
        old = put_webhook(server, receiver.url).json()["secret"]
        new = server.api.http.post(rotate).json()["secret"]
        server.api.http.post(test)
        message = receiver.hear()
        assert new != old and message.is_signed_with(old) and message.is_signed_with(new)
        last = server.api.http.post(rotate, params={"overlap_seconds": 0}).json()["secret"]
        server.api.http.post(test)
        message = receiver.hear()
        assert message.is_signed_with(last) and not message.is_signed_with(new)


def test_trouble_is_retried_with_the_same_message(server, service):
    with WebhookReceiver((503, {"Retry-After": "1"})) as receiver:
        put_webhook(server, receiver.url)
        push_to(server, service, "a")
        first = receiver.hear()
        failing = until(lambda: shown(server)["state"] == "failing" and shown(server), 30, "the trouble is shown")
        assert failing["problem"] == "it answered 503" and failing["failures"] == 1
        push_to(server, service, "b")
        second = receiver.hear()
        assert second.id == first.id and second.body == first.body
        assert int(second.timestamp) > int(first.timestamp), "Retry-After is obeyed"
        assert receiver.hear().kinds == ["push.finished"]
        until(lambda: shown(server)["state"] == "active", 30, "all is well again")


def test_gone_disables_and_putting_it_again_tells_what_was_missed(server, service):
    with WebhookReceiver(410) as receiver:
        put_webhook(server, receiver.url)
        push_to(server, service, "a")
        receiver.hear()
        disabled = until(lambda: shown(server)["state"] == "disabled" and shown(server), 30, "it is disabled")
        assert disabled["problem"] == "it answered 410 Gone" and disabled["disabled_at"]
        _, push = push_to(server, service, "b")
        server.api.finished(push)
        assert put_webhook(server, receiver.url).json()["state"] == "active"
        assert len(receiver.hear_events(2)) == 2


def test_one_that_hangs_delays_nobody_else(server, service):
    with WebhookReceiver() as hanging, WebhookReceiver() as other:
        hanging.may_answer.clear()
        put_webhook(server, hanging.url, "a")
        put_webhook(server, other.url, "b")
        push_to(server, service, "x")
        hanging.hear()
        other.hear_events(1)
        push_to(server, service, "y")
        # Sooner than the one that hangs is given up.
        other.hear_events(1, within_seconds=12)


def test_a_server_that_was_killed_tells_what_it_owes(server, service):
    with WebhookReceiver() as receiver:
        receiver.may_answer.clear()
        secret = put_webhook(server, receiver.url).json()["secret"]
        push_to(server, service, "a")
        first = receiver.hear()
        server.kill()
        receiver.may_answer.set()
        server.start()
        again = receiver.hear(within_seconds=60)
        assert again.id == first.id and again.body == first.body and again.is_signed_with(secret)


@pytest.mark.parametrize("url", [
    "http://example.com/", "https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://10.0.0.1/", "https://db.internal/",
    "https://2130706433/", "nonsense", "OWN",
])
def test_a_webhook_never_points_inside(make_server, url):
    server = make_server()
    url = f"{server.url}/v1/pushes" if url == "OWN" else url
    reply = put_webhook(server, url)
    assert reply.status_code == 422 and reply.json()["field"] == "url"


@pytest.mark.parametrize("body, field", [
    ({"url": "https://example.com/", "kind": ["push.finished"]}, "kind"),
    ({"url": "https://example.com/", "kinds": ["push.finnished"]}, "kinds[0]"),
    ({}, "url"),
])
def test_a_slip_in_a_webhook_is_named(server, body, field):
    reply = server.api.http.put(f"{server.url}/v1/webhooks/hook", json=body)
    assert reply.status_code == 422 and reply.json()["field"] == field


def test_webhooks_are_listed_and_removed(server):
    for id in ("b", "a"):
        assert put_webhook(server, f"https://{id}.example.com/", id).status_code == 201
    listed = server.api.http.get(f"{server.url}/v1/webhooks").json()["webhooks"]
    assert [webhook["id"] for webhook in listed] == ["a", "b"]
    assert server.api.http.delete(f"{server.url}/v1/webhooks/a").status_code == 204
    assert server.api.http.delete(f"{server.url}/v1/webhooks/a").status_code == 404
    assert server.api.http.get(f"{server.url}/v1/webhooks/a").status_code == 404


# Receipts


def receipt_counters(server, push):
    return server.api.status(push)["receipts"]


@pytest.fixture
def link(server):
    """The link that a device got with a push, and the push."""
    with UserAgent.greeted(server) as agent:
        channel = agent.register()
        device = server.api.register(channel.subscription)
        push = server.api.push(
            {"devices": [device]}, notification={"title": "hello", "data": {"order": 7}}, receipts=True)
        data = json.loads(channel.text(agent.notification()))["notification"]["data"]
        assert data["order"] == 7
        yield data["herald_receipt"], push


def test_a_device_says_what_became_of_a_push_and_counts_once(server, link):
    url, push = link
    with EventReader(server, kinds="receipt.received,receipt.opened") as reader:
        for _ in range(3):
            assert requests.post(url, json={"event": "received"}, timeout=30).status_code == 204
        # As navigator.sendBeacon does it.
        reply = requests.post(f"{url}?event=opened", data="", headers={"Origin": "https://shop.example"}, timeout=30)
        assert reply.status_code == 204 and reply.headers["Access-Control-Allow-Origin"] == "*"
        assert [kind for kind, _ in reader.hear(2)] == ["receipt.received", "receipt.opened"]
    assert receipt_counters(server, push) == {"received": 1, "opened": 1, "dismissed": 0}


def test_a_page_may_ask_first(server, link):
    reply = requests.options(
        link[0], headers={"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}, timeout=30)
    assert reply.status_code == 204 and reply.headers["Access-Control-Allow-Headers"] == "Content-Type"


@pytest.mark.parametrize("body, field", [
    ({"event": "read"}, "event"), ({}, "event"), ({"event": "opened", "at": 1}, "at"),
])
def test_a_slip_in_a_receipt_is_named(server, link, body, field):
    reply = requests.post(link[0], json=body, timeout=30)
    assert reply.status_code == 422 and reply.json()["field"] == field
    assert reply.headers["Access-Control-Allow-Origin"] == "*", "or the page can't read it"


def test_a_page_can_read_that_it_asks_too_much(make_server):
    server = make_server(HERALD_LIMITS_ADDRESS_REQUESTS_PER_SECOND="1", HERALD_LIMITS_ADDRESS_BURST_REQUESTS="1")
    replies = [requests.post(f"{server.url}/v1/receipts/x?event=opened", timeout=30) for _ in range(3)]
    assert replies[-1].status_code == 429
    assert all(reply.headers["Access-Control-Allow-Origin"] == "*" for reply in replies)


@pytest.mark.parametrize("forge", [
    lambda token: ("B" if token[0] == "A" else "A") + token[1:], lambda token: token[:-1], lambda token: "x", lambda token: token + "A"])
def test_a_forged_link_is_nothing(server, link, forge):
    start, token = link[0].rsplit("/", 1)
    assert requests.post(f"{start}/{forge(token)}?event=opened", timeout=30).status_code == 404


def test_a_backend_speaks_for_its_devices(server, service):
    device, push = push_to(server, service, "a")
    server.api.finished(push)
    receipts = [
        {"push": push, "device": device, "event": "opened"}, {"push": push, "device": device, "event": "opened"},
        {"push": push, "device": "nobody", "event": "opened"}, {"push": "none", "device": device, "event": "opened"},
    ]
    reply = server.api.http.post(f"{server.url}/v1/receipts", json={"receipts": receipts})
    assert reply.status_code == 200
    assert reply.json() == {
        "counted": 1, "repeated": 1,
        "refused": [{"index": 2, "code": "unknown_device"}, {"index": 3, "code": "unknown_push"}],
    }
    assert receipt_counters(server, push)["opened"] == 1


@pytest.mark.parametrize("body, field", [
    ({"receipts": []}, "receipts"), ({"receipts": [{"push": "p", "device": "d", "event": "read"}]}, "receipts[0].event"),
    ({"receipts": [{"push": "p", "device": "d", "event": "opened", "when": 1}]}, "receipts[0].when"), ({}, "receipts"),
])
def test_a_slip_in_a_backends_receipts_is_named(server, body, field):
    reply = server.api.http.post(f"{server.url}/v1/receipts", json=body)
    assert reply.status_code == 422 and reply.json()["field"] == field
