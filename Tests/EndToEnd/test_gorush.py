"""gorush's API in front of the same core: what its clients send reaches the providers as they know it, and what they are answered is
what they know."""

import functools
import json
import queue
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from deadline import until

pytestmark = pytest.mark.one_database(reason="the front translates; what it translates to is tested on both")

KEY = "a-gorush-key-of-tests"
# Without it Firebase is given ten seconds.
SOON = {"Retry-After": "1"}


def start_gorush(make_server, simulators, *providers, **settings):
    server = make_server(
        HERALD_TRUST_ROOTS=simulators.ca, HERALD_SENDER_RETRY_BASE_SECONDS="1", HERALD_SENDER_STRAGGLER_MILLISECONDS="500",
        # On PostgreSQL a node that comes back waits until what it held before is free.
        HERALD_SENDER_LEASE_SECONDS="5",
        **{"HERALD_GORUSH_KEY": KEY, "HERALD_GORUSH_SYNC": "true", **settings})
    for provider in providers or ("apns", "fcm", "hms"):
        reply = server.api.http.put(f"{server.url}/v1/apps/default/providers/{provider}", json=simulators.credentials(provider))
        assert reply.status_code == 200, reply.text
    simulators.forget()
    return server


@pytest.fixture
def make_gorush(make_server, simulators):
    """One that the test has to itself."""
    return functools.partial(start_gorush, make_server, simulators)


@pytest.fixture(scope="module")
def gorush(module_server, running):
    """One for all tests that ask no more than what becomes of a request of their own."""
    return start_gorush(module_server, running)


def post(server, body, key=KEY, path="/api/push", **more):
    data = body if isinstance(body, str) else json.dumps(body)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return requests.post(server.url + path, data=data, headers=headers, timeout=60, **more)


def push(server, *notifications, **more):
    """The reply to a request that is taken."""
    reply = post(server, {"notifications": list(notifications)}, **more)
    assert reply.status_code == 200, reply.text
    assert reply.json()["success"] == "ok", reply.text
    return reply.json()


def header(request, name):
    return dict(request["headers"]).get(name)


def sent(simulators, provider):
    """Without requests for access tokens."""
    return [request for request in simulators.received(provider) if request["path"].endswith("messages:send")]


def one(simulators, provider):
    (request,) = sent(simulators, provider)
    return request


IOS = "aa" * 32
ANDROID = "fcm:" + "b" * 100
HUAWEI = "hms" + "c" * 100


# What reaches Apple


def to_apple(gorush, simulators, **fields):
    reply = push(gorush, {"platform": 1, "tokens": [IOS], **fields})
    assert reply["logs"] == [], json.dumps(reply)
    request = (simulators.received("apns") + simulators.received("apns-sandbox"))[0]
    simulators.forget()
    return request, json.loads(request["body"])


@pytest.mark.parametrize("fields, aps", [
    ({"message": "M"}, {"alert": "M"}),
    ({"message": "M", "title": "T"}, {"alert": {"title": "T", "body": "M"}}),
    ({"title": "T", "message": "M", "alert": {"title": "A", "loc-args": ["1"], "loc-key": "K", "summary-arg-count": 2}},
     {"alert": {"title": "A", "loc-key": "K", "loc-args": ["1"], "summary-arg-count": 2, "body": "M"}}),
    ({"message": "M", "badge": 0}, {"alert": "M", "badge": 0}),
    ({"message": "M", "sound": "bell"}, {"alert": "M", "sound": "bell"}),
    ({"message": "M", "sound": {"critical": 1, "name": "bell", "volume": 0.5}},
     {"alert": "M", "sound": {"critical": 1, "name": "bell", "volume": 0.5}}),
    ({"message": "M", "name": "bell", "volume": 0.25}, {"alert": "M", "sound": {"critical": 1, "name": "bell", "volume": 0.25}}),
    ({"message": "M", "mutable_content": True}, {"alert": "M", "mutable-content": 1}),
    ({"message": "M", "category": "c", "thread-id": "t", "url-args": ["a", "b"], "interruption_level": "time-sensitive"},
     {"alert": "M", "category": "c", "thread-id": "t", "url-args": ["a", "b"], "interruption-level": "time-sensitive"}),
])
def test_fields_for_ios_are_in_the_payload(gorush, simulators, fields, aps):
    request, payload = to_apple(gorush, simulators, **fields)
    assert payload == {"aps": aps}
    assert header(request, "apns-push-type") == "alert"


