"""Somebody who announces broadcasts, as `pushService.broadcastsURL` wants it."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Board:
    def __init__(self, **versions):
        self.versions = versions
        self.authorizations = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.server.daemon_threads = True

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/v1/broadcasts"

    def handler(board):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                board.authorizations.append(self.headers.get("Authorization"))
                body = json.dumps({"broadcasts": board.versions}).encode()
                self.send_response(200 if board.versions is not None else 500)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler
