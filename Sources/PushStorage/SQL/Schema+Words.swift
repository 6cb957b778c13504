extension Schema {
    /// In which words.
    static func words(_ sql: SQLDialect) -> [String] {
        [
            """
            CREATE TABLE template (
              app BIGINT NOT NULL REFERENCES app ON DELETE CASCADE,
              name \(sql.text) NOT NULL,
              template \(sql.text) NOT NULL,
              created_at BIGINT NOT NULL,
              updated_at BIGINT NOT NULL,
              PRIMARY KEY (app, name))
            """
        ]
    }
}
