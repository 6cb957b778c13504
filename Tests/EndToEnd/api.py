"""The native HTTP API, as a back end would use it."""

import requests

from deadline import until


class Unavailable(Exception):
    """The server can't, for the moment, and says when to try again; nothing has happened."""


class PatientSession(requests.Session):
    """Waits for an answer, but not for ever."""

    def request(self, *arguments, **more):
        return super().request(*arguments, **{"timeout": 30, **more})


class API:
    def __init__(self, url, key):
        self.url = url
        self.http = PatientSession()
        self.http.headers["Authorization"] = f"Bearer {key}"

    def register(self, subscription, **more):
        """The id of the device that has this subscription from now on."""
        body = {"provider": "webpush", "subscription": subscription, **more}
        reply = self.http.post(f"{self.url}/v1/devices", json=body)
        assert reply.status_code in (200, 201), reply.text
        return reply.json()["id"]

    def devices(self):
        return self.http.get(f"{self.url}/v1/devices").json()["devices"]

    def device(self, id):
        """None when there is no such device."""
        reply = self.http.get(f"{self.url}/v1/devices/{id}")
        return reply.json() if reply.ok else None

    def push(self, audience, **more):
        """The id of the accepted push."""
        reply = available(self.http.post(f"{self.url}/v1/pushes", json={"audience": audience, **more}))
        assert reply.status_code == 202, reply.text
        return reply.json()["id"]

    def reaches_nobody(self, audience):
        """A push to it is refused, because there is no active device in it."""
        reply = available(self.http.post(f"{self.url}/v1/pushes", json={"audience": audience, "notification": {"title": "t"}}))
        return reply.status_code == 422 and (reply.json()["code"], reply.json()["field"]) == ("nobody", "audience")

    def status(self, push):
        reply = available(self.http.get(f"{self.url}/v1/pushes/{push}"))
        assert reply.status_code == 200, reply.text
        return reply.json()

    def finished(self, push, within_seconds=30):
        """The counters of a push, once it is done."""

        def counters():
            status = self.status(push)
            return status["counters"] if status["state"] == "done" else None

        return until(counters, within_seconds, f"push {push} is done")

    def ended(self, push, within_seconds=30):
        """What became of a push, once nothing of it waits any more, however it ended."""

        def over():
            status = self.status(push)
            return status if status["finished_at"] else None

        return until(over, within_seconds, f"push {push} has ended")


def available(reply):
    """The reply, unless it is a 503."""
    if reply.status_code != 503:
        return reply
    assert int(reply.headers["Retry-After"]) > 0, reply.text
    raise Unavailable(reply.text)
