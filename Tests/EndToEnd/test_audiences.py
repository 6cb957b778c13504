"""Whom, when, how often and in which words, over the native API, to real user agents."""

import json
from datetime import datetime, timedelta, timezone

import pytest
import requests

from user_agent import UserAgent


@pytest.fixture
def agent(server):
    with UserAgent.greeted(server) as agent:
        yield agent


def register(server, agent, **more):
    channel = agent.register()
    return channel, server.api.register(channel.subscription, **more)


def count(server, **audience):
    reply = server.api.http.post(f"{server.url}/v1/audiences/count", json={"audience": audience})
    assert reply.status_code == 200, reply.text
    return reply.json()["devices"]


def refused(server, field, path="pushes", **body):
    """What the server says of a push that it can't take, naming that field."""
    body = {"audience": {"all": True}, "notification": {"title": "t"}, **body}
    reply = server.api.http.post(f"{server.url}/v1/{path}", json=body)
    assert reply.status_code == 422 and reply.json()["field"] == field, reply.text
    return reply.json()["detail"]


def texts(agent, channel, number):
    return [json.loads(channel.text(agent.notification()))["notification"] for _ in range(number)]


def in_an_hour():
    return (datetime.now(timezone.utc) + timedelta(hours=1)).isoformat(timespec="seconds")


# Whom


@pytest.fixture
def people(server, agent):
    """Three devices: ann's two, bob's one."""
    return {
        "phone": register(server, agent, user="ann", platform="ios", app_version="2.10.0", locale="de-AT",
                          tags={"plan": "pro", "age": 30, "beta": True, "countries": ["de", "at"]}),
        "tablet": register(server, agent, user="ann", platform="android", tags={"plan": "free"}),
        "laptop": register(server, agent, user="bob", platform="ios", app_version="2.9", tags={"plan": "pro", "age": 17}),
    }


@pytest.mark.parametrize("expression, devices", [
    ('plan == "pro"', 2), ('plan == "pro" and (countries in ["de","fr"] or age >= 18) and not beta', 0),
    ("beta", 1), ("not beta", 2), ("age < 18", 1), ("has(age)", 2), ('device.platform == "ios" and plan != "free"', 2),
    ('device.app_version >= "2.10"', 1), ('countries == "at"', 1), ('device.user in ["bob"]', 1),
    ('device.last_seen < "1d ago"', 0),
])
def test_tags_choose_devices(server, people, expression, devices):
    assert count(server, tags=expression) == devices
    if devices == 0:
        assert server.api.reaches_nobody({"tags": expression})
    else:
        assert server.api.finished(server.api.push({"tags": expression}, notification={"title": "t"}))["accepted"] == devices


def test_audiences_are_named_mixed_and_excluded(server, people):
    saved = server.api.http.put(f"{server.url}/v1/audiences/pros", json={"tags": 'plan == "pro"'})
    assert saved.status_code == 201 and saved.json()["audience"] == {"tags": 'plan == "pro"'}
    assert count(server, audiences=["pros"]) == 2
    assert count(server, audiences=["pros"], users=["ann"]) == 3
    assert count(server, audiences=["pros"], exclude={"users": ["bob"]}) == 1
    assert count(server, all=True, exclude={"tags": "beta", "devices": [people["laptop"][1]]}) == 1
    assert count(server, users=["ann"], tags='plan == "free"') == 1
    assert server.api.http.delete(f"{server.url}/v1/audiences/pros").status_code == 204
    body = {"topics": ["news"], "exclude": {"users": ["bob"], "devices": [people["phone"][1]], "tags": "beta"}}
    saved = server.api.http.put(f"{server.url}/v1/audiences/quiet", json=body)
    assert saved.json()["audience"] == body, "it is shown as it was asked for"
    assert server.api.http.put(f"{server.url}/v1/audiences/quiet", json=saved.json()["audience"]).json()["audience"] == body


def test_no_saved_audience_has_the_name_of_a_route(server):
    request = server.api.http.prepare_request(requests.Request("PUT", server.url, json={"all": True}))
    # The session would write it without the escape, and meet the route.
    request.url = f"{server.url}/v1/audiences/c%6Funt"
    reply = server.api.http.send(request)
    assert (reply.status_code, reply.json()["field"]) == (422, "name")
    assert "GET /v1/audiences" in refused(server, "audience.audiences[0]", audience={"audiences": ["pros"]})


