extension Schema {
    /// Who hasn't registered for long.
    static func inactivity(_ sql: SQLDialect) -> [String] { ["CREATE INDEX device_registered ON device (registered_at)"] }
}
