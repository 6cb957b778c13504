/// The schema as numbered steps, forward only. A released step is never changed: add another.
enum Schema {
    static func migrations(_ dialect: SQLDialect) -> [[String]] {
        [sender(dialect) + credentials(dialect) + service(dialect) + keys(dialect)]
    }

    private static func sender(_ sql: SQLDialect) -> [String] {
        [
            """
            CREATE TABLE app (
              id BIGINT PRIMARY KEY,
              name TEXT NOT NULL UNIQUE,
              created_at BIGINT NOT NULL)
            """,
            "INSERT INTO app (id, name, created_at) VALUES (1, 'default', 0)",
            """
            CREATE TABLE device (
              id TEXT PRIMARY KEY,
              app BIGINT NOT NULL REFERENCES app,
              provider TEXT NOT NULL,
              shard INTEGER NOT NULL,
              address TEXT NOT NULL,
              address_hash \(sql.blob) NOT NULL,
              keys \(sql.blob) NOT NULL,
              environment TEXT NOT NULL,
              token_kind TEXT NOT NULL,
              app_identifier TEXT NOT NULL,
              user_id TEXT,
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
              topic TEXT NOT NULL,
              shard INTEGER NOT NULL,
              device TEXT NOT NULL REFERENCES device ON DELETE CASCADE,
              PRIMARY KEY (app, topic, shard, device))
            """,
            "CREATE INDEX device_topic_device ON device_topic (device)",
            """
            CREATE TABLE push (
              id TEXT PRIMARY KEY,
              app BIGINT NOT NULL REFERENCES app,
              audience TEXT NOT NULL,
              notification TEXT NOT NULL,
              ttl_seconds BIGINT NOT NULL,
              urgency TEXT NOT NULL,
              collapse_key TEXT,
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
              push TEXT NOT NULL REFERENCES push ON DELETE CASCADE,
              app BIGINT NOT NULL,
              provider TEXT NOT NULL,
              environment TEXT NOT NULL,
              kind INTEGER NOT NULL,
              first_shard INTEGER NOT NULL,
              last_shard INTEGER NOT NULL,
              cursor_shard INTEGER,
              cursor_device TEXT,
              lease_owner TEXT,
              lease_until BIGINT NOT NULL DEFAULT 0)
            """,
            "CREATE INDEX slice_claim ON slice (kind, app, provider, environment, lease_until, id)",
            "CREATE INDEX slice_push ON slice (push)",
            """
            CREATE TABLE retry (
              push TEXT NOT NULL REFERENCES push ON DELETE CASCADE,
              app BIGINT NOT NULL,
              provider TEXT NOT NULL,
              environment TEXT NOT NULL,
              device TEXT NOT NULL,
              attempts INTEGER NOT NULL,
              due_at BIGINT NOT NULL,
              lease_owner TEXT,
              lease_until BIGINT NOT NULL DEFAULT 0,
              PRIMARY KEY (push, device))
            """,
            "CREATE INDEX retry_due ON retry (app, provider, environment, due_at)",
            """
            CREATE TABLE failure (
              push TEXT NOT NULL REFERENCES push ON DELETE CASCADE,
              device TEXT NOT NULL,
              kind TEXT NOT NULL,
              reason TEXT NOT NULL,
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
              topic TEXT,
              urgency TEXT NOT NULL,
              expires_at BIGINT NOT NULL,
              content_encoding TEXT,
              encryption TEXT,
              crypto_key TEXT,
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
              provider TEXT NOT NULL,
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
              id TEXT PRIMARY KEY,
              app BIGINT NOT NULL REFERENCES app,
              name TEXT NOT NULL,
              scope TEXT NOT NULL,
              secret_hash \(sql.blob) NOT NULL UNIQUE,
              created_at BIGINT NOT NULL)
            """
        ]
    }
}