def test_headers_for_ios(gorush, simulators):
    id, expiration = "123e4567-e89b-12d3-a456-426655440000", int(time.time()) + 3600
    request, payload = to_apple(
        gorush, simulators, message="M", priority="normal", apns_id=id, collapse_id="c", expiration=expiration,
        topic="com.example.app", push_type="alert", data={"k": {"n": 1}, "s": "t"})
    assert payload == {"aps": {"alert": "M"}, "k": {"n": 1}, "s": "t"}
    names = ["apns-priority", "apns-id", "apns-collapse-id", "apns-expiration", "apns-topic", "apns-push-type"]
    assert [header(request, name) for name in names] == ["5", id, "c", str(expiration), "com.example.app", "alert"]
    request, _ = to_apple(gorush, simulators, message="M", priority="high", expiration=0)
    assert (header(request, "apns-priority"), header(request, "apns-expiration")) == ("10", "0")


def test_a_silent_push_is_a_background_push(gorush, simulators):
    request, payload = to_apple(gorush, simulators, content_available=True, data={"k": 1}, priority="high")
    assert payload == {"aps": {"content-available": 1}, "k": 1}
    assert (header(request, "apns-push-type"), header(request, "apns-priority")) == ("background", "5")


def test_a_live_activity(gorush, simulators):
    fields = {"event": "update", "timestamp": 1800000000, "content-state": {"score": 1}, "stale-date": 1800000060,
              "dismissal-date": 1800000090, "relevance-score": 0.5}
    for more in ({}, {"push_type": "liveactivity"}, {"topic": "com.example.app.push-type.liveactivity"}):
        request, payload = to_apple(gorush, simulators, **fields, **more)
        assert payload == {"aps": fields}
        assert header(request, "apns-push-type") == "liveactivity"
        assert header(request, "apns-topic") == "com.example.app.push-type.liveactivity"


def test_a_voip_topic(gorush, simulators):
    request, _ = to_apple(gorush, simulators, topic="com.example.app.voip", push_type="voip", data={"call": 1})
    assert (header(request, "apns-topic"), header(request, "apns-push-type")) == ("com.example.app.voip", "voip")


@pytest.mark.parametrize("fields, settings, port", [
    ({}, {}, "apns"), ({"development": True}, {}, "apns-sandbox"),
    ({}, {"HERALD_GORUSH_PRODUCTION": "false"}, "apns-sandbox"),
    ({"production": True}, {"HERALD_GORUSH_PRODUCTION": "false"}, "apns"),
])
def test_each_member_may_choose_its_environment(make_gorush, simulators, fields, settings, port):
    server = make_gorush("apns", **settings)
    push(server, {"platform": 1, "tokens": [IOS], "message": "M", **fields})
    assert simulators.counts(port)["accepted"] == 1


# What reaches Google


def to_google(gorush, simulators, **fields):
    reply = push(gorush, {"platform": 2, **({} if "tokens" in fields else {"tokens": [ANDROID]}), **fields})
    assert reply["logs"] == [], json.dumps(reply)
    body = one(simulators, "fcm")["body"]
    simulators.forget()
    return json.loads(body)


