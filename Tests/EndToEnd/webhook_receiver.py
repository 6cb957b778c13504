"""Somebody who takes webhooks, and checks their signatures as the Standard Webhooks specification says."""

import base64
import hashlib
import hmac
import json
import queue
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Message:
    def __init__(self, headers, body):
        self.id = headers["webhook-id"]
        self.timestamp = headers["webhook-timestamp"]
        self.signatures = headers["webhook-signature"].split(" ")
        self.body = body
        self.events = json.loads(body)["events"]

    @property
    def kinds(self):
        return [event["kind"] for event in self.events]

    def is_signed_with(self, secret):
        key = base64.b64decode(secret.removeprefix("whsec_"))
        content = f"{self.id}.{self.timestamp}.".encode() + self.body
        expected = "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
        return expected in self.signatures and abs(time.time() - int(self.timestamp)) < 60


class WebhookReceiver:
    """Answers by a script of statuses, or of statuses and headers; after the last one 204."""

    def __init__(self, *script):
        self.script = list(script)
        self.messages = queue.Queue()
        # Nobody is answered before it is set.
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.server.daemon_threads = True
        self.server.block_on_close = False

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.may_answer.set()
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/hook"

    def hear(self, within_seconds=30):
        return self.messages.get(timeout=within_seconds)

    def hear_events(self, count, within_seconds=30):
        """Events of as many messages as it takes."""
        events = []
        while len(events) < count:
            events += self.hear(within_seconds).events
        return events

    def answer(self):
        answer = self.script.pop(0) if self.script else 204
        return answer if isinstance(answer, tuple) else (answer, {})

    def handler(receiver):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.messages.put(Message(self.headers, body))
                receiver.may_answer.wait()
                status, headers = receiver.answer()
                self.send_response(status)
                for name, value in {"Content-Length": "0", **headers}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_):
                pass

        return Handler


class ReceiptReceiver(WebhookReceiver):
    """Takes delivery receipts, which carry the secret address of their subscription instead of a signature."""

    def handler(receiver):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                receiver.messages.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(receiver.answer()[0])
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        return Handler
