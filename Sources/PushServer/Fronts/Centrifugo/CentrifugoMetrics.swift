import PushSender
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What `GET /metrics` says under Centrifugo's names, in Prometheus's text format. Counters are this process's since it started; gauges are
/// of all nodes.
final class CentrifugoMetrics: Sendable {
    private let sent: SendingCounts
    private let pushes: any PushStore
    let outbox = OutboxCounts()
    private let now: @Sendable () -> Date
    /// By kind of recipient.
    private let scheduled = Mutex<[String: Int]>([:])

    init(sent: SendingCounts, pushes: any PushStore, now: @escaping @Sendable () -> Date) {
        self.sent = sent
        self.pushes = pushes
        self.now = now
    }

    func countScheduled(_ recipient: CentrifugoRecipient) { scheduled.withLock { $0[recipient.kind, default: 0] += 1 } }

    func text() async throws -> String {
        let waiting = try await pushes.waitingWork(now: now()).sorted { $0.key.rawValue < $1.key.rawValue }
        return Self.family("push_notification_count", "counter", notifications)
            + Self.family(
                "push_scheduled_request_count", "counter",
                scheduled.withLock { $0 }.sorted { $0.key < $1.key }.map { (#"recipient_type="\#($0)""#, $1) })
            + Self.family("push_queue_consuming_lag", "gauge", waiting.map { (Self.queue($0), $1.due) })
            + Self.family("push_consuming_inflight_jobs", "gauge", waiting.map { (Self.queue($0), $1.held) })
            + durations
    }

    private static let ends: [(code: String, count: any KeyPath<PushCounters, Int> & Sendable)] = [
        ("", \.accepted), ("unregistered", \.unregistered), ("rejected", \.failed), ("expired", \.expired),
    ]

    private var notifications: [(labels: String, value: Int)] {
        sent.devices.map { (Self.labels($0), $1) }.sorted { $0.0 < $1.0 }.flatMap { series, counters in
            Self.ends.map { code, count in
                (#"\#(series),success="\#(code.isEmpty)",err_code="\#(code)""#, counters[keyPath: count])
            }
        }
    }

    private static func labels(_ series: SendingCounts.Series) -> String {
        // The platform is a stranger's text.
        let platform = series.platform.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        let job = SendingCounts.Job(provider: series.provider, recipients: series.recipients)
        return #"\#(labels(job)),platform="\#(platform)""#
    }

    private static func labels(_ job: SendingCounts.Job) -> String {
        #"provider="\#(job.provider.rawValue)",recipient_type="\#(job.recipients.name)""#
    }

    /// A job is a page of devices.
    private var durations: String {
        let name = "centrifugo_push_job_duration_seconds_histogram"
        var lines = ["# TYPE \(name) histogram"]
        for (labels, histogram) in sent.pages.map({ (Self.labels($0), $1) }).sorted(by: { $0.0 < $1.0 }) {
            lines += histogram.cumulative.map { #"\#(name)_bucket{\#(labels),le="\#($0)"} \#($1)"# }
            lines += ["\(name)_sum{\(labels)} \(histogram.sum)", "\(name)_count{\(labels)} \(histogram.count)"]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func queue(_ provider: ProviderName) -> String { #"provider="\#(provider.rawValue)",queue="database""# }

    private static func family(_ name: String, _ type: String, _ samples: [(labels: String, value: Int)]) -> String {
        let lines = samples.map { "centrifugo_\(name){\($0.labels)} \($0.value)\n" }
        return "# TYPE centrifugo_\(name) \(type)\n" + lines.joined()
    }
}
