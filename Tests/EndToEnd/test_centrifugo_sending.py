"""The Centrifugo front: what is sent to whom, when, and in which words; against the simulators."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from centrifugo import ON, Centrifugo, fcm, soon
from deadline import until
from test_providers import apns_token, header, put_credentials

pytestmark = pytest.mark.one_database(reason="the front translates; what it translates to is tested on both")


@pytest.fixture
def make_front(make_server, simulators):
    def make(**settings):
        server = make_server(
            **ON, HERALD_TRUST_ROOTS=simulators.ca, HERALD_ALLOW_PRIVATE_ENDPOINTS="true", HERALD_VAPID_SUBJECT="mailto:a@example.com",
            HERALD_SENDER_RETRY_BASE_SECONDS="1", **settings)
        for provider in ("apns", "fcm", "hms"):
            put_credentials(server, provider, simulators.credentials(provider))
        simulators.forget()
        return Centrifugo(server)
    return make


@pytest.fixture
def front(make_front):
    return make_front()


def accepted(status):
    return status["counters"]["accepted"]


def message(simulators, provider="fcm"):
    """The last one's body."""
    return json.loads(simulators.received(provider)[-1]["body"])


def title(simulators):
    return message(simulators)["message"]["notification"]["title"]


def titles(simulators):
    """By token."""
    # Whoever asks for an access token names no device.
    sent = [json.loads(request["body"])["message"] for request in simulators.received("fcm") if request["tokens"]]
    return {message["token"]: message["notification"]["title"] for message in sent}


# To whom

def test_a_push_is_for_exactly_one_kind_of_recipient(front):
    front.register("t", user="u")
    for recipient in (None, {}, {"fcm_tokens": []}, {"filter": {"users": ["u"]}, "fcm_tokens": ["t"]}, {"fcm_tokens": ["t"], "fcm_topic": "x"},
                      {"fcm_topic": "a", "hms_topic": "b"}):
        assert front.error("send_push_notification", recipient=recipient, notification=fcm("x")) == 107
    for notification in (None, {}, {"fcm": {}}, {"fcm": {"message": None}}, {"fcm": {"message": "text"}}, {"fcm": {"message": {"token": "x"}}}):
        assert front.error("send_push_notification", recipient={"fcm_tokens": ["t"]}, notification=notification) == 107


def test_everybody_must_be_allowed(front, make_front):
    front.register("t")
    for empty in ({}, {"users": []}, {"ids": None, "topics": []}):
        assert front.error("send_push_notification", recipient={"filter": empty}, notification=fcm("x")) == 107
    allowing = make_front(HERALD_CENTRIFUGO_ALLOW_EVERYONE="true")
    allowing.register("t")
    assert accepted(allowing.push({"filter": {}})) == 1


def test_a_filter_reaches_whom_it_lists(front, simulators):
    phone = front.register("t1", user="u", topics=["news", "sport"])
    tablet = front.register("t2", user="u", platform="ios")
    other = front.register("t3", user="v", topics=["news"])
    for filter, wanted in [
        ({"users": ["u", "w"]}, ["t1", "t2"]), ({"ids": [phone, "nobody"]}, ["t1"]), ({"topics": ["news", "sport"]}, ["t1", "t3"]),
        ({"users": ["u"], "topics": ["news"]}, ["t1"]), ({"ids": [phone, tablet, other], "platforms": ["ios"]}, ["t2"]),
        ({"ids": [phone], "users": ["v"]}, []), ({"providers": ["fcm"], "platforms": ["android"]}, ["t1", "t3"]), ({"ids": ["nobody"]}, []),
    ]:
        simulators.forget()
        assert accepted(front.push({"filter": filter})) == len(wanted), filter
        assert sorted(titles(simulators)) == wanted, filter


def test_a_device_without_a_section_for_it_is_passed_over(front):
    front.register("t1", user="u")
    front.register("t2", "hms", user="u")
    assert accepted(front.push({"filter": {"users": ["u"]}})) == 1
    assert front.error("send_push_notification", recipient={"hms_tokens": ["t"]}, notification=fcm("x")) == 107


HMS = {"hms": {"message": {"android": {"notification": {"title": "x", "body": "y", "click_action": {"type": 3}}}}}}
APNS = {"apns": {"headers": {"apns-push-type": "alert", "apns-priority": "5", "apns-collapse-id": "c", "apns-expiration": "1900000000"},
                 "payload": {"aps": {"alert": "x"}, "k": 1}}}


