"""`herald migrate`: a server's house moves from SQLite to PostgreSQL, and nobody who knew the old address notices."""

import json
import os
import pty
import re
import shutil
import subprocess

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from api import API
from herald_server import BINARY, HeraldServer, run_herald
from postgres import PASSWORD
from sender import ApplicationServer
from user_agent import UserAgent

pytestmark = pytest.mark.one_database(reason="moves from the one to the other in either run")


@pytest.fixture
def old(tmp_path):
    """A server on SQLite."""
    folder = tmp_path / "old"
    folder.mkdir()
    server = HeraldServer(folder)
    yield server.start()
    server.end_if_running()


@pytest.fixture
def start_on(old, tmp_path):
    """Starts a server on a PostgreSQL, at the old one's address, with its data folder or another."""
    servers = []

    def start(url, data=None):
        folder = tmp_path / f"new{len(servers)}"
        folder.mkdir()
        server = HeraldServer(folder, {"HERALD_DATABASE_URL": url})
        server.port, server.data = old.port, data or old.data
        servers.append(server)
        return server.start()

    yield start
    for server in servers:
        server.end_if_running()


def migrate(source, target, *arguments, **more):
    """The finished process, which has printed no password."""
    done = run_herald("migrate", "--from", f"sqlite:{source}", "--to", target, *arguments, check=False, **more)
    assert PASSWORD not in done.stdout + done.stderr
    return done


def refusal(done):
    """What a command says that didn't do it: a sentence, and no trace of a program's insides."""
    assert done.returncode == 1 and done.stdout == "", done
    assert done.stderr.startswith("herald: ") and "Error(" not in done.stderr, done.stderr
    return done.stderr


def rows(postgres, url, table):
    return int(postgres.query(f"SELECT count(*) FROM {table}", url)[0][0])


def put_credential(server):
    key = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
    body = {"team_id": "TEAM123456", "key_id": "KEY1234567", "bundle_id": "com.example.app", "private_key": key,
            "endpoint": "https://localhost:9"}
    reply = server.api.http.put(f"{server.url}/v1/apps/default/providers/apns?verify=false", json=body)
    assert reply.status_code == 200, reply.text


def credentials(server, key):
    return API(server.url, key).http.get(f"{server.url}/v1/apps/default/providers").json()["providers"]


class Inhabited:
    """What a server holds that has been lived in, and what one notes of it before the move."""

    def __init__(self, server):
        self.admin_key, self.vapid = server.admin_key, server.vapid
        with UserAgent.greeted(server) as agent:
            self.uaid, self.channel = agent.uaid, agent.register(server.vapid["public_key"])
            self.device = server.api.register(self.channel.subscription, user="ann", topics=["news"])
            self.push = server.api.push({"topics": ["news"]}, notification={"body": "before"})
            agent.acknowledge(agent.notification())
            server.api.finished(self.push)
        self.post(server, "waits")
        self.send_key = server.run("keys", "create", "--scope", "send").stdout.strip()
        put_credential(server)
        self.credentials = credentials(server, self.admin_key)
        self.devices = server.api.devices()

    def post(self, server, text):
        """As a stranger's application server does, which knows the endpoint alone."""
        application = ApplicationServer(self.vapid["private_key"])
        signature = application.authorization(self.channel.endpoint)
        reply = application.post(self.channel.endpoint, self.channel.seal(text), ttl=600, **signature)
        assert reply.status_code == 201, reply.text

    def is_at_home(self, server):
        """Everything works as before."""
        api = API(server.url, self.admin_key)
        assert api.devices() == self.devices
        assert api.status(self.push)["state"] == "done"
        assert credentials(server, self.admin_key) == self.credentials
        with UserAgent.greeted(server, self.uaid) as agent:
            assert agent.uaid == self.uaid
            waiting = agent.notification()
            assert self.channel.text(waiting) == "waits"
            agent.acknowledge(waiting)
            push = API(server.url, self.send_key).push({"users": ["ann"]}, notification={"body": "after"})
            notification = agent.notification()
            assert json.loads(self.channel.text(notification))["notification"]["body"] == "after"
            agent.acknowledge(notification)
            assert api.finished(push)["accepted"] == 1
            self.post(server, "from a stranger")
            assert self.channel.text(agent.notification()) == "from a stranger"


def test_a_server_goes_on_in_postgresql_as_it_was(old, start_on, postgres):
    life, url = Inhabited(old), postgres.create_database()
    old.stop()
    done = migrate(old.data, url)
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    assert all(line[2:4] == ["rows", "verified"] for line in lines)
    counts = {line[0]: int(line[1]) for line in lines}
    assert counts["device"] == counts["push"] == counts["message"] == counts["user_agent"] == counts["credential"] == 1
    assert counts["api_key"] == 2
    new = start_on(url)
    life.is_at_home(new)
    new.restart()
    assert len(new.api.devices()) == 1


