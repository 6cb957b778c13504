"""A table of somebody else's that their program writes commands to, as the tutorial of Centrifugo's "grand chat" makes it."""

import json

from deadline import until

TABLE = """
CREATE TABLE {name} (
  id bigserial PRIMARY KEY,
  method text NOT NULL DEFAULT 'publish',
  payload jsonb,
  partition bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now());
GRANT ALL ON ALL TABLES IN SCHEMA public TO herald;
"""


class Outbox:
    def __init__(self, postgres, table="chat_outbox", **settings):
        self.postgres, self.table = postgres, table
        self.url = postgres.create_database()
        self.settings = {
            "HERALD_OUTBOX_URL": self.url, "HERALD_OUTBOX_TABLE": table, "HERALD_OUTBOX_POLL_MILLISECONDS": "50", **settings}
        self.query(TABLE.format(name=table))

    def query(self, sql):
        return self.postgres.query(sql, self.url)

    def put(self, method, payload, partition=0):
        """A payload that is a text is one in JSON, too: so Debezium makes one of a column of JSON."""
        self.put_all((method, json.dumps(payload), partition))

    def put_all(self, *rows):
        """Methods, payloads and partitions, in one transaction. A payload is None for SQL's NULL, or JSON as it stands."""
        values = ", ".join(f"('{method}', {quoted(payload)}, {partition})" for method, payload, partition in rows)
        self.query(f"INSERT INTO {self.table} (method, payload, partition) VALUES {values}")

    def methods(self, partition=0):
        """Of the rows that are still there, in their order."""
        return [row[0] for row in self.query(f"SELECT method FROM {self.table} WHERE partition = {partition} ORDER BY id")]

    def drained(self, within_seconds=30):
        """Waits until every row is gone."""
        until(lambda: not self.query(f"SELECT id FROM {self.table}"), within_seconds, lambda: f"all rows are taken: {self.methods()}")



def quoted(text):
    return "NULL" if text is None else "'" + text.replace("'", "''") + "'"


# What the tutorial's backend writes

def joins(user, *topics):
    return {"user": user, "topics": list(topics), "op": "add"}


def leaves(user, *topics):
    return {**joins(user, *topics), "op": "remove"}


def message(topic, title, body="hello", link="https://chat.example.com/rooms/5"):
    return {"recipient": {"filter": {"topics": [topic]}},
            "notification": {"fcm": {"message": {
                "notification": {"title": title, "body": body},
                "webpush": {"fcm_options": {"link": link}}}}}}
