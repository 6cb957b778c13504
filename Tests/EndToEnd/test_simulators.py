"""`herald simulate`, proven by clients that are not ours, and its faults as they look on the wire."""

import asyncio
import base64
import json
import logging
import ssl
import time
from pathlib import Path
from urllib.parse import urlsplit

import jwt
import pytest
import requests
from aioapns import APNs, NotificationRequest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from google.auth.transport.requests import AuthorizedSession, Request
from google.oauth2 import service_account
from h2.events import DataReceived, StreamEnded
from py_vapid import Vapid
from pywebpush import WebPushException, webpush

from http2_client import HTTP2Client
from keys import UserAgentKey, from_base64url
from simulators import Simulators

pytestmark = pytest.mark.one_database(reason="simulators have no database")

DEVICE = "ab" * 32
PAYLOAD = b'{"aps":{"alert":"hello"}}'


def session(simulators):
    """Trusts the simulators alone, whatever the environment says."""
    made = requests.Session()
    made.trust_env, made.verify = False, simulators.ca
    return made


# APNs, with aioapns


@pytest.fixture
def apns_address(simulators, monkeypatch):
    """aioapns knows Apple's address alone."""
    monkeypatch.setattr("aioapns.connection.APNsProductionClientProtocol.APNS_SERVER", "localhost")
    monkeypatch.setattr("aioapns.connection.APNsProductionClientProtocol.APNS_PORT", urlsplit(simulators.urls["apns"]).port)
    logging.getLogger("aioapns").setLevel(logging.CRITICAL)


def aioapns_send(simulators, *requests_, **credentials):
    """Gives status and reason of each."""
    own = simulators.credentials("apns")
    context = ssl.create_default_context(cafile=simulators.ca)
    context.set_alpn_protocols(["h2"])

    async def send():
        client = APNs(**{
            "key": own["private_key"], "key_id": own["key_id"], "team_id": own["team_id"], "topic": own["bundle_id"],
            "ssl_context": context, "max_connections": 1, **credentials})
        results = [await client.send_notification(requests_[0])]
        results += await asyncio.gather(*map(client.send_notification, requests_[1:]))
        client.pool.close()
        return [(result.status, result.description) for result in results]

    return asyncio.run(asyncio.wait_for(send(), 30))


def notification(token=DEVICE, **more):
    return NotificationRequest(device_token=token, message={"aps": {"alert": "hello"}}, **more)


def test_aioapns_sends(simulators, apns_address):
    answers = aioapns_send(simulators, *[notification(f"{index:064x}") for index in range(200)])
    assert answers == [("200", None)] * 200
    assert simulators.counts("apns")["accepted"] == 200
    assert simulators.counts("apns")["connections"] == 1
    received = simulators.received("apns", token=f"{7:064x}")
    assert [json.loads(each["body"]) for each in received] == [{"aps": {"alert": "hello"}}]


def test_aioapns_is_refused(simulators, apns_address):
    answers = aioapns_send(
        simulators, notification("abc"), notification(apns_topic="com.example.other"),
        NotificationRequest(device_token=DEVICE, message={"aps": {"alert": "x" * 5000}}))
    assert answers == [("400", "BadDeviceToken"), ("400", "TopicDisallowed"), ("413", "PayloadTooLarge")]


def test_a_token_of_another_team_is_refused(simulators, apns_address):
    assert aioapns_send(simulators, notification(), team_id="OTHERTEAM0") == [("403", "InvalidProviderToken")]


def test_a_token_dies_with_a_time(simulators, apns_address):
    simulators.set_faults({"provider": "apns", "token": DEVICE, "dead": True, "dead_since_ms": 1_700_000_000_123})
    assert aioapns_send(simulators, notification(), notification("cd" * 32)) == [("410", "Unregistered"), ("200", None)]
    with apns_connection(simulators) as connection:
        stream = push(connection)
        assert connection.status(stream) == 410
        assert json.loads(connection.body(stream)) == {"reason": "Unregistered", "timestamp": 1_700_000_000_123}


# APNs on the wire


def apns_headers(simulators):
    own = simulators.credentials("apns")
    token = jwt.encode({"iss": own["team_id"], "iat": int(time.time())}, own["private_key"], "ES256", {"kid": own["key_id"]})
    return {"authorization": f"bearer {token}", "apns-topic": own["bundle_id"], "apns-push-type": "alert"}


def apns_connection(simulators, environment="apns", **more):
    connection = HTTP2Client(simulators.urls[environment], simulators.ca, **more)
    connection.headers = apns_headers(simulators)
    return connection


def push(connection, token=DEVICE):
    return connection.post(f"/3/device/{token}", connection.headers, PAYLOAD)


