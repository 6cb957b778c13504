"""Commands of Centrifugo's push API out of a PostgreSQL outbox: what the backend of the tutorial "grand chat" asks of a push server."""

import json

import pytest

from centrifugo import ON, Centrifugo, fcm
from cluster import Cluster
from cutting_proxy import CuttingProxy
from deadline import until
from herald_server import HeraldServer
from outbox import Outbox, joins, leaves, message
from postgres import database_name
from test_centrifugo_config import RealTime
from test_providers import put_credentials

pytestmark = pytest.mark.one_database(reason="the outbox is a PostgreSQL in either run, and the front translates")

# What the page of the tutorial sends: with members that nobody knows, and without an id.
SHIPPED = {"provider": "fcm", "platform": "web", "meta": {"user-agent": "Mozilla/5.0"}, "tags": {"tz": "Europe/Paris"}}


@pytest.fixture(scope="module")
def outbox(postgres):
    return Outbox(postgres, HERALD_OUTBOX_PARTITIONS="3", HERALD_OUTBOX_CONNECTIONS="2")


@pytest.fixture(scope="module")
def chat(tmp_path_factory, running, outbox):
    """A server for the whole file; each test has its own users and rooms."""
    server = HeraldServer(tmp_path_factory.mktemp("chat"), {
        **ON, **outbox.settings, "HERALD_TRUST_ROOTS": running.ca}).start()
    put_credentials(server, "fcm", running.credentials("fcm"))
    yield Centrifugo(server)
    server.end_if_running()


@pytest.fixture
def make_chat(make_server, running):
    """A server of the test's own."""
    def make(outbox, **settings):
        server = make_server(**{**ON, **outbox.settings, "HERALD_TRUST_ROOTS": running.ca, **settings})
        put_credentials(server, "fcm", running.credentials("fcm"))
        return Centrifugo(server)
    return make


def sent(simulators, **what):
    """Messages that FCM got, by their title."""
    messages = [json.loads(request["body"])["message"] for request in simulators.received("fcm") if request["tokens"]]
    return [each for each in messages if all(each["notification"][name] == value for name, value in what.items())]


def comes(simulators, **what):
    return until(lambda: sent(simulators, **what), 30, f"FCM gets {what}")


def topics(chat, user):
    return [item["topic"] for item in chat.ok("device_topic_list", filter={"device_users": [user]})["items"]]


# What the tutorial asks

def test_the_shipped_page_s_registration_is_a_device(chat):
    first = chat.register("page", **{**SHIPPED, "user": "page"})
    again = chat.register("page", **{**SHIPPED, "user": "page", "device_id": first})
    assert first == again and len(chat.devices(filter={"users": ["page"]})) == 1


def test_who_joins_a_room_gets_its_messages_until_he_leaves(chat, outbox, simulators):
    chat.register("t-room", user="room")
    outbox.put("user_topic_update", json.dumps(joins("room", "chat:messages:room")))
    # Such a link goes out as it is, whatever FCM says to it.
    room = message("chat:messages:room", "Room", link="http://localhost:9000/rooms/5")
    outbox.put("send_push_notification", room)
    outbox.drained()
    assert topics(chat, "room") == ["chat:messages:room"], "a payload may be text that is JSON"
    [sent_one] = comes(simulators, title="Room")
    assert sent_one == {"token": "t-room", **room["notification"]["fcm"]["message"]}
    outbox.put("user_topic_update", leaves("room", "chat:messages:room"))
    outbox.put("send_push_notification", message("chat:messages:room", "Gone"))
    chat.register("t-other", user="other", topics=["chat:messages:other"])
    outbox.put("send_push_notification", message("chat:messages:other", "Other"))
    outbox.drained()
    comes(simulators, title="Other")
    assert topics(chat, "room") == [] and sent(simulators, title="Gone") == []


