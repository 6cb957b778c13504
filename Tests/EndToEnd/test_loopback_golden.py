"""What LoopBack itself answered, asked again here, request by request. Ids and dates are others; everything else is the same, to the
byte, but for what is listed below with its reason."""

import pytest

from loopback import KEY, LoopBack, recording, without_dates

MISSING = '{"error":{"statusCode":400,"name":"Error","message":"where is a required argument"}}'

# What is different on purpose: status and body; None: no body.
DIFFERENCES = {
    # HTTP knows no body in a reply to HEAD; the recorder has printed the one before.
    "HEAD": (200, None),
    # Our 500 would say that the server is broken; it is the request that is.
    "update nowhere": (400, MISSING),
    "upsertWithWhere nowhere": (400, MISSING),
    # The original leaves out `created` where this very route makes an object.
    "upsertWithWhere none": (200, '{"appId":"a1","created":"DATE","deviceToken":"nw","deviceType":"ios","modified":"DATE","id":9}'),
}


class Ids:
    """Ours for the recorded ones, in the order in which objects were made."""

    def __init__(self):
        self.ours = []

    def learn(self, id):
        if id not in self.ours:
            self.ours.append(id)

    def known(self, recorded):
        return self.ours[int(recorded) - 1] if recorded.isdigit() and 0 < int(recorded) <= len(self.ours) else recorded

    def in_request(self, path, body):
        """A recorded request, about our objects."""
        names = path.split("/")
        if len(names) > 3:
            id, mark, query = names[3].partition("?")
            names[3] = self.known(id) + mark + query
        for recorded in range(1, len(self.ours) + 1):
            body = body.replace(f'"id":{recorded},', f'"id":"{self.ours[recorded - 1]}",')
        return "/".join(names), body

    def in_reply(self, text):
        """Our reply, about the recorded objects."""
        for number, id in enumerate(self.ours, 1):
            text = text.replace(f'"{id}"', str(number)).replace(id, str(number))
        return text


@pytest.fixture(scope="module")
def replies(module_server):
    """Every recorded exchange, with our reply to it."""
    client, ids = LoopBack(module_server(HERALD_LOOPBACK_KEY=KEY)), Ids()
    ids.learn(client.install(appId="a1", deviceType="ios", deviceToken="abc")["id"])
    replies = []
    for exchange in recording():
        path, body = ids.in_request(exchange.path, exchange.body)
        reply = client.ask(exchange.method, path, body, headers={"Content-Type": exchange.content_type_sent})
        # Those that a list made beside one that failed aren't in its reply.
        if exchange.method != "HEAD":
            for each in client.found():
                ids.learn(each["id"])
        replies.append((exchange, reply.status_code, reply.headers.get("Content-Type"), ids.in_reply(reply.text)))
    return replies


def test_nothing_of_the_recording_is_left_out(replies):
    assert len(replies) == 60
    assert set(DIFFERENCES) <= {exchange.name for exchange, *_ in replies}


@pytest.mark.parametrize("name", [exchange.name for exchange in recording()])
def test_as_recorded(replies, name):
    exchange, status, content_type, body = next(each for each in replies if each[0].name == name)
    expected = DIFFERENCES.get(name, (exchange.status, without_dates(exchange.reply)))
    assert status == expected[0], body
    if expected[1] is None:
        assert body == ""
        return
    assert content_type == exchange.content_type
    body = without_dates(body)
    if exchange.is_cut_off:
        # Dates are cut, too: what stands before the last whole object is compared.
        whole = expected[1][:expected[1].rindex("},{")]
        assert body.startswith(whole)
    else:
        assert body == expected[1]
