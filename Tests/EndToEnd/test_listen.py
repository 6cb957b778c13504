"""`herald listen`: a device in a terminal."""

from command_line import send
from deadline import until
from sender import send_with_pywebpush


def registered(server):
    """Waits for the one device that the listener becomes."""
    return until(lambda: server.api.devices(), 15, "the listener has registered itself")[0]["id"]


def test_a_message_by_herald_send_is_one_line(server, listener):
    listener.start()
    registered(server)
    assert send(server, "hello from a terminal", "--all").returncode == 0
    listener.hear("hello from a terminal", within_seconds=2)


def test_a_message_that_came_while_nobody_listened(server, listener):
    listener.start()
    registered(server)
    listener.stop()
    assert send(server, "while you were away", "--all").returncode == 0
    listener.start()
    listener.hear("while you were away")


def test_the_listener_stays_the_same_device(server, listener):
    listener.start()
    device = registered(server)
    assert send(server, "first", "--device", device).returncode == 0
    listener.hear("first")
    listener.stop()

    listener.start()
    assert send(server, "second", "--device", device).returncode == 0
    listener.hear("second")
    assert [each["id"] for each in server.api.devices()] == [device]


def test_a_message_is_printed_once(server, listener):
    listener.start()
    registered(server)
    for text in ["one", "two"]:
        send(server, text, "--all")
        listener.hear(text)
    listener.stop()
    listener.start()
    send(server, "three", "--all")
    listener.hear("three")
    assert listener.lines.empty()


def test_the_listener_comes_back_to_a_server_that_was_restarted(server, listener):
    listener.start()
    registered(server)
    server.restart()
    assert send(server, "after the restart", "--all").returncode == 0
    listener.hear("after the restart", within_seconds=15)


def test_a_message_by_pywebpush(server, listener):
    listener.start()
    registered(server)
    send_with_pywebpush(server, listener.subscription(), "from pywebpush")
    listener.hear("from pywebpush")