@pytest.mark.parametrize("recipient, notification, provider, target", [
    ({"fcm_tokens": ["t1"]}, fcm("x"), "fcm", {"token": "t1"}), ({"fcm_topic": "news"}, fcm("x"), "fcm", {"topic": "news"}),
    ({"fcm_condition": "'a' in topics || 'b' in topics"}, fcm("x"), "fcm", {"condition": "'a' in topics || 'b' in topics"}),
    ({"hms_tokens": ["t1", "t2"]}, HMS, "hms", {"token": ["t1", "t2"]}), ({"hms_topic": "news"}, HMS, "hms", {"topic": "news"}),
    ({"hms_condition": "'a' in topics"}, HMS, "hms", {"condition": "'a' in topics"}),
])
def test_raw_recipients_need_not_be_registered(front, simulators, recipient, notification, provider, target):
    status = front.push(recipient, notification)
    assert accepted(status) == status["devices"] > 0, status
    sent = message(simulators, provider)["message"]
    assert {name: sent.get(name) for name in target} == target
    assert front.devices() == []


def test_apns_headers_are_its_own(front, simulators):
    assert accepted(front.push({"apns_tokens": [apns_token(1)]}, APNS)) == 1
    request = simulators.received("apns")[-1]
    assert {name: header(request, name) for name in APNS["apns"]["headers"]} == APNS["apns"]["headers"]
    assert json.loads(request["body"]) == APNS["apns"]["payload"]


def test_web_push_headers_are_its_own(front, simulators):
    subscription = json.loads(Path(simulators.file("webpush_subscription")).read_text())
    for headers, wanted in [({"TTL": "300", "Urgency": "high", "topic": "t"}, ("300", "high", True)), ({}, ("2419200", "normal", False))]:
        notification = {"webpush": {"headers": headers, "payload": {"title": "x"}}, "expire_at": soon(60)}
        assert accepted(front.push({"webpush_tokens": [json.dumps(subscription)]}, notification)) == 1
        headers = dict(simulators.received("webpush")[-1]["headers"])
        assert (headers["ttl"], headers["urgency"], "topic" in headers) == wanted
    for headers in ({"TTL": "soon"}, {"Urgency": "extreme"}):
        assert front.error("send_push_notification", recipient={"webpush_tokens": [json.dumps(subscription)]},
                           notification={"webpush": {"headers": headers, "payload": {}}}) == 107


def test_raw_json_goes_out_byte_for_byte(front, simulators):
    raw = '{ "data" : {"z":"12345678901234567890","a":"\\u00fc\\/"} ,"android":{"ttl":"1.50s"}}'
    body = '{"recipient":{"fcm_tokens":["t"]},"Notification":{"FCM":{"Message":%s}}}' % raw
    uid = front.post("send_push_notification", body).json()["result"]["uid"]
    assert accepted(front.server.api.ended(uid)) == 1
    assert simulators.received("fcm")[-1]["body"] == '{"message":{"token":"t",' + raw[1:] + "}"
    raw = '{"aps":{"alert":"x"},"n":12345678901234567890,"f":1.10,"e":1e2}'
    body = '{"recipient":{"apns_tokens":["%s"]},"notification":{"apns":{"payload":%s}}}' % (apns_token(1), raw)
    uid = front.post("send_push_notification", body).json()["result"]["uid"]
    assert accepted(front.server.api.ended(uid)) == 1
    assert simulators.received("apns")[-1]["body"] == raw


# Once, later, not at all

def test_a_uid_is_one_push_s(front, simulators):
    recipient = {"fcm_tokens": ["t"]}
    assert front.send(recipient, uid="mine") == "mine"
    assert front.send(recipient, uid="mine") == "mine", "the same again is the same push"
    assert front.error("send_push_notification", recipient=recipient, notification=fcm("other"), uid="mine") == 113
    ours = front.send(recipient)
    assert accepted(front.server.api.ended(ours)) == 1
    until(lambda: simulators.counts("fcm")["accepted"] == 2, 30, "both pushes have come")


