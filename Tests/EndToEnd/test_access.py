"""Who may: keys by API and command line, identity tokens, limits, the audit log."""

import hashlib
import hmac
import json
import time

import pytest
import requests
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from deadline import until
from keys import base64url
from user_agent import UserAgent

SECRET = "a shared secret of more than 32 bytes"


@pytest.fixture
def agent(server):
    with UserAgent.greeted(server) as agent:
        yield agent


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


def make_key(server, **fields):
    reply = server.api.http.post(f"{server.url}/v1/keys", json={"name": "test", **fields})
    assert reply.status_code == 201, reply.text
    return reply.json()


def ask(server, key, path="devices"):
    return requests.get(f"{server.url}/v1/{path}", headers=bearer(key), timeout=30)


def status(server, key):
    return ask(server, key).status_code


def rotate(server, key, **fields):
    reply = server.api.http.post(f"{server.url}/v1/keys/{key['id']}/rotate", **({"json": fields} if fields else {}))
    assert reply.status_code == 200, reply.text
    return reply.json()


def token(claims=None, sign=None, **header):
    """An identity token as an app's back end makes it, with a library that is not ours."""
    sign = sign or (lambda data: hmac.new(SECRET.encode(), data, hashlib.sha256).digest())
    body = {"sub": "ann", "exp": int(time.time()) + 600, **(claims or {})}
    parts = [{"alg": "HS256", "typ": "JWT", **header}, {name: value for name, value in body.items() if value is not None}]
    text = ".".join(base64url(json.dumps(part).encode()) for part in parts)
    return text + "." + base64url(sign(text.encode()))


def register(server, agent, key, **more):
    body = {"provider": "webpush", "subscription": agent.register().subscription, **more}
    return requests.post(f"{server.url}/v1/devices", json=body, headers=bearer(key), timeout=30)


def set_identity(server, query="", **settings):
    return server.api.http.put(f"{server.url}/v1/apps/default/identity{query}", json=settings)


# Keys


def test_a_key_is_shown_once_rotated_with_overlap_and_removed(server):
    made = make_key(server, scope="read")
    assert made["key"].startswith("herald_read_") and made["last_used_at"] is None and made["app"] == "default"
    assert status(server, made["key"]) == 200
    rotated = rotate(server, made)
    assert rotated["key"] != made["key"] and rotated["previous_until"]
    assert [status(server, key["key"]) for key in (made, rotated)] == [200, 200]
    last = rotate(server, made, overlap_seconds=0)
    until(lambda: status(server, rotated["key"]) == 401, 30, "the secret before ends")
    assert status(server, made["key"]) == 401 and status(server, last["key"]) == 200
    listed = server.api.http.get(f"{server.url}/v1/keys").text
    assert made["id"] in listed and not any(key["key"] in listed for key in (made, rotated, last))
    assert server.api.http.delete(f"{server.url}/v1/keys/{made['id']}").status_code == 204
    until(lambda: status(server, last["key"]) == 401, 30, "the removed key stops working")


def test_an_overlap_ends_by_itself(server):
    made = make_key(server, scope="read")
    rotate(server, made, overlap_seconds=2)
    assert status(server, made["key"]) == 200
    until(lambda: status(server, made["key"]) == 401, 30, "the overlap is over")


def test_the_last_use_is_written_when_the_server_stops(server):
    made = make_key(server, scope="read")
    assert status(server, made["key"]) == 200
    server.restart()
    listed = server.api.http.get(f"{server.url}/v1/keys").json()["keys"]
    assert next(key for key in listed if key["id"] == made["id"])["last_used_at"]


def test_the_command_line_rotates_and_lists(server):
    made = json.loads(server.run("keys", "create", "--scope", "read", "--name", "cli", "--json").stdout)
    new = server.run("keys", "rotate", made["id"], "--overlap-seconds", "60").stdout.strip()
    assert [status(server, key) for key in (made["key"], new)] == [200, 200]
    line = next(line for line in server.run("keys", "list").stdout.splitlines() if line.startswith(made["id"]))
    columns = line.split("\t")
    assert columns[1:3] == ["read", "default"] and columns[5] != "-" and columns[6] == "cli"
    assert new not in line
    assert server.run("keys", "rotate", "none", check=False).returncode != 0
    assert server.run("keys", "rotate", made["id"], "--overlap-seconds", "-1", check=False).returncode != 0


@pytest.mark.one_database(reason="the id of the key in the folder is another where nodes share a database")
def test_the_key_in_the_folder_is_rotated_by_its_file(server):
    reply = server.api.http.post(f"{server.url}/v1/keys/admin.key/rotate")
    assert (reply.status_code, reply.json()["code"]) == (409, "key_in_file")
    assert server.api.http.get(f"{server.url}/v1/keys").status_code == 200


