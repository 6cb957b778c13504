#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What came in: counts of everything, and the newest requests in full.
struct RequestLog: Sendable {
    /// One request and what became of it.
    struct Entry: Sendable {
        let port: SimulatedPort
        let at: Date
        let request: SimulatorRequest
        let kind: Verdict.Kind
        let targets: [String]
        /// It was answered with the provider's success.
        let isAccepted: Bool
        /// Nil when nothing was answered.
        let status: Int?
        let fault: String?
        /// The provider's word for its refusal.
        let reason: String?
    }

    private(set) var counts: [SimulatedPort: RequestCounts] = [:]
    private var entries: [Entry] = []
    private var oldest = 0
    private let capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    mutating func add(_ entry: Entry) {
        counts[entry.port, default: RequestCounts()].add(entry)
        if entries.count < capacity {
            entries.append(entry)
        } else if capacity > 0 {
            entries[oldest] = entry
            oldest = (oldest + 1) % capacity
        }
    }

    /// The newest last.
    func newest(_ limit: Int, where isWanted: (Entry) -> Bool) -> [Entry] {
        let inOrder = entries[oldest...] + entries[..<oldest]
        return inOrder.reversed().lazy.filter(isWanted).prefix(limit).reversed()
    }

    mutating func connectionOpened(_ port: SimulatedPort) { counts[port, default: RequestCounts()].opened() }
    mutating func connectionClosed(_ port: SimulatedPort) { counts[port, default: RequestCounts()].closed() }

    /// Forgets every request; open connections stay counted.
    mutating func clear() {
        entries = []
        oldest = 0
        counts = counts.mapValues(\.cleared)
    }
}

/// Sums over the requests of one port.
public struct RequestCounts: Sendable, Equatable, Encodable {
    public private(set) var requests = 0
    /// Pushes that were answered with the provider's success.
    public private(set) var accepted = 0
    /// By status.
    public private(set) var statuses: [String: Int] = [:]
    /// By the provider's word.
    public private(set) var reasons: [String: Int] = [:]
    /// Requests that a fault met, by what it did.
    public private(set) var faults: [String: Int] = [:]
    /// Requests that never got an answer.
    public private(set) var unanswered = 0
    public private(set) var open_connections = 0
    public private(set) var connections = 0

    mutating func add(_ entry: RequestLog.Entry) {
        requests += 1
        if let status = entry.status {
            statuses[Self.name(status), default: 0] += 1
        } else {
            unanswered += 1
        }
        if entry.isAccepted, entry.kind == .push { accepted += 1 }
        if let reason = entry.reason { reasons[reason, default: 0] += 1 }
        if let fault = entry.fault { faults[fault, default: 0] += 1 }
    }

    mutating func opened() {
        open_connections += 1
        connections += 1
    }

    mutating func closed() { open_connections -= 1 }

    var cleared: RequestCounts {
        var counts = RequestCounts()
        counts.open_connections = open_connections
        counts.connections = open_connections
        return counts
    }

    /// Most replies are of few statuses, so the text is not made each time.
    private static func name(_ status: Int) -> String { status == 200 ? "200" : status == 201 ? "201" : String(status) }
}
