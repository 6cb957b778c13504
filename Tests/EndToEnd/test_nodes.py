"""Nodes on one PostgreSQL are one service: it doesn't matter which of them one talks to."""

import json
import shutil
import subprocess
import time
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
import requests

from cluster import Cluster
from deadline import until
from herald_server import run_herald
from lease_audit import LeaseAudit
from scripted_push_service import ScriptedPushService
from sender import ApplicationServer
from user_agent import UserAgent

pytestmark = pytest.mark.one_database(reason="the nodes have their own PostgreSQL in either run")

# Long enough that a busy machine renews in time.
LEASE_SECONDS = 8


@pytest.fixture
def cluster(tmp_path, postgres):
    with Cluster(tmp_path, postgres, size=2) as cluster:
        yield cluster.start()


def post(node, channel, text, ttl=60):
    """To a channel's endpoint, at this node."""
    application = ApplicationServer(node.vapid["private_key"])
    signature = application.authorization(channel.endpoint)
    reply = application.post(node.own_address(channel.endpoint), channel.seal(text), ttl=ttl, **signature)
    assert reply.status_code == 201, reply.text


@pytest.mark.parametrize("ttl", [60, 0])
def test_a_message_posted_to_one_node_reaches_the_user_agent_on_another(cluster, ttl):
    here, there = cluster.nodes
    until(lambda: all_listen(cluster), 30, "the nodes hear each other: what is told before is lost, as TTL 0 allows")
    with UserAgent.greeted(there) as agent:
        channel = agent.register(there.vapid["public_key"])
        post(here, channel, "over there", ttl)
        assert channel.text(agent.notification()) == "over there"
        assert agent.hears_nothing(), "it comes once"


