import PushService
import Synchronization

/// What of the account of messages is not in the store: which are in flight, and those of TTL 0, which live and end in this process.
final class MessageCounts: Sendable {
    private struct Counts {
        var inFlight = 0
        var unstored = MessageTally()
    }

    private let counts = Mutex(Counts())

    /// Stored messages that were sent to user agents connected here, and not yet acknowledged.
    var inFlight: Int { counts.withLock { $0.inFlight } }
    /// Messages of TTL 0 since this process began. What has not ended is in flight.
    var unstored: MessageTally { counts.withLock { $0.unstored } }

    func change(_ before: InFlight, to after: InFlight) {
        if after.stored != before.stored { counts.withLock { $0.inFlight += after.stored - before.stored } }
    }

    /// - Parameter ending: nil when a connection has it now.
    func acceptUnstored(_ ending: MessageEnding? = nil) {
        counts.withLock { counts in
            counts.unstored.accepted += 1
            if let ending { counts.unstored.ended[ending, default: 0] += 1 }
        }
    }

    /// A connection is over: what is stored waits again, what isn't is gone.
    func endConnection(_ inFlight: InFlight) {
        guard inFlight != InFlight() else { return }
        counts.withLock { counts in
            counts.inFlight -= inFlight.stored
            if inFlight.unstored > 0 { counts.unstored.ended[.dropped, default: 0] += inFlight.unstored }
        }
    }

    func note(_ note: SessionNote) {
        guard case .endedUnstored(let ending) = note else { return }
        counts.withLock { $0.unstored.ended[ending, default: 0] += 1 }
    }
}
