extension Schema {
    /// What came of it, told to whoever asked.
    static func events(_ sql: SQLDialect) -> [String] {
        [
            """
            CREATE TABLE receipt (
              push \(sql.text) NOT NULL REFERENCES push ON DELETE CASCADE,
              device \(sql.text) NOT NULL,
              kind \(sql.text) NOT NULL,
              at BIGINT NOT NULL,
              PRIMARY KEY (push, device, kind))
            """,
            // Numbers are given before a transaction ends, and seen after: the order that nobody can fall behind is (commit, id).
            """
            CREATE TABLE event (
              id \(sql.identity),
              transaction_id BIGINT NOT NULL DEFAULT \(sql.transactionID),
              app BIGINT NOT NULL REFERENCES app ON DELETE CASCADE,
              kind \(sql.text) NOT NULL,
              push \(sql.text),
              details \(sql.text) NOT NULL,
              at BIGINT NOT NULL)
            """,
            "CREATE INDEX event_order ON event (app, transaction_id, id)",
            "CREATE INDEX event_age ON event (at)",
            // The last place whose event was deleted: whoever reads on from before it has missed something.
            """
            CREATE TABLE event_horizon (
              app BIGINT PRIMARY KEY REFERENCES app ON DELETE CASCADE,
              transaction_id BIGINT NOT NULL,
              id BIGINT NOT NULL)
            """,
            // `end_…`: what the next batch ends with, once somebody has begun to send it.
            """
            CREATE TABLE webhook (
              app BIGINT NOT NULL REFERENCES app ON DELETE CASCADE,
              id \(sql.text) NOT NULL,
              url \(sql.text) NOT NULL,
              kinds \(sql.text) NOT NULL,
              sealed_secrets \(sql.blob) NOT NULL,
              created_at BIGINT NOT NULL,
              seen_transaction BIGINT NOT NULL,
              seen_id BIGINT NOT NULL,
              end_transaction BIGINT,
              end_id BIGINT,
              failures INTEGER NOT NULL DEFAULT 0,
              failing_since BIGINT,
              problem \(sql.text),
              due_at BIGINT NOT NULL DEFAULT 0,
              disabled_at BIGINT,
              lease_owner \(sql.text),
              lease_until BIGINT NOT NULL DEFAULT 0,
              PRIMARY KEY (app, id))
            """,
        ]
    }
}
