"""The `herald` program as a person in a terminal uses it."""

import json
import os
import queue
import signal
import subprocess
import threading
import time

from deadline import until
from herald_server import BINARY
from keys import UserAgentKey, from_base64url


def send(server, *arguments, key=None, within_seconds=30):
    """Runs `herald send`; gives the finished process."""
    environment = {**os.environ, "HERALD_SERVER": server.url, "HERALD_KEY": key or server.admin_key}
    return subprocess.run(
        [BINARY, "send", *arguments], env=environment, capture_output=True, text=True, timeout=within_seconds)


class Listener:
    """`herald listen` with a home of its own, where it keeps who it is."""

    def __init__(self, server, home):
        self.server = server
        self.home = home
        self.process = None
        self.lines = queue.Queue()

    def start(self, *arguments):
        self.home.mkdir(exist_ok=True)
        environment = {
            **os.environ, "HOME": str(self.home), "XDG_CONFIG_HOME": str(self.home), "XDG_DATA_HOME": str(self.home),
            "XDG_STATE_HOME": str(self.home), "HERALD_SERVER": self.server.url, "HERALD_KEY": self.server.admin_key,
        }
        self.process = subprocess.Popen(
            [BINARY, "listen", *arguments], cwd=self.home, env=environment, stdout=subprocess.PIPE,
            stderr=open(self.home / "stderr.log", "ab"), text=True)
        threading.Thread(target=self.collect, args=[self.process.stdout], daemon=True).start()
        return self

    def collect(self, output):
        for line in output:
            self.lines.put(json.loads(line))

    def stderr(self):
        return (self.home / "stderr.log").read_text()

    def hear(self, text, within_seconds=30):
        """The first line that holds this text; lines before it are skipped."""
        deadline = time.monotonic() + within_seconds
        while True:
            try:
                line = self.lines.get(timeout=max(0.01, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(
                    f"no line with {text!r} within {within_seconds} s; {self.home}/stderr.log says:\n"
                    + (self.home / "stderr.log").read_text()[-2000:]) from None
            if holds(line, text):
                return line

    def subscription(self):
        """Where a push for this listener must go, from the file in which it remembers itself."""
        return until(self.read_identity, 30, f"an identity file below {self.home}")

    def read_identity(self):
        for file in self.home.rglob("*.json"):
            registration = json.loads(file.read_text())["registrations"]["default"]
            if registration.get("endpoint"):
                key = UserAgentKey(from_base64url(registration["private_key"]), from_base64url(registration["auth"]))
                return key.subscription(registration["endpoint"])
        return None

    def kill(self):
        """As a crash does: no goodbye."""
        self.process.kill()
        self.process.wait()
        self.process = None

    def stop(self):
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("herald listen ignores an interrupt") from None
        finally:
            self.process = None


def holds(value, text):
    """Whether a text stands anywhere in a JSON value, also in JSON within a string."""
    if isinstance(value, dict):
        return any(holds(each, text) for each in value.values())
    if isinstance(value, list):
        return any(holds(each, text) for each in value)
    return isinstance(value, str) and text in value