def test_only_one_s_own_devices_are_removed(chat):
    mine, more, yours = (chat.register(f"t-{name}", user=user) for name, user in (("a", "me"), ("b", "me"), ("c", "you")))
    chat.ok("device_remove", users=["me"], ids=[yours])
    assert len(chat.devices(filter={"users": ["me", "you"]})) == 3
    chat.ok("device_remove", users=["me"], ids=[mine])
    assert {each["id"] for each in chat.devices(filter={"users": ["me", "you"]})} == {more, yours}
    chat.ok("device_remove", users=["me"], ids=[])
    assert [each["id"] for each in chat.devices(filter={"users": ["me", "you"]})] == [yours]


def test_a_wrong_key_is_401_without_a_word(chat):
    reply = chat.post("device_remove", {"users": ["x"], "ids": []}, headers={"X-API-Key": "wrong"})
    assert reply.status_code == 401 and reply.content == b""


def test_a_dead_token_s_device_is_gone(chat, outbox, simulators):
    chat.register("t-dead", user="dead", topics=["dying"])
    simulators.set_faults({"provider": "fcm", "token": "t-dead", "dead": True})
    outbox.put("send_push_notification", message("dying", "Dead"))
    until(lambda: not chat.devices(filter={"users": ["dead"]}), 30, "the device is gone")


GARBAGE = [
    ("nothing", None), ("send_push_notification", None), ("send_push_notification", '"no JSON"'), ("send_push_notification", "[1]"),
    ("send_push_notification", '{"recipient":{}}'), ("send_push_notification", '{"recipient":5}'), ("unheard_of", "{}"), ("", "{}"),
    ("user_topic_update", '{"user":"u","op":"nonsense","topics":["t"]}'), ("broadcast", '{"channels":["personal:1"],"data":{}}'),
    ("publish", '{"channel":"c","data":{}}'), ("info", "{}"), ("batch", '{"commands":[]}'), ("device_remove", '{"ids":[]}'),
    ("send_push_notification", json.dumps({"recipient": {"fcm_tokens": ["t"]}, "notification": fcm("x" * 5000)})),
]


def test_what_cannot_be_carried_out_holds_nobody_up(chat, outbox, simulators):
    chat.register("t-behind", user="behind", topics=["behind"])
    outbox.put_all(*((method, payload, 1) for method, payload in GARBAGE))
    outbox.put("send_push_notification", message("behind", "Behind"), partition=1)
    comes(simulators, title="Behind")
    outbox.drained()
    metrics = chat.http.get(f"{chat.server.url}/metrics").text
    assert 'herald_outbox_rows_total{consumer="herald",result="refused"}' in metrics, metrics
    assert 'herald_outbox_waiting_rows{consumer="herald"} 0' in metrics, metrics


def test_the_order_of_a_partition_is_kept(chat, outbox, simulators):
    chat.register("t-many", user="many", topics=["many"])
    changes = (change("many", f"n{number}") for number in range(150) for change in (joins, leaves))
    outbox.put_all(*(("user_topic_update", json.dumps(change), 2) for change in changes))
    outbox.drained()
    assert topics(chat, "many") == ["many"], "each was left after it was joined"


# Exactly once, in effect

def hold(outbox):
    """Rows can be read and not deleted."""
    outbox.query(f"""
        CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN OLD; END $$;
        CREATE TRIGGER wait BEFORE DELETE ON {outbox.table} FOR EACH ROW EXECUTE FUNCTION wait()""")


def is_being_deleted(outbox):
    return outbox.query(f"SELECT 1 FROM pg_stat_activity {DELETING}")


DELETING = "WHERE query LIKE 'DELETE FROM%' AND state = 'active' AND datname = current_database() AND pid <> pg_backend_pid()"


