extension Schema {
    /// What became of messages, and who wants to hear of it.
    static func messages(_ sql: SQLDialect) -> [String] {
        [
            """
            CREATE TABLE receipt_subscription (
              id \(sql.blob) PRIMARY KEY,
              used_at BIGINT NOT NULL,
              hook_url \(sql.text),
              hook_due_at BIGINT,
              hook_failures INTEGER NOT NULL DEFAULT 0,
              hook_transaction BIGINT NOT NULL DEFAULT 0,
              hook_number BIGINT NOT NULL DEFAULT 0)
            """,
            "CREATE INDEX receipt_subscription_age ON receipt_subscription (used_at)",
            "CREATE INDEX receipt_subscription_due ON receipt_subscription (hook_due_at) WHERE hook_due_at IS NOT NULL",
            """
            CREATE TABLE delivery_receipt (
              id \(sql.identity),
              transaction_id BIGINT NOT NULL DEFAULT \(sql.transactionID),
              subscription \(sql.blob) NOT NULL REFERENCES receipt_subscription ON DELETE CASCADE,
              uaid \(sql.blob) NOT NULL,
              sequence BIGINT NOT NULL,
              ending \(sql.text) NOT NULL,
              at BIGINT NOT NULL)
            """,
            "CREATE INDEX delivery_receipt_order ON delivery_receipt (subscription, transaction_id, id)",
            "CREATE INDEX delivery_receipt_age ON delivery_receipt (at)",
            "ALTER TABLE message ADD COLUMN receipts \(sql.blob)",
            // Where messages go for a user agent that has a platform's token and no connection.
            "ALTER TABLE user_agent ADD COLUMN bridge \(sql.text)",
            "ALTER TABLE user_agent ADD COLUMN bridge_app \(sql.text)",
            "ALTER TABLE user_agent ADD COLUMN bridge_token \(sql.text)",
            // One row for each connection that writes, so that none waits for another.
            """
            CREATE TABLE message_tally (
              writer BIGINT PRIMARY KEY,
              accepted BIGINT NOT NULL DEFAULT 0,
              delivered BIGINT NOT NULL DEFAULT 0,
              undecryptable BIGINT NOT NULL DEFAULT 0,
              refused BIGINT NOT NULL DEFAULT 0,
              expired BIGINT NOT NULL DEFAULT 0,
              replaced BIGINT NOT NULL DEFAULT 0,
              dropped BIGINT NOT NULL DEFAULT 0)
            """,
            "INSERT INTO message_tally (writer, accepted) SELECT 0, COUNT(*) FROM message",
        ]
    }
}