def test_a_push_that_waits_can_be_cancelled(front, simulators):
    later = {"recipient": {"fcm_tokens": ["t"]}, "notification": fcm("x"), "send_at": soon(3600)}
    named, unnamed = front.ok("send_push_notification", **later, uid="mine")["uid"], front.ok("send_push_notification", **later)["uid"]
    for uid in (named, unnamed):
        front.ok("cancel_push", uid=uid)
        front.ok("cancel_push", uid=uid)
    assert front.server.api.ended(unnamed)["state"] == "cancelled"
    assert front.error("cancel_push", uid="unknown") == 104 and front.error("cancel_push") == 107
    assert simulators.counts("fcm")["requests"] == 0
    over = front.send({"fcm_tokens": ["t"]}, send_at=soon(-3600))
    assert accepted(front.server.api.ended(over)) == 1, "what has passed is now"
    front.ok("cancel_push", uid=over)


def test_an_expiry_that_has_passed_is_no_error_and_sends_nothing(front, simulators):
    front.register("t", user="u")
    for recipient in ({"filter": {"users": ["u"]}}, {"fcm_tokens": ["t"]}):
        assert front.push(recipient, fcm("x", expire_at=soon(-60)))["counters"]["expired"] == 1
    assert simulators.counts("fcm")["requests"] == 0
    assert accepted(front.push({"fcm_tokens": ["t"]}, fcm("x", expire_at=soon(60)))) == 1


def test_what_a_device_said_is_counted(front):
    device = front.register("t", user="u")
    for more in ({"uid": "mine"}, {"uid": "yours", "analytics_uid": "campaign"}, {}):
        uid = front.send({"filter": {"users": ["u"]}}, **more)
        status = {"analytics_uid": more.get("analytics_uid", uid), "device_id": device}
        front.ok("update_push_status", **status, status="delivered", msg_id="m")
        front.ok("update_push_status", **status, status="delivered")
        front.ok("update_push_status", **status, status="interacted")
        for wrong, code in [({"status": "seen"}, 107), ({"device_id": ""}, 107), ({"analytics_uid": "unknown"}, 104), ({"device_id": "x"}, 104)]:
            assert front.error("update_push_status", **{**status, "status": "delivered", **wrong}) == code
    assert {name: front.server.api.status(uid)["receipts"][name] for name in ("received", "opened")} == {"received": 1, "opened": 1}


# When

def clock(zone, minutes):
    return (datetime.now(ZoneInfo(zone)) + timedelta(minutes=minutes)).strftime("%H:%M:%S")


def window(zone, start, end):
    """From so many minutes after now until so many, as clocks there show it."""
    return {"time_limit": {"send_after_time": clock(zone, start), "send_before_time": clock(zone, end)}}


def test_a_window_is_each_device_s_own(front, simulators):
    front.register("tokyo", user="u", timezone="Asia/Tokyo")
    front.register("vienna", user="u", timezone="Europe/Vienna")
    front.register("nowhere", user="u")
    recipient = {"filter": {"users": ["u"]}}
    uid = front.send(recipient, limit_strategy=window("Asia/Tokyo", -60, 60))
    until(lambda: "tokyo" in titles(simulators), 30, "Tokyo's time has come")
    until(lambda: (c := front.server.api.status(uid)["counters"])["accepted"] == c["dropped"] == 1, 30, "nowhere has no time")
    assert list(titles(simulators)) == ["tokyo"]
    simulators.forget()
    limits = window("Asia/Tokyo", 60, 120)
    limits["time_limit"]["no_tz_send_now"] = True
    uid = front.send(recipient, limit_strategy=limits)
    until(lambda: titles(simulators), 30, "who has no time zone doesn't wait")
    assert list(titles(simulators)) == ["nowhere"] and front.server.api.status(uid)["counters"]["dropped"] == 0
    front.ok("cancel_push", uid=uid)


@pytest.mark.parametrize("limit", [
    {}, {"send_after_time": "09:00:00", "send_before_time": "09:00:00"}, {"send_after_time": "9", "send_before_time": "10:00:00"},
    {"send_after_time": "25:00:00", "send_before_time": "26:00:00"}])
def test_a_window_that_is_none_is_a_bad_request(front, limit):
    front.register("t", user="u")
    for recipient in ({"filter": {"users": ["u"]}}, {"fcm_tokens": ["t"]}):
        assert front.error("send_push_notification", recipient=recipient, notification=fcm("x"), limit_strategy={"time_limit": limit}) == 107


def rate(rate, interval_ms, **more):
    return {"rate_limit": {"policies": [{"rate": rate, "interval_ms": interval_ms}], **more}}