@pytest.mark.both_databases
def test_a_kill_between_acceptance_and_commit_makes_one_push(make_chat, postgres, simulators):
    outbox = Outbox(postgres)
    hold(outbox)
    chat = make_chat(outbox)
    chat.register("t-kill", user="kill", topics=["kill"])
    outbox.put("send_push_notification", message("kill", "Once"))
    comes(simulators, title="Once")
    until(lambda: is_being_deleted(outbox), 30, "the row is about to be deleted")
    chat.server.kill()
    outbox.query(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity {DELETING}")
    assert len(outbox.methods()) == 1, "nothing of it was committed"
    outbox.query(f"DROP TRIGGER wait ON {outbox.table}")
    chat.server.start()
    outbox.drained(20)
    outbox.put("send_push_notification", message("kill", "Last"))
    comes(simulators, title="Last")
    assert len(sent(simulators, title="Once")) == 1
    assert len(chat.server.api.http.get(f"{chat.server.url}/v1/pushes").json()["pushes"]) == 2


def test_a_commit_that_fails_makes_one_push(make_chat, postgres, simulators):
    outbox = Outbox(postgres)
    outbox.query(f"""
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not now'; END $$;
        CREATE CONSTRAINT TRIGGER refuse AFTER DELETE ON {outbox.table} DEFERRABLE INITIALLY DEFERRED
          FOR EACH ROW EXECUTE FUNCTION refuse()""")
    chat = make_chat(outbox)
    chat.register("t-commit", user="commit", topics=["commit"])
    outbox.put("send_push_notification", message("commit", "Kept"))
    tries = 'herald_outbox_rows_total{consumer="herald",result="processed"} '

    def tried():
        return next(int(line.removeprefix(tries)) for line in metrics(chat).splitlines() if line.startswith(tries))

    until(lambda: tried() >= 3, 30, "the row has come again and again")
    comes(simulators, title="Kept")
    assert outbox.methods() == ["send_push_notification"]
    outbox.query(f"DROP TRIGGER refuse ON {outbox.table}")
    outbox.drained()
    assert len(sent(simulators, title="Kept")) == 1
    log = chat.server.log.read_text()
    assert log.count("The outbox can't be read") == log.count("The outbox can be read again") == 1 and "not now" in log


def metrics(chat):
    return chat.http.get(f"{chat.server.url}/metrics").text


def test_rows_like_one_that_was_are_pushes_of_their_own(make_chat, postgres, simulators):
    outbox = Outbox(postgres)
    chat = make_chat(outbox)
    chat.register("t-like", user="like", topics=["like"])
    for count in (1, 2):
        outbox.put("send_push_notification", message("like", "Alike"))
        outbox.drained()
        until(lambda: len(sent(simulators, title="Alike")) == count, 30, f"{count} pushes")
        outbox.query(f"TRUNCATE {outbox.table} RESTART IDENTITY")
    named = {**message("like", "Named"), "uid": "named"}
    for _ in range(2):
        outbox.put("send_push_notification", named)
    outbox.put("send_push_notification", message("like", "Last"))
    comes(simulators, title="Last")
    assert len(sent(simulators, title="Named")) == 1, "a uid is one push's, whichever row it is in"


def test_nodes_share_an_outbox_and_one_that_is_killed_is_not_missed(tmp_path, postgres, running, simulators):
    outbox = Outbox(postgres, HERALD_OUTBOX_PARTITIONS="4", HERALD_OUTBOX_PAGE_ROWS="7")
    with Cluster(tmp_path, postgres, 2, **ON, **outbox.settings, HERALD_TRUST_ROOTS=running.ca) as cluster:
        killed, left = cluster.start().nodes
        put_credentials(left, "fcm", running.credentials("fcm"))
        Centrifugo(left).register("t-nodes", user="nodes", topics=["nodes"])
        rows = [("send_push_notification", json.dumps(message("nodes", f"Node {number}")), number % 4) for number in range(200)]
        outbox.put_all(*rows)
        until(lambda: sent(simulators), 30, "they have begun")
        killed.kill()
        outbox.drained(20)
        wanted = {f"Node {number}" for number in range(200)}
        until(lambda: wanted <= {each["notification"]["title"] for each in sent(simulators)}, 30, "all are sent")
        pushes, after = 0, ""
        while after is not None:
            page = left.api.http.get(f"{left.url}/v1/pushes?limit=100{after}").json()
            pushes += len(page["pushes"])
            after = page["next"] and f"&after={page['next']}"
        assert pushes == 200, "each row is one"


# What may work later

def test_what_may_work_later_holds_up_its_partition_alone(make_chat, postgres, simulators):
    real_time = RealTime()
    port = real_time.server.server_port
    real_time.stop()
    outbox = Outbox(postgres, HERALD_OUTBOX_PARTITIONS="2")
    with CuttingProxy(port) as proxy:
        chat = make_chat(outbox, HERALD_CENTRIFUGO_UPSTREAM=f"http://127.0.0.1:{proxy.port}/api")
        chat.register("t-later", user="later", topics=["later"])
        outbox.put_all(*(row for title in ("Before", "After") for row in (
            ("send_push_notification", json.dumps(message("later", title)), 0),
            ("broadcast", '{"channels": ["personal:1"], "data": {}}', 0))))
        outbox.put("send_push_notification", message("later", "Beside"), partition=1)
        comes(simulators, title="Before")
        comes(simulators, title="Beside")
        until(lambda: outbox.methods() == ["broadcast", "send_push_notification", "broadcast"], 30, "what was before it is gone")
        assert sent(simulators, title="After") == []
        with_real_time = RealTime()
        try:
            proxy.target_ports[:] = [with_real_time.server.server_port]
            comes(simulators, title="After")
            outbox.drained()
            assert [path for path, *_ in with_real_time.asked] == ["/api/broadcast"] * 2, "an answer that is an error is one, too"
        finally:
            with_real_time.stop()


# The database of the outbox, away

@pytest.mark.parametrize("way", ["refusing", "silent"])
def test_an_outbox_that_is_away_is_waited_for_and_keeps_nobody_from_stopping(make_chat, postgres, simulators, way):
    whole = Outbox(postgres)
    with CuttingProxy(postgres.port) as proxy:
        whole.settings["HERALD_OUTBOX_URL"] = postgres.url_of(database_name(whole.url), proxy.port)
        chat = make_chat(whole)
        chat.register("t-away", user="away", topics=["away"])
        whole.put("send_push_notification", message("away", "First"))
        comes(simulators, title="First")

        def leave():
            if way == "refusing":
                proxy.refuse()
                proxy.cut()
            else:
                proxy.swallow()

        if way == "refusing":
            leave()
            until(lambda: "The outbox can't be read" in chat.server.log.read_text(), 30, "it is told")
            assert chat.server.is_ready() and chat.ok("device_list")["items"], "nobody else is concerned"
            whole.put("send_push_notification", message("away", "Second"))
            proxy.heal()
            comes(simulators, title="Second")
            log = chat.server.log.read_text()
            assert log.count("The outbox can't be read") == 1 and "herald:not-to-be-printed" not in log
        leave()
        chat.server.stop()


def test_a_notification_is_not_waited_for(make_chat, postgres, simulators):
    outbox = Outbox(postgres, HERALD_OUTBOX_POLL_MILLISECONDS="3600000", HERALD_OUTBOX_CHANNEL="outbox_change")
    chat = make_chat(outbox)
    chat.register("t-told", user="told", topics=["told"])
    until(lambda: outbox.query("SELECT 1 FROM pg_stat_activity WHERE query LIKE '%ROLLBACK%' AND datname = current_database()"),
          10, "it has looked once, and found nothing")
    outbox.put("send_push_notification", message("told", "Told"))
    outbox.query("NOTIFY outbox_change, 'nonsense'; NOTIFY outbox_change, '7'; NOTIFY outbox_change, '0'")
    comes(simulators, title="Told")
    chat.server.stop()