@pytest.mark.parametrize("fields, message", [
    ({"message": "M", "title": "T", "image": "https://example.com/i.png"},
     {"notification": {"title": "T", "body": "M", "image": "https://example.com/i.png"}}),
    ({"data": {"s": "t", "n": 1.50, "o": {"a": [1]}}}, {"data": {"s": "t", "n": "1.5", "o": '{"a": [1]}'}}),
    ({"message": "M", "priority": "high"}, {"notification": {"body": "M"}, "android": {"priority": "high"}}),
    ({"message": "M", "sound": "bell"},
     {"notification": {"body": "M"}, "android": {"notification": {"sound": "bell"}}, "apns": {"payload": {"aps": {"sound": "bell"}}}}),
    ({"message": "M", "mutable_content": True},
     {"notification": {"body": "M"}, "apns": {"payload": {"aps": {"mutable-content": 1}}}}),
    ({"content_available": True, "data": {"n": 1}},
     {"data": {"n": "1"}, "apns": {"headers": {"apns-priority": "5"}, "payload": {"aps": {"content-available": 1}, "n": 1}}}),
    ({"message": "M", "collapse_key": "c", "time_to_live": 60, "restricted_package_name": "com.example.app"},
     {"notification": {"body": "M"},
      "android": {"collapse_key": "c", "ttl": "60s", "restricted_package_name": "com.example.app"}}),
    ({"message": "M", "notification": {"title": "N", "body": "lost"}, "android": {"priority": "normal", "ttl": "9s"}, "priority": "high"},
     {"notification": {"title": "N", "body": "M"}, "android": {"priority": "normal", "ttl": "9s"}}),
    ({"webpush": {"headers": {"Urgency": "high"}}, "fcm_options": {"analytics_label": "l"}, "data": {"k": "v"}},
     {"data": {"k": "v"}, "webpush": {"headers": {"Urgency": "high"}}, "fcm_options": {"analytics_label": "l"}}),
])
def test_fields_for_android_are_in_the_message(gorush, simulators, fields, message):
    body = to_google(gorush, simulators, **fields)
    assert body == {"message": {"token": ANDROID, **message}}


def test_raw_sections_stay_byte_for_byte(gorush, simulators):
    raw = '{ "title" : "caf\\u00e9",\t"body":"b" }'
    body = '{"notifications":[{"platform":2,"tokens":["%s"],"notification":%s,"android":{"ttl" : "1.50s"}}]}' % (ANDROID, raw)
    assert post(gorush, body).status_code == 200
    assert f'"notification":{raw},"android":{{"ttl" : "1.50s"}}' in one(simulators, "fcm")["body"]


def test_whom_a_message_is_for(gorush, simulators):
    reply = push(gorush, {"platform": 2, "tokens": [ANDROID], "to": ANDROID + "2", "topic": "/topics/news",
                          "condition": "'a' in topics || 'b' in topics", "message": "M"})
    assert (reply["counts"], reply["logs"]) == (3, [])
    messages = [json.loads(request["body"])["message"] for request in sent(simulators, "fcm")]
    targets = [{name: message[name] for name in ("token", "topic", "condition") if name in message} for message in messages]
    expected = [{"token": ANDROID}, {"token": ANDROID + "2"}, {"topic": "news"}, {"condition": "'a' in topics || 'b' in topics"}]
    assert sorted(targets, key=str) == sorted(expected, key=str)


def test_a_go_client_sends_null_tokens_to_a_topic(gorush, simulators):
    reply = push(gorush, {"platform": 2, "tokens": None, "topic": "news", "message": "M", "title": "", "data": None})
    assert (reply["counts"], reply["logs"]) == (1, [])
    assert json.loads(one(simulators, "fcm")["body"])["message"]["topic"] == "news"


def test_a_dry_run_delivers_nothing(gorush, simulators):
    assert to_google(gorush, simulators, message="M", dry_run=True)["validate_only"] is True


# What reaches Huawei


def to_huawei(gorush, simulators, **fields):
    reply = push(gorush, {"platform": 3, **({} if "tokens" in fields else {"tokens": [HUAWEI]}), **fields})
    assert reply["logs"] == [], json.dumps(reply)
    body = json.loads(one(simulators, "hms")["body"])
    simulators.forget()
    return body["message"]


