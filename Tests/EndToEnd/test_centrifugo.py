"""The Centrifugo front: how it is spoken to, and what it keeps of devices and topics."""

import json
import threading

import pytest

from centrifugo import KEY, ON, Centrifugo
from keys import UserAgentKey

@pytest.fixture
def front(make_server):
    return Centrifugo(make_server(**ON, HERALD_ALLOW_PRIVATE_ENDPOINTS="true"))


@pytest.fixture(scope="module")
def blank(module_server):
    """One for all requests that leave nothing behind."""
    return Centrifugo(module_server(**ON))


# Who may

APIKEY = {"Authorization": f"apikey {KEY}"}


@pytest.mark.parametrize("headers, query, status", [
    ({"X-API-Key": KEY}, "", 200),
    (APIKEY, "", 200),
    ({"Authorization": f"ApiKey \t {KEY}"}, "", 200),
    ({}, f"?api_key={KEY}", 200),
    ({"X-API-Key": "", **APIKEY}, "", 200),
    ({"X-API-Key": "wrong"}, f"?api_key={KEY}", 200),
    ({"X-API-Key": "wrong", **APIKEY}, "", 401),
    ({}, "", 401),
    ({"Authorization": f"Bearer {KEY}"}, "", 401),
    ({"Authorization": f"apikey {KEY} more"}, "", 401),
    ({"Authorization": "apikey"}, "", 401),
    ({"X-API-Key": ""}, "?api_key=", 401),
    ({"X-API-Key": KEY + "x"}, "", 401),
])
def test_the_key_may_stand_in_three_places(blank, headers, query, status):
    reply = blank.post("info", {}, headers=headers, query=query)
    assert reply.status_code == status, reply.text
    if status == 401:
        assert reply.content == b"" and "Content-Type" not in reply.headers


def test_without_a_setting_there_is_no_front(server):
    reply = Centrifugo(server).post("device_list", {})
    assert reply.status_code == 404 and reply.headers["Content-Type"] == "application/problem+json"


def test_insecure_wants_no_key(make_server):
    front = Centrifugo(make_server(HERALD_CENTRIFUGO_INSECURE="true"))
    assert front.post("device_list", {}, headers={}).json() == {"result": {"items": []}}


def test_the_prefix_is_a_setting(make_server):
    front = Centrifugo(make_server(**ON, HERALD_CENTRIFUGO_HANDLER_PREFIX="/centrifugo/api"), "/centrifugo/api")
    assert front.ok("device_list") == {"items": []}


# Shape

@pytest.mark.parametrize("path", ["/info", "/device_list", "/publish", "/batch", ""])
def test_other_methods_than_post_are_refused_before_anything_else(blank, path):
    reply = blank.http.get(blank.base + path)
    assert reply.status_code == 405 and reply.content == b""


@pytest.mark.parametrize("mode", [{}, {"X-Centrifugo-Error-Mode": "transport"}])
@pytest.mark.parametrize("method, body", [
    ("device_register", "{"), ("device_register", ""), ("device_register", "[]"), ("device_register", '"text"'), ("device_register", "7"),
    ("device_register", '{"user":1}'), ("device_register", '{"topics":"a"}'), ("device_register", '{"meta":{"a":1}}'),
    ("device_register", '{"provider":"webpush","platform":"web","token":{"endpoint":"https://a"}}'), ("device_list", '{"limit":"1"}'),
    ("device_list", '{"limit":1.5}'), ("device_list", "{} {}"), ("device_list", '{"limit":1,}'), ("send_push_notification", '{"send_at":"1"}'),
    ("batch", ""), ("batch", "{"), ("batch", '{"commands":[{"device_list":{}},]}'), ("batch", '{"commands":{}}'), ("batch", '{"commands":[1]}'), ("batch", '{"commands":[],"parallel":1}'),
    ("batch", '{"commands":[{"device_list":{}},{"device_list":{"limit":"1"}}]}'),
    ("", ""), ("", "{"), ("", '{"method":"no_such_method"}'), ("", '{"id":"1","method":"info"}'),
])
def test_what_go_cannot_read_is_400_in_plain_text(blank, method, body, mode):
    reply = blank.post(method, body, headers={"X-API-Key": KEY, **mode})
    assert reply.status_code == 400 and reply.text == "Bad Request\n", reply.text
    assert reply.headers["Content-Type"] == "text/plain; charset=utf-8" and reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Herald-Problem"]


