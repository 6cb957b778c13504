"""Each part of the work may have nodes of its own, and each part of a node an address of its own."""

import pytest
import requests
from websockets.exceptions import InvalidHandshake

from cluster import Cluster
from herald_server import run_herald
from ports import free_port
from user_agent import UserAgent

pytestmark = pytest.mark.one_database(reason="the nodes have their own PostgreSQL in either run, or none")


class At:
    """Where a user agent connects."""

    def __init__(self, port):
        self.socket_url = f"ws://127.0.0.1:{port}/"


def status(method, port, path, **more):
    return requests.request(method, f"http://127.0.0.1:{port}{path}", timeout=30, **more).status_code


@pytest.fixture
def fleet(tmp_path, postgres):
    """One node for each role."""
    with Cluster(tmp_path, postgres, size=4) as cluster:
        for node, role in zip(cluster.nodes, ["api", "dispatch", "push-endpoint", "push-connect"]):
            node.environment["HERALD_ROLE"] = role
        cluster.give_public_address(f"http://localhost:{cluster.nodes[2].port}")
        yield cluster.start()


def test_four_nodes_with_a_role_each_close_the_loop(fleet):
    api, _, endpoint, sockets = fleet.nodes
    with UserAgent.greeted(sockets) as agent:
        channel = agent.register(api.vapid["public_key"])
        assert channel.endpoint.startswith(f"http://localhost:{endpoint.port}/wpush/")
        device = api.api.register(channel.subscription)
        push = api.api.push({"devices": [device]}, notification={"title": "through all four"})
        assert "through all four" in channel.text(agent.notification(within_seconds=30))
        assert api.api.finished(push)["accepted"] == 1
        everyone = api.api.push({"all": True}, notification={"title": "once more"})
        assert api.api.finished(everyone)["accepted"] == 1


def test_a_node_serves_its_roles_and_its_health_alone(fleet):
    for number, node in enumerate(fleet.nodes):
        assert status("GET", node.port, "/health/live") == status("GET", node.port, "/health/ready") == 200
        assert (status("GET", node.port, "/v1/devices") == 401) == (number == 0)
        # An endpoint that nobody gave out is 404 with Mozilla's words; elsewhere the path itself isn't there.
        reply = requests.post(f"http://127.0.0.1:{node.port}/wpush/v2/nonsense", headers={"TTL": "1"}, timeout=30)
        assert reply.status_code == 404 and ("errno" in reply.json()) == (number == 2)
        if number == 3:
            UserAgent.greeted(node).close()
        else:
            with pytest.raises(InvalidHandshake):
                UserAgent(node)


def test_roles_of_one_node_may_have_addresses_of_their_own(make_server):
    ports = {name: free_port() for name in ("API", "PUSH_ENDPOINT", "PUSH_CONNECT")}
    server = make_server(
        HERALD_PUBLIC_URL=f"http://localhost:{ports['PUSH_ENDPOINT']}", HERALD_ALLOW_PRIVATE_ENDPOINTS="true",
        **{f"HERALD_LISTEN_{name}": f"127.0.0.1:{port}" for name, port in ports.items()})
    for port in (server.port, *ports.values()):
        assert status("GET", port, "/health/ready") == 200
    for port in (server.port, ports["PUSH_ENDPOINT"], ports["PUSH_CONNECT"]):
        assert status("GET", port, "/v1/devices") == 404
    api = server.api
    api.url = f"http://127.0.0.1:{ports['API']}"
    with UserAgent.greeted(At(ports["PUSH_CONNECT"])) as agent:
        channel = agent.register(server.vapid["public_key"])
        device = api.register(channel.subscription)
        api.finished(api.push({"devices": [device]}, notification={"title": "here"}))
        assert "here" in channel.text(agent.notification())


@pytest.mark.parametrize("role, remedy", [
    ("api", "dispatch"), ("push-connect", "push-endpoint"), ("postman", "push-endpoint"), ("", "at least one"),
])
def test_a_role_that_cannot_be_is_refused_with_the_remedy(tmp_path, role, remedy):
    done = run_herald("serve", "--role", role, "--data", str(tmp_path), "--port", str(free_port()), check=False)
    assert done.returncode != 0 and remedy in done.stderr, done.stderr
