"""LoopBack's push component in front of the core: what its clients register and send reaches the providers as it should have all along."""

import json
import time

import pytest
import requests

from deadline import until
from loopback import KEY, LoopBack

pytestmark = pytest.mark.one_database(reason="the front translates; what it translates to is tested on both")

APP = "loopback-component-push-app"


def push_settings(simulators):
    apns, fcm = simulators.credentials("apns"), simulators.credentials("fcm")
    return {
        "apns": {
            "production": False, "bundle": apns["bundle_id"], "endpoint": apns["endpoint"], "sandboxEndpoint": apns["sandbox_endpoint"],
            "token": {"keyId": apns["key_id"], "teamId": apns["team_id"], "key": apns["private_key"]},
        },
        "gcm": {
            "serverApiKey": "legacy", "serviceAccount": fcm["service_account"], "endpoint": fcm["endpoint"],
            "tokenEndpoint": fcm["token_endpoint"],
        },
    }


def application(client, simulators, id=APP, **changes):
    settings = push_settings(simulators)
    settings.update(changes)
    reply = client.ask("POST", "/api/applications", {"id": id, "name": id, "pushSettings": settings})
    assert reply.status_code == 200, reply.text
    # Google and Apple have been asked about the credentials.
    simulators.forget()
    return reply.json()


@pytest.fixture(scope="module")
def server(module_server, running):
    return module_server(
        HERALD_TRUST_ROOTS=running.ca, HERALD_LOOPBACK_KEY=KEY, HERALD_SENDER_RETRY_BASE_SECONDS="1",
        HERALD_ALLOW_PRIVATE_ENDPOINTS="true", HERALD_SENDER_STRAGGLER_MILLISECONDS="500")


@pytest.fixture(scope="module")
def owner(server, running):
    client = LoopBack(server)
    application(client, running)
    return client


@pytest.fixture
def client(owner, simulators):
    """With no installations."""
    for each in owner.found():
        owner.ask("DELETE", f"/api/installations/{each['id']}")
    simulators.forget()
    return owner


def apple(number):
    return f"{number:02x}" * 32


def google(name):
    return f"APA91-{name}-" + "x" * 100


def iphone(client, number=1, **more):
    """As LBInstallation registers."""
    return client.install(**{
        "appId": APP, "appVersion": "1.0.0", "userId": "myself", "deviceType": "ios", "deviceToken": apple(number), "status": "Active",
        "badge": 0, "subscriptions": [], "timeZone": "Europe/Paris", **more})


def android(client, name="one", **more):
    """As LocalInstallation registers."""
    return client.install(**{
        "id": None, "appId": APP, "appVersion": "1.0", "userId": "android", "deviceType": "android", "deviceToken": google(name),
        "subscriptions": ["all"], "timeZone": "Europe/Paris", "status": "Active", **more})


def send(client, query=None, body=None, path="/api/push", **more):
    where = {} if query is None else {"params": {"deviceQuery": query if isinstance(query, str) else json.dumps(query)}}
    return client.ask("POST", path, body, **where, **more)


def sent(client, query=None, body=None, **more):
    reply = send(client, query, body if body is not None else {"alert": "hello"}, **more)
    assert (reply.status_code, reply.text) == (200, "{}"), reply.text


def at_google(simulators):
    return [each for each in simulators.received("fcm") if each["path"].endswith("messages:send")]


def at_apple(simulators):
    return [each for port in ("apns", "apns-sandbox") for each in simulators.received(port) if each["path"].startswith("/3/device/")
            and each["status"] in (200, 410)]


def arrived(list_of, simulators, count):
    """So many requests, once they are there."""
    until(lambda: len(list_of(simulators)) >= count, 30, lambda: f"{count} requests: {list_of(simulators)}")
    assert len(list_of(simulators)) == count
    return list_of(simulators)


def message(request):
    return json.loads(request["body"])["message"]


def message_tokens(requests):
    return {message(each)["token"] for each in requests}


def header(request, name):
    return dict(request["headers"]).get(name)


def token_of(request):
    return request["path"].rsplit("/", 1)[1]


# What reaches the devices


