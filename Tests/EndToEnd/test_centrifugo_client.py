"""Centrifugo's official client for Python, unchanged, with every method that it has for pushes; once in turn and once asynchronously."""

import asyncio
import inspect
import json
import os
import subprocess

import cent
import pytest
from cent.dto import (
    DeviceLocaleUpdate, DeviceTimezoneUpdate, PushLimitStrategy, PushLocalization, PushRateLimitStrategy, PushRecipient,
    PushTimeLimitStrategy, RateLimitPolicy, UserTopicFilter, UserTopicUpdateRequest)

from centrifugo import KEY, ON, soon
from documentation import shell_blocks

FCM = cent.PushNotification(fcm=cent.FcmPushNotification(message={"notification": {"title": "hello"}}))


@pytest.fixture(params=["in turn", "asynchronously"])
def client(request, make_server):
    """Calls methods by their names, and waits for what is to be waited for."""
    url = make_server(**ON).url + "/api"
    if request.param == "in turn":
        with cent.Client(url, KEY) as client:
            yield lambda name, body: getattr(client, name)(body)
        return
    loop = asyncio.new_event_loop()

    async def made():
        return cent.AsyncClient(url, KEY)

    client = loop.run_until_complete(made())
    yield lambda name, body: loop.run_until_complete(getattr(client, name)(body))
    closing = client.close()
    if inspect.isawaitable(closing):
        loop.run_until_complete(closing)
    loop.close()


def test_every_method_of_the_official_client(client):
    id = client("device_register", cent.DeviceRegisterRequest(
        provider="fcm", platform="android", token="t1", user="u", topics=["a"], timezone="Europe/Vienna", locale="de", meta={"k": "v"})).id
    everything = dict(filter=cent.DeviceFilter(ids=[id]), include_total_count=True, include_meta=True, include_topics=True, limit=10)
    found = client("device_list", cent.DeviceListRequest(**everything))
    device = found.items[0]
    assert (device.id, device.user, device.topics, device.meta, found.total_count, found.next_cursor) == (id, "u", ["a"], {"k": "v"}, 1, None)

    client("device_update", cent.DeviceUpdateRequest(
        ids=[id], user_update=cent.DeviceUserUpdate(user="v"), meta_update=cent.DeviceMetaUpdate(meta={"n": "1"}),
        topics_update=cent.DeviceTopicsUpdate(op="add", topics=["b"]), timezone_update=DeviceTimezoneUpdate(timezone="Asia/Tokyo"),
        locale_update=DeviceLocaleUpdate(locale="fr")))
    device = client("device_list", cent.DeviceListRequest(**everything)).items[0]
    assert (device.user, device.topics, device.meta) == ("v", ["a", "b"], {"n": "1"})

    client("device_topic_update", cent.DeviceTopicUpdateRequest(device_id=id, op="set", topics=["c"]))
    topics = client("device_topic_list", cent.DeviceTopicListRequest(
        filter=cent.DeviceTopicFilter(device_ids=[id], topic_prefix="c"), include_total_count=True)).items
    assert [(item.device.id, item.topic) for item in topics] == [(id, "c")]

    client("user_topic_update", UserTopicUpdateRequest(user="v", op="add", topics=["of-v"]))
    topics = client("user_topic_list", cent.UserTopicListRequest(filter=UserTopicFilter(users=["v"]), include_total_count=True)).items
    assert [(item.user, item.topic) for item in topics] == [("v", "of-v")]

    send = dict(recipient=PushRecipient(filter=cent.DeviceFilter(users=["v"])), notification=FCM)
    assert client("send_push_notification", cent.SendPushNotificationRequest(**send, uid="mine", send_at=soon(3600))).uid == "mine"
    client("update_push_status", cent.UpdatePushStatusRequest(analytics_uid="mine", status="delivered", device_id=id, msg_id="m"))
    client("cancel_push", cent.CancelPushRequest(uid="mine"))
    assert client("send_push_notification", cent.SendPushNotificationRequest(
        **send, localizations={"de": PushLocalization(translations={"a": "b"})}, use_templating=True, use_meta=True,
        limit_strategy=PushLimitStrategy(
            rate_limit=PushRateLimitStrategy(policies=[RateLimitPolicy(rate=1, interval_ms=60_000)]),
            time_limit=PushTimeLimitStrategy(send_after_time="09:00:00", send_before_time="18:00:00")))).uid

    client("device_remove", cent.DeviceRemoveRequest(ids=[id], users=["v"]))
    assert client("device_list", cent.DeviceListRequest()).items == []


def test_its_errors_batches_and_ping(client):
    assert client("info", cent.InfoRequest()).nodes
    replies = client("batch", cent.BatchRequest(parallel=True, requests=[
        cent.DeviceRegisterRequest(provider="fcm", platform="android", token="t"), cent.DeviceListRequest(limit=1)])).replies
    assert replies[0].id and isinstance(replies[1].items, list)
    for name, body, code in [
        ("device_remove", cent.DeviceRemoveRequest(), 107), ("cancel_push", cent.CancelPushRequest(uid="none"), 104),
        ("publish", cent.PublishRequest(channel="c", data={}), 108),
    ]:
        with pytest.raises(cent.CentApiResponseError) as refusal:
            client(name, body)
        assert refusal.value.code == code


def test_a_wrong_key_is_what_the_client_calls_unauthorized(make_server):
    with cent.Client(make_server(**ON).url + "/api", "wrong") as client, pytest.raises(cent.CentUnauthorizedError):
        client.info(cent.InfoRequest())


@pytest.mark.one_database(reason="the documented commands are the same")
def test_the_page_s_commands_work(make_server):
    server = make_server(**ON)
    found = [block.text for block in shell_blocks("docs/migrate/centrifugo.md") if block.language == "sh"]
    assert len(found) == 5
    for command in found:
        filled = command.replace("http://localhost:8080", server.url).replace("curl ", "curl --silent --show-error ")
        done = subprocess.run(["sh", "-euc", filled], env={**os.environ, "KEY": KEY}, capture_output=True, text=True, timeout=30)
        assert list(json.loads(done.stdout)) == ["result"], done
