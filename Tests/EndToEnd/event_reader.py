"""Somebody who follows `/v1/events`, read as a browser's EventSource reads it."""

import http.client
import json
import queue
import socket
import threading
from urllib.parse import urlencode


class EventReader:
    """Use it in a `with`; events come as (kind, data)."""

    def __init__(self, server, last_event_id=None, **query):
        headers = {"Authorization": f"Bearer {server.admin_key}"}
        if last_event_id is not None:
            headers["Last-Event-ID"] = last_event_id
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        self.connection.request("GET", f"/v1/events?{urlencode(query)}", headers=headers)
        self.socket = self.connection.sock
        self.reply = self.connection.getresponse()
        self.last_event_id = last_event_id
        self.events = queue.Queue()
        self.quiet = threading.Event()
        self.over = threading.Event()
        self.begun = threading.Event()

    @property
    def problem(self):
        """Why there is no stream."""
        return json.loads(self.reply.read())

    def __enter__(self):
        assert self.reply.status == 200, self.problem
        threading.Thread(target=self.read, daemon=True).start()
        assert self.begun.wait(10), "the stream begins with the place it begins at"
        return self

    def __exit__(self, *_):
        self.leave()

    def leave(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()

    def read(self):
        try:
            self.read_blocks()
        except (OSError, ValueError, http.client.HTTPException):
            pass
        finally:
            self.over.set()

    def read_blocks(self):
        kind, data = None, None
        while line := self.reply.readline():
            field, _, value = line.decode().rstrip("\n").partition(": ")
            if field == ":":
                self.quiet.set()
            elif field == "id":
                self.last_event_id = value
                self.begun.set()
            elif field == "event":
                kind = value
            elif field == "data":
                data = json.loads(value)
            elif not field and data is not None:
                self.events.put((kind, data))
                kind, data = None, None

    def hear(self, count, within_seconds=30):
        """The next events; fails when fewer come."""
        return [self.events.get(timeout=within_seconds) for _ in range(count)]

    def is_silent(self):
        return self.events.empty()