@pytest.mark.parametrize("expression, words", [
    ("plan ==", "^"), ('plan = "pro"', "^"), ('device.colour == "red"', "device.platform"), ("(" * 200 + "a", "^"), ("", "tags"),
])
def test_a_malformed_expression_is_pointed_at(server, expression, words):
    assert words in refused(server, "audience.tags", audience={"tags": expression})


def test_topics_of_users_come_and_go_with_them(server, agent):
    channel, device = register(server, agent, user="ann", topics=["own"])
    topic = f"{server.url}/v1/users/ann/topics"
    assert server.api.http.put(f"{topic}/news").json()["topics"] == ["news"]
    server.api.http.put(f"{topic}/own")
    assert server.api.device(device)["topics"] == ["news", "own"]
    # What the user leaves, the device may have joined itself.
    server.api.http.delete(f"{topic}/own")
    assert server.api.device(device)["topics"] == ["news", "own"]
    second, other = register(server, agent, user="ann")
    assert server.api.device(other)["topics"] == ["news"]
    server.api.http.patch(f"{server.url}/v1/devices/{other}", json={"user": "bob"})
    assert server.api.device(other)["topics"] == []
    server.api.http.put(f"{server.url}/v1/topics/everybody/alerts")
    assert server.api.device(other)["topics"] == []
    server.api.register(second.subscription, user="bob")
    assert server.api.device(other)["topics"] == ["alerts"]


def test_raw_tokens_need_no_registration(server, agent):
    channel = agent.register()
    push = server.api.push(
        {"tokens": [{"provider": "webpush", "subscription": channel.subscription}]}, notification={"title": "raw"})
    assert texts(agent, channel, 1)[0]["title"] == "raw"
    assert server.api.finished(push)["accepted"] == 1 and server.api.devices() == []
    refused(server, "audience.tokens[0].token", audience={"tokens": [{"provider": "apns", "token": "no hex"}]})
    refused(server, "audience.tokens", audience={"users": ["x"], "tokens": [{"provider": "fcm", "token": "t"}]})


def test_a_user_can_be_exported_and_forgotten(server, people):
    user = f"{server.url}/v1/users/ann"
    assert server.api.http.patch(user, json={"attributes": {"name": "Ann"}}).json()["attributes"] == {"name": "Ann"}
    export = server.api.http.get(f"{user}/export").json()
    assert export["user"]["attributes"] == {"name": "Ann"} and len(export["devices"]) == 2
    assert server.api.http.delete(user).json() == {"user": "ann", "devices": 2}
    assert server.api.http.get(user).status_code == 404 and len(server.api.devices()) == 1
    assert server.api.http.delete(user).status_code == 404


# When


def test_a_planned_push_can_be_cancelled(server, agent):
    register(server, agent)
    push = server.api.push({"all": True}, notification={"title": "t"}, send_at=in_an_hour())
    assert server.api.status(push)["state"] == "scheduled"
    assert server.api.http.post(f"{server.url}/v1/pushes/{push}/cancel").json()["state"] == "cancelled"
    counters = server.api.ended(push)["counters"]
    assert counters["cancelled"] == 1 and counters["accepted"] == 0
    assert server.api.http.post(f"{server.url}/v1/pushes/none/cancel").status_code == 404


@pytest.mark.parametrize("field, body", [
    ("send_at", {"send_at": "2020-01-01T00:00:00Z"}), ("send_at", {"send_at": "tomorrow"}), ("local_time", {"local_time": "18:00"}),
    ("local_time", {"send_at": "2099-01-01T00:00:00Z", "local_time": "2099-01-01T18:00"}),
    ("window.from", {"window": {"from": "25:00", "until": "08:00"}}), ("if_passed", {"if_passed": "later"}),
    ("devices_per_second", {"devices_per_second": 0}), ("expires_at", {"expires_at": "2020-01-01T00:00:00Z"}),
    ("expires_at", {"expires_at": "2099-01-01T00:00:00Z"}),
    ("limits[0].count", {"limits": [{"key": "k", "per": "user", "count": 0, "seconds": 60}]}),
    ("limits[0].per", {"limits": [{"key": "k", "per": "planet", "count": 1, "seconds": 60}]}),
    ("sendat", {"sendat": "2020-01-01T00:00:00Z"}), ("notification.titel", {"notification": {"titel": "t"}}),
    ("audience.user", {"audience": {"all": True, "user": "ann"}}), ("audience", {"audience": {}}),
])
def test_what_cannot_be_meant_is_refused_by_name(server, field, body):
    assert refused(server, field, **body)


