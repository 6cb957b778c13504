"""kill -9 under load: nothing that was promised is lost, and little is sent twice."""

import os
import random
from contextlib import ExitStack

import pytest

from deadline import until
from load import Load, Promises
from steadfast_agent import SteadfastDevice

ROUNDS = 25
DEVICES = 3
# Promises made in a round before the kill.
MOST_PROMISES_PER_ROUND = 120
# What a kill may make the server send once more.
REPEATS_PER_KILL = 500


@pytest.fixture
def chance():
    seed = int(os.environ.get("HERALD_SEED", random.randrange(2**32)))
    print(f"HERALD_SEED={seed}")
    return random.Random(seed)


def test_a_kill_loses_nothing_that_was_promised(server, chance):
    promises = Promises()
    with ExitStack() as stack:
        devices = [stack.enter_context(SteadfastDevice(server)) for _ in range(DEVICES)]
        load = stack.enter_context(Load(server, devices, promises))
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
    assert promises.reached.wait(timeout=20), f"the server answers too slowly, or wrongly: {load.unexpected}"
    server.kill()
    load.pause()
    server.start()
    away.come_back()
    return sum(device.repeats for device in devices) - before


def every_message_has_arrived(promises, devices):
    def nothing_missing():
        assert [device.problem for device in devices if device.problem] == []
        return len(missing(promises)) == 0

    try:
        until(nothing_missing, 60, "everything that was promised has arrived")
    except AssertionError as error:
        lost = missing(promises)
        raise AssertionError(f"{error}; {len(lost)} are missing, such as {lost[:5]}") from None


def missing(promises):
    """What was promised and hasn't arrived: push or message, and device."""
    of_pushes = [(id, device.id) for id, devices in promises.pushes.items() for device in devices if not device.has(id)]
    return of_pushes + [(text, device.id) for text, device in promises.messages.items() if not device.has(text)]


def every_push_is_accounted_for(server, promises):
    for id, devices in promises.pushes.items():
        counters = server.api.finished(id, within_seconds=60)
        finally_answered = sum(counters[each] for each in ("accepted", "failed", "expired", "unregistered"))
        assert finally_answered == len(devices), f"push {id} for {len(devices)} devices: {counters}"
