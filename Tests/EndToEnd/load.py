"""Load that remembers what the server promised: pushes answered 202 and messages answered 201."""

import itertools
import threading

import requests

from api import API
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
    """Threads that send as fast as they are answered, and start over when the server is gone."""

    def __init__(self, server, devices, promises):
        self.server = server
        self.devices = devices
        self.promises = promises
        self.numbers = itertools.count()
        self.running = threading.Event()
        self.over = False
        self.unexpected = []
        kinds = [self.push_to_one, self.push_to_one, self.push_to_all, self.post_message, self.post_message]
        self.threads = [threading.Thread(target=self.repeat, args=[kind()], daemon=True) for kind in kinds]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over = True
        self.running.set()
        for thread in self.threads:
            thread.join(timeout=20)

    def pause(self):
        self.running.clear()

    def go_on(self):
        self.running.set()

    def repeat(self, send):
        while True:
            self.running.wait()
            if self.over:
                return
            try:
                send()
            except requests.RequestException:
                # Killed while we asked.
                continue
            except Exception as error:
                self.unexpected.append(error)
                return

    def next_device(self):
        return self.devices[next(self.numbers) % len(self.devices)]

    def push_to_one(self):
        api = API(self.server.url, self.server.admin_key)

        def send():
            device = self.next_device()
            id = api.push({"devices": [device.id]}, notification={"title": "one"})
            self.promises.keep_push(id, [device])

        return send

    def push_to_all(self):
        api = API(self.server.url, self.server.admin_key)

        def send():
            id = api.push({"all": True}, notification={"title": "all"})
            self.promises.keep_push(id, self.devices)

        return send

    def post_message(self):
        application = ApplicationServer(self.server.vapid["private_key"])
        authorization = application.authorization(self.devices[0].channel.endpoint)

        def send():
            device = self.next_device()
            text = f"message {next(self.numbers)}"
            reply = application.post(device.channel.endpoint, device.channel.seal(text), ttl=3600, **authorization)
            assert reply.status_code == 201, reply.text
            self.promises.keep_message(text, device)

        return send
