import Hummingbird
import NIOCore
import PushSender
import PushService
import PushStorage

/// `GET /metrics` in Prometheus's text format (https://prometheus.io/docs/instrumenting/exposition_formats/). Numbers only: nothing of
/// who or what.
struct MetricsRoutes: Sendable {
    let pushService: PushServiceParts
    let sending: SendingCounts
    /// What fronts say under the names of the systems that they stand in for.
    var fronts: [@Sendable () async throws -> String] = []

    func add(to router: Router<APIContext>) {
        router.get("metrics") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(string: try await text())))
        }
    }

    private func text() async throws -> String {
        let account = MessageAccount(
            stored: try await pushService.store.tally(), inFlight: pushService.hub.counts.inFlight,
            unstored: pushService.hub.counts.unstored)
        var text = MetricsText.family(
            "push_service_messages", "gauge", "Messages accepted for user agents, by what became of them.", account.samples)
            + MetricsText.family(
                "push_service_messages_accepted", "counter", "Messages that were answered 201 or 202.", [("", account.accepted)])
            + MetricsText.family(
                "push_service_connections", "gauge", "User agents connected to this node.", [("", pushService.hub.connectionCount)])
            + MetricsText.family("sender_deliveries", "counter", "Deliveries of this process, by what the provider said.", deliveries)
        for front in fronts { text += try await front() }
        return text
    }

    private var deliveries: [(labels: String, value: Int)] {
        let outcomes: [(String, KeyPath<PushCounters, Int>)] = [
            ("accepted", \.accepted), ("unregistered", \.unregistered), ("failed", \.failed), ("expired", \.expired),
        ]
        return sending.byProvider.sorted { $0.key.rawValue < $1.key.rawValue }.flatMap { provider, counters in
            outcomes.map { (#"provider="\#(provider.rawValue)",outcome="\#($0)""#, counters[keyPath: $1]) }
        }
    }
}

/// Every message that was accepted is in exactly one state.
struct MessageAccount: Sendable, Hashable {
    let accepted: Int
    /// Stored, and not on its way.
    let stored: Int
    let inFlight: Int
    let ended: [MessageEnding: Int]

    /// - Parameters:
    ///   - stored: what the store says of all nodes.
    ///   - inFlight: of this node.
    ///   - unstored: of this process: messages of TTL 0, which are in flight or over.
    init(stored: MessageTally, inFlight: Int, unstored: MessageTally) {
        let tally = stored + unstored
        accepted = tally.accepted
        // A message may have been acknowledged and not yet be deleted, or the other way round.
        let onTheWay = min(max(0, inFlight), stored.waiting)
        self.stored = stored.waiting - onTheWay
        self.inFlight = onTheWay + unstored.waiting
        ended = tally.ended
    }

    var samples: [(labels: String, value: Int)] {
        [("stored", stored), ("in_flight", inFlight)].map { (#"state="\#($0)""#, $1) }
            + MessageEnding.allCases.map { (#"state="\#($0.rawValue)""#, ended[$0] ?? 0) }
    }
}

enum MetricsText {
    /// - Parameter samples: labels without braces, and the value.
    static func family(_ name: String, _ type: String, _ help: String, _ samples: [(labels: String, value: Int)]) -> String {
        let name = "herald_" + name + (type == "counter" ? "_total" : "")
        let lines = samples.map { labels, value in "\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(value)\n" }
        return "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n" + lines.joined()
    }
}