def test_another_apps_keys_are_out_of_reach(server):
    server.api.http.put(f"{server.url}/v1/apps/shop")
    theirs, ours = make_key(server, scope="admin", app="shop"), make_key(server, scope="read")
    assert [key["id"] for key in ask(server, theirs["key"], "keys").json()["keys"]] == [theirs["id"]]
    assert requests.delete(f"{server.url}/v1/keys/{ours['id']}", headers=bearer(theirs["key"])).status_code == 404
    assert status(server, ours["key"]) == 200


# Identity


def test_without_identity_settings_a_register_key_names_any_user(server, agent):
    key = make_key(server, scope="register")["key"]
    assert register(server, agent, key, user="ann").json()["user"] == "ann"
    reply = register(server, agent, key, identity_token=token())
    assert (reply.status_code, reply.json()["code"]) == (422, "identity_not_configured")


def test_with_a_shared_secret_a_device_proves_its_user(server, agent):
    key = make_key(server, scope="register")["key"]
    assert set_identity(server, secret=SECRET).status_code == 200
    assert SECRET not in server.api.http.get(f"{server.url}/v1/apps/default/identity").text
    missing = register(server, agent, key, user="ann")
    assert (missing.status_code, missing.json()["code"]) == (422, "identity_token_missing")
    assert register(server, agent, key, user="ann", identity_token=token()).json()["user"] == "ann"
    assert register(server, agent, key, identity_token=token()).json()["user"] == "ann"
    assert register(server, agent, key).json()["user"] is None
    assert register(server, agent, server.admin_key, user="bob").json()["user"] == "bob"
    other = register(server, agent, key, user="bob", identity_token=token())
    assert (other.status_code, other.json()["code"]) == (422, "identity_token_other_user")


def test_signing_in_later_needs_the_proof_too(server, agent):
    key = make_key(server, scope="register")["key"]
    set_identity(server, secret=SECRET)
    url = f"{server.url}/v1/devices/{register(server, agent, key).json()['id']}"
    patch = lambda **body: requests.patch(url, json=body, headers=bearer(key), timeout=30)
    assert patch(user="ann").json()["code"] == "identity_token_missing"
    assert patch(user="ann", identity_token=token()).json()["user"] == "ann"
    assert patch(user=None).json()["user"] is None


EXPECTED = {"iss": "https://id.example", "aud": "shop"}


@pytest.mark.parametrize("made, status, code", [
    (lambda: token({**EXPECTED, "exp": int(time.time()) - 120}), 401, "identity_token_expired"),
    (lambda: token({**EXPECTED, "nbf": int(time.time()) + 600}), 401, "identity_token_early"),
    (lambda: token({**EXPECTED, "iss": "https://elsewhere.example"}), 401, "identity_token_wrong_issuer"),
    (lambda: token({**EXPECTED, "aud": "another"}), 401, "identity_token_wrong_audience"),
    (lambda: token(EXPECTED, sign=lambda data: b"x" * 32), 401, "identity_token_untrusted"),
    (lambda: token(EXPECTED, alg="none", sign=lambda data: b""), 401, "identity_token_untrusted"),
    (lambda: token({**EXPECTED, "exp": None}), 422, "identity_token_malformed"),
    (lambda: token({**EXPECTED, "more": "x" * 9000}), 422, "identity_token_malformed"),
    (lambda: "garbage", 422, "identity_token_malformed"),
])
def test_a_token_that_proves_nothing_is_named(server, agent, made, status, code):
    key = make_key(server, scope="register")["key"]
    set_identity(server, secret=SECRET, issuer=EXPECTED["iss"], audience=EXPECTED["aud"])
    assert register(server, agent, key, identity_token=token(EXPECTED)).status_code == 201
    reply = register(server, agent, key, identity_token=made())
    assert (reply.status_code, reply.json()["code"], reply.json()["field"]) == (status, code, "identity_token")
    assert reply.headers["Content-Type"] == "application/problem+json"


