/// A PostgreSQL connection inside a transaction, in the words of the stores. The transaction begins with its first statement, in the same
/// journey.
final class PostgresConnection: SQLConnection {
    private let link: PostgresLink
    private let begin: PostgresLink.Statement?
    private var hasBegun = false

    /// - Parameter begin: how the transaction begins; nil for statements that stand alone.
    init(_ link: PostgresLink, begin: String?) {
        self.link = link
        self.begin = begin.map { .command($0) }
    }

    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
        try run([.init(sql: sql, arguments: arguments)]).first?.changes ?? 0
    }

    @discardableResult
    func execute(_ sql: String, each arguments: [[SQLValue]]) throws -> [Int] {
        var changes: [Int] = []
        for start in stride(from: 0, to: arguments.count, by: Self.pipelineStatements) {
            let part = arguments[start..<min(start + Self.pipelineStatements, arguments.count)]
            changes += try run(part.map { .init(sql: sql, arguments: $0) }).map(\.changes)
        }
        return changes
    }

    func rows(_ sql: String, _ arguments: [SQLValue]) throws -> [SQLRow] {
        try run([.init(sql: sql, arguments: arguments)]).first?.rows ?? []
    }

    let rowsPerStatement = 64

    /// Bounds what waits in buffers on either side.
    private static let pipelineStatements = 256

    private func run(_ statements: [PostgresLink.Statement]) throws -> [PostgresAnswer] {
        guard let begin, !hasBegun else { return try link.run(statements) }
        hasBegun = true
        return Array(try link.run([begin] + statements).dropFirst())
    }

    // MARK: The end of the transaction

    /// - Throws: ``PostgresFailure``; `connectionLost` leaves open whether it is committed.
    func commit() throws {
        if hasBegun { _ = try link.run([.command("COMMIT")]) }
    }

    func rollback() {
        if hasBegun, !link.isLost { _ = try? link.run([.command("ROLLBACK")]) }
    }
}
