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
    private var failures = 0

    /// - Parameter capSeconds: the longest wait; at most 600.
    public init(baseSeconds: Double = 1, capSeconds: Double = 60, goodAfterSeconds: Double = 10) {
        self.baseSeconds = max(0, baseSeconds)
        self.capSeconds = min(600, max(self.baseSeconds, capSeconds))
        self.goodAfterSeconds = goodAfterSeconds
    }

    /// The close code by which a push service asks us to stay away for a while.
    public static let stayAwayCloseCode = 4774

    /// A connection ended, or could not be made.
    ///
    /// - Parameters:
    ///   - greetedAt: when the push service answered hello; nil when it didn't.
    ///   - closeCode: the WebSocket close code, when there was one.
    /// - Returns: seconds to wait.
    public mutating func delaySeconds(
        greetedAt: Date?, closeCode: Int? = nil, now: Date, random: inout some RandomNumberGenerator
    ) -> Double {
        if let greetedAt, now.timeIntervalSince(greetedAt) >= goodAfterSeconds { failures = 0 }
        let ceilingSeconds = min(capSeconds, baseSeconds * Double(1 << min(failures, 30)))
        failures += 1
        let dice = Double.random(in: 0..<1, using: &random)
        return closeCode == Self.stayAwayCloseCode ? capSeconds * (1 + dice) / 2 : ceilingSeconds * dice
    }
}
