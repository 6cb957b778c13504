"""The Centrifugo front: a configuration file of Centrifugo's own, and a Centrifugo behind it."""

import json
import sqlite3
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from centrifugo import KEY, ON, Centrifugo, fcm
from centrifugo_grpc import CentrifugoGRPC
from deadline import until
from herald_server import HeraldServer, run_herald
from ports import free_port
from simulators import Simulators
from test_providers import apns_token

GRPC_PORT = free_port()


@pytest.fixture(scope="module")
def simulators(tmp_path_factory):
    with Simulators(tmp_path_factory.mktemp("some"), "apns", "fcm", "hms") as simulators:
        yield simulators


@pytest.fixture
def serve(tmp_path, database_settings, simulators):
    """Starts a server with nothing but a file of Centrifugo's, and what tests need."""
    servers = []

    def serve(config):
        file = tmp_path / "config.json"
        file.write_text(json.dumps(config))
        server = HeraldServer(tmp_path, {**database_settings(), "HERALD_TRUST_ROOTS": simulators.ca},
                              ["--centrifugo-config", str(file)])
        servers.append(server)
        return server.start()

    yield serve
    for server in servers:
        server.end_if_running()


def config(simulators, tmp_path, **more):
    """As somebody would have it who sends through all of them."""
    apns, hms = simulators.credentials("apns"), simulators.credentials("hms")
    key = tmp_path / "key.p8"
    key.write_text(apns["private_key"])
    vapid = json.loads(run_herald("vapid", "generate", "--json").stdout)
    return {
        "http_api": {"key": KEY}, "channel": {"namespaces": []},
        "grpc_api": {"enabled": True, "port": GRPC_PORT, "key": "of grpc", "reflection": True},
        "push_notifications": {
            "enabled": True, "enabled_providers": ["fcm", "hms", "apns", "webpush"], "queue": {"type": "redis"},
            "fcm": {"credentials_file": simulators.file("fcm_service_account")},
            "hms": {"app_id": hms["app_id"], "app_secret": hms["client_secret"], "auth_endpoint": hms["token_endpoint"],
                    "push_endpoint": hms["endpoint"]},
            "apns": {"endpoint": apns["endpoint"], "bundle_id": apns["bundle_id"], "auth_type": "token", "token_key_file": str(key),
                     "token_key_id": apns["key_id"], "token_team_id": apns["team_id"]},
            "webpush": {"vapid_public_key": vapid["public_key"], "vapid_private_key": vapid["private_key"], "subject": "mailto:a@example.com"},
            **more}}


def test_a_file_of_centrifugo_s_is_all_that_is_needed(serve, simulators, tmp_path):
    wanted = config(simulators, tmp_path)
    server = serve(wanted)
    front = Centrifugo(server)
    key = front.http.get(f"{server.url}/v1/vapid").json()
    assert wanted["push_notifications"]["webpush"]["vapid_public_key"] in key.values()
    providers = server.api.http.get(f"{server.url}/v1/apps/default/providers").json()
    assert {each["provider"] for each in providers["providers"]} >= {"apns", "fcm", "hms"}, providers
    status = front.push({"apns_tokens": [apns_token(1)]}, {"apns": {"payload": {"aps": {"alert": "x"}}}})
    assert status["counters"]["accepted"] == 1, status
    log = server.log.read_text()
    assert "push_notifications.queue means nothing here" in log and "grpc_api.reflection means nothing here" in log
    assert KEY not in log and "of grpc" not in log
    with CentrifugoGRPC(GRPC_PORT, "of grpc") as client:
        assert client.ok("device_list", include_total_count=True).total_count == 0


def test_a_dry_run_sends_nothing(serve, simulators, tmp_path):
    simulators.forget()
    front = Centrifugo(serve(config(simulators, tmp_path, dry_run=True)))
    front.register("t", user="u")
    assert front.push({"filter": {"users": ["u"]}})["counters"]["accepted"] == 1
    assert simulators.counts("fcm")["requests"] == 0


