"""Load that remembers what the server promised: pushes answered 202 and messages answered 201."""

import itertools
import threading
import time

import requests

from api import Unavailable, available
from sender import ApplicationServer


class Promises:
    """What was answered with success. Requests that a kill left without an answer may have happened or not: they don't count."""

    def __init__(self):
        self.lock = threading.Lock()
        # Push id: the devices that it is for.
        self.pushes = {}
        # Text of a message posted to an endpoint: the device.
        self.messages = {}
        self.count = 0
        self.target = None
        self.reached = threading.Event()

    def call_when_more(self, number):
        """Sets `reached` as soon as so many more promises were made."""
        with self.lock:
            self.reached.clear()
            self.target = self.count + number

    def keep_push(self, id, devices):
        self.keep(self.pushes, id, devices)

    def keep_message(self, text, device):
        self.keep(self.messages, text, device)

    def keep(self, collection, key, value):
        with self.lock:
            collection[key] = value
            self.count += 1
            if self.target is not None and self.count >= self.target:
                self.reached.set()


class Load:
    """Threads that send as fast as they are answered, or with a pause. Each goes to the next server when one doesn't do its work."""

    def __init__(self, servers, devices, promises, pause_seconds=0):
        self.servers = servers
        self.pause_seconds = pause_seconds
        self.devices = devices
        self.promises = promises
        self.numbers = itertools.count()
        self.running = threading.Event()
        self.over = False
        self.unexpected = []
        kinds = [self.push_to_one, self.push_to_one, self.push_to_all, self.post_message, self.post_message]
        self.threads = [threading.Thread(target=self.repeat, args=each, daemon=True) for each in enumerate(kinds)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over = True
        self.running.set()
        for thread in self.threads:
            thread.join(timeout=30)

    def pause(self):
        self.running.clear()

    def go_on(self):
        self.running.set()

    def repeat(self, number, kind):
        sends = [kind(server) for server in self.servers]
        while True:
            self.running.wait()
            if self.over:
                return
            try:
                sends[number % len(sends)]()
            except (requests.RequestException, Unavailable):
                # Killed while we asked, or without its database.
                number += 1
            except Exception as error:
                self.unexpected.append(error)
                return
            time.sleep(self.pause_seconds)

    def next_device(self):
        return self.devices[next(self.numbers) % len(self.devices)]

    def push_to_one(self, server):
        api = server.api

        def send():
            device = self.next_device()
            id = api.push({"devices": [device.id]}, notification={"title": "one"})
            self.promises.keep_push(id, [device])

        return send

    def push_to_all(self, server):
        api = server.api

        def send():
            id = api.push({"all": True}, notification={"title": "all"})
            self.promises.keep_push(id, self.devices)

        return send

    def post_message(self, server):
        application = ApplicationServer(server.vapid["private_key"])
        authorization = application.authorization(self.devices[0].channel.endpoint)

        def send():
            device = self.next_device()
            text = f"message {next(self.numbers)}"
            endpoint = server.own_address(device.channel.endpoint)
            reply = available(application.post(endpoint, device.channel.seal(text), ttl=3600, **authorization))
            assert reply.status_code == 201, reply.text
            self.promises.keep_message(text, device)

        return send