def test_apns_allows_one_stream_until_the_first_success(simulators):
    with apns_connection(simulators) as connection:
        assert connection.until(connection.stream_limits)
        assert connection.stream_limits() == [1]
        assert connection.status(push(connection, "abc")) == 400
        assert connection.stream_limits() == [1]
        assert connection.status(push(connection)) == 200
        assert connection.stream_limits() == [1, 1000]


def test_a_client_certificate_authenticates(simulators):
    with apns_connection(simulators, certificate=simulators.file("apns_certificate")) as connection:
        connection.headers = {"apns-push-type": "alert"}
        assert connection.status(push(connection)) == 200


def test_apns_speaks_http2_alone(simulators):
    with pytest.raises(requests.RequestException):
        session(simulators).post(f"{simulators.urls['apns']}/3/device/{DEVICE}", data=PAYLOAD, timeout=30)


def test_a_token_of_the_sandbox_is_a_stranger_in_production(simulators):
    simulators.set_faults({"token": DEVICE, "belongs_to": "sandbox"})
    with apns_connection(simulators) as production, apns_connection(simulators, "apns-sandbox") as sandbox:
        stream = push(production)
        assert (production.status(stream), json.loads(production.body(stream))) == (400, {"reason": "BadDeviceToken"})
        assert sandbox.status(push(sandbox)) == 200


def test_a_stream_is_refused_once(simulators):
    simulators.set_faults({"reset": "REFUSED_STREAM", "times": 1})
    with apns_connection(simulators) as connection:
        assert connection.reset_code(push(connection)) == 7
        assert connection.status(push(connection)) == 200
    assert simulators.counts("apns")["faults"] == {"reset": 1}


def test_goaway_names_the_last_answered_stream(simulators):
    simulators.set_faults({"after_requests": 2, "goaway": {"answered": False, "reason": "Shutdown"}})
    with apns_connection(simulators) as connection:
        assert connection.status(push(connection)) == 200
        second, third = push(connection), push(connection)
        goodbye = connection.go_away()
        assert goodbye.last_stream_id == second < third
        assert json.loads(goodbye.additional_data) == {"reason": "Shutdown"}
        assert connection.status(second) == 200
        assert connection.status(third, within_seconds=0.3) is None


def test_goaway_after_an_answer(simulators):
    simulators.set_faults({"goaway": {}})
    with apns_connection(simulators) as connection:
        stream = push(connection)
        assert connection.go_away().last_stream_id == stream
        assert connection.status(stream) == 200


def test_what_comes_after_goaway_is_ignored(simulators):
    """A client may send for a while before it hears."""
    simulators.set_faults({"token": DEVICE, "goaway": {}, "times": 1}, {"token": "cd" * 32, "latency_ms": 300})
    with apns_connection(simulators) as connection:
        assert connection.status(push(connection, "ef" * 32)) == 200
        slow, last = push(connection, "cd" * 32), push(connection)
        assert connection.go_away().last_stream_id == last
        late = push(connection)
        assert connection.status(slow) == 200
        assert connection.status(late, within_seconds=0.3) is None


def test_silence_is_silence(simulators):
    simulators.set_faults({"token": DEVICE, "silence": True})
    with apns_connection(simulators) as connection:
        assert connection.status(push(connection, "cd" * 32)) == 200
        silent = push(connection)
        assert connection.status(push(connection, "cd" * 32)) == 200
        assert connection.status(silent, within_seconds=0.3) is None
    assert simulators.counts("apns")["unanswered"] == 1


def test_a_half_open_connection_stays_open_and_says_nothing(simulators):
    simulators.set_faults({"token": DEVICE, "half_open": True})
    with apns_connection(simulators) as connection:
        assert connection.status(push(connection, "cd" * 32)) == 200
        assert connection.status(push(connection), within_seconds=0.3) is None
        assert connection.status(push(connection, "cd" * 32), within_seconds=0.3) is None
        connection.h2.ping(b"12345678")
        connection.socket.sendall(connection.h2.data_to_send())
        assert not connection.read(0.3) and not connection.is_closed
    with apns_connection(simulators) as other:
        assert other.status(push(other, "cd" * 32)) == 200


@pytest.mark.parametrize("when, status", [("before", None), ("after", 200)])
def test_the_connection_closes(simulators, when, status):
    simulators.set_faults({"close": when, "times": 1})
    with apns_connection(simulators) as connection:
        assert connection.status(push(connection)) == status
        assert connection.until(lambda: connection.is_closed)


def test_the_stream_limit_changes(simulators):
    simulators.set_faults({"stream_limit": 3})
    with apns_connection(simulators) as connection:
        assert connection.status(push(connection)) == 200
        assert connection.status(push(connection)) == 200
        assert connection.stream_limits() == [1, 3]