@pytest.mark.parametrize("field, body", [
    ("time_zone", {"time_zone": "Europe/Vienn"}), ("locale", {"locale": "not a locale"}), ("tags.plan", {"tags": {"plan": "x" * 300}}),
    ("colour", {"colour": "red"}),
])
def test_what_a_device_cannot_be_is_refused_by_name(server, agent, field, body):
    subscription = agent.register().subscription
    reply = server.api.http.post(f"{server.url}/v1/devices", json={"provider": "webpush", "subscription": subscription, **body})
    assert reply.status_code == 422 and reply.json()["field"] == field, reply.text


def test_quiet_hours_hold_back_what_is_not_urgent(server, agent):
    channel, _ = register(server, agent, time_zone="UTC")
    now = datetime.now(timezone.utc)
    hours = {"from": (now - timedelta(hours=1)).strftime("%H:%M"), "until": (now + timedelta(hours=2)).strftime("%H:%M")}
    settings = f"{server.url}/v1/apps/default/settings"
    assert server.api.http.put(settings, json={"quiet_hours": hours}).status_code == 200
    assert server.api.http.get(settings).json()["quiet_hours"]["from"] == hours["from"]
    held = server.api.push({"all": True}, notification={"title": "held"})
    server.api.push({"all": True}, notification={"title": "urgent"}, urgency="high")
    assert texts(agent, channel, 1)[0]["title"] == "urgent"
    assert server.api.status(held)["state"] == "scheduled"


# How often, and once


def test_a_cap_holds_over_pushes(server, agent):
    register(server, agent, user="ann")
    limits = [{"key": "ads", "per": "user", "count": 1, "seconds": 3600, "over": "drop"}]
    first, second = (server.api.push({"all": True}, notification={"title": "t"}, limits=limits) for _ in range(2))
    ends = [server.api.finished(push) for push in (first, second)]
    assert sum(end["accepted"] for end in ends) == 1 and sum(end["dropped"] for end in ends) == 1


def test_the_same_request_again_is_answered_as_before(server, agent):
    register(server, agent)
    body = {"audience": {"all": True}, "notification": {"title": "t"}}

    def send(body):
        return server.api.http.post(f"{server.url}/v1/pushes", json=body, headers={"Idempotency-Key": "order-7"})

    first, again, other = send(body), send(body), send({**body, "ttl": 5})
    assert first.status_code == again.status_code == 202 and first.content == again.content
    assert again.headers["Idempotency-Replayed"] == "true" and "Idempotency-Replayed" not in first.headers
    assert other.status_code == 409 and other.json()["code"] == "idempotency_key_reused"


def test_a_repeated_request_is_answered_though_its_template_has_gone(server, people):
    template = f"{server.url}/v1/templates/once"
    assert server.api.http.put(template, json={"notification": {"title": "Hello"}}).status_code == 201
    send = lambda: server.api.http.post(
        f"{server.url}/v1/pushes", json={"audience": {"all": True}, "template": "once"}, headers={"Idempotency-Key": "k"})
    first = send()
    assert server.api.http.delete(template).status_code == 204
    assert first.status_code == 202 and send().content == first.content


@pytest.mark.parametrize("path", ["users/a%00b", "audiences/a%00b", "users/a/topics/b%00", "devices?after=%00"])
def test_a_nul_in_a_name_is_refused(server, path):
    reply = server.api.http.get(f"{server.url}/v1/{path}") if "topics" not in path else server.api.http.put(f"{server.url}/v1/{path}")
    assert reply.status_code == 422, reply.text
    refused(server, "audience.users[0]", audience={"users": ["a\0b"]})