@pytest.mark.parametrize("fields, message", [
    ({"message": "M", "title": "T", "image": "https://example.com/i.png"},
     {"android": {"urgency": "NORMAL", "notification": {
         "title": "T", "body": "M", "image": "https://example.com/i.png", "default_sound": True, "click_action": {"type": 3}}}}),
    ({"huawei_data": "{'k':1}", "huawei_collapse_key": 7, "huawei_ttl": "60s", "bi_tag": "b", "fast_app_target": 1, "category": "WORK"},
     {"data": "{'k':1}", "android": {
         "urgency": "NORMAL", "collapse_key": 7, "category": "WORK", "ttl": "60s", "bi_tag": "b", "fast_app_target": 1}}),
    ({"huawei_notification": {"title": "N", "click_action": {"type": 2, "url": "https://example.com"}}, "message": "M", "priority": "high",
      "sound": "/raw/bell"},
     {"android": {"urgency": "HIGH", "notification": {
         "title": "N", "click_action": {"type": 2, "url": "https://example.com"}, "body": "M", "sound": "/raw/bell"}}}),
])
def test_fields_for_huawei_are_in_the_message(gorush, simulators, fields, message):
    assert to_huawei(gorush, simulators, **fields) == {"token": [HUAWEI], **message}


def test_huaweis_topics_and_conditions(gorush, simulators):
    assert to_huawei(gorush, simulators, tokens=None, topic="news", title="T", message="M")["topic"] == "news"
    assert to_huawei(gorush, simulators, tokens=[], condition="'a' in topics", title="T", message="M")["condition"] == "'a' in topics"


def test_huaweis_app_id_chooses_the_credentials(gorush, simulators):
    app = simulators.credentials("hms")["app_id"]
    assert to_huawei(gorush, simulators, app_id=app, app_secret="anything", title="T", message="M")["token"] == [HUAWEI]
    assert push(gorush, {"platform": 3, "tokens": [HUAWEI], "app_id": "another", "message": "M"})["counts"] == 0


# Replies


def test_a_request_for_all_platforms(make_gorush, simulators):
    gorush = make_gorush()
    reply = push(
        gorush, {"platform": 1, "tokens": [IOS, IOS + "00"], "message": "M"}, {"platform": 2, "tokens": [ANDROID], "message": "M"},
        {"platform": 3, "tokens": [HUAWEI], "title": "T", "message": "M", "surprise": {"unknown": ["key"]}})
    assert reply == {"success": "ok", "counts": 4, "logs": []}
    pushes = gorush.api.http.get(f"{gorush.url}/v1/pushes").json()["pushes"]
    assert sorted(status["counters"]["accepted"] for status in pushes) == [1, 1, 2]


@pytest.mark.parametrize("body, message", [
    ("", "Missing notifications field."), ("nonsense", "Missing notifications field."), ("{}", "Missing notifications field."),
    ("[]", "Missing notifications field."), ('{"notifications":null}', "Missing notifications field."),
    ('{"notifications":[{"platform":1}]}', "Missing notifications field."),
    ('{"notifications":[{"tokens":["a"]}]}', "Missing notifications field."),
    ('{"notifications":[{"platform":1,"tokens":null}]}', "Missing notifications field."),
    ('{"notifications":[7]}', "Missing notifications field."),
    ('{"notifications":[]}', "Notifications field is empty."),
    (json.dumps({"notifications": [{"platform": 1, "tokens": []}] * 101}), "Number of notifications(101) over limit(100)"),
])
def test_what_gorush_refuses(gorush, simulators, body, message):
    reply = post(gorush, body)
    assert (reply.status_code, reply.json()) == (400, {"code": 400, "message": message})


@pytest.mark.parametrize("fields, field", [
    ({"platform": 7}, "platform"), ({"badge": "many"}, "badge"), ({"alert": "text"}, "alert"), ({"data": {"aps": {}}}, "data"),
    ({"message": 7}, "message"), ({"tokens": "one"}, "tokens"), ({"collapse_id": "x" * 65}, "collapse_id"),
    ({"platform": 2, "android": []}, "android"), ({"platform": 2, "tokens": ["t"] * 501}, "tokens"),
])
def test_a_mistake_is_named_and_nothing_is_sent(gorush, simulators, fields, field):
    pushes = lambda: gorush.api.http.get(f"{gorush.url}/v1/pushes").json()
    before = pushes()
    reply = post(gorush, {"notifications": [{"platform": 1, "tokens": [IOS], "message": "M"},
                                            {"platform": 1, "tokens": [IOS], "message": "M", **fields}]})
    assert reply.status_code == 400 and reply.json()["message"].startswith(f"notifications[1].{field}: "), reply.text
    assert pushes() == before


