"""The real `herald serve`, on a loopback port, with a data folder of its own."""

import json
import os
import signal
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import requests

from api import API
from deadline import until
from ports import free_port
from postgres import run_psql

BINARY = os.environ.get("HERALD_BIN", str(Path(__file__).parents[2] / ".build/debug/herald"))


FORGET_ALL_BUT_KEYS = """
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema()
    AND tablename NOT IN ('schema_version', 'app', 'secret') LOOP
    EXECUTE format('TRUNCATE %I CASCADE', name);
  END LOOP;
END $$
"""


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

    def own_address(self, url):
        """The same path at this very server, whatever origin it and its colleagues give out."""
        return urlsplit(url)._replace(netloc=f"127.0.0.1:{self.port}").geturl()

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
        self.launch()
        return self.wait_until_ready()

    def wait_until_ready(self):
        until(self.is_ready, 30, f"the server is ready; its log: {self.log}")
        return self

    def launch(self):
        """Starts the program, and doesn't wait for it."""
        if self.database_url:
            self.give_vapid_key()
        command = [BINARY, "serve", "--host", "127.0.0.1", "--port", str(self.port), "--data", str(self.data),
                   *self.arguments]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=self.environment)

    @property
    def database_url(self):
        """None for SQLite."""
        return self.environment.get("HERALD_DATABASE_URL")

    def give_vapid_key(self):
        """In PostgreSQL the key is sealed. The first node takes it from this file, and so tests know it."""
        file = self.data / "vapid.json"
        if not file.exists():
            self.data.mkdir(mode=0o700, exist_ok=True)
            file.write_text(run_herald("vapid", "generate", "--json").stdout)

    def run(self, *arguments, **more):
        """Another command of the program on the same database; gives the finished process."""
        return run_herald(*arguments, "--data", str(self.data), env=self.environment, **more)

    def is_ready(self):
        assert self.process.poll() is None, f"the server ended by itself:\n{self.log.read_text()[-3000:]}"
        try:
            return requests.get(f"{self.url}/health/ready", timeout=2).status_code == 200
        except requests.RequestException:
            return False

    def forget_everything_but_keys(self):
        """The database is lost while the server is down."""
        if self.database_url:
            assert run_psql([self.database_url], FORGET_ALL_BUT_KEYS).returncode == 0
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
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"the server didn't stop within 30 s; its log: {self.log}") from None

    def end_if_running(self):
        if self.process:
            self.stop()


def run_herald(*arguments, env=None, check=True, timeout=30, input=None):
    return subprocess.run([BINARY, *arguments], env=env, capture_output=True, text=True, check=check, timeout=timeout, input=input)
