import Foundation
import PushSender

/// Counts, inside a transaction, how often devices and users are sent something.
struct FrequencyWriter {
    private let push: Push
    private let now: Date
    private let connection: any SQLConnection
    private let dialect: SQLDialect

    init(_ push: Push, _ now: Date, _ connection: any SQLConnection, _ dialect: SQLDialect) {
        self.push = push
        self.now = now
        self.connection = connection
        self.dialect = dialect
    }

    /// What one subject was sent under one key: this push among it or not.
    private struct Sends {
        var others: [Date] = []
        var hasThis = false
    }

    private struct Counter: Hashable {
        let key: String
        let subject: String
    }

    /// - Returns: a verdict for each recipient. What is allowed is counted, once for each subject, however many of its devices there are
    ///   and however often it is asked.
    func reserve(_ recipients: [Recipient]) throws -> [FrequencyVerdict] {
        let caps = push.options.caps
        var sends: [Counter: Sends] = [:]
        for key in Set(caps.map(\.key)).sorted() {
            let subjects = Set(caps.filter { $0.key == key }.flatMap { cap in recipients.map { cap.subject(of: $0) } })
            try lock(key, subjects)
            try read(key, subjects, into: &sends)
        }
        var reserved: Set<Counter> = []
        let verdicts = recipients.map { recipient in
            let counters = caps.map { Counter(key: $0.key, subject: $0.subject(of: recipient)) }
            let verdict = self.verdict(caps, counters, sends, reserved)
            if verdict == .allowed { reserved.formUnion(counters) }
            return verdict
        }
        try insert(reserved.filter { sends[$0]?.hasThis != true })
        return verdicts
    }

    private func verdict(
        _ caps: [FrequencyCap], _ counters: [Counter], _ sends: [Counter: Sends], _ reserved: Set<Counter>
    ) -> FrequencyVerdict {
        // What this push has for a subject already isn't asked again.
        let open = zip(caps, counters).filter { sends[$0.1]?.hasThis != true && !reserved.contains($0.1) }
        return FrequencyVerdict(open.map(\.0), sends: open.map { sends[$0.1]?.others ?? [] }, now: now)
    }

    // MARK: Statements

    /// Two pages that count the same subjects take turns. SQLite has one writer anyway.
    private func lock(_ key: String, _ subjects: Set<String>) throws {
        guard !dialect.forUpdate.isEmpty else { return }
        try connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(?, ?))", each: subjects.sorted().map {
            [.text("\(key)/\($0)"), .integer(push.app.rawValue)]
        })
    }

    private func read(_ key: String, _ subjects: Set<String>, into sends: inout [Counter: Sends]) throws {
        let rows = try connection.rows(
            """
            SELECT subject, push, at FROM frequency WHERE app = ? AND name = ? AND subject IN \(placeholders(subjects.count)) AND ends_at
            > ?
            """,
            [.integer(push.app.rawValue), .text(key)] + padded(subjects.map { .text($0) }) + [.date(now)])
        for row in rows {
            let counter = Counter(key: key, subject: try row.text(0))
            if try row.text(1) == push.id.rawValue {
                sends[counter, default: Sends()].hasThis = true
            } else {
                sends[counter, default: Sends()].others.append(try row.date(2))
            }
        }
    }

    /// Kept as long as any push may ask: caps of other pushes may look farther back than ours.
    private func insert(_ counters: Set<Counter>) throws {
        let end = now.addingTimeInterval(TimeInterval(FrequencyCap.secondsLimit))
        try connection.execute(
            "INSERT INTO frequency (app, name, subject, push, at, ends_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            each: counters.sorted { ($0.key, $0.subject) < ($1.key, $1.subject) }.map { counter in
                [
                    .integer(push.app.rawValue), .text(counter.key), .text(counter.subject), .text(push.id.rawValue), .date(now),
                    .date(end),
                ]
            })
    }
}
