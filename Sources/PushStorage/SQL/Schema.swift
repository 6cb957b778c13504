/// The schema as numbered steps, forward only. A released step is never changed: add another.
enum Schema {
    static func migrations(_ dialect: SQLDialect) -> [[String]] {
        [
            sender(dialect) + credentials(dialect) + service(dialect) + keys(dialect),
            nodes(dialect),
            audiences(dialect) + policies(dialect) + words(dialect) + events(dialect) + access(dialect),
            labels(dialect),
            messages(dialect),
            inactivity(dialect),
            records(dialect),
            relay(dialect),
        ]
    }

    private static func sender(_ sql: SQLDialect) -> [String] {
        [
            """
            CREATE TABLE app (
              id BIGINT PRIMARY KEY,
              name \(sql.text) NOT NULL UNIQUE,
              created_at BIGINT NOT NULL)
            """,
            "INSERT INTO app (id, name, created_at) VALUES (1, 'default', 0)",
            """
            CREATE TABLE device (
              id \(sql.text) PRIMARY KEY,
              app BIGINT NOT NULL REFERENCES app,
              provider \(sql.text) NOT NULL,
              shard INTEGER NOT NULL,
              address \(sql.text) NOT NULL,
              address_hash \(sql.blob) NOT NULL,
              keys \(sql.blob) NOT NULL,
              environment \(sql.text) NOT NULL,
              token_kind \(sql.text) NOT NULL,
              app_identifier \(sql.text) NOT NULL,
              user_id \(sql.text),
              created_at BIGINT NOT NULL,
              registered_at BIGINT NOT NULL,
              disabled_at BIGINT)
            """,
            "CREATE UNIQUE INDEX device_address ON device (app, provider, address_hash)",
            // The order in which slices walk.
            "CREATE INDEX device_cursor ON device (app, provider, environment, shard, id) WHERE disabled_at IS NULL",
            "CREATE INDEX device_user ON device (app, user_id) WHERE user_id IS NOT NULL",
            """
            CREATE TABLE device_topic (
              app BIGINT NOT NULL,
              topic \(sql.text) NOT NULL,
              shard INTEGER NOT NULL,
              device \(sql.text) NOT NULL REFERENCES device ON DELETE CASCADE,
              PRIMARY KEY (app, topic, shard, device))
            """,
            "CREATE INDEX device_topic_device ON device_topic (device)",
            """
            CREATE TABLE push (
              id \(sql.text) PRIMARY KEY,
              app BIGINT NOT NULL REFERENCES app,
              audience \(sql.text) NOT NULL,
              notification \(sql.text) NOT NULL,
              ttl_seconds BIGINT NOT NULL,
              urgency \(sql.text) NOT NULL,
              collapse_key \(sql.text),
              created_at BIGINT NOT NULL,
              slices INTEGER NOT NULL,
              accepted BIGINT NOT NULL DEFAULT 0,
              failed BIGINT NOT NULL DEFAULT 0,
              expired BIGINT NOT NULL DEFAULT 0,
              unregistered BIGINT NOT NULL DEFAULT 0,
              retrying BIGINT NOT NULL DEFAULT 0,
              finished_at BIGINT)
            """,
            "CREATE INDEX push_app ON push (app, id)",
            """
            CREATE TABLE slice (
              id \(sql.identity),
              push \(sql.text) NOT NULL REFERENCES push ON DELETE CASCADE,
              app BIGINT NOT NULL,
              provider \(sql.text) NOT NULL,
              environment \(sql.text) NOT NULL,
              kind INTEGER NOT NULL,
              first_shard INTEGER NOT NULL,
              last_shard INTEGER NOT NULL,
              cursor_shard INTEGER,
              cursor_device \(sql.text),
              lease_owner \(sql.text),
              lease_until BIGINT NOT NULL DEFAULT 0)
            """,
            "CREATE INDEX slice_claim ON slice (kind, app, provider, environment, lease_until, id)",
            "CREATE INDEX slice_push ON slice (push)",
            """
            CREATE TABLE retry (
              push \(sql.text) NOT NULL REFERENCES push ON DELETE CASCADE,
              app BIGINT NOT NULL,
              provider \(sql.text) NOT NULL,
              environment \(sql.text) NOT NULL,
              device \(sql.text) NOT NULL,
              attempts INTEGER NOT NULL,
              due_at BIGINT NOT NULL,
              lease_owner \(sql.text),
              lease_until BIGINT NOT NULL DEFAULT 0,
              PRIMARY KEY (push, device))
            """,
            "CREATE INDEX retry_due ON retry (app, provider, environment, due_at)",
            """
            CREATE TABLE failure (
              push \(sql.text) NOT NULL REFERENCES push ON DELETE CASCADE,
              device \(sql.text) NOT NULL,
              kind \(sql.text) NOT NULL,
              reason \(sql.text) NOT NULL,
              at BIGINT NOT NULL,
              PRIMARY KEY (push, device))
            """,
        ]
    }

