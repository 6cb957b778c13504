"""A bare HTTP/2 connection (with the library h2), that keeps every event: what well-behaved clients hide is what faults are about."""

import socket
import ssl
import time
from urllib.parse import urlsplit

from h2.config import H2Configuration
from h2.connection import ConnectionState, H2Connection
from h2.events import (ConnectionTerminated, DataReceived, RemoteSettingsChanged, ResponseReceived, StreamEnded, StreamReset)
from h2.settings import SettingCodes


class HTTP2Client:
    def __init__(self, origin, ca, certificate=None):
        context = ssl.create_default_context(cafile=ca)
        context.set_alpn_protocols(["h2"])
        if certificate:
            context.load_cert_chain(certificate)
        parts = urlsplit(origin)
        self.authority = parts.netloc
        self.socket = context.wrap_socket(socket.create_connection((parts.hostname, parts.port), 5), server_hostname=parts.hostname)
        self.h2 = H2Connection(H2Configuration(client_side=True, header_encoding="utf-8"))
        self.h2.initiate_connection()
        self.socket.sendall(self.h2.data_to_send())
        self.events = []
        self.pending = b""
        self.is_closed = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def post(self, path, headers, body):
        """Gives the stream's number; waits for nothing."""
        stream = self.h2.get_next_available_stream_id()
        pseudo = [(":method", "POST"), (":scheme", "https"), (":authority", self.authority), (":path", path)]
        self.h2.send_headers(stream, pseudo + list(headers.items()))
        self.h2.send_data(stream, body, end_stream=True)
        self.socket.sendall(self.h2.data_to_send())
        return stream

    def until(self, condition, within_seconds=30):
        """Reads until the condition holds, the server closed, or time is up. Says whether it holds."""
        deadline = time.monotonic() + within_seconds
        while not condition():
            rest = deadline - time.monotonic()
            if rest <= 0 or self.is_closed or not self.read(rest):
                return condition()
        return True

    def read(self, within_seconds):
        self.socket.settimeout(within_seconds)
        try:
            data = self.socket.recv(65_536)
        except TimeoutError:
            return False
        except OSError:
            data = b""
        if not data:
            self.is_closed = True
            return True
        self.take(data)
        try:
            self.socket.sendall(self.h2.data_to_send())
        except OSError:
            self.is_closed = True
        return True

    def take(self, data):
        """Frame by frame, as h2 takes nothing after GOAWAY, where answers still come."""
        self.pending += data
        while len(self.pending) >= 9 and len(self.pending) >= 9 + int.from_bytes(self.pending[:3], "big"):
            size = 9 + int.from_bytes(self.pending[:3], "big")
            events = self.h2.receive_data(self.pending[:size])
            self.pending = self.pending[size:]
            self.events += events
            if any(isinstance(event, ConnectionTerminated) for event in events):
                self.h2.state_machine.state = ConnectionState.CLIENT_OPEN

    def of(self, kind, stream=None):
        return [event for event in self.events if isinstance(event, kind) and stream in (None, getattr(event, "stream_id", None))]

    def status(self, stream, within_seconds=30):
        """None when the stream wasn't answered in full."""
        if not self.until(lambda: self.of(StreamEnded, stream) or self.of(StreamReset, stream), within_seconds):
            return None
        return int(dict(self.of(ResponseReceived, stream)[0].headers)[":status"]) if self.of(StreamEnded, stream) else None

    def body(self, stream):
        return b"".join(event.data for event in self.of(DataReceived, stream))

    def reset_code(self, stream, within_seconds=30):
        self.until(lambda: self.of(StreamReset, stream), within_seconds)
        return int(self.of(StreamReset, stream)[0].error_code)

    def go_away(self, within_seconds=30):
        self.until(lambda: self.of(ConnectionTerminated), within_seconds)
        return self.of(ConnectionTerminated)[0]

    def stream_limits(self):
        """As they were announced, one after the other."""
        changes = [event.changed_settings.get(SettingCodes.MAX_CONCURRENT_STREAMS) for event in self.of(RemoteSettingsChanged)]
        return [change.new_value for change in changes if change]
