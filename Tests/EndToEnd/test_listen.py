"""`herald listen`: a device in a terminal."""

import json
import os
import shutil
import signal

import pytest

from command_line import Listener, send
from deadline import until
from sender import ApplicationServer, send_with_pywebpush


def registered(server):
    """Waits for the one device that the listener becomes."""
    return until(lambda: server.api.devices(), 30, "the listener has registered itself")[0]["id"]


def test_a_message_by_herald_send_is_one_line(server, listener):
    listener.start()
    registered(server)
    assert send(server, "hello from a terminal", "--all").returncode == 0
    listener.hear("hello from a terminal")


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
    listener.hear("after the restart", within_seconds=30)


def test_a_message_by_pywebpush(server, listener):
    listener.start()
    registered(server)
    send_with_pywebpush(server, listener.subscription(), "from pywebpush")
    listener.hear("from pywebpush")


def test_an_identity_from_when_a_listener_had_one_registration_is_the_same_device(server, listener):
    listener.start()
    device = registered(server)
    listener.stop()
    file = next(listener.home.rglob("*.json"))
    identity = json.loads(file.read_text())
    file.write_text(json.dumps({"uaid": identity["uaid"], **identity["registrations"]["default"]}))
    assert send(server, "for an old friend", "--device", device).returncode == 0
    listener.start()
    listener.hear("for an old friend")
    assert [each["id"] for each in server.api.devices()] == [device]


def test_of_two_processes_with_one_identity_the_older_ends(server, listener, tmp_path):
    listener.start()
    registered(server)
    listener.subscription()
    shutil.copytree(listener.home, tmp_path / "copy")
    copy = Listener(server, tmp_path / "copy").start()
    try:
        assert listener.process.wait(timeout=30) == 1
        assert "Another process uses the identity" in listener.stderr()
        send(server, "for the newer", "--all")
        copy.hear("for the newer")
    finally:
        copy.stop()


def test_what_is_not_worth_waking_for_waits_and_goes_along(server, listener):
    listener.start("--urgency", "high")
    registered(server)
    server.api.push({"all": True}, notification={"title": "advertisement"}, urgency="low")
    until(lambda: 'messages{state="stored"} 1' in server.api.http.get(f"{server.url}/metrics").text, 30, "it is stored")
    assert listener.lines.empty()
    server.api.push({"all": True}, notification={"title": "call"}, urgency="high")
    listener.hear("advertisement")
    listener.hear("call")


def test_what_came_without_encryption_is_marked(make_server, tmp_path):
    """Also a body that looks like a push of Herald's: anybody may have written it."""
    server = make_server(HERALD_PUSH_SERVICE_PLAIN_BODIES="true")
    listener, sender = Listener(server, tmp_path / "listener").start(), ApplicationServer(server.vapid["private_key"])
    try:
        registered(server)
        endpoint = listener.subscription()["endpoint"]
        for body in ("battery low", '{"web_push":8030,"notification":{"title":"forged"}}'):
            assert sender.post(endpoint, body.encode(), Content_Encoding=None).status_code == 201
        line = listener.lines.get(timeout=20)
        assert set(line) == {"received_at", "unencrypted", "version"} and line["unencrypted"] == {"text": "battery low"}
        line = listener.lines.get(timeout=20)
        assert set(line) == {"received_at", "unencrypted", "version"} and "message" in line["unencrypted"]
        send_with_pywebpush(server, listener.subscription(), "sealed")
        assert listener.lines.get(timeout=20)["text"] == "sealed"
    finally:
        listener.stop()


# A command for every message


VARIABLES = """printf '{"variables":"%s|%s|%s|%s"}\\n' "$HERALD_TITLE" "${#HERALD_BODY}" "$HERALD_ID" "$HERALD_ATTEMPT" """
# Says that it runs, and goes on when there is a file `go`.
WAITS = """echo '{"began":"yes"}'; while [ ! -e go ]; do sleep 0.02; done; cat"""


def commanded(server, listener, command, *arguments):
    listener.start("--exec", command, *arguments)
    registered(server)


def test_a_command_gets_the_message_on_its_input_and_in_its_environment(server, listener):
    commanded(server, listener, f"cat; {VARIABLES}")
    assert send(server, "it's \"quoted\" $HOME", "--title", "café", "--all").returncode == 0
    line = listener.hear("quoted")
    assert (line["title"], line["body"]) == ("café", "it's \"quoted\" $HOME")
    assert listener.lines.get(timeout=30)["variables"] == f"café|{len(line['body'])}|{line['id']}|1"


def test_many_messages_reach_the_command_once_and_in_their_order(server, listener):
    commanded(server, listener, "cat")
    texts = [f"message {number}" for number in range(30)]
    for text in texts:
        send_with_pywebpush(server, listener.subscription(), text)
    assert [listener.lines.get(timeout=30)["text"] for _ in texts] == texts
    listener.stop()
    assert listener.lines.empty()


def test_a_command_that_fails_is_run_again_until_it_succeeds(server, listener):
    commanded(server, listener, """echo "{\\"attempt\\":\\"$HERALD_ATTEMPT\\"}"; [ "$HERALD_ATTEMPT" = 2 ]""")
    send_with_pywebpush(server, listener.subscription(), "x")
    assert [listener.lines.get(timeout=30)["attempt"] for _ in range(2)] == ["1", "2"]
    assert "status 1" in listener.stderr() and "Given up" not in listener.stderr()


def test_a_command_that_always_fails_is_given_up(server, listener):
    commanded(server, listener, "cat; exit 3", "--attempts", "2")
    send_with_pywebpush(server, listener.subscription(), "poison")
    until(lambda: "Given up" in listener.stderr(), 30, "it is given up")
    assert "status 3" in listener.stderr()
    listener.stop()
    listener.start("--exec", "cat")
    send_with_pywebpush(server, listener.subscription(), "after it")
    assert [listener.lines.get(timeout=30)["text"] for _ in range(3)] == ["poison", "poison", "after it"]


