"""Loopback ports for servers of tests."""

import itertools
import os
import socket

# Below those that the system gives to whoever asks for any: a server that is started again finds its port free.
FIRST, LAST, WORKERS = 10_000, 32_000, 8


def ports_of(worker):
    """None is another worker's; see pytest-xdist's `-n`."""
    count = (LAST - FIRST) // WORKERS
    first = FIRST + worker % WORKERS * count
    return itertools.cycle(range(first, first + count))


ports = ports_of(int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")))


def free_port():
    return next(port for port in ports if is_free(port))


def is_free(port):
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
