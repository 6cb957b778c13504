#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// When to try again: exponential with full jitter, never before the provider allows it.
public struct RetryPolicy: Sendable {
    public var baseSeconds: Double
    public var capSeconds: Double
    /// How long to wait after a refusal of our credentials, jittered up to the double: long enough not to hammer, short enough
    /// that a mended key works soon.
    public var unauthorizedSeconds: Double

    public init(baseSeconds: Double = 2, capSeconds: Double = 900, unauthorizedSeconds: Double = 60) {
        self.baseSeconds = baseSeconds
        self.capSeconds = capSeconds
        self.unauthorizedSeconds = unauthorizedSeconds
    }

    /// - Parameter attempts: how many there were, at least 1.
    public func nextAttempt(
        after attempts: Int, notBefore: Date?, now: Date, random: inout some RandomNumberGenerator
    ) -> Date {
        let ceilingSeconds = min(capSeconds, baseSeconds * pow2(min(attempts - 1, 30)))
        let jittered = Double.random(in: 0...ceilingSeconds, using: &random)
        // A provider that names a moment names it to everybody: spread over the moments after it.
        return max(notBefore ?? now, now).addingTimeInterval(jittered)
    }

    public func nextAttemptAfterUnauthorized(now: Date, random: inout some RandomNumberGenerator) -> Date {
        now.addingTimeInterval(Double.random(in: unauthorizedSeconds...(2 * unauthorizedSeconds), using: &random))
    }

    private func pow2(_ exponent: Int) -> Double { Double(1 << max(0, exponent)) }
}
