"""Each answer of a push service, from the push to the counters, the retries and the device's state."""

import pytest

from deadline import until
from scripted_push_service import ScriptedPushService


@pytest.fixture
def service():
    with ScriptedPushService() as service:
        yield service
        assert service.faults == []


@pytest.fixture
def server(make_server):
    return make_server(HERALD_ALLOW_PRIVATE_ENDPOINTS="true")


def push_to(server, service, *script, **more):
    """Sends to a device whose push service answers by the script; gives device and push."""
    device = server.api.register(service.subscription("device", *script))
    push = server.api.push({"devices": [device]}, notification={"title": "hello"}, **more)
    return device, push


# status, counter, attempts
FINAL = [
    (201, "accepted", 1), (200, "accepted", 1), (202, "accepted", 1), (204, "accepted", 1),
    (400, "failed", 1), (413, "failed", 1), (301, "failed", 1), (307, "failed", 1),
    (404, "unregistered", 1), (410, "unregistered", 1),
]


@pytest.mark.parametrize("status, counter, attempts", FINAL)
def test_a_final_answer_ends_the_delivery(server, service, status, counter, attempts):
    device, push = push_to(server, service, (status, {"Location": f"{service.origin}/push/elsewhere"}))
    counters = server.api.finished(push)
    assert counters[counter] == 1 and sum(counters.values()) == 1
    assert len(service.attempts_at("device")) == attempts
    dead = counter == "unregistered"
    assert server.api.device(device)["state"] == ("disabled" if dead else "active"), "only 404 and 410 disable a device"


@pytest.mark.parametrize("status", [429, 500, 503, 406])
def test_trouble_is_waited_out(server, service, status):
    _, push = push_to(server, service, status)
    assert server.api.finished(push)["accepted"] == 1
    assert len(service.attempts_at("device")) == 2


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_obeyed(server, service, status):
    _, push = push_to(server, service, (status, {"Retry-After": "3"}))
    assert server.api.finished(push)["accepted"] == 1
    first, second = service.attempts_at("device")
    assert second.at - first.at >= 2.9
    assert int(second.headers["TTL"]) < int(first.headers["TTL"]), "the TTL is what is left of it"


def test_what_would_come_too_late_expires(server, service):
    _, push = push_to(server, service, (503, {"Retry-After": "60"}), ttl=10)
    assert server.api.finished(push)["expired"] == 1
    failures = server.api.http.get(f"{server.url}/v1/pushes/{push}/failures").json()["failures"]
    assert [failure["outcome"] for failure in failures] == ["expired"]
    assert "503" in failures[0]["reason"]


def test_refused_credentials_disable_nothing_and_are_reported(server, service):
    device, push = push_to(server, service, (403, {}))
    status = until_retrying(server, push)
    assert status["counters"]["retrying"] == 1
    assert server.api.device(device)["state"] == "active"
    assert "refuses our credentials" in server.log.read_text()


def until_retrying(server, push):
    return until(lambda: (status := server.api.status(push))["counters"]["retrying"] and status, 30, "it waits")


def test_a_dead_device_is_not_used_again_until_it_registers_again(server, service):
    device, push = push_to(server, service, 410)
    assert server.api.finished(push)["unregistered"] == 1
    assert server.api.reaches_nobody({"all": True})
    assert len(service.attempts_at("device")) == 1

    assert server.api.register(service.subscription("device")) == device
    assert server.api.finished(server.api.push({"all": True}, notification={"title": "back"}))["accepted"] == 1


def test_a_broken_push_service_holds_up_nobody_else(server, service):
    server.api.register(service.subscription("sick", *[500] * 20))
    server.api.register(service.subscription("well"))
    push = server.api.push({"all": True}, notification={"title": "hello"}, ttl=600)
    well = server.api.push({"all": True}, notification={"title": "again"}, ttl=600)

    until(lambda: len(service.attempts_at("well")) == 2, 30, "the healthy one gets both")
    for id in (push, well):
        until(lambda: server.api.status(id)["counters"]["accepted"] == 1, 30, "it is counted while the other waits")


def test_retries_survive_a_restart(server, service):
    _, push = push_to(server, service, (503, {"Retry-After": "2"}))
    until_retrying(server, push)
    server.kill()
    server.start()
    assert server.api.finished(push)["accepted"] == 1


def test_private_addresses_are_refused_unless_allowed(make_server, service):
    careful = make_server()
    reply = careful.api.http.post(
        f"{careful.url}/v1/devices", json={"provider": "webpush", "subscription": service.subscription("device")})
    assert reply.status_code == 422 and reply.json()["field"] == "subscription.endpoint"