def test_deep_json_is_refused_and_does_no_harm(blank):
    for deep in ("[" * 200_000, '{"a":' * 200_000, "[" * 5000 + "]" * 5000):
        for method, body in (("device_list", deep), ("batch", deep), ("", deep), ("batch", '{"commands":[{"device_list":%s}]}' % deep),
                             ("send_push_notification", '{"notification":{"fcm":{"message":%s}}}' % deep)):
            assert blank.post(method, body).status_code in (200, 400)
    deep = '{"a":' * 3000 + "1" + "}" * 3000
    body = '{"recipient":{"filter":{"users":["u"]}},"use_templating":true,"notification":{"fcm":{"message":%s}}}' % deep
    assert blank.post("send_push_notification", body).status_code in (200, 400)
    assert blank.ok("device_list") == {"items": []}


def test_errors_are_200_unless_transport_mode_is_asked_for(front, make_server):
    said = {"code": 107, "message": "bad request"}
    usual = front.post("device_remove", {})
    assert usual.status_code == 200 and usual.json() == {"error": said} and usual.headers["Content-Type"] == "application/json"
    asked = front.post("device_remove", {}, headers={"X-API-Key": KEY, "X-Centrifugo-Error-Mode": "transport"})
    assert asked.status_code == 400 and asked.json() == said
    always = Centrifugo(make_server(**ON, HERALD_CENTRIFUGO_ERROR_MODE="transport"))
    assert always.post("device_remove", {}).json() == said
    statuses = {name: always.post(name, body).status_code for name, body in {
        "cancel_push": {"uid": "unknown"}, "publish": {}, "device_topic_update": {"device_id": "x", "op": "add"}}.items()}
    assert statuses == {"cancel_push": 404, "publish": 400, "device_topic_update": 404}
    assert always.post("batch", {"commands": [{"device_remove": {}}]}).status_code == 200, "batches ignore it"


def test_names_count_in_any_case_and_strangers_and_null_do_not(front):
    body = '{"Provider":"fcm","PLATFORM":"android","token":"t","user":null,"topics":null,"nonsense":{"a":[1]},"META":{"Key":"V"}}'
    id = front.post("device_register", body).json()["result"]["id"]
    found = front.devices(filter={"IDS": [id], "users": None})
    assert found[0]["meta"] == {"Key": "V"} and "user" not in found[0]
    assert front.post("device_list", "null").json()["result"]["items"], "null is an object without members"


def test_a_form_is_taken_as_json(blank):
    reply = blank.post("device_list", "{}", headers={**APIKEY, "Content-Type": "application/x-www-form-urlencoded"})
    assert reply.json() == {"result": {"items": []}}


def test_what_is_not_push_is_not_available(blank):
    assert blank.ok("info")["nodes"][0]["uid"]
    for method in ("publish", "broadcast", "presence", "history", "rpc", "channels"):
        assert blank.error(method) == 108
    reply = blank.post("no_such_method", {})
    assert reply.status_code == 404 and reply.headers["Content-Type"].startswith("text/plain")


# Several at once

@pytest.mark.parametrize("parallel", [False, True, None])
def test_a_batch_answers_in_the_order_of_its_commands(front, parallel):
    tokens = [f"t{number}" for number in range(20)]
    commands = [{"device_register": {"provider": "fcm", "platform": "android", "token": token}} for token in tokens]
    commands[3:3] = [None, {}, {"device_remove": {}}, {"publish": {"channel": "c", "data": {}}}, {"nonsense": {}}]
    replies = front.post("batch", {"commands": commands, "parallel": parallel}).json()["replies"]
    codes = [reply["error"]["code"] for reply in replies[3:8]]
    assert codes == [107, 104, 107, 108, 104]
    ids = [reply["device_register"]["id"] for reply in replies[:3] + replies[8:]]
    assert [front.device(id)["token"] for id in ids] == tokens
    assert front.post("batch", {}).json() == {"replies": []}