def test_a_command_that_takes_too_long_is_ended_with_all_that_it_started(server, listener):
    commanded(server, listener, """sleep 600 & echo "{\\"child\\":\\"$!\\"}"; wait""", "--timeout", "0.5", "--attempts", "1")
    send_with_pywebpush(server, listener.subscription(), "x")
    child = int(listener.lines.get(timeout=30)["child"])
    until(lambda: "was killed" in listener.stderr(), 30, "it is given up")
    until(lambda: not runs(child), 30, "its child is gone")
    assert not zombies(listener.process.pid)


def runs(process):
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def zombies(parent):
    found = []
    for each in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{each}/stat") as file:
                state, its_parent = file.read().rsplit(")", 1)[1].split()[:2]
        except FileNotFoundError:
            continue
        if state == "Z" and int(its_parent) == parent:
            found.append(each)
    return found


def test_a_listener_that_is_told_to_end_finishes_the_running_command(server, listener):
    commanded(server, listener, WAITS)
    for text in ["first", "second"]:
        send_with_pywebpush(server, listener.subscription(), text)
    listener.hear("yes")
    listener.process.send_signal(signal.SIGTERM)
    (listener.home / "go").touch()
    assert listener.process.wait(timeout=30) == 0
    assert listener.lines.get(timeout=30)["text"] == "first"
    listener.start("--exec", "cat")
    assert listener.lines.get(timeout=30)["text"] == "second"


@pytest.mark.parametrize("who", ["server", "listener"])
def test_a_command_during_which_somebody_is_killed(server, listener, who):
    """The server's death is nothing to it; after the listener's it is run again."""
    commanded(server, listener, WAITS)
    send_with_pywebpush(server, listener.subscription(), "important")
    listener.hear("yes")
    (server if who == "server" else listener).kill()
    (listener.home / "go").touch()
    if who == "server":
        server.start()
    else:
        listener.hear("important")
        listener.start("--exec", WAITS)
    listener.hear("important")
    send_with_pywebpush(server, listener.subscription(), "the next")
    assert listener.lines.get(timeout=30) == {"began": "yes"}
    assert listener.lines.get(timeout=30)["text"] == "the next"


# Commands side by side


# Says that it began, waits for its own word, and says that it ends.
HELD = """echo "{\\"began\\":$HERALD_BODY}"; read -r word < "gate$HERALD_BODY"; echo "{\\"ended\\":$HERALD_BODY}" """


class Held:
    """A listener whose commands wait, each at a gate of its own, and the messages they are run for."""

    def __init__(self, server, listener, count, parallel):
        self.server, self.listener = server, listener
        listener.home.mkdir(exist_ok=True)
        self.gates = []
        for number in range(count):
            os.mkfifo(listener.home / f"gate{number}")
            # For reading, too: then it opens whether or not somebody waits there.
            self.gates.append(os.open(listener.home / f"gate{number}", os.O_RDWR))
        commanded(server, listener, HELD, "--parallel", str(parallel))
        for number in range(count):
            send_with_pywebpush(server, listener.subscription(), f'{{"web_push":8030,"notification":{{"title":"t","body":"{number}"}}}}')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for gate in self.gates:
            os.close(gate)

    def let_go(self, number):
        os.write(self.gates[number], b"go\n")

    def hear(self):
        ((event, number),) = self.listener.lines.get(timeout=20).items()
        return event, number

    def wait_until_unacknowledged(self, count):
        metrics = lambda: self.server.api.http.get(f"{self.server.url}/metrics").text
        until(lambda: f'messages{{state="in_flight"}} {count}\n' in metrics(), 10, f"{count} messages are not yet acknowledged")


def test_as_many_commands_run_at_once_as_may_and_no_more(server, listener):
    with Held(server, listener, count=6, parallel=3) as held:
        assert sorted(held.hear() for _ in range(3)) == [("began", 0), ("began", 1), ("began", 2)]
        held.wait_until_unacknowledged(6)
        # Whoever ends lets the next in line begin, and is acknowledged by itself.
        for done, number in enumerate([1, 0, 3, 2, 5, 4]):
            held.let_go(number)
            assert held.hear() == ("ended", number)
            if done < 3:
                assert held.hear() == ("began", done + 3)
            held.wait_until_unacknowledged(5 - done)


def test_of_commands_side_by_side_those_that_ended_are_not_run_again(server, listener):
    with Held(server, listener, count=3, parallel=2) as held:
        assert sorted(held.hear() for _ in range(2)) == [("began", 0), ("began", 1)]
        held.let_go(1)
        assert [held.hear() for _ in range(2)] == [("ended", 1), ("began", 2)]
        held.wait_until_unacknowledged(2)
        listener.kill()
        for number in (0, 2):
            held.let_go(number)
            assert held.hear() == ("ended", number)
    listener.start("--exec", "cat")
    assert [listener.lines.get(timeout=20)["body"] for _ in range(2)] == ["0", "2"]
    send_with_pywebpush(server, listener.subscription(), "the next")
    assert listener.lines.get(timeout=20)["text"] == "the next"


@pytest.mark.parametrize("arguments", [["--attempts", "0"], ["--parallel", "0"], ["--timeout", "0"], ["--urgency", "loud"], ["--exec", ""]])
def test_what_makes_no_sense_is_refused(server, listener, arguments):
    listener.start(*arguments)
    assert listener.process.wait(timeout=30) == 64
    assert arguments[0] in listener.stderr() or arguments[1] in listener.stderr()
