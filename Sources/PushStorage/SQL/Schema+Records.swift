extension Schema {
    /// JSON objects that Apps' servers keep here.
    static func records(_ sql: SQLDialect) -> [String] {
        [
            // A device that is a record has the record's id.
            """
            CREATE TABLE record (
              collection \(sql.text) NOT NULL,
              id \(sql.text) NOT NULL,
              body \(sql.text) NOT NULL,
              device \(sql.text) REFERENCES device ON DELETE CASCADE,
              PRIMARY KEY (collection, id))
            """,
            "CREATE INDEX record_device ON record (device) WHERE device IS NOT NULL",
            // A row for each value of a record, for each member where it is a list; in a form that compares byte by byte. In the order of
            // cursors, for audiences. Text that is too long for an index stands beside it.
            """
            CREATE TABLE record_term (
              collection \(sql.text) NOT NULL,
              path \(sql.text) NOT NULL,
              value \(sql.text) NOT NULL,
              shard INTEGER NOT NULL,
              record \(sql.text) NOT NULL,
              long_text \(sql.text),
              PRIMARY KEY (collection, path, value, shard, record),
              FOREIGN KEY (collection, record) REFERENCES record (collection, id) ON DELETE CASCADE)\(sql.inPrimaryKey)
            """,
            "CREATE INDEX record_term_record ON record_term (collection, record, path, value)",
        ]
    }
}
