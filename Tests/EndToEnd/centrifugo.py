"""A client of the Centrifugo front that says exactly what it is told to."""

import json
import time

import requests

KEY = "the-key"
ON = {"HERALD_CENTRIFUGO_API_KEY": KEY}


class Centrifugo:
    def __init__(self, server, prefix="/api"):
        self.server = server
        self.base = server.url + prefix
        self.http = requests.Session()

    def post(self, method, body=b"", headers=None, query=""):
        """The reply as it is. A body that is no text is sent as JSON."""
        if not isinstance(body, (str, bytes)):
            body = json.dumps(body)
        headers = {"X-API-Key": KEY} if headers is None else headers
        return self.http.post(f"{self.base}/{method}{query}" if method else self.base + query, data=body, headers=headers, timeout=30)

    def ok(self, method, **parameters):
        """The result."""
        reply = self.post(method, parameters)
        assert reply.status_code == 200 and list(reply.json()) == ["result"], f"{reply.status_code} {reply.text} {reply.headers}"
        return reply.json()["result"]

    def error(self, method, **parameters):
        """The code of the error."""
        reply = self.post(method, parameters)
        assert reply.status_code == 200 and list(reply.json()) == ["error"], f"{reply.status_code} {reply.text}"
        assert reply.headers["Herald-Problem"], "what is wrong is told"
        return reply.json()["error"]["code"]

    # Shorthands

    def register(self, token="token", provider="fcm", platform="android", **more):
        return self.ok("device_register", provider=provider, platform=platform, token=token, **more)["id"]

    def devices(self, **more):
        return self.ok("device_list", include_topics=True, include_meta=True, **more)["items"]

    def device(self, id):
        return self.devices(filter={"ids": [id]})[0]

    def topics(self, id):
        return self.device(id).get("topics", [])

    def send(self, recipient, notification=None, **more):
        """The uid of the push."""
        return self.ok("send_push_notification", recipient=recipient, notification=notification or fcm("hello"), **more)["uid"]

    def push(self, recipient, notification=None, **more):
        """Sends without a uid, and gives what has become of it once it is over."""
        return self.server.api.ended(self.send(recipient, notification, **more))


def fcm(title, **more):
    return {"fcm": {"message": {"notification": {"title": title}}}, **more}


def soon(seconds):
    return int(time.time()) + seconds
