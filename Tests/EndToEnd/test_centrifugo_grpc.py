"""Centrifugo's API over gRPC: the same methods with the same numbers, answered as over HTTP."""

import os
import socket
import subprocess
import sys

import grpc
import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.settings import SettingCodes

from centrifugo import Centrifugo, soon
from centrifugo_grpc import SERVICE, CentrifugoGRPC, made
from documentation import examples
from herald_server import HeraldServer, run_herald
from ports import free_port
from test_providers import put_credentials

pytestmark = pytest.mark.one_database(reason="the front translates; what it translates to is tested on both")

KEY = "the grpc key"
TRANSPORT = ("x-centrifugo-error-mode", "transport")


@pytest.fixture(scope="module")
def served(running, tmp_path_factory):
    """A server that takes calls over gRPC; the key of its HTTP front is another."""
    server = HeraldServer(tmp_path_factory.mktemp("grpc"), {
        "HERALD_CENTRIFUGO_API_KEY": "the-key", "HERALD_CENTRIFUGO_GRPC_KEY": KEY, "HERALD_CENTRIFUGO_GRPC_PORT": str(free_port()),
        "HERALD_TRUST_ROOTS": running.ca})
    server.start()
    put_credentials(server, "fcm", running.credentials("fcm"))
    yield server
    server.end_if_running()


def port(server):
    return int(server.environment["HERALD_CENTRIFUGO_GRPC_PORT"])


@pytest.fixture
def client(served):
    with CentrifugoGRPC(port(served), KEY) as client:
        yield client


# Numbers

NUMBERS = """
DeviceRegisterRequest: id 1, provider 2, token 3, platform 4, user 5, meta 6, topics 7, timezone 8, locale 9
DeviceRegisterResult: id 1
DeviceUpdateRequest: ids 1, users 2, user_update 4, meta_update 5, topics_update 6, timezone_update 7, locale_update 8
DeviceUserUpdate: user 1
DeviceMetaUpdate: meta 1
DeviceTopicsUpdate: op 1, topics 2
DeviceTimezoneUpdate: timezone 1
DeviceLocaleUpdate: locale 1
DeviceRemoveRequest: ids 1, users 2
DeviceFilter: ids 1, users 2, topics 3, providers 4, platforms 5
DeviceListRequest: filter 1, include_total_count 2, include_meta 3, include_topics 4, include_webpush_keys 5, cursor 10, limit 11
DeviceListResult: items 1, next_cursor 2, total_count 3
Device: id 1, platform 2, provider 3, token 4, user 5, created_at 6, updated_at 7, meta 10, topics 11, timezone 12, locale 13, webpush_keys 14
DeviceTopicFilter: device_ids 1, device_providers 2, device_platforms 3, device_users 4, topics 5, topic_prefix 6
DeviceTopicListRequest: filter 1, include_total_count 2, include_device 3, cursor 10, limit 11
DeviceTopicListResult: items 1, next_cursor 2, total_count 3
DeviceTopic: id 1, topic 2, device 3
DeviceTopicUpdateRequest: device_id 1, op 2, topics 3, user 4
UserTopicFilter: users 1, topics 2, topic_prefix 3
UserTopicListRequest: filter 1, include_total_count 2, cursor 10, limit 11
UserTopicListResult: items 1, next_cursor 2, total_count 3
UserTopic: id 1, user 2, topic 3
UserTopicUpdateRequest: user 1, op 2, topics 3
PushRecipient: filter 1, fcm_tokens 2, fcm_topic 3, fcm_condition 4, hms_tokens 5, hms_topic 6, hms_condition 7, apns_tokens 8, webpush_tokens 9
PushNotification: fcm 1, hms 2, apns 3, webpush 4, expire_at 5
FcmPushNotification: message 1
HmsPushNotification: message 1
ApnsPushNotification: headers 1, payload 2
WebpushPushNotification: headers 1, payload 2
SendPushNotificationRequest: recipient 1, notification 2, uid 3, send_at 4, optimize_for_reliability 5, limit_strategy 6, analytics_uid 7, localizations 8, use_templating 9, use_meta 10
PushLimitStrategy: rate_limit 1, time_limit 2
PushRateLimitStrategy: key 1, policies 2, drop_if_rate_limited 3
RateLimitPolicy: rate 1, interval_ms 2
PushTimeLimitStrategy: send_after_time 1, send_before_time 2, no_tz_send_now 3
PushLocalization: translations 1
SendPushNotificationResult: uid 1
UpdatePushStatusRequest: analytics_uid 1, status 2, device_id 3, msg_id 4
CancelPushRequest: uid 1
Error: code 1, message 2
BatchRequest: commands 1, parallel 2
BatchResponse: replies 1
"""
COMMANDS = {"info": 13, "device_register": 25, "device_update": 26, "device_remove": 27, "device_list": 28, "device_topic_list": 29,
            "device_topic_update": 30, "user_topic_list": 31, "user_topic_update": 32, "send_push_notification": 33,
            "update_push_status": 34, "cancel_push": 35}


