"""A user agent of the push service's WebSocket protocol, frame by frame, as Firefox speaks it."""

import json
import uuid
from contextlib import ExitStack

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from keys import UserAgentKey, from_base64url

# It only costs when nothing comes; a busy machine takes its time.
WITHIN_SECONDS = 30


class UserAgent:
    """One connection. A new one with the same `uaid` is the same user agent."""

    def __init__(self, server, uaid=None):
        self.resources = ExitStack()
        self.socket = self.resources.enter_context(connect(
            server.socket_url, subprotocols=["push-notification"], origin=server.socket_url.rstrip("/"), proxy=None,
            max_size=2**20))
        self.uaid = uaid

    @classmethod
    def greeted(cls, server, uaid=None):
        agent = cls(server, uaid)
        agent.hello()
        return agent

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.resources.close()

    # Frames

    def say(self, **frame):
        self.socket.send(json.dumps(frame))

    def say_text(self, text):
        self.socket.send(text)

    def hear(self, within_seconds=WITHIN_SECONDS):
        return json.loads(self.socket.recv(timeout=within_seconds))

    def hears_nothing(self, for_seconds=0.3):
        """Whether the server keeps silent for a moment."""
        try:
            self.socket.recv(timeout=for_seconds)
        except TimeoutError:
            return True
        return False

    def hear_close(self, within_seconds=WITHIN_SECONDS):
        """Code and reason with which the server closes; frames before it are skipped."""
        try:
            while True:
                self.socket.recv(timeout=within_seconds)
        except ConnectionClosed as closed:
            assert closed.rcvd, "the connection broke without a close frame"
            return closed.rcvd.code, closed.rcvd.reason

    # The protocol

    def hello(self, **more):
        known = {"uaid": self.uaid} if self.uaid else {}
        self.say(**{"messageType": "hello", "use_webpush": True, "broadcasts": {}, **known, **more})
        reply = self.hear()
        assert reply["messageType"] == "hello" and reply["status"] == 200 and reply["use_webpush"] is True, reply
        self.uaid = reply["uaid"]
        return reply

    def register(self, key=None, again=None):
        """A channel for a subscription, restricted to an application server's key if one is given."""
        channel = again or Channel()
        self.say(messageType="register", channelID=channel.id, **({"key": key} if key else {}))
        reply = self.hear()
        assert reply["messageType"] == "register" and reply["status"] == 200, reply
        assert reply["channelID"] == channel.id
        channel.endpoint = reply["pushEndpoint"]
        return channel

    def unregister(self, channel):
        self.say(messageType="unregister", channelID=channel.id, code=200)
        reply = self.hear()
        assert reply == {"messageType": "unregister", "channelID": channel.id, "status": 200}, reply

    def notification(self, within_seconds=WITHIN_SECONDS):
        frame = self.hear(within_seconds)
        assert frame["messageType"] == "notification", frame
        return frame

    def acknowledge(self, *notifications, code=100):
        updates = [{"channelID": each["channelID"], "version": each["version"], "code": code} for each in notifications]
        self.say(messageType="ack", updates=updates)

    def ping(self):
        self.say_text("{}")
        assert self.hear() == {}


class Channel:
    """One subscription of a user agent, and its key."""

    def __init__(self):
        self.id = str(uuid.uuid4())
        self.key = UserAgentKey()
        self.endpoint = None

    @property
    def subscription(self):
        return self.key.subscription(self.endpoint)

    def seal(self, text):
        return self.key.seal(text)

    def text(self, notification):
        """What the application server wrote."""
        assert notification["channelID"] == self.id
        assert notification["headers"]["encoding"] == "aes128gcm"
        return self.key.open(from_base64url(notification["data"]))
