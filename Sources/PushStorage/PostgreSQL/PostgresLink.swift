import CLibPQ
import Foundation

/// One connection to PostgreSQL. Belongs to one thread.
///
/// Statements travel in pipelines: https://www.postgresql.org/docs/current/libpq-pipeline-mode.html
final class PostgresLink {
    /// One statement of a pipeline.
    struct Statement {
        let sql: String
        let arguments: [SQLValue]
        /// Parsed once a connection and kept by name. Not for commands such as BEGIN.
        var isPrepared = true

        static func command(_ sql: String) -> Statement { Statement(sql: sql, arguments: [], isPrepared: false) }
    }

    private let connection: OpaquePointer
    private let statementSeconds: Double
    private let patience: Patience
    private var prepared = PreparedNames()

    /// - Throws: ``PostgresFailure`` of kind `connectionLost` with libpq's words; it doesn't mention the password.
    init(_ settings: PostgresSettings, patience: Patience = Patience()) throws {
        statementSeconds = settings.statementSeconds
        self.patience = patience
        _ = OpenSSLAtExit.isLeftAlone
        // What comes first is overruled by the URL.
        let parameters = [
            ("application_name", "herald"), ("connect_timeout", "5"), ("target_session_attrs", "read-write"),
            ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "15000"), ("client_encoding", "UTF8"), ("dbname", settings.url),
        ]
        guard let connection = Self.connect(parameters) else { throw PostgresFailure(.connectionLost, "out of memory") }
        self.connection = connection
        guard PQstatus(connection) == CONNECTION_OK else { throw lost() }
        PQsetnonblocking(connection, 1)
        // Notices, such as that a table is already there, would go to the standard error.
        PQsetNoticeReceiver(connection, { _, _ in }, nil)
        let milliseconds = Int(settings.statementSeconds * 1000)
        _ = try run([
            .command("SET statement_timeout = \(milliseconds)"), .command("SET lock_timeout = \(milliseconds)"),
            .command("SET idle_in_transaction_session_timeout = \(2 * milliseconds)"),
        ])
    }

    deinit { PQfinish(connection) }

    var descriptor: Int32 { PQsocket(connection) }
    var isLost: Bool { hasGivenUp || PQstatus(connection) != CONNECTION_OK }
    /// A far side that was silent for too long isn't asked again, not even to roll back.
    private var hasGivenUp = false

    private static func connect(_ parameters: [(String, String)]) -> OpaquePointer? {
        withCStrings(parameters.map(\.0)) { names in
            withCStrings(parameters.map(\.1)) { values in PQconnectdbParams(names, values, 1) }
        }
    }

    // MARK: Statements

    /// Sends all statements at once, and waits for their answers. After the first that fails none is run.
    /// - Throws: ``PostgresFailure``.
    func run(_ statements: [Statement], seconds: Double? = nil) throws -> [PostgresAnswer] {
        let time = WaitingTime(seconds: (seconds ?? statementSeconds) + 2)
        guard PQenterPipelineMode(connection) == 1 else { throw lost() }
        var parsed: Set<String> = []
        for statement in statements { try send(statement, &parsed) }
        guard PQpipelineSync(connection) == 1 else { throw lost() }
        try flush(time)
        let answers = try receive(statements, parsed, time)
        PQexitPipelineMode(connection)
        return answers
    }

    private func send(_ statement: Statement, _ parsed: inout Set<String>) throws {
        let sent: Int32
        if !statement.isPrepared {
            sent = PQsendQueryParams(connection, statement.sql, 0, nil, nil, nil, nil, 1)
        } else if let name = prepared.name(of: statement.sql) {
            if name.isNew {
                parsed.insert(statement.sql)
                guard PQsendPrepare(connection, name.name, PreparedNames.numbered(statement.sql), 0, nil) == 1 else { throw lost() }
            }
            sent = statement.arguments.withParameters { parameters in
                PQsendQueryPrepared(
                    connection, name.name, parameters.count, parameters.values, parameters.lengths, parameters.formats, 1)
            }
        } else {
            let text = PreparedNames.numbered(statement.sql)
            sent = statement.arguments.withParameters { parameters in
                PQsendQueryParams(
                    connection, text, parameters.count, nil, parameters.values, parameters.lengths, parameters.formats, 1)
            }
        }
        guard sent == 1 else { throw lost() }
    }

    private func receive(
        _ statements: [Statement], _ parsed: Set<String>, _ time: WaitingTime
    ) throws -> [PostgresAnswer] {
        var answers: [PostgresAnswer] = []
        var parsed = parsed
        var failure: PostgresFailure?
        for statement in statements {
            if parsed.remove(statement.sql) != nil {
                do { _ = try answer(time) } catch { failure = failure ?? error }
                // What wasn't parsed has no name.
                if failure != nil { prepared.forget(statement.sql) }
            }
            do { answers.append(try answer(time)) } catch { failure = failure ?? error }
            if failure?.kind == .connectionLost { break }
        }
        if let failure, failure.kind == .connectionLost { throw failure }
        try expectSync(time)
        if let failure {
            PQexitPipelineMode(connection)
            throw failure
        }
        return answers
    }

    /// One statement's answer, and the NULL after it.
    private func answer(_ time: WaitingTime) throws(PostgresFailure) -> PostgresAnswer {
        var last: Result<PostgresAnswer, PostgresFailure>?
        while let result = try next(time) {
            defer { PQclear(result) }
            last = PostgresAnswer.read(result)
        }
        guard let last else { throw lost() }
        return try last.get()
    }

    private func expectSync(_ time: WaitingTime) throws {
        while let result = try next(time) {
            defer { PQclear(result) }
            if PQresultStatus(result) == PGRES_PIPELINE_SYNC { return }
        }
        throw lost()
    }

    // MARK: The socket

    /// A notification is the name of its channel and its payload.
    func notifications() throws -> [(channel: String, payload: String)] {
        guard PQconsumeInput(connection) == 1 else { throw lost() }
        var found: [(channel: String, payload: String)] = []
        while let notification = PQnotifies(connection) {
            defer { PQfreemem(notification) }
            found.append((String(cString: notification.pointee.relname), String(cString: notification.pointee.extra)))
        }
        return found
    }

    /// Returns early when something comes.
    func waitForInput(until end: ContinuousClock.Instant) {
        let left = ContinuousClock.now.duration(to: end).components
        var descriptors = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
        _ = poll(&descriptors, 1, Int32(clamping: max(0, left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000)))
    }

    private func next(_ time: WaitingTime) throws(PostgresFailure) -> OpaquePointer? {
        while PQisBusy(connection) == 1 {
            try wait(for: Int16(POLLIN), time)
            guard PQconsumeInput(connection) == 1 else { throw lost() }
        }
        return PQgetResult(connection)
    }

    /// Reads while it writes: else both sides could wait for each other with full buffers.
    private func flush(_ time: WaitingTime) throws(PostgresFailure) {
        while true {
            switch PQflush(connection) {
            case 0: return
            case 1:
                try wait(for: Int16(POLLIN | POLLOUT), time)
                guard PQconsumeInput(connection) == 1 else { throw lost() }
            default: throw lost()
            }
        }
    }

    /// Since when an answer is waited for, and until when.
    private struct WaitingTime {
        let start = ContinuousClock.now
        let deadline: ContinuousClock.Instant

        init(seconds: Double) { deadline = start + .seconds(seconds) }
    }

    /// The far side may have gone without a word: nobody waits for ever.
    private func wait(for events: Int16, _ time: WaitingTime) throws(PostgresFailure) {
        while true {
            let left = ContinuousClock.now.duration(to: patience.deadline(time.deadline, since: time.start))
            guard left > .zero else {
                hasGivenUp = true
                patience.end()
                throw PostgresFailure(.connectionLost, "PostgreSQL doesn't answer")
            }
            var descriptors = [pollfd(fd: descriptor, events: events, revents: 0)]
            // Patience may end meanwhile.
            let milliseconds = Int32(clamping: min(left.components.seconds * 1000 + 10, 200))
            let ready = poll(&descriptors, 1, milliseconds)
            if ready > 0 { return }
            if ready < 0, errno != EINTR { throw lost() }
        }
    }

    private func lost() -> PostgresFailure {
        let message = String(cString: PQerrorMessage(connection)).trimmingCharacters(in: .whitespacesAndNewlines)
        return PostgresFailure(.connectionLost, message.isEmpty ? "no connection" : message)
    }
}

