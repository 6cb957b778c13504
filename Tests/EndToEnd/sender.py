"""An application server that is not ours: pywebpush, and bare posts to an endpoint."""

import time
from urllib.parse import urlsplit

import requests
from py_vapid import Vapid02
from pywebpush import webpush

CONTACT = "mailto:tests@example.com"


def send_with_pywebpush(server, subscription, text, ttl=60):
    """Signs with the server's own key, since the subscription was made for that one."""
    reply = webpush(subscription, text, vapid_private_key=server.vapid["private_key"], vapid_claims={"sub": CONTACT}, ttl=ttl)
    assert reply.status_code == 201, reply.text
    return reply


class ApplicationServer:
    """Posts what it is told to, right or wrong."""

    def __init__(self, vapid_private_key=None):
        self.http = requests.Session()
        self.vapid = Vapid02.from_raw(vapid_private_key.encode()) if vapid_private_key else None

    def post(self, endpoint, body=b"", ttl=60, **headers):
        """Header names are written with underscores; None leaves a header out."""
        usual = {"TTL": str(ttl) if ttl is not None else None, **self.authorization(endpoint)}
        if body:
            usual["Content-Encoding"] = "aes128gcm"
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        wanted = {name: value for name, value in {**usual, **given}.items() if value is not None}
        return self.http.post(endpoint, data=body, headers=wanted, timeout=30)

    def authorization(self, endpoint, lifetime_seconds=3600):
        if self.vapid is None:
            return {}
        parts = urlsplit(endpoint)
        claims = {"aud": f"{parts.scheme}://{parts.netloc}", "sub": CONTACT, "exp": int(time.time()) + lifetime_seconds}
        return self.vapid.sign(claims)
