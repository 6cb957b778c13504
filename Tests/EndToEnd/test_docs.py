"""The documentation's commands, run as they stand; only the address, the paths and the placeholders are put in."""

import json
import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from command_line import send
from herald_server import BINARY
from keys import UserAgentKey
from simulators import Simulators
from user_agent import UserAgent

pytestmark = pytest.mark.one_database(reason="the documented commands are the same")

ROOT = Path(__file__).parents[2]


def commands(file, word):
    """Shell commands of a page that contain the word: indented or fenced, with quotes and backslashes continuing a line."""
    text = (ROOT / file).read_text()
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.S | re.M) + re.findall(r"(?:^    .*\n)+", text, re.M)
    found = [re.sub(r"^    ", "", block, flags=re.M).strip() for block in blocks]
    return [block for block in found if word in block]


CURLS = [pytest.param(command, id=f"{file} {number}")
         for file in ("README.md", "docs/api.md", "docs/audiences.md") for number, command in enumerate(commands(file, "curl"))]


def test_there_are_commands_to_run():
    assert len(CURLS) >= 3
    assert len(commands("README.md", "herald send")) == 1


@pytest.mark.parametrize("command", CURLS)
def test_a_documented_request_works(server, command, tmp_path):
    with UserAgent.greeted(server) as agent:
        endpoint = agent.register().endpoint
        # Whom the documented pushes are for.
        server.api.register(agent.register().subscription, user="ann", topics=["news"], tags={"plan": "pro", "country": "de"})
    subscription = UserAgentKey().subscription(endpoint)
    filled = (command.replace("http://localhost:8080", server.url)
              .replace('"endpoint": "…"', f'"endpoint": "{endpoint}"')
              .replace('"p256dh": "…"', f'"p256dh": "{subscription["keys"]["p256dh"]}"')
              .replace('"auth": "…"', f'"auth": "{subscription["keys"]["auth"]}"')
              .replace("curl ", "curl --silent --show-error --fail-with-body "))
    (tmp_path / "data").symlink_to(server.data)
    done = subprocess.run(
        ["sh", "-euc", "KEY=$(cat data/admin.key)\n" + filled], cwd=tmp_path, capture_output=True, text=True, timeout=20)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "id" in json.loads(done.stdout)


def test_the_readmes_listen_and_send(server, listener):
    listener.start().subscription()
    (command,) = commands("README.md", "herald send")
    arguments = re.fullmatch(r"\.build/release/herald send (.*)", command).group(1)
    done = send(server, *shlex.split(arguments))
    assert done.returncode == 0, done.stderr
    assert listener.hear("hello")["title"] == "hello"


def test_the_simulators_page_from_credentials_to_a_push(make_server, tmp_path):
    (block,) = commands("docs/simulators.md", "herald providers set")
    serve, *rest = block.splitlines()
    assert serve == "HERALD_TRUST_ROOTS=./simulators/ca.pem herald serve"
    with Simulators(tmp_path, "apns") as simulators:
        server = make_server(HERALD_TRUST_ROOTS=simulators.ca)
        (tmp_path / "data").symlink_to(server.data)
        environment = {**os.environ, "HERALD_SERVER": server.url}
        for line in rest:
            filled = line.replace("http://localhost:8080", server.url).replace("herald ", f"{BINARY} ", 1 if line.startswith("herald") else 0)
            done = subprocess.run(["sh", "-euc", filled], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=30)
            assert done.returncode == 0, line + done.stdout + done.stderr
        simulators.wait_for("apns", 1)
