"""A PostgreSQL cluster of our own: a temporary folder, a free loopback port, and nothing of the system's touched.

Needs Debian's binaries and Python's standard library alone, so that scripts/with-postgres can use it too.
"""

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from pathlib import Path
from urllib.parse import urlsplit

from ports import free_port

USER, PASSWORD = "herald", "not-to-be-printed"

# What a cluster may do without that is thrown away anyhow.
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class PostgresServer:
    """Start, kill and start again keep the port and the data. `durable` writes through to the disk, as crash proofs need."""

    def __init__(self, durable=True, folder=None, **settings):
        self.binaries = newest_binaries()
        self.folder = Path(folder or tempfile.mkdtemp(prefix="herald-postgres-", dir=None if durable else memory()))
        self.data = self.folder / "data"
        self.log = self.folder / "server.log"
        self.port = free_port()
        self.settings = {
            "listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": self.folder, "max_connections": 400,
            # In its folder, so that it is gone with it.
            "dynamic_shared_memory_type": "mmap",
            **({} if durable else FAST), **settings,
        }
        self.numbers = itertools.count()
        self.process = None

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.remove()
            raise

    def __exit__(self, *_):
        self.remove()

    # The cluster

    def create(self):
        """An empty cluster."""
        self.folder.mkdir(exist_ok=True)
        give_to_unprivileged(self.folder)
        command = [self.binaries / "initdb", "--pgdata", self.data, "--username", "postgres", "--encoding", "UTF8", "--locale", "C",
                   "--auth-local", "trust", "--auth-host", "scram-sha-256", "--no-sync"]
        done = subprocess.run(unprivileged(command), cwd=self.folder, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"initdb failed:\n{done.stdout}{done.stderr}")

    def start(self, within_seconds=60):
        is_new = not self.data.exists()
        if is_new:
            self.create()
        options = [argument for name, value in self.settings.items() for argument in ("-c", f"{name}={value}")]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                unprivileged([self.binaries / "postgres", "-D", self.data, *options]), cwd=self.folder, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True)
        self.wait_until_ready(within_seconds)
        if is_new:
            self.create_user()
        return self

    def create_user(self):
        """One who may create databases, and owns the first."""
        self.query(f"CREATE ROLE {USER} LOGIN CREATEDB PASSWORD '{PASSWORD}'")
        self.query(f"CREATE DATABASE {USER} OWNER {USER}")

    def wait_until_ready(self, within_seconds):
        deadline = time.monotonic() + within_seconds
        while self.psql("postgres", "SELECT 1").returncode != 0:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL doesn't start:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.05)

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def stop(self):
        """As an administrator does: connections are cut, everything is written."""
        self.end(signal.SIGINT)

    def kill(self):
        """As a power cut does. The postmaster's children end as soon as they notice; then it can start again."""
        children = children_of(self.process.pid)
        self.end(signal.SIGKILL)
        deadline = time.monotonic() + 10
        while any(is_running(child) for child in children):
            if time.monotonic() > deadline:
                for child in filter(is_running, children):
                    os.kill(child, signal.SIGKILL)
            time.sleep(0.01)

    def restart(self):
        self.stop()
        return self.start()

    def end(self, how):
        process, self.process = self.process, None
        process.send_signal(how)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise RuntimeError(f"PostgreSQL didn't end within 30 s:\n{self.log.read_text()[-3000:]}") from None

    def remove(self):
        """Ends it, however it stands, and leaves nothing behind."""
        try:
            if self.process:
                self.end(signal.SIGQUIT)
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    # Databases

    @property
    def url(self):
        return self.url_of(USER)

    def url_of(self, database, port=None):
        """Where Herald finds a database, or finds it through a proxy at another port."""
        return f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{port or self.port}/{database}"

    def create_database(self):
        """The URL of a new, empty one."""
        name = f"herald_{next(self.numbers)}"
        self.query(f"CREATE DATABASE {name} OWNER {USER}")
        return self.url_of(name)

    def query(self, sql, database="postgres"):
        """The rows of a statement by the superuser, as lists of texts; a database is named, or found by its URL."""
        done = self.psql(database_name(database), sql)
        assert done.returncode == 0, done.stderr
        return [line.split("\x1f") for line in done.stdout.splitlines()]

    def psql(self, database, sql):
        return run_psql(["--host", self.folder, "--port", str(self.port), "--username", "postgres", database], sql)


def new_schema(url):
    """The URL of a database in the same place with nothing in it: a new schema, which is made faster than a new database."""
    name = f"herald_{uuid.uuid4().hex}"
    done = run_psql([url], f"CREATE SCHEMA {name}")
    assert done.returncode == 0, done.stderr
    return f"{url}?options=-csearch_path%3D{name}"


def run_psql(where, sql):
    """Nothing of the user's own settings; one statement or several."""
    command = ["psql", "--no-psqlrc", "--no-password", "--quiet", "--tuples-only", "--no-align", "--field-separator", "\x1f",
               "--set", "ON_ERROR_STOP=1", *where]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return subprocess.run(command, input=sql, env=environment, capture_output=True, text=True, timeout=60)


def database_name(url):
    return urlsplit(url).path.lstrip("/") if "://" in url else url


def memory():
    """A folder in memory that has room for a cluster; None where there is none."""
    folder = Path("/dev/shm")
    return folder if os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > 2**31 else None


def newest_binaries():
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if not folders:
        raise RuntimeError("there is no PostgreSQL below /usr/lib/postgresql: scripts/ensure-packages postgresql")
    return folders[-1].parent


# PostgreSQL refuses to run as root


def give_to_unprivileged(folder):
    user = unprivileged_user()
    if user and exists_here(user.pw_uid):
        os.chown(folder, user.pw_uid, user.pw_gid)


def unprivileged(command):
    """The command as it may run here; it ends when the process ends that starts it."""
    bound = ["setpriv", "--pdeathsig", "QUIT"]
    user = unprivileged_user()
    if user is None:
        return [*bound, *command]
    if exists_here(user.pw_uid):
        return [*bound, "--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--clear-groups", *command]
    # Root in name only: somebody unprivileged in a user namespace. One more namespace takes the name away.
    return ["unshare", "--user", f"--map-user={user.pw_uid}", f"--map-group={user.pw_gid}", *bound, *command]


def unprivileged_user():
    """None when we are unprivileged ourselves."""
    if os.geteuid() != 0:
        return None
    known = {user.pw_name: user for user in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def exists_here(user_id):
    """Whether a user id means anybody in this user namespace."""
    ranges = [list(map(int, line.split())) for line in Path("/proc/self/uid_map").read_text().splitlines()]
    return any(first <= user_id < first + count for first, _, count in ranges)


# Processes


def children_of(process_id):
    return [int(child) for child in Path(f"/proc/{process_id}/task/{process_id}/children").read_text().split()]


def is_running(process_id):
    """Whether it is there and not merely waiting to be forgotten by its parent."""
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False
