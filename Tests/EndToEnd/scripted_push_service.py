"""Somebody else's push service: strict about what it is sent (RFC 8030, 8291, 8292), and answering as the test wants."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from keys import UserAgentKey, from_base64url


class Attempt:
    """One request, and when it came."""

    def __init__(self, headers, text):
        self.at = time.monotonic()
        self.headers = headers
        self.text = text


class ScriptedPushService:
    """Each path is a subscription with a script: statuses and headers for its attempts; after the last one 201."""

    def __init__(self):
        self.key = UserAgentKey()
        self.scripts = {}
        self.attempts = {}
        self.faults = []
        # How long a sender waits for a 201 that no script says.
        self.answer_seconds = 0
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def origin(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def subscription(self, name, *script):
        """Answers are a status, or a status and headers."""
        path = f"/push/{name}"
        self.scripts[path] = [answer if isinstance(answer, tuple) else (answer, {}) for answer in script]
        self.attempts[path] = []
        return self.key.subscription(self.origin + path)

    def attempts_at(self, name):
        return self.attempts[f"/push/{name}"]

    def take(self, path, headers, body):
        try:
            self.attempts[path].append(Attempt(headers, self.check(headers, body)))
        except Exception as error:
            self.faults.append(f"{path}: {type(error).__name__}: {error}")
            return 400, {}
        number = len(self.attempts[path])
        script = self.scripts[path]
        if number <= len(script):
            return script[number - 1]
        time.sleep(self.answer_seconds)
        return 201, {"Location": f"{self.origin}/m/{number}"}

    def check(self, headers, body):
        """The plaintext, if everything about the request is right."""
        assert headers["Content-Encoding"] == "aes128gcm" and int(headers["TTL"]) >= 0
        assert headers["Urgency"] in ("very-low", "low", "normal", "high")
        assert len(body) <= 4096
        scheme, _, parameters = headers["Authorization"].partition(" ")
        assert scheme == "vapid"
        given = dict(each.strip().split("=", 1) for each in parameters.split(","))
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), from_base64url(given["k"]))
        claims = jwt.decode(given["t"], key, algorithms=["ES256"], audience=self.origin)
        assert claims["exp"] - time.time() <= 86_400
        return self.key.open(body)

    def handler(self):
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, headers = service.take(self.path, self.headers, body)
                self.send_response(status)
                for name, value in {"Content-Length": "0", **headers}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_):
                pass

        return Handler