def test_the_legacy_style_takes_commands_one_after_the_other(front):
    body = """{"id":1,"method":"device_register","params":{"provider":"fcm","platform":"android","token":"t"}}
    {"id":2,"method":25,"params":{}}{"method":"DEVICE_LIST"}
    {"id":3,"method":"cancel_push","params":{"uid":"none"}}
    {"id":4,"method":99}"""
    lines = [json.loads(line) for line in front.post("", body).text.splitlines()]
    assert [line.get("id") for line in lines] == [1, 2, None, 3, 4]
    assert lines[1]["result"]["items"][0]["id"] == lines[2]["result"]["items"][0]["id"] == lines[0]["result"]["id"]
    assert [line["error"]["code"] for line in lines[3:]] == [104, 104]


# Devices

def test_a_registration_is_all_that_is_kept(front):
    whole = dict(user="u", meta={"first_name": "Ada"}, topics=["a", "b"], timezone="Europe/Vienna", locale="pt_br")
    id = front.register("t", **whole)
    device = front.device(id)
    assert {name: device[name] for name in whole} == {**whole, "locale": "pt-BR"}
    assert device["provider"] == "fcm" and device["platform"] == "android" and device["token"] == "t"
    assert device["created_at"] == device["updated_at"] > 1_700_000_000
    assert front.register("t", platform="ios") == id
    device = front.device(id)
    assert not set(whole) & set(device) and device["platform"] == "ios"


def test_which_device_a_registration_is(front):
    first = front.register("t1")
    assert front.register("t1") == first, "no id, known token"
    second = front.register("t2")
    assert second > first, "no id, new token: another device, later in the order"
    assert front.register("t1", id=first, user="u") == first
    assert front.register("t3", id=first) == first and front.device(first)["token"] == "t3"
    assert front.register("t2", id=first) == first, "the token moves"
    assert [device["id"] for device in front.devices()] == [first]
    unknown = second
    assert front.register("t4", id=unknown) == unknown, "of an id that nobody has, a device is made"
    assert front.register("t2", id="0" * 8 + unknown[8:]) == first, "but a known token is its device's"


@pytest.mark.parametrize("change", [
    {"provider": ""}, {"provider": "wns"}, {"platform": "windows"}, {"platform": None}, {"token": ""}, {"timezone": "Mars/Base"},
    {"locale": "!"}, {"id": "42"}, {"topics": [""]}, {"topics": ["a"] * 1001}, {"user": "x" * 300}, {"user": "a\0b"},
    {"meta": {"a": "x" * 300}}, {"provider": "apns", "token": "no hex"}, {"provider": "webpush", "platform": "web", "token": "no JSON"},
])
def test_a_registration_that_cannot_be_meant_is_a_bad_request(blank, change):
    assert blank.error("device_register", **{"provider": "fcm", "platform": "android", "token": "t", **change}) == 107
    assert blank.devices() == []


def test_an_id_of_another_provider_is_a_bad_request(front):
    id = front.register("t")
    assert front.error("device_register", id=id, provider="hms", platform="android", token="t") == 107


def test_a_provider_may_be_switched_off(make_server):
    front = Centrifugo(make_server(**ON, HERALD_CENTRIFUGO_ENABLED_PROVIDERS="apns,webpush"))
    assert front.error("device_register", provider="fcm", platform="android", token="t") == 108