def test_what_is_sent_to_iphones(client, simulators):
    iphone(client)
    before = int(time.time())
    sent(client, {"deviceType": "ios"}, {
        "alert": "hello", "messageFrom": "Ray", "category": "c", "contentAvailable": True, "urlArgs": ["a", "b"], "collapseKey": "ck",
        "expirationInterval": 60, "myData": {"x": 1}})
    (request,) = arrived(at_apple, simulators, 1)
    assert json.loads(request["body"]) == {
        "messageFrom": "Ray", "myData": {"x": 1},
        "aps": {"alert": {"body": "hello", "title": "Ray"}, "category": "c", "content-available": 1, "url-args": ["a", "b"]}}
    assert token_of(request) == apple(1)
    assert [header(request, name) for name in ("apns-push-type", "apns-collapse-id")] == ["alert", "ck"]
    assert before + 60 <= int(header(request, "apns-expiration")) <= int(time.time()) + 61


def test_a_push_that_shows_nothing_is_a_background_push(client, simulators):
    iphone(client)
    sent(client, {"deviceType": "ios"}, {"contentAvailable": True, "message": "m"})
    (request,) = arrived(at_apple, simulators, 1)
    assert json.loads(request["body"]) == {"aps": {"content-available": 1}, "message": "m"}
    assert [header(request, name) for name in ("apns-push-type", "apns-priority")] == ["background", "5"]


def test_what_is_sent_to_androids(client, simulators):
    android(client)
    sent(client, {"deviceType": "android"}, {
        "alert": "hi", "messageFrom": "Ray", "icon": "ic", "sound": "s", "tag": "t", "color": "#ffffff", "click_action": "CA", "badge": 2,
        "x": {"y": 1}, "nothing": None, "expirationInterval": 3600, "collapseKey": "c"})
    (request,) = arrived(at_google, simulators, 1)
    assert message(request) == {
        "token": google("one"), "notification": {"title": "Ray", "body": "hi"},
        "data": {"alert": "hi", "badge": "2", "messageFrom": "Ray", "icon": "ic", "tag": "t", "color": "#ffffff", "click_action": "CA",
                 "x": '{"y":1}'},
        "android": {"ttl": "3600s", "collapse_key": "c", "notification": {
            "icon": "ic", "sound": "s", "tag": "t", "color": "#ffffff", "click_action": "CA", "notification_count": 2}}}


def test_an_empty_body_is_an_empty_notification(client, simulators):
    android(client)
    iphone(client)
    sent(client, {"appId": APP}, {})
    assert message(arrived(at_google, simulators, 1)[0]).keys() <= {"token", "android"}
    assert header(arrived(at_apple, simulators, 1)[0], "apns-push-type") == "background"