@pytest.mark.one_database(reason="removing them is tested on both")
def test_devices_that_stay_away_are_removed(serve, simulators, tmp_path):
    server = serve(config(simulators, tmp_path, max_inactive_device_interval="720h"))
    front = Centrifugo(server)
    for token in ("stays", "away"):
        front.register(token)
    server.stop()
    database = sqlite3.connect(server.data / "herald.sqlite")
    with database:
        database.execute("UPDATE device SET registered_at = registered_at - 721 * 3600 * 1000 WHERE address = 'away'")
    database.close()
    server.start()
    until(lambda: [device["token"] for device in front.devices()] == ["stays"], 30, "who was away is gone")


@pytest.mark.parametrize("text, named", [
    ("{", "no JSON object"), ('{"push_notifications":{"enabled":false}}', "push_notifications.enabled"),
    ('{"consumers":[{"name":"c","type":"postgresql","postgresql":{"dsn":"host=h","outbox_table_name":"a b"}}]}', "outbox_table_name"),
    ('{"push_notifications":{"fcm":{"credentials_file":"/no/such"}}}', "/no/such"),
    ('{"push_notifications":{"apns":{"bundle_id":"a","auth_type":"cert"}}}', "openssl"),
    ('{"http_api":{"error_mode":"nonsense"}}', "centrifugo.errorMode"),
    ('{"push_notifications":{"hms":{"app_id":"1"}}}', "client_secret"),
])
@pytest.mark.one_database(reason="it ends before there is one")
def test_a_file_that_cannot_be_used_is_named(tmp_path, text, named):
    file = tmp_path / "config.json"
    file.write_text(text)
    done = run_herald(
        "serve", "--data", str(tmp_path / "data"), "--port", str(free_port()), "--centrifugo-config", str(file), check=False)
    assert done.returncode != 0 and named in done.stderr + done.stdout, done


# A Centrifugo behind it

class RealTime:
    """Says what it was asked, as a Centrifugo with its key would answer."""

    def __init__(self):
        self.asked = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/api"

    def handler(real_time):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
                real_time.asked.append((self.path, body, self.headers["X-API-Key"], self.headers["X-Centrifugo-Error-Mode"]))
                answer = b'{"result": {"offset":12345678901234567890}}' if "history" in self.path \
                    else b'{"error":{"code":102,"message":"unknown channel"}}'
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        return Handler

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def real_time():
    real_time = RealTime()
    yield real_time
    real_time.stop()


def test_what_is_not_push_goes_to_the_centrifugo_behind(make_server, real_time):
    front = Centrifugo(make_server(**ON, HERALD_CENTRIFUGO_UPSTREAM=real_time.url, HERALD_CENTRIFUGO_UPSTREAM_KEY="theirs"))
    body = '{ "channel":"c", "limit":12345678901234567890}'
    reply = front.post("history", body)
    assert reply.text == '{"result": {"offset":12345678901234567890}}' and reply.headers["Content-Type"] == "application/json"
    assert real_time.asked == [("/api/history", body, "theirs", None)]
    assert front.post("publish", {}).json()["error"]["code"] == 102
    front.post("new_method", {}, headers={"X-API-Key": KEY, "X-Centrifugo-Error-Mode": "transport"})
    assert real_time.asked[-1] == ("/api/new_method", "{}", "theirs", "transport")
    assert front.post("history", {}, headers={}).status_code == 401 and len(real_time.asked) == 3
    replies = front.post("batch", {"commands": [{"history": {"channel": "c"}}, {"publish": {}}, {"device_list": {}}]}).json()["replies"]
    assert replies == [{"history": {"offset": 12345678901234567890}}, {"error": {"code": 102, "message": "unknown channel"}},
                       {"device_list": {"items": []}}]
    assert json.loads(front.post("", '{"id":1,"method":"history"}').text) == {"id": 1, "result": {"offset": 12345678901234567890}}
    assert front.ok("device_list") == {"items": []} and not any("device" in path for path, *_ in real_time.asked)


def test_a_centrifugo_that_is_away_is_an_internal_error(make_server, real_time):
    real_time.stop()
    front = Centrifugo(make_server(**ON, HERALD_CENTRIFUGO_UPSTREAM=real_time.url))
    assert front.error("publish") == 100
    assert front.ok("device_list") == {"items": []}
