"""What our push service does beyond the frames of test_protocol.py: urgency, receipts, broadcasts, the account, what operators ask."""

import json
import threading

import pytest
import requests

from board import Board
from deadline import until
from ports import free_port
from sender import ApplicationServer
from user_agent import UserAgent
from webhook_receiver import ReceiptReceiver

RECEIPT = "urn:ietf:params:push:receipt"


@pytest.fixture
def sender():
    return ApplicationServer()


@pytest.fixture
def agent(server):
    with UserAgent.greeted(server) as agent:
        yield agent


def test_an_endpoint_that_has_ended_never_works_again(server, agent, sender):
    channel = agent.register()
    first = channel.endpoint
    assert agent.register(again=channel).endpoint == first, "registering again while it lasts"
    agent.unregister(channel)
    # A registration is told apart from the one before by milliseconds.
    until(lambda: agent.register(again=channel).endpoint != first, 30, "a new endpoint")
    for _ in range(3):
        gone = sender.post(first)
        assert (gone.status_code, gone.json()["errno"], gone.headers["Cache-Control"]) == (410, 106, "max-age=86400")
    assert sender.post(channel.endpoint).status_code == 201
    assert agent.notification()["channelID"] == channel.id


# Urgency


def test_a_message_that_isnt_worth_waking_the_device_for_waits_and_goes_along(server, sender):
    with UserAgent(server) as agent:
        agent.hello(urgency="high")
        channel = agent.register()
        assert sender.post(channel.endpoint, channel.seal("advertisement"), Urgency="very-low").status_code == 201
        assert sender.post(channel.endpoint, channel.seal("chat")).status_code == 201
        assert agent.hears_nothing()
        assert sender.post(channel.endpoint, channel.seal("call"), Urgency="high").status_code == 201
        heard = [agent.notification() for _ in range(3)]
        assert [channel.text(each) for each in heard] == ["advertisement", "chat", "call"]
        agent.acknowledge(*heard)


def test_what_waits_comes_with_a_ping_a_lower_wish_or_a_hello_that_wants_it(server, sender):
    with UserAgent(server) as agent:
        agent.hello(urgency="high")
        channel = agent.register()
        sender.post(channel.endpoint, channel.seal("one"), Urgency="low")
        # Who pings before the message is offered gets it with the next ping.
        assert agent.hears_nothing()
        agent.say_text("{}")
        assert agent.hear() == {} and channel.text(agent.notification()) == "one"
        sender.post(channel.endpoint, channel.seal("two"), Urgency="low")
        assert agent.hears_nothing()
        agent.say(messageType="urgency", urgency="low")
        assert channel.text(agent.notification()) == "two"
    with UserAgent(server, agent.uaid) as agent:
        agent.hello(urgency="normal")
        assert agent.hears_nothing()
    with UserAgent(server, agent.uaid) as agent:
        agent.hello()
        assert [channel.text(agent.notification()) for _ in range(2)] == ["one", "two"]


# Receipts


def receipts_of(reply):
    assert reply.status_code == 202, (reply.status_code, reply.text)
    assert f'rel="{RECEIPT}"' in reply.headers["Link"]
    return reply.headers["Link"].split(">")[0].removeprefix("<")


