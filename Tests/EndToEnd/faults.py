"""What happens to a cluster in the night. Each fault does its harm, to the node with that number or to what all share, and gives back how
it is undone."""

import signal
import time

# A blackhole or a sleep may last longer than the nodes' leases.
LEASE_SECONDS = 5


def kill_node(cluster, number, chance):
    node = cluster.nodes[number]
    node.kill()
    return node.start


def stop_node(cluster, number, chance):
    """As an update does."""
    node = cluster.nodes[number]
    node.stop()
    return node.start


def freeze_node(cluster, number, chance):
    """As a virtual machine that is moved: when it wakes up, others have its work."""
    node = cluster.nodes[number]
    node.process.send_signal(signal.SIGSTOP)
    time.sleep(chance.uniform(0, 1.5 * LEASE_SECONDS))
    return lambda: node.process.send_signal(signal.SIGCONT)


def kill_postgres(cluster, number, chance):
    cluster.postgres.kill()
    return cluster.postgres.start


def restart_postgres(cluster, number, chance):
    cluster.postgres.stop()
    return cluster.postgres.start


def cut_everybody(cluster, number, chance):
    """Again and again, in the middle of whatever is under way."""
    for _ in range(chance.randint(1, 10)):
        for proxy in cluster.proxies:
            proxy.cut()
        time.sleep(chance.uniform(0, 0.2))
    return lambda: None


def cut_off_one(cluster, number, chance):
    """One node gets no connection; the others notice nothing."""
    proxy = cluster.proxies[number]
    proxy.refuse()
    proxy.cut()
    return proxy.heal


def slow_down_one(cluster, number, chance):
    proxy = cluster.proxies[number]
    proxy.delay(chance.uniform(0, 0.2), chance.uniform(0, 0.2))
    return proxy.heal


def swallow_one(cluster, number, chance):
    """What the network does when a cable is pulled: nothing, for as long as one waits."""
    proxy = cluster.proxies[number]
    proxy.swallow()
    time.sleep(chance.uniform(0, 1.5 * LEASE_SECONDS))
    return proxy.heal


OF_ONE_NODE = [kill_node, stop_node, freeze_node, cut_off_one, slow_down_one, swallow_one]
OF_THE_DATABASE = [kill_postgres, restart_postgres, cut_everybody]
FAULTS = OF_ONE_NODE + OF_THE_DATABASE


def nights(rounds, nodes, chance):
    """For each round one fault, or two that don't get in each other's way, as (fault, number of the node). Each fault has had its turn
    before one comes again."""
    for round in range(rounds):
        if round % len(FAULTS) == 0:
            order = chance.sample(FAULTS, len(FAULTS))
        first = order[round % len(FAULTS)]
        second = chance.choice(OF_ONE_NODE if first in OF_THE_DATABASE else FAULTS)
        both = list(zip([first, second], chance.sample(range(nodes), 2)))
        # What is undone comes back in the other order, and no node can start before the database is there.
        yield sorted(both[:chance.choice([1, 2])], key=lambda each: each[0] in OF_THE_DATABASE)
