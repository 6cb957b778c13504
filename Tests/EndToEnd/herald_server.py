"""The real `herald serve`, on a loopback port, with a data folder of its own."""

import json
import os
import signal
import socket
import subprocess
from pathlib import Path

import requests

from api import API
from deadline import until

BINARY = os.environ.get("HERALD_BIN", str(Path(__file__).parents[2] / ".build/debug/herald"))


class HeraldServer:
    """Start, kill and start again keep the port and the data."""

    def __init__(self, folder, settings=None, arguments=()):
        self.data = folder / "data"
        self.log = folder / "server.log"
        self.port = free_port()
        self.arguments = list(arguments)
        self.environment = {**os.environ, **(settings or {})}
        self.process = None

    @property
    def url(self):
        """The address that the server gives out; a secure context for browsers."""
        return f"http://localhost:{self.port}"

    @property
    def socket_url(self):
        return f"ws://127.0.0.1:{self.port}/"

    @property
    def admin_key(self):
        return (self.data / "admin.key").read_text().strip()

    @property
    def vapid(self):
        return json.loads((self.data / "vapid.json").read_text())

    @property
    def api(self):
        return API(self.url, self.admin_key)

    def start(self):
        command = [BINARY, "serve", "--host", "127.0.0.1", "--port", str(self.port), "--data", str(self.data),
                   *self.arguments]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=self.environment)
        until(self.is_ready, 30, f"the server is ready; its log: {self.log}")
        return self

    def is_ready(self):
        assert self.process.poll() is None, f"the server ended by itself:\n{self.log.read_text()[-3000:]}"
        try:
            return requests.get(f"{self.url}/health/ready", timeout=2).status_code == 200
        except requests.RequestException:
            return False

    def forget_everything_but_keys(self):
        """The database is lost while the server is down."""
        for file in self.data.glob("*.sqlite*"):
            file.unlink()

    def kill(self):
        """As a power cut does: no goodbye."""
        self.end(signal.SIGKILL)

    def stop(self):
        self.end(signal.SIGTERM)

    def restart(self):
        self.stop()
        return self.start()

    def end(self, how):
        process, self.process = self.process, None
        process.send_signal(how)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"the server didn't stop within 15 s; its log: {self.log}") from None

    def end_if_running(self):
        if self.process:
            self.stop()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
