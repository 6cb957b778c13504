"""Every example of the documentation is run as it stands; documentation.py says how the few are marked that aren't."""

import gzip
import json
import re
import shutil
from types import SimpleNamespace

import jsonschema
import pytest
import requests
import yaml

from documentation import PAGES, examples, json_blocks, shell_blocks, text
from keys import UserAgentKey
from postgres import new_schema
from simulators import Simulators
from terminal import Terminal
from user_agent import UserAgent

pytestmark = pytest.mark.one_database(reason="the documented commands are the same")

# Where a server runs before the page begins.
SERVED = {"README.md", "docs/api.md", "docs/audiences.md", "docs/credentials.md", "docs/user-agents.md"}
# Whom the documented pushes are for.
DEVICES = [
    {"provider": "apns", "token": "00" * 32, "user": "ann", "topics": ["news"], "tags": {"plan": "pro", "country": "de"}},
    {"provider": "apns", "token": "11" * 32, "user": "ann", "kind": "liveactivity"},
]
SHELL = [page for page in PAGES if shell_blocks(page)]


@pytest.fixture
def terminal(tmp_path, postgres):
    terminal = Terminal(tmp_path, new_database=lambda: new_schema(postgres.url))
    yield terminal
    terminal.close()


def be_served(terminal):
    terminal.enter("herald serve\n")
    for device in DEVICES:
        register(terminal.url, terminal.environment["KEY"], device)
    subscription = UserAgentKey().subscription("https://push.example.net/somebody")
    terminal.filling |= {'"endpoint": "…"': f'"endpoint": "{subscription["endpoint"]}"'} | {
        f'"{name}": "…"': f'"{name}": "{value}"' for name, value in subscription["keys"].items()}


def register(url, key, device):
    reply = requests.post(f"{url}/v1/devices", json=device, headers={"Authorization": f"Bearer {key}"}, timeout=30)
    assert reply.status_code in (200, 201), reply.text


def have_credentials(terminal):
    """The files that the commands name."""
    with Simulators(terminal.folder / "vendor", "apns", "fcm") as simulators:
        shutil.copy(simulators.directory / "service_account.json", terminal.folder / "service-account.json")
        shutil.copy(simulators.directory / "credentials-apns.json", terminal.folder / "apns.json")


def have_an_old_server(terminal):
    """Its data folder, and a backup of its database."""
    terminal.enter("herald serve\n")
    terminal.close()
    (terminal.folder / "backup").mkdir()
    for file in (terminal.folder / "data").glob("herald.sqlite*"):
        shutil.copy(file, terminal.folder / "backup")


def have_files_of_devices(terminal):
    lines = "".join(json.dumps(device) + "\n" for device in DEVICES)
    (terminal.folder / "devices.ndjson").write_text(lines)
    with gzip.open(terminal.folder / "devices.csv.gz", "wt") as file:
        file.write(f"provider,token,user\nfcm,{'x' * 100},ann\n")
    terminal.enter("herald serve\n")
    terminal.close()


def have_an_endpoint(terminal):
    terminal.enter("herald serve\n")
    with UserAgent.greeted(SimpleNamespace(socket_url=terminal.url.replace("http", "ws") + "/")) as agent:
        terminal.filling[f"{terminal.url}/wpush/v1/…"] = agent.register().endpoint


PREPARED = {
    "docs/moving.md": have_an_old_server, "docs/import.md": have_files_of_devices, "docs/push-service.md": have_an_endpoint}


@pytest.mark.parametrize("page", SHELL)
def test_a_page_can_be_typed(terminal, page):
    if page in SERVED:
        (terminal.folder / "vendor").mkdir()
        have_credentials(terminal)
        be_served(terminal)
    if page in PREPARED:
        PREPARED[page](terminal)
    for block in shell_blocks(page):
        terminal.type(block)
    if page == "README.md":
        terminal.hears('"title":"hello"')


def test_no_command_stands_outside_of_a_fence():
    for page in PAGES:
        assert not re.findall(r"^ {4}(?:\S*herald|curl|make|export|HERALD_\w+=\S*) .*$", text(page), re.M), page


def test_what_is_not_run_says_why():
    assert all(each.object for page in PAGES for each in examples(page) if each.verb == "not run")


def test_there_are_pages_to_type():
    assert len(SHELL) >= 7 and sum(len(shell_blocks(page)) for page in SHELL) >= 20


@pytest.fixture
def description(server):
    return yaml.safe_load(requests.get(f"{server.url}/openapi.yaml", timeout=30).text)


@pytest.mark.parametrize("example", json_blocks(), ids=str)
def test_documented_json_is_taken_or_given(server, description, example):
    if example.verb == "not run":
        return
    body = json.loads("{" + example.text + "}" if example.verb == "part of" else example.text)
    if example.verb == "schema":
        schema = {"$ref": f"#/components/schemas/{example.object}", "components": description["components"]}
        return jsonschema.Draft202012Validator(schema).validate(body)
    assert example.verb in ("sent to", "part of"), "it is marked: documentation.py says how"
    for device in DEVICES:
        register(server.url, server.admin_key, device)
    if example.verb == "part of":
        body = {"audience": {"all": True}, "notification": {"title": "t"}, **body}
    method, path = example.object.split(" ")
    reply = server.api.http.request(method, server.url + path, json=body)
    assert reply.status_code in (201, 202), reply.text