def test_registrations_at_once_are_one_device(front):
    ids = []
    threads = [threading.Thread(target=lambda: ids.append(front.register("same"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 8 and len(set(ids)) == 1 and len(front.devices()) == 1


def test_a_subscription_is_known_by_its_endpoint(front):
    subscription = UserAgentKey().subscription("https://updates.push.services.mozilla.com/wpush/v2/x")
    token = json.dumps({**subscription, "expirationTime": None})
    id = front.register(token, "webpush", "web")
    padded = {name: key + "=" * (-len(key) % 4) for name, key in subscription["keys"].items()}
    assert front.register(json.dumps({**subscription, "keys": padded}), "webpush", "web") == id
    assert front.device(id)["token"] == subscription["endpoint"] and "webpush_keys" not in front.device(id)
    shown = front.devices(include_webpush_keys=True)[0]["webpush_keys"]
    assert json.loads(shown) == subscription["keys"]


@pytest.mark.parametrize("endpoint", [
    "http://updates.push.services.mozilla.com/x", "https://127.0.0.1/x", "https://0x7f.1/x", "https://[::1]/x", "https://2130706433/x", "nonsense", ""])
def test_endpoints_within_a_network_are_no_devices(blank, endpoint):
    token = json.dumps(UserAgentKey().subscription(endpoint))
    assert blank.error("device_register", provider="webpush", platform="web", token=token) == 107


@pytest.mark.parametrize("keys", [{}, {"p256dh": "AAAA"}, {"auth": "AAAA"}, {"p256dh": "B" + "A" * 86}])
def test_keys_that_cannot_be_sealed_for_are_refused(blank, keys):
    subscription = UserAgentKey().subscription("https://updates.push.services.mozilla.com/x")
    token = json.dumps({**subscription, "keys": {**subscription["keys"], **keys} if keys else {}})
    assert blank.error("device_register", provider="webpush", platform="web", token=token) == 107


def test_an_update_changes_what_it_names(front):
    mine, other = front.register("t1", user="u", topics=["a"], meta={"k": "v"}, locale="de"), front.register("t2", user="w")
    front.ok("user_topic_update", user="v", op="add", topics=["of-v"])
    before = front.device(other)
    front.ok("device_update", users=["u"], user_update={"user": "v"}, timezone_update={"timezone": "Asia/Tokyo"})
    device = front.device(mine)
    assert device["user"] == "v" and device["timezone"] == "Asia/Tokyo" and device["locale"] == "de" and device["meta"] == {"k": "v"}
    assert device["topics"] == ["a"], "topics of the new user come with the next registration"
    front.ok("device_update", ids=[mine], meta_update={"meta": {"n": "1"}}, locale_update={"locale": ""},
             topics_update={"op": "set", "topics": ["b", "c"]})
    device = front.device(mine)
    assert device["meta"] == {"n": "1"} and "locale" not in device and device["topics"] == ["b", "c"] and device["timezone"] == "Asia/Tokyo"
    front.ok("device_update", ids=[mine], user_update={"user": ""})
    assert "user" not in front.device(mine) and front.device(other) == before
    front.ok("device_update", ids=["nobody"], user_update={"user": "x"})
    for wrong in ({"ids": []}, {"ids": [mine], "topics_update": {"op": "nonsense"}}, {"ids": [mine], "locale_update": {"locale": "!"}}):
        assert front.error("device_update", **wrong) == 107


def test_ids_and_users_together_mean_both(front):
    mine, others = front.register("t1", user="u"), front.register("t2", user="v")
    front.ok("device_remove", ids=[mine, others], users=["u"])
    assert [device["id"] for device in front.devices()] == [others]
    for nobody in ({}, {"ids": [], "users": []}, {"ids": None}):
        assert front.error("device_remove", **nobody) == 107
    front.ok("device_remove", ids=[mine], users=[])
    front.ok("device_remove", users=["v"], ids=[])
    assert front.devices() == []


# Topics

def test_a_device_joins_what_its_user_and_everybody_joined(front):
    front.ok("user_topic_update", user="u", op="add", topics=["of-u"])
    front.ok("user_topic_update", user="", op="add", topics=["of-all"])
    id = front.register("t", user="u", topics=["own"])
    assert front.topics(id) == ["of-all", "of-u", "own"]
    front.register("t", user="v")
    assert front.topics(id) == ["of-all"], "made anew, not added to"


def test_a_user_s_topics_reach_devices_at_once_and_everybody_s_do_not(front):
    id = front.register("t", user="u", topics=["own", "both"])
    for op, topics, now in [("add", ["both", "x", "y"], ["both", "own", "x", "y"]), ("remove", ["both", "x"], ["both", "own", "y"]),
                            ("set", ["z"], ["both", "own", "z"]), ("set", [], ["both", "own"])]:
        front.ok("user_topic_update", user="u", op=op, topics=topics)
        assert front.topics(id) == now, op
    front.ok("user_topic_update", user="", op="set", topics=["all"])
    assert front.topics(id) == ["both", "own"]
    front.register("t", user="u", topics=["own"])
    assert front.topics(id) == ["all", "own"]
    for wrong in ({"op": ""}, {"op": "nonsense"}, {"op": "add", "topics": [""]}):
        assert front.error("user_topic_update", user="u", **wrong) == 107


def test_a_device_s_topics_may_be_guarded_by_its_user(front):
    id = front.register("t", user="u", topics=["a"])
    update = {"device_id": id, "op": "add", "topics": ["b"]}
    assert front.error("device_topic_update", **update, user="v") == 113
    assert front.error("device_topic_update", **{**update, "device_id": "nobody"}, user="u") == 104
    assert front.error("device_topic_update", **{**update, "device_id": "nobody"}) == 104
    assert front.topics(id) == ["a"]
    front.ok("device_topic_update", **update, user="u")
    assert front.topics(id) == ["a", "b"]
    front.ok("user_topic_update", user="u", op="add", topics=["of-u"])
    front.ok("device_topic_update", device_id=id, op="remove", topics=["a", "of-u"])
    assert front.topics(id) == ["b"]
    front.ok("device_topic_update", device_id=id, op="set")
    assert front.topics(id) == []
    for wrong in ({"op": ""}, {"op": "nonsense"}, {"device_id": ""}):
        assert front.error("device_topic_update", **{**update, **wrong}) == 107


# Lists

def walk(front, method, **request):
    """All items, one page after the other of one each."""
    items, cursor = [], ""
    while cursor is not None:
        page = front.ok(method, cursor=cursor, limit=1, include_total_count=True, **request)
        items += page["items"]
        assert len(page["items"]) <= 1 and page.get("total_count", 0) >= len(items)
        cursor = page.get("next_cursor")
    return items


def test_lists_are_walked_to_their_end(front):
    ids = [front.register(f"t{number}", user=f"u{number % 2}", topics=["a", f"b{number}"]) for number in range(4)]
    assert [item["id"] for item in walk(front, "device_list")] == ids
    memberships = walk(front, "device_topic_list")
    assert sorted((item["device"]["id"], item["topic"]) for item in memberships) == sorted((id, t) for n, id in enumerate(ids) for t in ("a", f"b{n}"))
    for user in ("u1", "", "ü.x"):
        front.ok("user_topic_update", user=user, op="add", topics=["x", "y:z"])
    assert {(item["user"], item["topic"]) for item in walk(front, "user_topic_list")} == {(u, t) for u in ("u1", "", "ü.x") for t in ("x", "y:z")}
    for method in ("device_list", "device_topic_list", "user_topic_list"):
        assert front.error(method, limit=-1) == 107
    assert front.error("device_topic_list", cursor="nonsense") == front.error("user_topic_list", cursor="nonsense") == 107


def test_filters_are_all_of_any(front):
    phone = front.register("t1", user="u", topics=["news", "n_ws"])
    tablet = front.register("t2", "hms", user="u", topics=["sport"])
    browser = front.register("aa", "apns", "ios", user="v", topics=["news"])
    for filter, wanted in [
        ({}, [phone, tablet, browser]), ({"users": ["u"]}, [phone, tablet]), ({"topics": ["news", "sport"], "users": ["u"]}, [phone, tablet]),
        ({"providers": ["hms", "apns"]}, [tablet, browser]), ({"platforms": ["ios"], "topics": ["news"]}, [browser]),
        ({"ids": [phone, "x"], "users": ["v"]}, []), ({"topics": ["nothing"]}, []), ({"providers": ["nonsense"]}, []),
    ]:
        page = front.ok("device_list", filter=filter, include_total_count=True)
        assert [item["id"] for item in page["items"]] == wanted and page.get("total_count", 0) == len(wanted), filter
    for filter, wanted in [
        ({"device_users": ["u"]}, [(phone, "n_ws"), (phone, "news"), (tablet, "sport")]), ({"topic_prefix": "n_"}, [(phone, "n_ws")]),
        ({"topics": ["news"], "device_platforms": ["ios"]}, [(browser, "news")]), ({"device_ids": [tablet]}, [(tablet, "sport")]),
        ({"device_providers": ["apns"], "topic_prefix": "x"}, []),
    ]:
        page = front.ok("device_topic_list", filter=filter, include_total_count=True)
        assert [(item["device_id"], item["topic"]) for item in page["items"]] == wanted and page.get("total_count", 0) == len(wanted), filter
    whole = front.ok("device_topic_list", filter={"device_ids": [tablet]}, include_device=True)["items"][0]["device"]
    assert whole["token"] == "t2" and whole["user"] == "u"
    front.ok("user_topic_update", user="u", op="add", topics=["n%1", "n1"])
    assert [item["topic"] for item in front.ok("user_topic_list", filter={"users": ["u", "w"], "topic_prefix": "n%"})["items"]] == ["n%1"]
    assert front.ok("user_topic_list", filter={"topics": ["nothing"]}) == {"items": []}