def test_numbers_are_centrifugo_s():
    messages, _ = made()
    types = messages.DESCRIPTOR.message_types_by_name

    def numbers(name):
        return {field.name: field.number for field in types[name].fields}

    for line in NUMBERS.strip().splitlines():
        name, _, members = line.partition(": ")
        assert numbers(name) == {member.split()[0]: int(member.split()[1]) for member in members.split(", ")}, name
    assert numbers("Command") == COMMANDS and numbers("Reply") == {"error": 2, **COMMANDS}
    for name in types:
        if name.endswith("Response") and name != "BatchResponse":
            assert numbers(name) == {"error": 1, "result": 2}, name
    service = messages.DESCRIPTOR.services_by_name["CentrifugoApi"]
    methods = {"".join(word.capitalize() for word in name.split("_")) for name in COMMANDS}
    assert service.full_name == SERVICE and set(service.methods_by_name) == methods | {"Batch"}


def test_what_is_bytes_at_centrifugo_s_is_the_same_on_the_wire(client, simulators):
    """The message is written by hand: recipient.fcm_tokens, notification.fcm.message."""
    message = b'{"data":{"n":"12345678901234567890"}}'

    def member(number, body):
        return bytes([number << 3 | 2, len(body)]) + body

    reply = client.raw(f"/{SERVICE}/SendPushNotification",
                       member(1, member(2, b"by-hand")) + member(2, member(1, member(1, message))))
    assert reply[0] == 2 << 3 | 2, reply
    request = simulators.wait_for("fcm", 1)
    assert any(message[1:-1].decode() in each["body"] for each in simulators.received("fcm")), request


# Methods

def test_every_method(client, served, simulators):
    id = client.ok("device_register", provider="fcm", platform="android", token="t1", user="u", topics=["a"], meta={"k": "v"},
                   timezone="Europe/Vienna", locale="de").id
    everything = dict(filter={"ids": [id]}, include_total_count=True, include_meta=True, include_topics=True)
    found = client.ok("device_list", **everything)
    device = found.items[0]
    assert (device.id, device.user, list(device.topics), dict(device.meta)) == (id, "u", ["a"], {"k": "v"})
    assert (device.timezone, device.locale, found.total_count, found.next_cursor) == ("Europe/Vienna", "de", 1, "")
    assert device.created_at > 1_700_000_000

    client.ok("device_update", ids=[id], user_update={"user": "v"}, meta_update={"meta": {"n": "1"}}, locale_update={"locale": "fr"},
              topics_update={"op": "add", "topics": ["b"]}, timezone_update={"timezone": "Asia/Tokyo"})
    device = client.ok("device_list", **everything).items[0]
    assert (device.user, list(device.topics), dict(device.meta), device.locale) == ("v", ["a", "b"], {"n": "1"}, "fr")

    client.ok("device_topic_update", device_id=id, op="set", topics=["c", "d"])
    topics = client.ok("device_topic_list", filter={"device_ids": [id]}, include_total_count=True, limit=1)
    assert [(each.device.id, each.topic) for each in topics.items] == [(id, "c")] and topics.total_count == 2
    topics = client.ok("device_topic_list", filter={"device_ids": [id]}, cursor=topics.next_cursor)
    assert [each.topic for each in topics.items] == ["d"] and topics.next_cursor == ""
    assert client.error("device_topic_update", device_id=id, op="set", user="somebody else") == 113

    client.ok("user_topic_update", user="v", op="add", topics=["of-v"])
    topics = client.ok("user_topic_list", filter={"users": ["v"]}, include_total_count=True)
    assert [(each.user, each.topic) for each in topics.items] == [("v", "of-v")] and topics.total_count == 1

    late = dict(recipient={"filter": {"users": ["v"]}}, notification={"fcm": {"message": '{"notification":{"title":"late"}}'}})
    assert client.ok("send_push_notification", **late, uid="mine", send_at=soon(3600)).uid == "mine"
    client.ok("update_push_status", analytics_uid="mine", status="delivered", device_id=id, msg_id="m")
    client.ok("cancel_push", uid="mine")

    uid = client.ok(
        "send_push_notification", recipient={"filter": {"users": ["v"]}}, use_meta=True,
        notification={"fcm": {"message": '{"notification":{"title":"{{default [[hello]] .l10n.greeting}} {{.device.meta.n}}"}}'}},
        localizations={"fr": {"translations": {"greeting": "bonjour"}}},
        limit_strategy={"rate_limit": {"policies": [{"rate": 5, "interval_ms": 60_000}]}}).uid
    assert served.api.ended(uid)["counters"]["accepted"] == 1
    assert "bonjour 1" in simulators.received("fcm")[-1]["body"]
    http = Centrifugo(served)
    assert [each["id"] for each in http.devices(filter={"users": ["v"]})] == [id], "one store, whichever way"

    client.ok("device_remove", ids=[id], users=["v"])
    assert list(client.ok("device_list", filter={"ids": [id]}).items) == []
    assert client.ok("info").nodes[0].uid


