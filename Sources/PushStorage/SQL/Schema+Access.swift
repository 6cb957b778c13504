extension Schema {
    /// Who may.
    static func access(_ sql: SQLDialect) -> [String] {
        [
            // A secret that was replaced works until then.
            "ALTER TABLE api_key ADD COLUMN previous_hash \(sql.blob)",
            "ALTER TABLE api_key ADD COLUMN previous_until BIGINT",
            "ALTER TABLE api_key ADD COLUMN last_used_at BIGINT",
            "CREATE INDEX api_key_previous ON api_key (previous_hash) WHERE previous_hash IS NOT NULL",
            """
            CREATE TABLE audit (
              id \(sql.identity),
              app BIGINT NOT NULL REFERENCES app ON DELETE CASCADE,
              at BIGINT NOT NULL,
              key \(sql.text) NOT NULL,
              key_name \(sql.text) NOT NULL,
              action \(sql.text) NOT NULL,
              subject \(sql.text) NOT NULL)
            """,
            "CREATE INDEX audit_app ON audit (app, id)",
            "CREATE INDEX audit_age ON audit (at)",
        ]
    }
}
