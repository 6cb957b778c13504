extension Schema {
    /// Devices that may be sent to through a relay. See ``SQLRelayStore``.
    static func relay(_ sql: SQLDialect) -> [String] { ["ALTER TABLE device ADD COLUMN relay BIGINT"] }
}
