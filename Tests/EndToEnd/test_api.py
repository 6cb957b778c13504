"""The native API's routes that no other test needs: devices, lists, scopes, health."""

import json
import subprocess

import pytest
import requests
from deadline import until

from herald_server import BINARY, HeraldServer
from user_agent import UserAgent


@pytest.fixture
def agent(server):
    with UserAgent.greeted(server) as agent:
        yield agent


def register(server, agent, **more):
    channel = agent.register()
    return channel, server.api.register(channel.subscription, **more)


def test_a_token_belongs_to_the_user_who_signed_in_last(server, agent):
    channel, device = register(server, agent, user="ann", topics=["news"])
    reply = server.api.http.post(
        f"{server.url}/v1/devices", json={"provider": "webpush", "subscription": channel.subscription, "user": "bob"})
    assert reply.status_code == 200 and reply.json()["id"] == device
    assert reply.json()["user"] == "bob" and reply.json()["topics"] == ["news"]
    assert server.api.reaches_nobody({"users": ["ann"]})
    assert server.api.finished(server.api.push({"users": ["bob"]}, notification={"title": "for bob"}))["accepted"] == 1


@pytest.mark.parametrize("path, topic", [("news", "news"), ("a%2Fb", "a/b"), ("%C3%BCber%20uns", "über uns")])
def test_topics_are_joined_and_left(server, agent, path, topic):
    _, device = register(server, agent)
    url = f"{server.url}/v1/devices/{device}/topics/{path}"
    assert server.api.http.put(url).json()["topics"] == [topic]
    assert server.api.finished(server.api.push({"topics": [topic]}, notification={"title": "t"}))["accepted"] == 1
    assert server.api.http.delete(url).json()["topics"] == []


def test_signing_out_takes_an_explicit_null(server, agent):
    _, device = register(server, agent, user="ann")
    url = f"{server.url}/v1/devices/{device}"
    slip = server.api.http.patch(url, json={})
    assert slip.status_code == 422 and slip.json()["field"] == "user"
    assert server.api.http.patch(url, json={"user": None}).json()["user"] is None


def test_a_removed_device_is_gone(server, agent):
    _, device = register(server, agent)
    url = f"{server.url}/v1/devices/{device}"
    assert server.api.http.delete(url).status_code == 204
    for again in (server.api.http.get(url), server.api.http.delete(url), server.api.http.patch(url, json={"user": "x"})):
        assert again.status_code == 404 and device in again.json()["detail"]


def test_lists_come_page_by_page(server, agent):
    devices = {register(server, agent)[1] for _ in range(5)}
    found, after = [], ""
    while after is not None:
        page = server.api.http.get(f"{server.url}/v1/devices", params={"limit": 2, "after": after}).json()
        found += [device["id"] for device in page["devices"]]
        after = page["next"]
    assert len(found) == 5 and set(found) == devices
    assert server.api.http.get(f"{server.url}/v1/devices", params={"limit": 0}).status_code == 422

    pushes = [server.api.push({"all": True}, notification={"title": str(number)}) for number in range(3)]
    page = server.api.http.get(f"{server.url}/v1/pushes", params={"limit": 2}).json()
    assert [push["id"] for push in page["pushes"]] == pushes[:0:-1]
    rest = server.api.http.get(f"{server.url}/v1/pushes", params={"limit": 2, "after": page["next"]}).json()
    assert [push["id"] for push in rest["pushes"]] == pushes[:1] and rest["next"] is None


def test_a_device_never_shows_its_token(server, agent):
    channel, device = register(server, agent)
    shown = server.api.http.get(f"{server.url}/v1/devices/{device}").text + server.api.http.get(f"{server.url}/v1/devices").text
    assert channel.endpoint not in shown and channel.subscription["keys"]["auth"] not in shown


def test_the_apps_own_data_arrives_untouched(server, agent):
    channel, device = register(server, agent)
    data = {"some_key": 1, "camelKey": [True, None, 1.5], "": "ü", "big": 9007199254740993}
    server.api.push({"devices": [device]}, notification={"title": "t", "data": data})
    notification = agent.notification()
    assert json.loads(channel.text(notification))["notification"]["data"] == data