def test_a_public_key_cannot_be_taken_for_a_secret(server, agent):
    pair = ec.generate_private_key(ec.SECP256R1())
    numbers = pair.public_key().public_numbers()
    public = {"kty": "EC", "crv": "P-256", "kid": "1",
              "x": base64url(numbers.x.to_bytes(32, "big")), "y": base64url(numbers.y.to_bytes(32, "big"))}

    def sign(data):
        r, s = utils.decode_dss_signature(pair.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    key = make_key(server, scope="register")["key"]
    assert set_identity(server, jwks={"keys": [public]}).json()["keys"] == [{"kid": "1", "alg": "ES256"}]
    assert register(server, agent, key, identity_token=token(sign=sign, alg="ES256", kid="1")).json()["user"] == "ann"
    forged = token(alg="HS256", kid="1", sign=lambda data: hmac.new(json.dumps(public).encode(), data, hashlib.sha256).digest())
    for text in (forged, token(sign=sign, alg="ES256", kid="2")):
        assert register(server, agent, key, identity_token=text).json()["code"] == "identity_token_untrusted"


@pytest.mark.parametrize("settings, field", [
    ({"secret": "short"}, "secret"), ({}, "secret"), ({"jwks_url": "http://localhost:9/keys"}, "jwks_url"),
    ({"jwks_url": "https://localhost:9/keys"}, "jwks_url"), ({"jwks": {"keys": []}}, "jwks"),
    ({"secret": SECRET, "jwks": {"keys": []}}, "secret"), ({"secret": SECRET, "isuer": "x"}, "isuer"),
])
def test_identity_settings_that_would_not_do_are_named(server, settings, field):
    reply = set_identity(server, **settings)
    assert (reply.status_code, reply.json()["field"]) == (422, field), reply.text
    assert server.api.http.get(f"{server.url}/v1/apps/default/identity").status_code == 404


def test_identity_settings_survive_a_restart_and_can_be_removed(server):
    key = make_key(server, scope="register")["key"]
    set_identity(server, secret=SECRET)
    server.restart()
    with UserAgent.greeted(server) as agent:
        assert register(server, agent, key, user="ann").status_code == 422
        assert server.api.http.delete(f"{server.url}/v1/apps/default/identity").status_code == 204
        assert register(server, agent, key, user="ann").status_code == 201


# Limits


def test_a_register_key_is_limited_and_the_answers_say_so(make_server):
    server = make_server(HERALD_LIMITS_REGISTER_REQUESTS_PER_SECOND="1", HERALD_LIMITS_REGISTER_BURST_REQUESTS="3")
    key = make_key(server, scope="register")["key"]
    answers = [requests.delete(f"{server.url}/v1/devices/none", headers=bearer(key), timeout=30) for _ in range(5)]
    assert [answer.status_code for answer in answers[:3]] == [404] * 3
    assert answers[0].headers["RateLimit-Policy"] == '"register";q=3;w=3'
    assert answers[0].headers["RateLimit"].startswith('"register";r=2;t=')
    refused = answers[-1]
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) >= 1
    assert refused.headers["Content-Type"] == "application/problem+json" and refused.json()["code"] == "too_many_requests"
    assert all("RateLimit" not in server.api.http.get(f"{server.url}/v1/devices").headers for _ in range(5))


def test_whoever_guesses_keys_is_stopped_and_the_others_are_not(make_server):
    server = make_server(HERALD_LIMITS_FAILED_KEYS_PER_MINUTE="5")
    assert server.api.http.get(f"{server.url}/v1/devices").status_code == 200
    codes = [status(server, f"herald_admin_{guess}") for guess in range(8)]
    assert codes == [401] * 5 + [429] * 3
    assert server.api.http.get(f"{server.url}/v1/devices").status_code == 200


@pytest.mark.parametrize("proxies, expected", [("", 429), ("127.0.0.0/8,::1", 404)])
def test_a_forwarded_address_counts_only_from_a_trusted_proxy(make_server, proxies, expected):
    more = {"HERALD_LIMITS_TRUSTED_PROXIES": proxies} if proxies else {}
    server = make_server(
        HERALD_LIMITS_REGISTER_REQUESTS_PER_SECOND="1", HERALD_LIMITS_REGISTER_BURST_REQUESTS="1", **more)
    key = make_key(server, scope="register")["key"]

    def code(address):
        headers = {**bearer(key), "X-Forwarded-For": address}
        return requests.delete(f"{server.url}/v1/devices/none", headers=headers, timeout=30).status_code

    assert code("198.51.100.1") == 404
    assert code("198.51.100.2") == expected


# Audit


def test_what_administrators_did_is_written_down_without_secrets(server):
    made = make_key(server, scope="send", name="shop's server")
    rotated = rotate(server, made)
    server.api.http.delete(f"{server.url}/v1/keys/{made['id']}")
    set_identity(server, secret=SECRET)
    server.api.http.put(f"{server.url}/v1/apps/shop")
    server.run("keys", "create", "--scope", "read")
    reply = server.api.http.get(f"{server.url}/v1/audit")
    entries = reply.json()["entries"]
    assert [entry["action"] for entry in entries] == [
        "key.created", "app.created", "identity.set", "key.removed", "key.rotated", "key.created"]
    assert entries[0]["key"] == {"id": None, "name": "command line"} and entries[1]["app"] == "shop"
    assert "shop's server" in entries[-1]["subject"] and made["id"] in entries[-1]["subject"]
    assert not any(secret in reply.text for secret in (SECRET, made["key"], rotated["key"], server.admin_key))

    found, after = [], ""
    while after is not None:
        page = server.api.http.get(f"{server.url}/v1/audit", params={"limit": 4, **({"after": after} if after else {})}).json()
        found, after = found + page["entries"], page["next"]
    assert found == entries
    assert server.api.http.get(f"{server.url}/v1/audit", params={"after": "x"}).status_code == 422


def test_an_app_sees_its_own_audit_log(server):
    server.api.http.put(f"{server.url}/v1/apps/shop")
    theirs = make_key(server, scope="admin", app="shop")
    make_key(server, scope="read")
    entries = ask(server, theirs["key"], "audit").json()["entries"]
    assert {entry["app"] for entry in entries} == {"shop"} and len(entries) == 2
    assert ask(server, make_key(server, scope="read")["key"], "audit").status_code == 403