/// The names under which a connection knows its statements. This module has some hundred, for lists come in few lengths; but there are
/// as many more as people think of expressions.
private struct PreparedNames {
    private var names: [String: Int] = [:]
    private var latest = 0
    private static let limit = 512

    /// - Returns: nil for a statement beyond the limit: it is sent whole each time.
    mutating func name(of sql: String) -> (name: String, isNew: Bool)? {
        if let known = names[sql] { return ("h\(known)", false) }
        guard names.count < Self.limit else { return nil }
        latest += 1
        names[sql] = latest
        return ("h\(latest)", true)
    }

    mutating func forget(_ sql: String) { names[sql] = nil }

    /// Parameters are written `?` in both databases' statements; here they have numbers. No statement holds a `?` in a literal.
    static func numbered(_ sql: String) -> String {
        var number = 0
        var text = ""
        text.reserveCapacity(sql.utf8.count + 32)
        for character in sql {
            if character == "?" {
                number += 1
                text += "$\(number)"
            } else {
                text.append(character)
            }
        }
        return text
    }
}

private func withCStrings<Value>(
    _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Value
) -> Value {
    let copies = strings.map { strdup($0) }
    defer { copies.forEach { free($0) } }
    return (copies.map { UnsafePointer($0) } + [nil]).withUnsafeBufferPointer { body($0.baseAddress!) }
}
