"""LoopBack's stored models, as its SDKs, its example's pages and its filter language use them."""

import json
import re
import subprocess

import pytest
import requests

from herald_server import BINARY
from loopback import KEY, LoopBack

DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@pytest.fixture(scope="module")
def server(module_server):
    return module_server(HERALD_LOOPBACK_KEY=KEY)


@pytest.fixture
def loopback(server):
    """Without installations."""
    client = LoopBack(server)
    for each in client.found():
        assert client.ask("DELETE", f"/api/installations/{each['id']}").json() == {"count": 1}
    return client


def app_key(server, app, scope):
    """A new one, of an App that may be new, too."""
    assert server.api.http.put(f"{server.url}/v1/apps/{app}").status_code in (200, 201)
    reply = server.api.http.post(f"{server.url}/v1/keys", json={"name": "test", "app": app, "scope": scope})
    assert reply.status_code == 201, reply.text
    return reply.json()["key"]


def devices(server, app):
    """Those of an App, by the core's own API."""
    key = app_key(server, app, "read")
    return {each["id"]: each for each in requests.get(
        f"{server.url}/v1/devices", headers={"Authorization": f"Bearer {key}"}, timeout=30).json()["devices"]}


# What the SDKs send


def android(**properties):
    return {"id": None, "appId": "loopback-component-push-app", "appVersion": "1.0", "userId": "android", "deviceType": "android",
            "deviceToken": "APA91" + "x" * 100, "subscriptions": ["all"], "timeZone": "Europe/Paris", "status": "Active", **properties}


def test_the_android_sdk_saves_its_installation(loopback):
    # Its root ends in a slash.
    headers = {"Accept": "application/json", "Content-Type": "application/json; charset=utf-8"}
    reply = loopback.ask("POST", "/api//installations", json.dumps(android()), headers=headers)
    assert reply.status_code == 200, reply.text
    id = reply.json()["id"]
    assert isinstance(id, str) and id
    changed = loopback.ask("PUT", f"/api//installations/{id}", json.dumps(android(id=id, userId="another")), headers=headers)
    assert changed.status_code == 200 and changed.json()["userId"] == "another"
    assert loopback.found()[0]["subscriptions"] == ["all"]


def test_the_android_sdk_registers_anew_where_its_id_is_unknown(loopback):
    gone = loopback.ask("PUT", "/api/installations/777", android(id="777"))
    assert gone.status_code == 404
    assert gone.json()["error"]["message"] == "Could not replace. Object with id 777 does not exist!"
    assert loopback.ask("POST", "/api/installations", android()).status_code == 200


def test_the_ios_sdk_registers_at_each_start_and_stays_one(loopback):
    body = {"appId": "an-app", "appVersion": "1.0.0", "userId": "me", "deviceType": "ios", "deviceToken": "ab" * 32, "status": "Active",
            "badge": 0, "subscriptions": [], "timeZone": "Europe/Vienna"}
    first = loopback.ask("POST", "/api/installations", body).json()
    again = loopback.ask("POST", "/api/installations?", {**body, "badge": 3})
    assert again.status_code == 200 and again.json()["id"] == first["id"] and again.json()["badge"] == 3
    assert loopback.ask("PUT", f"/api/installations/{first['id']}?", body).status_code == 200
    assert [each["id"] for each in loopback.found()] == [first["id"]]
    assert DATE.fullmatch(first["created"]) and DATE.fullmatch(first["modified"])


def test_many_at_once_are_answered_in_their_order(loopback):
    reply = loopback.ask("POST", "/api/installations", [{"appId": "a", "deviceType": "ios", "deviceToken": f"t{n}"} for n in range(20)])
    assert [each["deviceToken"] for each in reply.json()] == [f"t{n}" for n in range(20)]
    assert loopback.tokens() == [f"t{n}" for n in range(20)]


