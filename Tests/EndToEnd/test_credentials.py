"""Apps and their provider credentials: set, checked, sealed, shown without secrets, in force at once."""

import json

import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from herald_server import run_herald

UNREACHABLE = "https://localhost:9"


def pem(key):
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, form, serialization.NoEncryption()).decode()


@pytest.fixture(scope="module")
def apns():
    return {"team_id": "TEAM123456", "key_id": "KEY1234567", "bundle_id": "com.example.app", "endpoint": UNREACHABLE,
            "private_key": pem(ec.generate_private_key(ec.SECP256R1()))}


@pytest.fixture(scope="module")
def fcm():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    account = {"type": "service_account", "project_id": "p-1", "private_key_id": "k", "private_key": pem(key),
               "client_email": "a@p-1.example", "token_uri": UNREACHABLE + "/token"}
    return {"service_account": account, "endpoint": UNREACHABLE, "token_endpoint": UNREACHABLE + "/token"}


def put(server, provider, body, app="default", query="?verify=false", key=None):
    headers = {"Authorization": f"Bearer {key}"} if key else None
    return server.api.http.put(f"{server.url}/v1/apps/{app}/providers/{provider}{query}", json=body, headers=headers)


def shown(server, app="default"):
    providers = server.api.http.get(f"{server.url}/v1/apps/{app}/providers").json()["providers"]
    return {provider["provider"]: provider["credentials"] for provider in providers}


@pytest.mark.one_database(reason="looks into the database's file")
def test_credentials_are_kept_sealed_and_shown_without_secrets(server, apns, fcm):
    assert put(server, "apns", apns).status_code == 200
    assert put(server, "fcm", fcm).status_code == 200
    before = shown(server)
    assert before["apns"][0]["fields"]["key_id"] == "KEY1234567"
    assert before["apns"][0]["environments"] == ["production", "sandbox"]
    assert before["fcm"][0]["fields"]["project_id"] == "p-1"
    assert "PRIVATE" not in json.dumps(before)
    server.restart()
    assert shown(server) == before
    secrets = [apns["private_key"].split("\n")[1], fcm["service_account"]["private_key"].split("\n")[1]]
    for file in server.data.glob("*"):
        content = file.read_bytes()
        for secret in secrets:
            assert secret.encode() not in content, file
    assert secrets[0] not in server.log.read_text()


@pytest.mark.one_database(reason="a node with another master key than the others doesn't start")
def test_a_lost_master_key_is_named_and_the_server_starts(server, apns):
    assert put(server, "apns", apns).status_code == 200
    server.stop()
    (server.data / "master.keys").unlink()
    server.start()
    assert shown(server)["apns"] == []
    assert "master.keys" in server.log.read_text()


def test_a_master_key_can_be_rotated(server, apns):
    assert put(server, "apns", apns).status_code == 200
    server.stop()
    file = server.data / "master.keys"
    old = file.read_text()
    file.write_text("A" * 43 + "\n" + old)
    server.start()
    assert len(shown(server)["apns"]) == 1
    server.stop()
    file.write_text("A" * 43 + "\n")
    server.start()
    assert len(shown(server)["apns"]) == 1, "everything was sealed with the new key at the first start"


@pytest.mark.parametrize("provider, change, field", [
    ("apns", {"private_key": "no key"}, "private_key"), ("apns", {"team_id": "short"}, "team_id"), ("apns", {"key_id": None}, "key_id"),
    ("apns", {"bundle_id": ""}, "bundle_id"), ("apns", {"environment": "moon"}, "environment"),
    ("apns", {"endpoint": "https://x/path"}, "endpoint"),
    ("fcm", {"service_account": {"project_id": "p"}}, "service_account.client_email"), ("fcm", {"service_account": None}, "service_account"),
    ("hms", {"app_id": "abc", "client_secret": "x"}, "app_id"), ("hms", {}, "client_secret"),
    ("wns", {"tenant_id": "t", "client_id": "c"}, "client_secret"),
    ("webpush", {"private_key": "short"}, "private_key"),
])
def test_what_is_wrong_is_named_when_it_is_set(server, apns, fcm, provider, change, field):
    body = {**{"apns": apns, "fcm": fcm}.get(provider, {}), **change}
    reply = put(server, provider, body)
    assert reply.status_code == 422, reply.text
    assert reply.json()["code"] == "invalid_credential" and reply.json()["field"] == field
    assert shown(server)[provider] == ([] if provider != "webpush" else shown(server)["webpush"])


