"""A user agent that comes back after every crash of its server, or to another, and counts what it gets."""

import itertools
import json
import threading
import time
from collections import Counter

from websockets.exceptions import WebSocketException

from user_agent import UserAgent


class SteadfastDevice:
    """One user agent, one channel, one device. Its thread reads and acknowledges until it is stopped."""

    def __init__(self, *servers):
        """The first is where it begins."""
        self.servers = itertools.cycle(servers)
        self.received = Counter()
        self.problem = None
        self.stopping = False
        self.present = threading.Event()
        self.present.set()
        with UserAgent.greeted(servers[0]) as agent:
            self.uaid = agent.uaid
            self.channel = agent.register(servers[0].vapid["public_key"])
        self.id = servers[0].api.register(self.channel.subscription)
        self.thread = threading.Thread(target=self.stay, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping = True
        self.present.set()
        self.thread.join(timeout=30)

    def leave(self):
        """Disconnects until `come_back`: messages have to wait."""
        self.present.clear()

    def come_back(self):
        self.present.set()

    @property
    def repeats(self):
        """How many receptions were not the first of their message."""
        return sum(list(self.received.values())) - len(self.received)

    def has(self, name):
        return self.received[name] > 0

    def stay(self):
        while not self.stopping:
            self.present.wait()
            try:
                with UserAgent(next(self.servers), self.uaid) as agent:
                    agent.hello()
                    assert agent.uaid == self.uaid, "the server forgot a user agent"
                    self.read(agent)
            except (OSError, WebSocketException):
                # The server is down; it comes back soon, or another is there.
                time.sleep(0.05)
            except Exception as problem:
                self.problem = problem
                return

    def read(self, agent):
        while self.present.is_set() and not self.stopping:
            try:
                notification = agent.notification(within_seconds=0.1)
            except TimeoutError:
                continue
            self.received[self.name(self.channel.text(notification))] += 1
            agent.acknowledge(notification)

    @staticmethod
    def name(text):
        """A push is known by its id, a message by its text."""
        return json.loads(text)["id"] if text.startswith("{") else text