def test_dates_that_are_given_stay(loopback):
    made = loopback.install(deviceToken="t", created="2020-01-02T03:04:05Z", modified="2020-01-02T03:04:05Z")
    assert made["created"] == "2020-01-02T03:04:05.000Z"
    assert made["modified"] > "2026"


# The example's pages


def test_the_examples_pages(loopback, server):
    one = loopback.install(deviceToken="one", status="Active", custom={"a": [1]})
    (shown,) = loopback.ask("GET", "/api/installations").json()
    toggled = loopback.ask("PUT", f"/api/installations/{one['id']}", {**shown, "status": "Inactive"})
    assert toggled.status_code == 200
    assert toggled.json() == {**shown, "status": "Inactive", "modified": toggled.json()["modified"]}
    assert loopback.ask("DELETE", f"/api/installations/{one['id']}").json() == {"count": 1}
    made = loopback.ask("POST", "/api/applications", {"name": "n", "description": "d"}).json()
    assert re.fullmatch("[0-9a-f]{32}", made["id"]) and re.fullmatch("[0-9a-f]{40}", made["restApiKey"])
    assert made["id"] in [each["id"] for each in loopback.ask("GET", "/api/applications").json()]
    assert loopback.ask("DELETE", f"/api/applications/{made['id']}").json() == {"count": 1}


# Applications


def test_an_applications_keys_are_shown_when_they_are_made_and_never_again(loopback, server):
    keys = {"clientKey", "javaScriptKey", "restApiKey", "windowsKey", "masterKey"}
    made = loopback.ask("POST", "/api/applications", {"id": "keys-app", "name": "n", "restApiKey": "mine"}).json()
    assert all(re.fullmatch("[0-9a-f]{40}", made[key]) for key in keys)
    assert made["status"] == "sandbox" and made["authenticationEnabled"] is True and made["authenticationSchemes"] == []
    for path in ("/api/applications/keys-app", "/api/applications/findOne?filter[where][id]=keys-app"):
        assert not keys & set(loopback.ask("GET", path).json())
    assert not keys & set(loopback.ask("PATCH", "/api/applications/keys-app", {"name": "other"}).json())
    replaced = loopback.ask("PUT", "/api/applications/keys-app", {"name": "n"}).json()
    assert replaced["masterKey"] != made["masterKey"]
    for key in keys:
        assert made[key] not in (server.data / "herald.sqlite").read_bytes().decode("latin1") if (server.data / "herald.sqlite").exists() else True


def test_an_application_is_an_app_once(loopback, server):
    assert loopback.ask("POST", "/api/applications", {"id": "shop", "name": "Shop"}).status_code == 200
    assert "shop" in [each["app"] for each in server.api.http.get(f"{server.url}/v1/apps").json()["apps"]]
    again = loopback.ask("POST", "/api/applications", {"id": "shop", "name": "Shop"})
    assert again.status_code == 409 and again.json()["error"]["message"] == "Duplicate entry for application.id"
    bad = loopback.ask("POST", "/api/applications", {"id": "no/slash", "name": "Shop"})
    assert bad.status_code == 422 and "id" in bad.json()["error"]["details"]["codes"]
    unnamed = loopback.ask("POST", "/api/applications", {"id": "nameless"})
    assert unnamed.status_code == 422 and unnamed.json()["error"]["details"]["context"] == "application"
    assert loopback.ask("PUT", "/api/applications", {"id": "made-by-put", "name": "x"}).json()["id"] == "made-by-put"


