"""The commands of the pages in docs/migrate, from the first to the last, as they stand: only the address and what stands for a reader's own
values are put in."""

import json
import os
import subprocess

import pytest

from centrifugo import KEY, Centrifugo
from deadline import until
from documentation import shell_blocks
from herald_server import BINARY
from scripted_push_service import ScriptedPushService
from simulators import Simulators
from test_providers import put_credentials

pytestmark = pytest.mark.one_database(reason="the documented commands are the same")


def blocks(page):
    return [each.text.strip() for each in shell_blocks(page)]


def run(block, server, folder, **more):
    (folder / "data").exists() or (folder / "data").symlink_to(server.data)
    filled = block.replace("http://localhost:8080", server.url).replace("curl ", "curl --silent --show-error --fail-with-body ")
    if filled.startswith("herald "):
        filled = f"{BINARY} " + filled.removeprefix("herald ")
    done = subprocess.run(
        ["sh", "-euc", filled], cwd=folder, env={**os.environ, "HERALD_SERVER": server.url, **more}, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, block + done.stdout + done.stderr
    return done.stdout


def settings(block, **values):
    """What a block that starts a server sets; `$NAME` stands for a value."""
    *assignments, program, command = block.split()
    assert (program, command) == ("herald", "serve"), block
    named = dict(each.split("=", 1) for each in assignments)
    return {name: values[text[1:]] if text.startswith("$") else text for name, text in named.items()}


def test_from_gorush(make_server, tmp_path):
    serve, credentials, push, statistics = blocks("docs/migrate/gorush.md")
    with Simulators(tmp_path, "fcm") as simulators:
        server = make_server(HERALD_TRUST_ROOTS=simulators.ca, **settings(serve))
        (tmp_path / "fcm.json").write_text(json.dumps(simulators.credentials("fcm")))
        run(credentials, server, tmp_path)
        assert json.loads(run(push, server, tmp_path)) == {"success": "ok", "counts": 1, "logs": []}
        simulators.wait_for("fcm", 2)
        assert json.loads(run(statistics, server, tmp_path))["total_count"] == 1


def test_from_loopback(make_server, tmp_path):
    serve, application, installation, many, query, subscriptions, credentials, push = blocks("docs/migrate/loopback.md")
    with Simulators(tmp_path, "fcm") as simulators:
        server = make_server(HERALD_TRUST_ROOTS=simulators.ca, **settings(serve))
        assert len(json.loads(run(application, server, tmp_path))["restApiKey"]) == 40
        made = json.loads(run(installation, server, tmp_path))
        assert [each["deviceType"] for each in json.loads(run(many, server, tmp_path))] == ["ios", "android"]
        for block in (query, subscriptions):
            assert json.loads(run(block, server, tmp_path)) == [made]
        fcm = simulators.credentials("fcm")
        gcm = {"serviceAccount": fcm["service_account"], "endpoint": fcm["endpoint"], "tokenEndpoint": fcm["token_endpoint"]}
        (tmp_path / "push-settings.json").write_text(json.dumps({"pushSettings": {"gcm": gcm}}))
        assert json.loads(run(credentials, server, tmp_path))["pushSettings"] == {"gcm": {"projectId": fcm["service_account"]["project_id"]}}
        simulators.forget()
        assert run(push, server, tmp_path) == "{}"
        # Google gives a token first.
        simulators.wait_for("fcm", 2)
        assert json.loads(simulators.received("fcm")[-1]["body"])["message"]["data"]["page"] == '{"id":7}'


def test_from_the_codelab(make_server, tmp_path):
    serve, add, send, book, trigger = blocks("docs/migrate/codelab.md")
    key = json.loads(subprocess.run([BINARY, "vapid", "generate", "--json"], capture_output=True, check=True).stdout)["private_key"]
    with ScriptedPushService() as service:
        asked = settings(serve, VAPID_PRIVATE_KEY=key, VAPID_SUBJECT="mailto:operator@example.com")
        server = make_server(HERALD_ALLOW_PRIVATE_ENDPOINTS="true", **asked, **settings(book))
        subscription = service.subscription("one")
        for name, value in (("endpoint", subscription["endpoint"]), *subscription["keys"].items()):
            add = add.replace(f'"{name}": "…"', f'"{name}": "{value}"')
        assert run(add, server, tmp_path) == run(send, server, tmp_path) == "OK"
        assert json.loads(run(trigger, server, tmp_path)) == {"data": {"success": True}}
        for push in server.api.http.get(f"{server.url}/v1/pushes").json()["pushes"]:
            assert server.api.finished(push["id"])["accepted"] == 1
        assert service.faults == [] and {"notification": {"title": "Hello"}} in [json.loads(attempt.text) for attempt in service.attempts_at("one")]


def test_from_centrifugo_s_consumers(make_server, tmp_path, postgres):
    serve, table, join, trigger, serve_own = blocks("docs/migrate/outbox.md")
    chat = postgres.create_database()
    with Simulators(tmp_path, "fcm") as simulators:
        def start(block):
            server = make_server(HERALD_TRUST_ROOTS=simulators.ca, **settings(block, CHAT=chat, KEY=KEY))
            put_credentials(server, "fcm", simulators.credentials("fcm"))
            return server

        def has_got(token):
            return [token] in [request["tokens"] for request in simulators.received("fcm")]

        server = start(serve)
        Centrifugo(server).register("one", user="42")
        for block in (table, join):
            run(block, server, tmp_path, CHAT=chat)
        until(lambda: has_got("one"), 30, "who has joined gets the message")
        server.stop()
        server = start(serve_own)
        device = {"provider": "fcm", "token": "two", "topics": ["chat:messages:5"]}
        server.api.http.post(f"{server.url}/v1/devices", json=device).raise_for_status()
        run(trigger, server, tmp_path, CHAT=chat)
        into_the_kept = join.replace("chat_outbox (method, payload)", "chat_cdc (method, payload, partition)").replace("}')", "}', -7)")
        run(into_the_kept, server, tmp_path, CHAT=chat)
        until(lambda: has_got("two"), 30, "what is kept is sent, too")
        assert postgres.query("SELECT count(*) FROM chat_cdc", chat) == [["2"]]
        until(lambda: not postgres.query("SELECT id FROM herald_outbox", chat), 30, "Herald's table is empty again")