def test_a_node_that_brings_only_the_master_key_finds_everything(old, start_on, postgres, tmp_path):
    life, url = Inhabited(old), postgres.create_database()
    old.stop()
    assert migrate(old.data / "herald.sqlite", url).returncode == 0
    data = tmp_path / "other"
    data.mkdir(mode=0o700)
    shutil.copy(old.data / "master.keys", data)
    life.is_at_home(start_on(url, data))
    assert not (data / "admin.key").exists(), "there is one already"


def test_the_old_server_can_go_on_when_the_move_is_thought_better_of(old, postgres):
    life = Inhabited(old)
    old.stop()
    assert migrate(old.data, postgres.create_database()).returncode == 0
    life.is_at_home(old.start())


def test_the_url_may_stand_in_the_environment(old, postgres):
    old.stop()
    url = postgres.create_database()
    done = run_herald("migrate", "--from", f"sqlite:{old.data}", env={**os.environ, "HERALD_DATABASE_URL": url}, check=False)
    assert done.returncode == 0, done.stderr
    assert rows(postgres, url, "secret") == 2


def test_a_person_sees_a_bar(old, postgres):
    old.stop()
    screen, terminal = pty.openpty()
    with os.fdopen(screen, "rb", buffering=0) as screen:
        command = [BINARY, "migrate", "--from", f"sqlite:{old.data}", "--to", postgres.create_database()]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=terminal, timeout=30)
        os.close(terminal)
        shown = screen.read(65536).decode()
    assert done.returncode == 0, shown
    assert re.search(r"\r\[#+\] +100%  \d+ rows verified", shown), shown


# What stands in the way


def test_a_running_server_is_named(old, postgres):
    assert "stop it first" in refusal(migrate(old.data, postgres.create_database()))
    assert old.is_ready()


def test_a_target_that_is_lived_in_is_left_alone(old, start_on, postgres):
    life, url = Inhabited(old), postgres.create_database()
    old.stop()
    assert migrate(old.data, url).returncode == 0
    assert "not empty" in refusal(migrate(old.data, url))
    life.is_at_home(start_on(url))


def test_a_move_that_was_killed_can_be_run_again(old, start_on, postgres):
    life, url = Inhabited(old), postgres.create_database()
    old.stop()
    run_herald("keys", "list", "--data", str(old.data), env={**os.environ, "HERALD_DATABASE_URL": url})
    postgres.query("CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN NEW; END $$", url)
    postgres.query("CREATE TRIGGER wait BEFORE INSERT ON message EXECUTE FUNCTION wait()", url)
    with pytest.raises(subprocess.TimeoutExpired):
        migrate(old.data, url, timeout=3)
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    postgres.query(f"SELECT pg_terminate_backend(pid) {others}", url)
    assert rows(postgres, url, "device") == 0
    postgres.query("DROP FUNCTION wait CASCADE", url)
    assert migrate(old.data, url).returncode == 0
    life.is_at_home(start_on(url))


def test_a_row_that_differs_is_noticed(old, postgres):
    Inhabited(old)
    url = postgres.create_database()
    old.stop()
    run_herald("keys", "list", "--data", str(old.data), env={**os.environ, "HERALD_DATABASE_URL": url})
    postgres.query("CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.user_id := 'bob'; RETURN NEW; END $$", url)
    postgres.query("CREATE TRIGGER spoil BEFORE INSERT ON device FOR EACH ROW EXECUTE FUNCTION spoil()", url)
    assert "table device differs" in refusal(migrate(old.data, url))
    assert rows(postgres, url, "device") == 0


def test_a_source_that_is_not_there_is_not_made(tmp_path, postgres):
    url = postgres.create_database()
    assert "nothing at" in refusal(migrate(tmp_path / "nowhere", url))
    assert not (tmp_path / "nowhere").exists()
    (tmp_path / "empty").mkdir()
    assert "no database" in refusal(migrate(tmp_path / "empty", url))
    assert not (tmp_path / "empty" / "herald.sqlite").exists()


def test_keys_that_are_missing_are_named(old, postgres, tmp_path):
    old.stop()
    url = postgres.create_database()
    copy = tmp_path / "copy"
    copy.mkdir()
    shutil.copy(old.data / "herald.sqlite", copy)
    assert "--data" in refusal(migrate(copy, url))
    assert migrate(copy, url, "--data", str(old.data)).returncode == 0


@pytest.mark.parametrize("target", [
    f"mysql://herald:{PASSWORD}@127.0.0.1/herald", f"postgresql://herald:{PASSWORD}@127.0.0.1:1/herald"])
def test_a_target_that_cannot_be_used_is_named_without_its_password(old, target):
    old.stop()
    sentence = refusal(migrate(old.data, target))
    assert "postgres" in sentence.lower()


def test_a_source_of_another_kind_is_refused(postgres):
    done = run_herald("migrate", "--from", "mysql:x", "--to", postgres.create_database(), check=False)
    assert "sqlite:" in refusal(done)


def test_a_newer_schema_is_refused(old, postgres):
    old.stop()
    url = postgres.create_database()
    assert migrate(old.data, url).returncode == 0
    postgres.query("INSERT INTO schema_version (version) VALUES (999)", url)
    assert "newer" in refusal(migrate(old.data, url))
