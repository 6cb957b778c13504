"""A client of LoopBack's REST API, and the recording of what the original answered."""

import json
import re
from pathlib import Path

import requests

KEY = "a-loopback-key-of-tests"
RECORDING = Path(__file__).parent / "golden" / "loopback-rest.txt"


class LoopBack:
    """`api/…` and what else the original serves, with a key or without."""

    def __init__(self, server, key=KEY):
        self.url = server.url
        self.http = requests.Session()
        if key:
            self.http.headers["Authorization"] = key

    def ask(self, method, path, body=None, **more):
        """`body` is sent as JSON, unless it is text."""
        if body is not None and not isinstance(body, str):
            more["headers"] = {"Content-Type": "application/json", **more.get("headers", {})}
            body = json.dumps(body)
        return self.http.request(method, self.url + path, data=body, timeout=60, **more)

    def get(self, path, **query):
        """The reply to a query whose objects go as JSON."""
        parameters = {name: value if isinstance(value, str) else json.dumps(value) for name, value in query.items()}
        return self.ask("GET", path, params=parameters)

    def install(self, **properties):
        """A new installation, as it was answered."""
        reply = self.ask("POST", "/api/installations", {"appId": "app", "deviceType": "other", **properties})
        assert reply.status_code == 200, reply.text
        return reply.json()

    def found(self, where=None, path="/api/installations", **filter):
        """The installations that a filter finds, in its order."""
        reply = self.get(path, filter={**({"where": where} if where is not None else {}), **filter})
        assert reply.status_code == 200, reply.text
        return reply.json()

    def tokens(self, where=None, **filter):
        return [each["deviceToken"] for each in self.found(where, **filter)]


class Exchange:
    """One request of the recording, and its reply."""

    def __init__(self, lines):
        self.name = lines[0].removeprefix("### ")
        request = lines[1].removeprefix("> ")
        request, _, self.body = request.partition(" body=")
        self.method, self.path = request.split(" ", 1)
        self.path = self.path.strip()
        status, self.content_type = lines[2].split(" ", 1)
        self.status = int(status)
        self.reply = lines[3]

    @property
    def is_cut_off(self):
        return len(self.reply) >= 900

    @property
    def content_type_sent(self):
        """What the recorder said that the body is."""
        return {"post urlencoded": "application/x-www-form-urlencoded", "post text/plain": "text/plain", "post xml": "application/xml"}.get(
            self.name, "application/json")


def recording():
    lines = [line for line in RECORDING.read_text().splitlines() if not line.startswith("# ")]
    return [Exchange(lines[start:start + 4]) for start in range(0, len(lines), 4)]


DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def without_dates(text):
    return DATE.sub("DATE", text)