def test_what_has_no_credentials_is_passed_over(make_gorush, simulators):
    server = make_gorush("fcm")
    reply = push(server, {"platform": 1, "tokens": [IOS], "message": "M"}, {"platform": 2, "tokens": [ANDROID], "message": "M"},
                 {"platform": 3, "tokens": [HUAWEI], "message": "M"})
    assert reply == {"success": "ok", "counts": 1, "logs": []}
    simulators.wait_for("fcm", 1)


def test_an_app_without_credentials_is_passed_over(gorush, simulators):
    assert push(gorush, {"platform": 1, "tokens": [IOS], "topic": "com.example.another", "message": "M"})["counts"] == 0
    assert simulators.counts("apns")["requests"] == 0


def test_a_sync_reply_tells_which_tokens_failed(gorush, simulators):
    dead = "dd" * 32
    simulators.set_faults({"token": dead, "dead": True})
    reply = push(gorush, {"notif_id": "n-1", "platform": 1, "tokens": [IOS, dead, "no hex"], "message": "M"})
    assert reply["counts"] == 3
    by_token = {entry["token"]: entry for entry in reply["logs"]}
    assert set(by_token) == {dead, "no hex"}
    assert by_token[dead] == {"notif_id": "n-1", "type": "failed-push", "platform": "ios", "token": dead, "message": "M", "error": "Unregistered"}
    assert by_token["no hex"]["error"] not in ("", "Unregistered")


def test_a_payload_that_nobody_takes_fails_its_tokens_alone(gorush, simulators):
    reply = push(gorush, {"platform": 1, "tokens": [IOS], "message": "M" * 5000}, {"platform": 2, "tokens": [ANDROID], "message": "M"})
    assert [(entry["token"], "4096" in entry["error"]) for entry in reply["logs"]] == [(IOS, True)]
    assert simulators.counts("fcm")["accepted"] == 1


def test_a_sync_reply_waits_so_long_and_no_longer(make_gorush, simulators):
    server = make_gorush("fcm", HERALD_GORUSH_SYNC_SECONDS="1")
    simulators.set_faults({"provider": "fcm", "status": 503, "headers": SOON})
    assert push(server, {"platform": 2, "tokens": [ANDROID], "message": "M"}) == {"success": "ok", "counts": 1, "logs": []}
    # It goes on after that.
    simulators.set_faults()
    until(lambda: simulators.counts("fcm")["accepted"] == 1, 30, "the push is tried again")


def test_a_sync_reply_doesnt_keep_the_server_from_stopping(make_gorush, simulators):
    server = make_gorush("fcm", HERALD_GORUSH_SYNC_SECONDS="300")
    simulators.set_faults({"provider": "fcm", "status": 503, "headers": SOON})
    replies = queue.Queue()
    asking = threading.Thread(target=lambda: replies.put(push(server, {"platform": 2, "tokens": [ANDROID], "message": "M"})))
    asking.start()
    until(lambda: sent(simulators, "fcm"), 30, "the push is tried")
    server.stop()
    asking.join()
    assert replies.get_nowait() == {"success": "ok", "counts": 1, "logs": []}


def test_retry_says_how_often_something_is_tried_again(gorush, simulators):
    simulators.set_faults({"provider": "fcm", "status": 503, "headers": SOON})
    reply = push(gorush, {"platform": 2, "tokens": [ANDROID], "message": "M", "retry": 1})
    assert [entry["type"] for entry in reply["logs"]] == ["failed-push"]
    assert len(sent(simulators, "fcm")) == 2