def test_a_key_may_do_what_its_scope_says(server, agent):
    _, device = register(server, agent)
    message = {"audience": {"devices": [device]}, "notification": {"title": "t"}}

    def answers(scope):
        key = server.run("keys", "create", "--scope", scope).stdout.strip()
        headers = {"Authorization": f"Bearer {key}"}
        return [
            requests.post(f"{server.url}/v1/pushes", json=message, headers=headers).status_code,
            requests.get(f"{server.url}/v1/devices/{device}", headers=headers).status_code,
            requests.patch(f"{server.url}/v1/devices/{device}", json={"user": "x"}, headers=headers).status_code,
        ]

    assert answers("admin") == [202, 200, 200]
    assert answers("send") == [202, 403, 403]
    assert answers("read") == [403, 200, 403]
    assert answers("register") == [403, 403, 200]
    wrong = server.run("keys", "create", "--scope", "all", check=False)
    assert wrong.returncode != 0 and "register, read, send, admin" in wrong.stderr


def test_a_removed_key_stops_working_within_a_second(server, agent):
    register(server, agent)
    made = json.loads(server.run("keys", "create", "--json").stdout)
    headers = {"Authorization": f"Bearer {made['key']}"}
    message = {"audience": {"all": True}, "notification": {"title": "t"}}
    assert requests.post(f"{server.url}/v1/pushes", json=message, headers=headers).status_code == 202
    server.run("keys", "remove", made["id"])
    status = lambda: requests.post(f"{server.url}/v1/pushes", json=message, headers=headers).status_code
    until(lambda: status() == 401, 30, "the key stops working")


@pytest.mark.one_database(reason="nodes on one database keep each other's admin keys")
def test_a_lost_admin_key_is_made_anew_and_the_old_one_stops_working(server):
    old = server.admin_key
    server.stop()
    (server.data / "admin.key").unlink()
    server.start()
    assert server.admin_key != old
    assert requests.get(f"{server.url}/v1/devices", headers={"Authorization": f"Bearer {old}"}).status_code == 401
    assert server.api.http.get(f"{server.url}/v1/devices").status_code == 200


def test_health_and_what_is_not_there(server):
    assert requests.get(f"{server.url}/health/live").json() == {"status": "live"}
    missing = requests.get(f"{server.url}/nothing/here")
    assert missing.status_code == 404 and missing.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("origin, status", [
    ("https://elsewhere.example", 403), ("http://localhost:1", 403), ("null", 403), (None, 200),
])
def test_other_sites_pages_cannot_use_the_pages_routes(server, agent, origin, status):
    subscription = agent.register().subscription
    reply = requests.post(
        f"{server.url}/add-subscription", json=subscription, headers={"Origin": origin} if origin else {})
    assert reply.status_code == status
    assert len(server.api.devices()) == (1 if status == 200 else 0)
    own = requests.post(f"{server.url}/add-subscription", json=subscription, headers={"Origin": server.url})
    assert own.status_code == 200


@pytest.mark.one_database(reason="nodes on one database may share a folder")
def test_two_servers_never_share_a_folder(server):
    second = server.run("serve", "--port", "1", check=False)
    assert second.returncode != 0 and "another Herald works with" in second.stderr


@pytest.mark.one_database(reason="no server starts")
@pytest.mark.parametrize("arguments, words", [
    (["--port", "70000"], "port"), (["--public-url", "ftp://x"], "publicURL"), (["--config", "/nowhere.yaml"], "/nowhere.yaml"),
])
def test_a_wrong_setting_stops_the_start_and_is_named(tmp_path, arguments, words):
    done = subprocess.run(
        [BINARY, "serve", "--data", str(tmp_path / "data"), *arguments], capture_output=True, text=True, timeout=30)
    assert done.returncode != 0 and words in done.stderr, done.stderr


@pytest.mark.one_database(reason="reads a file")
def test_settings_come_from_a_file_too(tmp_path):
    file = tmp_path / "herald.yaml"
    file.write_text("pushService:\n  bodyBytes: 4500\nlogLevel: warning\ndemo: false\n")
    server = HeraldServer(tmp_path, arguments=["--config", str(file)]).start()
    try:
        assert requests.get(server.url).status_code == 404, "the page is off"
    finally:
        server.end_if_running()
