"""Three nodes on one PostgreSQL, everything going wrong under a steady load: what was promised is kept, and little is sent twice.

HERALD_TORTURE_ROUNDS says for how long, HERALD_SEED what happens.
"""

import os
from contextlib import ExitStack

import pytest

from cluster import Cluster
from faults import FAULTS, nights
from lease_audit import LeaseAudit
from load import Load, Promises
from reckoning import every_message_has_arrived, every_push_is_accounted_for
from steadfast_agent import SteadfastDevice

pytestmark = pytest.mark.one_database(reason="the nodes have their own PostgreSQL in either run")

ROUNDS = int(os.environ.get("HERALD_TORTURE_ROUNDS", len(FAULTS)))
DEVICES = 6
# Between two sends of each of the load's threads; the nodes must have time to keep up.
PAUSE_SECONDS = 0.05
MOST_PROMISES_PER_ROUND = 60
# What a fault may make the nodes send once more: a page.
REPEATS_PER_FAULT = 500


@pytest.fixture
def cluster(tmp_path, fragile_postgres):
    with Cluster(tmp_path, fragile_postgres) as cluster:
        yield cluster.start()


def test_whatever_breaks_nothing_that_was_promised_is_lost(cluster, chance):
    audit, promises = LeaseAudit(cluster), Promises()
    with ExitStack() as stack:
        devices = [stack.enter_context(SteadfastDevice(*from_each_on(cluster.nodes, number))) for number in range(DEVICES)]
        load = stack.enter_context(Load(cluster.nodes, devices, promises, PAUSE_SECONDS))
        load.go_on()
        repeats = [break_under_load(cluster, faults, load, promises, devices, chance)
                   for faults in nights(ROUNDS, len(cluster.nodes), chance)]
        load.pause()

        assert load.unexpected == []
        assert len(promises.pushes) > ROUNDS and len(promises.messages) > ROUNDS, "there was a load"
        every_message_has_arrived(promises, devices, cluster.explain)
        for node in cluster.nodes:
            every_push_is_accounted_for(node, promises)
        audit.finds_nothing()
        total = sum(device.repeats for device in devices)
        print(f"{len(promises.pushes)} pushes and {len(promises.messages)} messages over {ROUNDS} rounds; "
              f"{total} repeats, at most {max(repeats)} in one round")


def from_each_on(nodes, number):
    """User agents are spread over the nodes, and each tries them in another order."""
    first = number % len(nodes)
    return nodes[first:] + nodes[:first]


def break_under_load(cluster, faults, load, promises, devices, chance):
    """Gives how many messages came again since the round before."""
    before = sum(device.repeats for device in devices)
    print(*(f"{fault.__name__}({number})" for fault, number in faults), flush=True)
    more_promises(promises, load, chance)
    with ExitStack() as undone:
        for fault, number in faults:
            undone.callback(fault(cluster, number, chance))
        chance_to_notice(promises, chance)
    for node in cluster.nodes:
        node.wait_until_ready()
    more_promises(promises, load, chance)
    repeats = sum(device.repeats for device in devices) - before
    assert repeats <= REPEATS_PER_FAULT * len(faults)
    return repeats


def more_promises(promises, load, chance):
    promises.call_when_more(chance.randint(1, MOST_PROMISES_PER_ROUND))
    assert promises.reached.wait(timeout=60), f"the nodes answer too slowly, or wrongly: {load.unexpected}"


def chance_to_notice(promises, chance):
    """A while with the fault: some of it may go on meanwhile, or nothing."""
    promises.call_when_more(chance.randint(1, MOST_PROMISES_PER_ROUND))
    promises.reached.wait(timeout=chance.uniform(0, 3))