class Stream:
    """Reads receipts as they come."""

    def __init__(self, url, after=None):
        headers = {"Last-Event-ID": after} if after else {}
        self.reply = requests.get(url, headers=headers, stream=True, timeout=30)
        assert self.reply.headers["Content-Type"] == "text/event-stream", self.reply.text
        self.lines = self.reply.iter_lines(decode_unicode=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.reply.close()

    def hear(self):
        event = {}
        for line in self.lines:
            if line == "" and "data" in event:
                return event["id"], json.loads(event["data"])
            name, _, value = line.partition(": ")
            event[name] = value
        raise AssertionError("the stream ended")


def test_a_sender_hears_what_became_of_its_messages(server, agent, sender):
    channel = agent.register()
    first = sender.post(channel.endpoint, channel.seal("one"), Prefer="respond-async")
    receipts = receipts_of(first)
    link = f'<{receipts}>; rel="{RECEIPT}"'
    with Stream(receipts) as stream:
        agent.acknowledge(agent.notification())
        place, receipt = stream.hear()
        assert (receipt["message"], receipt["status"], receipt["outcome"]) == (first.headers["Location"], 204, "delivered")

        second = sender.post(channel.endpoint, channel.seal("two"), Prefer="respond-async", Link=link)
        assert receipts_of(second) == receipts
        agent.acknowledge(agent.notification(), code=101)
        place, receipt = stream.hear()
        assert (receipt["message"], receipt["status"], receipt["outcome"]) == (second.headers["Location"], 410, "undecryptable")

    # Replaced messages leave no receipt; withdrawn ones do.
    agent.close()
    for text in ("old", "new"):
        third = sender.post(channel.endpoint, channel.seal(text), Prefer="respond-async", Link=link, Topic="t")
    assert sender.http.delete(third.headers["Location"], timeout=30).status_code == 204
    with Stream(receipts, after=place) as stream:
        _, receipt = stream.hear()
        assert (receipt["message"], receipt["status"]) == (third.headers["Location"], 410)

    listed = requests.get(receipts, headers={"Prefer": "wait=0"}, timeout=30).json()
    assert [each["outcome"] for each in listed["receipts"]] == ["delivered", "undecryptable", "dropped"]
    assert requests.get(receipts, headers={"Prefer": "wait=0", "Last-Event-ID": listed["last"]}, timeout=30).status_code == 204

    with Stream(receipts, after=listed["last"]) as stream:
        assert requests.delete(receipts, timeout=30).status_code == 204
        with pytest.raises(AssertionError, match="ended"):
            stream.hear()
    assert requests.get(receipts, timeout=30).status_code == 404
    refused = sender.post(channel.endpoint, channel.seal("x"), Prefer="respond-async", Link=link)
    assert refused.status_code == 400 and "has ended" in refused.json()["message"]


def test_of_a_message_that_is_not_kept_no_receipt_is_promised(server, agent, sender):
    channel = agent.register()
    receipts = receipts_of(sender.post(channel.endpoint, Prefer="respond-async"))
    for wish in ({}, {"Link": f'<{receipts}>; rel="{RECEIPT}"'}):
        posted = sender.post(channel.endpoint, ttl=0, Prefer="respond-async", **wish)
        assert (posted.status_code, posted.headers.get("Link")) == (201, None)


def test_receipts_are_posted_where_the_sender_wants_them(make_server, sender):
    server = make_server(HERALD_ALLOW_PRIVATE_ENDPOINTS="true")
    with UserAgent.greeted(server) as agent, ReceiptReceiver(500) as receiver:
        channel = agent.register()
        reply = sender.post(channel.endpoint, channel.seal("one"), Prefer="respond-async")
        receipts = receipts_of(reply)
        assert requests.put(receipts, json={"hook": receiver.url}, timeout=30).status_code == 204
        agent.acknowledge(agent.notification())
        for _ in range(2):
            # The first answer was 500: it comes again.
            said = receiver.hear(within_seconds=30)
            assert said["subscription"] == receipts
            assert [(each["message"], each["status"]) for each in said["receipts"]] == [(reply.headers["Location"], 204)]


@pytest.mark.parametrize("body, field", [
    ({"hook": "http://127.0.0.1/x"}, "hook"), ({"hook": "nonsense"}, "hook"), ({"hock": "https://a.example/x"}, "hock")])
def test_a_hook_that_cant_be_is_refused(server, agent, sender, body, field):
    channel = agent.register()
    receipts = receipts_of(sender.post(channel.endpoint, Prefer="respond-async"))
    refused = requests.put(receipts, json=body, timeout=30)
    assert refused.status_code == 422 and refused.json()["field"] == field


@pytest.mark.parametrize("token", ["nonsense", "AAAA", "%00"])
def test_nobody_finds_receipts_by_guessing(server, token):
    for method in ("GET", "PUT", "DELETE"):
        reply = requests.request(method, f"{server.url}/receipts/{token}", json={"hook": None}, timeout=30)
        assert reply.status_code == 404, (method, reply.text)


# Broadcasts


def test_broadcasts_are_told_to_those_who_want_them(make_server):
    with Board(news="v1") as board:
        server = make_server(
            HERALD_PUSH_SERVICE_BROADCASTS_URL=board.url, HERALD_PUSH_SERVICE_BROADCASTS_SECONDS="1",
            HERALD_PUSH_SERVICE_BROADCASTS_AUTHORIZATION="Bearer board")
        until(lambda: board.authorizations, 30, "the board is read")
        assert board.authorizations[0] == "Bearer board"

        def knows():
            with UserAgent(server) as agent:
                return agent.hello(broadcasts={"news": "v0", "weather": "v0"})["broadcasts"]

        expected = {"news": "v1", "errors": {"weather": "Broadcast not found"}}
        until(lambda: knows() == expected, 30, "what is on the board is announced")
        with UserAgent(server) as early, UserAgent(server) as late:
            assert early.hello(broadcasts={"news": "v1"})["broadcasts"] == {}
            assert late.hello()["broadcasts"] == {}
            late.say(messageType="broadcast_subscribe", broadcasts={"news": "v0"})
            assert late.hear() == {"messageType": "broadcast", "broadcasts": {"news": "v1"}}
            board.versions = None
            read = len(board.authorizations)
            until(lambda: len(board.authorizations) > read + 1, 30, "a board that fails is asked again")
            board.versions = {"news": "v2"}
            for agent in (early, late):
                assert agent.hear(within_seconds=30) == {"messageType": "broadcast", "broadcasts": {"news": "v2"}}


# The operator


def test_only_the_internal_address_wakes_user_agents(make_server):
    port = free_port()
    server = make_server(HERALD_LISTEN_INTERNAL=f"127.0.0.1:{port}")
    internal = f"http://127.0.0.1:{port}"
    with UserAgent.greeted(server) as agent:
        agent.register()
        assert requests.put(f"{internal}/notif/{agent.uaid}", timeout=30).status_code == 200
        assert requests.put(f"{server.url}/notif/{agent.uaid}", timeout=30).status_code == 404
    until(lambda: requests.put(f"{internal}/notif/{agent.uaid}", timeout=30).status_code == 404, 30, "nobody is connected")
    assert requests.put(f"{internal}/notif/nonsense", timeout=30).status_code == 404
    assert requests.get(f"{internal}/v1/devices", timeout=30).status_code == 404


@pytest.mark.parametrize("path", ["status", "health", "__heartbeat__", "__lbheartbeat__", "__version__"])
def test_load_balancers_find_what_they_know(server, path):
    reply = requests.get(f"{server.url}/{path}", timeout=30)
    assert reply.status_code == 200 and reply.json()


def test_web_pages_may_post(server, agent):
    channel = agent.register()
    asked = requests.options(channel.endpoint, headers={
        "Origin": "https://shop.example", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "ttl, x-any"}, timeout=30)
    assert asked.status_code == 200 and asked.headers["Access-Control-Allow-Origin"] == "*"
    assert asked.headers["Access-Control-Allow-Headers"] == "ttl, x-any" and asked.headers["Access-Control-Max-Age"] == "3600"
    unasked = requests.options(channel.endpoint, timeout=30)
    assert "TTL" in unasked.headers["Access-Control-Allow-Headers"]


def test_monitoring_can_be_tested_with_an_error_on_purpose(server):
    reply = requests.get(f"{server.url}/__error__", timeout=30)
    assert (reply.status_code, reply.json()["code"], reply.json()["errno"]) == (418, 418, 999)


# The account


def account(server):
    """What /metrics says of messages: accepted, and how many are in which state."""
    states, accepted = {}, 0
    for line in requests.get(f"{server.url}/metrics", timeout=30).text.splitlines():
        if line.startswith("herald_push_service_messages{"):
            states[line.split('"')[1]] = int(line.rsplit(" ", 1)[1])
        if line.startswith("herald_push_service_messages_accepted_total "):
            accepted = int(line.rsplit(" ", 1)[1])
    return accepted, states


def test_every_message_is_in_exactly_one_state(server, sender):
    with UserAgent.greeted(server) as agent, UserAgent.greeted(server) as other:
        channel, leaving = agent.register(), other.register()
        for text in ("delivered", "undecryptable", "refused"):
            sender.post(channel.endpoint, channel.seal(text))
        heard = [agent.notification() for _ in range(3)]
        assert account(server) == (3, states(in_flight=3))
        for notification, code in zip(heard, (100, 101, 102)):
            agent.acknowledge(notification, code=code)
        sender.post(channel.endpoint, channel.seal("unstored"), ttl=0)
        agent.acknowledge(agent.notification())
        over = dict(delivered=2, undecryptable=1, refused=1)
        until(lambda: account(server) == (4, states(**over)), 30, "four are over")
        other.close()
        for topic in ("t", "t", None):
            location = sender.post(leaving.endpoint, leaving.seal("away"), Topic=topic).headers["Location"]
        sender.post(leaving.endpoint, leaving.seal("away"), ttl=0)
        sender.http.delete(location, timeout=30)
        over.update(replaced=1, dropped=2)
        assert account(server) == (8, states(stored=1, **over))
        sender.post(channel.endpoint, channel.seal("taken back"))
        agent.notification()
        assert account(server) == (9, states(stored=1, in_flight=1, **over))
    until(lambda: account(server) == (9, states(stored=2, **over)), 30, "what was in flight waits again")
    server.restart()
    # Messages of TTL 0 are counted by the process that had them.
    accepted, after = account(server)
    assert accepted == 7 and after == states(stored=2, delivered=1, undecryptable=1, refused=1, replaced=1, dropped=1)


def states(**states):
    names = ("stored", "in_flight", "delivered", "undecryptable", "refused", "expired", "replaced", "dropped")
    return {name: states.get(name, 0) for name in names}


def test_the_account_adds_up_at_any_moment(server, sender):
    """Looked at again and again while messages come and go."""
    stop = threading.Event()

    def post(channel):
        mine = ApplicationServer()
        for number in range(150):
            options = {"ttl": 0} if number % 7 == 0 else {"Topic": f"t{number % 3}"} if number % 5 == 0 else {}
            assert mine.post(channel.endpoint, channel.seal("x"), **options).status_code == 201

    def read(agent):
        while not stop.is_set():
            try:
                agent.acknowledge(agent.notification(within_seconds=0.2))
            except TimeoutError:
                continue

    with UserAgent.greeted(server) as one, UserAgent.greeted(server) as two:
        channels = [one.register(), two.register()]
        readers = [threading.Thread(target=read, args=[agent]) for agent in (one, two)]
        writers = [threading.Thread(target=post, args=[channel]) for channel in channels]
        for thread in readers + writers:
            thread.start()
        looks = 0
        while any(writer.is_alive() for writer in writers):
            accepted, now = account(server)
            assert sum(now.values()) == accepted and min(now.values()) >= 0, now
            looks += 1
        for writer in writers:
            writer.join()
        until(lambda: account(server)[1]["stored"] + account(server)[1]["in_flight"] == 0, 30, "all are over")
        stop.set()
        for reader in readers:
            reader.join()
        accepted, now = account(server)
        assert accepted == 300 == sum(now.values()) and looks > 3, (looks, now)
