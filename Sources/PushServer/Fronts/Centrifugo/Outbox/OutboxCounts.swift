import Synchronization

/// What this process's consumers have done since it started, for `GET /metrics`.
final class OutboxCounts: Sendable {
    private struct Counts {
        var verdicts: [RecordHandler.Verdict: Int] = [:]
        var failures = 0
        /// Of each partition at the last look.
        var waiting: [Int: Int] = [:]
    }

    private let consumers = Mutex<[String: Counts]>([:])

    func count(_ verdict: RecordHandler.Verdict, by consumer: String) {
        consumers.withLock { $0[consumer, default: Counts()].verdicts[verdict, default: 0] += 1 }
    }

    func countFailure(of consumer: String) { consumers.withLock { $0[consumer, default: Counts()].failures += 1 } }

    func note(waiting rows: Int, in partition: Int, of consumer: String) {
        consumers.withLock { $0[consumer, default: Counts()].waiting[partition] = rows }
    }

    /// In Prometheus's text format; nothing where there is no consumer.
    var text: String {
        let consumers = consumers.withLock { $0 }.sorted { $0.key < $1.key }
        guard !consumers.isEmpty else { return "" }
        var lines = ["# TYPE herald_outbox_rows_total counter"]
        for (name, counts) in consumers {
            lines += RecordHandler.Verdict.allCases.map { verdict in
                #"herald_outbox_rows_total{consumer="\#(name)",result="\#(verdict.label)"} \#(counts.verdicts[verdict] ?? 0)"#
            }
        }
        lines.append("# TYPE herald_outbox_database_failures_total counter")
        lines += consumers.map { #"herald_outbox_database_failures_total{consumer="\#($0)"} \#($1.failures)"# }
        lines.append("# TYPE herald_outbox_waiting_rows gauge")
        lines += consumers.map { #"herald_outbox_waiting_rows{consumer="\#($0)"} \#($1.waiting.values.reduce(0, +))"# }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension RecordHandler.Verdict {
    fileprivate var label: String {
        switch self {
        case .carriedOut: "processed"
        case .skipped: "skipped"
        case .refused: "refused"
        case .tryAgain: "retried"
        }
    }
}