def test_a_body_may_be_a_form(client, simulators):
    android(client)
    reply = client.ask("POST", "/api/push", "alert=hi&badge=3", params={"deviceQuery[userId]": "android"},
                       headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert (reply.status_code, reply.text) == (200, "{}")
    assert message(arrived(at_google, simulators, 1)[0])["data"] == {"alert": "hi", "badge": "3"}


def test_a_browser_gets_it_too(client, simulators):
    subscription = open(simulators.file("webpush_subscription")).read()
    client.install(appId=APP, deviceType="web", deviceToken=subscription, userId="browser")
    sent(client, {"userId": "browser"}, {"alert": "hi", "collapseKey": "k", "expirationInterval": 60})
    until(lambda: simulators.received("webpush"), 30, lambda: "nothing came")
    (request,) = simulators.received("webpush")
    assert request["status"] == 201 and 50 <= int(header(request, "ttl")) <= 60


# Whom it is for


def test_a_user_has_two_devices_and_a_friend(client, simulators):
    for name in ("one", "two"):
        android(client, name, userId="myself")
    android(client, "friend", userId="friend")
    sent(client, {"userId": "myself"})
    assert message_tokens(arrived(at_google, simulators, 2)) == {google("one"), google("two")}


def test_nobody_in_the_query_is_fine(client, simulators):
    android(client)
    sent(client, {"userId": "nobody"})
    sent(client, {"userId": "android"})
    arrived(at_google, simulators, 1)


@pytest.mark.parametrize("query", [None, "", "null", "{}"])
def test_no_query_is_everyone(client, simulators, query):
    android(client)
    iphone(client)
    sent(client, query)
    arrived(at_google, simulators, 1)
    arrived(at_apple, simulators, 1)


def test_a_query_in_the_body_is_data(client, simulators):
    android(client)
    sent(client, None, {"alert": "hi", "deviceQuery": {"userId": "nobody"}})
    assert message(arrived(at_google, simulators, 1)[0])["data"]["deviceQuery"] == '{"userId":"nobody"}'


def test_own_properties_and_subscriptions_are_queried(client, simulators):
    android(client, "one", meta={"plan": "pro"}, subscriptions=["news", "all"])
    android(client, "two", meta={"plan": "free"})
    sent(client, {"meta.plan": "pro"})
    sent(client, {"and": [{"subscriptions": "news"}, {"deviceType": {"inq": ["ios", "android"]}}]}, path="/api/Push")
    assert message_tokens(arrived(at_google, simulators, 2)) == {google("one")}


def test_each_application_sends_with_its_own_settings(client, simulators):
    application(client, simulators, "another")
    android(client)
    android(client, "other", appId="another")
    sent(client, {"deviceType": "android"})
    assert message_tokens(arrived(at_google, simulators, 2)) == {google("one"), google("other")}
    client.ask("DELETE", "/api/applications/another")


def test_a_token_written_with_blanks(client, simulators):
    written = "<" + " ".join(["75624450", "3c9f95b4"] * 4) + ">"
    iphone(client, deviceToken=written)
    sent(client, {"userId": "myself"})
    assert token_of(arrived(at_apple, simulators, 1)[0]) == "756244503c9f95b4" * 4
    assert client.tokens({"userId": "myself"}) == [written]


def test_a_dead_token_takes_its_installation_along_and_no_other(client, simulators):
    android(client, "dead")
    android(client, "alive")
    simulators.set_faults({"token": google("dead"), "dead": True})
    sent(client, {"userId": "android"})
    until(lambda: client.tokens({"userId": "android"}) == [google("alive")], 30, lambda: client.tokens())


def test_a_provider_in_trouble_takes_nothing_along(client, simulators):
    android(client)
    simulators.set_faults({"provider": "fcm", "status": 503, "headers": {"Retry-After": "1"}, "times": 1})
    sent(client, {"userId": "android"})
    until(lambda: [each["status"] for each in at_google(simulators)] == [503, 200], 30, lambda: at_google(simulators))
    assert client.tokens() == [google("one")]


def test_a_repeat_with_the_same_key_sends_nothing(client, simulators):
    android(client)
    key = {"headers": {"Idempotency-Key": "k1"}}
    sent(client, {"userId": "android"}, **key)
    sent(client, {"userId": "android"}, **key)
    assert send(client, {"userId": "android"}, {"alert": "other"}, **key).status_code == 422
    sent(client, {"userId": "android"}, {"alert": "last"})
    assert [message(each)["data"]["alert"] for each in arrived(at_google, simulators, 2)] == ["hello", "last"]


def test_a_given_time_is_kept(client, simulators, server):
    android(client)
    tomorrow = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() + 86_400))
    sent(client, {"userId": "android"}, {"alert": "later", "scheduledTime": tomorrow})
    sent(client, {"userId": "android"}, {"alert": "past", "scheduledTime": "2020-01-01T00:00:00.000Z"})
    assert message(arrived(at_google, simulators, 1)[0])["data"]["alert"] == "past"
    key = json.loads(server.api.http.post(f"{server.url}/v1/keys", json={"name": "r", "scope": "read", "app": APP}).text)["key"]
    pushes = requests.get(f"{server.url}/v1/pushes", headers={"Authorization": f"Bearer {key}"}, timeout=30).json()["pushes"]
    assert [each["state"] for each in pushes].count("scheduled") == 1


# By id


def test_notify_reaches_one_of_two_with_the_same_token(client, simulators):
    mine = iphone(client, 1)
    iphone(client, 2)
    reply = client.ask("POST", f"/notify/{mine['id']}", {"msg": "ignored"})
    assert (reply.status_code, reply.text, reply.headers["Content-Type"]) == (200, "OK", "text/html; charset=utf-8")
    client.ask("POST", f"/notify/{mine['id']}")
    first, second = sorted((json.loads(each["body"]) for each in arrived(at_apple, simulators, 2)), key=lambda each: each["aps"]["badge"])
    assert first == {"aps": {"alert": {"body": "📧 ✉ Hello", "title": "Ray"}, "badge": first["aps"]["badge"], "sound": "ping.aiff"},
                     "messageFrom": "Ray"}
    assert second["aps"]["badge"] == first["aps"]["badge"] + 1
    assert {token_of(each) for each in at_apple(simulators)} == {apple(1)}


