#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// When to connect again: exponential with full jitter, so that a thousand user agents that lost one server don't return as one.
public struct ReconnectPolicy: Sendable, Equatable {
    public let baseSeconds: Double
    public let capSeconds: Double
    /// A connection that lived shorter after its hello counts as a failure, else a server that throws us out at once is hammered.
    public let goodAfterSeconds: Double
    private var backoff: Backoff
    /// A network that flaps permits one attempt out of turn, not one per flap.
    private var mayJump = true

    /// - Parameter capSeconds: the longest wait; at most 600.
    public init(baseSeconds: Double = 1, capSeconds: Double = 600, goodAfterSeconds: Double = 10) {
        self.baseSeconds = max(0, baseSeconds)
        self.capSeconds = min(600, max(self.baseSeconds, capSeconds))
        self.goodAfterSeconds = goodAfterSeconds
        backoff = Backoff(baseSeconds: self.baseSeconds, capSeconds: self.capSeconds)
    }

    /// A connection ended, or could not be made.
    ///
    /// - Parameters:
    ///   - greetedAt: when the push service answered hello; nil when it didn't.
    ///   - closeCode: the WebSocket close code, when there was one.
    /// - Returns: seconds to wait.
    public mutating func delaySeconds(
        greetedAt: Date?, closeCode: Int? = nil, now: Date, random: inout some RandomNumberGenerator
    ) -> Double {
        if let greetedAt, now.timeIntervalSince(greetedAt) >= goodAfterSeconds {
            backoff.succeeded()
            mayJump = true
        }
        let ceilingSeconds = backoff.failed()
        let dice = Double.random(in: 0..<1, using: &random)
        switch closeCode {
        case CloseCode.stayAway: return capSeconds * (1 + dice) / 2
        case CloseCode.serviceRestart, CloseCode.tryAgainLater:
            return min(capSeconds, ceilingSeconds * (1 + dice) + Self.laterSeconds * dice)
        default: return ceilingSeconds * dice
        }
    }

    /// A service that says when it is busy is given as much more time.
    private static let laterSeconds = 5.0

    /// The network came up, or is another one: whether to connect at once instead of waiting on.
    ///
    /// The backoff stays as it was: an attempt that fails is followed by the wait that was due.
    public mutating func mayConnectAtOnce() -> Bool {
        defer { mayJump = false }
        return mayJump
    }

    /// A wait is over.
    public mutating func waited() { mayJump = true }
}
