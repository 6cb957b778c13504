"""Several nodes on one PostgreSQL, each behind a proxy of its own that can break, and one public address in front of them all."""

import base64
import os
from contextlib import ExitStack

from cutting_proxy import CuttingProxy
from herald_server import HeraldServer, run_herald
from postgres import database_name


# Whatever waits for a time waits for a short one.
HURRIED = {
    "HERALD_DATABASE_WAIT_SECONDS": "2", "HERALD_DATABASE_STATEMENT_SECONDS": "5", "HERALD_SENDER_LEASE_SECONDS": "5",
    # The balancer's address is a private one.
    "HERALD_ALLOW_PRIVATE_ENDPOINTS": "true", "HERALD_SENDER_RETRY_BASE_SECONDS": "1", "HERALD_PUSH_SERVICE_RESYNC_SECONDS": "2",
    "HERALD_PUSH_SERVICE_RETRY_AFTER_SECONDS": "1", "HERALD_STOP_SOCKETS_SECONDS": "1",
}


class Cluster:
    """The nodes are there from the beginning, and run from `start` on. Senders and user agents may talk to any of them; the public address
    is a balancer, which takes those that run in turn."""

    def __init__(self, folder, postgres, size=3, **settings):
        self.postgres = postgres
        self.database = postgres.create_database()
        self.resources = ExitStack()
        self.proxies = [CuttingProxy(postgres.port) for _ in range(size)]
        self.nodes = [HeraldServer(new_folder(folder / f"node{number}"), {
            **HURRIED, "HERALD_DATABASE_URL": postgres.url_of(database_name(self.database), proxy.port), **settings,
        }) for number, proxy in enumerate(self.proxies)]
        self.balancer = CuttingProxy(*(node.port for node in self.nodes))
        self.give_public_address(f"http://localhost:{self.balancer.port}")
        self.give_keys()

    def __enter__(self):
        for proxy in (*self.proxies, self.balancer):
            self.resources.enter_context(proxy)
        self.resources.callback(self.end_nodes)
        return self

    def __exit__(self, *_):
        self.resources.close()

    def start(self):
        """All at the same moment."""
        for node in self.nodes:
            node.launch()
        for node in self.nodes:
            node.wait_until_ready()
        return self

    def give_public_address(self, url):
        for node in self.nodes:
            node.environment["HERALD_PUBLIC_URL"] = url

    def give_keys(self):
        """What a node must bring so that the others take it for one of theirs, and what tests need to know."""
        contents = {
            "master.keys": random_key(), "admin.key": f"herald_admin_{random_key()}",
            "vapid.json": run_herald("vapid", "generate", "--json").stdout,
        }
        for node in self.nodes:
            node.data.mkdir(mode=0o700)
            for name, text in contents.items():
                (node.data / name).write_text(text)

    def query(self, sql):
        """The rows of a statement in the nodes' database."""
        return self.postgres.query(sql, self.database)

    def explain(self, push):
        """Everything in the database about a push."""
        return {table: self.query(f"SELECT to_json({table}) FROM {table} WHERE {'id' if table == 'push' else 'push'} = '{push}'")
                for table in ("push", "slice", "retry", "failure")}

    def end_nodes(self):
        for proxy in self.proxies:
            proxy.heal()
        for node in self.nodes:
            if node.process:
                node.kill()


def new_folder(path):
    path.mkdir(parents=True)
    return path


def random_key():
    """As a line of a file of keys."""
    return base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("=") + "\n"