@pytest.mark.parametrize("wrap, field, code", [
    (lambda it: {**it, "enviroment": "sandbox"}, "enviroment", "unknown_field"),
    (lambda it: {"credentials": [it, {**it, "enviroment": "sandbox"}]}, "credentials[1].enviroment", "unknown_field"),
    (lambda it: {"credentials": [it], "endpoint": UNREACHABLE}, "endpoint", "unknown_field"),
    (lambda it: {"credentials": []}, "credentials", "invalid_field"), (lambda it: {"credentials": it}, "credentials", "invalid_field"),
    (lambda it: {"credentials": ["x"]}, "credentials[0]", "invalid_credential"),
])
def test_what_nobody_would_read_is_refused(server, apns, wrap, field, code):
    reply = put(server, "apns", wrap(apns))
    assert (reply.status_code, reply.json()["field"], reply.json()["code"]) == (422, field, code), reply.text
    assert shown(server)["apns"] == []


def test_whether_to_verify_is_true_or_false(server, apns):
    reply = put(server, "apns", apns, query="?verify=no")
    assert (reply.status_code, reply.json()["field"]) == (422, "verify")


@pytest.mark.parametrize("subject", ["mailto:admin@localhost", "mailto:mailto:a@example.com", "a@example.com", "mailto:a b@example.com"])
def test_a_subject_that_apple_refuses_is_named(server, subject):
    key = json.loads(run_herald("vapid", "generate", "--json").stdout)
    reply = put(server, "webpush", {"private_key": key["private_key"], "subject": subject})
    assert (reply.status_code, reply.json()["field"]) == (422, "subject")


def test_an_app_has_a_vapid_key_of_its_own(server):
    key = json.loads(run_herald("vapid", "generate", "--json").stdout)
    assert server.api.http.put(f"{server.url}/v1/apps/shop").status_code == 201
    assert server.api.http.put(f"{server.url}/v1/apps/shop").status_code == 200
    default = requests.get(f"{server.url}/v1/vapid").json()["public_key"]
    assert requests.get(f"{server.url}/v1/vapid?app=shop").json()["public_key"] == default
    assert put(server, "webpush", {"private_key": key["private_key"]}, app="shop").status_code == 200
    assert requests.get(f"{server.url}/v1/vapid?app=shop").json()["public_key"] == key["public_key"]
    assert requests.get(f"{server.url}/v1/vapid").json()["public_key"] == default
    assert requests.get(f"{server.url}/v1/vapid?app=none").status_code == 404


def test_a_provider_that_cannot_be_reached_is_no_reason_to_refuse(server, apns):
    reply = put(server, "apns", apns, query="")
    assert reply.status_code == 200, reply.text
    assert reply.json()["credentials"][0]["verified"] == "unknown"


def test_several_credentials_and_the_one_at_fault(server, apns):
    other = {**apns, "bundle_id": "com.example.other"}
    assert len(put(server, "apns", {"credentials": [apns, other]}).json()["credentials"]) == 2
    reply = put(server, "apns", {"credentials": [apns, {**other, "team_id": "x"}]})
    assert (reply.status_code, reply.json()["field"]) == (422, "credentials[1].team_id")
    assert len(shown(server)["apns"]) == 2, "a refused change changes nothing"


def test_only_admins_and_only_their_own_app(server, apns):
    server.api.http.put(f"{server.url}/v1/apps/shop")
    make = lambda *more: server.run("keys", "create", *more).stdout.strip()
    assert put(server, "apns", apns, key=make("--scope", "send")).status_code == 403
    shop = make("--scope", "admin", "--app", "shop")
    assert put(server, "apns", apns, app="shop", key=shop).status_code == 200
    assert put(server, "apns", apns, key=shop).status_code == 404
    assert put(server, "apns", apns, app="nowhere").status_code == 404
    assert put(server, "smoke-signals", apns).status_code == 404


def test_the_command_line_sets_lists_and_removes(server, fcm, tmp_path):
    run = lambda *more: server.run("providers", *more, "--server", server.url, check=False, timeout=30)
    file = tmp_path / "service-account.json"
    file.write_text(json.dumps(fcm["service_account"]))
    done = run("set", "fcm", "--file", str(file), "--no-verify")
    assert done.returncode == 0 and "project_id=p-1" in done.stdout, done.stderr
    assert "project_id=p-1" in run("list").stdout
    file.write_text(json.dumps({**fcm["service_account"], "private_key": "x"}))
    wrong = run("set", "fcm", "--file", str(file), "--no-verify")
    assert wrong.returncode != 0 and "service_account.private_key" in wrong.stderr
    assert run("remove", "fcm").returncode == 0
    assert "p-1" not in run("list").stdout
    assert run("remove", "fcm").returncode != 0
    assert "can't be read" in run("set", "fcm", "--file", str(tmp_path / "none")).stderr
