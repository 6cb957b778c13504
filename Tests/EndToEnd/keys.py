"""The two halves of Web Push's encryption (RFC 8291) with libraries that are not ours."""

import base64
import os

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class UserAgentKey:
    """What a browser keeps for a subscription: a key pair and a secret."""

    def __init__(self, scalar=None, auth=None):
        scalar = scalar or os.urandom(32)
        self.private = ec.derive_private_key(int.from_bytes(scalar, "big"), ec.SECP256R1())
        self.auth = auth or os.urandom(16)
        self.scalar = scalar

    @property
    def point(self):
        return self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def subscription(self, endpoint):
        keys = {"p256dh": base64url(self.point), "auth": base64url(self.auth)}
        return {"endpoint": endpoint, "expirationTime": None, "keys": keys}

    def seal(self, text):
        return http_ece.encrypt(
            text.encode(), private_key=ec.generate_private_key(ec.SECP256R1()), dh=self.point, auth_secret=self.auth,
            version="aes128gcm")

    def open(self, body):
        return http_ece.decrypt(body, private_key=self.private, auth_secret=self.auth, version="aes128gcm").decode()
