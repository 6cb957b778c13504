import Synchronization

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// One token per push service, used until half of its life is over: push services remember the tokens they checked, and
/// Apple's wants no more than one an hour.
public final class VAPIDTokenCache: Sendable {
    private let key: VAPIDKey
    private let subject: VAPIDSubject?
    private let lifetimeSeconds: Int
    private let capacity: Int
    private let entries = Mutex<[String: Entry]>([:])

    private struct Entry {
        let authorization: String
        let issuedAt: Date
    }

    /// RFC 8292 §2 permits 24 hours; five minutes less, for clocks that differ.
    public static let maximumLifetimeSeconds = 86_100

    /// - Parameters:
    ///   - subject: nil leaves `sub` out; Apple's service refuses that.
    ///   - lifetimeSeconds: clamped to 2...``maximumLifetimeSeconds``.
    ///   - capacity: origins remembered, at least 1; beyond it the one with the oldest token is forgotten.
    public init(key: VAPIDKey, subject: VAPIDSubject?, lifetimeSeconds: Int = 43_200, capacity: Int = 1024) {
        self.key = key
        self.subject = subject
        self.lifetimeSeconds = min(max(lifetimeSeconds, 2), Self.maximumLifetimeSeconds)
        self.capacity = max(capacity, 1)
    }

    /// - Parameter origin: ``WebPushEndpoint/origin``.
    /// - Returns: the value of the header `Authorization`.
    /// - Throws: `signingFailed`.
    public func authorization(for origin: String, now: Date) throws(WebPushError) -> String {
        // Signed under the lock: whoever asks at the same time gets the same token.
        try entries.withLock { entries throws(WebPushError) in
            if let entry = entries[origin], isFresh(entry, now) { return entry.authorization }
            let entry = Entry(authorization: try sign(origin, now), issuedAt: now)
            if entries[origin] == nil { makeRoom(in: &entries) }
            entries[origin] = entry
            return entry.authorization
        }
    }

    /// A token from the future is one from before the clock was set back; it would seem to live too long.
    private func isFresh(_ entry: Entry, _ now: Date) -> Bool {
        let age = now.timeIntervalSince(entry.issuedAt)
        return age > -60 && age < Double(lifetimeSeconds) / 2
    }

    private func sign(_ origin: String, _ now: Date) throws(WebPushError) -> String {
        let expiresAt = now.addingTimeInterval(Double(lifetimeSeconds))
        return try key.authorization(for: VAPIDClaims(audience: origin, expiresAt: expiresAt, subject: subject?.text))
    }

    private func makeRoom(in entries: inout [String: Entry]) {
        guard entries.count >= capacity, let oldest = entries.min(by: { $0.value.issuedAt < $1.value.issuedAt }) else { return }
        entries[oldest.key] = nil
    }
}