    private static func service(_ sql: SQLDialect) -> [String] {
        [
            """
            CREATE TABLE user_agent (
              uaid \(sql.blob) PRIMARY KEY,
              next_sequence BIGINT NOT NULL,
              created_at BIGINT NOT NULL,
              connected_at BIGINT NOT NULL)
            """,
            "CREATE INDEX user_agent_connected ON user_agent (connected_at)",
            """
            CREATE TABLE channel (
              uaid \(sql.blob) NOT NULL REFERENCES user_agent ON DELETE CASCADE,
              channel \(sql.blob) NOT NULL,
              created_at BIGINT NOT NULL,
              PRIMARY KEY (uaid, channel))
            """,
            """
            CREATE TABLE message (
              uaid \(sql.blob) NOT NULL REFERENCES user_agent ON DELETE CASCADE,
              sequence BIGINT NOT NULL,
              channel \(sql.blob) NOT NULL,
              topic \(sql.text),
              urgency \(sql.text) NOT NULL,
              expires_at BIGINT NOT NULL,
              content_encoding \(sql.text),
              encryption \(sql.text),
              crypto_key \(sql.text),
              body \(sql.blob) NOT NULL,
              PRIMARY KEY (uaid, sequence))
            """,
            "CREATE INDEX message_topic ON message (uaid, channel, topic) WHERE topic IS NOT NULL",
            "CREATE INDEX message_expiry ON message (expires_at)",
        ]
    }

    private static func credentials(_ sql: SQLDialect) -> [String] {
        [
            """
            CREATE TABLE credential (
              app BIGINT NOT NULL REFERENCES app ON DELETE CASCADE,
              provider \(sql.text) NOT NULL,
              sealed \(sql.blob) NOT NULL,
              updated_at BIGINT NOT NULL,
              PRIMARY KEY (app, provider))
            """
        ]
    }

    private static func keys(_ sql: SQLDialect) -> [String] {
        [
            """
            CREATE TABLE api_key (
              id \(sql.text) PRIMARY KEY,
              app BIGINT NOT NULL REFERENCES app,
              name \(sql.text) NOT NULL,
              scope \(sql.text) NOT NULL,
              secret_hash \(sql.blob) NOT NULL UNIQUE,
              created_at BIGINT NOT NULL)
            """
        ]
    }

    /// What several nodes on one database need to know of each other, and what growing old needs to be found.
    private static func nodes(_ sql: SQLDialect) -> [String] {
        [
            // Where a user agent was connected last, and how often it had been by then.
            "ALTER TABLE user_agent ADD COLUMN node \(sql.text)",
            "ALTER TABLE user_agent ADD COLUMN connection BIGINT NOT NULL DEFAULT 0",
            "CREATE INDEX slice_owner ON slice (lease_owner) WHERE lease_owner IS NOT NULL",
            "CREATE INDEX retry_owner ON retry (lease_owner) WHERE lease_owner IS NOT NULL",
            "CREATE INDEX push_finished ON push (finished_at) WHERE finished_at IS NOT NULL",
            // What a lane may still send of its rate: thousandths of a device, as of that moment.
            """
            CREATE TABLE lane_rate (
              app BIGINT NOT NULL REFERENCES app ON DELETE CASCADE,
              provider \(sql.text) NOT NULL,
              environment \(sql.text) NOT NULL,
              thousandths BIGINT NOT NULL,
              filled_at BIGINT NOT NULL,
              PRIMARY KEY (app, provider, environment))
            """,
            // The server's own keys where nodes share a database, and provider tokens that all of them present. Sealed by the master key.
            """
            CREATE TABLE secret (
              name \(sql.text) PRIMARY KEY,
              sealed \(sql.blob) NOT NULL,
              updated_at BIGINT NOT NULL)
            """,
        ]
    }
}
