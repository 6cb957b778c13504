extension Schema {
    /// Whom a push is for: what is known of devices and users, and audiences with a name.
    static func audiences(_ sql: SQLDialect) -> [String] {
        [
            "ALTER TABLE device ADD COLUMN platform \(sql.text) NOT NULL DEFAULT ''",
            "ALTER TABLE device ADD COLUMN locale \(sql.text) NOT NULL DEFAULT ''",
            "ALTER TABLE device ADD COLUMN time_zone \(sql.text) NOT NULL DEFAULT ''",
            "ALTER TABLE device ADD COLUMN app_version \(sql.text) NOT NULL DEFAULT ''",
            // The version in a form that compares byte by byte.
            "ALTER TABLE device ADD COLUMN app_version_key \(sql.text) NOT NULL DEFAULT ''",
            "ALTER TABLE device ADD COLUMN tags \(sql.text) NOT NULL DEFAULT '{}'",
            // The order in which slices of one time zone walk.
            """
            CREATE INDEX device_zone ON device (app, provider, environment, time_zone, shard, id) WHERE disabled_at IS NULL
            """,
            // A row for each tag, for each member where the tag is a list; the value in a form that compares byte by byte.
            """
            CREATE TABLE device_tag (
              app BIGINT NOT NULL,
              name \(sql.text) NOT NULL,
              value \(sql.text) NOT NULL,
              shard INTEGER NOT NULL,
              device \(sql.text) NOT NULL REFERENCES device ON DELETE CASCADE,
              PRIMARY KEY (app, name, value, shard, device))\(sql.inPrimaryKey)
            """,
            "CREATE INDEX device_tag_device ON device_tag (device, name, value)",
            // Who joined: 1 the device, 2 its user, 4 everybody; the sum of them.
            "ALTER TABLE device_topic ADD COLUMN origin INTEGER NOT NULL DEFAULT 1",
            // What devices of a user join when they register; of every user where the name is empty.
            """
            CREATE TABLE user_topic (
              app BIGINT NOT NULL REFERENCES app ON DELETE CASCADE,
              user_id \(sql.text) NOT NULL,
              topic \(sql.text) NOT NULL,
              PRIMARY KEY (app, user_id, topic))\(sql.inPrimaryKey)
            """,
            "CREATE INDEX user_topic_topic ON user_topic (app, topic, user_id)",
            """
            CREATE TABLE app_user (
              app BIGINT NOT NULL REFERENCES app ON DELETE CASCADE,
              id \(sql.text) NOT NULL,
              attributes \(sql.text) NOT NULL,
              quiet_hours \(sql.text),
              created_at BIGINT NOT NULL,
              updated_at BIGINT NOT NULL,
              PRIMARY KEY (app, id))\(sql.inPrimaryKey)
            """,
            "CREATE INDEX app_user_quiet ON app_user (app) WHERE quiet_hours IS NOT NULL",
            """
            CREATE TABLE saved_audience (
              app BIGINT NOT NULL REFERENCES app ON DELETE CASCADE,
              name \(sql.text) NOT NULL,
              audience \(sql.text) NOT NULL,
              created_at BIGINT NOT NULL,
              updated_at BIGINT NOT NULL,
              PRIMARY KEY (app, name))
            """,
        ]
    }
}