def test_more_tokens_than_a_push_may_name(gorush, simulators):
    tokens = [f"{number:064x}" for number in range(2100)]
    assert push(gorush, {"platform": 1, "tokens": tokens, "message": "M"}) == {"success": "ok", "counts": 2100, "logs": []}
    assert simulators.counts("apns")["accepted"] == 2100


def test_an_async_reply_comes_at_once_and_the_push_survives_a_crash(make_gorush, simulators):
    server = make_gorush("fcm", HERALD_GORUSH_SYNC="false")
    simulators.set_faults({"provider": "fcm", "status": 503, "headers": SOON})
    assert push(server, {"platform": 2, "tokens": [ANDROID], "message": "M"}) == {"success": "ok", "counts": 1, "logs": []}
    server.kill()
    simulators.set_faults()
    server.start()
    until(lambda: simulators.counts("fcm")["accepted"] == 1, 60, "what was accepted is sent after all")


# Who may


def test_without_the_key_nothing_is_sent_nor_told(gorush):
    for key in (None, "wrong", gorush.admin_key):
        for method, path in (("POST", "/api/push"), ("GET", "/api/stat/app"), ("GET", "/api/stat/go"), ("GET", "/sys/stats")):
            headers = {"Authorization": f"Bearer {key}"} if key else {}
            reply = requests.request(method, gorush.url + path, headers=headers, data="{}", timeout=30)
            assert (reply.status_code, reply.json()["code"]) == (401, 401), path


def test_the_key_may_stand_in_the_query(gorush):
    assert post(gorush, {"notifications": [{"platform": 1, "tokens": [IOS], "message": "M"}]}, key=None,
                path=f"/api/push?key={KEY}").status_code == 200


def test_without_a_setting_there_is_no_front(server):
    for path in ("/api/push", "/api/stat/app", "/healthz", "/version"):
        assert requests.get(server.url + path, timeout=30).status_code == 404
    assert "gorush" not in requests.get(f"{server.url}/metrics", timeout=30).text


def test_an_open_front_is_for_this_machines_programs(make_gorush, simulators):
    server = make_gorush("fcm", HERALD_GORUSH_OPEN="true", HERALD_GORUSH_KEY="")
    body = {"notifications": [{"platform": 2, "tokens": [ANDROID], "message": "M"}]}
    assert post(server, body, key=None).status_code == 200
    reply = requests.post(server.url + "/api/push", json=body, headers={"Origin": "https://elsewhere.example"}, timeout=30)
    assert (reply.status_code, reply.json()["code"]) == (403, 403)


# What it says of itself


def test_what_needs_no_key(gorush):
    for method in ("GET", "HEAD"):
        reply = requests.request(method, gorush.url + "/healthz", timeout=30)
        assert (reply.status_code, reply.content) == (200, b"")
    assert set(requests.get(gorush.url + "/version", timeout=30).json()) == {"source", "version"}
    assert "text/html" in requests.get(gorush.url + "/", timeout=30).headers["Content-Type"], "the page stays"
    assert requests.get(gorush.url + "/api/config", timeout=30).status_code == 404


def test_the_front_may_stand_elsewhere(make_gorush, simulators):
    server = make_gorush("fcm", HERALD_GORUSH_PATH="/gorush")
    assert requests.get(server.url + "/gorush/", timeout=30).json() == {"text": "Welcome to notification server."}
    assert post(server, {"notifications": [{"platform": 2, "tokens": [ANDROID], "message": "M"}]}, path="/gorush/api/push").ok
    assert requests.post(server.url + "/api/push", timeout=30).status_code == 404


def test_without_the_page_gorush_welcomes(make_gorush):
    server = make_gorush("fcm", HERALD_DEMO="false")
    assert requests.get(server.url + "/", timeout=30).json() == {"text": "Welcome to notification server."}