def test_raw_json_goes_out_byte_for_byte(client, served, simulators):
    raw = '{ "data" : {"z":"12345678901234567890","a":"\\u00fc\\/"} ,"android":{"ttl":"1.50s"}}'
    uid = client.ok("send_push_notification", recipient={"fcm_tokens": ["raw"]}, notification={"fcm": {"message": raw}}).uid
    assert served.api.ended(uid)["counters"]["accepted"] == 1
    body = simulators.received("fcm")[-1]["body"]
    assert all(part in body for part in ('{"z":"12345678901234567890","a":"\\u00fc\\/"}', '{"ttl":"1.50s"}')), body


def test_a_batch(client):
    messages, _ = made()
    commands = [{"user_topic_update": {"user": "b", "op": "add", "topics": ["x"]}}, {}, {"cancel_push": {"uid": "none"}},
                {"user_topic_list": {"filter": {"users": ["b"]}}}]
    response = client.stub.Batch(messages.BatchRequest(commands=commands), metadata=client.metadata + [TRANSPORT])
    said = [[field.name for field, _ in reply.ListFields()] for reply in response.replies]
    assert said == [["user_topic_update"], ["error"], ["error"], ["user_topic_list"]]
    assert [response.replies[index].error.code for index in (1, 2)] == [104, 104]
    assert [each.topic for each in response.replies[3].user_topic_list.items] == ["x"]
    together = client.stub.Batch(messages.BatchRequest(commands=[{"info": {}}] * 50, parallel=True), metadata=client.metadata)
    assert len(together.replies) == 50 and all(reply.info.nodes for reply in together.replies)
    assert list(client.stub.Batch(messages.BatchRequest(), metadata=client.metadata).replies) == []


# Refusals

@pytest.mark.parametrize("metadata", [
    [], [("authorization", "apikey wrong")], [("authorization", KEY)], [("authorization", f"Apikey {KEY}")],
    [("authorization", f"apikey {KEY}x")], [("x-api-key", KEY)], [("authorization", "apikey the-key")],
])
@pytest.mark.parametrize("method", ["info", "device_remove", "send_push_notification"])
def test_whoever_has_not_the_key_is_refused(client, method, metadata):
    failure = client.status(method, metadata)
    assert (failure.code(), failure.details()) == (grpc.StatusCode.UNAUTHENTICATED, "unauthenticated")


