"""PostgreSQL away, wrong, read-only, full: Herald says so, waits, and goes on by itself."""

import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from cluster import HURRIED, Cluster
from deadline import until
from postgres import PASSWORD, USER, PostgresServer
from scripted_push_service import ScriptedPushService
from sender import ApplicationServer
from user_agent import UserAgent

pytestmark = pytest.mark.one_database(reason="the nodes have their own PostgreSQL in either run")


@pytest.fixture
def cluster(tmp_path, fragile_postgres):
    """One node, whose database breaks."""
    with Cluster(tmp_path, fragile_postgres, size=1) as cluster:
        yield cluster


@pytest.fixture
def node(cluster):
    cluster.start()
    return cluster.nodes[0]


# Nobody waits for longer than for a free connection and then for one statement.
LONGEST_ANSWER_SECONDS = sum(int(HURRIED[f"HERALD_DATABASE_{each}_SECONDS"]) for each in ("WAIT", "STATEMENT")) + 10

# Away for a while: how it goes, and how it comes back

WAYS = {
    "stopped": (lambda cluster: cluster.postgres.stop(), lambda cluster: cluster.postgres.start()),
    "killed": (lambda cluster: cluster.postgres.kill(), lambda cluster: cluster.postgres.start()),
    "refusing": (lambda cluster: (cluster.proxies[0].refuse(), cluster.proxies[0].cut()), lambda cluster: cluster.proxies[0].heal()),
    "silent": (lambda cluster: cluster.proxies[0].swallow(), lambda cluster: cluster.proxies[0].heal()),
}


@pytest.fixture(params=WAYS)
def outage(request, cluster):
    """Begins the outage when called; what it gives ends it."""
    begin, end = WAYS[request.param]
    return lambda: (begin(cluster), lambda: end(cluster))[1]


def post(node, channel, text):
    application = ApplicationServer(node.vapid["private_key"])
    signature = application.authorization(channel.endpoint)
    return application.post(node.own_address(channel.endpoint), channel.seal(text), ttl=3600, **signature)


def is_refused_for_now(reply):
    assert reply.status_code == 503, reply.text
    assert int(reply.headers["Retry-After"]) > 0
    return True


def test_requests_are_refused_for_now_and_sockets_stay(cluster, node, outage):
    with UserAgent.greeted(node) as agent:
        channel = agent.register(node.vapid["public_key"])
        assert post(node, channel, "before").status_code == 201
        agent.acknowledge(agent.notification())
        come_back = outage()

        started = time.monotonic()
        answers = answers_of([
            lambda: node.api.http.post(f"{node.url}/v1/pushes", json={"audience": {"all": True}, "notification": {"title": "x"}}),
            lambda: node.api.http.get(f"{node.url}/v1/devices"),
            lambda: node.api.http.post(f"{node.url}/v1/devices", json={"provider": "webpush", "subscription": channel.subscription}),
            lambda: post(node, channel, "during"),
            lambda: requests.get(f"{node.url}/health/ready"),
        ])
        assert time.monotonic() - started < LONGEST_ANSWER_SECONDS
        for answer in answers:
            is_refused_for_now(answer)
        assert requests.get(f"{node.url}/health/live").status_code == 200
        agent.ping()

        come_back()
        until(node.is_ready, 30, "the node is ready again")
        until(lambda: post(node, channel, "after").status_code == 201, 30, "messages are taken again")
        assert channel.text(agent.notification()) == "after", "over the connection of before, and nothing that was refused"


def answers_of(questions):
    """All asked at once."""
    with ThreadPoolExecutor(len(questions)) as pool:
        return list(pool.map(lambda ask: ask(), questions))


def test_sending_goes_on_by_itself(cluster, node, outage):
    with ScriptedPushService() as service:
        names = [f"device{number}" for number in range(5)]
        for name in names:
            node.api.register(service.subscription(name, (503, {"Retry-After": "2"})))
        push = node.api.push({"all": True}, notification={"title": "hello"})
        until(lambda: node.api.status(push)["counters"]["retrying"] == len(names), 30, "all wait for their second attempt")
        come_back = outage()
        time.sleep(3)
        come_back()
        counters = node.api.finished(push, within_seconds=30)
        assert counters["accepted"] == len(names) and sum(counters.values()) == len(names)
        assert {len(service.attempts_at(name)) for name in names} <= {2, 3}, "at most the page in the air is sent again"


def test_an_answer_that_cannot_be_written_down_is_not_forgotten(cluster, node, outage):
    with ScriptedPushService() as service:
        service.answer_seconds = 1
        node.api.register(service.subscription("device"))
        push = node.api.push({"all": True}, notification={"title": "hello"})
        until(lambda: service.attempts_at("device"), 30, "it is being sent")
        come_back = outage()
        time.sleep(3)
        come_back()
        counters = node.api.finished(push, within_seconds=30)
        assert counters["accepted"] == 1 and sum(counters.values()) == 1


def test_stopping_without_a_database_takes_no_longer(node, outage):
    outage()
    node.stop()


# Read-only