def test_latency_delays_one_and_not_the_others(simulators):
    simulators.set_faults({"token": DEVICE, "latency_ms": 500})
    with apns_connection(simulators) as connection:
        assert connection.status(push(connection, "cd" * 32)) == 200
        slow, quick = push(connection), push(connection, "ef" * 32)
        assert connection.status(quick) == 200
        assert not connection.of(StreamEnded, slow)
        assert connection.status(slow) == 200


def test_a_body_may_never_end(simulators):
    simulators.set_faults({"reply_body": {"piece_bytes": 10, "every_ms": 10}})
    with apns_connection(simulators) as connection:
        stream = push(connection)
        assert connection.until(lambda: len(connection.of(DataReceived, stream)) >= 5)
        assert not connection.of(StreamEnded, stream)


def test_a_body_may_be_slow(simulators):
    simulators.set_faults({"status": 503, "reply_body": {"bytes": 40, "piece_bytes": 10, "every_ms": 10}})
    with apns_connection(simulators) as connection:
        stream = push(connection)
        assert connection.status(stream) == 503
        assert json.loads(connection.body(stream)) == {"reason": "ServiceUnavailable"}
        assert len(connection.body(stream)) == 40


def test_a_rate_strikes_some(simulators):
    simulators.set_faults({"rate": 0.3, "status": 429, "headers": {"Retry-After": "7"}}, seed=5)
    with apns_connection(simulators) as connection:
        statuses = [connection.status(push(connection)) for _ in range(100)]
    assert set(statuses) == {200, 429} and 15 < statuses.count(429) < 45
    assert simulators.counts("apns")["reasons"] == {"TooManyRequests": statuses.count(429)}


# FCM, with google-auth


def fcm(simulators):
    account = service_account.Credentials.from_service_account_file(
        simulators.file("fcm_service_account"), scopes=["https://www.googleapis.com/auth/firebase.messaging"])
    authorized = AuthorizedSession(account, auth_request=Request(session(simulators)))
    authorized.trust_env, authorized.verify = False, simulators.ca
    project = simulators.credentials("fcm")["service_account"]["project_id"]
    url = f"{simulators.urls['fcm']}/v1/projects/{project}/messages:send"
    return lambda message: authorized.post(url, json={"message": message}, timeout=30)


def test_google_auth_gets_a_token_and_sends(simulators):
    send = fcm(simulators)
    reply = send({"token": "abc:def", "notification": {"title": "hello"}})
    assert reply.status_code == 200 and "/messages/" in reply.json()["name"]
    assert [each["kind"] for each in simulators.received("fcm")] == ["oauth", "push"]


def test_fcm_names_the_unknown_member(simulators):
    reply = fcm(simulators)({"token": "abc", "notifcation": {}})
    assert reply.status_code == 400
    assert reply.json()["error"]["message"].startswith('Invalid JSON payload received. Unknown name "notifcation" at \'message\'')


def test_fcm_faults_have_googles_form(simulators):
    simulators.set_faults(
        {"provider": "fcm", "token": "gone", "dead": True},
        {"provider": "fcm", "token": "busy", "status": 429, "headers": {"Retry-After": "3"}},
        {"provider": "fcm", "token": "shaky", "status": 503, "times": 1})
    send = fcm(simulators)
    gone, busy = send({"token": "gone"}), send({"token": "busy"})
    assert gone.status_code == 404 and gone.json()["error"]["details"][0]["errorCode"] == "UNREGISTERED"
    assert busy.status_code == 429 and busy.headers["Retry-After"] == "3"
    assert busy.json()["error"]["status"] == "RESOURCE_EXHAUSTED"
    assert [send({"token": "shaky"}).status_code for _ in range(2)] == [503, 200]


def test_the_token_endpoint_may_fail(simulators):
    simulators.set_faults({"provider": "fcm", "on": "oauth", "status": 503, "times": 1})
    assert fcm(simulators)({"token": "abc"}).status_code == 200
    assert [each["status"] for each in simulators.received("fcm")] == [503, 200, 200]


# HMS and WNS, with requests


def hms_token(simulators):
    own = simulators.credentials("hms")
    form = {"grant_type": "client_credentials", "client_id": own["app_id"], "client_secret": own["client_secret"]}
    return session(simulators).post(own["token_endpoint"], data=form, timeout=30).json()["access_token"]


def test_hms_takes_an_oauth_token_in_v1(simulators):
    own = simulators.credentials("hms")
    simulators.set_faults({"provider": "hms", "token": "dead", "dead": True})

    def send(*tokens):
        return session(simulators).post(
            f"{own['endpoint']}/v1/{own['app_id']}/messages:send", json={"message": {"token": tokens, "data": "hello"}},
            headers={"Authorization": f"Bearer {hms_token(simulators)}"}, timeout=30).json()

    assert send("alive")["code"] == "80000000"
    some = send("alive", "dead")
    assert some["code"] == "80100000"
    assert json.loads(some["msg"]) == {"success": 1, "failure": 1, "illegal_tokens": ["dead"]}
    assert send("dead")["code"] == "80300007"