def test_statistics(make_gorush, simulators):
    gorush = make_gorush()
    dead = "dd" * 32
    simulators.set_faults({"token": dead, "dead": True})
    push(gorush, {"platform": 1, "tokens": [IOS, dead], "message": "M"}, {"platform": 2, "tokens": None, "topic": "t", "message": "M"},
         {"platform": 3, "tokens": [HUAWEI], "title": "T", "message": "M"})

    def get(path):
        reply = requests.get(gorush.url + path, headers={"Authorization": f"Bearer {KEY}"}, timeout=30)
        assert reply.status_code == 200
        return reply

    app = get("/api/stat/app").json()
    assert (app["ios"], app["android"], app["huawei"]) == (
        {"push_success": 1, "push_error": 1}, {"push_success": 1, "push_error": 0}, {"push_success": 1, "push_error": 0})
    assert [app[name] for name in ("busy_workers", "submitted_tasks", "success_tasks", "failure_tasks", "total_count")] == [0, 3, 3, 0, 4]
    assert get("/api/stat/go").json()["memory_alloc"] > 0
    post(gorush, "nonsense")
    system = get("/sys/stats").json()
    assert set(system) == {"pid", "uptime", "total_response_time", "average_response_time", "total_status_code_count"}
    assert system["total_status_code_count"] == {"200": 3, "400": 1}
    metrics = dict(line.rsplit(" ", 1) for line in get("/metrics").text.splitlines() if line.startswith("gorush_"))
    assert metrics == {
        "gorush_total_push_count": "4", "gorush_ios_success": "1", "gorush_ios_error": "1", "gorush_android_success": "1",
        "gorush_android_fail": "0", "gorush_huawei_success": "1", "gorush_huawei_fail": "0", "gorush_busy_workers": "0",
        "gorush_success_tasks": "3", "gorush_failure_tasks": "0", "gorush_submitted_tasks": "3"}


# The feedback hook


class Hook:
    """Takes feedback; answers by a script of statuses, after the last one 200."""

    def __init__(self, *script):
        self.script = list(script)
        self.entries = queue.Queue()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/feedback"

    def handler(hook):
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                entry = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status = hook.script.pop(0) if hook.script else 200
                hook.entries.put((status, entry))
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_):
                pass

        return Handler


def test_the_feedback_hook_is_told_of_each_token_that_failed(make_gorush, simulators):
    dead = ["d1" * 32, "d2" * 32]
    simulators.set_faults(*({"token": token, "dead": True} for token in dead))
    with Hook() as hook:
        server = make_gorush("apns", HERALD_GORUSH_SYNC="false", HERALD_GORUSH_FEEDBACK_URL=hook.url)
        push(server, {"notif_id": "n-1", "platform": 1, "tokens": [IOS, *dead], "message": "M"})
        entries = [hook.entries.get(timeout=30)[1] for _ in dead]
        expected = [{"notif_id": "n-1", "type": "failed-push", "platform": "ios", "token": token, "message": "M", "error": "Unregistered"}
                    for token in dead]
        assert sorted(entries, key=str) == sorted(expected, key=str)
        # What came another way is nothing for it.
        server.api.push({"tokens": [{"provider": "apns", "token": dead[0]}]}, notification={"title": "T"})
        push(server, {"notif_id": "n-2", "platform": 1, "tokens": [dead[1]], "message": "M"})
        assert hook.entries.get(timeout=30)[1]["notif_id"] == "n-2"


def test_feedback_that_isnt_taken_comes_again(make_gorush, simulators):
    simulators.set_faults({"token_prefix": "dd", "dead": True})
    with Hook(200, 500) as hook:
        server = make_gorush("apns", HERALD_GORUSH_SYNC="false", HERALD_GORUSH_FEEDBACK_URL=hook.url)
        tokens = [f"dd{number:062x}" for number in range(3)]
        push(server, {"platform": 1, "tokens": tokens, "message": "M"})
        told = [hook.entries.get(timeout=30) for _ in range(4)]
        assert [status for status, _ in told] == [200, 500, 200, 200]
        assert told[1][1] == told[2][1], "the one that failed comes again, and not the one before it"
        assert {entry["token"] for _, entry in told} == set(tokens)
