extension Schema {
    /// What Apps call their pushes.
    static func labels(_ sql: SQLDialect) -> [String] {
        [
            """
            CREATE TABLE push_label (
              app BIGINT NOT NULL REFERENCES app ON DELETE CASCADE,
              label \(sql.text) NOT NULL,
              push \(sql.text) NOT NULL REFERENCES push ON DELETE CASCADE,
              PRIMARY KEY (app, label, push))
            """,
            "CREATE INDEX push_label_push ON push_label (push)",
        ]
    }
}