def test_hms_wants_a_signed_token_in_v3(simulators):
    own = simulators.credentials("hms")
    now = int(time.time())
    claims = {"iss": own["sub_account"], "aud": "https://oauth-login.cloud.huawei.com/oauth2/v3/token", "iat": now, "exp": now + 3600}
    notification = {"category": "IM", "title": "a", "body": "b", "clickAction": {"actionType": 0}}

    def send(token):
        return session(simulators).post(
            f"{own['endpoint']}/v3/{own['project_id']}/messages:send",
            json={"payload": {"notification": notification}, "target": {"token": ["t"]}},
            headers={"Authorization": f"Bearer {token}", "push-type": "0"}, timeout=30)

    # PyJWT signs PS256 with a salt as long as the digest.
    assert send(jwt.encode(claims, own["private_key"], "PS256", {"kid": own["key_id"]})).json()["code"] == "80000000"
    assert send(jwt.encode(claims, own["private_key"], "RS256", {"kid": own["key_id"]})).status_code == 401
    assert send(hms_token(simulators)).json()["code"] == "80200001"


def test_wns_receives_a_toast(simulators):
    own = simulators.credentials("wns")
    form = {
        "grant_type": "client_credentials", "client_id": own["client_id"], "client_secret": own["client_secret"],
        "scope": "https://wns.windows.com/.default"}
    granted = session(simulators).post(own["token_endpoint"], data=form, timeout=30).json()
    simulators.set_faults({"token": "busy", "status": 406, "headers": {"Retry-After": "60"}}, {"token": "dead", "dead": True})

    def send(channel, body="<toast><visual/></toast>"):
        return session(simulators).post(
            f"{own['endpoint']}/?token={channel}", data=body, timeout=30,
            headers={"Authorization": f"Bearer {granted['access_token']}", "X-WNS-Type": "wns/toast", "Content-Type": "text/xml"})

    assert send("a%2Fb").headers["X-WNS-Status"] == "received"
    assert simulators.received("wns")[-1]["tokens"] == ["a%2Fb"]
    assert send("a", "<toast>").status_code == 400
    assert send("busy").status_code == 406 and send("busy").headers["Retry-After"] == "60"
    assert send("dead").status_code == 410


# Web Push, with pywebpush


def test_pywebpush_sends_and_the_browser_reads(simulators):
    subscription = json.loads(Path(simulators.file("webpush_subscription")).read_text())
    key = Vapid()
    key.generate_keys()

    def send():
        return webpush(
            subscription, "hello", vapid_private_key=key, vapid_claims={"sub": "mailto:a@example.com"}, ttl=60,
            requests_session=session(simulators))

    reply = send()
    assert reply.status_code == 201 and "/m/" in reply.headers["Location"] and reply.headers["TTL"] == "60"
    browser = UserAgentKey(auth=from_base64url(subscription["keys"]["auth"]))
    browser.private = load_pem_private_key(Path(simulators.file("webpush_user_agent_key")).read_bytes(), None)
    assert browser.open(base64.b64decode(simulators.received("webpush")[-1]["body_base64"])) == "hello"
    simulators.set_faults({"token": "example", "dead": True})
    with pytest.raises(WebPushException, match="410"):
        send()
    assert session(simulators).post(subscription["endpoint"], headers={"TTL": "60"}, timeout=30).status_code == 401


# The program


def test_it_ends_in_good_order_and_keeps_its_secrets(tmp_path):
    simulators = Simulators(tmp_path, "apns").start()
    assert set(simulators.urls) == {"apns", "apns-sandbox"}
    ca, credentials = Path(simulators.ca).read_text(), simulators.credentials("apns")
    assert simulators.stop() == 0
    with simulators:
        assert Path(simulators.ca).read_text() == ca
        assert simulators.credentials("apns")["private_key"] == credentials["private_key"]


def test_faults_may_come_from_a_file(tmp_path):
    script = tmp_path / "faults.json"
    script.write_text('{"faults": [{"status": 503}]}')
    with Simulators(tmp_path, "apns", arguments=["--faults", str(script)]) as simulators, apns_connection(simulators) as connection:
        assert connection.status(push(connection)) == 503


@pytest.mark.parametrize("method, path, body, status", [
    ("PUT", "/faults", '{"faults": [{"tokn": "x"}]}', 422), ("PUT", "/faults", "nonsense", 422), ("POST", "/faults", "", 405),
    ("GET", "/nowhere", "", 404), ("DELETE", "/faults", "", 204)])
def test_the_control_endpoint_says_what_it_takes(simulators, method, path, body, status):
    assert requests.request(method, simulators.control + path, data=body, timeout=30).status_code == status