def test_installations_become_devices_when_their_application_comes(loopback, server):
    token = "0123ABCD " * 8
    early = loopback.install(appId="late", deviceType="ios", deviceToken=f"<{token}>", userId="ann", subscriptions=["news"], appVersion="2.1",
                             timeZone="Europe/Vienna")
    other = loopback.install(appId="late", deviceType="blackberry", deviceToken="whatever")
    assert loopback.ask("POST", "/api/applications", {"id": "late", "name": "Late"}).status_code == 200
    device = devices(server, "late")
    assert set(device) == {early["id"]}
    device = device[early["id"]]
    assert (device["user"], device["topics"], device["app_version"], device["time_zone"], device["provider"]) == (
        "ann", ["news"], "2.1", "Europe/Vienna", "apns")
    # What is written back is as it was sent.
    assert loopback.ask("GET", f"/api/installations/{early['id']}").json() == early
    later = loopback.install(appId="late", deviceType="android", deviceToken="fcm-token")
    assert set(devices(server, "late")) == {early["id"], later["id"]}
    loopback.ask("PATCH", f"/api/installations/{later['id']}", {"userId": "bob"})
    assert devices(server, "late")[later["id"]]["user"] == "bob"
    loopback.ask("DELETE", f"/api/installations/{later['id']}")
    loopback.ask("PATCH", f"/api/installations/{early['id']}", {"deviceType": "blackberry"})
    assert devices(server, "late") == {}
    assert {each["id"] for each in loopback.found()} == {early["id"], other["id"]}