def test_too_many_are_dropped_or_wait(front):
    front.register("t1", user="u")
    front.register("t2", user="v")
    recipient = {"filter": {"users": ["u", "v"]}}
    dropping = rate(2, 3_600_000, drop_if_rate_limited=True)
    assert [accepted(front.push(recipient, limit_strategy=dropping)) for _ in range(3)] == [2, 2, 0]
    assert accepted(front.push(recipient)) == 2, "whoever asks for no limit has none"
    waiting = front.send(recipient, limit_strategy=rate(1, 3_600_000))
    until(lambda: front.server.api.status(waiting)["counters"]["retrying"] == 2, 30, "they wait")
    front.ok("cancel_push", uid=waiting)
    soon_free = rate(1, 900, key="other-{{.device.id}}")
    assert [accepted(front.push(recipient, limit_strategy=soon_free)) for _ in range(2)] == [2, 2]


def test_a_limit_s_key_says_whose_it_is(front):
    front.register("t1", user="u")
    front.register("t2", user="u")
    by_user = rate(1, 3_600_000, key="{{.device.user}}", drop_if_rate_limited=True)
    recipient = {"filter": {"users": ["u"], "topics": []}}
    assert [accepted(front.push(recipient, limit_strategy=by_user)) for _ in range(2)] == [2, 0]
    assert accepted(front.push(recipient, limit_strategy=rate(1, 60_000, key="device.id", drop_if_rate_limited=True))) == 2
    for key, code in [("everybody", 108), ("{{.device.id", 107)]:
        assert front.error("send_push_notification", recipient=recipient, notification=fcm("x"), limit_strategy=rate(1, 1000, key=key)) == code
    for wrong in (rate(0, 1000), rate(1, 0), rate(-1, 1000), rate(1_000_000, 1000), {"rate_limit": {}}):
        assert front.error("send_push_notification", recipient=recipient, notification=fcm("x"), limit_strategy=wrong) == 107
    assert front.error("send_push_notification", recipient={"fcm_tokens": ["t"]}, notification=fcm("x"), limit_strategy=rate(1, 1000)) == 107


# In which words

GREETING = "{{default [[hello]] .l10n.greeting}}! {{ default [[How is it going]] .l10n.question }} ?"
LOCALIZATIONS = {"pt": {"translations": {"greeting": "Olá", "question": "Como tá indo"}}}


def test_devices_are_greeted_in_their_language(front, simulators):
    for locale in ("pt-BR", "de", "pt", "PT_br"):
        front.register(f"t-{locale}", user="u", locale=locale)
    front.register("t-", user="u")
    assert accepted(front.push({"filter": {"users": ["u"]}}, fcm(GREETING), localizations=LOCALIZATIONS)) == 5
    portuguese, english = "Olá! Como tá indo ?", "hello! How is it going ?"
    assert titles(simulators) == {
        "t-pt-BR": portuguese, "t-PT_br": portuguese, "t-pt": portuguese, "t-de": english, "t-": english}


def test_the_nearest_language_is_taken_whole(front, simulators):
    front.register("t", user="u", locale="zh-Hant-TW")
    localizations = {"zh": {"translations": {"a": "zh-a", "b": "zh-b"}}, "zh-hant": {"translations": {"a": "hant-a"}}}
    front.push({"filter": {"users": ["u"]}}, fcm("{{.l10n.a}}/{{.l10n.b}}/{{default [[none]] .l10n.b}}"), localizations=localizations)
    assert title(simulators) == "hant-a//none"


@pytest.mark.parametrize("text, more, wanted", [
    ("{{.device.user}}", {"use_templating": True}, 'u"\\'), ("{{ .device.meta.name }}", {"use_templating": True}, None),
    ("{{.device.meta.name}}.", {"use_templating": True, "use_meta": True}, '"Ada"\n{{.device.id}} ü}.'),
    ("{{default [[you]] .device.meta.name}}", {"use_templating": True, "use_meta": True}, '"Ada"\n{{.device.id}} ü}'),
    ("{{default [[you {{ \"}]] .device.meta.none}}{", {"use_templating": True, "use_meta": True}, 'you {{ "}{'),
    ("a {{- .nonsense.path -}} b", {"use_templating": True}, "ab"), ('{{default "x" .l10n.y}} {{`z`}}', {"use_templating": True}, "x z"),
    ("{{.device.user}}", {}, "{{.device.user}}"),
])
def test_texts_are_templates_where_that_is_asked_for(front, simulators, text, more, wanted):
    front.register("t", user='u"\\', meta={"name": '"Ada"\n{{.device.id}} ü}'})
    notification = {"fcm": {"message": {"data": {"text": text + "|", "{{key}}": "{{`v`}}"}}}}
    assert accepted(front.push({"filter": {"users": ['u"\\']}}, notification, **more)) == 1
    data = message(simulators)["message"]["data"]
    assert data["text"] == (wanted or "") + "|" and "{{key}}" in data
    assert data["{{key}}"] == ("v" if more else "{{`v`}}")