def test_notify_of_an_unknown_installation(client):
    reply = client.ask("POST", "/notify/777")
    assert reply.status_code == 500
    assert reply.json()["error"] == {
        "statusCode": 500, "message": "Installation id 777 not found", "details": {"installationId": "777"}}
    assert client.ask("GET", "/notify/777").status_code == 404


# What is wrong with a request


@pytest.mark.parametrize("query, status, text", [
    ("abc", 400, "Value is not an object."), ("[1]", 400, "is not an object"), ("{bad}", 400, "Cannot parse JSON-encoded object value."),
    ('{"badge":{"$gt":1}}', 400, "$gt"),
])
def test_bad_queries(client, query, status, text):
    reply = send(client, query, {"alert": "hi"})
    assert reply.status_code == status and text in reply.text


@pytest.mark.parametrize("body", ["[]", "3", '"hello"', "{bad"])
def test_bad_bodies(client, body):
    assert send(client, {"userId": "x"}, body, headers={"Content-Type": "application/json"}).status_code == 400


def test_other_methods_of_push(client):
    reply = client.ask("GET", "/api/push")
    assert reply.status_code == 404
    assert reply.json()["error"]["message"] == 'Shared class "push" has no method handling GET /'
    assert client.ask("HEAD", "/api/push").status_code == 404
    assert client.ask("POST", "/api/push/other").status_code == 404


@pytest.mark.parametrize("installation, message, details", [
    ({"appId": "nowhere"}, 'Cannot configure push notifications - unknown application id "nowhere"', {"appId": "nowhere"}),
    ({"deviceType": "fridge"}, "There is no provider registered for deviceType fridge", {"deviceType": "fridge"}),
    ({"appId": "poor"}, "No push settings configured", {"application": {"id": "poor"}}),
])
def test_what_stands_in_the_way(client, simulators, installation, message, details):
    client.ask("POST", "/api/applications", {"id": "poor", "name": "poor", "pushSettings": {"gcm": {"serverApiKey": "AIza"}}})
    bad = android(client, "bad", **installation)
    reply = send(client, {"userId": "android"}, {"alert": "hi"})
    assert reply.status_code == 500, reply.text
    assert message in reply.json()["error"]["message"] and reply.json()["error"]["details"] == details
    assert client.ask("POST", f"/notify/{bad['id']}").json()["error"]["message"] == reply.json()["error"]["message"]
    android(client)
    sent(client, {"userId": "android"})
    assert message_tokens(arrived(at_google, simulators, 1)) == {google("one")}


# Who may


def test_everyone_takes_a_key_that_may(client, server, simulators):
    assert send(LoopBack(server, None), {"userId": "android"}, {"alert": "hi"}).status_code == 401
    keys = {scope: server.api.http.post(f"{server.url}/v1/keys", json={"name": scope, "scope": scope, "app": APP}).json()["key"] for scope in ("send", "register")}
    android(client)
    application(client, simulators, "another")
    android(client, "other", appId="another")
    sender = LoopBack(server, keys["send"])
    assert send(LoopBack(server, keys["register"]), {"userId": "android"}, {"alert": "hi"}).status_code == 403
    assert send(sender, None, {"alert": "hi"}).status_code == 403
    sent(sender, {"userId": "android"})
    assert message_tokens(arrived(at_google, simulators, 1)) == {google("one")}
    client.ask("DELETE", "/api/applications/another")


def test_strict_replies_and_nobody_to_everyone(make_server, simulators):
    server = make_server(
        HERALD_TRUST_ROOTS=simulators.ca, HERALD_LOOPBACK_KEY=KEY, HERALD_LOOPBACK_STRICT_REPLIES="true", HERALD_LOOPBACK_ALLOW_EVERYONE="false")
    client = LoopBack(server)
    application(client, simulators)
    android(client)
    android(client, "bad", deviceType="fridge")
    assert send(client, None, {"alert": "hi"}).status_code == 400
    reply = send(client, {"userId": "android"}, {"alert": "hi"})
    assert reply.status_code == 500 and "deviceType fridge" in reply.text
    arrived(at_google, simulators, 1)


