"""Mobile user agents: a token of their platform instead of a connection, over the stub bridge."""

import uuid

import pytest
import requests

from sender import ApplicationServer
from user_agent import UserAgent

pytestmark = pytest.mark.one_database(reason="what is stored is the message store's matter, which is tested on both")


@pytest.fixture
def server(make_server):
    return make_server(HERALD_PUSH_SERVICE_STUB_BRIDGE="true")


class Mobile:
    """A user agent, as a phone's browser is one."""

    def __init__(self, server, token="token", **more):
        self.root = f"{server.url}/v1/stub/app/registration"
        self.reply = requests.post(self.root, json={"token": token, **more}, timeout=30)
        assert self.reply.status_code == 200, self.reply.text
        self.__dict__.update(self.reply.json())

    def ask(self, method, path="", scheme="webpush", secret=None, **more):
        headers = {"Authorization": f"{scheme} {secret or self.secret}"}
        return requests.request(method, f"{self.root}/{self.uaid}{path}", headers=headers, timeout=30, **more)


def test_a_phone_registers_and_gets_messages(server):
    phone, sender = Mobile(server), ApplicationServer()
    assert set(phone.reply.json()) == {"uaid", "channelID", "endpoint", "secret"}
    posted = sender.post(phone.endpoint, b"x" * 100)
    assert posted.status_code == 201 and posted.headers["TTL"] == "60"
    assert sender.post(phone.endpoint, ttl=0).status_code == 201

    second = phone.ask("POST", "/subscription", scheme="Bearer", json={"channelID": str(uuid.uuid4())})
    assert second.status_code == 200 and sender.post(second.json()["endpoint"]).status_code == 201
    listed = phone.ask("GET").json()
    assert listed["uaid"] == phone.uaid and sorted(listed["channelIDs"]) == sorted([phone.channelID, second.json()["channelID"]])

    assert phone.ask("DELETE", f"/subscription/{phone.channelID}").status_code == 200
    assert sender.post(phone.endpoint).status_code == 410
    assert phone.ask("DELETE").status_code == 200
    assert sender.post(second.json()["endpoint"]).status_code == 410
    assert phone.ask("GET").status_code == 410


def test_a_bridge_gives_no_receipts_so_none_are_promised(server):
    phone, sender = Mobile(server), ApplicationServer()
    with UserAgent.greeted(server) as agent:
        receipts = sender.post(agent.register().endpoint, Prefer="respond-async").headers["Link"]
    for wish in ({}, {"Link": receipts}):
        posted = sender.post(phone.endpoint, Prefer="respond-async", **wish)
        assert (posted.status_code, posted.headers.get("Link")) == (201, None)


@pytest.mark.parametrize("ttl", [60, 0])
@pytest.mark.parametrize("token, status, errno", [
    ("unauthorized", 502, 901), ("unreachable", 502, 902), ("timeout", 502, 903), ("gone", 410, 106)])
def test_what_the_platform_says_is_said(server, token, status, errno, ttl):
    phone = Mobile(server)
    assert phone.ask("PUT", json={"token": token}).status_code == 200
    refused = ApplicationServer().post(phone.endpoint, ttl=ttl)
    assert (refused.status_code, refused.json()["errno"]) == (status, errno)
    # Trouble passes; a token that is gone takes the user agent along.
    assert phone.ask("GET").status_code == (410 if status == 410 else 200)


@pytest.mark.parametrize("authorization", [None, "webpush", "webpush nonsense", "basic {secret}", "webpush {other}"])
def test_nobody_touches_another_ones_registration(server, authorization):
    phone, other = Mobile(server), Mobile(server)
    headers = {"Authorization": authorization.format(secret=phone.secret, other=other.secret)} if authorization else {}
    for method, path in (("PUT", ""), ("GET", ""), ("DELETE", ""), ("POST", "/subscription"), ("DELETE", f"/subscription/{phone.channelID}")):
        refused = requests.request(method, f"{phone.root}/{phone.uaid}{path}", headers=headers, json={"token": "x"}, timeout=30)
        assert (refused.status_code, refused.json()["errno"]) == (401, 109), method
    assert ApplicationServer().post(phone.endpoint).status_code == 201


@pytest.mark.parametrize("body, word", [
    ({}, "token"), ({"token": ""}, "token"), ({"token": "x" * 5000}, "token"), ({"token": "x", "channelID": "ABC"}, "channelID"),
    ({"token": "x", "key": "AAAA"}, "key"), ([], "JSON object")])
def test_a_bad_registration_names_what_is_wrong(server, body, word):
    refused = requests.post(f"{server.url}/v1/stub/app/registration", json=body, timeout=30)
    assert refused.status_code == 400 and word in refused.json()["message"]


def test_a_subscription_ends_once_and_however_it_is_spelled(server):
    phone = Mobile(server, channelID=uuid.uuid4().hex.upper())
    assert phone.channelID == str(uuid.UUID(phone.channelID)), "it is told as a UUID is written"
    assert phone.ask("DELETE", f"/subscription/{phone.channelID.upper()}").status_code == 200
    for channel in (phone.channelID, str(uuid.uuid4()), "nonsense"):
        gone = phone.ask("DELETE", f"/subscription/{channel}")
        assert (gone.status_code, gone.json()["errno"]) == (410, 106), channel


def test_an_unknown_bridge_is_told_apart(server):
    refused = requests.post(f"{server.url}/v1/carrier-pigeon/app/registration", json={"token": "x"}, timeout=30)
    assert (refused.status_code, refused.json()["errno"]) == (400, 108) and "stub" in refused.json()["message"]


def test_a_web_page_may_register(server):
    asked = requests.options(f"{server.url}/v1/stub/app/registration", headers={"Access-Control-Request-Method": "POST"}, timeout=30)
    assert asked.status_code == 200 and asked.headers["Access-Control-Allow-Origin"] == "*"
    assert Mobile(server).reply.headers["Access-Control-Allow-Origin"] == "*"


def test_a_restricted_subscription_takes_its_own_sender_only(server):
    key = server.vapid["public_key"]
    phone = Mobile(server, key=key)
    assert "/wpush/v2/" in phone.endpoint
    assert ApplicationServer().post(phone.endpoint).status_code == 401
    assert ApplicationServer(server.vapid["private_key"]).post(phone.endpoint).status_code == 201


def test_without_the_setting_there_is_no_bridge(make_server):
    server = make_server()
    assert requests.post(f"{server.url}/v1/stub/app/registration", json={"token": "x"}, timeout=30).status_code == 404
