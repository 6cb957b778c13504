"""/openapi.yaml is valid, and what a live server answers to requests that fit it, and to others that don't, is what it says."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

pytestmark = pytest.mark.one_database(reason="the description is the same")

SETTINGS = Path(__file__).with_name("schemathesis.toml")


@pytest.fixture
def server(make_server):
    """One that holds nobody up, ends a stream of events soon, and has the device that the examples speak of."""
    server = make_server(
        HERALD_EVENTS_STREAM_SECONDS="1", HERALD_RELAY_ENABLED="true",
        HERALD_LIMITS_FAILED_KEYS_PER_MINUTE="0", HERALD_LIMITS_REGISTER_REQUESTS_PER_SECOND="0")
    device = {"provider": "apns", "token": "00" * 32, "user": "ann", "topics": ["news"], "tags": {"plan": "pro"}}
    assert server.api.http.post(f"{server.url}/v1/devices", json=device).status_code == 201
    return server


def test_it_is_openapi_3_1(server):
    reply = requests.get(f"{server.url}/openapi.yaml")
    assert reply.status_code == 200 and reply.headers["Content-Type"] == "application/yaml"
    description = yaml.safe_load(reply.text)
    assert description["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(description).validate()


def test_the_server_answers_as_described(server, tmp_path):
    # A stream of events takes a second to end; while the many of them do, the rest has its turn.
    with ThreadPoolExecutor() as pool:
        for done in pool.map(lambda part: tried(server, tmp_path, part, "/v1/events"), ["--include-path", "--exclude-path"]):
            assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
    assert "A request failed" not in server.log.read_text()


def tried(server, folder, *part):
    return subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "--config-file", str(SETTINGS), "run", f"{server.url}/openapi.yaml",
         "--header", f"Authorization: Bearer {server.admin_key}", "--no-color", *part],
        cwd=folder, capture_output=True, text=True, timeout=1500)