# Settings


def test_changed_settings_are_in_force_at_once(client, simulators):
    settings = push_settings(simulators)
    assert application(client, simulators, "changing", gcm={"serverApiKey": "AIza"})["pushSettings"]["gcm"] == {}
    android(client, appId="changing")
    assert send(client, {"appId": "changing"}, {"alert": "hi"}).status_code == 500
    reply = client.ask("PATCH", "/api/applications/changing", {"pushSettings": settings})
    assert reply.status_code == 200, reply.text
    assert "PRIVATE KEY" not in reply.text and "legacy" not in reply.text
    simulators.forget()
    sent(client, {"appId": "changing"})
    arrived(at_google, simulators, 1)
    # What comes back as it was shown stays what it is.
    assert client.ask("PUT", "/api/applications/changing", client.get("/api/applications/changing").json()).status_code == 200
    sent(client, {"appId": "changing"})
    arrived(at_google, simulators, 2)
    assert client.ask("PATCH", "/api/applications/changing", {"pushSettings": None}).status_code == 200
    assert send(client, {"appId": "changing"}, {"alert": "hi"}).status_code == 500
    client.ask("DELETE", "/api/applications/changing")


def test_a_certificate_of_1x(client, simulators):
    given = simulators.credentials("apns-certificate")
    apns = {"production": True, "certData": given["certificate"], "keyData": given["private_key"], "endpoint": given["endpoint"],
            "pushOptions": {"gateway": "gateway.push.apple.com", "port": 2195}, "feedbackOptions": {"interval": 300}}
    application(client, simulators, "old", apns=apns)
    iphone(client, appId="old")
    sent(client, {"appId": "old"})
    arrived(at_apple, simulators, 1)
    client.ask("DELETE", "/api/applications/old")


@pytest.mark.parametrize("production, port", [(True, "apns"), (False, "apns-sandbox"), (None, "apns-sandbox")])
def test_production_is_said_by_the_application(client, simulators, production, port):
    apns = {name: value for name, value in {**push_settings(simulators)["apns"], "production": production}.items() if value is not None}
    application(client, simulators, "there", apns=apns)
    iphone(client, appId="there")
    sent(client, {"appId": "there"})
    arrived(at_apple, simulators, 1)
    assert len(simulators.received(port)) == 1
    client.ask("DELETE", "/api/applications/there")


@pytest.mark.parametrize("change, property, reason", [
    ({"token": None, "certData": "-----BEGIN CERTIFICATE-----\nx", "keyData": "-----BEGIN PRIVATE KEY-----\nx"}, "pushSettings.apns.certData", ""),
    ({"token": None}, "pushSettings.apns.token.keyId", "can't be blank"),
    ({"bundle": ""}, "pushSettings.apns.bundle", "can't be blank"),
    ({"token": {"keyId": "K", "teamId": "T"}}, "pushSettings.apns.token.key", "can't be blank"),
    ({"token": {"key": "/etc/AuthKey_K.p8", "keyId": "SIMKEY0001", "teamId": "SIMTEAM001"}}, "pushSettings.apns.token.key", "a path isn't read"),
    ({"token": None, "certData": "-----BEGIN CERTIFICATE-----"}, "pushSettings.apns.keyData", "can't be blank"),
])
def test_settings_that_cannot_be(client, simulators, change, property, reason):
    settings = push_settings(simulators)
    settings["apns"].update(change)
    reply = client.ask("POST", "/api/applications", {"id": "wrong", "name": "wrong", "pushSettings": settings})
    assert reply.status_code == 422, reply.text
    assert any(reason in each for each in reply.json()["error"]["details"]["messages"][property]), reply.text
    assert client.ask("GET", "/api/applications/wrong").status_code == 404


def test_a_broken_service_account_is_named(client, simulators):
    reply = client.ask("PATCH", f"/api/applications/{APP}", {"pushSettings": {**push_settings(simulators), "gcm": {"serviceAccount": {"type": "x"}}}})
    assert reply.status_code == 422
    (property,) = reply.json()["error"]["details"]["messages"]
    assert property.startswith("pushSettings.gcm.serviceAccount")
    simulators.forget()
    android(client)
    sent(client, {"userId": "android"})
    arrived(at_google, simulators, 1)
