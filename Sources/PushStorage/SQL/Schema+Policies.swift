extension Schema {
    /// When, how often, once, and what came of it.
    static func policies(_ sql: SQLDialect) -> [String] {
        [
            // What an App asks of all its pushes: quiet hours, time zone.
            "ALTER TABLE app ADD COLUMN settings \(sql.text) NOT NULL DEFAULT '{}'",

            "ALTER TABLE push ADD COLUMN options \(sql.text) NOT NULL DEFAULT '{}'",
            "ALTER TABLE push ADD COLUMN send_at BIGINT",
            "ALTER TABLE push ADD COLUMN cancelled_at BIGINT",
            "ALTER TABLE push ADD COLUMN superseded_by \(sql.text)",
            """
            CREATE INDEX push_collapse ON push (app, collapse_key, id) WHERE collapse_key IS NOT NULL AND finished_at IS NULL
            """,
            // The devices of one time zone; all where it is null.
            "ALTER TABLE slice ADD COLUMN time_zone \(sql.text)",
            // Nothing may make it due earlier.
            "ALTER TABLE slice ADD COLUMN not_before BIGINT NOT NULL DEFAULT 0",
            "ALTER TABLE retry ADD COLUMN not_before BIGINT NOT NULL DEFAULT 0",

            "CREATE INDEX failure_device ON failure (device)",
            // How many devices came to which end.
            """
            CREATE TABLE tally (
              push \(sql.text) NOT NULL REFERENCES push ON DELETE CASCADE,
              provider \(sql.text) NOT NULL,
              kind \(sql.text) NOT NULL,
              reason \(sql.text) NOT NULL,
              devices BIGINT NOT NULL,
              PRIMARY KEY (push, provider, kind, reason))
            """,
        ]
            + ["accepted", "failed", "expired", "unregistered", "retrying"].map { kind in
                """
                INSERT INTO tally (push, provider, kind, reason, devices)
                SELECT id, '', '\(kind)', '', \(kind) FROM push WHERE \(kind) > 0
                """
            }
            + ["accepted", "failed", "expired", "unregistered"].map { "ALTER TABLE push DROP COLUMN \($0)" }
            + [
                // Who was sent what under a frequency cap, and when.
                """
                CREATE TABLE frequency (
                  app BIGINT NOT NULL REFERENCES app ON DELETE CASCADE,
                  name \(sql.text) NOT NULL,
                  subject \(sql.text) NOT NULL,
                  push \(sql.text) NOT NULL,
                  at BIGINT NOT NULL,
                  ends_at BIGINT NOT NULL,
                  PRIMARY KEY (app, name, subject, push))
                """,
                "CREATE INDEX frequency_end ON frequency (ends_at)",
                // What a paced push may still send: thousandths of a device, as of that moment.
                """
                CREATE TABLE push_rate (
                  push \(sql.text) PRIMARY KEY REFERENCES push ON DELETE CASCADE,
                  thousandths BIGINT NOT NULL,
                  filled_at BIGINT NOT NULL)
                """,
                // What was answered to a request that may come again.
                """
                CREATE TABLE idempotency (
                  app BIGINT NOT NULL REFERENCES app ON DELETE CASCADE,
                  key \(sql.text) NOT NULL,
                  request_hash \(sql.blob) NOT NULL,
                  push \(sql.text) NOT NULL,
                  created_at BIGINT NOT NULL,
                  PRIMARY KEY (app, key))
                """,
                "CREATE INDEX idempotency_age ON idempotency (created_at)",
            ]
    }
}