def make_read_only(cluster):
    cluster.postgres.query(f"ALTER ROLE {USER} SET default_transaction_read_only = on")
    cluster.postgres.query(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{USER}'")


def make_writable(cluster):
    cluster.postgres.query(f"ALTER ROLE {USER} RESET default_transaction_read_only")
    cluster.postgres.query(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{USER}'")


@pytest.mark.parametrize("is_new", [True, False])
def test_a_replica_by_mistake_stops_the_start(cluster, is_new):
    if not is_new:
        cluster.start()
        cluster.nodes[0].stop()
    make_read_only(cluster)
    said = refusal(cluster.nodes[0])
    assert "replica" in said and "HERALD_DATABASE_URL" in said and "primary" in said


def test_a_primary_that_becomes_a_replica_is_waited_for(cluster, node):
    with UserAgent.greeted(node) as agent:
        channel = agent.register(node.vapid["public_key"])
        make_read_only(cluster)
        until(lambda: is_refused_for_now(post(node, channel, "during")), 30, "it is noticed")
        is_refused_for_now(node.api.http.post(
            f"{node.url}/v1/pushes", json={"audience": {"all": True}, "notification": {"title": "x"}}))
        make_writable(cluster)
        until(lambda: post(node, channel, "after").status_code == 201, 30, "messages are taken again")
        assert channel.text(agent.notification()) == "after"


# Wrong from the start


def refusal(node, **environment):
    """What a node says that doesn't start."""
    node.environment.update({"HERALD_DATABASE_START_SECONDS": "1", **environment})
    done = node.run("serve", "--port", str(node.port), check=False)
    said = done.stdout + done.stderr
    assert done.returncode > 0, said
    assert PASSWORD not in said
    assert "Fatal" not in said and len(said) < 1000, "a sentence, no stack"
    return said


def test_a_newer_schema_stops_the_start(cluster):
    cluster.start()
    cluster.nodes[0].stop()
    cluster.query("INSERT INTO schema_version VALUES (999)")
    assert "schema 999" in (said := refusal(cluster.nodes[0])) and "newer Herald" in said
    cluster.query("DELETE FROM schema_version WHERE version = 999")
    cluster.nodes[0].start()


def test_a_wrong_password_is_named(cluster):
    url = cluster.database.replace(PASSWORD, "also-" + PASSWORD)
    assert "password authentication failed" in refusal(cluster.nodes[0], HERALD_DATABASE_URL=url)


def test_a_missing_database_is_named(cluster):
    assert '"nowhere" does not exist' in refusal(cluster.nodes[0], HERALD_DATABASE_URL=cluster.postgres.url_of("nowhere"))


def test_a_wrong_host_is_named(cluster):
    url = cluster.database.replace("127.0.0.1", "nowhere.invalid")
    assert "nowhere.invalid" in refusal(cluster.nodes[0], HERALD_DATABASE_URL=url)


def test_a_database_that_does_not_answer_is_named(cluster):
    cluster.proxies[0].refuse()
    assert str(cluster.proxies[0].port) in refusal(cluster.nodes[0])


@pytest.mark.parametrize("url", ["mysql://herald:{}@localhost/herald", "postgresql://herald:{}@localhost/h?nonsense=1"])
def test_a_url_that_is_none_is_refused(cluster, url):
    url = url.format(PASSWORD)
    assert "HERALD_DATABASE_URL" in (said := refusal(cluster.nodes[0], HERALD_DATABASE_URL=url)) or "database.url" in said


def test_no_password_stands_in_the_log(cluster, node):
    cluster.postgres.kill()
    requests.get(f"{node.url}/health/ready")
    cluster.postgres.start()
    until(node.is_ready, 30, "the node is ready again")
    node.stop()
    assert PASSWORD not in node.log.read_text()


# A full disk

DISK_MEGABYTES = 128


@pytest.fixture
def small_disk():
    # pytest's own folders are closed to PostgreSQL's user.
    disk = Path(tempfile.mkdtemp(prefix="herald-disk-"))
    disk.chmod(0o755)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m", "herald-tests", disk], capture_output=True, text=True)
    if mounted.returncode != 0:
        disk.rmdir()
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
    yield disk
    subprocess.run(["umount", disk], check=True)
    disk.rmdir()


def test_a_full_disk_loses_nothing_and_is_waited_for(tmp_path, small_disk):
    with PostgresServer(folder=small_disk / "postgres", autovacuum="off") as postgres, Cluster(tmp_path, postgres, size=1) as cluster:
        node = cluster.start().nodes[0]
        with UserAgent.greeted(node) as agent:
            channel = agent.register(node.vapid["public_key"])
        taken = [f"while there was room {number}" for number in range(10)]
        for text in taken:
            assert post(node, channel, text).status_code == 201
        fill(small_disk)
        taken += messages_until_refused(node, channel)
        assert requests.get(f"{node.url}/health/live").status_code == 200

        (small_disk / "ballast").unlink()
        if not postgres.is_running:
            # Without room for its log PostgreSQL ends.
            postgres.start()
        until(lambda: post(node, channel, "room again").status_code == 201, 30, "messages are taken again")
        with UserAgent.greeted(node, agent.uaid) as again:
            for text in [*taken, "room again"]:
                notification = again.notification()
                assert channel.text(notification) == text
                again.acknowledge(notification)


def fill(disk):
    """Up to the last byte."""
    with open(disk / "ballast", "wb") as ballast:
        try:
            while True:
                ballast.write(bytes(65_536))
                ballast.flush()
        except OSError:
            pass


def messages_until_refused(node, channel):
    """Those that were answered 201."""
    taken = []
    for number in range(5000):
        text = f"{number} " + "x" * 3000
        reply = post(node, channel, text)
        if reply.status_code != 201:
            is_refused_for_now(reply)
            return taken
        taken.append(text)
    raise AssertionError("the disk is never full")