ERRORS = [
    ("device_remove", {}, 107, "bad request", grpc.StatusCode.INVALID_ARGUMENT),
    ("cancel_push", {"uid": "none"}, 104, "not found", grpc.StatusCode.NOT_FOUND),
    ("device_register", {"provider": "fcm", "platform": "toaster", "token": "t"}, 107, "bad request", grpc.StatusCode.INVALID_ARGUMENT),
    *(("send_push_notification", {"recipient": {"fcm_tokens": ["t"]}, "notification": {"fcm": {"message": raw}}}, 107, "bad request",
       grpc.StatusCode.INVALID_ARGUMENT) for raw in ("{", '{},"uid":1')),
    ("device_list", {"limit": -1}, 107, "bad request", grpc.StatusCode.INVALID_ARGUMENT),
    ("device_topic_update", {"device_id": "01a1ff61-3def-706d-8c2d-a05c069942b2", "op": "set"}, 104, "not found", grpc.StatusCode.NOT_FOUND),
]


@pytest.mark.parametrize("method, members, code, message, status", ERRORS)
def test_errors_are_in_the_response_or_are_the_call_s_status(client, method, members, code, message, status):
    assert client.error(method, **members) == code
    failure = client.status(method, client.metadata + [TRANSPORT], **members)
    assert (failure.code(), failure.details()) == (status, message)
    trailers = dict(failure.trailing_metadata())
    assert trailers["herald-problem"]
    # A google.rpc.Status whose last member is its detail.
    detail = made()[0].Error(code=code, message=message).SerializeToString()
    assert trailers["grpc-status-details-bin"].endswith(b"/centrifugal.centrifugo.api.Error\x12" + bytes([len(detail)]) + detail)


def test_a_setting_makes_all_errors_statuses(make_server):
    grpc_port = free_port()
    make_server(HERALD_CENTRIFUGO_GRPC_PORT=str(grpc_port), HERALD_CENTRIFUGO_GRPC_ERROR_MODE="transport")
    with CentrifugoGRPC(grpc_port, key=None) as client:
        assert client.status("device_remove").code() == grpc.StatusCode.INVALID_ARGUMENT
        assert client.ok("info").nodes, "without a key anybody on this machine may"


@pytest.mark.parametrize("path", [f"/{SERVICE}/Publish", f"/{SERVICE}/NoSuch", "/some.Service/DeviceList", "/nonsense"])
def test_what_is_not_there_is_unimplemented(client, path):
    assert client.raw(path, b"").code() == grpc.StatusCode.UNIMPLEMENTED


def test_what_is_no_message_is_named(client):
    for body in (b"\xff", b"\x0a\xff", b"\x0a\x02\xff\xfe", b"\x08\x01" * 3 + b"\x0a"):
        assert client.raw(f"/{SERVICE}/DeviceRegister", body).code() == grpc.StatusCode.INVALID_ARGUMENT
    assert client.raw(f"/{SERVICE}/DeviceList", b"\xfa\x7f\x01x")[0] == 2 << 3 | 2, "unknown members are passed over"


def test_a_giant_message_is_refused_and_others_go_on(client):
    failure = client.status("device_register", token="x" * (4 << 20))
    assert failure.code() == grpc.StatusCode.RESOURCE_EXHAUSTED and "4194304" in failure.details()
    assert client.status("device_register", token="x" * (30 << 20)).code() in (
        grpc.StatusCode.CANCELLED, grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN)
    stranger = client.status("device_register", [("authorization", "apikey wrong")], token="x" * (4 << 20))
    assert stranger.code() == grpc.StatusCode.UNAUTHENTICATED
    assert client.ok("info").nodes


def test_the_page_s_program_works(client, served, tmp_path):
    page, = [each.text for each in examples("docs/migrate/centrifugo.md") if each.language == "python"]
    program = tmp_path / "register.py"
    program.write_text(page.replace("localhost:10000", f"127.0.0.1:{port(served)}"))
    stubs = os.path.dirname(made()[0].__file__)
    done = subprocess.run([sys.executable, program], env={**os.environ, "KEY": KEY, "PYTHONPATH": stubs}, capture_output=True, text=True,
                          timeout=30)
    registered = client.ok("device_list", filter={"users": ["42"]}).items
    assert done.stdout.strip() == registered[0].id, done


# Switching it on