def all_listen(cluster):
    listening = cluster.query(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle' AND query ~ '^LISTEN|pg_notify'")
    return len(listening) == len(cluster.nodes)


def test_messages_keep_their_order_across_nodes(cluster):
    here, there = cluster.nodes
    texts = [f"message {number}" for number in range(20)]
    with UserAgent.greeted(there) as agent:
        channel = agent.register(there.vapid["public_key"])
        for text in texts:
            post(here, channel, text)
        assert [channel.text(agent.notification()) for _ in texts] == texts


def test_ttl_0_reaches_nobody_who_is_not_there(cluster):
    here, there = cluster.nodes
    with UserAgent.greeted(there) as agent:
        channel = agent.register(there.vapid["public_key"])
    post(here, channel, "never", ttl=0)
    with UserAgent.greeted(here, agent.uaid) as again:
        assert again.hears_nothing()


def test_the_newest_connection_of_a_user_agent_wins_wherever_it_is(cluster):
    here, there = cluster.nodes
    with UserAgent.greeted(here) as older:
        channel = older.register(here.vapid["public_key"])
        with UserAgent.greeted(there, older.uaid) as newer:
            code, reason = older.hear_close()
            assert code == 4001 and "newer" in reason
            post(here, channel, "for the newer")
            assert channel.text(newer.notification()) == "for the newer"
            newer.ping()


def test_a_user_agent_that_hops_between_nodes_gets_everything_once(cluster):
    agent = UserAgent.greeted(cluster.nodes[0])
    channel = agent.register(cluster.nodes[0].vapid["public_key"])
    for hop in range(6):
        newer = UserAgent.greeted(cluster.nodes[(hop + 1) % 2], agent.uaid)
        assert agent.hear_close()[0] == 4001
        agent.close()
        agent = newer
        post(cluster.nodes[hop // 2 % 2], channel, f"hop {hop}")
        notification = agent.notification()
        assert channel.text(notification) == f"hop {hop}"
        agent.acknowledge(notification)
        until(lambda: cluster.query("SELECT * FROM message") == [], 30, "the acknowledged message is gone")
    agent.close()


def test_a_dead_nodes_user_agents_connect_elsewhere_and_lose_nothing(cluster):
    dying, living = cluster.nodes
    with UserAgent.greeted(dying) as agent:
        channel = agent.register(dying.vapid["public_key"])
        post(living, channel, "unacknowledged")
        agent.notification()
        dying.kill()
        post(living, channel, "while nobody was there")
        with UserAgent.greeted(living, agent.uaid) as again:
            assert again.uaid == agent.uaid
            assert channel.text(again.notification()) == "unacknowledged"
            assert channel.text(again.notification()) == "while nobody was there"


def test_ttl_0_for_a_user_agent_of_a_dead_node_is_answered_at_once(cluster):
    dying, living = cluster.nodes
    with UserAgent.greeted(dying) as agent:
        channel = agent.register(dying.vapid["public_key"])
        dying.kill()
        post(living, channel, "into the void", ttl=0)


def test_a_push_of_a_dead_node_is_sent_by_another(cluster):
    dying, living = cluster.nodes
    with UserAgent.greeted(living) as agent:
        channel = agent.register(living.vapid["public_key"])
        device = living.api.register(channel.subscription)
        pushes = [dying.api.push({"devices": [device]}, notification={"title": str(number)}) for number in range(20)]
        dying.kill()
        for push in pushes:
            assert living.api.finished(push, within_seconds=30)["accepted"] == 1


def test_devices_pushes_and_keys_are_the_same_everywhere(cluster):
    here, there = cluster.nodes
    with UserAgent.greeted(here) as agent:
        channel = agent.register(here.vapid["public_key"])
        device = here.api.register(channel.subscription, user="ann")
        assert there.api.device(device)["user"] == "ann"
        push = there.api.push({"users": ["ann"]}, notification={"title": "hello"})
        agent.notification()
        assert here.api.finished(push)["accepted"] == 1
    assert requests.get(f"{here.url}/v1/vapid").json() == requests.get(f"{there.url}/v1/vapid").json()
    key = here.run("keys", "create", "--scope", "read").stdout.strip()
    headers = {"Authorization": f"Bearer {key}"}
    assert requests.get(f"{there.url}/v1/devices", headers=headers).status_code == 200


def test_a_credential_put_on_one_node_is_used_by_the_other(tmp_path, postgres):
    key = json.loads(run_herald("vapid", "generate", "--json").stdout)
    with ScriptedPushService() as service, Cluster(tmp_path, postgres, size=2) as cluster:
        here, there = cluster.start().nodes
        here.api.register(service.subscription("device"))
        here.kill()
        assert key_in_use(there, service) == there.vapid["public_key"]
        here.start()
        reply = here.api.http.put(f"{here.url}/v1/apps/default/providers/webpush", json={"private_key": key["private_key"]})
        assert reply.status_code == 200, reply.text
        here.kill()
        until(lambda: key_in_use(there, service) == key["public_key"], 60, "the other node signs with the new key")
        assert requests.get(f"{there.url}/v1/vapid").json()["public_key"] == key["public_key"]


def key_in_use(node, service):
    """The public key with which a node signs its pushes."""
    assert node.api.finished(node.api.push({"all": True}, notification={"title": "whose?"}))["accepted"] == 1
    return service.attempts_at("device")[-1].headers["Authorization"].partition("k=")[2].partition(",")[0]


def test_migrations_run_once_when_nodes_start_together(tmp_path, postgres):
    with Cluster(tmp_path, postgres, size=3) as cluster:
        cluster.start()
        versions = [int(version) for version, in cluster.query("SELECT version FROM schema_version ORDER BY 1")]
        assert versions == list(range(1, len(versions) + 1)) and versions
        assert len(cluster.query("SELECT id FROM app")) == 1


def test_a_node_with_another_master_key_is_refused(tmp_path, postgres):
    with Cluster(tmp_path, postgres, size=2) as cluster:
        here, there = cluster.nodes
        here.start()
        (there.data / "master.keys").write_text("A" * 43 + "\n")
        done = there.run("serve", "--port", str(there.port), check=False)
        assert done.returncode != 0 and "copy master.keys" in done.stderr, done.stderr


# The clock of one node is wrong by half a minute


@pytest.fixture(scope="session")
def wrong_clock(tmp_path_factory):
    """A library to be preloaded. Swift's toolchain brings the compiler."""
    compiler = shutil.which("clang") or shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler")
    library = tmp_path_factory.mktemp("wrong_clock") / "wrong_clock.so"
    source = Path(__file__).with_name("wrong_clock.c")
    subprocess.run([compiler, "-Wall", "-Werror", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return library


@pytest.mark.parametrize("offset_seconds", [30, -30])
def test_a_wrong_clock_makes_nobody_send_twice(tmp_path, postgres, wrong_clock, offset_seconds):
    lease = {"HERALD_SENDER_LEASE_SECONDS": str(LEASE_SECONDS)}
    with ScriptedPushService() as service, Cluster(tmp_path, postgres, size=2, **lease) as cluster:
        right, wrong = cluster.nodes
        wrong.environment.update(LD_PRELOAD=str(wrong_clock), WRONG_CLOCK_SECONDS=str(offset_seconds))
        cluster.start()
        audit = LeaseAudit(cluster)
        is_off_by(wrong, offset_seconds)
        # The first sort is held by slices; the second, which says 503 once, by retries.
        prompt, late = [f"prompt{number}" for number in range(3)], [f"late{number}" for number in range(3)]
        for name in prompt:
            right.api.register(service.subscription(name))
        for name in late:
            right.api.register(service.subscription(name, (503, {"Retry-After": "1"})))
        # Every page outlives its lease, unless that is renewed.
        service.answer_seconds = LEASE_SECONDS + 3
        pushes = [node.api.push({"all": True}, notification={"title": "once"}) for node in cluster.nodes]
        for push in pushes:
            assert right.api.finished(push, within_seconds=60)["accepted"] == len(prompt + late)
        audit.finds_nothing()
        assert [times_of(service, name) for name in prompt if len(service.attempts_at(name)) != 2] == []
        assert [times_of(service, name) for name in late if len(service.attempts_at(name)) != 3] == []


def test_the_audit_sees_a_lease_that_is_taken_too_early(cluster):
    cluster.end_nodes()
    cluster.query("""
        INSERT INTO push (id, app, audience, notification, ttl_seconds, urgency, created_at, slices)
            VALUES ('p', 1, '{}', '{}', 0, 'normal', 0, 1);
        INSERT INTO slice (push, app, provider, environment, kind, first_shard, last_shard, lease_owner, lease_until)
            VALUES ('p', 1, 'webpush', '', 0, 0, 0, 'one.1', (extract(epoch FROM now()) * 1000)::bigint + 60000)""")
    audit = LeaseAudit(cluster)
    cluster.query("UPDATE slice SET lease_until = lease_until + 1000")
    cluster.query("UPDATE slice SET lease_owner = NULL; UPDATE slice SET lease_owner = 'two.1'")
    audit.finds_nothing()
    cluster.query("UPDATE slice SET lease_owner = 'one.2'")
    with pytest.raises(AssertionError, match="held twice"):
        audit.finds_nothing()


def times_of(service, name):
    """When which push came, for whoever wants to know why."""
    return [(round(attempt.at, 1), json.loads(attempt.text)["id"]) for attempt in service.attempts_at(name)]


def is_off_by(node, seconds):
    date = requests.get(f"{node.url}/health/live").headers["Date"]
    assert abs((parsedate_to_datetime(date).timestamp() - time.time()) - seconds) < 15, "the preloaded clock is in force"