def test_a_web_installations_token_is_its_subscription(loopback, server):
    loopback.ask("POST", "/api/applications", {"id": "web-app", "name": "Web"})
    subscription = {"endpoint": "https://updates.push.services.mozilla.com/wpush/v2/x", "keys": {
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4", "auth": "BTBZMqHH6r4Tts7J_aSIgg"}}
    made = loopback.install(appId="web-app", deviceType="web", deviceToken=json.dumps(subscription))
    assert devices(server, "web-app")[made["id"]]["provider"] == "webpush"


def test_a_token_is_one_installations(loopback, server):
    loopback.ask("POST", "/api/applications", {"id": "one-token", "name": "n"})
    first = loopback.install(appId="one-token", deviceType="android", deviceToken="first")
    second = loopback.install(appId="one-token", deviceType="android", deviceToken="second")
    loopback.ask("PATCH", f"/api/installations/{second['id']}", {"deviceToken": "first"})
    assert loopback.ask("GET", f"/api/installations/{first['id']}").status_code == 404
    assert set(devices(server, "one-token")) == {second["id"]}


def test_tokens_are_of_the_world_that_their_application_names(make_server, simulators):
    server = make_server(HERALD_LOOPBACK_KEY=KEY, HERALD_TRUST_ROOTS=simulators.ca)
    client, apns = LoopBack(server), simulators.credentials("apns")
    token = {"keyId": apns["key_id"], "teamId": apns["team_id"], "key": apns["private_key"]}
    settings = {"bundle": apns["bundle_id"], "token": token, "endpoint": apns["endpoint"], "sandboxEndpoint": apns["sandbox_endpoint"]}

    def environment(id):
        return devices(server, "worlds")[id]["environment"]

    client.ask("POST", "/api/applications", {"id": "worlds", "name": "n"})
    one = client.install(appId="worlds", deviceType="ios", deviceToken="ab" * 32)["id"]
    assert environment(one) == "production"
    sandbox = client.ask("PATCH", "/api/applications/worlds", {"pushSettings": {"apns": settings}})
    assert sandbox.status_code == 200, sandbox.text
    assert apns["private_key"] not in sandbox.text and sandbox.json()["pushSettings"]["apns"]["token"] == {
        "keyId": apns["key_id"], "teamId": apns["team_id"]}
    assert environment(one) == "sandbox"
    client.ask("PATCH", "/api/applications/worlds", {"pushSettings": {"apns": {**settings, "production": True}}})
    assert environment(one) == environment(client.install(appId="worlds", deviceType="ios", deviceToken="cd" * 32)["id"]) == "production"
    broken = client.ask("PATCH", "/api/applications/worlds", {"pushSettings": {"apns": {"token": {}}}, "name": "other"})
    assert broken.status_code == 422, broken.text
    assert client.ask("GET", "/api/applications/worlds").json()["name"] == "n", "nothing of it is kept"


# The filter language


@pytest.fixture(scope="module")
def filled(server):
    client = LoopBack(server)
    for each in client.found():
        client.ask("DELETE", f"/api/installations/{each['id']}")
    client.install(deviceToken="T1", badge=1, userId="joe", subscriptions=["n1", "n2"], vip=True, meta={"k": 1, "deep": {"er": "x"}}, num="7")
    client.install(deviceToken="t2", badge=3, userId="ann", subscriptions=["n1"], deviceType="ios", vip=False, num=7)
    client.install(deviceToken="x_t3%", badge=5, subscriptions=[], status=None, when="2026-01-01T00:00:00.000Z")
    client.install(deviceToken="t4", userId="joe", created="2020-05-05T00:00:00Z", meta={"k": 2})
    return client


FOUND = {
    "{}": "T1 t2 x_t3% t4",
    '{"userId":"joe"}': "T1 t4",
    '{"userId":null}': "x_t3%",
    '{"status":null}': "T1 t2 x_t3% t4",
    '{"userId":{"neq":"joe"}}': "t2 x_t3%",
    '{"userId":{"neq":null}}': "T1 t2 t4",
    '{"userId":{"eq":"ann"}}': "t2",
    '{"badge":"3"}': "t2",
    '{"badge":{"gt":1}}': "t2 x_t3%",
    '{"badge":{"gte":"3"}}': "t2 x_t3%",
    '{"badge":{"lt":3}}': "T1",
    '{"badge":{"lte":3}}': "T1 t2",
    '{"badge":{"gt":1,"lt":5}}': "t2",
    '{"badge":{"between":[2,5]}}': "t2 x_t3%",
    '{"badge":{"between":["1","3"]}}': "T1 t2",
    '{"badge":"zzz"}': "",
    '{"badge":{"inq":[1,"5"]}}': "T1 x_t3%",
    '{"badge":{"nin":[1,5]}}': "t2 t4",
    '{"userId":{"inq":["ann",null]}}': "t2 x_t3%",
    '{"userId":{"nin":["ann",null]}}': "T1 t4",
    '{"subscriptions":"n1"}': "T1 t2",
    '{"subscriptions":{"neq":"n1"}}': "x_t3% t4",
    '{"subscriptions":{"inq":["n2","other"]}}': "T1",
    '{"subscriptions":["n1","n2"]}': "T1",
    '{"subscriptions":{"like":"n2"}}': "T1",
    '{"vip":true}': "T1",
    '{"vip":"true"}': "T1",
    '{"vip":{"neq":true}}': "t2 x_t3% t4",
    '{"num":7}': "T1 t2",
    '{"num":"7"}': "T1 t2",
    '{"num":{"gt":6}}': "T1 t2",
    '{"meta.k":1}': "T1",
    '{"meta.k":{"gt":0}}': "T1 t4",
    '{"meta.deep.er":"x"}': "T1",
    '{"meta":null}': "t2 x_t3%",
    '{"deviceToken":{"like":"t"}}': "t2 x_t3% t4",
    '{"deviceToken":{"like":"T"}}': "T1",
    '{"deviceToken":{"like":"t","options":"i"}}': "T1 t2 x_t3% t4",
    '{"deviceToken":{"nlike":"t"}}': "T1",
    '{"deviceToken":{"ilike":"t%1"}}': "T1",
    '{"deviceToken":{"nilike":"T_"}}': "",
    '{"deviceToken":{"like":"x_t%"}}': "x_t3%",
    '{"deviceToken":{"regexp":"^t[0-9]"}}': "t2 t4",
    '{"deviceToken":{"regexp":"/^T/i"}}': "T1 t2 t4",
    '{"or":[{"badge":1},{"userId":"ann"}]}': "T1 t2",
    '{"and":[{"badge":{"gt":0}},{"or":[{"userId":"joe"},{"userId":"ann"}]}]}': "T1 t2",
    '{"nor":[{"badge":1},{"userId":"ann"}]}': "x_t3% t4",
    '{"or":[]}': "",
    '{"created":{"lt":"2021-01-01"}}': "t4",
    '{"created":{"gt":"2021-01-01T00:00:00+01:00"}}': "T1 t2 x_t3%",
    '{"when":"2026-01-01T00:00:00.000Z"}': "x_t3%",
    '{"badge":{"unheard":1}}': "",
    '{"badge":{}}': "",
    '{"$gt":3}': "",
    '{"near":{"near":"1,2"}}': "",
    '{"appId":"app\' OR 1=1 --"}': "",
}


@pytest.mark.parametrize("where", FOUND)
def test_what_a_where_finds(filled, where):
    assert " ".join(filled.tokens(json.loads(where))) == FOUND[where]
    assert filled.get("/api/installations/count", where=json.loads(where)).json() == {"count": len(FOUND[where].split())}


REFUSED = {
    '{"where":"abc"}': 'The where clause "abc" is not an object',
    '{"where":{"badge":{"between":[1]}}}': 'The badge property has invalid clause {"between":[1]}: Expected precisely 2 values, received 1',
    '{"where":{"badge":{"inq":3}}}': 'The badge property has invalid clause {"inq":3}: ',
    '{"where":{"or":{"a":1}}}': 'The or operator has invalid clauses {"a":1}: ',
    '{"where":{"badge":{"$gt":1}}}': 'Operators "$gt" are not allowed in query',
    '{"where":{"created":{"gt":"never"}}}': 'Invalid date: "never"',
    '{"where":{"deviceToken":{"regexp":"("}}}': 'The deviceToken property has invalid clause {"regexp":"("}: Expected a regular expression',
    '{"limit":-1}': "The limit parameter -1 is not valid",
    '{"limit":"x"}': 'The limit parameter "x" is not valid',
    '{"skip":1.5}': "The offset/skip parameter 1.5 is not valid",
    '{"order":"a b c"}': 'The order "a b c" is not valid',
    '{"include":"owner"}': 'Relation "owner" is not defined for installation model',
    "{no json}": "Cannot parse JSON-encoded object value.",
    "text": "Value is not an object.",
}


@pytest.mark.parametrize("filter", REFUSED)
def test_what_a_filter_may_not_be(filled, filter):
    reply = filled.get("/api/installations", filter=filter)
    assert reply.status_code == 400, reply.text
    assert reply.json()["error"]["message"].startswith(REFUSED[filter])


def test_an_expression_that_the_database_cannot_read_is_the_clients_mistake(filled):
    reply = filled.get("/api/installations", filter={"where": {"deviceToken": {"regexp": "(?<name>t)\\k<other>"}}})
    assert reply.status_code in (400, 422), reply.text


def test_a_forbidden_operator_is_named(filled):
    error = filled.get("/api/installations/count", where={"badge": {"$gt": 1}}).json()["error"]
    assert error["code"] == "OPERATOR_NOT_ALLOWED_IN_QUERY"
    assert error["details"] == {"operators": ["$gt"], "where": {"badge": {"$gt": 1}}}


def test_order_limit_skip_and_fields(filled):
    assert filled.tokens(order="badge DESC") == ["x_t3%", "t2", "T1", "t4"]
    assert filled.tokens(order=["userId ASC", "badge DESC"]) == ["x_t3%", "t2", "T1", "t4"]
    assert filled.tokens(order="id DESC", limit=2) == ["t4", "x_t3%"]
    assert filled.tokens(limit="2", skip="1") == ["t2", "x_t3%"] == filled.tokens(limit=2, offset=1)
    assert len(filled.tokens(limit=0)) == 4
    assert filled.found({"badge": 1}, fields=["badge", "vip"]) == [{"badge": 1, "vip": True}]
    assert filled.found({"badge": 1}, fields={"badge": True}) == [{"badge": 1}]
    (rest,) = filled.found({"badge": 1}, fields={"badge": False, "id": False})
    assert "badge" not in rest and "id" not in rest and "vip" in rest


def test_filters_in_brackets(filled):
    def tokens(query):
        reply = filled.ask("GET", f"/api/installations?{query}")
        assert reply.status_code == 200, reply.text
        return [each["deviceToken"] for each in reply.json()]

    assert tokens("filter[where][userId]=joe&filter[limit]=1") == ["T1"]
    assert tokens("filter[where][badge][inq][]=1&filter[where][badge][inq][]=5") == ["T1", "x_t3%"]
    assert tokens("filter[where][badge][between][0]=1&filter[where][badge][between][1]=3") == ["T1", "t2"]
    many = "&".join(f"filter[where][badge][inq][{n}]={n}" for n in range(30))
    assert tokens(many) == ["T1", "t2", "x_t3%"]
    assert tokens("filter[where][vip]=true") == ["T1"]
    assert tokens("filter[where][or][0][badge]=1&filter[where][or][1][badge]=3") == ["T1", "t2"]
    assert tokens("where[badge]=1") == ["T1", "t2", "x_t3%", "t4"], "only filter counts"
    assert tokens("filter=") == tokens("filter=null") == tokens("")


# Changes


def test_update_where_and_upsert_where(loopback):
    for token in ("a", "b", "c"):
        loopback.install(deviceToken=token, userId="joe" if token != "c" else "ann")
    update = loopback.ask("POST", '/api/installations/update?where={"userId":"joe"}', {"status": "Gone", "extra": 1})
    assert update.json() == {"count": 2}
    assert loopback.tokens({"status": "Gone", "extra": 1}) == ["a", "b"]
    blank = loopback.ask("POST", "/api/installations/update?where[userId]=joe", {"appId": ""})
    assert blank.status_code == 422 and len(loopback.tokens({"appId": "app"})) == 3, "all or none"
    body = {"appId": "app", "deviceType": "other", "deviceToken": "c", "badge": 4}
    assert loopback.ask("POST", "/api/installations/upsertWithWhere?where[userId]=ann", body).json()["badge"] == 4
    several = loopback.ask("POST", "/api/installations/upsertWithWhere?where[userId]=joe", body)
    assert several.status_code == 400 and several.json()["error"]["message"].startswith("There are multiple instances found.")


def test_replacing_forgets_and_patching_keeps(loopback):
    made = loopback.install(deviceToken="t", badge=2, extra="x")
    patched = loopback.ask("PATCH", f"/api/installations/{made['id']}", {"badge": 3, "id": made["id"]}).json()
    assert (patched["badge"], patched["extra"], patched["created"]) == (3, "x", made["created"])
    replaced = loopback.ask("POST", f"/api/installations/{made['id']}/replace", {"appId": "a", "deviceType": "d", "deviceToken": "t"}).json()
    assert "badge" not in replaced and "extra" not in replaced and replaced["id"] == made["id"]
    assert loopback.tokens({"extra": "x"}) == []
    again = loopback.ask("POST", "/api/installations/replaceOrCreate", {"appId": "a", "deviceType": "d", "deviceToken": "u"}).json()
    assert again["id"] != made["id"]


# Requests that aren't right


def test_what_is_no_request_of_loopbacks(loopback):
    xml = loopback.ask("GET", "/api/installations", headers={"Accept": "application/xml"})
    assert (xml.status_code, xml.json()["error"]["message"]) == (406, "Not Acceptable")
    page = loopback.ask("GET", "/api/installations/7", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.status_code == 404 and page.headers["Content-Type"] == "text/html; charset=utf-8" and "&quot;7&quot;" in page.text
    assert loopback.ask("GET", "/api/installations", headers={"Accept": "text/html"}).json() == []
    stream = loopback.ask("GET", "/api/installations/change-stream")
    assert stream.status_code == 404 and "has no method handling GET /change-stream" in stream.text
    assert loopback.ask("GET", "/api/Installations").json() == []
    large = loopback.ask("POST", "/api/installations", {"appId": "a", "deviceType": "d", "deviceToken": "x" * 70_000})
    assert large.status_code == 413 and large.json()["error"]["statusCode"] == 413
    deep = loopback.ask("POST", "/api/installations", '{"a":' * 100 + "1" + "}" * 100, headers={"Content-Type": "application/json"})
    assert deep.status_code == 400
    nothing = loopback.ask("POST", "/api/installations", {"appId": "a", "deviceType": "d", "deviceToken": "nul\0", "more": "\ud800"})
    assert nothing.status_code == 200 and nothing.json()["deviceToken"] == "nul\ufffd"
    head = loopback.ask("HEAD", "/api/installations/nobody")
    assert head.status_code == 404 and head.text == ""


# Who may


def test_the_key_may_come_in_three_places(server):
    ask = lambda **more: requests.get(f"{server.url}/api/installations/count", timeout=30, **more).status_code
    assert ask(headers={"Authorization": KEY}) == 200
    assert ask(headers={"Authorization": f"Bearer {KEY}"}) == 200
    assert ask(headers={"X-Access-Token": KEY}) == 200
    assert ask(params={"access_token": KEY}) == 200
    assert ask() == 401
    assert ask(headers={"Authorization": KEY + "x"}) == 401


def test_without_a_key_nothing_is_told(server):
    for method, path in [("GET", ""), ("POST", ""), ("GET", "/1"), ("DELETE", "/1"), ("GET", "/byApp"), ("HEAD", "/1")]:
        reply = requests.request(method, f"{server.url}/api/installations{path}", timeout=30)
        assert reply.status_code == 401
        if method != "HEAD":
            assert reply.json() == {"error": {
                "statusCode": 401, "name": "Error", "message": "Authorization Required", "code": "AUTHORIZATION_REQUIRED"}}
        assert "loopback.key" in reply.headers["Herald-Problem"]


def test_a_register_key_is_for_its_apps_installations_alone(server, loopback):
    app = LoopBack(server, app_key(server, "mine", "register"))
    body = {"appId": "mine", "deviceType": "android", "deviceToken": "of-mine"}
    made = app.ask("POST", "/api/installations", body).json()
    for method, path, body_ in [("GET", "", None), ("GET", "/exists", None), ("PUT", "", body), ("PATCH", "", {"userId": "x"})]:
        assert app.ask(method, f"/api/installations/{made['id']}{path}", body_).status_code == 200
    others = loopback.install(deviceToken="of-others")
    refused = [
        ("GET", "/api/installations", None), ("GET", "/api/installations/count", None), ("GET", "/api/installations/findOne", None),
        ("GET", "/api/installations/byUser?userId=x", None), ("POST", "/api/installations", {**body, "appId": "app"}),
        ("GET", f"/api/installations/{others['id']}", None), ("DELETE", f"/api/installations/{others['id']}", None),
        ("PATCH", f"/api/installations/{made['id']}", {"appId": "app"}), ("PUT", f"/api/installations/{others['id']}", body),
        ("POST", "/api/installations/update?where[a]=1", {}), ("GET", "/api/applications", None), ("POST", "/api/applications", {"name": "n"}),
        ("POST", "/api/notifications", {}), ("GET", "/api/notifications/1", None),
    ]
    for method, path, body_ in refused:
        reply = app.ask(method, path, body_)
        assert (reply.status_code, reply.json()["error"]["code"]) == (403, "ACCESS_DENIED"), path
    assert app.ask("DELETE", f"/api/installations/{made['id']}").json() == {"count": 1}
    assert LoopBack(server, server.admin_key).ask("GET", "/api/installations/count").status_code == 200
    assert LoopBack(server, app_key(server, "mine", "admin")).ask("GET", "/api/installations/count").status_code == 403


@pytest.mark.one_database(reason="who may is settled before the database is asked")
def test_registering_may_be_open(make_server):
    server = make_server(
        HERALD_LOOPBACK_KEY=KEY, HERALD_LOOPBACK_OPEN_REGISTRATION="true", HERALD_LIMITS_REGISTER_BURST_REQUESTS="10",
        HERALD_LIMITS_REGISTER_REQUESTS_PER_SECOND="1")
    anybody = LoopBack(server, None)
    made = anybody.ask("POST", "/api/installations", android(), headers={"Authorization": "a-token-of-the-apps-own-user"}).json()
    assert anybody.ask("GET", f"/api/installations/{made['id']}").status_code == 200
    assert anybody.ask("GET", "/api/installations").status_code == 403
    assert anybody.ask("POST", "/api/push", {}).status_code in (403, 404)
    codes = [anybody.ask("GET", f"/api/installations/{made['id']}/exists").status_code for _ in range(12)]
    assert codes[-1] == 429
    assert LoopBack(server).ask("GET", "/api/installations/count").json() == {"count": 1}


# Beside the others


@pytest.mark.one_database(reason="paths are the same")
def test_beside_centrifugo_and_gorush(make_server, tmp_path):
    server = make_server(
        HERALD_LOOPBACK_KEY=KEY, HERALD_CENTRIFUGO_API_KEY="centrifugo-key", HERALD_GORUSH_KEY="gorush-key-of-tests", HERALD_GORUSH_PATH="/gorush")
    assert LoopBack(server).ask("GET", "/api/installations").json() == []
    info = requests.post(f"{server.url}/api/info", json={}, headers={"X-API-Key": "centrifugo-key"}, timeout=30)
    assert info.json()["result"]["nodes"]
    assert requests.post(f"{server.url}/gorush/api/push", json={}, timeout=30).status_code == 401
    unknown = LoopBack(make_server(HERALD_LOOPBACK_KEY=KEY)).ask("GET", "/api/installationsX")
    assert unknown.json()["error"]["message"] == "There is no method to handle GET /installationsX"


@pytest.mark.one_database(reason="it doesn't get as far as a database")
def test_two_who_want_one_path_are_refused_at_start(tmp_path):
    def problem(**settings):
        done = subprocess.run(
            [BINARY, "serve", "--data", str(tmp_path / "data")], env={"PATH": "/usr/bin:/bin", **settings}, capture_output=True,
            text=True, timeout=30)
        assert done.returncode != 0
        return done.stdout + done.stderr

    assert "HERALD_GORUSH_PATH" in problem(HERALD_PORT="18099", HERALD_LOOPBACK_KEY=KEY, HERALD_GORUSH_KEY="gorush-key-of-tests")
    assert "loopback.key" in problem(HERALD_PORT="18099", HERALD_LOOPBACK_KEY="short")
    assert "loopback.openRegistration" in problem(HERALD_PORT="18099", HERALD_LOOPBACK_OPEN_REGISTRATION="true")


@pytest.mark.one_database(reason="there is nothing to find")
def test_off_unless_it_is_asked_for(make_server):
    server = make_server()
    assert requests.get(f"{server.url}/api/installations", timeout=30).headers["Content-Type"] == "application/problem+json"


# Last, for it leaves many behind


def test_installations_are_adopted_page_by_page(loopback, server):
    bodies = [{"appId": "many", "deviceType": "android", "deviceToken": f"t{n}", "userId": "u" if n % 2 else "v"} for n in range(600)]
    assert len(loopback.ask("POST", "/api/installations", bodies).json()) == 600
    assert loopback.ask("POST", "/api/applications", {"id": "many", "name": "n"}).status_code == 200
    key = app_key(server, "many", "read")
    count = requests.post(
        f"{server.url}/v1/audiences/count", json={"audience": {"users": ["u"]}}, headers={"Authorization": f"Bearer {key}"}, timeout=30)
    assert count.json()["devices"] == 300, count.text
    too_many = loopback.ask("POST", "/api/installations", bodies + bodies)
    assert too_many.status_code == 413 and "1000" in too_many.json()["error"]["message"]
