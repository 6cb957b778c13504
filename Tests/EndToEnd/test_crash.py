"""kill -9 under load: nothing that was promised is lost, and little is sent twice."""

from contextlib import ExitStack

import pytest

from load import Load, Promises
from reckoning import every_message_has_arrived, every_push_is_accounted_for
from steadfast_agent import SteadfastDevice

ROUNDS = 25
DEVICES = 3
# Promises made in a round before the kill.
MOST_PROMISES_PER_ROUND = 120
# What a kill may make the server send once more.
REPEATS_PER_KILL = 500


@pytest.fixture
def server(make_server):
    # On PostgreSQL, which others may share, a node that comes back waits until what it held before is free.
    return make_server(HERALD_SENDER_LEASE_SECONDS="5")


def test_a_kill_loses_nothing_that_was_promised(server, chance):
    promises = Promises()
    with ExitStack() as stack:
        devices = [stack.enter_context(SteadfastDevice(server)) for _ in range(DEVICES)]
        load = stack.enter_context(Load([server], devices, promises))
        repeats = [kill_under_load(server, load, promises, devices, chance, round) for round in range(ROUNDS)]

        assert load.unexpected == []
        assert len(promises.pushes) > ROUNDS and len(promises.messages) > ROUNDS, "there was a load"
        every_message_has_arrived(promises, devices)
        every_push_is_accounted_for(server, promises)

        total = sum(device.repeats for device in devices)
        print(f"{len(promises.pushes)} pushes and {len(promises.messages)} messages over {ROUNDS} kills; "
              f"{total} repeats, at most {max(repeats)} at one kill")
        assert max(repeats) <= REPEATS_PER_KILL and total <= ROUNDS * REPEATS_PER_KILL


def kill_under_load(server, load, promises, devices, chance, round):
    """One device is away meanwhile. Gives how many messages came again since the kill before."""
    before = sum(device.repeats for device in devices)
    away = devices[round % DEVICES]
    away.leave()
    promises.call_when_more(chance.randint(1, MOST_PROMISES_PER_ROUND))
    load.go_on()
    assert promises.reached.wait(timeout=30), f"the server answers too slowly, or wrongly: {load.unexpected}"
    server.kill()
    load.pause()
    server.start()
    away.come_back()
    return sum(device.repeats for device in devices) - before