def test_a_push_that_was_sent_can_be_replaced(server, agent):
    channel, _ = register(server, agent)
    sent = server.api.push({"all": True}, notification={"title": "wrong"}, collapse_key="news")
    assert texts(agent, channel, 1)[0]["title"] == "wrong"
    instead = server.api.http.post(f"{server.url}/v1/pushes/{sent}/recall", json={"notification": {"title": "right"}})
    assert instead.status_code == 202
    assert texts(agent, channel, 1)[0]["title"] == "right"
    (entry,) = server.api.http.get(f"{server.url}/v1/audit").json()["entries"]
    assert entry["action"] == "push.recalled" and sent in entry["subject"] and instead.json()["id"] in entry["subject"]
    plain = server.api.push({"all": True}, notification={"title": "t"})
    reply = server.api.http.post(f"{server.url}/v1/pushes/{plain}/recall", json={"notification": {"title": "r"}})
    assert reply.status_code == 422 and reply.json()["field"] == "collapse_key"


def test_a_push_is_replaced_once_however_often_it_is_asked(server, agent):
    channel, _ = register(server, agent)
    sent = [server.api.push({"all": True}, notification={"title": "wrong"}, collapse_key=key) for key in ("news", "sports")]
    recall = lambda push: server.api.http.post(
        f"{server.url}/v1/pushes/{push}/recall", json={"notification": {"title": "right"}}, headers={"Idempotency-Key": "k"})
    first, again, other = recall(sent[0]), recall(sent[0]), recall(sent[1])
    assert first.status_code == again.status_code == 202 and first.content == again.content
    assert again.headers["Idempotency-Replayed"] == "true"
    assert other.status_code == 409, "the key belongs to the other push"
    assert len(server.api.http.get(f"{server.url}/v1/audit").json()["entries"]) == 1


# How much


def test_what_is_kept_of_a_user_has_its_limit(server):
    patch = lambda name, size: server.api.http.patch(f"{server.url}/v1/users/ann", json={"attributes": {name: "x" * size}})
    assert patch("a", 9000).status_code == 201
    reply = patch("b", 9000)
    assert (reply.status_code, reply.json()["field"]) == (422, "attributes")
    assert list(server.api.http.get(f"{server.url}/v1/users/ann").json()["attributes"]) == ["a"]
    assert patch("a", 8000).status_code == 200 and patch("b", 8000).status_code == 200


def test_a_device_joins_only_so_many_topics(server, agent):
    topics = [f"t{number}" for number in range(1000)]
    _, device = register(server, agent, topics=topics)
    join = lambda topic: server.api.http.put(f"{server.url}/v1/devices/{device}/topics/{topic}")
    reply = join("more")
    assert (reply.status_code, reply.json()["field"]) == (422, "topic")
    assert join("t0").status_code == 200, "it is in that already"
    assert server.api.http.delete(f"{server.url}/v1/devices/{device}/topics/t0").status_code == 200
    assert join("more").status_code == 200


# In which words


def test_everybody_is_spoken_to_in_their_own_words(server, agent):
    template = {
        "variables": {"order": {"type": "string"}},
        "notification": {"title": "Hello {{user.name}}", "body": "Your order {{order}} is ready."},
        "locales": {"de": {"title": "Hallo {{user.name}}", "body": "Ihre Bestellung {{order}} ist fertig."}},
    }
    assert server.api.http.put(f"{server.url}/v1/templates/ready", json=template).status_code == 201
    server.api.http.patch(f"{server.url}/v1/users/ann", json={"attributes": {"name": 'Ann "A"'}})
    channel, _ = register(server, agent, user="ann", locale="de-AT")
    push = server.api.push({"all": True}, template="ready", variables={"order": "7"})
    assert texts(agent, channel, 1)[0] == {"title": 'Hallo Ann "A"', "body": "Ihre Bestellung 7 ist fertig."}
    assert server.api.finished(push)["accepted"] == 1
    preview = server.api.http.post(
        f"{server.url}/v1/templates/ready/preview", json={"variables": {"order": "8"}, "user": {"id": "bob", "attributes": {"name": "Bob"}}})
    assert preview.json()["notification"]["title"] == "Hello Bob", preview.text
    refused(server, "variables.order", notification=None, template="ready", variables={})
    broken = {**template, "notification": {"title": "{{oder}}"}}
    reply = server.api.http.put(f"{server.url}/v1/templates/ready", json=broken)
    assert reply.status_code == 422 and reply.json()["field"] == "notification.title"
