"""The real `herald simulate`, on free loopback ports, with a directory of its own."""

import json
import os
import signal
import subprocess
from pathlib import Path

import requests

from deadline import until

BINARY = os.environ.get("HERALD_BIN", str(Path(__file__).parents[2] / ".build/debug/herald"))


class Simulators:
    """Stand-ins for the providers, their credentials, and the control endpoint."""

    def __init__(self, folder, *providers, arguments=()):
        self.directory = folder / "simulators"
        self.log = folder / "simulators.log"
        self.arguments = [*providers, "--port", "0", "--directory", str(self.directory), "--json", *arguments]
        self.process = None
        self.ready = None

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([BINARY, "simulate", *self.arguments], stdout=subprocess.PIPE, stderr=log, text=True)
        line = self.process.stdout.readline()
        assert line, f"the simulators ended by themselves:\n{self.log.read_text()[-3000:]}"
        self.ready = json.loads(line)
        return self

    def stop(self):
        """Gives the exit code."""
        process, self.process = self.process, None
        process.send_signal(signal.SIGTERM)
        return process.wait(timeout=30)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        if self.process:
            self.stop()

    @property
    def ca(self):
        """To be trusted: for HERALD_TRUST_ROOTS, or for another client."""
        return self.ready["files"]["ca"]

    @property
    def urls(self):
        return self.ready["urls"]

    def credentials(self, provider):
        """The body for `PUT /v1/apps/default/providers/<provider>`."""
        return json.loads(Path(self.ready["files"]["credentials"][provider]).read_text())

    def file(self, name):
        return self.ready["files"]["others"][name]

    @property
    def control(self):
        return self.ready["control"]

    def set_faults(self, *faults, seed=1):
        reply = requests.put(f"{self.control}/faults", json={"seed": seed, "faults": list(faults)}, timeout=30)
        assert reply.status_code == 200, reply.text

    def received(self, port=None, token=None, limit=1000):
        query = {name: value for name, value in (("port", port), ("token", token), ("limit", limit)) if value is not None}
        return requests.get(f"{self.control}/requests", params=query, timeout=30).json()["requests"]

    def counts(self, port):
        counts = requests.get(f"{self.control}/counts", timeout=30).json()
        return counts.get(port, {"requests": 0, "accepted": 0, "statuses": {}, "reasons": {}, "faults": {}})

    def forget(self):
        assert requests.delete(f"{self.control}/requests", timeout=30).status_code == 204

    def wait_for(self, port, count, within_seconds=30):
        """Until that many requests came in."""
        until(lambda: self.counts(port)["requests"] >= count, within_seconds, lambda: f"{count} requests at {port}: {self.counts(port)}")