def test_without_a_port_nobody_listens(make_server):
    server = make_server(HERALD_CENTRIFUGO_API_KEY="k", HERALD_CENTRIFUGO_GRPC_KEY="k")
    listening = subprocess.run(["ss", "-Hltnp"], capture_output=True, text=True, check=True).stdout.splitlines()
    own = [line for line in listening if f"pid={server.process.pid}," in line]
    assert len(own) == 1 and f":{server.port} " in own[0], own


@pytest.mark.parametrize("settings, named", [
    ({"HERALD_HOST": "0.0.0.0"}, "centrifugo.grpc.key"), ({"HERALD_CENTRIFUGO_GRPC_HOST": "0.0.0.0"}, "centrifugo.grpc.key"),
    ({"HERALD_CENTRIFUGO_GRPC_PORT": "70000"}, "centrifugo.grpc.port"),
    ({"HERALD_CENTRIFUGO_GRPC_ERROR_MODE": "x"}, "centrifugo.grpc.errorMode"),
    ({"HERALD_CENTRIFUGO_GRPC_HOST": "no.such.host.invalid", "HERALD_CENTRIFUGO_GRPC_KEY": "k"}, "no.such.host.invalid"),
])
def test_settings_that_will_not_do_are_named(tmp_path, settings, named):
    done = run_herald("serve", "--data", str(tmp_path / "data"), "--port", str(free_port()), check=False,
                      env={**os.environ, "HERALD_CENTRIFUGO_GRPC_PORT": str(free_port()), **settings})
    assert done.returncode != 0 and named in done.stderr + done.stdout, done


def test_a_port_that_is_taken_is_named(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = str(taken.getsockname()[1])
        done = run_herald("serve", "--data", str(tmp_path / "data"), "--port", str(free_port()), check=False,
                          env={**os.environ, "HERALD_CENTRIFUGO_GRPC_PORT": number})
    assert done.returncode != 0 and number in done.stderr + done.stdout, done


# Leaving

class HalfOpen:
    """Begins a call, and says no more."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), 10)
        self.h2 = H2Connection(H2Configuration(client_side=True, header_encoding="utf-8"))
        self.h2.initiate_connection()

    def begin(self):
        stream = self.h2.get_next_available_stream_id()
        self.h2.send_headers(stream, [
            (":method", "POST"), (":scheme", "http"), (":authority", "localhost"), (":path", f"/{SERVICE}/DeviceList"),
            ("content-type", "application/grpc"), ("te", "trailers"), ("authorization", f"apikey {KEY}")])
        self.h2.send_data(stream, b"\x00\x00\x00\x00\x40half a message")
        self.socket.sendall(self.h2.data_to_send())
        return self

    def settings(self):
        """What the server announced."""
        while SettingCodes.MAX_CONCURRENT_STREAMS not in self.h2.remote_settings or self.h2.remote_settings.max_concurrent_streams > 1000:
            self.h2.receive_data(self.socket.recv(65_536))
        return self.h2.remote_settings


def test_calls_at_once_are_bounded(served):
    assert HalfOpen(port(served)).begin().settings().max_concurrent_streams == 100


def test_half_open_calls_hold_up_neither_others_nor_the_end(make_server):
    grpc_port = free_port()
    server = make_server(
        HERALD_CENTRIFUGO_GRPC_PORT=str(grpc_port), HERALD_CENTRIFUGO_GRPC_KEY=KEY, HERALD_STOP_SOCKETS_SECONDS="1")
    silent = socket.create_connection(("127.0.0.1", grpc_port), 10)
    half_open = [HalfOpen(grpc_port).begin() for _ in range(20)]
    with CentrifugoGRPC(grpc_port, KEY) as client:
        assert client.ok("info").nodes
        server.stop()
        assert silent.recv(1024) is not None and len(half_open) == 20


def test_an_idle_client_does_not_hold_up_the_end_and_finds_the_next_server(make_server):
    grpc_port = free_port()
    server = make_server(HERALD_CENTRIFUGO_GRPC_PORT=str(grpc_port), HERALD_CENTRIFUGO_GRPC_KEY=KEY)
    with CentrifugoGRPC(grpc_port, KEY) as client:
        id = client.ok("device_register", provider="fcm", platform="android", token="t").id
        server.restart()
        assert client.ok("device_list").items[0].id == id