@pytest.mark.parametrize("text", ["{{", "{{.a", "{{if .a}}x{{end}}", "{{default .a}}", "{{default [[a .b}}", "{{printf .a}}", "{{.a .b}}", "{{..}}"])
def test_templates_that_cannot_be_read_are_bad_requests(front, text):
    front.register("t", user="u")
    assert front.error("send_push_notification", recipient={"filter": {"users": ["u"]}}, notification=fcm(text), use_templating=True) == 107


def test_words_are_for_devices_that_are_known(front):
    for more in ({"use_templating": True}, {"localizations": LOCALIZATIONS}):
        assert front.error("send_push_notification", recipient={"fcm_tokens": ["t"]}, notification=fcm("x"), **more) == 107
    front.register("t", user="u")
    assert front.error("send_push_notification", recipient={"filter": {"users": ["u"]}}, notification=fcm("x"), localizations={"!": {}}) == 107


# What becomes of it

def test_a_dead_token_s_device_is_gone(front, simulators):
    dead, alive = front.register("dead", user="u"), front.register("alive", user="u")
    front.register("busy", user="u")
    simulators.set_faults({"provider": "fcm", "token": "dead", "dead": True},
                          {"provider": "fcm", "token": "busy", "status": 503, "headers": {"Retry-After": "1"}, "times": 1})
    status = front.push({"filter": {"users": ["u"]}})
    assert status["counters"]["unregistered"] == 1 and accepted(status) == 2, status
    assert dead not in {device["id"] for device in front.devices()} and len(front.devices()) == 2
    assert front.error("device_topic_update", device_id=dead, op="add", topics=["a"]) == 104
    assert front.register("anew", id=dead, user="u") == dead and len(front.devices()) == 3, "until it registers again"


@pytest.mark.parametrize("died_ms_ago, is_kept", [(3_600_000, True), (-3_600_000, False)])
def test_apns_does_not_know_of_a_later_registration(front, simulators, died_ms_ago, is_kept):
    front.register(apns_token(1), "apns", "ios", user="u")
    simulators.set_faults({"provider": "apns", "token": apns_token(1), "dead": True, "dead_since_ms": soon(0) * 1000 - died_ms_ago})
    front.push({"filter": {"users": ["u"]}}, APNS)
    assert bool(front.devices()) == is_kept


def test_metrics_have_centrifugo_s_names(make_front, front, simulators):
    watched = make_front(HERALD_CENTRIFUGO_METRICS="true")
    simulators.set_faults({"provider": "fcm", "token": "dead", "dead": True})
    for token in ("dead", "t1", "t2"):
        watched.register(token, user="u")
    watched.push({"filter": {"users": ["u"]}})
    watched.send({"fcm_topic": "news"}, send_at=soon(3600))
    reply = watched.http.get(f"{watched.server.url}/metrics")
    assert reply.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = reply.text.splitlines()
    count = 'centrifugo_push_notification_count{provider="fcm",recipient_type="filter",platform="android",success="%s",err_code="%s"} %d'
    for line in ("# TYPE centrifugo_push_notification_count counter", count % ("true", "", 2), count % ("false", "unregistered", 1),
                 'centrifugo_push_scheduled_request_count{recipient_type="fcm_topic"} 1',
                 "# TYPE centrifugo_push_job_duration_seconds_histogram histogram",
                 'centrifugo_push_job_duration_seconds_histogram_bucket{provider="fcm",recipient_type="filter",le="+Inf"} 1',
                 'centrifugo_push_job_duration_seconds_histogram_count{provider="fcm",recipient_type="filter"} 1',
                 'centrifugo_push_queue_consuming_lag{provider="fcm",queue="database"} 0',
                 'centrifugo_push_consuming_inflight_jobs{provider="fcm",queue="database"} 0'):
        assert line in lines, reply.text
    assert "centrifugo_" not in front.http.get(f"{front.server.url}/metrics").text
